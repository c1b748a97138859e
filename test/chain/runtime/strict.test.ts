// The strict reader of transactions: what it reads, and what it refuses in the SDK's words.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { AnySchema } from '@bufbuild/protobuf/wkt'
import { describe, expect, test } from '@jest/globals'
import { type Bytes, concatBytes, utf8 } from '../../../chain/bytes.ts'
import { addressCodec, txDecoder } from '../../../chain/module.ts'
import { readStrict, StrictError } from '../../../chain/runtime/strict.ts'
import { MsgExecSchema } from '../../../proto/gen/cosmos/authz/v1beta1/tx_pb.ts'
import { MsgSendSchema } from '../../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import { AuthInfoSchema, TxBodySchema, TxRawSchema } from '../../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import { goMessages, goRegistry } from '../../descriptors.ts'
import { randomFrom } from '../../random.ts'

const registry = goRegistry()
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
const field = (number: number, type: number, ...content: number[]): Bytes =>
  new Uint8Array([...varint(number * 8 + type), ...content])

describe('messages of every type of the Go stack', () => {
  test('are read as protobuf-es reads them', () => {
    let read = 0
    for (const { type, bytes } of goMessages()) {
      const desc = registry.getMessage(type)!
      const wire = new Uint8Array(Buffer.from(bytes, 'base64'))
      expect({ type, message: readStrict(desc, wire, registry).message }).toEqual({
        type,
        message: fromBinary(desc, wire),
      })
      read++
    }
    expect(read).toBeGreaterThan(500)
  })

  test('survive random damage with an answer: what is read is what protobuf-es reads', () => {
    const random = randomFrom('strict')
    const messages = goMessages()
    let refused = 0
    for (let i = 0; i < 10_000; i++) {
      const { type, bytes } = random.pick(messages)
      const wire = new Uint8Array(Buffer.from(bytes, 'base64'))
      if (wire.length === 0) continue
      for (let n = random.below(3) + 1; n > 0; n--) wire[random.below(wire.length)] = random.below(256)
      const cut = wire.subarray(0, random.below(4) === 0 ? random.below(wire.length) : wire.length)
      try {
        readStrict(registry.getMessage(type)!, cut, registry)
      } catch (error) {
        if (!(error instanceof StrictError)) throw error
        refused++
      }
    }
    expect(refused).toBeGreaterThan(3000)
  })
})

describe('refusals', () => {
  const read = (bytes: Bytes, allow = false) => readStrict(TxBodySchema, bytes, registry, allow)
  const send = toBinary(MsgSendSchema, create(MsgSendSchema, { fromAddress: 'a' }))
  const body = (value: Bytes, typeUrl = '/cosmos.bank.v1beta1.MsgSend') =>
    toBinary(TxBodySchema, create(TxBodySchema, { messages: [create(AnySchema, { typeUrl, value })] }))

  test.each<[string, () => unknown, string]>([
    ['a cut tag', () => read(new Uint8Array([0x80])), 'invalid length'],
    ['field number zero', () => read(new Uint8Array([0, 0])), 'invalid length'],
    [
      'a cut value',
      () => read(field(2, 2, 9, 1)),
      'could not consume field value for tagNum: 2, wireType: "bytes"; unexpected EOF',
    ],
    [
      'an unknown field',
      () => read(field(99, 0, 1)),
      'errUnknownField "*tx.TxBody": {TagNum: 99, WireType:"varint"}',
    ],
    [
      'an unknown field in a message',
      () => read(body(concatBytes(send, field(11, 2, 0)))),
      'errUnknownField "*types.MsgSend": {TagNum: 11, WireType:"bytes"}',
    ],
    [
      'a field of another wire type',
      () => read(field(2, 0, 1)),
      'Mismatched "*tx.TxBody": {TagNum: 2, GotWireType: "varint" != WantWireType: "bytes"}',
    ],
    [
      'a message of no known type',
      () => read(body(send, '/no.such.Msg')),
      'unable to resolve type URL /no.such.Msg',
    ],
    [
      'a type URL without its slash',
      () => read(body(send, 'cosmos.bank.v1beta1.MsgSend')),
      'unable to resolve type URL cosmos.bank.v1beta1.MsgSend',
    ],
    [
      'an amount that is no number',
      () =>
        read(
          body(toBinary(MsgSendSchema, create(MsgSendSchema, { amount: [{ denom: 'x', amount: '1.5' }] }))),
        ),
      'math/big: cannot unmarshal "1.5" into a *big.Int',
    ],
    [
      'an amount of more than 256 bits',
      () =>
        read(
          body(
            toBinary(
              MsgSendSchema,
              create(MsgSendSchema, { amount: [{ denom: 'x', amount: `${2n ** 256n}` }] }),
            ),
          ),
        ),
      'integer out of range; got: 257, max: 256',
    ],
  ])('%s', (_, refused, why) => {
    expect(refused).toThrow(new StrictError(why))
  })

  test('a field with bit 11 set passes where the caller allows it, and is reported', () => {
    const bytes = concatBytes(body(send), field(1 << 10, 2, 1, 7))
    expect(() => read(bytes)).toThrow(/errUnknownField/)
    expect(read(bytes, true).hasNonCritical).toBe(true)
    expect(read(body(send), true).hasNonCritical).toBe(false)
  })

  test('an Any lies in ten others at most, and in a stack of thousands none breaks the reader', () => {
    const nested = (levels: number) => {
      let any = create(AnySchema, { typeUrl: '/cosmos.bank.v1beta1.MsgSend', value: send })
      for (let i = 1; i < levels; i++) {
        const value = toBinary(MsgExecSchema, create(MsgExecSchema, { msgs: [any] }))
        any = create(AnySchema, { typeUrl: '/cosmos.authz.v1beta1.MsgExec', value })
      }
      return toBinary(TxBodySchema, create(TxBodySchema, { messages: [any] }))
    }
    expect(read(nested(10)).message.messages).toHaveLength(1)
    expect(() => read(nested(11))).toThrow(new StrictError('max depth exceeded'))
    expect(() => read(nested(4000))).toThrow(StrictError)
  })

  test('an Any holds a hundred others at most', () => {
    const exec = (count: number) => {
      const inner = Array.from({ length: count }, () =>
        create(AnySchema, { typeUrl: '/cosmos.bank.v1beta1.MsgSend', value: send }),
      )
      return body(
        toBinary(MsgExecSchema, create(MsgExecSchema, { msgs: inner })),
        '/cosmos.authz.v1beta1.MsgExec',
      )
    }
    expect(read(exec(99)).unpacked.size).toBe(100)
    expect(() => read(exec(100))).toThrow(new StrictError('call limit exceeded'))
  })
})

