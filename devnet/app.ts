// The lists of modules: what a chain of ours is made of, in which order its hooks run, and which module
// accounts it has.
import { create, createRegistry, type JsonValue } from '@bufbuild/protobuf'
import {
  type AddressCodec,
  type AnteStep,
  type App,
  type AppOptions,
  addressCodec,
  chainSettings,
  createApp,
  type Module,
  type ModuleAccounts,
  type SignatureVerifier,
} from '../chain/module.ts'
import { toJson } from '../chain/runtime/json.ts'
import type { Disk } from '../chain/store/kv.ts'
import type { UpgradeHandler } from '../modules/upgrade/keeper.ts'
import { BASE_ACCOUNTS, baseParts } from './profiles/base.ts'
import { SDK_ACCOUNTS, sdkParts } from './profiles/sdk.ts'
import { verifyCurve } from './verify/curves.ts'
import { VERSION } from './version.ts'

/** `sdk`: the modules of a plain Cosmos SDK chain; `base`: accounts, coins and parameters only. */
export type Profile = 'sdk' | 'base'

/** What a list of modules brings to an application. */
export type Parts = Pick<
  AppOptions,
  'modules' | 'ante' | 'consensusParams' | 'order' | 'router' | 'storeUpgrades'
>

export type PartsOptions = {
  /** Base denomination of the default genesis. */
  denom: string
  extraModules: readonly Module[]
  /** The app that the parts become; known when its genesis is read. */
  app(): App
  upgradeHandlers?: Readonly<Record<string, UpgradeHandler>> | undefined
  /** Steps of modules of one's own, before all others of the ante handler. */
  firstSteps?: readonly AnteStep[]
  /** Whether transactions may be unordered; yes, if it is not said. */
  unorderedTxs?: boolean
}

export type ChainAppOptions = {
  profile: Profile
  disk: Disk
  prefix: string
  denom: string
  verifier: SignatureVerifier
  initialHeight?: number
  minGasPrices?: string
  pruning?: { keepRecent: number; interval: number }
  skipUnknownModules?: boolean
  /** Modules of one's own, after ours. */
  extraModules?: readonly Module[]
  upgradeHandlers?: Readonly<Record<string, UpgradeHandler>> | undefined
  onBug?: (error: unknown) => void
}

const ACCOUNTS: Record<Profile, ModuleAccounts> = { sdk: SDK_ACCOUNTS, base: BASE_ACCOUNTS }
const PARTS = { sdk: sdkParts, base: baseParts }

const settingsOf = (profile: Profile, prefix: string) =>
  chainSettings({ prefix, accounts: ACCOUNTS[profile] })

/** The application of a chain, ready for an engine. */
export const createChainApp = (options: ChainAppOptions): App => {
  const settings = settingsOf(options.profile, options.prefix)
  const parts = PARTS[options.profile](settings, {
    denom: options.denom,
    extraModules: options.extraModules ?? [],
    app: () => app,
    upgradeHandlers: options.upgradeHandlers,
  })
  const app: App = createApp({
    ...parts,
    name: 'tendril',
    version: VERSION,
    disk: options.disk,
    initialHeight: options.initialHeight,
    addresses: settings.addresses,
    verifier: options.verifier,
    verifyOther: verifyCurve,
    minGasPrices: options.minGasPrices,
    pruning: options.pruning,
    skipUnknownModules: options.skipUnknownModules,
    ...(options.onBug && { onBug: options.onBug }),
  })
  return app
}

/** The default genesis state of every module, and the address codec that belongs to it. */
export const defaultAppState = (
  profile: Profile,
  prefix: string,
  denom: string,
  extraModules: readonly Module[] = [],
): { addresses: AddressCodec; state: Record<string, JsonValue> } => {
  const app = () => {
    throw new Error('no app is made of these modules')
  }
  const { modules } = PARTS[profile](settingsOf(profile, prefix), { denom, extraModules, app })
  const types = createRegistry()
  const states = modules.flatMap(({ name, genesis }) =>
    genesis
      ? [[name, toJson(genesis.schema, create(genesis.schema, genesis.default()), types)] as const]
      : [],
  )
  return { addresses: addressCodec(prefix), state: Object.fromEntries(states) }
}
