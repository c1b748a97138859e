import { beforeEach, describe, expect, test } from '@jest/globals'
import { ONE } from '../../../chain/module.ts'
import { person } from '../stage.ts'
import { accountText, type Opened, openDistribution, operatorText, stake } from './open.ts'

const HALF = ONE / 2n
const [anna, bert, carl] = [person(1), person(2), person(3)]
const SCALE = 1_000_000n

/** What a delegation would get now, in decimal text. */
const owed = ({ query }: Opened, delegator: Uint8Array, operator: Uint8Array) =>
  query
    .delegationRewards({ delegatorAddress: accountText(delegator), validatorAddress: operatorText(operator) })
    .rewards.map(({ denom, amount }) => `${amount}${denom}`)
    .join(',')
const commission = ({ query }: Opened, operator: Uint8Array) =>
  query
    .validatorCommission({ validatorAddress: operatorText(operator) })
    .commission!.commission.map(({ amount }) => amount)
    .join(',')
const dec = (amount: bigint) => `${amount * ONE}stake`

describe('golden numbers G8: F1 with a commission of one half', () => {
  let opened: Opened
  beforeEach(() => {
    opened = openDistribution()
    opened.staked.create(anna, 100n * SCALE, HALF)
    opened.advance()
  })

  test('a single delegator is owed 5 of 10, the validator the other 5', () => {
    opened.reward(anna, 10n)
    expect(owed(opened, anna, anna)).toBe(dec(5n))
    expect(commission(opened, anna)).toBe(`${5n * ONE}`)
  })

  test('who joins after the first 20 gets 5 of the next 20, the first has 15', () => {
    opened.reward(anna, 20n)
    opened.staked.delegate(bert, anna, 100n * SCALE)
    opened.advance()
    opened.reward(anna, 20n)
    expect(owed(opened, anna, anna)).toBe(dec(15n))
    expect(owed(opened, bert, anna)).toBe(dec(5n))
    expect(commission(opened, anna)).toBe(`${20n * ONE}`)
  })

  test('two slashes of one half: 20 for the first, 10 for the second, commission is not slashed', () => {
    opened.reward(anna, 30n * SCALE)
    opened.advance(3)
    opened.staked.slash(anna, HALF)
    opened.advance(3)
    opened.staked.delegate(bert, anna, 100n * SCALE)
    opened.advance()
    opened.reward(anna, 30n * SCALE)
    opened.advance(3)
    opened.staked.slash(anna, HALF)
    opened.advance(3)
    expect(owed(opened, anna, anna)).toBe(dec(20n * SCALE))
    expect(owed(opened, bert, anna)).toBe(dec(10n * SCALE))
    expect(commission(opened, anna)).toBe(`${30n * SCALE * ONE}`)
    expect(opened.broken()).toEqual([])
  })

  test('many slashes in the block in which rewards came take nothing from them', () => {
    opened.reward(anna, 10n * SCALE)
    opened.staked.slash(anna, HALF)
    opened.staked.slash(anna, HALF)
    opened.advance(3)
    opened.reward(anna, 10n * SCALE)
    opened.advance()
    expect(owed(opened, anna, anna)).toBe(dec(10n * SCALE))
  })

  test('withdrawals in between change nothing of the sum', () => {
    opened.staked.delegate(bert, anna, 100n * SCALE)
    for (let round = 0; round < 3; round++) {
      opened.advance()
      opened.reward(anna, 20n)
      opened.msg.withdrawDelegatorReward({
        delegatorAddress: accountText(round % 2 === 0 ? bert : anna),
        validatorAddress: operatorText(anna),
      })
    }
    // Bert took 5 and then 10 of three rounds, Anna 10 of two; the third round's 5 are still hers.
    expect(opened.balance(bert)).toBe(15n)
    expect(opened.balance(anna)).toBe(10n)
    expect(owed(opened, anna, anna)).toBe(dec(5n))
    expect(opened.broken()).toEqual([])
  })
})

