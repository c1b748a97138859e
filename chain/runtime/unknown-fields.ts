// Transactions may not carry fields that this chain does not know: a signer could not have seen them. A field number
// with bit 11 set is "non-critical" and allowed where the caller says so (ADR-020). The walk, its order and its texts are
// those of the SDK's codec/unknownproto; it also looks into Any. On the way it checks the text of math.Int and LegacyDec,
// which in Go fails when the message is decoded.
import { type DescField, type DescMessage, type Registry, ScalarType } from '@bufbuild/protobuf'
import { type Any, AnySchema } from '@bufbuild/protobuf/wkt'
import { type Bytes, fromUtf8 } from '../bytes.ts'
import { parseInt256 } from './decimal.ts'
import { decodeMessage } from './decode.ts'
import { goField } from './gogo.ts'
import { WireError, WireReader, wireName } from './wire.ts'

/** Why bytes are refused; the message is Go's. */
export class UnknownFieldError extends Error {}

export type Strictness = {
  registry: Registry
  allowNonCritical: boolean
}
export type Walked = {
  hasNonCritical: boolean
  /** The first number that would not decode. */
  badNumber: string | undefined
}

const NON_CRITICAL = 1 << 10
const DEPTH = 10_000

/** Throws UnknownFieldError. */
export const walkFields = (bytes: Bytes, desc: DescMessage, strictness: Strictness): Walked => {
  const walked: Walked = { hasNonCritical: false, badNumber: undefined }
  try {
    walk(new WireReader(bytes), desc, strictness, walked, DEPTH)
  } catch (error) {
    if (error instanceof WireError) throw new UnknownFieldError(error.message)
    throw error
  }
  return walked
}

const walk = (
  reader: WireReader,
  desc: DescMessage,
  strict: Strictness,
  walked: Walked,
  depth: number,
): void => {
  if (reader.done) return
  if (depth === 0) throw new UnknownFieldError('recursion limit reached')
  const fields = fieldsOf(desc)
  while (!reader.done) {
    const { number, type } = readTag(reader)
    const field = fields.get(number)
    if (field === undefined) refuse(desc, number, type, strict, walked)
    else if ((field.wireTypes & (1 << type)) === 0) throw mismatch(desc, field, type)
    const start = reader.at
    skip(reader, number, type)
    if (field?.inner !== undefined) {
      const inner = new WireReader(reader.bytes, start, reader.at)
      inner.varint()
      if (field.inner.typeName === 'google.protobuf.Any') walkAny(inner, strict, walked, depth)
      else walk(inner, field.inner, strict, walked, depth - 1)
    } else if (field?.isNumber) checkNumber(reader.bytes, start, reader.at, walked)
  }
}

const readTag = (reader: WireReader) => {
  try {
    return reader.tag()
  } catch (error) {
    if (error instanceof WireError) throw new UnknownFieldError('invalid length')
    throw error
  }
}

const skip = (reader: WireReader, number: number, type: number) => {
  try {
    reader.skip(number, type)
  } catch (error) {
    if (error instanceof WireError)
      throw new UnknownFieldError(
        `could not consume field value for tagNum: ${number}, wireType: "${wireName(type)}"; ${error.message}`,
      )
    throw error
  }
}

const walkAny = (reader: WireReader, strict: Strictness, walked: Walked, depth: number): void => {
  const packed = reader.bytes.subarray(reader.at, reader.end)
  walk(new WireReader(packed), AnySchema, strict, walked, depth - 1)
  const any = readAny(packed)
  const desc = resolveTypeUrl(any.typeUrl, strict.registry)
  if (desc === undefined) throw new UnknownFieldError(`unable to resolve type URL ${any.typeUrl}`)
  walk(new WireReader(any.value), desc, strict, walked, depth - 1)
}

/** The walk before has checked the shape; a type URL may still be no text. */
const readAny = (packed: Bytes): Any => {
  try {
    return decodeMessage(AnySchema, packed)
  } catch (error) {
    if (error instanceof Error) throw new UnknownFieldError(`unable to resolve type URL: ${error.message}`)
    throw error
  }
}

