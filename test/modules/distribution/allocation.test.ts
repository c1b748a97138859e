import { describe, expect, test } from '@jest/globals'
import { moduleAddress, ONE } from '../../../chain/module.ts'
import { person, settings } from '../stage.ts'
import { openDistribution, operatorText, stake, text } from './open.ts'

const [anna, bert, carl] = [person(1), person(2), person(3)]
const HALF = ONE / 2n

describe('sharing out what was collected', () => {
  test('98 of 100 go to two equal validators, half of the first is commission, 2 to the community', () => {
    const opened = openDistribution()
    opened.staked.create(anna, 100n, HALF)
    opened.staked.create(bert, 100n, 0n)
    opened.collect(100n)
    const { query } = opened
    for (const operator of [anna, bert]) {
      const { rewards } = query.validatorOutstandingRewards({ validatorAddress: operatorText(operator) })
      expect(rewards!.rewards).toMatchObject([{ denom: 'stake', amount: `${49n * ONE}` }])
    }
    const of = (operator: Uint8Array) =>
      query.validatorCommission({ validatorAddress: operatorText(operator) }).commission!.commission
    expect(of(anna)).toMatchObject([{ denom: 'stake', amount: `${(49n * ONE) / 2n}` }])
    expect(of(bert)).toEqual([])
    expect(text(opened.keeper.communityPool(opened.ctx))).toBe('2.000000000000000000stake')
    expect(opened.balance('fee_collector')).toBe(0n)
    expect(opened.balance('distribution')).toBe(100n)
    expect(opened.broken()).toEqual([])
  })

  test('tells each validator its commission and its rewards, in the order of the votes', () => {
    const opened = openDistribution()
    opened.staked.create(anna, 100n, HALF)
    opened.staked.create(bert, 300n, 0n)
    opened.collect(100n)
    const own = opened.ctx.events.filter(({ type }) => type === 'commission' || type === 'rewards')
    expect(own.map(({ type, attributes }) => [type, ...attributes.map(({ value }) => value)])).toEqual([
      ['commission', '12.250000000000000000stake', operatorText(anna)],
      ['rewards', '24.500000000000000000stake', operatorText(anna)],
      ['commission', '', operatorText(bert)],
      ['rewards', '73.500000000000000000stake', operatorText(bert)],
    ])
  })

  test('rounds every share down; the community gets the dust', () => {
    const opened = openDistribution()
    for (const operator of [anna, bert, carl]) opened.staked.create(operator, 1n, 0n)
    opened.collect(634_195_840n)
    const third = ONE / 3n
    const share = (((634_195_840n * 98n * ONE) / 100n) * third) / ONE
    const { rewards } = opened.query.validatorOutstandingRewards({ validatorAddress: operatorText(carl) })
    expect(rewards!.rewards).toMatchObject([{ amount: `${share}` }])
    expect(opened.keeper.communityPool(opened.ctx)).toEqual([
      { denom: 'stake', amount: 634_195_840n * ONE - 3n * share },
    ])
    expect(opened.broken()).toEqual([])
  })

  test('gives all to the community where nobody has power', () => {
    const opened = openDistribution()
    opened.collect(7n)
    expect(text(opened.keeper.communityPool(opened.ctx))).toBe('7.000000000000000000stake')
  })

  test('begins with the second block; every block remembers its proposer', () => {
    const opened = openDistribution()
    opened.staked.create(anna, 1n, 0n)
    opened.giveModule('fee_collector', stake(10n))
    opened.ctx.events.length = 0
    opened.module.beginBlock!(opened.ctx)
    expect(opened.ctx.events).toEqual([])
    expect(opened.balance('fee_collector')).toBe(10n)
    const proposer = opened.ctx.store('distribution').get(new Uint8Array([1]))
    expect(proposer).toEqual(new Uint8Array([0x0a, 20, ...opened.ctx.block.proposer]))
  })

  test('stops the chain where a voter is no validator', () => {
    const opened = openDistribution()
    opened.advance(1, [[carl, 1n]])
    expect(() => opened.module.beginBlock!(opened.ctx)).toThrow('validator does not exist')
  })
})

describe('with an external community pool', () => {
  const open = () => {
    const opened = openDistribution({ externalPool: 'protocolpool_escrow' })
    opened.staked.create(anna, 1n, 0n)
    return opened
  }

  test('whole coins go there and fractions wait', () => {
    const opened = open()
    opened.collect(125n)
    expect(opened.balance('protocolpool_escrow')).toBe(2n)
    expect(text(opened.keeper.communityPool(opened.ctx))).toBe('0.500000000000000000stake')
    opened.collect(125n)
    expect(opened.balance('protocolpool_escrow')).toBe(5n)
    expect(opened.keeper.communityPool(opened.ctx)).toEqual([])
    expect(opened.broken()).toEqual([])
  })

  test('less than a coin is sent as an empty transfer, which leaves its events', () => {
    const opened = open()
    opened.collect(25n)
    const transfers = opened.ctx.events.filter(({ type }) => type === 'transfer')
    expect(transfers.at(-1)!.attributes).toMatchObject([
      { key: 'recipient', value: settings.addresses.text(moduleAddress('protocolpool_escrow')) },
      { key: 'sender', value: settings.addresses.text(moduleAddress('distribution')) },
      { key: 'amount', value: '' },
    ])
    expect(text(opened.keeper.communityPool(opened.ctx))).toBe('0.500000000000000000stake')
  })

  test('the messages and the query of the pool that would be here are refused with code 18', () => {
    const { msg, query } = open()
    const why = 'external community pool is enabled - '
    expect(() => msg.fundCommunityPool({})).toThrow(
      `${why}use the FundCommunityPool method exposed by the external community pool: invalid request`,
    )
    expect(() => msg.communityPoolSpend({})).toThrow(
      `${why} use the DistributFromCommunityPool method exposed by the external community pool: ` +
        'invalid request',
    )
    expect(() => query.communityPool({})).toThrow(
      `${why}use the CommunityPool query exposed by the external community pool: invalid request`,
    )
  })
})
