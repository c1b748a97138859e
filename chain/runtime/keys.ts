// How keys are laid out in a store: the encodings of Go's collections, so that our trees hold the same keys.
// A part of a composite key that is not the last must show where it ends ("non-terminal"): text by a zero
// byte, bytes by a length in front; numbers are big endian, so that byte order is number order.
import { type Bytes, textBetween, utf8 } from '../bytes.ts'

export type KeyCodec<K> = {
  /** Number of bytes that `write` takes. */
  size(key: K, last: boolean): number
  /** Writes the key at `at` and returns where the next part begins. */
  write(into: Bytes, at: number, key: K, last: boolean): number
  /** Reads a key at `at` (a last one to the end) and says where the next part begins. */
  read(from: Bytes, at: number, last: boolean): readonly [key: K, next: number]
  /** As Go's Stringify, for error texts. */
  show(key: K): string
}

/** Raw bytes; addresses are these. Up to 255 when not last. */
export const bytesKey: KeyCodec<Bytes> = {
  size: (key, last) => (last ? key.length : key.length + 1),
  write(into, at, key, last) {
    if (!last) {
      if (key.length > 255)
        throw new Error(`bytes key non terminal size cannot exceed: 255, got: ${key.length}`)
      into[at++] = key.length
    }
    into.set(key, at)
    return at + key.length
  },
  read(from, at, last) {
    if (last) return [from.subarray(at), from.length]
    const next = at + 1 + from[at]!
    return [from.subarray(at + 1, next), next]
  },
  show: (key) => `hexBytes:${Array.from(key, (b) => b.toString(16).padStart(2, '0')).join('')}`,
}

/** An address. The same bytes as `bytesKey`. */
export const addressKey = bytesKey

/** An address that has its length in front even where it is last (the SDK's LengthPrefixedAddressKey). */
export const prefixedAddressKey: KeyCodec<Bytes> = {
  size: (key) => key.length + 1,
  write: (into, at, key) => bytesKey.write(into, at, key, false),
  read: (from, at) => bytesKey.read(from, at, false),
  show: bytesKey.show,
}

const isAscii = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}

export const textKey: KeyCodec<string> = {
  size: (key, last) => (isAscii(key) ? key.length : utf8(key).length) + (last ? 0 : 1),
  write(into, at, key, last) {
    if (isAscii(key)) for (let i = 0; i < key.length; i++) into[at++] = key.charCodeAt(i)
    else {
      const bytes = utf8(key)
      into.set(bytes, at)
      at += bytes.length
    }
    if (last) return at
    if (key.includes('\0')) throw new Error('a text key that is not last must not contain a zero byte')
    into[at] = 0
    return at + 1
  },
  read(from, at, last) {
    const end = last ? from.length : from.indexOf(0, at)
    if (end < 0) throw new Error('a text key that is not last must end with a zero byte')
    return [textBetween(from, at, end), last ? end : end + 1]
  },
  show: (key) => key,
}

const number = (width: 1 | 2 | 4, signed: boolean): KeyCodec<number> => {
  const flip = signed ? 0x80 : 0
  const limit = signed ? 2 ** (8 * width) : 0
  return {
    size: () => width,
    write(into, at, key) {
      let rest = key < 0 ? key + limit : key
      for (let i = width - 1; i >= 0; i--) {
        into[at + i] = rest % 256
        rest = Math.floor(rest / 256)
      }
      into[at]! ^= flip
      return at + width
    },
    read(from, at) {
      let key = from[at]! ^ flip
      for (let i = 1; i < width; i++) key = key * 256 + from[at + i]!
      return [limit !== 0 && key >= limit / 2 ? key - limit : key, at + width]
    },
    show: (key) => `${key}`,
  }
}

export const uint16Key = number(2, false)
export const uint32Key = number(4, false)
export const int32Key = number(4, true)

