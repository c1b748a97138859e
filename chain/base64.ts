// Base64 of RFC 4648 with padding, standard alphabet to write; to read, the standard one, and the URL
// alphabet where a caller allows it. As strict as Go's encoding/base64: line breaks are skipped, anything
// else is an error.
import type { Bytes } from './bytes.ts'

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

/** Bytes whose letters one call may spread; a multiple of three. */
const CHUNK = 3072

export const toBase64 = (bytes: Bytes): string => {
  let text = ''
  let at = 0
  for (; at + CHUNK < bytes.length; at += CHUNK) text += encode(bytes, at, at + CHUNK)
  return text + encode(bytes, at, bytes.length)
}

const encode = (bytes: Bytes, start: number, end: number): string => {
  const letters = new Array<number>(Math.ceil((end - start) / 3) * 4)
  const whole = end - ((end - start) % 3)
  let at = 0
  for (let i = start; i < whole; i += 3) {
    const triple = (bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!
    letters[at++] = codes[triple >> 18]!
    letters[at++] = codes[(triple >> 12) & 63]!
    letters[at++] = codes[(triple >> 6) & 63]!
    letters[at++] = codes[triple & 63]!
  }
  if (whole < end) {
    const isPair = whole + 1 < end
    const rest = (bytes[whole]! << 8) | (isPair ? bytes[whole + 1]! : 0)
    letters[at++] = codes[rest >> 10]!
    letters[at++] = codes[(rest >> 4) & 63]!
    letters[at++] = isPair ? codes[(rest << 2) & 63]! : PADDING
    letters[at] = PADDING
  }
  return String.fromCharCode.apply(undefined, letters)
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
