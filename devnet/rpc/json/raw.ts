// Raw JSON: texts of checked values that hold one character a byte, as Go's decoder sees them.
import { fromUtf8 } from '../../../chain/bytes.ts'

/** A parameter that cannot be read; the message is Go's. */
export class ParamError extends Error {}

/** Characters of a text that holds one a byte. */
export const utf8Text = (raw: string): string =>
  /[\x80-\xff]/.test(raw) ? fromUtf8(Buffer.from(raw, 'latin1')) : raw

/** A text as one character a byte. */
export const byteText = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

/** Go's %q. */
export const goQuoted = (text: string): string =>
  JSON.stringify(text).replace(/\\u00([01][0-9a-f])/g, '\\x$1')

/** What a checked JSON value is, as Go names it in a type error. */
export const jsonType = (raw: string): 'object' | 'array' | 'string' | 'number' | 'bool' | 'null' => {
  const first = raw.trimStart()[0]
  if (first === '{') return 'object'
  if (first === '[') return 'array'
  if (first === '"') return 'string'
  if (first === 't' || first === 'f') return 'bool'
  return first === 'n' ? 'null' : 'number'
}

/** Half a character beyond U+FFFF, which Go replaces. */
const LONE = /\p{Surrogate}/gu

/** The characters of a checked JSON string. */
export const jsonString = (raw: string): string =>
  (JSON.parse(utf8Text(raw)) as string).replace(LONE, '\ufffd')
