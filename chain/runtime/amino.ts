// Amino JSON from descriptors: what SIGN_MODE_LEGACY_AMINO_JSON signs. The rules are those of
// cosmossdk.io/x/tx/signing/aminojson and the amino.* options of the messages; no message is known by name
// but the well-known types. It is written as text with sorted keys, for every byte of it is signed.
import {
  type DescField,
  type DescMessage,
  type DescOneof,
  fromBinary,
  getOption,
  hasOption,
  type JsonValue,
  type MessageShape,
  type Registry,
  ScalarType,
} from '@bufbuild/protobuf'
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect'
import type { Any, Duration, Timestamp } from '@bufbuild/protobuf/wkt'
import {
  name as amino_name,
  dont_omitempty,
  encoding,
  field_name,
  message_encoding,
  oneof_name,
} from '../../proto/gen/amino/amino_pb.ts'
import type { Fee } from '../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import { scalar as cosmos_scalar } from '../../proto/gen/cosmos_proto/cosmos_pb.ts'
import { toBase64 } from '../base64.ts'
import { type Bytes, fromUtf8, utf8 } from '../bytes.ts'
import { formatTime } from '../time.ts'
import { type MessageEncoder, messageEncoders, sortedJson } from './amino-values.ts'
import { decimalText } from './go-values.ts'
import { goField } from './gogo.ts'
import { MAX_DEPTH, stringText } from './json-values.ts'

/** What an amino signer signs. `msgs` are the packed messages of the tx body. */
export type AminoSignDoc = {
  chainId: string
  accountNumber: bigint
  sequence: bigint
  fee: Fee
  msgs: readonly Any[]
  memo: string
  timeoutHeight: bigint
  unordered?: boolean
  timeoutTimestamp?: Timestamp | undefined
}

/** A message that amino JSON cannot say: a map, a missing struct, a oneof without names, an unknown type. */
export class AminoError extends Error {}

/** Amino JSON text of one message, `{"type":…,"value":…}` if it has an amino name. Throws AminoError. */
export const aminoText = <S extends DescMessage>(
  schema: S,
  message: MessageShape<S>,
  registry: Registry,
): string => {
  const text = messageText(reflect(schema, message), { registry, depth: 0 })
  const { name } = planOf(schema)
  return name === undefined ? text : `{"type":"${name}","value":${text}}`
}

/** As `aminoText`, parsed. */
export const aminoJson = <S extends DescMessage>(
  schema: S,
  message: MessageShape<S>,
  registry: Registry,
): JsonValue => JSON.parse(aminoText(schema, message, registry)) as JsonValue

/**
 * The bytes that SIGN_MODE_LEGACY_AMINO_JSON signs: sorted keys, compact, escaped as Go does. Throws
 * AminoError.
 */
export const aminoSignBytes = (doc: AminoSignDoc, registry: Registry): Bytes => {
  const writer = { registry, depth: 0 }
  const { fee, msgs } = doc
  const coins = fee.amount.map(
    ({ amount, denom }) =>
      `{"amount":${stringText(amount === '' ? '0' : amount)},"denom":${stringText(denom)}}`,
  )
  const feeParts = [`"amount":[${coins.join(',')}]`, `"gas":"${fee.gasLimit}"`]
  if (fee.granter !== '') feeParts.push(`"granter":${stringText(fee.granter)}`)
  if (fee.payer !== '') feeParts.push(`"payer":${stringText(fee.payer)}`)
  const parts = [
    `"account_number":"${doc.accountNumber}"`,
    `"chain_id":${stringText(doc.chainId)}`,
    `"fee":{${feeParts.join(',')}}`,
    `"memo":${stringText(doc.memo)}`,
    `"msgs":${msgs.length === 0 ? 'null' : `[${msgs.map((msg) => anyText(msg, writer)).join(',')}]`}`,
    `"sequence":"${doc.sequence}"`,
  ]
  if (doc.timeoutHeight !== 0n) parts.push(`"timeout_height":"${doc.timeoutHeight}"`)
  if (doc.timeoutTimestamp !== undefined)
    parts.push(`"timeout_timestamp":"${formatTime(doc.timeoutTimestamp)}"`)
  if (doc.unordered === true) parts.push('"unordered":true')
  return utf8(`{${parts.join(',')}}`)
}

type Writer = { registry: Registry; depth: number }

const anyText = ({ typeUrl, value }: Any, writer: Writer): string => {
  const schema = writer.registry.getMessage(typeUrl.slice(1))
  if (schema === undefined) throw new AminoError(`can't resolve type URL ${typeUrl}`)
  const inner = reflect(schema, fromBinary(schema, value))
  const text = messageText(inner, { ...writer, depth: writer.depth + 1 })
  return `{"type":"${planOf(schema).name ?? `/${schema.typeName}`}","value":${text}}`
}

type Member = {
  field: DescField
  /** Name of the field, and the key under which it stands: a oneof stands under its own name in CamelCase. */
  name: string
  key: string
  oneof: DescOneof | undefined
  oneofName: string
  omitEmpty: boolean
  own: 'inline_json' | 'legacy_coins' | 'integer' | 'decimal' | undefined
}
/** What the options of a message and its fields say. */
type Plan = {
  name: string | undefined
  encode: MessageEncoder | undefined
  /** In the order of their keys. */
  members: Member[]
}