/** A type URL is a slash and the message's name; nothing else is resolved. */
export const resolveTypeUrl = (typeUrl: string, registry: Registry): DescMessage | undefined =>
  typeUrl.startsWith('/') ? registry.getMessage(typeUrl.slice(1)) : undefined

const refuse = (desc: DescMessage, number: number, type: number, strict: Strictness, walked: Walked) => {
  const critical = (number & NON_CRITICAL) === 0
  if (!critical) walked.hasNonCritical = true
  if (critical || !strict.allowNonCritical)
    throw new UnknownFieldError(
      `errUnknownField "${goType(desc)}": {TagNum: ${number}, WireType:"${wireName(type)}"}`,
    )
}

const mismatch = (desc: DescMessage, field: WireField, type: number) =>
  new UnknownFieldError(
    `Mismatched "${goType(desc)}": {TagNum: ${field.number}, GotWireType: "${wireName(type)}" != WantWireType: "${wireName(field.wants)}"}`,
  )

/** Go packages that are not called `types`, by proto package. */
const goPackages: Record<string, string> = {
  'cosmos.authz.v1beta1': 'authz',
  'cosmos.base.query.v1beta1': 'query',
  'cosmos.crypto.ed25519': 'ed25519',
  'cosmos.crypto.multisig': 'multisig',
  'cosmos.crypto.secp256k1': 'secp256k1',
  'cosmos.crypto.secp256r1': 'secp256r1',
  'cosmos.feegrant.v1beta1': 'feegrant',
  'cosmos.gov.v1': 'v1',
  'cosmos.gov.v1beta1': 'v1beta1',
  'cosmos.group.v1': 'group',
  'cosmos.nft.v1beta1': 'nft',
  'cosmos.params.v1beta1': 'proposal',
  'cosmos.tx.signing.v1beta1': 'signing',
  'cosmos.tx.v1beta1': 'tx',
}

/** `*types.MsgSend`: the Go type that the SDK's texts name. */
const goType = (desc: DescMessage): string => {
  let name = desc.name
  for (let outer = desc.parent; outer !== undefined; outer = outer.parent) name = `${outer.name}_${name}`
  return `*${goPackages[desc.file.proto.package] ?? 'types'}.${name}`
}

const checkNumber = (bytes: Bytes, start: number, end: number, walked: Walked) => {
  const reader = new WireReader(bytes, start, end)
  reader.varint()
  if (reader.done || walked.badNumber !== undefined) return
  const text = fromUtf8(bytes.subarray(reader.at, end))
  if (parseInt256(text) === undefined)
    walked.badNumber = /^[0-9]+$/.test(text)
      ? `integer out of range; got: ${BigInt(text).toString(2).length}, max: 256`
      : `math/big: cannot unmarshal ${JSON.stringify(text)} into a *big.Int`
}

type WireField = {
  number: number
  /** Bit i is set if wire type i may hold this field. */
  wireTypes: number
  wants: number
  /** The message type to look into. */
  inner: DescMessage | undefined
  isNumber: boolean
}

const memo = new WeakMap<DescMessage, Map<number, WireField>>()

const fieldsOf = (desc: DescMessage): Map<number, WireField> => {
  let fields = memo.get(desc)
  if (fields === undefined) {
    fields = new Map(desc.fields.map((field) => [field.number, wireField(field)]))
    memo.set(desc, fields)
  }
  return fields
}

const wireField = (field: DescField): WireField => {
  const inner = field.fieldKind === 'map' ? undefined : field.message
  const wants = inner !== undefined || field.fieldKind === 'map' ? 2 : scalarWireType(field)
  const isPackable = wants !== 2
  return {
    number: field.number,
    wireTypes: (1 << wants) | (isPackable ? 1 << 2 : 0),
    wants,
    inner,
    isNumber: /^(cosmossdk\.io\/math\.(Int|Uint|LegacyDec))$/.test(goField(field).goType),
  }
}

const scalarWireType = (field: DescField): number => {
  switch (field.scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return 2
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
    case ScalarType.DOUBLE:
      return 1
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
    case ScalarType.FLOAT:
      return 5
    default:
      return 0
  }
}
