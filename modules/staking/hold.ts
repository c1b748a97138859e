// Holds: another module may stop an unbonding operation, known by its id, and let it go on later; each stop
// needs its own release (SDK x/staking/keeper/unbonding.go).
import { type Ctx, coin, coins, type ErrorKind, type View } from '../../chain/module.ts'
import type { Entry } from '../../chain/store/kv.ts'
import type { Core } from './core.ts'
import type { Redelegation, UnbondingDelegation } from './delegation-record.ts'
import { err } from './errors.ts'
import type { Pools } from './pools.ts'
import type { Redelegations } from './redelegations.ts'
import type { Registry } from './registry.ts'
import { NAME, NOT_BONDED_POOL, REDELEGATION, UNBONDING_DELEGATION, VALIDATOR_UNBONDING } from './state.ts'
import { isDue, type Unbondings } from './unbonding.ts'
import type { Validator } from './validator.ts'

type Held = { readonly unbondingId: bigint; readonly onHoldRefCount: bigint }

const indexOf = (entries: readonly Held[], id: bigint, missing: ErrorKind): number => {
  const index = entries.findIndex(({ unbondingId }) => unbondingId === id)
  if (index < 0) throw missing()
  return index
}
/** Changes how often one entry is held. */
const hold = <E extends Held>(entries: readonly E[], index: number, by: 1n | -1n): E[] =>
  entries.map((entry, i) => (i === index ? { ...entry, onHoldRefCount: entry.onHoldRefCount + by } : entry))
const without = <E>(entries: readonly E[], index: number): E[] => entries.filter((_, i) => i !== index)

export const holds = (
  { state, bank }: Core,
  pools: Pools,
  register: Registry,
  unbondings: Unbondings,
  redelegations: Redelegations,
) => {
  /** The record in which an operation stands, by the key that the index of ids holds. */
  const find = <V>(view: View, id: bigint, decode: (entry: Entry) => V, missing: ErrorKind): V => {
    const key = state.unbondingIndex.get(view, id)
    const bytes = key === undefined ? undefined : view.store(NAME).get(key)
    if (key === undefined || bytes === undefined) throw missing()
    return decode([key, bytes])
  }
  const findUnbonding = (view: View, id: bigint): [UnbondingDelegation, number] => {
    const missing = err.noUnbondingDelegation
    const record = find(view, id, (entry) => state.unbondings.decode(entry)[1], missing)
    return [record, indexOf(record.entries, id, missing)]
  }
  const findRedelegation = (view: View, id: bigint): [Redelegation, number] => {
    const missing = err.noRedelegation
    const record = find(view, id, (entry) => state.redelegations.decode(entry)[1], missing)
    return [record, indexOf(record.entries, id, missing)]
  }
  const findValidator = (view: View, id: bigint): Validator =>
    find(view, id, (entry) => state.validators.decode(entry)[1], err.noValidatorFound)
  const kindOf = (view: View, id: bigint): bigint => {
    const kind = state.unbondingTypes.get(view, id)
    if (kind === undefined) throw err.noUnbondingType()
    return kind
  }

  const releaseUnbonding = (ctx: Ctx, id: bigint): void => {
    const [record, index] = findUnbonding(ctx, id)
    if (record.entries[index]!.onHoldRefCount <= 0n) throw notHeld(`undelegation unbondingID(${id})`)
    let entries = hold(record.entries, index, -1n)
    const entry = entries[index]!
    if (isDue(entry, ctx.block.timeNs)) {
      const denom = pools.bondDenom(ctx)
      if (entry.balance !== 0n)
        bank.undelegateFromModule(ctx, NOT_BONDED_POOL, record.delegator, coins(coin(denom, entry.balance)))
      entries = without(entries, index)
      state.unbondingIndex.remove(ctx, id)
    }
    unbondings.store(ctx, { ...record, entries })
  }
  const releaseRedelegation = (ctx: Ctx, id: bigint): void => {
    const [record, index] = findRedelegation(ctx, id)
    if (record.entries[index]!.onHoldRefCount <= 0n) throw notHeld(`redelegation unbondingID(${id})`)
    let entries = hold(record.entries, index, -1n)
    if (isDue(entries[index]!, ctx.block.timeNs)) {
      entries = without(entries, index)
      state.unbondingIndex.remove(ctx, id)
    }
    redelegations.store(ctx, { ...record, entries })
  }
  const holdValidator = (ctx: Ctx, validator: Validator, by: 1n | -1n): void => {
    if (by < 0n && validator.unbondingOnHoldRefCount <= 0n) throw notHeld(`val(${validator.operatorText})`)
    register.set(ctx, { ...validator, unbondingOnHoldRefCount: validator.unbondingOnHoldRefCount + by })
  }

  return {
    putUnbondingOnHold(ctx: Ctx, id: bigint): void {
      const kind = kindOf(ctx, id)
      if (kind === UNBONDING_DELEGATION) {
        const [record, index] = findUnbonding(ctx, id)
        unbondings.set(ctx, { ...record, entries: hold(record.entries, index, 1n) })
      } else if (kind === REDELEGATION) {
        const [record, index] = findRedelegation(ctx, id)
        redelegations.set(ctx, { ...record, entries: hold(record.entries, index, 1n) })
      } else if (kind === VALIDATOR_UNBONDING) holdValidator(ctx, findValidator(ctx, id), 1n)
      else throw err.unbondingNotFound()
    },
    unbondingCanComplete(ctx: Ctx, id: bigint): void {
      const kind = kindOf(ctx, id)
      if (kind === UNBONDING_DELEGATION) releaseUnbonding(ctx, id)
      else if (kind === REDELEGATION) releaseRedelegation(ctx, id)
      else if (kind === VALIDATOR_UNBONDING) holdValidator(ctx, findValidator(ctx, id), -1n)
      else throw err.unbondingNotFound()
    },
  }
}

const notHeld = (what: string) =>
  err.unbondingOnHoldRefCountNegative(`${what}, expecting UnbondingOnHoldRefCount > 0, got int64`)
