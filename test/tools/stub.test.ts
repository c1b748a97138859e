import { readFileSync } from 'node:fs'
import { fromBinary } from '@bufbuild/protobuf'
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { describe, expect, test } from '@jest/globals'
import { printStub } from '../../tools/proto/stub.ts'

const { file } = fromBinary(
  FileDescriptorSetSchema,
  new Uint8Array(readFileSync('proto/standard/descriptors.binpb')),
)
const stubs = new Map(file.map((descriptor) => [descriptor.name, printStub(descriptor)]))
const stub = (path: string) => stubs.get(path) ?? ''

/** The definition that begins with `head`, up to the brace that closes it. */
const definition = (path: string, head: string) => {
  const text = stub(path)
  const start = text.indexOf(head)
  return text.slice(start, text.indexOf('\n}', start) + 2)
}

describe('text of the Go stack’s protos', () => {
  test('a message of proto3', () => {
    expect(stub('cosmos/base/v1beta1/coin.proto')).toContain(
      'syntax = "proto3";\npackage cosmos.base.v1beta1;',
    )
    expect(definition('cosmos/base/v1beta1/coin.proto', 'message Coin ')).toBe(
      'message Coin {\n  string denom = 1;\n  string amount = 2;\n}',
    )
  })

  test('repeated fields and other types by their full name', () => {
    expect(definition('cosmos/bank/v1beta1/tx.proto', 'message MsgSend ')).toBe(
      [
        'message MsgSend {',
        '  string from_address = 1;',
        '  string to_address = 2;',
        '  repeated .cosmos.base.v1beta1.Coin amount = 3;',
        '}',
      ].join('\n'),
    )
  })

  test('a oneof holds its fields, and others stay outside', () => {
    const rule = definition('google/api/http.proto', 'message HttpRule ')
    expect(rule).toContain('  repeated .google.api.HttpRule additional_bindings = 11;\n')
    expect(rule).toMatch(/ {2}oneof pattern \{\n {4}string get = 2;\n/)
    expect(rule.match(/oneof/g)).toHaveLength(1)
  })

  test('a map is a map, not its entry message', () => {
    const withMap = file
      .flatMap(({ messageType }) => messageType)
      .filter(({ nestedType }) => nestedType.some(({ options }) => options?.mapEntry))
    expect(withMap).not.toHaveLength(0)
    for (const { name } of withMap) {
      const text = [...stubs.values()].find((text) => text.includes(`message ${name} {`)) ?? ''
      expect(text).toMatch(/ {2}map<\w+, [\w.]+> \w+ = \d+;/)
    }
  })

  test('extensions of proto2 name what they extend', () => {
    expect(stub('gogoproto/gogo.proto')).toMatch(
      /^syntax = "proto2";[\s\S]*extend \.google\.protobuf\.FieldOptions \{ optional bool nullable = 65001; /,
    )
  })

  test('every import of a stub has a stub or is the compiler’s own', () => {
    for (const text of stubs.values())
      for (const [, path] of text.matchAll(/^import (?:public )?"([^"]+)";$/gm)) {
        const known = stubs.has(path!) || path!.startsWith('google/protobuf/')
        expect({ path, known }).toEqual({ path, known: true })
      }
  })
})
