// JSON of protobuf messages as the SDK prints it: gogoproto's jsonpb with OrigName, EmitDefaults and the
// interface registry as Any resolver (REST, genesis, typed events). Everything is decided by descriptors and
// their gogoproto options. It is written as text, not as a JavaScript value, because key order, map order and
// the raw JSON inside contract messages are part of what clients compare.
import {
  type DescField,
  type DescMessage,
  fromBinary,
  type JsonValue,
  type MessageShape,
  type Registry,
  ScalarType,
} from '@bufbuild/protobuf'
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect'
import {
  type Any,
  type Duration,
  FeatureSet_FieldPresence,
  type Timestamp,
  type Value,
} from '@bufbuild/protobuf/wkt'
import { type Bytes, compareBytes, utf8 } from '../bytes.ts'
import { formatDuration, formatTime, ZERO_TIME_SECONDS } from '../time.ts'
import { bytesValues, escapeJson, textValues } from './go-values.ts'
import { goField } from './gogo.ts'
import { goStructText, isGoStruct } from './json-struct.ts'
import { enumText, JsonError, MAX_DEPTH, scalarText, stringText } from './json-values.ts'

export { fromJson, fromJsonText, type ReadOptions } from './json-read.ts'
export { JsonTextError } from './json-text.ts'
export { JsonError } from './json-values.ts'

/** Compact text of a parsed JSON value, escaped as Go's encoding/json does. */
export const jsonText = (value: JsonValue): string => escapeJson(JSON.stringify(value))

/**
 * The compact JSON text that the SDK prints for a message (codec.MarshalJSON, the REST gateway). Throws
 * JsonError.
 */
export const toJsonText = <S extends DescMessage>(
  schema: S,
  message: MessageShape<S>,
  registry: Registry,
): string => messageText(reflect(schema, message), registry, 0)

/** As `toJsonText`, parsed. Key order is field order. */
export const toJson = <S extends DescMessage>(
  schema: S,
  message: MessageShape<S>,
  registry: Registry,
): JsonValue => JSON.parse(toJsonText(schema, message, registry)) as JsonValue

const WRAPPERS = /^google\.protobuf\.(Double|Float|U?Int64|U?Int32|Bool|String|Bytes)Value$/

/** Types with a JSON of their own; inside an Any they stand under "value". */
const isWellKnown = (typeName: string): boolean =>
  WRAPPERS.test(typeName) ||
  /^google\.protobuf\.(Any|Duration|Timestamp|Empty|Struct|ListValue|Value)$/.test(typeName)

const messageText = (
  message: ReflectMessage,
  registry: Registry,
  depth: number,
  typeUrl?: string,
): string => {
  if (depth > MAX_DEPTH) throw new JsonError('', `messages are nested deeper than ${MAX_DEPTH}`)
  const wellKnown = wellKnownText(message, registry, depth)
  if (wellKnown !== undefined) return wellKnown
  const parts = typeUrl === undefined ? [] : [`"@type":${stringText(typeUrl)}`]
  for (const member of message.members) {
    const field = member.kind === 'oneof' ? message.oneofCase(member) : member
    if (field !== undefined) parts.push(`"${field.name}":${fieldText(message, field, registry, depth)}`)
  }
  return `{${parts.join(',')}}`
}

const wellKnownText = (message: ReflectMessage, registry: Registry, depth: number): string | undefined => {
  const { typeName } = message.desc
  if (!typeName.startsWith('google.protobuf.')) return undefined
  if (typeName === 'google.protobuf.Any') return anyText(message.message as Any, registry, depth)
  if (typeName === 'google.protobuf.Timestamp')
    return `"${formatTime(message.message as Timestamp, 'grouped')}"`
  if (typeName === 'google.protobuf.Duration') {
    const { seconds, nanos } = message.message as Duration
    return `"${formatDuration(seconds, nanos)}"`
  }
  if (
    WRAPPERS.test(typeName) ||
    typeName === 'google.protobuf.Struct' ||
    typeName === 'google.protobuf.ListValue'
  )
    return fieldText(message, message.fields[0]!, registry, depth)
  if (typeName === 'google.protobuf.Value') {
    const kind = message.oneofCase(message.desc.oneofs[0]!)
    if (kind === undefined) throw new JsonError('', 'a google.protobuf.Value holds nothing')
    return (message.message as Value).kind.case === 'nullValue'
      ? 'null'
      : fieldText(message, kind, registry, depth)
  }
  return undefined
}

