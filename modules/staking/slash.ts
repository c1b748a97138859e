// Slashing: a fault burns a fraction of the stake that stood behind it when it happened, also of what has
// begun to leave since then (SDK x/staking/keeper/slash.go).
import type { Bytes } from '../../chain/bytes.ts'
import {
  type Ctx,
  type Dec,
  decFromInt,
  decMul,
  decMulInt,
  decQuoRoundUp,
  decText,
  decTruncateInt,
  maxBig,
  minBig,
  ONE,
  plainError,
} from '../../chain/module.ts'
import { type Core, tolerate } from './core.ts'
import type { Redelegation, RedelegationEntry, UnbondingDelegation } from './delegation-record.ts'
import type { Delegations } from './delegations.ts'
import type { Pools } from './pools.ts'
import type { Redelegations } from './redelegations.ts'
import type { Registry } from './registry.ts'
import { isDue, type Unbondings } from './unbonding.ts'
import { isBonded, isUnbonded, type Validator } from './validator.ts'

type Fault = { readonly height: bigint; readonly fraction: Dec }
type Stake = {
  readonly creationHeight: bigint
  readonly completionTimeNs: bigint
  readonly onHoldRefCount: bigint
}

/** Stake that left after the fault and is not out yet. */
const isLiable = (stake: Stake, fault: Fault, nowNs: bigint): boolean =>
  stake.creationHeight >= fault.height && !isDue(stake, nowNs)

export const slashing = (
  core: Core,
  pools: Pools,
  register: Registry,
  delegations: Delegations,
  unbondings: Unbondings,
  redelegations: Redelegations,
) => {
  const { hooks, powerReduction } = core

  /** Returns what the entries owe, though less may have been left to burn. */
  const slashUnbonding = (ctx: Ctx, unbonding: UnbondingDelegation, fault: Fault): bigint => {
    let owed = 0n
    let burned = 0n
    const entries = [...unbonding.entries]
    for (const [i, entry] of unbonding.entries.entries()) {
      if (!isLiable(entry, fault, ctx.block.timeNs)) continue
      const due = decTruncateInt(decMulInt(fault.fraction, entry.initialBalance))
      owed += due
      const taken = minBig(due, entry.balance)
      if (taken === 0n) continue
      burned += taken
      entries[i] = { ...entry, balance: entry.balance - taken }
      unbondings.set(ctx, { ...unbonding, entries: [...entries] })
    }
    pools.burnNotBonded(ctx, burned)
    return owed
  }

  /** What moved may have begun to unbond at its new place: that is burned first. Returns what was taken. */
  const slashMovedUnbonding = (
    ctx: Ctx,
    { delegator, target }: Redelegation,
    fault: Fault,
    owed: bigint,
  ): bigint => {
    const unbonding = unbondings.get(ctx, delegator, target)
    if (unbonding === undefined) return 0n
    let left = owed
    const entries = [...unbonding.entries]
    for (const [i, entry] of unbonding.entries.entries()) {
      const taken = minBig(left, entry.balance)
      if (taken === 0n || !isLiable(entry, fault, ctx.block.timeNs)) continue
      left -= taken
      entries[i] = { ...entry, balance: entry.balance - taken }
      unbondings.set(ctx, { ...unbonding, entries: [...entries] })
    }
    return owed - left
  }

  type Burn = { bonded: bigint; notBonded: bigint }
  /** Unbonds a fraction of the shares that the moved stake became. */
  const slashMovedShares = (
    ctx: Ctx,
    { delegator, target }: Redelegation,
    entry: RedelegationEntry,
    fraction: Dec,
  ): Burn => {
    const nothing = { bonded: 0n, notBonded: 0n }
    const wanted = decMul(fraction, entry.sharesDst)
    if (wanted === 0n) return nothing
    const held = delegations.delegation(ctx, delegator, target)
    if (held === undefined) return nothing
    const tokens = delegations.unbond(ctx, delegator, target, minBig(wanted, held.shares))
    const validator = register.requireValidator(ctx, target)
    return isBonded(validator) ? { ...nothing, bonded: tokens } : { ...nothing, notBonded: tokens }
  }

  /** Returns what the entries owe, though less may have been left to burn. */
  const slashRedelegation = (ctx: Ctx, redelegation: Redelegation, fault: Fault): bigint => {
    let owed = 0n
    let bonded = 0n
    let notBonded = 0n
    for (const entry of redelegation.entries) {
      if (!isLiable(entry, fault, ctx.block.timeNs)) continue
      const due = decTruncateInt(decMulInt(fault.fraction, entry.initialBalance))
      owed += due
      const taken = slashMovedUnbonding(ctx, redelegation, fault, due)
      notBonded += taken
      if (due === taken) continue
      const burn = slashMovedShares(ctx, redelegation, entry, fault.fraction)
      bonded += burn.bonded
      notBonded += burn.notBonded
    }
    pools.burnBonded(ctx, bonded)
    pools.burnNotBonded(ctx, notBonded)
    return owed
  }

  /** Burns of stake that left since the fault; returns what it owed. */
  const slashLeavers = (ctx: Ctx, operator: Bytes, fault: Fault): bigint => {
    let owed = 0n
    for (const unbonding of unbondings.fromValidator(ctx, operator))
      owed += slashUnbonding(ctx, unbonding, fault)
    for (const redelegation of redelegations.fromSource(ctx, operator))
      owed += slashRedelegation(ctx, redelegation, fault)
    return owed
  }

  /** Burns tokens of the validator itself. */
  const burn = (ctx: Ctx, validator: Validator, tokens: bigint): void => {
    const fraction = minBig(decQuoRoundUp(decFromInt(tokens), decFromInt(validator.tokens)), ONE)
    tolerate(() => hooks.beforeValidatorSlashed(ctx, validator.operator, fraction))
    register.removeTokens(ctx, validator, tokens)
    if (isBonded(validator)) pools.burnBonded(ctx, tokens)
    else pools.burnNotBonded(ctx, tokens)
  }

  return {
    slash(ctx: Ctx, consAddress: Bytes, infractionHeight: bigint, power: bigint, fraction: Dec): bigint {
      if (fraction < 0n)
        throw plainError(`attempted to slash with a negative slash factor: ${decText(fraction)}`)
      const amount = decTruncateInt(decMul(decFromInt(power * powerReduction), fraction))
      const validator = register.validatorByConsAddress(ctx, consAddress)
      // Slashed away and removed already; Go warns in its log.
      if (validator === undefined) return 0n
      if (isUnbonded(validator))
        throw plainError(`should not be slashing unbonded validator: ${validator.operatorText}`)
      tolerate(() => hooks.beforeValidatorModified(ctx, validator.operator))
      const { height } = ctx.block
      if (infractionHeight > height)
        throw plainError(
          `impossible attempt to slash future infraction at height ${infractionHeight} ` +
            `but we are at height ${height}`,
        )
      const fault = { height: infractionHeight, fraction }
      const owed = infractionHeight < height ? slashLeavers(ctx, validator.operator, fault) : 0n
      const tokens = maxBig(minBig(amount - owed, validator.tokens), 0n)
      if (tokens > 0n) burn(ctx, validator, tokens)
      return tokens
    },
  }
}
export type Slashing = ReturnType<typeof slashing>
