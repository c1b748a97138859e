// Parameters of a method: what kinds there are, and how Go reads them from JSON (libs/json, encoding/json).
// Whether a value is taken is decided by its raw text, one character a byte.
import { fromBase64 } from '../../chain/base64.ts'
import type { Bytes } from '../../chain/bytes.ts'
import type { Evidence } from '../../proto/gen/tendermint/types/evidence_pb.ts'
import { decodeHex } from './hex.ts'
import { readEvidence } from './json/evidence.ts'
import { goQuoted, jsonString, jsonType, ParamError, utf8Text } from './json/raw.ts'
import { checkJson, pieces } from './json/scanner.ts'

/**
 * `hex` is CometBFT's HexBytes; `bytes` a Go byte slice and `tx` a transaction, both base64 in JSON; `json`
 * is any value, for methods of our own.
 */
export type Values = {
  int64: bigint
  int: bigint
  uint: bigint
  bool: boolean
  string: string
  hex: Bytes
  bytes: Bytes
  tx: Bytes
  evidence: Evidence | undefined
  json: unknown
}
export type BaseKind = keyof Values
/** With `?` a parameter that is missing is undefined, otherwise its zero value. */
export type Kind = BaseKind | `${'int64' | 'int'}?`
export type Kinds = Record<string, Kind>
export type ValueOf<K extends Kind> = K extends `${infer Base extends BaseKind}?`
  ? Values[Base] | undefined
  : K extends BaseKind
    ? Values[K]
    : never
export type Arguments<P extends Kinds> = { -readonly [Name in keyof P]: ValueOf<P[Name]> }

/** What makes CometBFT's handler panic: it answers differently then. */
export class HandlerPanic extends Error {}

const NO_BYTES = new Uint8Array(0)
const ZEROS: Values = {
  int64: 0n,
  int: 0n,
  uint: 0n,
  bool: false,
  string: '',
  hex: NO_BYTES,
  bytes: NO_BYTES,
  tx: NO_BYTES,
  evidence: undefined,
  json: undefined,
}

export const isOptional = (kind: Kind): boolean => kind.endsWith('?')
export const baseOf = (kind: Kind): BaseKind => kind.replace('?', '') as BaseKind
export const zeroOf = (kind: Kind): unknown => (isOptional(kind) ? undefined : ZEROS[baseOf(kind)])

const typeNames: Record<BaseKind, string> = {
  int64: 'int64',
  int: 'int',
  uint: 'uint',
  bool: 'bool',
  string: 'string',
  hex: '[]uint8',
  bytes: '[]uint8',
  tx: 'types.Tx',
  evidence: 'interface',
  json: 'interface {}',
}

const wrongType = (raw: string, type: string): ParamError =>
  new ParamError(`json: cannot unmarshal ${jsonType(raw)} into Go value of type ${type}`)

const LIMITS = {
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  int: [-(2n ** 63n), 2n ** 63n - 1n],
  uint: [0n, 2n ** 64n - 1n],
} as const

const readInteger = (raw: string, kind: keyof typeof LIMITS): bigint => {
  if (raw === '"') throw new HandlerPanic('runtime error: slice bounds out of range [1:0]')
  if (!raw.startsWith('"') || !raw.endsWith('"'))
    throw new ParamError(`invalid 64-bit integer encoding ${goQuoted(utf8Text(raw))}, expected string`)
  const inner = raw.slice(1, -1)
  checkJson(inner)
  const type = jsonType(inner)
  if (type === 'null') return 0n
  if (type !== 'number') throw wrongType(inner, kind)
  const digits = inner.trim()
  const value = /^-?\d+$/.test(digits) ? BigInt(digits) : undefined
  const [least, most] = LIMITS[kind]
  if (value !== undefined && value >= least && value <= most) return value
  throw new ParamError(`json: cannot unmarshal number ${digits} into Go value of type ${kind}`)
}

/** Where Go's base64 decoder stops at a text that is none. */
const corruptAt = (text: string): number => {
  let digits = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (char === '\r' || char === '\n') continue
    if (/[A-Za-z0-9+/]/.test(char)) {
      digits++
      continue
    }
    if (char !== '=' || digits % 4 < 2) return at
    const rest = text.slice(at + 1).replace(/[\r\n]/g, '')
    if (digits % 4 === 2 && rest[0] !== '=') return rest === '' ? text.length : at + 1
    return at + (digits % 4 === 2 ? 2 : 1)
  }
  return text.length - (digits % 4)
}

