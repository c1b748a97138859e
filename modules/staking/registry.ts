// The register of validators: their records, the index by consensus address and the index by power (SDK
// x/staking/keeper/validator.go). A validator's place in the power index hangs on its tokens, so every rule
// that changes them takes it out first and puts it back after.
import { type Bytes, toHex } from '../../chain/bytes.ts'
import { type Ctx, type Dec, plainError, type View } from '../../chain/module.ts'
import { type Core, tolerate } from './core.ts'
import { err } from './errors.ts'
import type { Pools } from './pools.ts'
import {
  addTokens,
  isBonded,
  isUnbonded,
  potentialPower,
  removeShares,
  removeTokens,
  type Validator,
} from './validator.ts'

export const registry = (core: Core, { params }: Pick<Pools, 'params'>) => {
  const { state, powerReduction, hooks } = core

  const validator = (view: View, operator: Bytes): Validator | undefined =>
    state.validators.get(view, operator)
  const requireValidator = (view: View, operator: Bytes): Validator => {
    const found = validator(view, operator)
    if (found === undefined) throw err.noValidatorFound()
    return found
  }
  const validatorByConsAddress = (view: View, consAddress: Bytes): Validator | undefined => {
    const operator = state.operators.get(view, consAddress)
    return operator === undefined ? undefined : validator(view, operator)
  }

  const set = (ctx: Ctx, value: Validator): void => state.validators.set(ctx, value.operator, value)
  const powerKey = (value: Validator) => [potentialPower(value, powerReduction), value.operator] as const
  /** A jailed validator has no place in the index. */
  const rank = (ctx: Ctx, value: Validator): void => {
    if (!value.jailed) state.powerIndex.set(ctx, powerKey(value), value.operator)
  }
  const unrank = (ctx: Ctx, value: Validator): void => state.powerIndex.remove(ctx, powerKey(value))
  /** Takes `before` out of the index, stores `after` and ranks it. */
  const replace = (ctx: Ctx, before: Validator, after: Validator): void => {
    unrank(ctx, before)
    set(ctx, after)
    rank(ctx, after)
  }

  /** Validators by falling power, bonded or not; jailed ones are left out. */
  const byPower = function* (view: View): IterableIterator<Validator> {
    for (const [, operator] of state.powerIndex.entries(view, { reverse: true })) {
      const value = validator(view, operator)
      if (value === undefined) throw new Error(`validator record not found for address: ${toHex(operator)}`)
      yield value
    }
  }

  return {
    validator,
    requireValidator,
    validatorByConsAddress,
    set,
    rank,
    unrank,
    replace,
    byPower,
    register(ctx: Ctx, value: Validator): void {
      set(ctx, value)
      state.operators.set(ctx, value.consAddress, value.operator)
      rank(ctx, value)
    },
    addTokensAndShares(ctx: Ctx, before: Validator, amount: bigint): Dec {
      unrank(ctx, before)
      const { validator: after, shares } = addTokens(before, amount)
      set(ctx, after)
      rank(ctx, after)
      return shares
    },
    removeTokensAndShares(ctx: Ctx, before: Validator, shares: Dec): ReturnType<typeof removeShares> {
      unrank(ctx, before)
      const result = removeShares(before, shares)
      set(ctx, result.validator)
      rank(ctx, result.validator)
      return result
    },
    removeTokens(ctx: Ctx, before: Validator, amount: bigint): void {
      replace(ctx, before, removeTokens(before, amount))
    },
    /** Deletes an unbonded validator without tokens and all ways to it. */
    remove(ctx: Ctx, operator: Bytes): void {
      const value = validator(ctx, operator)
      if (value === undefined) return
      if (!isUnbonded(value))
        throw err.badRemoveValidator('cannot call RemoveValidator on bonded or unbonding validators')
      if (value.tokens > 0n)
        throw err.badRemoveValidator('attempting to remove a validator which still contains tokens')
      state.validators.remove(ctx, operator)
      state.operators.remove(ctx, value.consAddress)
      unrank(ctx, value)
      tolerate(() => hooks.afterValidatorRemoved(ctx, value.consAddress, value.operator))
    },
    jail(ctx: Ctx, value: Validator): void {
      if (value.jailed)
        throw err.validatorJailed(`cannot jail already jailed validator, validator: ${value.operatorText}`)
      set(ctx, { ...value, jailed: true })
      unrank(ctx, value)
    },
    unjail(ctx: Ctx, value: Validator): void {
      if (!value.jailed)
        throw plainError(`cannot unjail already unjailed validator, validator: ${value.operatorText}`)
      const after = { ...value, jailed: false }
      set(ctx, after)
      rank(ctx, after)
    },
    *validators(view: View): IterableIterator<Validator> {
      for (const [, value] of state.validators.entries(view)) yield value
    },
    *bondedValidatorsByPower(view: View): IterableIterator<Validator> {
      let left = params(view).maxValidators
      if (left === 0) return
      for (const value of byPower(view)) {
        if (!isBonded(value)) continue
        yield value
        if (--left === 0) return
      }
    },
    *lastValidators(view: View): IterableIterator<Validator> {
      for (const [operator] of state.lastPowers.entries(view)) yield requireValidator(view, operator)
    },
  }
}
export type Registry = ReturnType<typeof registry>
