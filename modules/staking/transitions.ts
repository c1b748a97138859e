// Who validates: the validators with the most stake, chosen anew at the end of each block. A validator that
// drops out unbonds for a while before its stake is free of its faults (SDK
// x/staking/keeper/val_state_change.go, validator.go).
import type { ValidatorUpdate } from '../../chain/abci/application.ts'
import { type Bytes, compareBytes, toHex } from '../../chain/bytes.ts'
import { type Ctx, coinsText, plainError, TxError } from '../../chain/module.ts'
import type { Core } from './core.ts'
import { publicKey } from './keys.ts'
import type { Pools } from './pools.ts'
import type { Redelegations } from './redelegations.ts'
import type { Registry } from './registry.ts'
import { VALIDATOR_UNBONDING, validatorKey } from './state.ts'
import { indexUnbonding, nextUnbondingId, type Unbondings } from './unbonding.ts'
import {
  BondStatus,
  consensusPower,
  isBonded,
  isUnbonding,
  potentialPower,
  type Validator,
} from './validator.ts'

const idOf = (address: Bytes): string => String.fromCharCode.apply(null, address as unknown as number[])

export const transitions = (core: Core, pools: Pools, register: Registry) => {
  const { state, addresses, hooks, powerReduction } = core

  const enqueue = (ctx: Ctx, { unbondingTimeNs, unbondingHeight, operatorText }: Validator): void => {
    const slot = [unbondingTimeNs, unbondingHeight] as const
    const before = state.validatorQueue.get(ctx, slot) ?? []
    state.validatorQueue.set(ctx, slot, [...before, operatorText])
  }
  const dequeue = (ctx: Ctx, { unbondingTimeNs, unbondingHeight, operator }: Validator): void => {
    const slot = [unbondingTimeNs, unbondingHeight] as const
    const own = idOf(operator)
    const before = state.validatorQueue.get(ctx, slot) ?? []
    const left = before.filter((text) => idOf(addresses.validator.bytes(text)) !== own)
    if (left.length === 0) state.validatorQueue.remove(ctx, slot)
    else state.validatorQueue.set(ctx, slot, left)
  }

  const bond = (ctx: Ctx, before: Validator): Validator => {
    const after = { ...before, status: BondStatus.BONDED }
    register.replace(ctx, before, after)
    dequeue(ctx, after)
    hooks.afterValidatorBonded(ctx, after.consAddress, after.operator)
    return after
  }

  /** BeginUnbondingValidator */
  const beginUnbonding = (ctx: Ctx, before: Validator): Validator => {
    if (!isBonded(before))
      throw plainError(`bad state transition bondedToUnbonding, validator: ${before.operatorText}`)
    const { unbondingTimeNs } = pools.params(ctx)
    const id = nextUnbondingId(core, ctx)
    const after = {
      ...before,
      status: BondStatus.UNBONDING,
      unbondingTimeNs: ctx.block.timeNs + unbondingTimeNs,
      unbondingHeight: ctx.block.height,
      unbondingIds: [...before.unbondingIds, id],
    }
    register.replace(ctx, before, after)
    enqueue(ctx, after)
    hooks.afterValidatorBeginUnbonding(ctx, after.consAddress, after.operator)
    indexUnbonding(core, ctx, id, validatorKey(after.operator), VALIDATOR_UNBONDING)
    hooks.afterUnbondingInitiated(ctx, id)
    return after
  }

  type LastSet = Map<string, { operator: Bytes; power: bigint }>
  type Change = { updates: ValidatorUpdate[]; totalPower: bigint; entered: bigint }
  /** Bonds the strongest validators and takes them out of `last`; what stays there is no longer bonded. */
  const bondStrongest = (ctx: Ctx, maxValidators: number, last: LastSet): Change => {
    const change: Change = { updates: [], totalPower: 0n, entered: 0n }
    let count = 0
    for (let validator of count < maxValidators ? register.byPower(ctx) : []) {
      if (validator.jailed) throw plainError('should never retrieve a jailed validator from the power store')
      if (potentialPower(validator, powerReduction) === 0n) break
      if (!isBonded(validator)) {
        validator = bond(ctx, validator)
        change.entered += validator.tokens
      }
      const id = idOf(validator.operator)
      const power = consensusPower(validator, powerReduction)
      if (last.get(id)?.power !== power) {
        change.updates.push({ pubKey: publicKey(validator.consensusPubkey), power })
        state.lastPowers.set(ctx, validator.operator, power)
      }
      last.delete(id)
      change.totalPower += power
      if (++count === maxValidators) break
    }
    return change
  }

  /** ApplyAndReturnValidatorSetUpdates: what consensus has to change. */
  const applyUpdates = (ctx: Ctx): ValidatorUpdate[] => {
    const { maxValidators } = pools.params(ctx)
    const last: LastSet = new Map()
    for (const [operator, power] of state.lastPowers.entries(ctx))
      last.set(idOf(operator), { operator, power })
    const { updates, totalPower, entered } = bondStrongest(ctx, maxValidators, last)
    let left = 0n
    for (const { operator } of [...last.values()].sort((a, b) => compareBytes(a.operator, b.operator))) {
      const before = register.validator(ctx, operator)
      if (before === undefined)
        throw plainError(`validator record not found for address: ${toHex(operator).toUpperCase()}`)
      const after = beginUnbonding(ctx, before)
      left += after.tokens
      state.lastPowers.remove(ctx, operator)
      updates.push({ pubKey: publicKey(after.consensusPubkey), power: 0n })
    }
    if (entered > left) pools.bond(ctx, entered - left)
    else if (entered < left) pools.release(ctx, left - entered)
    if (updates.length > 0) state.lastTotalPower.set(ctx, totalPower)
    state.validatorUpdates.set(ctx, updates)
    return updates
  }

  /** completeUnbondingValidator, and removal of a validator that nobody delegates to any more. */
  const completeUnbonding = (ctx: Ctx, before: Validator): void => {
    for (const id of before.unbondingIds) state.unbondingIndex.remove(ctx, id)
    const after = { ...before, status: BondStatus.UNBONDED }
    register.set(ctx, after)
    if (after.delegatorShares === 0n) register.remove(ctx, after.operator)
    dequeue(ctx, after)
  }

  /** UnbondAllMatureValidators */
  const unbondMature = (ctx: Ctx): void => {
    const { timeNs, height } = ctx.block
    const slots = [...state.validatorQueue.entries(ctx, { endInclusive: [timeNs, height] })]
    for (const [[slotTimeNs, slotHeight], operators] of slots) {
      if (slotHeight > height || slotTimeNs > timeNs) continue
      for (const text of operators) {
        const validator = register.validator(ctx, addresses.validator.bytes(text))
        if (validator === undefined)
          throw plainError('validator in the unbonding queue was not found: validator does not exist')
        if (!isUnbonding(validator))
          throw plainError('unexpected validator in unbonding queue; status was not unbonding')
        if (validator.unbondingOnHoldRefCount === 0n) completeUnbonding(ctx, validator)
      }
    }
  }

  return { applyUpdates, unbondMature, enqueue }
}
export type Transitions = ReturnType<typeof transitions>

