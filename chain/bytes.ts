// Byte strings: the few operations that the whole core needs, on plain Uint8Arrays.

export type Bytes = Uint8Array

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const strict = new TextDecoder('utf-8', { fatal: true })

export const utf8 = (text: string): Bytes => encoder.encode(text)
export const fromUtf8 = (bytes: Bytes): string => decoder.decode(bytes)
/** As `fromUtf8`, but throws a TypeError on bytes that are not valid UTF-8. */
export const fromUtf8Strict = (bytes: Bytes): string => strict.decode(bytes)

/** Bytes that stand in a text as they are, as Go prints it: U+FFFD for each that is of no character. */
export const fromRawUtf8 = (bytes: Bytes): string => {
  const text = decoder.decode(bytes)
  if (!text.includes('\ufffd')) return text
  let raw = ''
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at]!
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    const character = decoder.decode(bytes.subarray(at, at + length))
    const isWhole = character.length <= 2 && character.codePointAt(0) !== 0xfffd
    raw += isWhole ? character : '\ufffd'
    at += isWhole ? length : 1
  }
  return raw
}

/**
 * Lists of every short length, filled and read at once: a string is made of a plain list at twice the speed
 * of one made of bytes.
 */
const lists = Array.from({ length: 128 }, (_, length) => Array.from({ length }, () => 0))
/** Arguments that one call may spread. */
const SPREAD = 4096

/** One character a byte (latin-1), so that equal bytes are equal strings and string order is byte order. */
export const byteString = (bytes: Bytes, start = 0, end = bytes.length): string => {
  const list = lists[end - start]
  if (list !== undefined) {
    for (let i = 0; i < list.length; i++) list[i] = bytes[start + i]!
    return String.fromCharCode.apply(undefined, list)
  }
  let text = ''
  for (let at = start; at < end; at += SPREAD) {
    const part = bytes.subarray(at, Math.min(at + SPREAD, end))
    text += String.fromCharCode.apply(undefined, part as unknown as number[])
  }
  return text
}

/** The UTF-8 text of a part; short ones of ASCII, as addresses are, need no decoder. */
export const textBetween = (bytes: Bytes, start: number, end: number): string => {
  if (end - start >= lists.length) return fromUtf8(bytes.subarray(start, end))
  for (let i = start; i < end; i++) if (bytes[i]! > 127) return fromUtf8(bytes.subarray(start, end))
  return byteString(bytes, start, end)
}

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Lower-case hexadecimal. */
export const toHex = (bytes: Bytes): string => {
  let text = ''
  for (const byte of bytes) text += digits[byte]
  return text
}

/** Reads hexadecimal of either case; throws a plain Error on anything else. */
export const fromHex = (text: string): Bytes => {
  if (text.length % 2 !== 0 || /[^0-9a-fA-F]/.test(text)) throw new Error(`not hexadecimal: ${text}`)
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

/** Byte order, as the store sorts its keys: negative, zero or positive. */
export const compareBytes = (a: Bytes, b: Bytes): number => {
  const shared = a.length < b.length ? a.length : b.length
  for (let i = 0; i < shared; i++) {
    const difference = a[i]! - b[i]!
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

export const equalBytes = (a: Bytes, b: Bytes): boolean => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

export const concatBytes = (...parts: Bytes[]): Bytes => {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** An unsigned 64-bit integer, big endian, so that byte order is number order. */
export const uint64BE = (value: bigint): Bytes => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}

export const fromUint64BE = (bytes: Bytes, at = 0): bigint =>
  new DataView(bytes.buffer, bytes.byteOffset + at, 8).getBigUint64(0)

/** The smallest key that is greater than every key with this prefix; undefined if there is none. */
export const prefixEnd = (prefix: Bytes): Bytes | undefined => {
  for (let last = prefix.length - 1; last >= 0; last--) {
    if (prefix[last] === 0xff) continue
    const end = prefix.slice(0, last + 1)
    end[last]! += 1
    return end
  }
  return undefined
}