describe('withdrawals', () => {
  test('pay the whole coins, say so, and leave the dust to the community', () => {
    const opened = openDistribution()
    opened.staked.create(anna, 3n, 0n)
    opened.staked.delegate(bert, anna, 4n)
    opened.advance()
    opened.reward(anna, 10n)
    const request = { delegatorAddress: accountText(bert), validatorAddress: operatorText(anna) }
    const { amount } = opened.msg.withdrawDelegatorReward(request)
    expect(amount).toMatchObject([{ denom: 'stake', amount: '5' }])
    expect(opened.balance(bert)).toBe(5n)
    // 10/7 per token rounds down before it is multiplied, so 4 tokens earn four units of the last place less.
    const earned = ((10n * ONE) / 7n) * 4n
    expect(opened.keeper.communityPool(opened.ctx)).toEqual([{ denom: 'stake', amount: earned - 5n * ONE }])
    expect(opened.ctx.events.at(-1)).toMatchObject({
      type: 'withdraw_rewards',
      attributes: [
        { key: 'amount', value: '5stake' },
        { key: 'validator', value: operatorText(anna) },
        { key: 'delegator', value: accountText(bert) },
      ],
    })
    expect(opened.broken()).toEqual([])
  })

  test('of nothing answer with a zero coin and pay nothing', () => {
    const opened = openDistribution()
    opened.staked.create(anna, 10n, 0n)
    opened.advance()
    const { amount } = opened.msg.withdrawDelegatorReward({
      delegatorAddress: accountText(anna),
      validatorAddress: operatorText(anna),
    })
    expect(amount).toMatchObject([{ denom: 'stake', amount: '0' }])
    expect(opened.ctx.events.map(({ type }) => type)).toEqual(['withdraw_rewards'])
  })

  test('go to the address that the delegator named', () => {
    const opened = openDistribution()
    opened.staked.create(anna, 10n, HALF)
    opened.advance()
    opened.reward(anna, 10n)
    opened.msg.setWithdrawAddress({ delegatorAddress: accountText(anna), withdrawAddress: accountText(carl) })
    opened.msg.withdrawDelegatorReward({
      delegatorAddress: accountText(anna),
      validatorAddress: operatorText(anna),
    })
    opened.msg.withdrawValidatorCommission({ validatorAddress: operatorText(anna) })
    expect(opened.balance(carl)).toBe(10n)
    expect(opened.balance(anna)).toBe(0n)
    const { withdrawAddress } = opened.query.delegatorWithdrawAddress({ delegatorAddress: accountText(anna) })
    expect(withdrawAddress).toBe(accountText(carl))
  })

  test('of a commission leave its fraction for the next time', () => {
    const opened = openDistribution()
    opened.staked.create(anna, 10n, ONE / 4n)
    opened.advance()
    opened.reward(anna, 10n)
    const { amount } = opened.msg.withdrawValidatorCommission({ validatorAddress: operatorText(anna) })
    expect(amount).toMatchObject([{ denom: 'stake', amount: '2' }])
    expect(commission(opened, anna)).toBe(`${HALF}`)
    expect(opened.ctx.events.at(-1)).toMatchObject({
      type: 'withdraw_commission',
      attributes: [{ key: 'amount', value: '2stake' }],
    })
    expect(opened.broken()).toEqual([])
  })
})

test('a removed validator pays its commission, and what is left goes to the community', () => {
  const opened = openDistribution()
  opened.staked.create(anna, 3n, ONE / 3n)
  opened.staked.delegate(bert, anna, 4n)
  opened.advance()
  opened.reward(anna, 10n)
  opened.staked.slash(anna, ONE / 7n)
  opened.advance()
  opened.staked.undelegate(bert, anna, 4n * ONE)
  opened.staked.undelegate(anna, anna, 3n * ONE)
  const paid = opened.balance(anna) + opened.balance(bert)
  expect(opened.keeper.communityPool(opened.ctx)).toEqual([{ denom: 'stake', amount: (10n - paid) * ONE }])
  expect(opened.balance('distribution')).toBe(10n - paid)
  expect([...opened.ctx.store('distribution').iterate(new Uint8Array([2]), new Uint8Array([9]))]).toEqual([])
})

test('rewards of a validator without tokens go to the community', () => {
  const opened = openDistribution()
  opened.staked.create(anna, 10n, 0n)
  opened.advance()
  opened.staked.slash(anna, ONE)
  opened.reward(anna, 7n)
  opened.advance()
  opened.staked.slash(anna, 0n)
  expect(opened.keeper.communityPool(opened.ctx)).toEqual([{ denom: 'stake', amount: 7n * ONE }])
})

