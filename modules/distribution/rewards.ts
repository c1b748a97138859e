// What a delegation has earned, and paying it out. The stake it had at its beginning is carried through the
// slashes since then, each of which closed a period; between two of them it earns its stake times the growth
// of the rewards per token. Everything rounds down, and the dust of a payout goes to the community pool, so
// the module never owes more than it holds (x/distribution/keeper/delegation.go).
import type { Bytes } from '../../chain/bytes.ts'
import {
  addDecCoins,
  type Coins,
  type Ctx,
  coinsText,
  type Dec,
  type DecCoins,
  decMulInt,
  decMulTruncate,
  decQuo,
  decQuoTruncate,
  decText,
  decTruncateInt,
  isAnyNegative,
  mapDecCoins,
  minCoins,
  ONE,
  type View,
} from '../../chain/module.ts'
import type { Delegation, Staking } from '../staking/keeper.ts'
import type { Validator } from '../staking/validator.ts'
import { type Periods, subtract } from './periods.ts'
import { type DistributionState, err } from './state.ts'

/** Stake that was slashed period by period may end this much above what one division gives. */
const STAKE_MARGIN: Dec = 3n

/** Whole coins, and what is left of each (Go's TruncateDecimal); neither has zeros. */
export const splitWhole = (set: DecCoins): { whole: Coins; rest: DecCoins } => ({
  whole: mapDecCoins(set, decTruncateInt),
  rest: mapDecCoins(set, (amount) => amount % ONE),
})

type Keepers = {
  state: DistributionState
  periods: Periods
  staking: Pick<Staking, 'requireValidator'>
  requireDelegation(view: View, delegator: Bytes, operator: Bytes): Delegation
  /** Pays out of this module's account. */
  pay(ctx: Ctx, to: Bytes, amount: Coins): void
  baseDenom: string
}

export const rewardRules = (keepers: Keepers) => {
  const { state, periods, staking, requireDelegation, pay, baseDenom } = keepers
  const { startingInfos, slashes, outstanding, feePool, withdrawAddresses } = state

  const withdrawAddress = (view: View, delegator: Bytes): Bytes =>
    withdrawAddresses.get(view, delegator) ?? delegator

  const startOf = (view: View, operator: Bytes, delegator: Bytes) =>
    startingInfos.get(view, [operator, delegator]) ?? { period: 0n, stake: 0n, height: 0n }

  /** Rewards of a constant stake from the end of one period to the end of another. */
  const between = (view: View, operator: Bytes, start: bigint, end: bigint, stake: Dec): DecCoins => {
    if (start > end) throw new Error('startingPeriod cannot be greater than endingPeriod')
    if (stake < 0n) throw new Error('stake should not be negative')
    const from = periods.historyAt(view, operator, start)
    const to = periods.historyAt(view, operator, end)
    const grown = addDecCoins(
      to.ratio,
      from.ratio.map(({ denom, amount }) => ({ denom, amount: -amount })),
    )
    if (isAnyNegative(grown)) throw new Error('negative rewards should not be possible')
    return mapDecCoins(grown, (amount) => decMulTruncate(amount, stake))
  }

  /** Replayed stake must not pass the real one, but for the last digits of rounding. */
  const checkedStake = (stake: Dec, validator: Validator, { delegatorText, shares }: Delegation): Dec => {
    const now = decQuo(decMulInt(shares, validator.tokens), validator.delegatorShares)
    if (stake <= now) return stake
    if (stake <= now + STAKE_MARGIN) return now
    throw new Error(
      `calculated final stake for delegator ${delegatorText} greater than current stake` +
        `\n\tfinal stake:\t${decText(stake)}\n\tcurrent stake:\t${decText(now)}`,
    )
  }

  /** What a delegation has earned up to the end of a period that was just closed. */
  const earned = (view: View, validator: Validator, delegation: Delegation, endPeriod: bigint): DecCoins => {
    const { operator } = validator
    const start = startOf(view, operator, delegation.delegator)
    const { height } = view.block
    if (start.height === height) return []
    let { period, stake } = start
    let rewards: DecCoins = []
    if (height > start.height) {
      const since = { start: [operator, start.height], end: [operator, height + 1n] } as const
      for (const [, slash] of slashes.entries(view, since)) {
        if (slash.period <= period) continue
        rewards = addDecCoins(rewards, between(view, operator, period, slash.period, stake))
        stake = decMulTruncate(stake, ONE - slash.fraction)
        period = slash.period
      }
    }
    stake = checkedStake(stake, validator, delegation)
    return addDecCoins(rewards, between(view, operator, period, endPeriod, stake))
  }

  /** Pays a delegation what it has earned and forgets where it began. */
  const payOut = (ctx: Ctx, validator: Validator, delegation: Delegation): Coins => {
    const { operator, operatorText } = validator
    const { delegator, delegatorText } = delegation
    if (!startingInfos.has(ctx, [operator, delegator])) throw err.emptyDelegationDistInfo()
    const period = periods.endPeriod(ctx, validator)
    const computed = earned(ctx, validator, delegation, period)
    const owed = periods.outstandingOf(ctx, operator)
    const rewards = minCoins(computed, owed)
    const { whole, rest } = splitWhole(rewards)
    if (whole.length > 0) pay(ctx, withdrawAddress(ctx, delegator), whole)
    outstanding.set(ctx, operator, subtract(owed, rewards))
    feePool.set(ctx, addDecCoins(feePool.require(ctx), rest))
    periods.dropReference(ctx, operator, startOf(ctx, operator, delegator).period)
    startingInfos.remove(ctx, [operator, delegator])
    const paid = whole.length > 0 ? whole : [{ denom: baseDenom, amount: 0n }]
    ctx.emit(
      'withdraw_rewards',
      ['amount', coinsText(paid)],
      ['validator', operatorText],
      ['delegator', delegatorText],
    )
    return paid
  }

  /** Notes that a delegation begins at the end of the period that was just closed. */
  const begin = (ctx: Ctx, operator: Bytes, delegator: Bytes): void => {
    const period = periods.currentOf(ctx, operator).period - 1n
    periods.addReference(ctx, operator, period)
    const { tokens, delegatorShares } = staking.requireValidator(ctx, operator)
    const { shares } = requireDelegation(ctx, delegator, operator)
    const stake = decQuoTruncate(decMulInt(shares, tokens), delegatorShares)
    startingInfos.set(ctx, [operator, delegator], { period, stake, height: ctx.block.height })
  }

  return {
    withdrawAddress,
    earned,
    payOut,
    begin,

    /** Pays a delegation and lets it begin anew. Returns what was paid, a zero coin if it was nothing. */
    withdraw(ctx: Ctx, delegator: Bytes, operator: Bytes): Coins {
      const validator = staking.requireValidator(ctx, operator)
      const delegation = requireDelegation(ctx, delegator, operator)
      const paid = payOut(ctx, validator, delegation)
      begin(ctx, operator, delegator)
      return paid
    },
  }
}
export type Rewards = ReturnType<typeof rewardRules>
