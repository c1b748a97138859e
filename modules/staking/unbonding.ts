// Unbonding: stake on its way out. It stays in the pool until its time has come, so that a fault that is
// found later can still burn of it (SDK x/staking/keeper/delegation.go, Undelegate and CompleteUnbonding, and
// unbonding.go for the ids).
import type { Bytes } from '../../chain/bytes.ts'
import { addCoins, type Coins, type Ctx, coin, coins, type Dec, type View } from '../../chain/module.ts'
import type { Core } from './core.ts'
import { tolerate } from './core.ts'
import type { UnbondingDelegation, UnbondingEntry } from './delegation-record.ts'
import type { Delegations } from './delegations.ts'
import { err } from './errors.ts'
import type { Pools } from './pools.ts'
import type { Registry } from './registry.ts'
import { NOT_BONDED_POOL, UNBONDING_DELEGATION, unbondingKey } from './state.ts'
import { isBonded } from './validator.ts'

type Held = { readonly completionTimeNs: bigint; readonly onHoldRefCount: bigint }

/** Its time has come and no other module holds it back. */
export const isDue = ({ completionTimeNs, onHoldRefCount }: Held, nowNs: bigint): boolean =>
  completionTimeNs <= nowNs && onHoldRefCount <= 0n

/** The next id of an unbonding operation; the first is 1. */
export const nextUnbondingId = ({ state }: Pick<Core, 'state'>, ctx: Ctx): bigint => {
  const id = (state.unbondingId.get(ctx) ?? 0n) + 1n
  state.unbondingId.set(ctx, id)
  return id
}

/** Makes an unbonding operation findable by its id. */
export const indexUnbonding = (
  { state }: Pick<Core, 'state'>,
  ctx: Ctx,
  id: bigint,
  record: Bytes,
  kind: bigint,
): void => {
  state.unbondingIndex.set(ctx, id, record)
  state.unbondingTypes.set(ctx, id, kind)
}

/** A new unbonding joins an entry of the same height and time if there is one. */
const addEntry = (
  entries: readonly UnbondingEntry[],
  fresh: UnbondingEntry,
): { entries: UnbondingEntry[]; isNew: boolean } => {
  const same = entries.findIndex(
    ({ creationHeight, completionTimeNs }) =>
      creationHeight === fresh.creationHeight && completionTimeNs === fresh.completionTimeNs,
  )
  if (same < 0) return { entries: [...entries, fresh], isNew: true }
  const joined = entries.map((entry, i) =>
    i === same
      ? {
          ...entry,
          balance: entry.balance + fresh.balance,
          initialBalance: entry.initialBalance + fresh.balance,
        }
      : entry,
  )
  return { entries: joined, isNew: false }
}

