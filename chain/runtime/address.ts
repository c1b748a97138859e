// Addresses: bytes in state and keepers, bech32 text only in messages, JSON and events. The prefix is a
// chain's own setting, so a codec is a value that is handed down, never a global.
import { type Bytes, byteString, concatBytes, utf8 } from '../bytes.ts'
import { sha256 } from '../hash.ts'
import { Bech32Error, bech32, fromBech32 } from './bech32.ts'
import { plainError, sdk, type TxError } from './errors.ts'

/** Text of one kind of address. */
export type TextCodec = {
  readonly prefix: string
  /** Empty bytes are an empty text. */
  text(address: Bytes): string
  /** Throws TxError with the SDK's text; `fail` makes another error of its reason. */
  bytes(text: string, fail?: (reason: string) => Error): Bytes
}
/** Account addresses, and those of validators beside them. */
export type AddressCodec = TextCodec & {
  /** `…valoper` */
  readonly validator: TextCodec
  /** `…valcons` */
  readonly consensus: TextCodec
  /** `…pub`, `…valoperpub`, `…valconspub`: only clients of old ask for these. */
  readonly publicKeys: { account: string; validator: string; consensus: string }
}

/** The codecs of a chain with the SDK's usual derived prefixes. */
export const addressCodec = (prefix: string): AddressCodec => ({
  ...textCodec(prefix),
  validator: textCodec(`${prefix}valoper`),
  consensus: textCodec(`${prefix}valcons`),
  publicKeys: {
    account: `${prefix}pub`,
    validator: `${prefix}valoperpub`,
    consensus: `${prefix}valconspub`,
  },
})

/** Two generations of this many texts are remembered a codec. */
const GENERATION = 20_000

const textCodec = (prefix: string): TextCodec => {
  const texts = memo<string>()
  const addresses = memo<Bytes>()
  return {
    prefix,
    text(address) {
      if (address.length === 0) return ''
      const id = byteString(address)
      return texts.get(id) ?? texts.keep(id, bech32(prefix, address))
    },
    bytes(text, fail) {
      const known = addresses.get(text)
      if (known !== undefined) return known
      const read = parse(prefix, text)
      if (read instanceof Uint8Array) return addresses.keep(text, read)
      throw fail === undefined ? read : fail(read.message)
    },
  }
}

const memo = <V>() => {
  let young = new Map<string, V>()
  let old = new Map<string, V>()
  const keep = (key: string, value: V): V => {
    if (young.size >= GENERATION) {
      old = young
      young = new Map()
    }
    young.set(key, value)
    return value
  }
  return {
    get(key: string): V | undefined {
      const recent = young.get(key)
      if (recent !== undefined) return recent
      const value = old.get(key)
      return value === undefined ? undefined : keep(key, value)
    },
    keep,
  }
}

/** As the SDK's Bech32Codec: the address, or why it is none. */
const parse = (prefix: string, text: string): Bytes | TxError => {
  if (text.trim() === '') return plainError('empty address string is not allowed')
  try {
    const read = fromBech32(text)
    if (read.prefix !== prefix)
      return sdk.logic(`hrp does not match bech32 prefix: expected '${prefix}' got '${read.prefix}'`)
    if (read.bytes.length === 0) return sdk.unknownAddress('addresses cannot be empty')
    if (read.bytes.length > 255)
      return sdk.unknownAddress(`address max length is 255, got ${read.bytes.length}`)
    return read.bytes
  } catch (error) {
    if (error instanceof Bech32Error) return plainError(error.message)
    throw error
  }
}

const ZERO = new Uint8Array(1)

/** ADR-028: the address that a key of some type has. 32 bytes. */
export const hashAddress = (type: Bytes, key: Bytes): Bytes => sha256(concatBytes(sha256(type), key))

/** A sub-address of an address. 32 bytes. */
export const deriveAddress = (address: Bytes, key: Bytes): Bytes => hashAddress(address, key)

/**
 * A module's account: 20 bytes of its name alone, 32 if derivation keys follow (SDK types/address Module).
 */
export const moduleAddress = (name: string, ...keys: Bytes[]): Bytes => {
  const [first, ...rest] = keys
  if (first === undefined) return sha256(utf8(name)).subarray(0, 20)
  const base = hashAddress(utf8('module'), concatBytes(utf8(name), ZERO, first))
  return rest.reduce(deriveAddress, base)
}
