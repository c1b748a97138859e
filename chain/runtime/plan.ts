// How the messages of one type are read from the wire into the objects that protobuf-es makes: worked out
// once a type. Types with maps, or with well-known types that protobuf-es turns into something else, are
// checked here and read there.
import {
  create,
  type DescField,
  type DescMessage,
  fromBinary,
  type Message,
  ScalarType,
} from '@bufbuild/protobuf'
import { BinaryReader } from '@bufbuild/protobuf/wire'
import { type Bytes, textBetween } from '../bytes.ts'
import { goField } from './gogo.ts'
import type { WireReader } from './wire.ts'

type Fields = Record<string, unknown>

export type FieldPlan = {
  readonly number: number
  /** Bit i is set if wire type i may hold this field. */
  readonly wireTypes: number
  /** The wire type that Go's texts name. */
  readonly wants: number
  /** The plan of the message in it; undefined for a scalar. */
  readonly inner: (() => Plan) | undefined
  readonly isAny: boolean
  /** A math.Int or LegacyDec. */
  readonly isNumber: boolean
  /** Puts a value where it belongs: sets it, appends it, or makes it the chosen one of a oneof. */
  put(into: Fields, value: unknown): void
  /** Reads scalars, one or packed, and puts them. */
  readInto(into: Fields, reader: WireReader, type: number): void
}
export type Plan = {
  readonly desc: DescMessage
  /** By number, where it is small. */
  readonly fields: readonly (FieldPlan | undefined)[]
  readonly others: ReadonlyMap<number, FieldPlan> | undefined
  create(): Message
  /** The finished message, which stands in these bytes. */
  finish(message: Message, bytes: Bytes, start: number, end: number): Message
}

// A memo of a pure function of descriptors, which live as long as the program.
const known = new WeakMap<DescMessage, Plan>()

export const planOf = (desc: DescMessage): Plan => {
  let plan = known.get(desc)
  if (plan === undefined) known.set(desc, (plan = makePlan(desc)))
  return plan
}

const SMALL = 64

const makePlan = (desc: DescMessage): Plan => {
  const fields: (FieldPlan | undefined)[] = []
  const others = new Map<number, FieldPlan>()
  for (const field of desc.fields) {
    if (field.number < SMALL) fields[field.number] = planField(field)
    else others.set(field.number, planField(field))
  }
  const template = create(desc)
  const lists = desc.fields.filter((field) => field.fieldKind === 'list').map((field) => field.localName)
  const oneofs = desc.oneofs.map((oneof) => oneof.localName)
  const make = (): Message => {
    const message = { ...template } as Message & Fields
    for (const name of lists) message[name] = []
    for (const name of oneofs) message[name] = { case: undefined }
    return message
  }
  return {
    ...{ desc, fields, create: make },
    others: others.size > 0 ? others : undefined,
    finish: isPlain(desc)
      ? (message) => message
      : (_, bytes, start, end) => fromBinary(desc, bytes.subarray(start, end)),
  }
}

/** Whether reading by fields gives what protobuf-es gives. */
const isPlain = (desc: DescMessage): boolean =>
  desc.fields.every((field) => {
    if (field.fieldKind === 'map' || (!field.proto.proto3Optional && field.presence === 3)) return false
    const inner = field.message?.typeName ?? ''
    return !/^google\.protobuf\.(\w+Value|Struct)$/.test(inner)
  })

const planField = (field: DescField): FieldPlan => {
  const scalar = field.scalar ?? ScalarType.INT32
  const { wire, read } = field.message || field.fieldKind === 'map' ? messageReading : scalars[scalar]
  const put = putter(field)
  const isPackable = wire !== 2
  return {
    ...{ number: field.number, wants: wire, put },
    wireTypes: (1 << wire) | (isPackable ? 1 << 2 : 0),
    inner: field.message && field.fieldKind !== 'map' ? lazily(field.message) : undefined,
    isAny: field.message?.typeName === 'google.protobuf.Any',
    isNumber: /^cosmossdk\.io\/math\.(Int|Uint|LegacyDec)$/.test(goField(field).goType),
    readInto(into, reader, type) {
      if (!isPackable || type === wire) return put(into, read(reader))
      reader.varint()
      while (!reader.done) put(into, read(reader))
    },
  }
}

