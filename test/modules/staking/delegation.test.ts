// Stake that goes in, moves and comes out: balances of accounts and pools, shares, and who may not.
import { describe, expect, test } from '@jest/globals'
import { ONE } from '../../../chain/module.ts'
import { BondStatus } from '../../../modules/staking/validator.ts'
import { account, consAddress, openStage, operator, POWER, person, type Stage, stake } from './stage.ts'

const error = (codespace: string, code: number) => expect.objectContaining({ codespace, code })
const bonded = (stage: Stage) => stage.balance('bonded_tokens_pool')
const notBonded = (stage: Stage) => stage.balance('not_bonded_tokens_pool')

/** Validators 1 and 2 with ten units of power each, bonded. */
const twoValidators = (params: Parameters<typeof openStage>[0] = {}) => {
  const stage = openStage(params)
  stage.found(1, 10n * POWER)
  stage.found(2, 10n * POWER)
  stage.next()
  return stage
}

describe('delegating', () => {
  test('moves coins to the pool of the validator and gives as many shares as it has tokens', () => {
    const stage = openStage()
    stage.found(1, 10n * POWER)
    expect(notBonded(stage)).toBe(10n * POWER)
    stage.next()
    expect([bonded(stage), notBonded(stage)]).toEqual([10n * POWER, 0n])
    stage.delegate(7, 1, 500n)
    expect([stage.balance(7), bonded(stage), stage.shares(7, 1)]).toEqual([
      0n,
      10n * POWER + 500n,
      500n * ONE,
    ])
    expect(stage.events('delegate')).toEqual([
      {
        validator: operator(1),
        delegator: account(7),
        amount: '500stake',
        new_shares: '500.000000000000000000',
      },
    ])
  })

  test('costs fewer tokens a share after a slash', () => {
    const stage = twoValidators()
    stage.keeper.slash(stage.ctx, consAddress(1), stage.ctx.block.height, 10n, ONE / 2n)
    stage.delegate(7, 1, 500n)
    expect(stage.shares(7, 1)).toBe(1000n * ONE)
    expect(stage.validator(1).tokens).toBe(5n * POWER + 500n)
  })

  test('is refused by a validator whose tokens are all gone while shares are left', () => {
    const stage = twoValidators()
    stage.keeper.slash(stage.ctx, consAddress(1), stage.ctx.block.height, 10n, ONE)
    expect(() => stage.delegate(7, 1, 500n)).toThrow(error('staking', 34))
    expect(stage.broken()).toEqual([])
  })

  test('needs a known validator, the right denomination, a positive amount and the coins', () => {
    const stage = twoValidators()
    const delegate = (change: object) => () =>
      stage.messages.delegate({
        ...{ delegatorAddress: account(7), validatorAddress: operator(1), amount: stake(5n), ...change },
      })
    stage.give(7, 100n)
    expect(delegate({ validatorAddress: operator(9) })).toThrow(error('staking', 3))
    expect(delegate({ validatorAddress: account(1) })).toThrow(error('sdk', 7))
    expect(delegate({ delegatorAddress: 'nobody' })).toThrow(error('sdk', 7))
    expect(delegate({ amount: { denom: 'token', amount: '5' } })).toThrow(error('sdk', 18))
    expect(delegate({ amount: stake(0n) })).toThrow(error('sdk', 18))
    expect(delegate({ amount: undefined })).toThrow(error('sdk', 18))
    expect(delegate({ amount: stake(101n) })).toThrow(error('sdk', 5))
    expect(stage.balance(7)).toBe(100n)
  })
})

describe('undelegating', () => {
  test('keeps the coins in the pool until the unbonding time is over, then pays them', () => {
    const stage = twoValidators({ unbondingTimeNs: 10_000_000_000n })
    stage.delegate(7, 1, 500n)
    stage.undelegate(7, 1, 200n)
    expect([stage.balance(7), notBonded(stage), stage.shares(7, 1)]).toEqual([0n, 200n, 300n * ONE])
    stage.next(9n)
    stage.endBlock()
    expect(stage.balance(7)).toBe(0n)
    stage.next(1n)
    stage.endBlock()
    expect([stage.balance(7), notBonded(stage), stage.unbonding(7, 1)]).toEqual([200n, 0n, []])
    expect(stage.events('complete_unbonding')).toEqual([
      { amount: '200stake', validator: operator(1), delegator: account(7) },
    ])
  })

  test('of one block joins one entry, but uses up an id each time', () => {
    const stage = twoValidators()
    stage.delegate(7, 1, 500n)
    stage.undelegate(7, 1, 100n)
    stage.undelegate(7, 1, 50n)
    stage.next()
    stage.undelegate(7, 1, 20n)
    expect(stage.unbonding(7, 1).map(({ balance, unbondingId }) => [balance, unbondingId])).toEqual([
      [150n, 1n],
      [20n, 3n],
    ])
  })

  test('is limited to so many entries at a time', () => {
    const stage = twoValidators({ maxEntries: 2 })
    stage.delegate(7, 1, 500n)
    for (let i = 0; i < 2; i++) {
      stage.undelegate(7, 1, 10n)
      stage.next()
    }
    expect(() => stage.undelegate(7, 1, 10n)).toThrow(error('staking', 27))
  })

  test('asks for no more than there is', () => {
    const stage = twoValidators()
    stage.delegate(7, 1, 500n)
    expect(() => stage.undelegate(7, 1, 501n)).toThrow(error('sdk', 18))
    expect(() => stage.undelegate(8, 1, 1n)).toThrow(error('staking', 19))
  })

  test('of a validator below its promise jails it', () => {
    const stage = openStage()
    stage.found(1, 10n * POWER, { minSelfDelegation: `${4n * POWER}` })
    stage.found(2, 5n * POWER)
    stage.next()
    stage.undelegate(1, 1, 6n * POWER)
    expect(stage.validator(1).jailed).toBe(false)
    stage.undelegate(1, 1, 1n)
    expect(stage.validator(1).jailed).toBe(true)
    expect(stage.next()).toEqual(['1:0'])
    expect(stage.validator(1).status).toBe(BondStatus.UNBONDING)
    expect(() => stage.unjail({ validatorAddr: operator(1) })).toThrow(error('slashing', 7))
    stage.delegate(1, 1, POWER)
    stage.unjail({ validatorAddr: operator(1) })
    expect(stage.next()).toEqual(['1:4'])
  })
})

