// Reading the JSON of messages as gogoproto's jsonpb does: both names of a field, numbers or strings, null
// for unset. The result carries what Go's structs would: a message field that is no pointer is there even if
// the JSON omits it, and an absent Int or Dec is 0, so that encoding gives the bytes that Go gives.
import {
  create,
  type DescField,
  type DescMessage,
  type JsonValue,
  type MessageShape,
  type Registry,
  ScalarType,
  toBinary,
} from '@bufbuild/protobuf'
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect'
import { utf8 } from '../bytes.ts'
import { type Instant, parseDuration, parseTime, ZERO_TIME_SECONDS } from '../time.ts'
import { compactJson, textValues } from './go-values.ts'
import { goField } from './gogo.ts'
import { type Reader, readEnum, readNumber, readScalar, wrong } from './json-scalars.ts'
import { parseJson } from './json-text.ts'
import { JsonError, MAX_DEPTH } from './json-values.ts'

export type ReadOptions = {
  /**
   * Skips fields that the message does not have, as the REST gateway does with bodies; otherwise an error.
   */
  ignoreUnknown?: boolean
}

type JsonObject = { [key: string]: JsonValue }
/** The message that the SDK reads from parsed JSON (codec.UnmarshalJSON). Throws JsonError. */
export const fromJson = <S extends DescMessage>(
  schema: S,
  json: JsonValue,
  registry: Registry,
  { ignoreUnknown = false }: ReadOptions = {},
): MessageShape<S> => {
  const message = reflect(schema)
  readMessage(message, json, { registry, ignoreUnknown, textOf: JSON.stringify, path: '', depth: 0 })
  return message.message as MessageShape<S>
}

/**
 * As `fromJson`, of text: 64-bit numbers keep their digits and raw JSON its text. Throws JsonTextError too.
 */
export const fromJsonText = <S extends DescMessage>(
  schema: S,
  text: string,
  registry: Registry,
  { ignoreUnknown = false }: ReadOptions = {},
): MessageShape<S> => {
  const parsed = parseJson(text)
  const textOf = (json: JsonValue) =>
    (typeof json === 'object' && json !== null ? parsed.textOf(json) : undefined) ?? JSON.stringify(json)
  const message = reflect(schema)
  readMessage(message, parsed.value, { registry, ignoreUnknown, textOf, path: '', depth: 0 })
  return message.message as MessageShape<S>
}

/** One field of a message from its JSON, without the rest: a REST body that stands for one field. */
export const readField = (
  message: ReflectMessage,
  field: DescField,
  json: JsonValue,
  registry: Registry,
): void => {
  const reader = { registry, ignoreUnknown: true, textOf: JSON.stringify, path: field.name, depth: 0 }
  setField(message, field, json, reader)
}

const inside = (reader: Reader, name: string): Reader => ({
  ...reader,
  path: reader.path === '' ? name : name.startsWith('[') ? reader.path + name : `${reader.path}.${name}`,
})

const isObject = (json: JsonValue): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

const readMessage = (message: ReflectMessage, json: JsonValue, reader: Reader): void => {
  if (reader.depth > MAX_DEPTH) throw new JsonError(reader.path, `nested deeper than ${MAX_DEPTH} messages`)
  if (readWellKnown(message, json, reader)) return
  if (!isObject(json)) throw wrong(reader, `an object (${message.desc.typeName})`, json)
  const unread = new Set(Object.keys(json))
  for (const field of message.fields) {
    let value: JsonValue | undefined
    for (const name of [field.name, field.jsonName]) if (unread.delete(name)) value = json[name]
    if (value !== undefined) setField(message, field, value, inside(reader, field.name))
  }
  const [first] = [...unread].sort((a, b) => (a < b ? -1 : 1))
  if (first !== undefined && !reader.ignoreUnknown)
    throw new JsonError(inside(reader, first).path, `unknown field in ${message.desc.typeName}`)
  fillGoValues(message)
}

/** Sets what Go's zero struct holds and writes: embedded structs, the year 1, a nil Int. */
const fillGoValues = (message: ReflectMessage): void => {
  for (const field of message.fields) {
    if (field.oneof !== undefined || message.isSet(field)) continue
    const { nullable, isTime, goType } = goField(field)
    if (nullable) continue
    if (field.fieldKind === 'scalar' && textValues.has(goType))
      message.set(field, field.scalar === ScalarType.BYTES ? utf8('0') : '0')
    if (field.fieldKind !== 'message') continue
    const inner = reflect(field.message)
    if (isTime) inner.set(inner.findNumber(1)!, ZERO_TIME_SECONDS)
    else fillGoValues(inner)
    message.set(field, inner)
  }
}

const setField = (message: ReflectMessage, field: DescField, json: JsonValue, reader: Reader): void => {
  if (json === null && !readsNull(field)) {
    const isStruct = field.fieldKind === 'message' && !goField(field).nullable
    if (isStruct && goField(field).isTime) throw wrong(reader, 'a time', json)
    return
  }
  if (field.fieldKind === 'list') setList(message, field, json, reader)
  else if (field.fieldKind === 'map') setMap(message, field, json, reader)
  else checked(reader, () => message.set(field, readValue(field, json, reader)))
}

