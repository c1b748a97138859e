// How generated code gets its descriptors, faster: protobuf-es reads the bytes of each .proto file with its
// general reader and walks all imports of all imports again for each file, which is most of the time of a
// start. This reader knows only the messages of descriptor.proto, and hands each file its direct imports. The
// result is the same. The build puts it in the place of `codegenv2/file.js` (tools/file-desc.mjs); from
// source the original runs.
import {
  create,
  createFileRegistry,
  type DescField,
  type DescFile,
  type DescMessage,
  ScalarType,
} from '@bufbuild/protobuf'
import { type FileDescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'

type Kind = 'message' | 'string' | 'bytes' | 'bool' | 'number'
type Slot = { name: string; kind: Kind; isList: boolean; table: () => Table }
/** How a message of descriptor.proto is read: its prototype has the defaults, lists are always there. */
type Table = { typeName: string; prototype: object; lists: string[]; slots: (Slot | undefined)[] }
type Fields = Record<string, unknown>

const NUMBERS = [ScalarType.INT32, ScalarType.UINT32]

const kindOf = ({ message, enum: names, scalar }: DescField): Kind | undefined => {
  if (message !== undefined) return 'message'
  if (names !== undefined || NUMBERS.includes(scalar!)) return 'number'
  if (scalar === ScalarType.STRING) return 'string'
  if (scalar === ScalarType.BYTES) return 'bytes'
  return scalar === ScalarType.BOOL ? 'bool' : undefined
}

// Made once and never changed: they describe descriptor.proto itself.
const tables = new Map<string, Table>()

const tableOf = (schema: DescMessage): Table => {
  const known = tables.get(schema.typeName)
  if (known !== undefined) return known
  const { typeName, fields } = schema
  const prototype = Object.getPrototypeOf(create(schema)) as object
  const table: Table = { typeName, prototype, lists: [], slots: [] }
  tables.set(typeName, table)
  for (const field of fields) {
    const isList = field.fieldKind === 'list'
    if (isList) table.lists.push(field.localName)
    const kind = kindOf(field)
    if (kind !== undefined)
      table.slots[field.number] = {
        name: field.localName,
        kind,
        isList,
        table: () => tableOf(field.message!),
      }
  }
  return table
}

type Reader = { bytes: Buffer; at: number }

/** Lengths, numbers and tags of descriptors fit into 53 bits. */
const readVarint = (reader: Reader): number => {
  let byte = reader.bytes[reader.at++]!
  let value = byte & 127
  for (let factor = 128; byte > 127; factor *= 128) {
    byte = reader.bytes[reader.at++]!
    value += (byte & 127) * factor
  }
  return value
}

/** The bytes of a field that this reader does not know (custom options), as protobuf-es keeps them. */
const readUnknown = (reader: Reader, wireType: number): Uint8Array => {
  const from = reader.at
  if (wireType === 0) readVarint(reader)
  else if (wireType === 1) reader.at += 8
  else if (wireType === 5) reader.at += 4
  else if (wireType === 2) {
    const length = readVarint(reader)
    reader.at += length
  } else throw new Error(`descriptor with wire type ${wireType}`)
  return new Uint8Array(reader.bytes.buffer, reader.bytes.byteOffset + from, reader.at - from)
}

const readValue = (reader: Reader, slot: Slot): unknown => {
  const number = readVarint(reader)
  if (slot.kind === 'number') return number | 0
  if (slot.kind === 'bool') return number !== 0
  const end = reader.at + number
  if (slot.kind === 'message') return readMessage(reader, slot.table(), end)
  const { bytes, at } = reader
  reader.at = end
  if (slot.kind === 'string') return bytes.toString('utf8', at, end)
  return new Uint8Array(bytes.buffer, bytes.byteOffset + at, number)
}

const readMessage = (reader: Reader, table: Table, end: number): Fields => {
  const message = Object.create(table.prototype) as Fields
  message.$typeName = table.typeName
  for (const name of table.lists) message[name] = []
  while (reader.at < end) {
    const tag = readVarint(reader)
    const slot = table.slots[tag >>> 3]
    if (slot === undefined) {
      const unknown = { no: tag >>> 3, wireType: tag & 7, data: readUnknown(reader, tag & 7) }
      ;((message.$unknown ??= []) as unknown[]).push(unknown)
    } else if (!slot.isList) message[slot.name] = readValue(reader, slot)
    else if (slot.kind !== 'number' || (tag & 7) === 0)
      (message[slot.name] as unknown[]).push(readValue(reader, slot))
    else readPacked(reader, message[slot.name] as unknown[], slot)
  }
  if (table.typeName === 'google.protobuf.FieldDescriptorProto' && !Object.hasOwn(message, 'jsonName'))
    message.jsonName = camelCase(message.name as string)
  return message
}

const readPacked = (reader: Reader, list: unknown[], slot: Slot): void => {
  const length = readVarint(reader)
  const end = reader.at + length
  while (reader.at < end) list.push(readValue(reader, slot))
}

/** protoc's JSON name, which the generator leaves out of the bytes. */
const camelCase = (name: string): string =>
  name.replace(/_+([^_]?)/g, (_, letter: string) => letter.toUpperCase())

// Imports without imports of their own, by name: what a file can refer to.
const leaves = new WeakMap<DescFile, DescFile>()
const leafOf = (file: DescFile): DescFile => {
  let leaf = leaves.get(file)
  if (leaf === undefined) leaves.set(file, (leaf = { ...file, dependencies: [] }))
  return leaf
}

/**
 * The descriptor of a file from its base64 bytes and its direct imports (protobuf-es codegenv2 `fileDesc`).
 */
export function fileDesc(base64: string, imports: DescFile[] = []): DescFile {
  const bytes = Buffer.from(base64, 'base64')
  const proto = readMessage({ bytes, at: 0 }, tableOf(FileDescriptorProtoSchema), bytes.length)
  const root = proto as unknown as FileDescriptorProto
  root.dependency = imports.map((file) => file.proto.name)
  const byName = new Map(imports.map((file) => [file.proto.name, file]))
  const registry = createFileRegistry(root, (name) => leafOf(byName.get(name)!))
  return Object.assign(registry.getFile(root.name)!, { dependencies: imports })
}
