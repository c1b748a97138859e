// JSON of scalar fields whose Go type marshals itself: math.Int and LegacyDec (which the wire holds as
// decimal text, a LegacyDec without its point), raw JSON of contracts, upper-case hexadecimal. Keyed by the
// gogoproto type name.
import { fromBase64, toBase64 } from '../base64.ts'
import { type Bytes, fromHex, fromUtf8, toHex, utf8 } from '../bytes.ts'

/**
 * JSON text of a value, and back from parsed JSON (`text` is what it was parsed from); `read` throws an Error
 * that says what was expected.
 */
export type GoText = { print(value: string): string; read(json: unknown): string }
export type GoBytes = { print(value: Bytes): string; read(json: unknown, text: () => string): Bytes }

const PRECISION = 18

/** `100000000000000000` (the wire) as `0.100000000000000000`. */
export const decimalText = (units: string): string => {
  const negative = units.startsWith('-')
  const digits = (negative ? units.slice(1) : units).padStart(PRECISION + 1, '0')
  const whole = digits.slice(0, -PRECISION)
  return `${negative ? '-' : ''}${whole}.${digits.slice(-PRECISION)}`
}

/** `0.1` as the wire's `100000000000000000`; undefined if it is no decimal of at most 18 places. */
export const decimalUnits = (text: string): string | undefined => {
  const match = /^(-?)(\d+)(?:\.(\d{1,18}))?$/.exec(text)
  if (match === null) return undefined
  return `${BigInt(`${match[1]}${match[2]}${(match[3] ?? '').padEnd(PRECISION, '0')}`)}`
}

const INTEGER = /^[+-]?\d+$/
const asText = (json: unknown, what: string): string => {
  if (typeof json !== 'string') throw new Error(`expected ${what} in a string`)
  return json
}

/** Text of an integer as math/big prints it; a nil Int, which an empty field decodes to, prints as 0. */
const integer: GoText = {
  print: (value) => `"${value === '' ? '0' : normalInteger(value)}"`,
  read(json) {
    const text = asText(json, 'an integer')
    if (!INTEGER.test(text)) throw new Error(`expected an integer in a string, got ${JSON.stringify(text)}`)
    return `${BigInt(text.replace('+', ''))}`
  },
}
const normalInteger = (text: string): string => {
  if (!INTEGER.test(text)) throw new Error(`not an integer: ${JSON.stringify(text)}`)
  return `${BigInt(text.replace('+', ''))}`
}

const decimal: GoText = {
  print: (value) => (value === '' ? '"0"' : `"${decimalText(normalInteger(value))}"`),
  read(json) {
    const text = asText(json, 'a decimal')
    const units = decimalUnits(text)
    if (units === undefined)
      throw new Error(`expected a decimal of at most 18 places in a string, got ${JSON.stringify(text)}`)
    return units
  },
}

/** Both are text on the wire, whether the field is a string or bytes. */
export const textValues = new Map<string, GoText>([
  ['cosmossdk.io/math.Int', integer],
  ['cosmossdk.io/math.LegacyDec', decimal],
])

const escapes: Record<string, string> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}
/** Escapes JSON text as Go's encoding/json does, so that it may stand inside HTML. */
export const escapeJson = (text: string): string =>
  /[<>&\u2028\u2029]/.test(text) ? text.replace(/[<>&\u2028\u2029]/g, (c) => escapes[c]!) : text

/** JSON text without the white space between its tokens; throws a SyntaxError if it is not JSON. */
export const compactJson = (text: string): string => {
  JSON.parse(text)
  return escapeJson(text.replace(/("(?:[^"\\]|\\.)*")|[ \t\r\n]+/g, '$1'))
}

const rawJson: GoBytes = {
  print: (value) => (value.length === 0 ? 'null' : compactJson(fromUtf8(value))),
  read: (_json, text) => utf8(text()),
}
const upperHex: GoBytes = {
  print: (value) => `"${toHex(value).toUpperCase()}"`,
  read: (json) => fromHex(asText(json, 'hexadecimal')),
}
const plainBase64: GoBytes = {
  print: (value) => `"${toBase64(value)}"`,
  read(json) {
    const bytes = fromBase64(asText(json, 'base64'))
    if (bytes === undefined) throw new Error('expected padded base64 in a string')
    return bytes
  },
}

export const bytesValues = new Map<string, GoBytes>([
  ['RawContractMessage', rawJson],
  ['encoding/json.RawMessage', rawJson],
  ['github.com/cometbft/cometbft/libs/bytes.HexBytes', upperHex],
  ['ecdsaPK', plainBase64],
  ['ecdsaSK', plainBase64],
])

/**
 * Enums whose Go type has names of its own instead of those of the descriptor; any other number is the first.
 */
export const enumNames = new Map<string, Record<number, string>>([
  ['cosmwasm.wasm.v1.AccessType', { 0: 'Unspecified', 1: 'Nobody', 3: 'Everybody', 4: 'AnyOfAddresses' }],
])
