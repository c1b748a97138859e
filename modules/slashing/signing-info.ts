// How faithfully a validator signs, as its record lies in the store:
// cosmos.slashing.v1beta1.ValidatorSigningInfo. One is read and written for every validator in every block,
// so it has a codec of its own.
import type { Bytes } from '../../chain/bytes.ts'
import { ProtoReader, ProtoWriter } from '../../chain/consensus/wire.ts'
import type { ValueCodec } from '../../chain/module.ts'
import { instant, instantNs } from '../../chain/time.ts'

export type SigningInfo = {
  /** The consensus address in bech32. */
  readonly address: string
  /** Since when it has to sign. */
  readonly startHeight: bigint
  /** Blocks that it had to sign since then; its place in the window is the rest by the window's length. */
  readonly indexOffset: bigint
  readonly jailedUntilNs: bigint
  /** It signed two blocks of one height: it never comes back. */
  readonly tombstoned: boolean
  /** Blocks of the window that it missed. */
  readonly missedBlocks: bigint
}

const encode = (info: SigningInfo): Bytes => {
  const writer = new ProtoWriter(96)
  writer.text(1, info.address)
  writer.int64(2, info.startHeight)
  writer.int64(3, info.indexOffset)
  const start = writer.begin(4)
  const { seconds, nanos } = instant(info.jailedUntilNs)
  writer.int64(1, seconds)
  writer.uint(2, nanos)
  writer.end(start)
  writer.uint(5, info.tombstoned ? 1 : 0)
  writer.int64(6, info.missedBlocks)
  return writer.finish()
}

const readTime = (reader: ProtoReader): bigint => {
  let seconds = 0n
  let nanos = 0
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) seconds = reader.int64()
    else if (field === 2) nanos = reader.uint()
    else reader.skip()
  }
  return instantNs({ seconds, nanos })
}

const decode = (bytes: Bytes): SigningInfo => {
  const reader = new ProtoReader(bytes)
  const numbers = [0n, 0n, 0n, 0n, 0n, 0n, 0n]
  let address = ''
  let tombstoned = false
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) address = reader.text()
    else if (field === 4) numbers[4] = readTime(reader.message())
    else if (field === 5) tombstoned = reader.uint() === 1
    else if (field <= 6) numbers[field] = reader.int64()
    else reader.skip()
  }
  return {
    address,
    tombstoned,
    startHeight: numbers[2]!,
    indexOffset: numbers[3]!,
    jailedUntilNs: numbers[4]!,
    missedBlocks: numbers[6]!,
  }
}

export const signingInfoValue: ValueCodec<SigningInfo> = { encode, decode }