const readByteArray = (raw: string): Bytes =>
  Uint8Array.from(pieces(raw), (piece) => {
    const type = jsonType(piece)
    if (type === 'null') return 0
    if (type !== 'number') throw wrongType(piece, 'uint8')
    const value = /^\d+$/.test(piece) ? Number(piece) : 256
    if (value > 255)
      throw new ParamError(`json: cannot unmarshal number ${piece} into Go value of type uint8`)
    return value
  })

/** What node's decoder, which is the faster one but takes anything, reads as Go does. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

const readBytes = (raw: string, kind: 'bytes' | 'tx'): Bytes => {
  checkJson(raw)
  const type = jsonType(raw)
  if (type === 'array') return readByteArray(raw)
  if (type !== 'string') throw wrongType(raw, typeNames[kind])
  const text = jsonString(raw)
  if (BASE64.test(text) && text.length % 4 === 0) return new Uint8Array(Buffer.from(text, 'base64'))
  const bytes = fromBase64(text)
  if (bytes === undefined) throw new ParamError(`illegal base64 data at input byte ${corruptAt(text)}`)
  return bytes
}

/** HexBytes looks at the raw text and knows no escapes. */
const readHex = (raw: string): Bytes => {
  if (raw.length < 2 || !raw.startsWith('"') || !raw.endsWith('"'))
    throw new ParamError(`invalid hex string: ${utf8Text(raw)}`)
  return decodeHex(raw.slice(1, -1))
}

const readScalar = (raw: string, kind: 'bool' | 'string'): boolean | string => {
  checkJson(raw)
  const type = jsonType(raw)
  if (type === 'null') return kind === 'bool' ? false : ''
  if (type !== kind) throw wrongType(raw, typeNames[kind])
  return kind === 'bool' ? raw.trim() === 'true' : jsonString(raw)
}

/** Deeper values of methods of our own are refused, since JSON.parse recurses. */
const readAny = (raw: string): unknown => {
  checkJson(raw)
  return JSON.parse(utf8Text(raw))
}

/** Reads a parameter from its raw JSON. Throws ParamError, JsonSyntaxError, HexError or HandlerPanic. */
export const readParam = (kind: Kind, raw: string): unknown => {
  if (raw === 'null') return zeroOf(kind)
  const base = baseOf(kind)
  switch (base) {
    case 'int64':
    case 'int':
    case 'uint':
      return readInteger(raw, base)
    case 'bool':
    case 'string':
      return readScalar(raw, base)
    case 'bytes':
    case 'tx':
      return readBytes(raw, base)
    case 'hex':
      return readHex(raw)
    case 'evidence':
      return readEvidence(raw)
    case 'json':
      return readAny(raw)
  }
}

const bytesOf = (raw: string): string => `[${Array.from(raw, (char) => char.charCodeAt(0)).join(' ')}]`

/** Arguments from `params`: an object by name, where unknown ones are ignored, or an array by position. */
export const readParams = (kinds: Kinds, raw: string): Record<string, unknown> => {
  const names = Object.keys(kinds)
  const type = jsonType(raw)
  const found = type === 'object' || type === 'array' ? pieces(raw) : []
  if (type === 'array') {
    if (found.length !== names.length)
      throw new ParamError(
        `expected ${names.length} parameters ([${names.join(' ')}]), ` +
          `got ${found.length} ([${found.map(bytesOf).join(' ')}])`,
      )
    return Object.fromEntries(names.map((name, i) => [name, readParam(kinds[name]!, found[i]!)]))
  }
  if (type !== 'object' && type !== 'null')
    throw new ParamError(
      `unknown type for JSON params: json: cannot unmarshal ${type} into Go value of type ` +
        '[]json.RawMessage. Expected map or array',
    )
  const given = new Map<string, string>()
  for (let i = 0; i < found.length; i += 2) given.set(jsonString(found[i]!), found[i + 1]!)
  return Object.fromEntries(
    names.map((name) => {
      const value = given.get(name)
      return [name, value === undefined ? zeroOf(kinds[name]!) : readParam(kinds[name]!, value)]
    }),
  )
}
