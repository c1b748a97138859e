import { create } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import { utf8 } from '../../../chain/bytes.ts'
import { decWithPlaces, ONE, parseDec } from '../../../chain/module.ts'
import { annualProvisions, blockProvision, nextInflation } from '../../../modules/mint/math.ts'
import { mint } from '../../../modules/mint/module.ts'
import { GenesisStateSchema } from '../../../proto/gen/cosmos/mint/v1beta1/genesis_pb.ts'
import { Query } from '../../../proto/gen/cosmos/mint/v1beta1/query_pb.ts'
import { Msg } from '../../../proto/gen/cosmos/mint/v1beta1/tx_pb.ts'
import { callMessage, callQuery } from '../calls.ts'
import { openStage, settings } from '../stage.ts'

const percent = (value: bigint) => (value * ONE) / 100n
const BLOCKS = 6_311_520n
const defaults = {
  inflationRateChange: percent(13n),
  inflationMax: percent(20n),
  inflationMin: percent(7n),
  goalBonded: percent(67n),
  blocksPerYear: BLOCKS,
}

describe('golden numbers G7', () => {
  // bonded ratio, inflation before, change: to the last of 18 places, as LegacyDec rounds.
  test.each([
    ['0', '0.07', '0.000000020597257079'],
    ['1', '0.20', '-0.000000010144917666'],
    ['0.5', '0.10', '0.000000005226169707'],
    ['1', '0.07', '0'],
    ['1', '0.0700000001', '-0.0000000001'],
    ['0', '0.20', '0'],
    ['0', '0.1999999999', '0.0000000001'],
    ['0.67', '0.15', '0'],
  ])('%s bonded at a rate of %s: change %s', (bonded, before, change) => {
    const inflation = parseDec(before)
    expect(nextInflation(inflation, defaults, parseDec(bonded)) - inflation).toBe(parseDec(change))
  })

  test.each([
    [BLOCKS, 1n],
    [BLOCKS + 1n, 1n],
    [2n * BLOCKS, 2n],
    [BLOCKS / 2n, 0n],
  ])('provisions of %s a year make %s a block', (yearly, expected) => {
    expect(blockProvision(yearly * ONE, BLOCKS)).toBe(expected)
  })
})

const open = (minter = {}, bonded = percent(50n)) => {
  const stage = openStage()
  const staking = {
    stakingTokenSupply: () => stage.bank.supply(stage.ctx, 'stake'),
    bondedRatio: () => bonded,
  }
  const module = mint(settings, { ...stage, staking })
  const genesis = create(GenesisStateSchema, { ...module.genesis!.default(), ...minter } as object)
  module.genesis!.init(stage.ctx, genesis)
  return {
    ...stage,
    module,
    msg: callMessage(module, Msg, stage.ctx),
    query: callQuery(module, Query, stage.ctx),
  }
}

describe('a block', () => {
  test('makes its share of the yearly provisions and gives it to the fee collector', () => {
    const opened = open()
    const supply = 1_000_000_000_000n
    opened.giveModule('bonded_tokens_pool', [{ denom: 'stake', amount: supply }])
    opened.ctx.events.length = 0
    opened.module.beginBlock!(opened.ctx)
    const inflation = nextInflation(percent(13n), defaults, percent(50n))
    const minted = blockProvision(annualProvisions(inflation, supply), BLOCKS)
    expect(minted).toBe(20597n)
    expect(opened.balance('fee_collector')).toBe(minted)
    expect(opened.bank.supply(opened.ctx, 'stake')).toBe(supply + minted)
    expect(opened.query.inflation({}).inflation).toEqual(utf8(`${inflation}`))
    expect(opened.query.annualProvisions({}).annualProvisions).toEqual(utf8(`${inflation * supply}`))
    expect(opened.ctx.events.map(({ type }) => type)).toEqual([
      'coin_received',
      'coinbase',
      'coin_spent',
      'coin_received',
      'transfer',
      'message',
      'mint',
    ])
    expect(opened.ctx.events.at(-1)!.attributes.map(({ key, value }) => `${key}=${value}`)).toEqual([
      'bonded_ratio=0.500000000000000000',
      'inflation=0.130000005226169707',
      'annual_provisions=130000005226.169707000000000000',
      'amount=20597',
    ])
  })

  test('makes nothing where that rounds to nothing, but says so', () => {
    const opened = open()
    opened.giveModule('bonded_tokens_pool', [{ denom: 'stake', amount: 1000n }])
    opened.ctx.events.length = 0
    opened.module.beginBlock!(opened.ctx)
    expect(opened.balance('fee_collector')).toBe(0n)
    expect(opened.ctx.events.map(({ type }) => type)).toEqual([
      'coin_spent',
      'coin_received',
      'transfer',
      'message',
      'mint',
    ])
  })
})

describe('parameters', () => {
  const params = {
    mintDenom: 'stake',
    inflationRateChange: `${percent(13n)}`,
    inflationMax: `${percent(20n)}`,
    inflationMin: `${percent(7n)}`,
    goalBonded: `${percent(67n)}`,
    blocksPerYear: BLOCKS,
  }
  const { authority } = settings

  test('are set by the authority alone', () => {
    const { msg, query } = open()
    const other = { ...params, blocksPerYear: 5n }
    expect(() => msg.updateParams({ authority: 'somebody', params: other })).toThrow(
      `invalid authority; expected ${authority}, got somebody: expected gov account as only signer`,
    )
    msg.updateParams({ authority, params: other })
    expect(query.params({}).params).toMatchObject(other)
  })

  test.each([
    [{ mintDenom: ' ' }, 'mint denom cannot be blank'],
    [{ mintDenom: '1x' }, 'invalid denom: 1x'],
    [{ inflationRateChange: '' }, 'inflation rate change cannot be nil: <nil>'],
    [{ inflationMax: '-1' }, 'max inflation cannot be negative: -0.000000000000000001'],
    [{ inflationMin: `${decWithPlaces(11n, 1)}` }, 'min inflation too large: 1.100000000000000000'],
    [{ goalBonded: '0' }, 'goal bonded must be positive: 0.000000000000000000'],
    [{ blocksPerYear: 0n }, 'blocks per year must be positive: 0'],
    [
      { inflationMax: `${percent(6n)}` },
      'max inflation (0.060000000000000000) must be greater than or equal to min inflation ' +
        '(0.070000000000000000)',
    ],
  ])('%j are refused', (wrong, why) => {
    const { msg } = open()
    expect(() => msg.updateParams({ authority, params: { ...params, ...wrong } })).toThrow(why)
  })
})

test('what is exported starts the same chain again', () => {
  const first = open()
  first.giveModule('bonded_tokens_pool', [{ denom: 'stake', amount: 1_000_000n }])
  first.module.beginBlock!(first.ctx)
  const exported = first.module.genesis!.export(first.ctx)
  const second = open(exported)
  expect(second.module.genesis!.export(second.ctx)).toEqual(exported)
  const entries = (opened: typeof first) => [...opened.ctx.store('mint').iterate()]
  expect(entries(second)).toEqual(entries(first))
})
