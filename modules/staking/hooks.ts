// What other modules are told about stake. The order in which a chain lists its hooks is consensus: each
// event reaches the modules in that order, and an error of one stops the rest (SDK x/staking/types/hooks.go).
import type { Bytes } from '../../chain/bytes.ts'
import type { Ctx, Dec } from '../../chain/module.ts'

type All = {
  /** The record exists, the self-delegation does not yet. */
  afterValidatorCreated(ctx: Ctx, validator: Bytes): void
  /** Before a new commission rate is set and before a slash. */
  beforeValidatorModified(ctx: Ctx, validator: Bytes): void
  afterValidatorRemoved(ctx: Ctx, consAddress: Bytes, validator: Bytes): void
  afterValidatorBonded(ctx: Ctx, consAddress: Bytes, validator: Bytes): void
  afterValidatorBeginUnbonding(ctx: Ctx, consAddress: Bytes, validator: Bytes): void
  beforeDelegationCreated(ctx: Ctx, delegator: Bytes, validator: Bytes): void
  beforeDelegationSharesModified(ctx: Ctx, delegator: Bytes, validator: Bytes): void
  beforeDelegationRemoved(ctx: Ctx, delegator: Bytes, validator: Bytes): void
  afterDelegationModified(ctx: Ctx, delegator: Bytes, validator: Bytes): void
  /** `fraction` is that of the tokens the validator has now. */
  beforeValidatorSlashed(ctx: Ctx, validator: Bytes, fraction: Dec): void
  afterUnbondingInitiated(ctx: Ctx, id: bigint): void
}

/** A module's hooks; those left out do nothing. */
export type StakingHooks = Partial<All>

/** All events, each passed on to the modules in their order. */
export type HookCalls = All

export const callHooks = (listeners: readonly StakingHooks[]): HookCalls => ({
  afterValidatorCreated(ctx, validator) {
    for (const hooks of listeners) hooks.afterValidatorCreated?.(ctx, validator)
  },
  beforeValidatorModified(ctx, validator) {
    for (const hooks of listeners) hooks.beforeValidatorModified?.(ctx, validator)
  },
  afterValidatorRemoved(ctx, consAddress, validator) {
    for (const hooks of listeners) hooks.afterValidatorRemoved?.(ctx, consAddress, validator)
  },
  afterValidatorBonded(ctx, consAddress, validator) {
    for (const hooks of listeners) hooks.afterValidatorBonded?.(ctx, consAddress, validator)
  },
  afterValidatorBeginUnbonding(ctx, consAddress, validator) {
    for (const hooks of listeners) hooks.afterValidatorBeginUnbonding?.(ctx, consAddress, validator)
  },
  beforeDelegationCreated(ctx, delegator, validator) {
    for (const hooks of listeners) hooks.beforeDelegationCreated?.(ctx, delegator, validator)
  },
  beforeDelegationSharesModified(ctx, delegator, validator) {
    for (const hooks of listeners) hooks.beforeDelegationSharesModified?.(ctx, delegator, validator)
  },
  beforeDelegationRemoved(ctx, delegator, validator) {
    for (const hooks of listeners) hooks.beforeDelegationRemoved?.(ctx, delegator, validator)
  },
  afterDelegationModified(ctx, delegator, validator) {
    for (const hooks of listeners) hooks.afterDelegationModified?.(ctx, delegator, validator)
  },
  beforeValidatorSlashed(ctx, validator, fraction) {
    for (const hooks of listeners) hooks.beforeValidatorSlashed?.(ctx, validator, fraction)
  },
  afterUnbondingInitiated(ctx, id) {
    for (const hooks of listeners) hooks.afterUnbondingInitiated?.(ctx, id)
  },
})
