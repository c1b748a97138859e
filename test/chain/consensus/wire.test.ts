// The hand-written protobuf code writes and reads what the generated code writes and reads.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import type { ExecTxResult, PublicKey } from '../../../chain/abci/application.ts'
import { zeroBlockId } from '../../../chain/consensus/block-id.ts'
import type { BlockResults } from '../../../chain/consensus/engine.ts'
import { defaultConsensusParams } from '../../../chain/consensus/params.ts'
import {
  decodeResults,
  decodeTxResult,
  encodeResults,
  encodeTxResult,
} from '../../../chain/consensus/results.ts'
import { writeVote } from '../../../chain/consensus/vote.ts'
import { ProtoReader, ProtoWriter } from '../../../chain/consensus/wire.ts'
import {
  ExecTxResultSchema,
  ResponseFinalizeBlockSchema,
} from '../../../proto/gen/tendermint/abci/types_pb.ts'
import { VoteSchema } from '../../../proto/gen/tendermint/types/types_pb.ts'

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -3n, max: 300n }),
)
const text = fc.oneof(fc.string({ maxLength: 140 }), fc.string({ unit: 'grapheme', maxLength: 60 }))
const bytes = fc.uint8Array({ maxLength: 300 })
const event = fc.record({
  type: text,
  attributes: fc.array(fc.record({ key: text, value: text, index: fc.boolean() }), { maxLength: 4 }),
})
const result: fc.Arbitrary<ExecTxResult> = fc.record({
  ...{ code: fc.nat(2 ** 31 - 1), data: bytes, log: text, info: text, gasWanted: int64, gasUsed: int64 },
  ...{ events: fc.array(event, { maxLength: 3 }), codespace: text },
})
const pubKey: fc.Arbitrary<PublicKey> = fc.record({
  type: fc.constantFrom('ed25519' as const, 'secp256k1' as const),
  bytes: fc.uint8Array({ minLength: 32, maxLength: 33 }),
})
const results: fc.Arbitrary<BlockResults> = fc.record({
  height: fc.constant(3),
  txResults: fc.array(result, { maxLength: 3 }),
  events: fc.array(event, { maxLength: 3 }),
  validatorUpdates: fc.array(fc.record({ pubKey, power: int64 }), { maxLength: 2 }),
  consensusParamUpdates: fc.option(fc.constant(defaultConsensusParams()), { nil: undefined }),
  appHash: bytes,
})

test('any tx result is written as protobuf-es writes it, and reads back', () => {
  fc.assert(
    fc.property(result, (value) => {
      const encoded = encodeTxResult(value)
      expect(encoded).toEqual(toBinary(ExecTxResultSchema, create(ExecTxResultSchema, value)))
      expect(decodeTxResult(encoded)).toEqual(value)
    }),
    { numRuns: 300 },
  )
})

test('any block results are written as protobuf-es writes them, and read back', () => {
  fc.assert(
    fc.property(results, (value) => {
      const { validatorUpdates, consensusParamUpdates, ...rest } = value
      const message = create(ResponseFinalizeBlockSchema, {
        ...rest,
        validatorUpdates: validatorUpdates.map(({ pubKey: { type, bytes: key }, power }) => ({
          pubKey: { sum: { case: type, value: key } },
          power,
        })),
        ...(consensusParamUpdates && { consensusParamUpdates }),
      })
      const encoded = encodeResults(value)
      expect(encoded).toEqual(toBinary(ResponseFinalizeBlockSchema, message))
      expect(decodeResults(3, encoded)).toEqual(value)
    }),
    { numRuns: 150 },
  )
})

test('a vote with negative numbers and no block is written as protobuf-es writes it', () => {
  const vote = create(VoteSchema, {
    ...{ type: 1, height: -1n, round: -2, blockId: zeroBlockId(), validatorIndex: -3 },
    timestamp: { seconds: -62135596800n },
  })
  const writer = new ProtoWriter()
  writeVote(writer, 1, vote)
  const reader = new ProtoReader(writer.finish())
  expect(reader.field()).toBe(1)
  const encoded = reader.bytes()
  expect(encoded).toEqual(toBinary(VoteSchema, vote))
  expect(fromBinary(VoteSchema, encoded)).toEqual(vote)
})

test('a message of any length is preceded by its length', () => {
  for (const length of [0, 1, 127, 128, 16383, 16384, 2097151, 2097152]) {
    const writer = new ProtoWriter(1)
    const start = writer.begin(2)
    writer.bytes(1, new Uint8Array(length))
    writer.end(start)
    const inner = new ProtoReader(writer.finish())
    expect(inner.field()).toBe(2)
    const message = inner.message()
    expect(message.field()).toBe(length === 0 ? 0 : 1)
    if (length > 0) expect(message.bytes()).toHaveLength(length)
    expect(inner.field()).toBe(0)
  }
})

test('unknown fields of every wire type are passed over', () => {
  const encoded = Uint8Array.of(
    0x48,
    0x96,
    1,
    0x51,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    0x5a,
    1,
    9,
    0x65,
    1,
    2,
    3,
    4,
    8,
    7,
  )
  expect(decodeTxResult(encoded).code).toBe(7)
})

test('any cut or mangled message is refused or read, never more than what is there', () => {
  fc.assert(
    fc.property(result, fc.nat(), fc.nat(255), (value, at, byte) => {
      const encoded = encodeTxResult(value).slice()
      if (encoded.length > 0) encoded[at % encoded.length] = byte
      for (const mangled of [encoded, encoded.subarray(0, at % (encoded.length + 1))]) {
        let reason: unknown
        try {
          decodeTxResult(mangled)
        } catch (error) {
          reason = error
        }
        if (reason !== undefined) expect(`${reason}`).toMatch(/^Error: broken protobuf message at byte \d+$/)
      }
    }),
    { numRuns: 500 },
  )
})
