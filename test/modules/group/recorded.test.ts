import { describe, expect, test } from '@jest/globals'
import { replayStorm } from '../storm.ts'
import { buildGroups } from './chain.ts'

// A Go chain (SDK 0.53.6) of accounts, coins, stake and groups was sent random messages of x/group, valid and
// not, with messages inside of proposals down to three levels. What it said of each transaction, its gas, its
// events in and after transactions, the root of every store, the genesis that it exported and its answers are
// equal here.
const open = () => buildGroups({}, { maxExecutionPeriodNs: 25_000_000_000n, maxMetadataLength: 60 })

describe('a recorded chain of groups runs here to the same end', () => {
  test('from an empty genesis', () => {
    expect(replayStorm('group/one.jsonl.gz', open)).toEqual({ blocks: 130, txs: 454, queries: 280 })
  })

  test('from the genesis that it exported, with votes and open proposals', () => {
    expect(replayStorm('group/two.jsonl.gz', open)).toEqual({ blocks: 100, txs: 274, queries: 342 })
  })
})
