// Queries as ABCI asks them: paths, heights, proofs and the errors of each.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import { type Bytes, fromUtf8, utf8 } from '../../../../chain/bytes.ts'
import {
  QueryBalanceRequestSchema,
  QueryBalanceResponseSchema,
} from '../../../../proto/gen/cosmos/bank/v1beta1/query_pb.ts'
import { type Chain, sign } from '../../../modules/chain.ts'
import { ann, bob, send, startPair } from '../../../modules/pair.ts'

const query = (chain: Chain, path: string, data: Bytes = new Uint8Array(), height = 0n, prove = false) =>
  chain.app.query({ path, data, height, prove })
const balanceOf = toBinary(
  QueryBalanceRequestSchema,
  create(QueryBalanceRequestSchema, { address: bob.text, denom: 'stake' }),
)
const path = '/cosmos.bank.v1beta1.Query/Balance'
const BANK = '/store/bank/key'
const supplyKey = new Uint8Array([5])

type Asked = { path: string; data?: Bytes; height?: bigint; prove?: boolean }
type Answer = { code?: number; codespace?: string; log?: string; height?: bigint }

/**
 * What is asked of a chain of three blocks, and the beginning of its answer; of the sdk's codespace, if
 * unsaid.
 */
const answers: [string, Asked, Answer][] = [
  ['an unknown path', { path: '/nope' }, { code: 6, log: 'unknown query path: unknown request' }],
  [
    'a transaction, by a query',
    { path: '/cosmos.tx.v1beta1.Service/BroadcastTx' },
    { code: 18, log: "can't route a broadcast tx message: invalid request" },
  ],
  [
    'the future',
    { path, data: balanceOf, height: 9n },
    {
      ...{ code: 26 },
      log: 'cannot query with height in the future; please provide a valid height: invalid height',
    },
  ],
  [
    'before the beginning',
    { path, data: balanceOf, height: -1n },
    { code: 18, log: 'cannot query with height < 0; please provide a valid height: invalid request' },
  ],
  [
    'a proof of the first block',
    { path: BANK, data: supplyKey, height: 1n, prove: true },
    {
      ...{ code: 18 },
      log: 'cannot query with proof when height <= 1; please provide a valid height: invalid request',
    },
  ],
  [
    'an unknown store',
    { path: '/store/nosuch/key', data: supplyKey, prove: true },
    { code: 4, codespace: 'store', log: 'no such store: nosuch: unknown request' },
  ],
  [
    'no key',
    { path: BANK },
    { code: 3, codespace: 'store', log: 'query cannot be zero length: tx parse error' },
  ],
  [
    'another path of a store',
    { path: '/store/bank/xx', data: supplyKey },
    { code: 4, codespace: 'store', log: 'unexpected query path: /xx: unknown request' },
  ],
  [
    'a proof of the future',
    { path: BANK, data: supplyKey, height: 9n, prove: true },
    {
      ...{ code: 7, codespace: 'store' },
      log: 'proof is unexpectedly empty; ensure height has not been pruned: invalid request',
    },
  ],
  [
    'a key of the future',
    { path: BANK, data: supplyKey, height: 9n },
    { codespace: '', log: 'version does not exist', height: 9n },
  ],
  [
    'what does not parse',
    { path, data: new Uint8Array([0xff]) },
    { code: 18, log: 'unexpected EOF: invalid request', height: 3n },
  ],
  [
    'a bad address',
    { path, data: utf8('\n\x01x\x12\x05stake') },
    {
      ...{ code: 18, height: 3n },
      log:
        'rpc error: code = InvalidArgument desc = invalid address: decoding bech32 failed: ' +
        'invalid bech32 string length 1: invalid request',
    },
  ],
  [
    'the app',
    { path: '/app' },
    {
      ...{ code: 6 },
      log:
        "expected second parameter to be either 'simulate' or 'version', " +
        'neither was present: unknown request',
    },
  ],
  [
    'an unknown path of the app',
    { path: '/app/x' },
    { code: 6, log: 'unknown query: [app x]: unknown request' },
  ],
  [
    'to simulate nothing',
    { path: '/app/simulate' },
    { code: 18, log: 'failed to simulate tx: must contain at least one message: invalid request' },
  ],
  ['whether a peer is welcome', { path: '/p2p/filter/addr/1.2.3.4' }, { codespace: '' }],
  [
    'an unknown path of peers',
    { path: '/p2p/x' },
    { code: 6, log: 'path should be p2p filter <addr|id> <parameter>: unknown request' },
  ],
]

describe('a query', () => {
  test('by gRPC path answers from the last block, or from an older one', () => {
    const chain = startPair()
    chain.block(sign(chain, ann, [send('5')]))
    const amountAt = (height: bigint) => {
      const { code, value, height: at } = query(chain, path, balanceOf, height)
      return [code, at, fromBinary(QueryBalanceResponseSchema, value).balance?.amount]
    }
    expect([amountAt(0n), amountAt(1n)]).toEqual([
      [0, 2n, '1000005'],
      [0, 1n, '1000000'],
    ])
    const served = chain.app.serve(path, balanceOf, 1n)
    expect([served.height, fromBinary(QueryBalanceResponseSchema, served.value).balance?.amount]).toEqual([
      1n,
      '1000000',
    ])
  })

  test.each(answers)('for %s', (_, asked, answer) => {
    const chain = startPair()
    chain.block()
    chain.block()
    const { code = 0, codespace = 'sdk', log = '', height = 0n } = answer
    const found = query(chain, asked.path, asked.data, asked.height, asked.prove)
    expect({ ...found, log: found.log.slice(0, log.length) }).toMatchObject({ code, codespace, log, height })
  })

  test('of the version, and of a store’s keys, with their proofs', () => {
    const chain = startPair()
    chain.block()
    expect(fromUtf8(query(chain, '/app/version').value)).toBe('1.2.3')
    const { value, proofOps, height } = query(chain, BANK, utf8('\0stake'), 2n, true)
    expect([fromUtf8(value), height]).toEqual(['2000000', 2n])
    expect(proofOps!.map(({ type, key }) => [type, fromUtf8(key)])).toEqual([
      ['ics23:iavl', '\0stake'],
      ['ics23:simple', 'bank'],
    ])
    expect(query(chain, BANK, utf8('\0none'), 2n, true).proofOps).toHaveLength(2)
    expect(fromUtf8(query(chain, '/store/bank/subspace', utf8('\0')).value)).toContain('stake')
  })
})