const lazily = (desc: DescMessage) => {
  let plan: Plan | undefined
  return () => (plan ??= planOf(desc))
}

const putter = (field: DescField): FieldPlan['put'] => {
  const { localName: name } = field
  if (field.fieldKind === 'list')
    return (into, value) => {
      ;(into[name] as unknown[]).push(value)
    }
  const oneof = field.fieldKind === 'map' ? undefined : field.oneof?.localName
  if (oneof !== undefined)
    return (into, value) => {
      into[oneof] = { case: name, value }
    }
  return (into, value) => {
    into[name] = value
  }
}

type Scalar = { wire: number; read(reader: WireReader): unknown }
const messageReading: Scalar = { wire: 2, read: (reader) => bytesOf(reader) }

const bytesOf = (reader: WireReader): Bytes => {
  const length = reader.varint()
  return reader.bytes.subarray(reader.at, (reader.at += length))
}

const textOf = (reader: WireReader): string => {
  const length = reader.varint()
  return textBetween(reader.bytes, reader.at, (reader.at += length))
}

const varint64 = (reader: WireReader): bigint => {
  const { bytes, at } = reader
  let end = at
  while (bytes[end]! >= 128) end++
  if (end - at < 7) return BigInt(reader.varint())
  let value = 0n
  for (let i = end; i >= at; i--) value = (value << 7n) | BigInt(bytes[i]! & 127)
  reader.at = end + 1
  return BigInt.asUintN(64, value)
}
const int32 = (reader: WireReader): number => Number(BigInt.asIntN(32, varint64(reader)))
const zigzag = (value: bigint): bigint => (value >> 1n) ^ -(value & 1n)
const fixed =
  <T>(width: number, of: (view: DataView) => T) =>
  (reader: WireReader): T => {
    const { bytes, at } = reader
    reader.at += width
    return of(new DataView(bytes.buffer, bytes.byteOffset + at, width))
  }

/** No rule computes with them: the runtime of the generated code reads them as it does everywhere else. */
const floats = (reader: WireReader, width: number): BinaryReader => {
  reader.at += width
  return new BinaryReader(reader.bytes.subarray(reader.at - width, reader.at))
}

const scalars: Record<ScalarType, Scalar> = {
  [ScalarType.STRING]: { wire: 2, read: textOf },
  [ScalarType.BYTES]: { wire: 2, read: bytesOf },
  [ScalarType.BOOL]: { wire: 0, read: (reader) => varint64(reader) !== 0n },
  [ScalarType.INT32]: { wire: 0, read: int32 },
  [ScalarType.UINT32]: { wire: 0, read: (reader) => Number(BigInt.asUintN(32, varint64(reader))) },
  [ScalarType.SINT32]: { wire: 0, read: (reader) => Number(zigzag(BigInt.asUintN(32, varint64(reader)))) },
  [ScalarType.INT64]: { wire: 0, read: (reader) => BigInt.asIntN(64, varint64(reader)) },
  [ScalarType.UINT64]: { wire: 0, read: varint64 },
  [ScalarType.SINT64]: { wire: 0, read: (reader) => zigzag(varint64(reader)) },
  [ScalarType.FIXED32]: { wire: 5, read: fixed(4, (view) => view.getUint32(0, true)) },
  [ScalarType.SFIXED32]: { wire: 5, read: fixed(4, (view) => view.getInt32(0, true)) },
  [ScalarType.FLOAT]: { wire: 5, read: (reader) => floats(reader, 4).float() },
  [ScalarType.FIXED64]: { wire: 1, read: fixed(8, (view) => view.getBigUint64(0, true)) },
  [ScalarType.SFIXED64]: { wire: 1, read: fixed(8, (view) => view.getBigInt64(0, true)) },
  [ScalarType.DOUBLE]: { wire: 1, read: (reader) => floats(reader, 8).double() },
}
