// JSON text of single values, shared by both ways in which the SDK prints messages (jsonpb and
// encoding/json).
import { type DescEnum, type DescField, ScalarType } from '@bufbuild/protobuf'
import { toBase64 } from '../base64.ts'
import { type Bytes, fromUtf8 } from '../bytes.ts'
import { bytesValues, enumNames, escapeJson, textValues } from './go-values.ts'
import { goField } from './gogo.ts'

/**
 * A JSON value that does not fit its message, or a message without JSON; `path` names the field
 * (`body.messages[0]`).
 */
export class JsonError extends Error {
  readonly path: string
  constructor(path: string, detail: string) {
    super(path === '' ? detail : `${path}: ${detail}`)
    this.path = path
  }
}

/** Messages deeper than this are refused, so that nested Anys cannot exhaust the stack. */
export const MAX_DEPTH = 100

export const stringText = (value: string): string => escapeJson(JSON.stringify(value))

/** The name of an enum value; a number that has none stays a number. */
export const enumText = (value: number, schema: DescEnum): string => {
  const own = enumNames.get(schema.typeName)
  if (own !== undefined) return `"${own[value] ?? own[0]}"`
  const name = schema.value[value]?.name
  return name === undefined ? `${value}` : `"${name}"`
}

/** A scalar by its Go type; 64-bit integers are strings, bytes base64 (empty, not nil: see `json.ts`). */
export const scalarText = (value: unknown, field: DescField, scalar: ScalarType): string => {
  if (typeof value === 'bigint') return `"${value}"`
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : `"${value}"`
  if (typeof value === 'boolean') return `${value}`
  const { goType } = goField(field)
  try {
    const own = textValues.get(goType)
    if (own !== undefined) return own.print(typeof value === 'string' ? value : fromUtf8(value as Bytes))
    if (scalar !== ScalarType.BYTES) return stringText(value as string)
    return bytesValues.get(goType)?.print(value as Bytes) ?? `"${toBase64(value as Bytes)}"`
  } catch (error) {
    throw new JsonError(field.name, error instanceof Error ? error.message : `${error}`)
  }
}
