// Redelegations: stake that moved from one validator to another. The record stays for an unbonding period,
// since a fault of the source before the move is still paid for by the stake that moved (SDK
// x/staking/keeper/delegation.go).
import { type Bytes, equalBytes } from '../../chain/bytes.ts'
import {
  addCoins,
  assert,
  type Coins,
  type Ctx,
  coin,
  coins,
  type Dec,
  type View,
} from '../../chain/module.ts'
import { ZERO_TIME_SECONDS } from '../../chain/time.ts'
import { type Core, tolerate } from './core.ts'
import type { Redelegation } from './delegation-record.ts'
import type { Delegations } from './delegations.ts'
import { err } from './errors.ts'
import type { Pools } from './pools.ts'
import type { Registry } from './registry.ts'
import { REDELEGATION, redelegationKey } from './state.ts'
import { indexUnbonding, isDue, nextUnbondingId } from './unbonding.ts'
import { isBonded, isUnbonded } from './validator.ts'

/** Go's zero time in unix nanoseconds: what a redelegation that is complete at once answers. */
export const ZERO_TIME_NS = ZERO_TIME_SECONDS * 1_000_000_000n

export const redelegations = (core: Core, pools: Pools, register: Registry, delegations: Delegations) => {
  const { state, addresses, hooks } = core

  const get = (view: View, delegator: Bytes, source: Bytes, target: Bytes): Redelegation | undefined =>
    state.redelegations.get(view, [delegator, source, target])
  const set = (ctx: Ctx, value: Redelegation): void => {
    const { delegator, source, target } = value
    state.redelegations.set(ctx, [delegator, source, target], value)
    state.redelegationsBySource.add(ctx, [source, delegator, target])
    state.redelegationsByTarget.add(ctx, [target, delegator, source])
  }
  const remove = (ctx: Ctx, { delegator, source, target }: Redelegation): void => {
    state.redelegations.remove(ctx, [delegator, source, target])
    state.redelegationsBySource.remove(ctx, [source, delegator, target])
    state.redelegationsByTarget.remove(ctx, [target, delegator, source])
  }
  /** Stores what is left of a redelegation; without entries nothing is. */
  const store = (ctx: Ctx, value: Redelegation): void =>
    value.entries.length === 0 ? remove(ctx, value) : set(ctx, value)

  const enqueue = (ctx: Ctx, { delegator, source, target }: Redelegation, timeNs: bigint): void => {
    const before = state.redelegationQueue.get(ctx, timeNs) ?? []
    const triplet = [
      addresses.text(delegator),
      addresses.validator.text(source),
      addresses.validator.text(target),
    ]
    state.redelegationQueue.set(ctx, timeNs, [...before, triplet])
  }

  /** Whether stake of this delegator is still on its way to a validator. */
  const isReceiving = (view: View, delegator: Bytes, target: Bytes): boolean =>
    state.redelegationsByTarget.keysOf(view, { prefix: [target, delegator] }).next().done !== true

  const hasMaxEntries = (view: View, delegator: Bytes, source: Bytes, target: Bytes): boolean => {
    const record = get(view, delegator, source, target)
    return record !== undefined && record.entries.length >= pools.params(view).maxEntries
  }

  type Begin = { completionTimeNs: bigint; height: bigint; isCompleteNow: boolean }
  /** When stake that leaves a validator now is free of its faults. */
  const begin = (ctx: Ctx, source: Bytes): Begin => {
    const validator = register.requireValidator(ctx, source)
    const { unbondingTimeNs } = pools.params(ctx)
    if (isBonded(validator))
      return {
        completionTimeNs: ctx.block.timeNs + unbondingTimeNs,
        height: ctx.block.height,
        isCompleteNow: false,
      }
    if (isUnbonded(validator)) return { completionTimeNs: ZERO_TIME_NS, height: 0n, isCompleteNow: true }
    return {
      completionTimeNs: validator.unbondingTimeNs,
      height: validator.unbondingHeight,
      isCompleteNow: false,
    }
  }

  /** SetRedelegationEntry */
  const addRedelegation = (
    ctx: Ctx,
    key: Pick<Redelegation, 'delegator' | 'source' | 'target'>,
    { completionTimeNs, height }: Begin,
    initialBalance: bigint,
    sharesDst: Dec,
  ): Redelegation => {
    const { delegator, source, target } = key
    const unbondingId = nextUnbondingId(core, ctx)
    const before = get(ctx, delegator, source, target)
    const entry = {
      creationHeight: height,
      completionTimeNs,
      initialBalance,
      sharesDst,
      unbondingId,
      onHoldRefCount: 0n,
    }
    const after = { ...key, entries: [...(before?.entries ?? []), entry] }
    set(ctx, after)
    indexUnbonding(core, ctx, unbondingId, redelegationKey(delegator, source, target), REDELEGATION)
    tolerate(() => hooks.afterUnbondingInitiated(ctx, unbondingId))
    return after
  }

  /** BeginRedelegation: returns the completion time. */
  const redelegate = (ctx: Ctx, delegator: Bytes, source: Bytes, target: Bytes, shares: Dec): bigint => {
    if (equalBytes(source, target)) throw err.selfRedelegation()
    const to = register.validator(ctx, target)
    if (to === undefined) throw err.badRedelegationDst()
    const from = register.validator(ctx, source)
    if (from === undefined) throw err.badRedelegationSrc()
    if (isReceiving(ctx, delegator, source)) throw err.transitiveRedelegation()
    if (hasMaxEntries(ctx, delegator, source, target)) throw err.maxRedelegationEntries()
    const amount = delegations.unbond(ctx, delegator, source, shares)
    if (amount === 0n) throw err.tinyRedelegationAmount()
    const newShares = delegations.delegate(ctx, delegator, amount, from.status, to, false)
    const start = begin(ctx, source)
    if (start.isCompleteNow) return start.completionTimeNs
    const record = addRedelegation(ctx, { delegator, source, target }, start, amount, newShares)
    enqueue(ctx, record, start.completionTimeNs)
    return start.completionTimeNs
  }

  /** Forgets every entry that is due. Throws staking 28 if there is nothing between the three. */
  const complete = (ctx: Ctx, delegator: Bytes, source: Bytes, target: Bytes): Coins => {
    const before = get(ctx, delegator, source, target)
    if (before === undefined) throw err.noRedelegation()
    const denom = pools.bondDenom(ctx)
    let moved: Coins = []
    const left = before.entries.filter((entry) => {
      if (!isDue(entry, ctx.block.timeNs)) return true
      state.unbondingIndex.remove(ctx, entry.unbondingId)
      if (entry.initialBalance !== 0n) moved = addCoins(moved, coins(coin(denom, entry.initialBalance)))
      return false
    })
    store(ctx, { ...before, entries: left })
    return moved
  }

  return {
    get,
    set,
    remove,
    store,
    enqueue,
    redelegate,
    complete,
    /** Those away from one validator, by delegator. */
    fromSource(view: View, source: Bytes): Redelegation[] {
      const range = { prefix: [source] as const }
      return [...state.redelegationsBySource.keysOf(view, range)].map(([, delegator, target]) => {
        const record = get(view, delegator, source, target)
        assert(record !== undefined, 'the index of redelegations points to none')
        return record
      })
    },
    /** Takes out of the queue what is due; each triple as often as it was queued. */
    dequeue(ctx: Ctx): { delegator: Bytes; source: Bytes; target: Bytes }[] {
      const due = [...state.redelegationQueue.entries(ctx, { endInclusive: ctx.block.timeNs })]
      for (const [timeNs] of due) state.redelegationQueue.remove(ctx, timeNs)
      return due.flatMap(([, triplets]) =>
        triplets.map(([delegator, source, target]) => ({
          delegator: addresses.bytes(delegator!),
          source: addresses.validator.bytes(source!),
          target: addresses.validator.bytes(target!),
        })),
      )
    },
  }
}
export type Redelegations = ReturnType<typeof redelegations>
