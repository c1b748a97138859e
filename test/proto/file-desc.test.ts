import { readdirSync, readFileSync } from 'node:fs'
import { type DescFile, toBinary } from '@bufbuild/protobuf'
import { fileDesc as original } from '@bufbuild/protobuf/codegenv2'
import * as wkt from '@bufbuild/protobuf/wkt'
import { FileDescriptorProtoSchema, file_google_protobuf_descriptor } from '@bufbuild/protobuf/wkt'
import { expect, test } from '@jest/globals'
import { fileDesc } from '../../proto/file-desc.ts'

/** Arguments of the `fileDesc` call of every generated file, by the name of the file's own constant. */
const generated = () => {
  const calls = new Map<string, { base64: string; imports: string[] }>()
  for (const path of readdirSync('proto/gen', { recursive: true }) as string[]) {
    if (!path.endsWith('_pb.ts')) continue
    const text = readFileSync(`proto/gen/${path}`, 'utf8')
    const [, name, base64, imports = ''] =
      /const (file_\w+): GenFile = [^"]*fileDesc\("([^"]*)"(?:, \[([^\]]*)\])?\)/.exec(text)!
    calls.set(name!, { base64: base64!, imports: imports.split(', ').filter((part) => part !== '') })
  }
  return calls
}

const calls = generated()
type Make = (base64: string, imports?: DescFile[]) => DescFile

/** Makes files with their imports, each once. */
const library = (make: Make) => {
  const made = new Map<string, DescFile>()
  const get = (name: string): DescFile => {
    const call = calls.get(name)
    if (call === undefined) return (wkt as unknown as Record<string, DescFile>)[name]!
    let file = made.get(name)
    if (file === undefined) made.set(name, (file = make(call.base64, call.imports.map(get))))
    return file
  }
  return get
}
const ours = library(fileDesc)
const theirs = library(original)

const shape = (file: DescFile): unknown => ({
  name: file.name,
  dependencies: file.dependencies.map((dependency) => dependency.proto.name),
  messages: file.messages.map(({ typeName, fields, nestedMessages }) => ({
    typeName,
    nested: nestedMessages.map((nested) => nested.typeName),
    fields: fields.map(
      ({ name, number, fieldKind, scalar, message, enum: names, jsonName, presence, oneof }) => [
        ...[
          name,
          number,
          fieldKind,
          scalar,
          message?.typeName,
          names?.typeName,
          jsonName,
          presence,
          oneof?.name,
        ],
      ],
    ),
  })),
  enums: file.enums.map(({ typeName, values }) => [
    typeName,
    values.map(({ name, number }) => [name, number]),
  ]),
  services: file.services.map(({ typeName, methods }) => [
    typeName,
    methods.map(({ name, input, output }) => [name, input.typeName, output.typeName]),
  ]),
  extensions: file.extensions.map(({ typeName, number, extendee }) => [typeName, number, extendee.typeName]),
})

test('reads every generated file as protobuf-es reads it, custom options too', () => {
  expect(calls.size).toBeGreaterThan(200)
  for (const name of calls.keys()) {
    const [file, expected] = [ours(name), theirs(name)]
    expect(shape(file)).toEqual(shape(expected))
    expect(file.proto).toEqual(expected.proto)
    const bytes = toBinary(FileDescriptorProtoSchema, expected.proto)
    expect(Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto)).equals(bytes)).toBe(true)
  }
})

test('a file knows its imports themselves, not copies', () => {
  const file = ours('file_cosmos_bank_v1beta1_tx')
  expect(file.dependencies).toContain(ours('file_cosmos_base_v1beta1_coin'))
  const amount = file.messages.find(({ typeName }) => typeName === 'cosmos.bank.v1beta1.MsgSend')!.field
    .amount!
  expect(amount.message).toBe(ours('file_cosmos_base_v1beta1_coin').messages[0])
  expect(ours('file_google_protobuf_descriptor')).toBe(file_google_protobuf_descriptor)
})
