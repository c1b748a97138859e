// Bech32 (BIP-173) of addresses, with the limits and the error texts of the Go library that the SDK uses
// (cosmos/btcutil/bech32): they reach users in logs. Lengths up to 1023 characters.
import { type Bytes, byteString, utf8 } from '../bytes.ts'

const CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const VALUES = new Int8Array(128).fill(-1)
for (let i = 0; i < 32; i++) VALUES[CHARSET.charCodeAt(i)] = i

/** The checksum's generator, folded for the five bits that fall out at the top. */
const GENERATOR = new Int32Array(32)
for (let top = 0; top < 32; top++) {
  let folded = 0
  for (const [bit, value] of [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].entries()) {
    if ((top >> bit) & 1) folded ^= value
  }
  GENERATOR[top] = folded
}

const step = (sum: number, value: number): number =>
  (((sum & 0x1ffffff) << 5) ^ value ^ GENERATOR[sum >>> 25]!) | 0

const prefixSum = (prefix: string): number => {
  let sum = 1
  for (let i = 0; i < prefix.length; i++) sum = step(sum, prefix.charCodeAt(i) >> 5)
  sum = step(sum, 0)
  for (let i = 0; i < prefix.length; i++) sum = step(sum, prefix.charCodeAt(i) & 31)
  return sum
}

/** The six characters that follow data whose running sum is `sum`. */
const checksum = (sum: number): string => {
  for (let i = 0; i < 6; i++) sum = step(sum, 0)
  sum ^= 1
  let text = ''
  for (let shift = 25; shift >= 0; shift -= 5) text += CHARSET[(sum >> shift) & 31]
  return text
}

/** `prefix` must be lower case. */
export const bech32 = (prefix: string, bytes: Bytes): string => {
  let sum = prefixSum(prefix)
  let text = `${prefix}1`
  let held = 0
  let bits = 0
  const put = (value: number) => {
    sum = step(sum, value)
    text += CHARSET[value]
  }
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff
    for (bits += 8; bits >= 5; ) put((held >> (bits -= 5)) & 31)
  }
  if (bits > 0) put((held << (5 - bits)) & 31)
  return text + checksum(sum)
}

/** Why a text is no bech32; the message is the Go library's. */
export class Bech32Error extends Error {}

const fail = (why: string): never => {
  throw new Bech32Error(`decoding bech32 failed: ${why}`)
}

/** Throws Bech32Error. */
export const fromBech32 = (given: string): { prefix: string; bytes: Bytes } => {
  const text = isAscii(given) ? given : byteString(utf8(given))
  if (text.length > 1023 || text.length < 8) fail(`invalid bech32 string length ${text.length}`)
  const lower = normalize(text)
  const one = lower.lastIndexOf('1')
  if (one < 1 || one + 7 > lower.length) fail(`invalid separator index ${one}`)
  const prefix = lower.slice(0, one)
  let sum = prefixSum(prefix)
  const body = lower.length - 6
  const data = new Uint8Array(body - one - 1)
  for (let i = one + 1; i < lower.length; i++) {
    const value = VALUES[lower.charCodeAt(i)]!
    if (value < 0) fail(`invalid character not part of charset: ${lower.charCodeAt(i)}`)
    if (i < body) {
      data[i - one - 1] = value
      sum = step(sum, value)
    }
  }
  const expected = checksum(sum)
  const actual = lower.slice(body)
  if (expected !== actual) fail(`invalid checksum (expected ${expected} got ${actual})`)
  return { prefix, bytes: toBytes(data) }
}

/** Go looks at bytes, not at characters. */
const isAscii = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}

const normalize = (text: string): string => {
  let hasLower = false
  let hasUpper = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 33 || code > 126) fail(`invalid character in string: '${text[i]}'`)
    hasLower ||= code >= 97 && code <= 122
    hasUpper ||= code >= 65 && code <= 90
    if (hasLower && hasUpper) fail('string not all lowercase or all uppercase')
  }
  return hasUpper ? text.toLowerCase() : text
}

/** Groups of five bits to bytes; what is left over must be at most four zero bits. */
const toBytes = (data: Bytes): Bytes => {
  const bytes = new Uint8Array((data.length * 5) >> 3)
  let held = 0
  let bits = 0
  let at = 0
  for (const value of data) {
    held = ((held << 5) | value) & 0xfff
    bits += 5
    if (bits >= 8) bytes[at++] = (held >> (bits -= 8)) & 255
  }
  if (bits > 4 || (held & ((1 << bits) - 1)) !== 0) fail('invalid incomplete group')
  return bytes
}
