// The one list of modules: what a chain of ours is made of, in which order its hooks run, and which module accounts it has.
import { create, createRegistry, type JsonValue } from '@bufbuild/protobuf'
import {
  type AddressCodec,
  type App,
  addressCodec,
  type ChainSettings,
  chainSettings,
  createApp,
  type Module,
  type ModuleAccounts,
  type SignatureVerifier,
} from '../chain/module.ts'
import { toJson } from '../chain/runtime/json.ts'
import type { Disk } from '../chain/store/kv.ts'
import { anteHandler } from '../modules/auth/ante/ante.ts'
import { authKeeper } from '../modules/auth/keeper.ts'
import { auth } from '../modules/auth/module.ts'
import { bankKeeper } from '../modules/bank/keeper.ts'
import { bank } from '../modules/bank/module.ts'
import { consensus } from '../modules/consensus/module.ts'
import { verifyCurve } from './verify/curves.ts'
import { VERSION } from './version.ts'

export type ChainAppOptions = {
  disk: Disk
  prefix: string
  verifier: SignatureVerifier
  initialHeight?: number
  minGasPrices?: string
  pruning?: { keepRecent: number; interval: number }
  skipUnknownModules?: boolean
  /** Modules of one's own, after ours. */
  extraModules?: readonly Module[]
  onBug?: (error: unknown) => void
}

const ACCOUNTS: ModuleAccounts = { fee_collector: [], gov: ['burner'] }

const assemble = (settings: ChainSettings) => {
  const accounts = authKeeper(settings)
  const coins = bankKeeper(settings, { auth: accounts })
  const parameters = consensus(settings)
  return {
    modules: [auth(accounts), bank(coins), parameters.module],
    consensusParams: parameters.params,
    ante: anteHandler({ auth: accounts, bank: coins }),
  }
}

/** The application of a chain, ready for an engine. */
export const createChainApp = (options: ChainAppOptions): App => {
  const settings = chainSettings({ prefix: options.prefix, accounts: ACCOUNTS })
  const { modules, consensusParams, ante } = assemble(settings)
  return createApp({
    name: 'tendril',
    version: VERSION,
    modules: [...modules, ...(options.extraModules ?? [])],
    disk: options.disk,
    initialHeight: options.initialHeight,
    addresses: settings.addresses,
    ante,
    verifier: options.verifier,
    verifyOther: verifyCurve,
    consensusParams,
    minGasPrices: options.minGasPrices,
    pruning: options.pruning,
    skipUnknownModules: options.skipUnknownModules,
    ...(options.onBug && { onBug: options.onBug }),
  })
}

/** The default genesis state of every module, and the address codec that belongs to it. */
export const defaultAppState = (
  prefix: string,
  extraModules: readonly Module[] = [],
): { addresses: AddressCodec; state: Record<string, JsonValue> } => {
  const modules = [...assemble(chainSettings({ prefix, accounts: ACCOUNTS })).modules, ...extraModules]
  const types = createRegistry()
  const states = modules.flatMap(({ name, genesis }) =>
    genesis
      ? [[name, toJson(genesis.schema, create(genesis.schema, genesis.default()), types)] as const]
      : [],
  )
  return { addresses: addressCodec(prefix), state: Object.fromEntries(states) }
}
