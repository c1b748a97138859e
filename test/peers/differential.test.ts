// The same seeded stream of transactions through a Go chain (wasmd) and through our application: what is not
// equal is listed. TENDRIL_DIFFERENTIAL_TXS and TENDRIL_DIFFERENTIAL_SEED choose how many transactions and
// which; TENDRIL_DIFFERENTIAL_KEEP names a folder in which a run is kept, and then compared again without
// being sent again.
import { beforeAll, describe, expect, test } from '@jest/globals'
import { findWasmd } from '../../bench/go-chain.ts'
import { report } from './differential/report.ts'
import { differentialRun, type Run } from './differential/run.ts'

const wasmd = findWasmd()
const txs = Number(process.env.TENDRIL_DIFFERENTIAL_TXS ?? 2000)
const keep = process.env.TENDRIL_DIFFERENTIAL_KEEP
const seed = process.env.TENDRIL_DIFFERENTIAL_SEED ?? 'tendril'

if (wasmd === undefined)
  process.stderr.write(
    'There is no wasmd here, so nothing is compared with a Go chain: see npm run test:peers.\n',
  )

const whereWasmd = wasmd === undefined ? describe.skip : describe
whereWasmd('a Go chain and ours, fed the same transactions', () => {
  let run: Run
  beforeAll(
    async () => {
      run = await differentialRun({ wasmd: wasmd!, seed, txs, perSecond: 30, keep })
      process.stderr.write(report(run, seed))
    },
    600_000 + txs * 100,
  )

  test('give equal results, events, gas, validator updates, app hashes and store roots', () => {
    expect(run.replay.differences).toEqual([])
  })

  test('refuse the same transactions with the same words, but for what is known and explained', () => {
    expect(run.probes.unequal.filter(({ reason }) => reason === undefined)).toEqual([])
  })

  test('export equal states', () => {
    expect([...run.exports.values()].filter((difference) => difference !== undefined)).toEqual([])
    expect([...run.contents.values()].flat()).toEqual([])
  })

  test('start from the state that ours exported, and go on equally', () => {
    expect(run.again).toEqual([])
  })

  test('took transactions of every module, most of them into blocks', () => {
    expect(run.sent.taken).toBeGreaterThan(txs * 0.7)
    const { tallies } = run.replay
    for (const module of ['authz', 'bank', 'circuit', 'distribution', 'feegrant', 'gov', 'protocolpool'])
      expect([module, (tallies.get(module)?.txs ?? 0) > 0]).toEqual([module, true])
    for (const module of ['slashing', 'staking', 'vesting'])
      expect([module, (tallies.get(module)?.txs ?? 0) > 0]).toEqual([module, true])
  })
})
