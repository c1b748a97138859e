// How values are laid out in a store: the encodings of Go's collections and of the SDK's codec.
import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  type Registry,
  toBinary,
} from '@bufbuild/protobuf'
import { type Bytes, fromUtf8, utf8 } from '../bytes.ts'
import { type Dec, parseInt256 } from './decimal.ts'
import { encodeKey, int64Key, type KeyCodec, textKey, uint64Key } from './keys.ts'

/**
 * Functions as properties, so that a codec may take more than it gives (a message's fields, and give the
 * message).
 */
export type ValueCodec<V> = { encode: (value: V) => Bytes; decode: (bytes: Bytes) => V }

const NONE: Bytes = new Uint8Array()

/** A key's encoding as a value. */
export const keyValue = <K>(codec: KeyCodec<K>): ValueCodec<K> => ({
  encode: (value) => encodeKey(NONE, codec, value),
  decode: (bytes) => codec.read(bytes, 0, true)[0],
})

export const bytesValue: ValueCodec<Bytes> = { encode: (value) => value, decode: (bytes) => bytes }
export const textValue = keyValue(textKey)
export const uint64Value = keyValue(uint64Key)
export const int64Value = keyValue(int64Key)

/** math.Int: decimal digits. */
export const intValue: ValueCodec<bigint> = {
  encode: (value) => digits(`${value}`),
  decode(bytes) {
    let value = 0
    if (bytes.length <= 15 && bytes.length > 0) {
      for (const byte of bytes) {
        if (byte < 48 || byte > 57) return oddInt(bytes)
        value = value * 10 + byte - 48
      }
      return BigInt(value)
    }
    return oddInt(bytes)
  },
}
const digits = (text: string): Bytes => {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}
const oddInt = (bytes: Bytes): bigint => {
  const value = parseInt256(fromUtf8(bytes))
  if (value === undefined) throw new Error(`not an integer in the store: ${JSON.stringify(fromUtf8(bytes))}`)
  return value
}

/** math.LegacyDec: digits of its 10^-18 units. */
export const decValue: ValueCodec<Dec> = intValue

/** protobuf's BoolValue: `true` is 08 01, `false` is empty (the SDK's codec.BoolValue). */
export const boolValue: ValueCodec<boolean> = {
  encode: (value) => (value ? new Uint8Array([8, 1]) : NONE),
  decode: (bytes) => bytes.length === 2 && bytes[1] === 1,
}

/** No value at all: the key says it. */
export const noValue: ValueCodec<undefined> = { encode: () => NONE, decode: () => undefined }

/** A protobuf message. What is read must not be changed: the same object may be read again. */
export const messageValue = <S extends DescMessage>(
  schema: S,
): { encode: (value: MessageInitShape<S>) => Bytes; decode: (bytes: Bytes) => MessageShape<S> } => ({
  encode: (value) => toBinary(schema, create(schema, value)),
  decode: (bytes) => fromBinary(schema, bytes),
})

export type { Registry }
export { utf8 }