/** Types that give null a meaning of their own: google.protobuf.Value and raw JSON. */
const readsNull = (field: DescField): boolean =>
  field.message?.typeName === 'google.protobuf.Value' ||
  goField(field).goType === 'RawContractMessage' ||
  (textValues.has(goField(field).goType) && !goField(field).isCustomPointer)

const setList = (
  message: ReflectMessage,
  field: DescField & { fieldKind: 'list' },
  json: JsonValue,
  reader: Reader,
): void => {
  if (!Array.isArray(json)) throw wrong(reader, 'a list', json)
  const list = message.get(field)
  json.forEach((item, index) => {
    const at = inside(reader, `[${index}]`)
    checked(at, () => list.add(readValue(field, item, at)))
  })
}

const setMap = (
  message: ReflectMessage,
  field: DescField & { fieldKind: 'map' },
  json: JsonValue,
  reader: Reader,
): void => {
  if (!isObject(json)) throw wrong(reader, 'an object', json)
  const map = message.get(field)
  for (const [key, value] of Object.entries(json)) {
    const at = inside(reader, `[${JSON.stringify(key)}]`)
    const keyValue = field.mapKey === ScalarType.STRING ? key : readMapKey(field.mapKey, key, at)
    checked(at, () => map.set(keyValue, readValue(field, value, at)))
  }
}

const readMapKey = (type: ScalarType, key: string, reader: Reader): unknown =>
  type === ScalarType.BOOL ? key === 'true' : readNumber(type, key, reader)

/** Range errors of the protobuf runtime become errors that name the path. */
const checked = (reader: Reader, set: () => void): void => {
  try {
    set()
  } catch (error) {
    if (error instanceof JsonError) throw error
    throw new JsonError(reader.path, error instanceof Error ? error.message : `${error}`)
  }
}

const readValue = (field: DescField, json: JsonValue, reader: Reader): unknown => {
  if (field.message !== undefined) {
    const inner = reflect(field.message)
    readMessage(inner, json, { ...reader, depth: reader.depth + 1 })
    return inner
  }
  if (field.enum !== undefined) return readEnum(field.enum, json, reader)
  return readScalar(field, field.scalar!, json, reader)
}

const WRAPPERS = /^google\.protobuf\.(Double|Float|U?Int64|U?Int32|Bool|String|Bytes)Value$/

/** True if the type has a JSON of its own, which is then read. */
const readWellKnown = (message: ReflectMessage, json: JsonValue, reader: Reader): boolean => {
  const { typeName, fields } = message.desc
  if (!typeName.startsWith('google.protobuf.')) return false
  if (typeName === 'google.protobuf.Any') readAny(message, json, reader)
  else if (typeName === 'google.protobuf.Timestamp') {
    const time = typeof json === 'string' ? parseTime(json) : undefined
    if (time === undefined) throw wrong(reader, 'a time of RFC 3339', json)
    setInstant(message, time)
  } else if (typeName === 'google.protobuf.Duration') {
    const ns = typeof json === 'string' ? parseDuration(json) : undefined
    if (ns === undefined) throw wrong(reader, 'a duration such as "30s"', json)
    setInstant(message, { seconds: ns / 1_000_000_000n, nanos: Number(ns % 1_000_000_000n) })
  } else if (typeName === 'google.protobuf.Value') readDynamic(message, json, reader)
  else if (
    WRAPPERS.test(typeName) ||
    typeName === 'google.protobuf.Struct' ||
    typeName === 'google.protobuf.ListValue'
  )
    setField(message, fields[0]!, json, reader)
  else return false
  return true
}

const setInstant = (message: ReflectMessage, { seconds, nanos }: Instant): void => {
  message.set(message.findNumber(1)!, seconds)
  message.set(message.findNumber(2)!, nanos)
}

const readDynamic = (message: ReflectMessage, json: JsonValue, reader: Reader): void => {
  const kind =
    json === null
      ? 1
      : { number: 2, string: 3, boolean: 4, object: Array.isArray(json) ? 6 : 5 }[typeof json as string]
  const field = message.findNumber(kind!)!
  checked(reader, () => message.set(field, json === null ? 0 : readValue(field, json, reader)))
}

const readAny = (message: ReflectMessage, json: JsonValue, reader: Reader): void => {
  if (!isObject(json)) throw wrong(reader, 'an object with "@type"', json)
  const { '@type': typeUrl, ...rest } = json
  if (typeof typeUrl !== 'string') throw new JsonError(reader.path, 'an Any needs "@type"')
  const schema = reader.registry.getMessage(typeUrl.slice(typeUrl.lastIndexOf('/') + 1))
  if (schema === undefined) throw new JsonError(reader.path, `unable to resolve type URL ${typeUrl}`)
  const inner = reflect(schema, create(schema))
  const isBare = schema.typeName.startsWith('google.protobuf.') && 'value' in rest
  // Go prints the fields of an Any again before it reads them, so that raw JSON inside comes out compact.
  const textOf = (part: JsonValue) => compactJson(reader.textOf(part))
  readMessage(inner, isBare ? rest.value! : rest, { ...reader, textOf, depth: reader.depth + 1 })
  message.set(message.findNumber(1)!, typeUrl)
  message.set(message.findNumber(2)!, toBinary(schema, inner.message as MessageShape<typeof schema>))
}
