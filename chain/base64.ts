// Base64 of RFC 4648 with padding, standard alphabet to write; to read, the standard one, and the URL
// alphabet where a caller allows it. As strict as Go's encoding/base64: line breaks are skipped, anything
// else is an error.
import { type Bytes, byteString } from './bytes.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const PADDING = 61
const codes = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0))
const values = new Uint8Array(128).fill(255)
for (let i = 0; i < 64; i++) values[ALPHABET.charCodeAt(i)] = i
const urlValues = values.slice()
urlValues['+'.charCodeAt(0)] = 255
urlValues['/'.charCodeAt(0)] = 255
urlValues['-'.charCodeAt(0)] = 62
urlValues['_'.charCodeAt(0)] = 63

export const toBase64 = (bytes: Bytes): string => {
  const { length } = bytes
  const text = new Uint8Array(Math.ceil(length / 3) * 4)
  let at = 0
  for (let i = 0; i < length; i += 3) {
    const triple = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text[at++] = codes[triple >> 18]!
    text[at++] = codes[(triple >> 12) & 63]!
    text[at++] = codes[(triple >> 6) & 63]!
    text[at++] = codes[triple & 63]!
  }
  for (let missing = (3 - (length % 3)) % 3; missing > 0; missing--) text[at - missing] = PADDING
  return byteString(text)
}

/** Undefined if the text is not padded base64 of the chosen alphabet. */
export const fromBase64 = (text: string, alphabet: 'standard' | 'url' = 'standard'): Bytes | undefined => {
  const clean = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, '') : text
  if (clean.length % 4 !== 0) return undefined
  const padding = clean.endsWith('==') ? 2 : clean.endsWith('=') ? 1 : 0
  const digits = clean.length - padding
  const table = alphabet === 'standard' ? values : urlValues
  const bytes = new Uint8Array((clean.length / 4) * 3 - padding)
  let bits = 0
  let held = 0
  let at = 0
  for (let i = 0; i < digits; i++) {
    const code = clean.charCodeAt(i)
    const value = code < 128 ? table[code]! : 255
    if (value === 255) return undefined
    bits = (bits << 6) | value
    held += 6
    if (held < 8) continue
    held -= 8
    bytes[at++] = (bits >> held) & 255
  }
  return bytes
}
