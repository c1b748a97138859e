// Genesis in and out, in the SDK's JSON.
import { create, type JsonValue, type Registry } from '@bufbuild/protobuf'
import type { InitChainRequest, InitChainResponse, ValidatorUpdate } from '../../abci/application.ts'
import { equalBytes, fromUtf8 } from '../../bytes.ts'
import type { Ctx, View } from '../context.ts'
import type { Module } from '../definition.ts'
import { fromJson, JsonError, toJson } from '../json.ts'
import { onlyUpdates } from './block.ts'
import { blockInfo, type ChainState } from './state.ts'

export type AppState = Record<string, JsonValue>

/** Fills the state of the first block from a genesis. Throws an Error that names what cannot be started. */
export const initChain = (
  chain: ChainState,
  modules: readonly Module[],
  registry: Registry,
  skipUnknown: boolean,
  request: InitChainRequest,
): InitChainResponse => {
  if (chain.height > 0n) throw new Error(`the chain already stands at height ${chain.height}`)
  const appState = parseAppState(request.appStateBytes)
  if (!skipUnknown) refuseUnknown(appState, modules)
  const { chainId, timeNs } = request
  chain.chainId = chainId
  chain.initialHeight = request.initialHeight > 1n ? request.initialHeight : 1n
  const height = request.initialHeight > 1n ? request.initialHeight : 0n
  chain.finalize = chain.branch(blockInfo({ chainId, timeNs, height }))
  chain.check = chain.branch(blockInfo({ chainId, timeNs, height }))
  const ctx = chain.context(chain.finalize, 'genesis')
  chain.params.set(ctx, request.consensusParams)
  const states = modules.map((module) => readState(module, appState[module.name], registry))
  const updates = onlyUpdates(modules.map((module, i) => initModule(ctx, module, states[i])))
  if (updates.length > 0) expectValidators(request.validators, updates)
  const first = { chainId, timeNs, height: request.initialHeight }
  for (const state of [chain.check, chain.finalize]) state.block = { ...state.block, ...first }
  return {
    consensusParams: undefined,
    validators: updates.length > 0 ? updates : request.validators,
    appHash: chain.multistore.appHash,
  }
}

const parseAppState = (bytes: Uint8Array): AppState => {
  if (bytes.length === 0) return {}
  const state: unknown = JSON.parse(fromUtf8(bytes))
  if (typeof state !== 'object' || state === null || Array.isArray(state))
    throw new Error('genesis: app_state must be an object of module states')
  return state as AppState
}

/** A state that says nothing may belong to anybody. */
const isEmptyState = (json: JsonValue | undefined): boolean => {
  if (json === null || json === undefined || json === '') return true
  if (Array.isArray(json)) return json.length === 0
  return typeof json === 'object' && Object.values(json).every(isEmptyState)
}

const refuseUnknown = (appState: AppState, modules: readonly Module[]) => {
  const known = new Set(modules.map((module) => module.name))
  const unknown = Object.keys(appState).filter((name) => !known.has(name) && !isEmptyState(appState[name]))
  if (unknown.length === 0) return
  const names = unknown.join(', ')
  throw new Error(
    `genesis: this chain has no module ${names}; ` +
      `remove app_state.${unknown[0]} or start with --skip-unknown-modules`,
  )
}

/**
 * The module's genesis message; undefined if the file has none for it, then it starts empty, as in the SDK.
 */
const readState = (module: Module, json: JsonValue | undefined, registry: Registry) => {
  const { genesis } = module
  if (genesis === undefined || json === undefined || json === null) return undefined
  try {
    const { schema } = genesis
    const state = genesis.json ? create(schema, genesis.json.read(json)) : fromJson(schema, json, registry)
    genesis.validate?.(state)
    return state
  } catch (error) {
    if (error instanceof JsonError) throw new Error(`genesis: app_state.${module.name}.${error.message}`)
    throw error instanceof Error ? new Error(`genesis: app_state.${module.name}: ${error.message}`) : error
  }
}

/** What the module says of the validator set, if anything. */
const initModule = (ctx: Ctx, module: Module, state: ReturnType<typeof readState>): unknown =>
  state === undefined ? undefined : module.genesis!.init(ctx, state)

/** The genesis document and the modules must agree on who validates, if the document says anything. */
const expectValidators = (given: readonly ValidatorUpdate[], updates: readonly ValidatorUpdate[]) => {
  if (given.length === 0) return
  if (given.length !== updates.length)
    throw new Error(
      `genesis: ${given.length} validators in the document, but ${updates.length} in the modules' states`,
    )
  const missing = given.find(
    (a) => !updates.some((b) => a.power === b.power && equalBytes(a.pubKey.bytes, b.pubKey.bytes)),
  )
  if (missing !== undefined) throw new Error('genesis: a validator of the document is not one of the modules')
}

/** The states of all modules, in the order given. */
export const exportGenesis = (view: View, modules: readonly Module[], registry: Registry): AppState => {
  const appState: AppState = {}
  for (const { name, genesis } of modules) {
    if (genesis === undefined) continue
    const state = create(genesis.schema, genesis.export(view))
    appState[name] = genesis.json ? genesis.json.write(state) : toJson(genesis.schema, state, registry)
  }
  return appState
}
