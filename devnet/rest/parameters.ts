// Path variables and query strings into request fields, with the conversions and the error texts of
// grpc-gateway v1: base-prefixed integers, every spelling of a boolean, both base64 alphabets, enums by name
// or number.
import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf'
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect'
import { fromBase64 } from '../../chain/base64.ts'
import { invalidArgument } from '../../chain/runtime/errors.ts'
import { textValues } from '../../chain/runtime/go-values.ts'
import { goField } from '../../chain/runtime/gogo.ts'
import { parseDuration, parseTime } from '../../chain/time.ts'

/** Pairs of a query string; throws GrpcError on an escape or separator that Go's net/url refuses. */
export const parseQuery = (text: string): [key: string, value: string][] =>
  text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      if (pair.includes(';')) throw invalidArgument('invalid semicolon separator in query')
      const at = pair.indexOf('=')
      return at < 0 ? [decoded(pair), ''] : [decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))]
    })

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    const bad = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(text) ?? [text]
    throw invalidArgument(`invalid URL escape ${JSON.stringify(bad[0])}`)
  }
}

/** Sets a variable of the path. Throws GrpcError (InvalidArgument). */
export const setPathField = (message: ReflectMessage, path: string, value: string): void => {
  try {
    setField(message, path.split('.'), [value])
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error
    throw invalidArgument(`type mismatch, parameter: ${path}, error: ${error.message}`)
  }
}

/**
 * Sets fields of a query string; unknown fields and those under `taken` (the path's and the body's) are
 * skipped.
 */
export const setQueryFields = (
  message: ReflectMessage,
  pairs: readonly [string, string][],
  taken: readonly string[],
): void => {
  const values = new Map<string, string[]>()
  for (const [key, value] of pairs) values.set(key, [...(values.get(key) ?? []), value])
  for (const [key, list] of values) {
    const indexed = /^(.*)\[(.*)\]$/.exec(key)
    const path = (indexed?.[1] ?? key).split('.')
    if (taken.some((field) => isPrefix(field.split('.'), path))) continue
    try {
      setField(message, path, indexed === null ? list : [indexed[2]!, ...list])
    } catch (error) {
      if (!(error instanceof ParameterError)) throw error
      throw invalidArgument(error.message)
    }
  }
}

const isPrefix = (prefix: string[], path: string[]): boolean => prefix.every((part, i) => path[i] === part)

class ParameterError extends Error {}

const findField = (schema: DescMessage, name: string): DescField | undefined =>
  schema.fields.find((field) => field.name === name || field.jsonName === name)

const setField = (root: ReflectMessage, path: string[], values: string[]): void => {
  let message = root
  for (const [index, name] of path.entries()) {
    const field = findField(message.desc, name)
    if (field === undefined) return
    const next = path[index + 1]
    if (next === undefined) {
      setLeaf(message, field, values)
      return
    }
    if (field.fieldKind !== 'message') {
      const where = path.slice(0, index + 1).join('.')
      if (field.fieldKind === 'list')
        throw new ParameterError(`unexpected repeated field in ${path.join('.')}`)
      throw new ParameterError(`unexpected nested field ${next} in ${where}`)
    }
    const inner = message.isSet(field) ? message.get(field) : reflect(field.message)
    message.set(field, inner)
    message = inner
  }
}

const setLeaf = (message: ReflectMessage, field: DescField, values: string[]): void => {
  if (field.fieldKind === 'list') {
    const list = message.get(field)
    list.clear()
    for (const value of values) list.add(readValue(field, value))
  } else if (field.fieldKind === 'map') {
    if (values.length !== 2)
      throw new ParameterError(`more than one value provided for key ${values[0]} in map ${field.name}`)
    if (field.mapKind !== 'scalar') throw new ParameterError(`unsupported value type in map ${field.name}`)
    message.get(field).set(readScalar(field.mapKey, values[0]!), readScalar(field.scalar, values[1]!))
  } else message.set(field, readValue(field, values[0]!))
}

