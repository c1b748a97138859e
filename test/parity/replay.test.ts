// The measure of this project's truth: a Go chain's blocks, replayed, give the Go chain's results and state.
import { beforeAll, expect, test } from '@jest/globals'
import { replayRecording } from './chain.ts'
import type { Replay } from './replay.ts'

let outcome: Replay
beforeAll(() => {
  outcome = replayRecording()
}, 120_000)

test('every result, event, unit of gas, store root and app hash of 491 recorded heights is equal', () => {
  expect(outcome.differences).toEqual([])
})

test('the replay covers transactions of all these modules, and the roots of all their stores', () => {
  const { tallies } = outcome
  const sum = (field: 'txs' | 'results' | 'events' | 'gas') =>
    [...tallies]
      .filter(([name]) => name !== '(block)')
      .reduce((total, [, counts]) => total + counts[field], 0)
  expect(sum('txs')).toBeGreaterThanOrEqual(48)
  expect([sum('results'), sum('events'), sum('gas')]).toEqual([sum('txs'), sum('txs'), sum('txs')])
  for (const store of ['acc', 'authz', 'bank', 'circuit', 'consensus', 'distribution', 'epochs', 'evidence'])
    expect([store, tallies.get(store)]).toEqual([
      store,
      expect.objectContaining({ roots: 491, heights: 491 }),
    ])
  for (const store of ['feegrant', 'gov', 'mint', 'protocolpool', 'slashing', 'staking', 'upgrade'])
    expect([store, tallies.get(store)]).toEqual([
      store,
      expect.objectContaining({ roots: 491, heights: 491 }),
    ])
})
