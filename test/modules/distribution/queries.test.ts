import { expect, test } from '@jest/globals'
import { ONE } from '../../../chain/module.ts'
import { person } from '../stage.ts'
import { accountText, openDistribution, operatorText } from './open.ts'

const [anna, bert] = [person(1), person(2)]
const page = (fields: object) => ({
  key: new Uint8Array(),
  offset: 0n,
  limit: 0n,
  countTotal: false,
  ...fields,
})

test('slashes come in pages that count only what was asked for', () => {
  const opened = openDistribution()
  opened.staked.create(anna, 1_000_000n, 0n)
  for (let i = 0; i < 6; i++) {
    opened.advance()
    opened.staked.slash(anna, ONE / 10n)
  }
  const slashes = (pagination?: object, low = 0n, high = 100n) => {
    const reply = opened.query.validatorSlashes({
      validatorAddress: operatorText(anna),
      startingHeight: low,
      endingHeight: high,
      ...(pagination && { pagination }),
    })
    return { periods: reply.slashes.map((slash) => Number(slash.validatorPeriod)), ...reply.pagination! }
  }
  expect(slashes()).toMatchObject({ periods: [2, 3, 4, 5, 6, 7], total: 6n })
  // The bounds are compared with periods, as the SDK does whatever it calls them.
  expect(slashes(undefined, 3n, 5n)).toMatchObject({ periods: [3, 4, 5], total: 3n })
  const first = slashes(page({ limit: 2n, countTotal: true }), 3n)
  expect(first).toMatchObject({ periods: [3, 4], total: 5n })
  const second = slashes(page({ limit: 2n, key: first.nextKey }), 3n)
  expect(second).toMatchObject({ periods: [5, 6], total: 0n })
  expect(slashes(page({ limit: 2n, key: second.nextKey }), 3n)).toMatchObject({
    periods: [7],
    nextKey: new Uint8Array(),
  })
  expect(slashes(page({ limit: 2n, offset: 1n }), 3n).periods).toEqual([4, 5])
  expect(slashes(page({ limit: 2n, reverse: true })).periods).toEqual([7, 6])
  const back = slashes(page({ limit: 2n, reverse: true })).nextKey
  expect(slashes(page({ limit: 3n, reverse: true, key: back })).periods).toEqual([5, 4, 3])
  expect(() => slashes(page({ key: back, offset: 1n }))).toThrow('either offset or key is expected, got both')
  expect(() => slashes(undefined, 2n, 1n)).toThrow('starting height greater than ending height (2 > 1)')
})

test('pending rewards are those that a withdrawal would pay, and asking changes nothing', () => {
  const opened = openDistribution()
  opened.staked.create(anna, 100n, ONE / 10n)
  opened.staked.create(bert, 100n, 0n)
  opened.staked.delegate(anna, bert, 100n)
  opened.collect(300n)
  const before = [...opened.ctx.store('distribution').iterate()]
  const { query } = opened
  const total = query.delegationTotalRewards({ delegatorAddress: accountText(anna) })
  expect(total.rewards.map(({ validatorAddress }) => validatorAddress)).toEqual([
    operatorText(anna),
    operatorText(bert),
  ])
  // 294 for validators: 98 to Anna's with a tenth as commission, 196 to Bert's, half of it hers.
  const info = query.validatorDistributionInfo({ validatorAddress: operatorText(anna) })
  const share = ONE / 3n
  const own = ((294n * share * 9n) / 10n / 100n) * 100n
  expect(info.operatorAddress).toBe(accountText(anna))
  expect(info.selfBondRewards).toMatchObject([{ denom: 'stake', amount: `${own}` }])
  expect(total.total[0]!.amount).toBe(
    `${total.rewards.reduce((sum, { reward }) => sum + BigInt(reward[0]!.amount), 0n)}`,
  )
  expect(query.delegatorValidators({ delegatorAddress: accountText(anna) }).validators).toEqual([
    operatorText(anna),
    operatorText(bert),
  ])
  expect([...opened.ctx.store('distribution').iterate()]).toEqual(before)
  opened.msg.withdrawDelegatorReward({
    delegatorAddress: accountText(anna),
    validatorAddress: operatorText(anna),
  })
  expect(opened.balance(anna)).toBe(own / ONE)
})

test('what is not there is said as the SDK says it', () => {
  const { query, staked } = openDistribution()
  staked.create(anna, 1n, 0n)
  const operator = operatorText(bert)
  const delegator = accountText(bert)
  expect(() => query.validatorCommission({ validatorAddress: '' })).toThrow('empty validator address')
  expect(() => query.validatorOutstandingRewards({ validatorAddress: operator })).toThrow(
    'validator does not exist',
  )
  expect(() => query.delegationRewards({ validatorAddress: operator })).toThrow('empty delegator address')
  expect(() =>
    query.delegationRewards({ validatorAddress: operatorText(anna), delegatorAddress: delegator }),
  ).toThrow('no delegation for (address, validator) tuple')
  expect(() => query.validatorSlashes({ validatorAddress: 'x' })).toThrow('invalid validator address')
  expect(query.delegatorWithdrawAddress({ delegatorAddress: delegator }).withdrawAddress).toBe(delegator)
})
