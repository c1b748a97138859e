// Starts and stops a development chain: the one entry that the library, the command line and the tests share.
import type { JsonValue } from '@bufbuild/protobuf'
import { appGenesisJson, type GenesisDoc } from '../chain/consensus/genesis.ts'
import { createEngine } from '../chain/consensus/node.ts'
import { timestampToNs } from '../chain/consensus/time.ts'
import { publicKeyOf } from '../chain/consensus/validator.ts'
import { createChainApp } from './app.ts'
import { type ChainNode, runChain } from './chain.ts'
import { type Clock, realClock, virtualClock } from './clock.ts'
import { type DurableDisk, openLevelDisk, openMemoryDisk } from './disk.ts'
import { openHome } from './home.ts'
import { openIndexer } from './indexer.ts'
import { blockModeOf, checkOptions, DEFAULTS, type DevnetOptions, OptionError, portsOf } from './options.ts'
import type { Servers } from './servers.ts'
import { addNodeServices } from './services.ts'
import { genesisTime, prepare, type Setup } from './setup.ts'
import { consensusAddressOf, type SimulatedValidator } from './validators.ts'
import { verifyEd25519 } from './verify/curves.ts'
import { loadSecp256k1 } from './verify/secp256k1.ts'
import { createVerifier } from './verify/verifier.ts'
import { VERSION } from './version.ts'

export type Devnet = {
  readonly chainId: string
  readonly prefix: string
  readonly denom: string
  readonly validators: number
  readonly home: string | undefined
  readonly mnemonic: string
  /** Coins of each account at genesis, in `denom`. */
  readonly balance: string
  /** Funded accounts; keys are `mnemonic` on `path`. */
  readonly accounts: readonly { index: number; path: string; address: string }[]
  /** Where the servers answer; undefined without ports. */
  readonly urls: { rpc: string; rest: string; grpc: string } | undefined
  /** What a user should know about how the chain was set up. */
  readonly notes: readonly string[]
  readonly node: ChainNode
  /**
   * A simulated validator, to be told how to misbehave: by its index, or by its operator's or its consensus
   * address as text. Throws OptionError if there is none.
   */
  validator(which: number | string): SimulatedValidator
  /** Makes `count` (1) blocks now. */
  mine(count?: number): Promise<void>
  /** Genesis of an SDK chain with the state after `height` (the latest block). */
  exportGenesis(height?: number): JsonValue
  stop(): Promise<void>
}

/**
 * Starts a chain. Throws OptionError if an option cannot be used, naming it; a port that is taken is named
 * with its flag. Resolves when the first block can be queried.
 */
export const startDevnet = async (options: DevnetOptions = {}): Promise<Devnet> => {
  checkOptions(options)
  const setup = await prepare(options)
  const home = options.home === undefined ? undefined : openHome(options.home)
  if (home && !setup.kept) home.save(setup.settings, setup.text, setup.validatorKey)
  const disk = home ? await openLevelDisk(home.data) : openMemoryDisk()
  let servers: Servers | undefined
  try {
    const node = await assemble(options, setup, disk)
    const { chainId, initialHeight } = setup.doc
    if (node.engine.blocks.height < initialHeight)
      await node.loop.mine(node.loop.mode.kind === 'instant' ? 2 : 1)
    const ports = portsOf(options)
    if (ports) {
      const { startServers } = await import('./servers.ts') // a chain without ports starts without servers
      servers = await startServers(node, ports, options.host ?? '127.0.0.1')
    }
    return describe(options, setup, node, servers, chainId)
  } catch (error) {
    await servers?.close()
    await disk.close()
    throw error
  }
}

const clockOf = (options: DevnetOptions): Clock => {
  const { clock = 'real' } = options
  return clock === 'real' ? realClock() : virtualClock(genesisTime(options), clock.stepMs ?? DEFAULTS.stepMs)
}

const PRUNING = {
  default: { keepRecent: 362_880, interval: 10 },
  everything: { keepRecent: 2, interval: 10 },
  nothing: { keepRecent: 0, interval: 0 },
}

/** A transaction that met a bug of ours has failed, and the chain lives on; somebody should hear of it. */
const warnOfBug = (error: unknown) =>
  process.emitWarning(`a transaction met a bug in Tendril: ${error instanceof Error ? error.stack : error}`)

/** Room for a burst; CometBFT's own 5,000 would refuse most of one. */
const MEMPOOL = { size: 50_000, cacheSize: 100_000 }

