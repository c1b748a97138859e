// encoding/json of Go structs. Two messages of the SDK print themselves that way wherever they are nested, so
// that inside them heights are numbers, empty lists null, times RFC3339Nano and empty fields absent.
import { type DescField, ScalarType } from '@bufbuild/protobuf'
import type { ReflectMessage } from '@bufbuild/protobuf/reflect'
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { formatTime, ZERO_TIME_SECONDS } from '../time.ts'
import { textValues } from './go-values.ts'
import { goField } from './gogo.ts'
import { JsonError, scalarText } from './json-values.ts'

const structs = new Set([
  'cosmos.staking.v1beta1.DelegationResponse',
  'cosmos.staking.v1beta1.RedelegationResponse',
])

/** True for messages with a MarshalJSON of their own (x/staking/types/delegation.go), which jsonpb calls. */
export const isGoStruct = (typeName: string): boolean => structs.has(typeName)

export const goStructText = (message: ReflectMessage): string => {
  const parts: string[] = []
  for (const field of message.fields) {
    const { tag } = goField(field)
    if (tag.omitEmpty && !message.isSet(field)) continue
    parts.push(`"${tag.name}":${memberText(message, field)}`)
  }
  return `{${parts.join(',')}}`
}

const memberText = (message: ReflectMessage, field: DescField): string => {
  if (field.fieldKind === 'list') {
    if (!message.isSet(field)) return 'null'
    return `[${[...message.get(field)].map((item) => valueText(item, field)).join(',')}]`
  }
  if (field.fieldKind === 'message' && !message.isSet(field)) {
    const { nullable, isTime } = goField(field)
    if (nullable) return 'null'
    if (isTime) return `"${formatTime({ seconds: ZERO_TIME_SECONDS, nanos: 0 })}"`
  }
  return valueText(message.get(field), field)
}

const valueText = (value: unknown, field: DescField): string => {
  if (typeof value === 'bigint' || typeof value === 'number') return `${value}`
  if (field.message?.typeName === 'google.protobuf.Timestamp')
    return `"${formatTime((value as ReflectMessage).message as Timestamp)}"`
  if (field.message !== undefined && field.fieldKind !== 'map') return goStructText(value as ReflectMessage)
  if (field.scalar === undefined || field.fieldKind === 'map')
    throw new JsonError(field.name, 'no struct JSON for this kind of field')
  const isNil = field.scalar === ScalarType.BYTES && (value as Uint8Array).length === 0
  return isNil && !textValues.has(goField(field).goType) ? 'null' : scalarText(value, field, field.scalar)
}
