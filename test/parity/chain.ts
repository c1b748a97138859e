// The application that replays the recorded wasmd chain: our sdk profile, and stand-ins for the modules of
// that chain which are not here, so that their stores are mounted and their part of the app hash is there.
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { concatBytes, fromUint64BE, toHex, uint64BE } from '../../chain/bytes.ts'
import { type AnteStep, type App, chainSettings, createApp, defineModule } from '../../chain/module.ts'
import { memoryDisk } from '../../chain/store/memory.ts'
import { openMultiStore } from '../../chain/store/multistore.ts'
import { SDK_ACCOUNTS, sdkParts } from '../../devnet/profiles/sdk.ts'
import { type Recording, readRecording } from './recording.ts'
import { type Replay, type ReplayOptions, replay, replaySteps, scribe } from './replay.ts'

/** Modules of wasmd that are not here yet, with their stores. */
const FOREIGN: Record<string, string[]> = {
  '07-tendermint': [],
  ibc: ['ibc'],
  group: ['group'],
  interchainaccounts: ['icacontroller', 'icahost'],
  nft: ['nft'],
  transfer: ['transfer'],
  wasm: ['wasm'],
}

/** Key of the wasm store (TXCounterPrefix). */
const TX_COUNTER = new Uint8Array([8])

/** wasmd counts the transactions of a block in its own store, and each pays for that; simulations do not. */
const countTx: AnteStep = (ctx) => {
  if (ctx.mode === 'simulate') return
  const store = ctx.store('wasm')
  const last = store.get(TX_COUNTER)
  const { height } = ctx.block
  const counter =
    last !== undefined && fromUint64BE(last) === height
      ? new DataView(last.buffer, last.byteOffset).getUint32(8)
      : 0
  const value = concatBytes(uint64BE(height), new Uint8Array(4))
  new DataView(value.buffer).setUint32(8, counter + 1)
  store.set(TX_COUNTER, value)
}

/**
 * The application at its genesis, with what a replay needs; `missing` names the modules that stand-ins are
 * there for.
 */
export const openRecording = (
  recording: Recording = readRecording(),
): ReplayOptions & { missing: string[] } => {
  const settings = chainSettings({
    prefix: 'wasm',
    accounts: { ...SDK_ACCOUNTS, transfer: ['minter', 'burner'], interchainaccounts: [], wasm: ['burner'] },
  })
  const writer = scribe()
  const own = sdkParts(settings, { denom: 'stake', extraModules: [], app: () => app }).modules.map(
    ({ name }) => name,
  )
  const missing = Object.entries(FOREIGN).filter(([name]) => !own.includes(name))
  const standIns = missing.map(([name, stores]) => defineModule({ name, stores }))
  let store: ReturnType<typeof openMultiStore> | undefined
  const parts = sdkParts(settings, {
    denom: 'stake',
    extraModules: standIns,
    app: () => app,
    firstSteps: [countTx],
    unorderedTxs: false,
  })
  const app: App = createApp({
    ...parts,
    modules: [...parts.modules, writer.module],
    name: 'WasmApp',
    version: '0.61.14',
    disk: memoryDisk(),
    initialHeight: recording.heights[0]!.height,
    addresses: settings.addresses,
    verifier: (publicKey, message, signature) =>
      secp256k1.verify(signature, message, publicKey, { lowS: true }),
    minGasPrices: '0.001stake',
    skipUnknownModules: true,
    openStore: (options) => (store = openMultiStore(options)),
  })
  const rootOf = (name: string): string => {
    const info = store?.commitInfo(store.version)
    const found = info?.storeInfos.find((entry) => entry.name === name)
    return found?.commitId === undefined ? 'none' : toHex(found.commitId.hash)
  }
  const stores = [...recording.roots[0]!.keys()]
  const foreign = missing.flatMap(([, names]) => names)
  const names = missing.map(([name]) => name)
  return { app, recording, scribe: writer, stores, foreign, rootOf, missing: names }
}

export const replayRecording = (until?: number): Replay & { recording: Recording } => {
  const options = openRecording()
  return { ...replay({ ...options, until }), recording: options.recording }
}

/** Replays a recording of any wasmd chain; the app is left after the last block. */
export const replayChain = (
  recording: Recording,
  onBlock: (app: App, height: number) => void = () => undefined,
): Replay & { app: App } => {
  const options = openRecording(recording)
  const steps = replaySteps(options)
  for (;;) {
    const step = steps.next()
    if (step.done) return { ...step.value, app: options.app }
    onBlock(options.app, step.value)
  }
}