const assemble = async (options: DevnetOptions, setup: Setup, disk: DurableDisk): Promise<ChainNode> => {
  const { doc, validators } = setup
  const { prefix, profile, denom } = setup.settings
  const verifier = createVerifier(await loadSecp256k1(), workerPath())
  let reading = setup.replacedKeys
  const app = createChainApp({
    ...{ disk, profile, prefix, denom },
    // What a genesis transaction signs is not the simulated key that stands in it now.
    verifier: (...signed) => reading || verifier.verify(...signed),
    initialHeight: doc.initialHeight,
    pruning: PRUNING[options.pruning ?? 'default'],
    skipUnknownModules: options.skipUnknownModules ?? false,
    ...(options.minGasPrices !== undefined && { minGasPrices: options.minGasPrices }),
    ...(options.modules && { extraModules: options.modules }),
    upgradeHandlers: options.upgradeHandlers,
    onBug: options.onBug ?? warnOfBug,
  })
  const engine = createEngine({
    genesis: doc,
    app,
    disk,
    signers: validators.signerOf,
    verify: verifyEd25519,
    mempool: MEMPOOL,
  })
  reading = false
  await disk.flush()
  const node = runChain({
    genesis: doc,
    engine,
    app,
    index: openIndexer(disk, engine.blocks),
    disk,
    verifier,
    clock: clockOf(options),
    mode: blockModeOf(options),
    info: { moniker: 'tendril', version: VERSION, nodeId: nodeIdOf(validators.ordered[0]!.publicKey) },
    hasKey: (address) => validators.signerOf(address) !== undefined,
  })
  addNodeServices(node, {
    pruning: PRUNING[options.pruning ?? 'default'],
    ...(options.minGasPrices !== undefined && { minGasPrices: options.minGasPrices }),
  })
  return node
}

/** CometBFT's node id is the address of the node's key; a simulated node uses its first validator's. */
const nodeIdOf = (publicKey: Uint8Array) => Buffer.from(publicKey).toString('hex').slice(0, 40)

declare const TENDRIL_WORKER: string | undefined
/** The bundled worker beside this file; from source there is none, and signatures are verified in place. */
const workerPath = (): URL | undefined =>
  typeof TENDRIL_WORKER === 'string' ? new URL(TENDRIL_WORKER, bundleUrl()) : undefined
declare const TENDRIL_BUNDLE_URL: string | undefined
const bundleUrl = (): string => (typeof TENDRIL_BUNDLE_URL === 'string' ? TENDRIL_BUNDLE_URL : '')

const describe = (
  options: DevnetOptions,
  setup: Setup,
  node: ChainNode,
  servers: Servers | undefined,
  chainId: string,
): Devnet => {
  const { settings, accounts, notes } = setup
  const { prefix, denom, mnemonic, balance, validators } = settings
  return {
    ...{ chainId, prefix, denom, mnemonic, balance, validators, notes, node },
    home: options.home,
    urls: servers?.urls,
    accounts: accounts.map(({ index, path, address }) => ({
      index,
      path,
      address: node.app.addresses.text(address),
    })),
    validator: (which) =>
      node.validators.control(consensusAddressOf(which, node.app, setup.validators.ordered)),
    mine: (count = 1) => node.loop.mine(count),
    exportGenesis: (height) => exportOf(node, height),
    async stop() {
      await servers?.close()
      await node.stop()
    },
  }
}

/** The SDK's AppGenesis with the state after `height`; it starts at the height after that. */
const exportOf = (node: ChainNode, height?: number): JsonValue => {
  const { blocks, chainId } = node.engine
  const at = height ?? blocks.height
  const block = blocks.block(at)
  if (block === undefined)
    throw new OptionError(
      `there is no block ${at} to export: this chain has ${blocks.base} to ${blocks.height}`,
    )
  const params = blocks.consensusParams(at + 1)
  if (params === undefined) throw new OptionError(`the consensus parameters after block ${at} are not kept`)
  const validators = blocks.validators(at + 1)?.validators ?? []
  const doc: GenesisDoc = {
    timeNs: timestampToNs(block.block.header?.time),
    chainId,
    initialHeight: at + 1,
    consensusParams: params,
    validators: validators.map((validator) => ({
      address: validator.address,
      pubKey: publicKeyOf(validator),
      power: validator.votingPower,
      name: '',
    })),
    appHash: new Uint8Array(),
    appState: node.app.exportGenesis(BigInt(at)),
  }
  return appGenesisJson(doc, node.app.name, VERSION)
}

/** Exports a chain that is kept in a folder and does not run. Throws OptionError if there is none. */
export const exportHome = async (path: string, height?: number): Promise<JsonValue> => {
  const options: DevnetOptions = { home: path, blockTime: 'manual' }
  const setup = await prepare(options)
  if (!setup.kept) throw new OptionError(`${path} holds no chain: it has no config/tendril.json`)
  const disk = await openLevelDisk(openHome(path).data)
  try {
    return exportOf(await assemble(options, setup, disk), height)
  } finally {
    await disk.close()
  }
}
