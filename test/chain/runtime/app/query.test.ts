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

describe('a query', () => {
  const query = (chain: Chain, path: string, data: Bytes = new Uint8Array(), height = 0n, prove = false) =>
    chain.app.query({ path, data, height, prove })
  const balanceOf = toBinary(
    QueryBalanceRequestSchema,
    create(QueryBalanceRequestSchema, { address: bob.text, denom: 'stake' }),
  )
  const path = '/cosmos.bank.v1beta1.Query/Balance'

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

  test.each<[string, string, Uint8Array | undefined, bigint, boolean, number, string, string, bigint]>([
    ['unknown path', '/nope', undefined, 0n, false, 6, 'sdk', 'unknown query path: unknown request', 0n],
    [
      'broadcast',
      '/cosmos.tx.v1beta1.Service/BroadcastTx',
      undefined,
      0n,
      false,
      18,
      'sdk',
      "can't route a broadcast tx message: invalid request",
      0n,
    ],
    [
      'future height',
      path,
      balanceOf,
      9n,
      false,
      26,
      'sdk',
      'cannot query with height in the future; please provide a valid height: invalid height',
      0n,
    ],
    [
      'negative height',
      path,
      balanceOf,
      -1n,
      false,
      18,
      'sdk',
      'cannot query with height < 0; please provide a valid height: invalid request',
      0n,
    ],
    [
      'proof at height 1',
      '/store/bank/key',
      new Uint8Array([5]),
      1n,
      true,
      18,
      'sdk',
      'cannot query with proof when height <= 1; please provide a valid height: invalid request',
      0n,
    ],
    [
      'unknown store',
      '/store/nosuch/key',
      new Uint8Array([1]),
      0n,
      true,
      4,
      'store',
      'no such store: nosuch: unknown request',
      0n,
    ],
    [
      'no key',
      '/store/bank/key',
      new Uint8Array(),
      0n,
      false,
      3,
      'store',
      'query cannot be zero length: tx parse error',
      0n,
    ],
    [
      'another store path',
      '/store/bank/xx',
      new Uint8Array([1]),
      0n,
      false,
      4,
      'store',
      'unexpected query path: /xx: unknown request',
      0n,
    ],
    [
      'future proof',
      '/store/bank/key',
      new Uint8Array([5]),
      9n,
      true,
      7,
      'store',
      'proof is unexpectedly empty; ensure height has not been pruned: invalid request',
      0n,
    ],
    ['future key', '/store/bank/key', new Uint8Array([5]), 9n, false, 0, '', 'version does not exist', 9n],
    [
      'malformed request',
      path,
      new Uint8Array([0xff]),
      0n,
      false,
      18,
      'sdk',
      'rpc error: code = InvalidArgument',
      3n,
    ],
    [
      'bad address',
      path,
      utf8('\n\x01x\x12\x05stake'),
      0n,
      false,
      18,
      'sdk',
      'rpc error: code = InvalidArgument desc = invalid address: decoding bech32 failed: invalid bech32 string length 1: invalid request',
      3n,
    ],
    [
      'app',
      '/app',
      undefined,
      0n,
      false,
      6,
      'sdk',
      "expected second parameter to be either 'simulate' or 'version', neither was present: unknown request",
      0n,
    ],
    ['app path', '/app/x', undefined, 0n, false, 6, 'sdk', 'unknown query: [app x]: unknown request', 0n],
    [
      'simulate nothing',
      '/app/simulate',
      undefined,
      0n,
      false,
      18,
      'sdk',
      'failed to simulate tx: must contain at least one message: invalid request',
      0n,
    ],
    ['peers', '/p2p/filter/addr/1.2.3.4', undefined, 0n, false, 0, '', '', 0n],
    [
      'peers path',
      '/p2p/x',
      undefined,
      0n,
      false,
      6,
      'sdk',
      'path should be p2p filter <addr|id> <parameter>: unknown request',
      0n,
    ],
  ])('%s', (_, asked, data, height, prove, code, codespace, log, at) => {
    const chain = startPair()
    chain.block()
    chain.block()
    const answer = query(chain, asked, data, height, prove)
    expect({ ...answer, log: answer.log.slice(0, log.length) }).toMatchObject({
      code,
      codespace,
      log,
      height: at,
    })
  })

  test('of the version, and of a store’s keys, with their proofs', () => {
    const chain = startPair()
    chain.block()
    expect(fromUtf8(query(chain, '/app/version').value)).toBe('1.2.3')
    const { value, proofOps, height } = query(chain, '/store/bank/key', utf8('\0stake'), 2n, true)
    expect([fromUtf8(value), height]).toEqual(['2000000', 2n])
    expect(proofOps!.map(({ type, key }) => [type, fromUtf8(key)])).toEqual([
      ['ics23:iavl', '\0stake'],
      ['ics23:simple', 'bank'],
    ])
    expect(query(chain, '/store/bank/key', utf8('\0none'), 2n, true).proofOps).toHaveLength(2)
    expect(fromUtf8(query(chain, '/store/bank/subspace', utf8('\0')).value)).toContain('stake')
  })
})
