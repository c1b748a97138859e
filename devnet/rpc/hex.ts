// Hexadecimal as Go's encoding/hex reads it, with its errors: clients of the RPC see their texts.
import { type Bytes, toHex } from '../../chain/bytes.ts'

export class HexError extends Error {}

const VALUES = new Map(Array.from('0123456789abcdefABCDEF', (digit) => [digit, Number.parseInt(digit, 16)]))

/** Go's %#U of a byte, which it takes for a code point. */
const unicodeText = (char: string): string => {
  const code = char.charCodeAt(0)
  const number = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  const isPrintable = code >= 0x20 && code !== 0x7f && (code < 0x80 || code > 0xa0) && code !== 0xad
  return isPrintable ? `${number} '${char}'` : number
}

/** `text` holds one character a byte. Throws HexError. */
export const decodeHex = (text: string): Bytes => {
  const bytes = new Uint8Array(text.length >> 1)
  for (let i = 0; i < text.length; i++) {
    const value = VALUES.get(text[i]!)
    if (value === undefined) throw new HexError(`encoding/hex: invalid byte: ${unicodeText(text[i]!)}`)
    if (i >> 1 < bytes.length) bytes[i >> 1] = (bytes[i >> 1]! << 4) | value
  }
  if (text.length % 2 !== 0) throw new HexError('encoding/hex: odd length hex string')
  return bytes
}

/** Upper case, as CometBFT prints hashes and addresses. */
export const upperHex = (bytes: Bytes): string => toHex(bytes).toUpperCase()