describe('what is refused', () => {
  let opened: Opened
  beforeEach(() => {
    opened = openDistribution()
    opened.staked.create(anna, 10n, 0n)
    opened.advance()
  })
  const code = (codespace: string, number: number) => expect.objectContaining({ codespace, code: number })
  const thrown = (body: () => unknown): unknown => {
    try {
      body()
    } catch (error) {
      return error
    }
    return 'nothing was thrown'
  }

  test('a withdrawal without a delegation, or from no validator, as staking says', () => {
    const of = (delegator: Uint8Array, operator: Uint8Array) => () =>
      opened.msg.withdrawDelegatorReward({
        delegatorAddress: accountText(delegator),
        validatorAddress: operatorText(operator),
      })
    expect(thrown(of(bert, anna))).toEqual(code('staking', 19))
    expect(thrown(of(anna, bert))).toEqual(code('staking', 3))
  })

  test('a commission of nothing', () => {
    const withdraw = () => opened.msg.withdrawValidatorCommission({ validatorAddress: operatorText(anna) })
    expect(thrown(withdraw)).toEqual(code('distribution', 7))
  })

  test('a module account as withdraw address, and any where the chain forbids it', () => {
    const name = (withdrawAddress: string) => () =>
      opened.msg.setWithdrawAddress({ delegatorAddress: accountText(anna), withdrawAddress })
    const pool = accountText(opened.auth.moduleAddress('distribution'))
    expect(thrown(name(pool))).toMatchObject({
      code: 4,
      message: `${pool} is not allowed to receive external funds: unauthorized`,
    })
    opened.msg.updateParams({
      authority: opened.settings.authority,
      params: { communityTax: '0', withdrawAddrEnabled: false },
    })
    expect(thrown(name(accountText(bert)))).toEqual(code('distribution', 8))
  })

  test('parameters of anybody but the authority, and those that cannot be', () => {
    const { authority } = opened.settings
    const update = (signer: string, params: object) => () =>
      opened.msg.updateParams({ authority: signer, params })
    expect(thrown(update(accountText(anna), { communityTax: '0' }))).toMatchObject({
      codespace: 'gov',
      code: 13,
    })
    expect(thrown(update('nobody', { communityTax: '0' }))).toEqual(code('sdk', 7))
    expect(thrown(update(authority, { communityTax: '0', bonusProposerReward: '1' }))).toEqual(
      code('sdk', 18),
    )
    expect(thrown(update(authority, {}))).toMatchObject({ message: 'community tax must be not nil' })
    expect(thrown(update(authority, { communityTax: `${ONE + 1n}` }))).toMatchObject({
      message: 'community tax too large: 1.000000000000000001',
    })
  })

  test('more from the community pool than it has, and a gift of nothing', () => {
    const { authority } = opened.settings
    opened.give(bert, stake(5n))
    opened.msg.fundCommunityPool({ depositor: accountText(bert), amount: [{ denom: 'stake', amount: '5' }] })
    const spend = (amount: string) => () =>
      opened.msg.communityPoolSpend({
        authority,
        recipient: accountText(carl),
        amount: [{ denom: 'stake', amount }],
      })
    expect(thrown(spend('6'))).toEqual(code('distribution', 9))
    spend('4')()
    expect(opened.balance(carl)).toBe(4n)
    expect(opened.keeper.communityPool(opened.ctx)).toEqual([{ denom: 'stake', amount: ONE }])
    const nothing = () => opened.msg.fundCommunityPool({ depositor: accountText(bert), amount: [] })
    expect(thrown(nothing)).toMatchObject({ code: 10, message: 'amount cannot be nil: invalid coins' })
  })
})

test('a deposit is shared as rewards are, commission first', () => {
  const opened = openDistribution()
  opened.staked.create(anna, 10n, HALF)
  opened.advance()
  opened.give(bert, stake(10n))
  opened.msg.depositValidatorRewardsPool({
    depositor: accountText(bert),
    validatorAddress: operatorText(anna),
    amount: [{ denom: 'stake', amount: '10' }],
  })
  expect(opened.balance(bert)).toBe(0n)
  expect(owed(opened, anna, anna)).toBe(dec(5n))
  expect(commission(opened, anna)).toBe(`${5n * ONE}`)
  expect(opened.broken()).toEqual([])
})
