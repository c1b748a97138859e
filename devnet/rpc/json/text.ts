// JSON texts of scalars as CometBFT prints them. Answers are put together from texts rather than from values,
// since the order of keys, the quoted 64-bit numbers and Go's escapes are part of what clients compare, and
// since it is faster.
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import type { Bytes } from '../../../chain/bytes.ts'
import { formatTimestamp } from '../../../chain/consensus/time.ts'

/** Everything that needs no escape in Go's encoding/json; most texts of a chain are like that. */
const PLAIN = /^[ !#-%'-;=?-[\]-~]*$/
const HTML = /[<>&\u2028\u2029]/g
/** Half a character beyond U+FFFF, which Go has no way to hold. */
const LONE = /\p{Surrogate}/gu
const unicodeEscape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`

/** A JSON string, escaped as Go escapes it: `<`, `>` and `&` too. */
export const quote = (text: string): string =>
  PLAIN.test(text) ? `"${text}"` : JSON.stringify(text.replace(LONE, '\ufffd')).replace(HTML, unicodeEscape)

const buffer = (bytes: Bytes): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Hashes and addresses: upper-case hexadecimal. */
export const hex = (bytes: Bytes): string => `"${buffer(bytes).toString('hex').toUpperCase()}"`

export const base64 = (bytes: Bytes): string => `"${buffer(bytes).toString('base64')}"`

/** Base64 of a Go slice that is nil where it is empty. */
export const base64OrNull = (bytes: Bytes): string => (bytes.length === 0 ? 'null' : base64(bytes))

/** A 64-bit integer. */
export const integer = (value: bigint | number): string => `"${value}"`

/** RFC 3339 with nanoseconds. */
export const time = (timestamp: Timestamp | undefined): string => `"${formatTimestamp(timestamp)}"`

export const list = <T>(items: readonly T[], print: (item: T) => string): string =>
  `[${items.map(print).join(',')}]`

/** A Go slice that is nil where it is empty. */
export const listOrNull = <T>(items: readonly T[], print: (item: T) => string): string =>
  items.length === 0 ? 'null' : list(items, print)

/** An object of the members that are there; undefined leaves one out, as Go's omitempty does. */
export const object = (members: Record<string, string | undefined>): string => {
  let text = ''
  for (const name in members) {
    const member = members[name]
    if (member !== undefined) text += `${text === '' ? '' : ','}"${name}":${member}`
  }
  return `{${text}}`
}

/** Escapes the text of a JSON value as Go does. */
export const escapeHtml = (json: string): string => json.replace(HTML, unicodeEscape)