/** BlockValidatorUpdates: the end of a block. */
export const endBlock = (
  ctx: Ctx,
  { addresses }: Core,
  { applyUpdates, unbondMature }: Transitions,
  unbondings: Unbondings,
  redelegations: Redelegations,
): ValidatorUpdate[] => {
  const updates = applyUpdates(ctx)
  unbondMature(ctx)
  for (const { delegator, operator } of unbondings.dequeue(ctx))
    skipFailure(() => {
      const paid = unbondings.complete(ctx, delegator, operator)
      ctx.emit(
        'complete_unbonding',
        ['amount', coinsText(paid)],
        ['validator', addresses.validator.text(operator)],
        ['delegator', addresses.text(delegator)],
      )
    })
  for (const { delegator, source, target } of redelegations.dequeue(ctx))
    skipFailure(() => {
      const moved = redelegations.complete(ctx, delegator, source, target)
      ctx.emit(
        'complete_redelegation',
        ['amount', coinsText(moved)],
        ['delegator', addresses.text(delegator)],
        ['source_validator', addresses.validator.text(source)],
        ['destination_validator', addresses.validator.text(target)],
      )
    })
  return updates
}

/** A pair is queued once for each of its entries, so that a later turn may find nothing left: Go goes on. */
const skipFailure = (turn: () => void): void => {
  try {
    turn()
  } catch (error) {
    if (!(error instanceof TxError)) throw error
  }
}