const anyText = ({ typeUrl, value }: Any, registry: Registry, depth: number): string => {
  const schema = registry.getMessage(typeUrl.slice(typeUrl.lastIndexOf('/') + 1))
  if (schema === undefined) throw new JsonError('', `unable to resolve type URL ${typeUrl}`)
  const inner = reflect(schema, fromBinary(schema, value))
  if (!isWellKnown(schema.typeName)) return messageText(inner, registry, depth + 1, typeUrl)
  return `{"@type":${stringText(typeUrl)},"value":${messageText(inner, registry, depth + 1)}}`
}

const fieldText = (message: ReflectMessage, field: DescField, registry: Registry, depth: number): string => {
  if (field.fieldKind === 'list') {
    const items: string[] = []
    for (const item of message.get(field)) items.push(itemText(item, field, registry, depth))
    return `[${items.join(',')}]`
  }
  if (field.fieldKind === 'map') return mapText(message, field, registry, depth)
  if (field.fieldKind === 'message') return singleMessageText(message, field, registry, depth)
  if (
    field.presence === FeatureSet_FieldPresence.EXPLICIT &&
    field.oneof === undefined &&
    !message.isSet(field)
  )
    return 'null'
  if (field.oneof === undefined && goField(field).isCustomPointer && !message.isSet(field)) return 'null'
  if (field.fieldKind === 'scalar' && field.scalar === ScalarType.BYTES) {
    const value = message.get(field) as Bytes
    const isNil = value.length === 0 && field.oneof === undefined && !textualBytes(field)
    return isNil && !bytesValues.has(goField(field).goType) ? 'null' : scalarText(value, field, field.scalar)
  }
  return itemText(message.get(field), field, registry, depth)
}

const textualBytes = (field: DescField): boolean => textValues.has(goField(field).goType)

/** An unset pointer is null; an unset struct prints its zero value, which for a time.Time is the year 1. */
const singleMessageText = (
  message: ReflectMessage,
  field: DescField & { fieldKind: 'message' },
  registry: Registry,
  depth: number,
): string => {
  if (!message.isSet(field)) {
    const { nullable, isTime } = goField(field)
    if (nullable) return 'null'
    if (isTime) return `"${formatTime({ seconds: ZERO_TIME_SECONDS, nanos: 0 })}"`
  }
  return itemText(message.get(field), field, registry, depth)
}

/** One value of a field: the whole of a singular field, an element of a list. */
const itemText = (value: unknown, field: DescField, registry: Registry, depth: number): string => {
  if (field.message !== undefined && field.fieldKind !== 'map') {
    const inner = value as ReflectMessage
    return isGoStruct(inner.desc.typeName) ? goStructText(inner) : messageText(inner, registry, depth + 1)
  }
  if (field.enum !== undefined) return enumText(value as number, field.enum)
  if (field.scalar !== undefined) return scalarText(value, field, field.scalar)
  throw new JsonError(field.name, `no JSON for a ${field.fieldKind} field`)
}

/** Keys in Go's order: numbers by size, strings by their bytes. */
const mapText = (
  message: ReflectMessage,
  field: DescField & { fieldKind: 'map' },
  registry: Registry,
  depth: number,
): string => {
  const entries = [...message.get(field)].map(([key, value]): [unknown, unknown] => [key, value])
  entries.sort(([a], [b]) => {
    if (typeof a === 'string' && typeof b === 'string') return compareBytes(utf8(a), utf8(b))
    return (a as number) < (b as number) ? -1 : 1
  })
  const parts = entries.map(([key, value]) => {
    const text =
      field.mapKind === 'message'
        ? messageText(value as ReflectMessage, registry, depth + 1)
        : field.mapKind === 'enum'
          ? enumText(value as number, field.enum)
          : scalarText(value, field, field.scalar)
    return `${stringText(`${key}`)}:${text}`
  })
  return `{${parts.join(',')}}`
}
