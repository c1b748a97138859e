// What upgrades leave in the store, under the keys of the SDK (cosmossdk.io/x/upgrade, types/keys.go): the
// plan, which upgrades are done, the version of every module, and for IBC what the next chain will look like
// to its clients.
import { fromBinary } from '@bufbuild/protobuf'
import {
  type Bytes,
  concatBytes,
  fromUint64BE,
  fromUtf8,
  prefixEnd,
  uint64BE,
  utf8,
} from '../../chain/bytes.ts'
import { type Ctx, errors, goBytes, type View } from '../../chain/module.ts'
import type { ReadKv } from '../../chain/store/kv.ts'
import { type Plan, PlanSchema } from '../../proto/gen/cosmos/upgrade/v1beta1/upgrade_pb.ts'

export const NAME = 'upgrade'

export const err = errors(NAME, {
  noModuleVersionFound: [2, 'module version not found'],
  noUpgradePlanFound: [3, 'upgrade plan not found'],
  noUpgradedClientFound: [4, 'upgraded client not found'],
  noUpgradedConsensusStateFound: [5, 'upgraded consensus state not found'],
  invalidSigner: [6, 'expected authority account as only signer for proposal message'],
})

/** The consensus version of each module, by name. */
export type VersionMap = Readonly<Record<string, bigint>>
const PLAN = Uint8Array.of(0)
const DONE = Uint8Array.of(1)
const VERSION = Uint8Array.of(2)
const PROTOCOL = Uint8Array.of(3)
const MARK = Uint8Array.of(1)

const ibcKey = (height: bigint, what: string): Bytes => utf8(`upgradedIBCState/${height}/${what}`)
const clientKey = (height: bigint) => ibcKey(height, 'upgradedClient')
const consensusKey = (height: bigint) => ibcKey(height, 'upgradedConsState')

const byName = (a: readonly [string, bigint], b: readonly [string, bigint]): number => (a[0] < b[0] ? -1 : 1)

/** The plan in a store; undefined if none is scheduled. */
export const planIn = (store: Pick<ReadKv, 'get'>): Plan | undefined => {
  const bytes = store.get(PLAN)
  return bytes && fromBinary(PlanSchema, bytes)
}

const below = (view: View, prefix: Bytes, reverse = false) =>
  view.store(NAME).iterate(prefix, prefixEnd(prefix), reverse)

/** Of a done upgrade: its name and the height at which it happened. */
const readDone = (key: Bytes) => ({ name: fromUtf8(key.subarray(9)), height: fromUint64BE(key, 1) })

export const plan = {
  get: (view: View): Plan | undefined => planIn(view.store(NAME)),
  set: (ctx: Ctx, value: Plan): void => ctx.store(NAME).set(PLAN, goBytes(PlanSchema, value)),
  remove: (ctx: Ctx): void => ctx.store(NAME).delete(PLAN),
}

export const done = {
  set: (ctx: Ctx, name: string): void =>
    ctx.store(NAME).set(concatBytes(DONE, uint64BE(ctx.block.height), utf8(name)), MARK),
  /** 0 if there was no such upgrade. */
  height(view: View, name: string): bigint {
    for (const [key] of below(view, DONE)) {
      const found = readDone(key)
      if (found.name === name) return found.height
    }
    return 0n
  },
  last(view: View): string | undefined {
    const { done: isOver, value } = below(view, DONE, true).next()
    return isOver ? undefined : readDone(value[0]).name
  },
}

export const versions = {
  *entries(view: View): IterableIterator<readonly [name: string, version: bigint]> {
    for (const [key, value] of below(view, VERSION)) yield [fromUtf8(key.subarray(1)), fromUint64BE(value)]
  },
  set(ctx: Ctx, map: VersionMap): void {
    const kv = ctx.store(NAME)
    for (const [name, version] of Object.entries(map).sort(byName))
      kv.set(concatBytes(VERSION, utf8(name)), uint64BE(version))
  },
}

/** How many upgrades the chain has been through. */
export const protocolVersion = {
  get(view: View): bigint {
    const kv = view.store(NAME)
    return kv.has(PROTOCOL) ? fromUint64BE(kv.get(PROTOCOL)!) : 0n
  },
  set: (ctx: Ctx, version: bigint): void => ctx.store(NAME).set(PROTOCOL, uint64BE(version)),
}

/** By the height of the plan: packed client state and consensus state of the chain after the upgrade. */
export const upgraded = {
  client: (view: View, height: bigint): Bytes | undefined => view.store(NAME).get(clientKey(height)),
  setClient: (ctx: Ctx, height: bigint, client: Bytes): void =>
    ctx.store(NAME).set(clientKey(height), client),
  consensusState: (view: View, height: bigint): Bytes | undefined =>
    view.store(NAME).get(consensusKey(height)),
  setConsensusState: (ctx: Ctx, height: bigint, state: Bytes): void =>
    ctx.store(NAME).set(consensusKey(height), state),
  clear(ctx: Ctx, height: bigint): void {
    ctx.store(NAME).delete(clientKey(height))
    ctx.store(NAME).delete(consensusKey(height))
  },
}