/** Two halves are written as numbers: a DataView for each key would cost more than the key. */
const writeUint64 = (into: Bytes, at: number, value: bigint): void => {
  writeUint32(into, at, Number(value >> 32n))
  writeUint32(into, at + 4, Number(value & 0xffffffffn))
}
const writeUint32 = (into: Bytes, at: number, value: number): void => {
  into[at] = value >>> 24
  into[at + 1] = value >>> 16
  into[at + 2] = value >>> 8
  into[at + 3] = value
}
const readUint32 = (from: Bytes, at: number): number =>
  ((from[at]! << 24) | (from[at + 1]! << 16) | (from[at + 2]! << 8) | from[at + 3]!) >>> 0
const readUint64 = (from: Bytes, at: number): bigint =>
  (BigInt(readUint32(from, at)) << 32n) | BigInt(readUint32(from, at + 4))

export const uint64Key: KeyCodec<bigint> = {
  size: () => 8,
  write(into, at, key) {
    writeUint64(into, at, key)
    return at + 8
  },
  read: (from, at) => [readUint64(from, at), at + 8],
  show: (key) => `${key}`,
}

export const int64Key: KeyCodec<bigint> = {
  size: () => 8,
  write(into, at, key) {
    writeUint64(into, at, BigInt.asUintN(64, key))
    into[at]! ^= 0x80
    return at + 8
  },
  read: (from, at) => [BigInt.asIntN(64, readUint64(from, at) ^ (1n << 63n)), at + 8],
  show: (key) => `${key}`,
}

export const boolKey: KeyCodec<boolean> = {
  size: () => 1,
  write(into, at, key) {
    into[at] = key ? 1 : 0
    return at + 1
  },
  read: (from, at) => [from[at] === 1, at + 1],
  show: (key) => `${key}`,
}

/** A composite key; a shorter tuple stands for all keys that begin with it. */
type Parts = readonly unknown[]
const composite = <K extends Parts>(codecs: { readonly [I in keyof K]: KeyCodec<K[I]> }): KeyCodec<K> => {
  const parts = codecs as unknown as readonly KeyCodec<unknown>[]
  const end = parts.length - 1
  return {
    size(key, last) {
      let size = 0
      for (let i = 0; i < key.length; i++) size += parts[i]!.size(key[i], last && i === end)
      return size
    },
    write(into, at, key, last) {
      for (let i = 0; i < key.length; i++) at = parts[i]!.write(into, at, key[i], last && i === end)
      return at
    },
    read(from, at, last) {
      const key: unknown[] = []
      for (let i = 0; i <= end; i++) {
        const [part, next] = parts[i]!.read(from, at, last && i === end)
        key.push(part)
        at = next
      }
      return [key as unknown as K, at]
    },
    show: (key) =>
      `(${parts.map((part, i) => (i < key.length ? `"${part.show(key[i])}"` : '<nil>')).join(', ')})`,
  }
}

export const pairKey = <A, B>(a: KeyCodec<A>, b: KeyCodec<B>) => composite<readonly [A, B]>([a, b])
export const tripleKey = <A, B, C>(a: KeyCodec<A>, b: KeyCodec<B>, c: KeyCodec<C>) =>
  composite<readonly [A, B, C]>([a, b, c])
export const quadKey = <A, B, C, D>(a: KeyCodec<A>, b: KeyCodec<B>, c: KeyCodec<C>, d: KeyCodec<D>) =>
  composite<readonly [A, B, C, D]>([a, b, c, d])

/** The leading parts of a composite key; of a plain key, itself. */
export type KeyPrefix<K> = K extends readonly [infer A, infer B]
  ? readonly [A] | readonly [A, B]
  : K extends readonly [infer A, infer B, infer C]
    ? readonly [A] | readonly [A, B] | readonly [A, B, C]
    : K extends readonly [infer A, infer B, infer C, infer D]
      ? readonly [A] | readonly [A, B] | readonly [A, B, C] | readonly [A, B, C, D]
      : K

/**
 * The whole key as it lies in the store; leading parts of one give what all keys with these parts begin with.
 */
export const encodeKey = <K>(prefix: Bytes, codec: KeyCodec<K>, key: K | KeyPrefix<K>): Bytes => {
  const bytes = new Uint8Array(prefix.length + codec.size(key as K, true))
  bytes.set(prefix)
  codec.write(bytes, prefix.length, key as K, true)
  return bytes
}
