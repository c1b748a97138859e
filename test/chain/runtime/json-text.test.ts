import { fromBinary } from '@bufbuild/protobuf'
import { AnySchema } from '@bufbuild/protobuf/wkt'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { fromUtf8 } from '../../../chain/bytes.ts'
import { fromJsonText } from '../../../chain/runtime/json.ts'
import { JsonTextError, parseJson } from '../../../chain/runtime/json-text.ts'
import { MsgExecuteContractSchema } from '../../../proto/gen/cosmwasm/wasm/v1/tx_pb.ts'
import { goRegistry } from '../../descriptors.ts'

const asDigits = (_key: string, value: unknown) =>
  typeof value === 'number' && Math.abs(value) >= 2 ** 53 && Math.abs(value) < 1e21 ? `${value}` : value

describe('JSON text', () => {
  test('any JSON is read as by JSON.parse, with or without white space', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ noUnicodeString: false }),
        fc.constantFrom('', ' ', '\n\t'),
        (json, indent) => {
          const text = JSON.stringify(json, undefined, indent)
          const { value, textOf } = parseJson(` ${text} and more`)
          expect(value).toEqual(JSON.parse(text, asDigits))
          if (typeof value === 'object' && value !== null) expect(textOf(value)).toBe(text)
        },
      ),
    )
  })

  test('integers beyond 2^53 keep their digits', () => {
    expect(parseJson('[9007199254740993,-18446744073709551616,9007199254740991,1e300,-0.5]').value).toEqual([
      '9007199254740993',
      '-18446744073709551616',
      9007199254740991,
      1e300,
      -0.5,
    ])
  })

  test.each([
    ['', 'unexpected EOF'],
    ['{"a":', 'unexpected EOF'],
    ['{"a":"b', 'unexpected EOF'],
    ['[1,', 'unexpected EOF'],
    ['x', "invalid character 'x' looking for beginning of value"],
    ["'", "invalid character '\\'' looking for beginning of value"],
    ['{1:2}', "invalid character '1' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
    ['[1 2]', "invalid character '2' after array element"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['"\u0001"', 'invalid character in string literal'],
    ['['.repeat(1001), 'exceeded max depth'],
  ])('%p is refused in the words of Go', (text, message) => {
    expect(() => parseJson(text)).toThrow(new JsonTextError(message))
  })

  test('a message to a contract is taken as it stands, and compact inside an Any', () => {
    const registry = goRegistry()
    const raw = '{ "9": 1, "10": [ 123456789012345678901, 1.50 ], "a": "x<y" }'
    const message = fromJsonText(MsgExecuteContractSchema, `{"sender":"s","msg":${raw}}`, registry)
    expect(fromUtf8(message.msg)).toBe(raw)
    const any = fromJsonText(
      AnySchema,
      `{"@type":"/cosmwasm.wasm.v1.MsgExecuteContract","msg":${raw}}`,
      registry,
    )
    expect(fromUtf8(fromBinary(MsgExecuteContractSchema, any.value).msg)).toBe(
      '{"9":1,"10":[123456789012345678901,1.50],"a":"x\\u003cy"}',
    )
  })
})
