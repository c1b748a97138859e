// Messages in the bytes that Go gives them. A gogoproto struct has no absent embedded structs, its numbers
// have one text, and it forgets fields that it does not know: what a module stores of a message it was sent
// is written anew from that struct, so that our trees hold the same bytes. What stands inside an Any stays as
// it is.
import {
  create,
  type DescField,
  type DescMessage,
  fromBinary,
  type Message,
  type MessageInitShape,
  type MessageShape,
  ScalarType,
  toBinary,
} from '@bufbuild/protobuf'
import { type Timestamp, TimestampSchema } from '@bufbuild/protobuf/wkt'
import { type Bytes, fromUtf8, utf8 } from '../bytes.ts'
import { ZERO_TIME_SECONDS } from '../time.ts'
import { parseInt256 } from './decimal.ts'
import { goField } from './gogo.ts'

type Fields = Record<string, unknown>
type Copy = (from: Fields, into: Fields) => void
type Form = (message: Message) => Message

// A memo of a pure function of descriptors, which live as long as the program.
const known = new WeakMap<DescMessage, Form>()

/** A copy of the message with everything set that Go's struct would hold, and nothing that it would not. */
export const goForm = <S extends DescMessage>(schema: S, message: MessageInitShape<S>): MessageShape<S> =>
  formOf(schema)(create(schema, message)) as MessageShape<S>

/** What Go's `Marshal` writes for the message. */
export const goBytes = <S extends DescMessage>(schema: S, message: MessageInitShape<S>): Bytes =>
  toBinary(schema, goForm(schema, message))

/** A value of a store that is taken from messages as they come. */
export const goMessageValue = <S extends DescMessage>(
  schema: S,
): { encode: (value: MessageInitShape<S>) => Bytes; decode: (bytes: Bytes) => MessageShape<S> } => ({
  encode: (value) => goBytes(schema, value),
  decode: (bytes) => fromBinary(schema, bytes),
})

const formOf = (schema: DescMessage): Form => {
  let form = known.get(schema)
  if (form === undefined) known.set(schema, (form = makeForm(schema)))
  return form
}

const makeForm = (schema: DescMessage): Form => {
  const copies = schema.fields.filter((field) => field.oneof === undefined).map(copyOf)
  return (message) => {
    const whole = create(schema) as Message & Fields
    for (const copy of copies) copy(message as Message & Fields, whole)
    for (const { localName } of schema.oneofs) {
      const { case: name, value } = (message as Message & Fields)[localName] as {
        case?: string
        value?: unknown
      }
      const field = schema.fields.find((candidate) => candidate.localName === name)
      if (field !== undefined) whole[localName] = { case: name, value: fieldForm(field)(value) }
    }
    return whole
  }
}

const copyOf = (field: DescField): Copy => {
  const { localName: name } = field
  const value = fieldForm(field)
  if (field.fieldKind === 'list')
    return (from, into) => {
      into[name] = (from[name] as unknown[]).map(value)
    }
  if (field.fieldKind === 'map')
    return (from, into) => {
      const entries = Object.entries(from[name] as Fields).map(([key, each]) => [key, value(each)] as const)
      into[name] = Object.fromEntries(entries)
    }
  const zero = zeroOf(field)
  return (from, into) => {
    const given = from[name]
    if (given !== undefined) into[name] = value(given)
    else if (zero !== undefined) into[name] = zero()
  }
}

/** What an absent field that is no pointer in Go is written as; undefined if it is not written. */
const zeroOf = (field: DescField): (() => unknown) | undefined => {
  if (field.fieldKind !== 'message' || goField(field).nullable) return undefined
  if (goField(field).isTime) return zeroTime
  const { message } = field
  return () => formOf(message)(create(message))
}
const zeroTime = (): Timestamp => create(TimestampSchema, { seconds: ZERO_TIME_SECONDS })

const NUMBER = /^cosmossdk\.io\/math\.(Int|Uint|LegacyDec)$/

/** Types that protobuf-es holds as plain values. */
const PLAIN = /^google\.protobuf\.(\w+Value|Struct)$/

const fieldForm = (field: DescField): ((value: unknown) => unknown) => {
  const { message } = field
  if (message !== undefined)
    return (value) => (PLAIN.test(message.typeName) ? value : formOf(message)(value as Message))
  const { goType, nullable } = goField(field)
  if (!NUMBER.test(goType)) return (value) => value
  const empty = nullable && field.fieldKind !== 'list' ? '' : '0'
  if (field.scalar === ScalarType.BYTES) return (value) => utf8(numberText(fromUtf8(value as Bytes), empty))
  return (value) => numberText(value as string, empty)
}

/** As math/big prints it. What is no number was refused when the transaction was read. */
const numberText = (text: string, empty: string): string => {
  if (text === '') return empty
  return `${parseInt256(text) ?? text}`
}