export const unbondings = (core: Core, pools: Pools, register: Registry, delegations: Delegations) => {
  const { state, addresses, bank, hooks } = core

  const get = (view: View, delegator: Bytes, operator: Bytes): UnbondingDelegation | undefined =>
    state.unbondings.get(view, [delegator, operator])
  const set = (ctx: Ctx, value: UnbondingDelegation): void => {
    state.unbondings.set(ctx, [value.delegator, value.validator], value)
    state.unbondingsByValidator.add(ctx, [value.validator, value.delegator])
  }
  const remove = (ctx: Ctx, { delegator, validator }: UnbondingDelegation): void => {
    state.unbondings.remove(ctx, [delegator, validator])
    state.unbondingsByValidator.remove(ctx, [validator, delegator])
  }
  /** Stores what is left of an unbonding delegation; without entries nothing is. */
  const store = (ctx: Ctx, value: UnbondingDelegation): void =>
    value.entries.length === 0 ? remove(ctx, value) : set(ctx, value)

  const enqueue = (ctx: Ctx, { delegator, validator }: UnbondingDelegation, timeNs: bigint): void => {
    const before = state.unbondingQueue.get(ctx, timeNs) ?? []
    const pair = [addresses.text(delegator), addresses.validator.text(validator)]
    state.unbondingQueue.set(ctx, timeNs, [...before, pair])
  }

  const hasMaxEntries = (view: View, delegator: Bytes, operator: Bytes): boolean => {
    const entries = get(view, delegator, operator)?.entries.length ?? 0
    return entries >= pools.params(view).maxEntries
  }

  /** SetUnbondingDelegationEntry: an id is used up even if no new entry is needed. */
  const addUnbonding = (
    ctx: Ctx,
    delegator: Bytes,
    operator: Bytes,
    completionTimeNs: bigint,
    balance: bigint,
  ): UnbondingDelegation => {
    const unbondingId = nextUnbondingId(core, ctx)
    const before = get(ctx, delegator, operator)
    const { entries, isNew } = addEntry(before?.entries ?? [], {
      creationHeight: ctx.block.height,
      completionTimeNs,
      initialBalance: balance,
      balance,
      unbondingId,
      onHoldRefCount: 0n,
    })
    const after = { delegator, validator: operator, entries }
    set(ctx, after)
    if (isNew) {
      indexUnbonding(core, ctx, unbondingId, unbondingKey(delegator, operator), UNBONDING_DELEGATION)
      tolerate(() => hooks.afterUnbondingInitiated(ctx, unbondingId))
    }
    return after
  }

  const undelegate = (
    ctx: Ctx,
    delegator: Bytes,
    operator: Bytes,
    shares: Dec,
  ): { completionTimeNs: bigint; amount: bigint } => {
    const validator = register.requireValidator(ctx, operator)
    if (hasMaxEntries(ctx, delegator, operator)) throw err.maxUnbondingDelegationEntries()
    const amount = delegations.unbond(ctx, delegator, operator, shares)
    if (isBonded(validator)) pools.release(ctx, amount)
    const completionTimeNs = ctx.block.timeNs + pools.params(ctx).unbondingTimeNs
    const unbonding = addUnbonding(ctx, delegator, operator, completionTimeNs, amount)
    enqueue(ctx, unbonding, completionTimeNs)
    return { completionTimeNs, amount }
  }

  /** Pays out every entry that is due. Throws staking 26 if there is nothing between the two. */
  const complete = (ctx: Ctx, delegator: Bytes, operator: Bytes): Coins => {
    const before = get(ctx, delegator, operator)
    if (before === undefined) throw err.noUnbondingDelegation()
    const denom = pools.bondDenom(ctx)
    let paid: Coins = []
    const left = before.entries.filter((entry) => {
      if (!isDue(entry, ctx.block.timeNs)) return true
      state.unbondingIndex.remove(ctx, entry.unbondingId)
      if (entry.balance !== 0n) {
        const amount = coins(coin(denom, entry.balance))
        bank.undelegateFromModule(ctx, NOT_BONDED_POOL, delegator, amount)
        paid = addCoins(paid, amount)
      }
      return false
    })
    store(ctx, { ...before, entries: left })
    return paid
  }

  const of = function* (view: View, delegator: Bytes): IterableIterator<UnbondingDelegation> {
    for (const [, value] of state.unbondings.entries(view, { prefix: [delegator] })) yield value
  }

  return {
    get,
    set,
    remove,
    store,
    enqueue,
    undelegate,
    complete,
    of,
    delegatorUnbonding(view: View, delegator: Bytes): bigint {
      let unbonding = 0n
      for (const { entries } of of(view, delegator)) for (const { balance } of entries) unbonding += balance
      return unbonding
    },
    /** Those from one validator, by delegator. */
    fromValidator(view: View, operator: Bytes): UnbondingDelegation[] {
      const range = { prefix: [operator] as const }
      return [...state.unbondingsByValidator.keysOf(view, range)].map(([, delegator]) =>
        state.unbondings.require(view, [delegator, operator]),
      )
    },
    /** Takes out of the queue what is due; each pair as often as it was queued. */
    dequeue(ctx: Ctx): { delegator: Bytes; operator: Bytes }[] {
      const due = [...state.unbondingQueue.entries(ctx, { endInclusive: ctx.block.timeNs })]
      for (const [timeNs] of due) state.unbondingQueue.remove(ctx, timeNs)
      return due.flatMap(([, pairs]) =>
        pairs.map(([delegator, operator]) => ({
          delegator: addresses.bytes(delegator!),
          operator: addresses.validator.bytes(operator!),
        })),
      )
    },
  }
}
export type Unbondings = ReturnType<typeof unbondings>
