// Delegations: shares of a validator that an account holds (SDK x/staking/keeper/delegation.go, Delegate and
// Unbond).
import { type Bytes, equalBytes } from '../../chain/bytes.ts'
import {
  assert,
  type Ctx,
  type Dec,
  decRoundInt,
  decText,
  decTruncateInt,
  sdk,
  type View,
} from '../../chain/module.ts'
import type { Core } from './core.ts'
import { err } from './errors.ts'
import type { Delegation } from './keeper.ts'
import type { Pools } from './pools.ts'
import type { Registry } from './registry.ts'
import { BONDED_POOL, NOT_BONDED_POOL } from './state.ts'
import {
  BondStatus,
  hasInvalidExRate,
  isBonded,
  isUnbonded,
  sharesFromTokens,
  sharesFromTokensTruncated,
  tokensFromShares,
  tokensFromSharesTruncated,
  type Validator,
} from './validator.ts'

export const delegations = (core: Core, pools: Pools, register: Registry) => {
  const { state, addresses, bank, hooks } = core

  const delegation = (view: View, delegator: Bytes, operator: Bytes): Delegation | undefined =>
    state.delegations.get(view, [delegator, operator])
  const set = (ctx: Ctx, value: Delegation): void => {
    state.delegations.set(ctx, [value.delegator, value.validator], value)
    state.delegationsByValidator.add(ctx, [value.validator, value.delegator])
  }
  const remove = (ctx: Ctx, { delegator, validator }: Delegation): void => {
    hooks.beforeDelegationRemoved(ctx, delegator, validator)
    state.delegations.remove(ctx, [delegator, validator])
    state.delegationsByValidator.remove(ctx, [validator, delegator])
  }

  /** Moves tokens that staking holds already to the pool of their new validator. */
  const movePools = (ctx: Ctx, source: BondStatus, validator: Validator, amount: bigint): void => {
    const wasBonded = source === BondStatus.BONDED
    if (!wasBonded && isBonded(validator)) pools.bond(ctx, amount)
    else if (wasBonded && !isBonded(validator)) pools.release(ctx, amount)
  }

  const delegate = (
    ctx: Ctx,
    delegator: Bytes,
    amount: bigint,
    source: BondStatus,
    validator: Validator,
    takeCoins: boolean,
  ): Dec => {
    if (hasInvalidExRate(validator)) throw err.delegatorShareExRateInvalid()
    const { operator } = validator
    const before = delegation(ctx, delegator, operator)
    if (before === undefined) hooks.beforeDelegationCreated(ctx, delegator, operator)
    else hooks.beforeDelegationSharesModified(ctx, delegator, operator)
    if (takeCoins) {
      assert(source !== BondStatus.BONDED, 'coins of an account cannot be bonded')
      const pool = isBonded(validator) ? BONDED_POOL : NOT_BONDED_POOL
      bank.delegateToModule(ctx, delegator, pool, pools.inBondDenom(ctx, amount))
    } else movePools(ctx, source, validator, amount)
    const shares = register.addTokensAndShares(ctx, validator, amount)
    set(ctx, {
      delegator,
      validator: operator,
      delegatorText: before?.delegatorText ?? addresses.text(delegator),
      validatorText: before?.validatorText ?? validator.operatorText,
      shares: (before?.shares ?? 0n) + shares,
    })
    hooks.afterDelegationModified(ctx, delegator, operator)
    return shares
  }

  /** A validator whose own delegation falls below its promise goes to jail. Returns it as it is then. */
  const keepPromise = (ctx: Ctx, validator: Validator, own: Dec): Validator => {
    if (validator.jailed) return validator
    if (decTruncateInt(tokensFromShares(validator, own)) >= validator.minSelfDelegation) return validator
    register.jail(ctx, validator)
    return register.requireValidator(ctx, validator.operator)
  }

  const unbond = (ctx: Ctx, delegator: Bytes, operator: Bytes, shares: Dec): bigint => {
    const before = delegation(ctx, delegator, operator)
    if (before === undefined) throw err.noDelegatorForAddress()
    hooks.beforeDelegationSharesModified(ctx, delegator, operator)
    if (before.shares < shares) throw err.notEnoughDelegationShares(decText(before.shares))
    let validator = register.requireValidator(ctx, operator)
    const after = { ...before, shares: before.shares - shares }
    if (equalBytes(delegator, operator)) validator = keepPromise(ctx, validator, after.shares)
    if (after.shares === 0n) remove(ctx, after)
    else {
      set(ctx, after)
      hooks.afterDelegationModified(ctx, delegator, operator)
    }
    const result = register.removeTokensAndShares(ctx, validator, shares)
    // A validator that is not unbonded yet is removed at the end of its unbonding instead.
    if (result.validator.delegatorShares === 0n && isUnbonded(result.validator))
      register.remove(ctx, operator)
    return result.tokens
  }

  /** ValidateUnbondAmount: the shares that an amount is worth, at most those that there are. */
  const sharesToUnbond = (view: View, delegator: Bytes, operator: Bytes, amount: bigint): Dec => {
    const validator = register.requireValidator(view, operator)
    const held = delegation(view, delegator, operator)
    if (held === undefined) throw err.noDelegation()
    const shares = sharesFromTokens(validator, amount)
    if (sharesFromTokensTruncated(validator, amount) > held.shares)
      throw sdk.invalidRequest('invalid shares amount')
    return shares > held.shares ? held.shares : shares
  }

  const delegationsOf = function* (view: View, delegator: Bytes): IterableIterator<Delegation> {
    for (const [, value] of state.delegations.entries(view, { prefix: [delegator] })) yield value
  }

  return {
    delegation,
    set,
    delegate,
    unbond,
    sharesToUnbond,
    delegationsOf,
    *allDelegations(view: View): IterableIterator<Delegation> {
      for (const [, value] of state.delegations.entries(view)) yield value
    },
    *validatorDelegations(view: View, operator: Bytes): IterableIterator<Delegation> {
      const range = { prefix: [operator] as const }
      for (const [, delegator] of state.delegationsByValidator.keysOf(view, range)) {
        const value = delegation(view, delegator, operator)
        assert(value !== undefined, 'the index of delegations points to none')
        yield value
      }
    },
    delegatorBonded(view: View, delegator: Bytes): bigint {
      let bonded = 0n
      for (const { validator: operator, shares } of delegationsOf(view, delegator)) {
        const validator = register.validator(view, operator)
        if (validator !== undefined) bonded += tokensFromSharesTruncated(validator, shares)
      }
      return decRoundInt(bonded)
    },
  }
}
export type Delegations = ReturnType<typeof delegations>
