// What a request asks of a command line, read off its descriptor: which fields stand as arguments, in which
// order, and how a field is named as a flag. The same answers parse the arguments and write the help.
import {
  type DescField,
  type DescMessage,
  type DescMethod,
  getOption,
  hasOption,
  ScalarType,
} from '@bufbuild/protobuf'
import { textValues } from '../../../chain/runtime/go-values.ts'
import { goField } from '../../../chain/runtime/gogo.ts'
import { signer } from '../../../proto/gen/cosmos/msg/v1/msg_pb.ts'
import { scalar } from '../../../proto/gen/cosmos_proto/cosmos_pb.ts'
import { http } from '../../../proto/gen/google/api/annotations_pb.ts'
import type { Kind } from './services.ts'

export type AddressKind = 'account' | 'validator' | 'consensus'
export type Argument = {
  readonly field: DescField
  /** Its absence is our error, not the chain's. */
  readonly isRequired: boolean
  /** May be left out: it is the one who signs. */
  readonly isSigner: boolean
  /** The last one, if it is a list: the rest of the line. */
  readonly takesRest: boolean
}

const ADDRESSES: Readonly<Record<string, AddressKind>> = {
  'cosmos.AddressString': 'account',
  'cosmos.ValidatorAddressString': 'validator',
  'cosmos.ConsensusAddressString': 'consensus',
}
/** Which address a text field holds; undefined if none. */
export const addressKind = (field: DescField): AddressKind | undefined => ADDRESSES[getOption(field, scalar)]

const PLAIN_MESSAGES = [
  'cosmos.base.v1beta1.Coin',
  'cosmos.base.v1beta1.DecCoin',
  'google.protobuf.Duration',
  'google.protobuf.Timestamp',
]
export const isCoin = (field: DescField): boolean =>
  /^cosmos\.base\.v1beta1\.(Dec)?Coin$/.test(field.message?.typeName ?? '')
/** Written as one word rather than as JSON or by the fields inside it. */
export const isPlain = (field: DescField): boolean => {
  if (field.fieldKind === 'map') return false
  return field.message === undefined || PLAIN_MESSAGES.includes(field.message.typeName)
}
export const isBoolean = (field: DescField): boolean =>
  field.fieldKind === 'scalar' && field.scalar === ScalarType.BOOL

/** The top-level fields that name who signs a message. */
export const signerFields = (schema: DescMessage): DescField[] => {
  const names = hasOption(schema, signer) ? getOption(schema, signer) : []
  return schema.fields.filter((field) => names.includes(field.name) && field.scalar === ScalarType.STRING)
}

const isArgument = (field: DescField): boolean =>
  isPlain(field) &&
  !isBoolean(field) &&
  !goField(field).isCustomPointer &&
  field.oneof === undefined &&
  !(field.proto.options?.deprecated ?? false)

const isNumberText = (field: DescField): boolean => textValues.has(goField(field).goType)

/** Fields in the path of the method's URL. */
const pathFields = (method: DescMethod): string[] => {
  const { pattern } = getOption(method, http)
  if (typeof pattern.value !== 'string') return []
  return [...pattern.value.matchAll(/\{([\w.]+)(?:=[^}]*)?\}/g)].map(([, name]) => name!)
}

/** The fields that are given as arguments, in their order. */
export const argumentsOf = (method: DescMethod, kind: Kind): Argument[] => {
  const signers = signerFields(method.input)
  const inPath = pathFields(method)
  const isRequired = (field: DescField) =>
    kind === 'query'
      ? inPath.includes(field.name)
      : addressKind(field) !== undefined || isCoin(field) || isNumberText(field)
  const fields = method.input.fields.filter(isArgument)
  const isLastOf = (list: readonly DescField[], at: number) => at === list.length - 1
  const ordered =
    kind === 'query' ? [...fields.filter(isRequired), ...fields.filter((f) => !isRequired(f))] : fields
  return ordered.flatMap((field, at) => {
    const isList = field.fieldKind === 'list'
    if (isList && !isCoin(field) && !isLastOf(ordered, at)) return []
    return {
      ...{ field, isRequired: isRequired(field), isSigner: kind === 'tx' && signers.includes(field) },
      takesRest: isList && isLastOf(ordered, at),
    }
  })
}

/** `to_address` as `--to-address`. */
export const flagName = (path: readonly DescField[]): string =>
  path.map(({ name }) => name.replaceAll('_', '-')).join('.')

const findField = (schema: DescMessage, name: string): DescField | undefined => {
  const plain = name.replaceAll('-', '_')
  return schema.fields.find((field) => field.name === plain || field.jsonName === name)
}

/** The fields that a dotted name leads through, or the part of it that leads nowhere. */
export const fieldsAt = (
  schema: DescMessage,
  name: string,
): DescField[] | { missing: string; within: string } => {
  const path: DescField[] = []
  let at: DescMessage | undefined = schema
  for (const part of name.split('.')) {
    const field: DescField | undefined = at && findField(at, part)
    if (field === undefined) return { missing: part, within: at?.typeName ?? path.at(-1)?.name ?? '' }
    path.push(field)
    at = field.fieldKind === 'message' ? field.message : undefined
  }
  return path
}

/** `limit` and its like stand for the fields of a page request. */
export const PAGE_FLAGS: Readonly<Record<string, string>> = {
  'count-total': 'pagination.count_total',
  limit: 'pagination.limit',
  offset: 'pagination.offset',
  'page-key': 'pagination.key',
  reverse: 'pagination.reverse',
}
export const hasPages = (schema: DescMessage): boolean =>
  schema.fields.some(({ name, message }) => name === 'pagination' && message?.name === 'PageRequest')
