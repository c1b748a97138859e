// Periods of a validator, the heart of F1: a period ends whenever a delegation changes or a slash falls, and
// what is kept of it is one number, the rewards of one token since the validator began. A delegation's reward
// is its stake times the difference of two such numbers, so nothing here loops over delegations. A period is
// kept as long as something refers to it: a delegation that began after it, a slash that closed it, or the
// open period itself (x/distribution/spec).
import type { Bytes } from '../../chain/bytes.ts'
import {
  addDecCoins,
  type Ctx,
  type Dec,
  type DecCoins,
  decFromInt,
  decQuoTruncate,
  decText,
  isAnyNegative,
  mapDecCoins,
  ONE,
  subDecCoins,
  type View,
} from '../../chain/module.ts'
import type { Staking } from '../staking/keeper.ts'
import type { Validator } from '../staking/validator.ts'
import type { Historical } from './records.ts'
import type { DistributionState } from './state.ts'

const NONE: DecCoins = []
const NO_HISTORY: Historical = { ratio: NONE, references: 0 }
/** The open period, and whoever began or was slashed at its end. */
const MOST_REFERENCES = 2

/** Subtraction that must not go below zero, or a bug of ours would pay out what is not there. */
export const subtract = (from: DecCoins, part: DecCoins): DecCoins => {
  const rest = subDecCoins(from, part)
  if (isAnyNegative(rest)) throw new Error('negative coin amount')
  return rest
}

/** No LegacyDec reaches 2^256 whole units; Go stops with a panic where one would. */
const DEC_LIMIT: Dec = 2n ** 256n * ONE
export const isInRange = (set: DecCoins): boolean => set.every(({ amount }) => amount < DEC_LIMIT)

export const periodRules = (state: DistributionState, staking: Pick<Staking, 'requireValidator'>) => {
  const { current, historical, outstanding, commissions, slashes, feePool } = state

  const historyAt = (view: View, operator: Bytes, period: bigint): Historical =>
    historical.get(view, [operator, period]) ?? NO_HISTORY
  const currentOf = (view: View, operator: Bytes) =>
    current.get(view, operator) ?? { rewards: NONE, period: 0n }
  const outstandingOf = (view: View, operator: Bytes): DecCoins => outstanding.get(view, operator) ?? NONE

  const addReference = (ctx: Ctx, operator: Bytes, period: bigint): void => {
    const { ratio, references } = historyAt(ctx, operator, period)
    if (references >= MOST_REFERENCES) throw new Error('reference count should never exceed 2')
    historical.set(ctx, [operator, period], { ratio, references: references + 1 })
  }

  const dropReference = (ctx: Ctx, operator: Bytes, period: bigint): void => {
    const { ratio, references } = historyAt(ctx, operator, period)
    if (references === 0) throw new Error('cannot set negative reference count')
    if (references === 1) historical.remove(ctx, [operator, period])
    else historical.set(ctx, [operator, period], { ratio, references: references - 1 })
  }

  /** Rewards of a validator without tokens have no owner: they go to the community. */
  const forfeit = (ctx: Ctx, operator: Bytes, rewards: DecCoins): DecCoins => {
    const pool = feePool.require(ctx)
    const owed = outstandingOf(ctx, operator)
    feePool.set(ctx, addDecCoins(pool, rewards))
    outstanding.set(ctx, operator, subtract(owed, rewards))
    return NONE
  }

  /** Ends the open period and returns its number. Rounds down: nobody may be paid more than was earned. */
  const endPeriod = (ctx: Ctx, validator: Validator): bigint => {
    const { operator, tokens } = validator
    const { rewards, period } = currentOf(ctx, operator)
    const stake = decFromInt(tokens)
    const perToken =
      tokens === 0n
        ? forfeit(ctx, operator, rewards)
        : mapDecCoins(rewards, (amount) => decQuoTruncate(amount, stake))
    const { ratio } = historyAt(ctx, operator, period - 1n)
    dropReference(ctx, operator, period - 1n)
    const grown = addDecCoins(ratio, perToken)
    if (!isInRange(grown)) throw new Error('Int overflow')
    historical.set(ctx, [operator, period], { ratio: grown, references: 1 })
    current.set(ctx, operator, { rewards: NONE, period: period + 1n })
    return period
  }

  return {
    historyAt,
    currentOf,
    outstandingOf,
    addReference,
    dropReference,
    endPeriod,

    /** The records of a new validator: period 0 is over, period 1 is open. */
    begin(ctx: Ctx, operator: Bytes): void {
      historical.set(ctx, [operator, 0n], { ratio: NONE, references: 1 })
      current.set(ctx, operator, { rewards: NONE, period: 1n })
      commissions.set(ctx, operator, NONE)
      outstanding.set(ctx, operator, NONE)
    },

    /** Remembers a slash of `fraction` of the validator's tokens, which closes a period. */
    recordSlash(ctx: Ctx, operator: Bytes, fraction: Dec): void {
      if (fraction > ONE || fraction < 0n)
        throw new Error(`fraction must be >=0 and <=1, current fraction: ${decText(fraction)}`)
      const period = endPeriod(ctx, staking.requireValidator(ctx, operator))
      addReference(ctx, operator, period)
      slashes.set(ctx, [operator, ctx.block.height, period], { period, fraction })
    },
  }
}
export type Periods = ReturnType<typeof periodRules>
