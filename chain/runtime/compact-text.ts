// Protobuf messages as gogoproto's compact text prints them (`String()` of generated Go types): some events
// and errors carry it. It prints what a Go struct holds: give it a message in that form (`goForm`) if it came
// from a transaction.
import { type DescField, type DescMessage, type MessageShape, ScalarType } from '@bufbuild/protobuf'
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect'
import { type Bytes, utf8 } from '../bytes.ts'

/** `block:<max_bytes:1 max_gas:-1 > version:<> `: set fields in their order, each followed by a space. */
export const compactText = <S extends DescMessage>(schema: S, message: MessageShape<S>): string =>
  messageText(reflect(schema, message))

const messageText = (message: ReflectMessage): string =>
  message.fields
    .filter((field) => message.isSet(field) && !isZeroDuration(message, field))
    .map((field) => fieldText(message, field))
    .join('')

/** A Go duration of zero is not written, unlike a message that is set and empty. */
const isZeroDuration = (message: ReflectMessage, field: DescField): boolean => {
  if (field.fieldKind !== 'message' || field.message.typeName !== 'google.protobuf.Duration') return false
  return messageText(message.get(field)) === ''
}

const fieldText = (message: ReflectMessage, field: DescField): string => {
  if (field.fieldKind === 'list') {
    const items = [...message.get(field)]
    return items.map((item) => `${field.name}:${valueText(field, item)} `).join('')
  }
  return `${field.name}:${valueText(field, message.get(field))} `
}

const valueText = (field: DescField, value: unknown): string => {
  if (field.message) return `<${messageText(value as ReflectMessage)}>`
  if (field.scalar === ScalarType.STRING) return quoted(utf8(value as string))
  if (field.scalar === ScalarType.BYTES) return quoted(value as Bytes)
  if (field.enum) return field.enum.value[value as number]?.name ?? String(value)
  return String(value)
}

const ESCAPES: Record<number, string> = { 9: '\\t', 10: '\\n', 13: '\\r', 34: '\\"', 92: '\\\\' }

/** Bytes that are no printable ASCII are written as three octal digits. */
const quoted = (bytes: Bytes): string => {
  let text = ''
  for (const byte of bytes)
    text +=
      ESCAPES[byte] ??
      (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`)
  return `"${text}"`
}