describe('the form of a TxRaw (ADR-027)', () => {
  const decode = txDecoder(registry, addressCodec('cosmos'), () => true)
  const [one, two, three] = [1, 2, 3].map((number) => field(number, 2, 0)) as [Bytes, Bytes, Bytes]

  test.each<[string, Bytes, string]>([
    [
      'fields out of order',
      concatBytes(two, one),
      'txRaw must follow ADR-027, got tagNum 1 after tagNum 2: tx parse error',
    ],
    ['another wire type', field(1, 0, 1), 'expected 2 wire type, got 0: tx parse error'],
    [
      'a length longer than it must be',
      field(1, 2, 0x80, 0),
      'length prefix varint for tagNum 1 is not as short as possible, read 2, only need 1: tx parse error',
    ],
    ['a cut field', field(1, 2, 5, 1), 'invalid length; unexpected EOF: tx parse error'],
    ['a cut tag', new Uint8Array([0xff]), 'invalid length; unexpected EOF: tx parse error'],
    [
      'a fourth field',
      concatBytes(one, two, three, field(4, 2, 0)),
      'errUnknownField "*tx.TxRaw": {TagNum: 4, WireType:"bytes"}: tx parse error',
    ],
  ])('%s', (_, bytes, why) => {
    expect(() => decode(bytes)).toThrow(why)
  })

  test('an empty transaction is one without messages', () => {
    const tx = decode(new Uint8Array())
    expect([tx.msgs, tx.signatures, tx.authInfo]).toEqual([[], [], create(AuthInfoSchema)])
  })

  test('signers are those of the messages in order, each once, then the fee payer', () => {
    const codec = addressCodec('cosmos')
    const [a, b, c] = [1, 2, 3].map((n) => new Uint8Array(20).fill(n)) as [Bytes, Bytes, Bytes]
    const message = (from: Bytes) =>
      create(AnySchema, {
        typeUrl: '/cosmos.bank.v1beta1.MsgSend',
        value: toBinary(MsgSendSchema, create(MsgSendSchema, { fromAddress: codec.text(from) })),
      })
    const bodyBytes = toBinary(
      TxBodySchema,
      create(TxBodySchema, { messages: [message(b), message(a), message(b)] }),
    )
    const authInfoBytes = toBinary(AuthInfoSchema, create(AuthInfoSchema, { fee: { payer: codec.text(c) } }))
    const tx = decode(toBinary(TxRawSchema, create(TxRawSchema, { bodyBytes, authInfoBytes })))
    expect(tx.signers()).toEqual([b, a, c])
  })
})

test('text that is not ASCII is read too', () => {
  const memo = 'Grüße ☕'
  const bytes = toBinary(TxBodySchema, create(TxBodySchema, { memo }))
  expect(readStrict(TxBodySchema, bytes, registry).message.memo).toBe(memo)
  expect(utf8(memo).length).toBeGreaterThan(memo.length)
})