const readValue = (field: DescField, value: string): unknown => {
  if (field.enum !== undefined) return readEnum(field.enum, value)
  if (field.message !== undefined) return readMessage(field.message, value)
  if (textValues.has(goField(field).goType)) throw unsupported(goField(field).goType)
  return readScalar(field.scalar!, value)
}

const unsupported = (type: string) =>
  new ParameterError(`field type *${type} is not supported in query parameters`)

const readMessage = (schema: DescMessage, value: string): ReflectMessage => {
  const message = reflect(schema)
  const set = (seconds: bigint, nanos: number) => {
    message.set(message.findNumber(1)!, seconds)
    message.set(message.findNumber(2)!, nanos)
  }
  if (schema.typeName === 'google.protobuf.Timestamp') {
    const time = parseTime(value)
    if (time === undefined) throw new ParameterError(`bad Timestamp: cannot parse ${JSON.stringify(value)}`)
    set(time.seconds, time.nanos)
  } else if (schema.typeName === 'google.protobuf.Duration') {
    const ns = parseDuration(value)
    if (ns === undefined)
      throw new ParameterError(`bad Duration: time: invalid duration ${JSON.stringify(value)}`)
    set(ns / 1_000_000_000n, Number(ns % 1_000_000_000n))
  } else throw unsupported(schema.typeName.split('.').slice(-2).join('.'))
  return message
}

const readEnum = (schema: DescEnum, value: string): number => {
  const named = schema.values.find(({ name }) => name === value)
  if (named !== undefined) return named.number
  const number = /^[+-]?\d+$/.test(value) ? Number(value) : undefined
  if (number !== undefined && schema.value[number] !== undefined) return number
  throw new ParameterError(`${value} is not a valid ${schema.typeName.split('.').slice(-2).join('.')}`)
}

const BOOLEANS = new Map(
  ['1', 't', 'T', 'TRUE', 'true', 'True']
    .map((text): [string, boolean] => [text, true])
    .concat(['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false])),
)

const readScalar = (type: ScalarType, value: string): unknown => {
  switch (type) {
    case ScalarType.STRING:
      return value
    case ScalarType.BOOL: {
      const read = BOOLEANS.get(value)
      if (read === undefined) throw syntax('ParseBool', value)
      return read
    }
    case ScalarType.BYTES: {
      const bytes = fromBase64(value) ?? fromBase64(value, 'url')
      if (bytes === undefined)
        throw new ParameterError(`illegal base64 data at input byte ${badBase64(value)}`)
      return bytes
    }
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      if (value.trim() === '' || Number.isNaN(Number(value))) throw syntax('ParseFloat', value)
      return Number(value)
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return Number(readInteger(value, 'ParseInt', -(2n ** 31n), 2n ** 31n))
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return Number(readInteger(value, 'ParseUint', 0n, 2n ** 32n))
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return readInteger(value, 'ParseUint', 0n, 2n ** 64n)
    default:
      return readInteger(value, 'ParseInt', -(2n ** 63n), 2n ** 63n)
  }
}

const syntax = (call: string, value: string) =>
  new ParameterError(`strconv.${call}: parsing ${JSON.stringify(value)}: invalid syntax`)

/** strconv with base 0: 0x, 0o, 0b and a leading 0 for octal; a sign only where signs are allowed. */
const readInteger = (value: string, call: 'ParseInt' | 'ParseUint', least: bigint, end: bigint): bigint => {
  const [, sign, digits] = /^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9]\d*)$/.exec(value) ?? []
  if (digits === undefined || (call === 'ParseUint' && sign !== '')) throw syntax(call, value)
  const octal = /^0[oO]?([0-7]+)$/.exec(digits)
  const size = octal === null ? BigInt(digits) : BigInt(`0o${octal[1]}`)
  const number = sign === '-' ? -size : size
  if (number < least || number >= end)
    throw new ParameterError(`strconv.${call}: parsing ${JSON.stringify(value)}: value out of range`)
  return number
}

/** Where Go's decoder of the URL alphabet, the last one tried, gives up. */
const badBase64 = (value: string): number => {
  const bad = value.search(/[^A-Za-z0-9_=\r\n-]/)
  return bad >= 0 ? bad : value.length - (value.length % 4)
}