describe('cancelling an unbonding', () => {
  const unbonding = () => {
    const stage = twoValidators({ unbondingTimeNs: 10_000_000_000n })
    stage.delegate(7, 1, 500n)
    stage.undelegate(7, 1, 200n)
    const height = stage.ctx.block.height
    stage.next()
    return { stage, height }
  }

  test('delegates a part back and leaves the rest on its way', () => {
    const { stage, height } = unbonding()
    stage.cancel(7, 1, 50n, height)
    expect([stage.shares(7, 1), notBonded(stage), bonded(stage)]).toEqual([
      350n * ONE,
      150n,
      20n * POWER + 350n,
    ])
    expect(stage.unbonding(7, 1)).toMatchObject([{ balance: 150n, initialBalance: 150n }])
    stage.cancel(7, 1, 150n, height)
    expect([stage.unbonding(7, 1), stage.shares(7, 1)]).toEqual([[], 500n * ONE])
    expect(stage.broken()).toEqual([])
  })

  test('names an entry that is there and large enough, of a validator that is free', () => {
    const { stage, height } = unbonding()
    expect(() => stage.cancel(7, 1, 10n, height + 1n)).toThrow(error('sdk', 38))
    expect(() => stage.cancel(7, 1, 201n, height)).toThrow(error('sdk', 18))
    expect(() => stage.cancel(7, 1, 10n, 0n)).toThrow(error('sdk', 18))
    expect(() => stage.cancel(8, 1, 10n, height)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('rpc error: code = NotFound') }),
    )
    stage.keeper.jail(stage.ctx, consAddress(1))
    expect(() => stage.cancel(7, 1, 10n, height)).toThrow(error('staking', 7))
  })

  test('is too late once the time is over', () => {
    const { stage, height } = unbonding()
    stage.ctx.block = { ...stage.ctx.block, timeNs: stage.ctx.block.timeNs + 60_000_000_000n }
    expect(() => stage.cancel(7, 1, 10n, height)).toThrow(error('sdk', 18))
  })
})

describe('redelegating', () => {
  test('moves stake at once and remembers it for an unbonding time', () => {
    const stage = twoValidators({ unbondingTimeNs: 10_000_000_000n })
    stage.delegate(7, 1, 500n)
    stage.redelegate(7, 1, 2, 200n)
    expect([stage.shares(7, 1), stage.shares(7, 2)]).toEqual([300n * ONE, 200n * ONE])
    expect(stage.redelegation(7, 1, 2)).toMatchObject([{ initialBalance: 200n, sharesDst: 200n * ONE }])
    stage.next(10n)
    stage.endBlock()
    expect(stage.redelegation(7, 1, 2)).toEqual([])
    expect(stage.events('complete_redelegation')).toEqual([
      {
        amount: '200stake',
        delegator: account(7),
        source_validator: operator(1),
        destination_validator: operator(2),
      },
    ])
  })

  test('goes from one pool to the other with the validators', () => {
    const stage = twoValidators({ maxValidators: 2 })
    stage.found(3, POWER)
    stage.next()
    stage.delegate(7, 1, 500n)
    stage.redelegate(7, 1, 3, 200n)
    expect([bonded(stage), notBonded(stage)]).toEqual([20n * POWER + 300n, POWER + 200n])
  })

  test('is done at once if the source is unbonded', () => {
    const stage = openStage({ maxValidators: 1 })
    stage.found(1, 10n * POWER)
    stage.found(2, POWER)
    stage.next()
    stage.delegate(7, 2, 500n)
    stage.redelegate(7, 2, 1, 500n)
    expect(stage.redelegation(7, 2, 1)).toEqual([])
    expect(stage.events('redelegate')).toMatchObject([{ completion_time: '0001-01-01T00:00:00Z' }])
  })

  test('needs two validators, does not hop on, and is limited', () => {
    const stage = twoValidators({ maxEntries: 1 })
    stage.found(3, POWER)
    stage.delegate(7, 1, 500n)
    expect(() => stage.redelegate(7, 1, 1, 10n)).toThrow(error('staking', 29))
    expect(() => stage.redelegate(7, 1, 9, 10n)).toThrow(error('staking', 31))
    expect(() => stage.redelegate(7, 9, 1, 10n)).toThrow(error('staking', 3))
    stage.redelegate(7, 1, 2, 10n)
    expect(() => stage.redelegate(7, 2, 3, 5n)).toThrow(error('staking', 32))
    expect(() => stage.redelegate(7, 1, 2, 5n)).toThrow(error('staking', 33))
  })

  test('of shares that are worth no whole token is refused', () => {
    const stage = twoValidators()
    stage.delegate(7, 1, 3n * POWER)
    stage.keeper.slash(stage.ctx, consAddress(1), stage.ctx.block.height, 12n, (ONE * 99n) / 100n)
    const { tokens, delegatorShares } = stage.validator(1)
    const tiny = delegatorShares / tokens / 2n
    expect(() => stage.keeper.beginRedelegation(stage.ctx, person(7), person(1), person(2), tiny)).toThrow(
      error('staking', 30),
    )
  })
})