const readPlan = (schema: DescMessage): Plan => ({
  name: hasOption(schema, amino_name) ? getOption(schema, amino_name) : undefined,
  encode: messageEncoders.get(getOption(schema, message_encoding)),
  members: schema.fields.map(readMember).sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)),
})

const readMember = (field: DescField): Member => {
  const { oneof } = field
  if (oneof !== undefined && !hasOption(field, oneof_name))
    throw new AminoError(`field ${field.name} within a oneof must have the amino.oneof_name option set`)
  const name = hasOption(field, field_name) ? getOption(field, field_name) : field.name
  return {
    ...{ field, name, oneof, oneofName: getOption(field, oneof_name) },
    key: oneof === undefined ? name : camel(oneof.name),
    omitEmpty: !getOption(field, dont_omitempty),
    own: ownEncoding(field),
  }
}

const ownEncoding = (field: DescField): Member['own'] => {
  const named = getOption(field, encoding)
  if (named === 'inline_json' || named === 'legacy_coins') return named
  const kind = getOption(field, cosmos_scalar)
  if (kind === 'cosmos.Int') return 'integer'
  const isDec = kind === 'cosmos.Dec' && goField(field).goType === 'cosmossdk.io/math.LegacyDec'
  return isDec ? 'decimal' : undefined
}

// A memo of a pure function of descriptors, which live as long as the program.
const known = new WeakMap<DescMessage, Plan>()
const planOf = (schema: DescMessage): Plan => {
  let plan = known.get(schema)
  if (plan === undefined) known.set(schema, (plan = readPlan(schema)))
  return plan
}

const camel = (name: string): string =>
  name.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

const messageText = (message: ReflectMessage, writer: Writer): string => {
  if (writer.depth > MAX_DEPTH) throw new AminoError(`messages are nested deeper than ${MAX_DEPTH}`)
  switch (message.desc.typeName) {
    case 'google.protobuf.Any':
      return anyText(message.message as Any, writer)
    case 'google.protobuf.Timestamp':
      return `"${formatTime(message.message as Timestamp)}"`
    case 'google.protobuf.Duration': {
      const { seconds, nanos } = message.message as Duration
      return `"${seconds * 1_000_000_000n + BigInt(nanos)}"`
    }
  }
  const { encode, members } = planOf(message.desc)
  if (encode !== undefined) return encode(message, (any) => anyText(any, writer))
  return `{${memberTexts(message, members, writer).join(',')}}`
}

const memberTexts = (message: ReflectMessage, members: Member[], writer: Writer): string[] => {
  const parts: string[] = []
  const emptyOneofs = new Set<string>()
  for (const member of members) {
    const { key, field, oneof } = member
    if (message.isSet(field)) {
      const value = fieldText(message, member, writer)
      parts.push(
        oneof === undefined
          ? `"${key}":${value}`
          : `"${key}":{"type":"${member.oneofName}","value":{"${member.name}":${value}}}`,
      )
    } else if (oneof !== undefined) {
      if (message.oneofCase(oneof) !== undefined || emptyOneofs.has(key)) continue
      emptyOneofs.add(key)
      parts.push(`"${key}":null`)
    } else if (!member.omitEmpty) parts.push(`"${key}":${emptyText(message, member, writer)}`)
  }
  return parts
}

const emptyText = (message: ReflectMessage, member: Member, writer: Writer): string => {
  const { field, name, own } = member
  if (field.fieldKind === 'message')
    throw new AminoError(`not supported: dont_omit_empty=true on invalid (nil?) message field: ${name}`)
  if (field.fieldKind === 'list') return own === 'legacy_coins' ? '[]' : 'null'
  return fieldText(message, member, writer)
}

const fieldText = (message: ReflectMessage, { field, own }: Member, writer: Writer): string => {
  if (field.fieldKind === 'map') throw new AminoError('maps are not supported')
  if (field.fieldKind === 'list') {
    const items: string[] = []
    for (const item of message.get(field)) items.push(valueText(item, field, writer))
    return `[${items.join(',')}]`
  }
  const value = message.get(field)
  if (own === undefined || own === 'legacy_coins') return valueText(value, field, writer)
  const text = typeof value === 'string' ? value : fromUtf8(value as Bytes)
  if (own === 'inline_json') return sortedJson(text)
  if (text === '') return '"0"'
  return stringText(own === 'decimal' ? decimalText(text) : text)
}

const valueText = (value: unknown, field: DescField, writer: Writer): string => {
  if (field.message !== undefined)
    return messageText(value as ReflectMessage, { ...writer, depth: writer.depth + 1 })
  if (typeof value === 'bigint') return `"${value}"`
  if (field.scalar === ScalarType.DOUBLE || field.scalar === ScalarType.FLOAT)
    throw new AminoError(`unknown type of ${field.name}: amino JSON has no fractions`)
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`
  if (typeof value === 'string') return stringText(value)
  const bytes = value as Bytes
  return bytes.length === 0 && field.fieldKind !== 'list' ? 'null' : `"${toBase64(bytes)}"`
}
