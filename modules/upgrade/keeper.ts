// Upgrades as other modules see them: a plan names a height and a handler; at that height code without the
// handler stops and code with it runs it, once (cosmossdk.io/x/upgrade/keeper). Whether a handler is there is
// a matter of the code and not of the state: that is what an upgrade is.
import type { Bytes } from '../../chain/bytes.ts'
import {
  type ChainSettings,
  type Ctx,
  type StoreUpgradePlan,
  type StoreUpgrades,
  sdk,
  type View,
} from '../../chain/module.ts'
import { ZERO_TIME_SECONDS } from '../../chain/time.ts'
import type { Plan } from '../../proto/gen/cosmos/upgrade/v1beta1/upgrade_pb.ts'
import { done, NAME, plan, planIn, protocolVersion, upgraded, type VersionMap, versions } from './state.ts'

export type UpgradeHandler = {
  /** What it does to the stores of the chain, before it runs. */
  readonly stores?: StoreUpgrades
  /**
   * Brings the state to the new code; returns the versions that its modules have now. Throws to stop the
   * chain.
   */
  run(ctx: Ctx, from: VersionMap, plan: Plan): VersionMap
}

export type UpgradeOptions = {
  /** Consensus versions of the chain's modules: what a new chain begins with. */
  readonly versions: VersionMap
  /** By the name of the plan. */
  readonly handlers?: Readonly<Record<string, UpgradeHandler>>
  /** Heights at which a plan is dropped and not carried out. */
  readonly skipHeights?: readonly bigint[]
  /**
   * Told when a plan is due for which there is no handler, before the chain stops (Go writes
   * upgrade-info.json then).
   */
  readonly onNeeded?: (plan: { name: string; height: bigint; info: string }) => void
}

export type Upgrade = {
  readonly authority: string
  readonly options: UpgradeOptions
  hasHandler(name: string): boolean
  /** ScheduleUpgrade: takes the place of an earlier plan. Throws sdk 18. */
  schedule(ctx: Ctx, plan: Plan): void
  /** GetUpgradePlan; undefined where Go returns ErrNoUpgradePlanFound. */
  plan(view: View): Plan | undefined
  /** ClearUpgradePlan */
  clearPlan(ctx: Ctx): void
  /** ApplyUpgrade: runs the plan's handler, which must be there. */
  apply(ctx: Ctx, plan: Plan): void
  /** GetModuleVersionMap */
  versions(view: View): VersionMap
  /** GetUpgradedClient: packed; undefined where Go returns ErrNoUpgradedClientFound. */
  upgradedClient(view: View, height: bigint): Bytes | undefined
  setUpgradedClient(ctx: Ctx, height: bigint, client: Bytes): void
  /** GetUpgradedConsensusState: packed; undefined where Go returns ErrNoUpgradedConsensusStateFound. */
  upgradedConsensusState(view: View, height: bigint): Bytes | undefined
  setUpgradedConsensusState(ctx: Ctx, height: bigint, state: Bytes): void
  /** ClearIBCState */
  clearIbcState(ctx: Ctx, height: bigint): void
  /**
   * To be given to createApp: stores change before the block of an upgrade that this code has a handler for.
   */
  readonly storeUpgrades: StoreUpgradePlan
}

/** ValidateBasic of a plan. Throws sdk 18. */
export const checkPlan = ({ name, height, time, upgradedClientState }: Plan): void => {
  if (time !== undefined && (time.seconds !== ZERO_TIME_SECONDS || time.nanos !== 0))
    throw sdk.invalidRequest('time-based upgrades have been deprecated in the SDK')
  if (upgradedClientState !== undefined)
    throw sdk.invalidRequest('upgrade logic for IBC has been moved to the IBC module')
  if (name === '') throw sdk.invalidRequest('name cannot be empty')
  if (height <= 0n) throw sdk.invalidRequest('height must be greater than 0')
}

export const isDue = (plan: Plan, height: bigint): boolean => plan.height > 0n && plan.height <= height

export const upgradeKeeper = (
  { authority }: Pick<ChainSettings, 'authority'>,
  options: UpgradeOptions,
): Upgrade => {
  const { handlers = {} } = options
  const handlerOf = (name: string): UpgradeHandler | undefined =>
    Object.hasOwn(handlers, name) ? handlers[name] : undefined

  const clearPlan = (ctx: Ctx): void => {
    const old = plan.get(ctx)
    if (old === undefined) return
    upgraded.clear(ctx, old.height)
    plan.remove(ctx)
  }
  const versionMap = (view: View): VersionMap => Object.fromEntries(versions.entries(view))

  return {
    ...{ authority, options, clearPlan, plan: plan.get, versions: versionMap },
    hasHandler: (name) => handlerOf(name) !== undefined,

    schedule(ctx, wanted) {
      checkPlan(wanted)
      if (wanted.height < ctx.block.height)
        throw sdk.invalidRequest('upgrade cannot be scheduled in the past')
      if (done.height(ctx, wanted.name) !== 0n)
        throw sdk.invalidRequest(`upgrade with name ${wanted.name} has already been completed`)
      const old = plan.get(ctx)
      if (old !== undefined) upgraded.clear(ctx, old.height)
      plan.set(ctx, wanted)
    },

    apply(ctx, due) {
      const handler = handlerOf(due.name)
      if (handler === undefined) throw new Error(`no handler for upgrade ${due.name}: ask hasHandler first`)
      versions.set(ctx, handler.run(ctx, versionMap(ctx), due))
      protocolVersion.set(ctx, protocolVersion.get(ctx) + 1n)
      upgraded.clear(ctx, due.height)
      clearPlan(ctx)
      done.set(ctx, due.name)
    },

    upgradedClient: upgraded.client,
    setUpgradedClient: upgraded.setClient,
    upgradedConsensusState: upgraded.consensusState,
    setUpgradedConsensusState: upgraded.setConsensusState,
    clearIbcState: upgraded.clear,

    storeUpgrades(read, next) {
      const store = read(NAME)
      const due = store && planIn(store)
      if (due === undefined || !isDue(due, next) || options.skipHeights?.includes(next)) return undefined
      return handlerOf(due.name)?.stores
    },
  }
}
