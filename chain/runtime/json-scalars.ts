// Scalars and enums of messages from parsed JSON: numbers or strings, names or numbers, base64, and the Go
// types that read themselves.
import { type DescEnum, type DescField, type JsonValue, type Registry, ScalarType } from '@bufbuild/protobuf'
import { fromBase64 } from '../base64.ts'
import { type Bytes, utf8 } from '../bytes.ts'
import { bytesValues, enumNames, textValues } from './go-values.ts'
import { goField } from './gogo.ts'
import { JsonError } from './json-values.ts'

/** `textOf` gives the text that a part of the JSON was read from. */
export type Reader = {
  registry: Registry
  ignoreUnknown: boolean
  textOf(json: JsonValue): string
  path: string
  depth: number
}

const describe = (json: JsonValue): string =>
  json === null
    ? 'null'
    : Array.isArray(json)
      ? 'a list'
      : typeof json === 'object'
        ? 'an object'
        : JSON.stringify(json)

export const wrong = (reader: Reader, expected: string, json: JsonValue) =>
  new JsonError(reader.path, `expected ${expected}, got ${describe(json)}`)

export const readEnum = (schema: DescEnum, json: JsonValue, reader: Reader): number => {
  if (typeof json === 'number' && Number.isInteger(json)) return json
  if (typeof json !== 'string') throw wrong(reader, `a name of ${schema.typeName}`, json)
  const own = enumNames.get(schema.typeName)
  if (own !== undefined) return Number(Object.keys(own).find((key) => own[Number(key)] === json) ?? 0)
  const value = schema.values.find(({ name }) => name === json)
  if (value === undefined) throw wrong(reader, `a name of ${schema.typeName}`, json)
  return value.number
}

export const readScalar = (
  field: DescField,
  scalar: ScalarType,
  json: JsonValue,
  reader: Reader,
): unknown => {
  const { goType } = goField(field)
  if (textValues.has(goType)) {
    const text = textValues.get(goType)!.read(json)
    return scalar === ScalarType.BYTES ? utf8(text) : text
  }
  switch (scalar) {
    case ScalarType.STRING:
      if (typeof json !== 'string') throw wrong(reader, 'a string', json)
      return json
    case ScalarType.BOOL:
      if (typeof json !== 'boolean') throw wrong(reader, 'true or false', json)
      return json
    case ScalarType.BYTES:
      return readBytes(goType, json, reader)
    default:
      return readNumber(scalar, json, reader)
  }
}

const readBytes = (goType: string, json: JsonValue, reader: Reader): Bytes => {
  const own = bytesValues.get(goType)
  if (own !== undefined) return own.read(json, () => reader.textOf(json))
  const bytes = typeof json === 'string' ? fromBase64(json) : undefined
  if (bytes === undefined) throw wrong(reader, 'padded base64', json)
  return bytes
}

const isLong = (scalar: ScalarType): boolean =>
  [ScalarType.INT64, ScalarType.UINT64, ScalarType.SINT64, ScalarType.FIXED64, ScalarType.SFIXED64].includes(
    scalar,
  )

export const readNumber = (scalar: ScalarType, json: JsonValue, reader: Reader): number | bigint => {
  if (scalar === ScalarType.DOUBLE || scalar === ScalarType.FLOAT) {
    const value = typeof json === 'string' && json !== '' ? Number(json) : json
    if (typeof value === 'number' && (json === 'NaN' || !Number.isNaN(value))) return value
    throw wrong(reader, 'a number', json)
  }
  if (typeof json === 'number' && !Number.isSafeInteger(json) && Number.isInteger(json))
    throw new JsonError(reader.path, 'the number is beyond 2^53 and lost digits: write it as a string')
  const text = typeof json === 'number' ? `${json}` : json
  if (typeof text !== 'string' || !/^-?(0|[1-9]\d*)$/.test(text)) throw wrong(reader, 'an integer', json)
  return isLong(scalar) ? BigInt(text) : Number(text)
}
