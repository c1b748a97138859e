// Where nft keeps what (x/nft/keeper/keys.go). Class and token ids are any text, so a zero byte that ends one
// may stand in it too: keys are as Go makes them, even if they cannot be told apart then.
import { fromUtf8, utf8 } from '../../chain/bytes.ts'
import {
  bytesKey,
  bytesValue,
  goMessageValue,
  type KeyCodec,
  pairKey,
  store,
  textKey,
  tripleKey,
  uint64Value,
} from '../../chain/module.ts'
import { ClassSchema, NFTSchema } from '../../proto/gen/cosmos/nft/v1beta1/nft_pb.ts'

export const NAME = 'nft'

/** Text that ends with a zero byte where it is not last, whatever it holds. */
const idKey: KeyCodec<string> = {
  ...textKey,
  write(into, at, id, last) {
    const bytes = utf8(id)
    into.set(bytes, at)
    const end = at + bytes.length
    if (last) return end
    into[end] = 0
    return end + 1
  },
  read(from, at, last) {
    const end = last ? from.length : from.indexOf(0, at)
    return [fromUtf8(from.subarray(at, end)), end + 1]
  },
}

/** An address with its length in front and a zero byte behind it. */
const ownerKey: KeyCodec<Uint8Array> = {
  ...bytesKey,
  size: (owner) => owner.length + 2,
  write(into, at, owner) {
    const end = bytesKey.write(into, at, owner, false)
    into[end] = 0
    return end + 1
  },
  read(from, at) {
    const [owner, end] = bytesKey.read(from, at, false)
    return [owner, end + 1]
  },
}

/** The value of an entry that only says that it is there. */
export const HERE = new Uint8Array([1])

export const nftState = () => {
  const kv = store(NAME)
  return {
    classes: kv.map(1, textKey, goMessageValue(ClassSchema)),
    /** By class and id. */
    tokens: kv.map(2, pairKey(idKey, idKey), goMessageValue(NFTSchema)),
    /** By owner, class and id. */
    owned: kv.map(3, tripleKey(ownerKey, idKey, idKey), bytesValue),
    /** Addresses by class and id. */
    owners: kv.map(4, pairKey(idKey, idKey), bytesValue),
    /** Number of tokens by class. */
    supply: kv.map(5, textKey, uint64Value),
  }
}
