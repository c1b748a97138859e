// The application: a chain as one synchronous function of blocks behind ABCI, put together from modules (the
// SDK's baseapp and module manager). The pages beside this one each hold one part of it.
import { create, type DescService, type JsonValue, type Message, type Registry } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import { SimulationResponseSchema } from '../../../proto/gen/cosmos/base/abci/v1beta1/abci_pb.ts'
import { EventSchema } from '../../../proto/gen/tendermint/abci/types_pb.ts'
import type { Application, Event } from '../../abci/application.ts'
import type { Bytes } from '../../bytes.ts'
import type { Disk } from '../../store/kv.ts'
import type { openMultiStore } from '../../store/multistore.ts'
import type { AddressCodec } from '../address.ts'
import type { AnteFactory, CurveVerifier, SignatureCheck, SignatureVerifier } from '../ante.ts'
import type { View } from '../context.ts'
import type { Module } from '../definition.ts'
import { GoPanic, sdk, TxError } from '../errors.ts'
import { toJsonText } from '../json.ts'
import type { ConsensusParamsStore } from '../params.ts'
import type { MessageRouter } from '../router.ts'
import type { QueryRoutes } from '../service.ts'
import { type Tx, txDecoder } from '../tx.ts'
import type { UnpackLimit } from '../unpack-limit.ts'
import { finalizeBlock } from './block.ts'
import { type Catalog, catalog, ordered } from './catalog.ts'
import { exportGenesis, initChain } from './genesis.ts'
import { execResult } from './outcome.ts'
import { selectTxs } from './proposal.ts'
import { answer, type QueryParts, serve } from './query.ts'
import { type TxRunner, txRunner } from './run.ts'
import { ChainState } from './state.ts'
import { openStores, type StoreUpgradePlan, storeNames } from './stores.ts'

export type Simulated = {
  /** As the SDK reports it: 2^64-1, since a simulation has no limit. */
  gasWanted: bigint
  gasUsed: bigint
  result: { data: Bytes; log: string; events: Event[]; msgResponses: Any[] }
}

export type App = Application & {
  readonly name: string
  readonly version: string
  /** Every message and service type that this chain knows. */
  readonly registry: Registry
  readonly msgServices: readonly DescService[]
  readonly queryServices: readonly DescService[]
  readonly addresses: AddressCodec
  /** Node-level services, answered beside the modules' own. */
  addQueries(...routes: QueryRoutes[]): void
  /** One gRPC query. Throws GrpcError or TxError. Height 0 or none is the last committed one. */
  serve(path: string, data: Bytes, height?: bigint): { value: Bytes; height: bigint }
  /**
   * Runs a transaction without its signatures on a scratch branch of the check state. Throws TxError, with
   * `gasUsed`, a bigint, beside what every TxError has.
   */
  simulate(tx: Bytes): Simulated
  /** Runs a transaction in the state that a genesis is filling. Throws the error with which it failed. */
  deliverGenesisTx(tx: Bytes): void
  /**
   * What must be verified before this transaction can pass, as the check state has its signers; none if it is
   * malformed.
   */
  signatureChecks(tx: Bytes): SignatureCheck[]
  /** Genesis JSON by module, in the SDK's shape. */
  exportGenesis(height?: bigint): Record<string, JsonValue>
  /** The state after `height`; without it, what is there now. Throws an Error if that height is not kept. */
  view(height?: bigint): View
  /**
   * Forgets the blocks after `height`, and one in the making. Throws an Error if that height is not kept.
   * Consensus must be taken back to the same height.
   */
  rollback(height: bigint): void
  /** Names (`bank/supplyIsSumOfBalances`) of invariants that do not hold now. */
  brokenInvariants(): string[]
}

export type AppOptions = {
  name: string
  version: string
  modules: readonly Module[]
  disk: Disk
  /** Needed before the first block of a chain that does not begin at 1. */
  initialHeight?: number | undefined
  addresses: AddressCodec
  ante: AnteFactory
  verifier: SignatureVerifier
  /** Keys of other curves are refused without it. */
  verifyOther?: CurveVerifier | undefined
  /** Where x/consensus keeps the parameters. */
  consensusParams: ConsensusParamsStore
  /** The router that modules were given, to be bound to their rules. */
  router?: MessageRouter | undefined
  /** `0.025stake`, as in app.toml; empty accepts any fee. */
  minGasPrices?: string | undefined
  pruning?: { keepRecent: number; interval: number } | undefined
  /** Names of modules; those not named come after the named ones, in the order of `modules`. */
  order?: {
    initGenesis?: readonly string[]
    exportGenesis?: readonly string[]
    preBlock?: readonly string[]
    beginBlock?: readonly string[]
    endBlock?: readonly string[]
  }
  /** Go on without the modules that the genesis has and this chain has not. */
  skipUnknownModules?: boolean | undefined
  /** Told about bugs of ours that a transaction survived. */
  onBug?: (error: unknown) => void
  /** Another multistore than the one on `disk`. */
  openStore?: typeof openMultiStore
  /** What an upgrade that is due with the next block does to the stores. */
  storeUpgrades?: StoreUpgradePlan | undefined
}

export const createApp = (options: AppOptions): App => {
  const types = catalog(options.modules)
  const chain = openChain(options)
  const decode = sharedDecoder(options, types)
  const onBug = options.onBug ?? (() => undefined)
  const ante = options.ante({
    registry: types.registry,
    addresses: options.addresses,
    verifier: options.verifier,
    verifyOther: options.verifyOther ?? (() => false),
    minGasPrices: options.minGasPrices ?? '',
  })
  const { addresses, consensusParams: params } = options
  const parts = { routes: types.messages, registry: types.registry, addresses, onBug }
  const routes = options.router?.bind(parts) ?? types.messages
  const run = txRunner({ decode, routes, ante, addresses, params, onBug })
  const simulate = (tx: Bytes) => simulated(run, chain, tx)
  const questions: QueryParts = {
    ...{ chain, name: options.name, version: options.version, routes: types.queries, onBug },
    volatile: volatileStores(options.modules),
    simulateJson: (raw) => simulationJson(simulate(raw), types.registry),
  }
  return {
    ...consensusSide(options, types, chain, run, decode),
    ...{ name: options.name, version: options.version, addresses, registry: types.registry },
    ...{ msgServices: types.msgServices, queryServices: types.queryServices },
    addQueries: types.addQueries,
    query: (request) => answer(questions, request),
    serve: (path, data, height = 0n) => serve(questions, path, data, height),
    simulate,
    deliverGenesisTx(raw) {
      if (chain.finalize === undefined) throw new Error('no genesis is being read')
      const { error } = run('finalize', chain.finalize, raw)
      if (error !== undefined) throw error
    },
    signatureChecks(raw) {
      try {
        return ante.signatureChecks(chain.context(chain.check, 'check'), decode(raw))
      } catch (error) {
        if (error instanceof TxError || error instanceof GoPanic) return [] // CheckTx says what is wrong
        throw error
      }
    },
    exportGenesis: (height) =>
      exportGenesis(
        viewAt(chain, height),
        ordered(options.modules, options.order?.exportGenesis),
        types.registry,
      ),
    view: (height) => viewAt(chain, height),
    rollback: (height) => chain.rollback(height),
    brokenInvariants: () => brokenInvariants(options.modules, chain.now()),
  }
}

const volatileStores = (modules: readonly Module[]) => [
  ...storeNames(modules, 'transient'),
  ...storeNames(modules, 'memory'),
]

const openChain = (options: AppOptions): ChainState => {
  const { modules, disk, consensusParams } = options
  const multistore = openStores(options)
  const [transient, memory] = [storeNames(modules, 'transient'), storeNames(modules, 'memory')]
  return new ChainState(multistore, disk, transient, memory, consensusParams)
}

/** A transaction is decoded once for as long as its bytes are held by the mempool or the block. */
const sharedDecoder = (options: AppOptions, types: Catalog) => {
  const { registry, messages } = types
  const unpack = (typeUrl: string, message: Message, limit: UnpackLimit) =>
    messages.get(typeUrl)?.unpack?.(message, limit)
  const decode = txDecoder(registry, options.addresses, (typeUrl) => messages.has(typeUrl), unpack)
  const known = new WeakMap<Bytes, Tx>()
  return (raw: Bytes): Tx => {
    let tx = known.get(raw)
    if (tx === undefined) known.set(raw, (tx = decode(raw)))
    return tx
  }
}

type ConsensusSide = Omit<Application, 'query'>

const consensusSide = (
  options: AppOptions,
  types: Catalog,
  chain: ChainState,
  run: TxRunner,
  decode: (raw: Bytes) => Tx,
): ConsensusSide => {
  const { modules, order = {} } = options
  const hooks = {
    preBlock: ordered(modules, order.preBlock),
    beginBlock: ordered(modules, order.beginBlock),
    endBlock: ordered(modules, order.endBlock),
  }
  const { multistore } = chain
  return {
    info: () => ({
      ...{ data: options.name, version: options.version, appVersion: 0n },
      ...{ lastBlockHeight: chain.height, lastBlockAppHash: multistore.appHash },
    }),
    initChain: (request) =>
      initChain(
        chain,
        ordered(modules, order.initGenesis),
        types.registry,
        options.skipUnknownModules ?? false,
        request,
      ),
    checkTx: ({ tx, type }) => execResult(run(type === 'new' ? 'check' : 'recheck', chain.check, tx)),
    prepareProposal({ txs, maxTxBytes }) {
      const maxGas = options.consensusParams.get(chain.now())?.block?.maxGas ?? 0n
      return { txs: selectTxs(txs, maxTxBytes, maxGas, decode) }
    },
    processProposal: () => ({ accept: true }),
    finalizeBlock: (request) => finalizeBlock(chain, hooks, decode, run, request),
    commit() {
      chain.commit()
      return { retainHeight: 0n }
    },
  }
}

const simulated = (run: TxRunner, chain: ChainState, tx: Bytes): Simulated => {
  const { error, gasWanted, gasUsed, data, events, responses } = run('simulate', chain.check, tx)
  if (error !== undefined) throw Object.assign(error, { gasUsed: BigInt(gasUsed) })
  return { gasWanted, gasUsed: BigInt(gasUsed), result: { data, log: '', events, msgResponses: responses } }
}

const simulationJson = ({ gasWanted, gasUsed, result }: Simulated, registry: Registry): string => {
  const events = result.events.map((event) => create(EventSchema, event))
  const response = create(SimulationResponseSchema, {
    gasInfo: { gasWanted, gasUsed },
    result: { ...result, events },
  })
  return toJsonText(SimulationResponseSchema, response, registry)
}

const viewAt = (chain: ChainState, height?: bigint): View => {
  if (height === undefined) return chain.now()
  const view = chain.at(height)
  if (view === undefined) throw sdk.notFound(`state after height ${height} is not kept`)
  return view
}

const brokenInvariants = (modules: readonly Module[], view: View): string[] =>
  modules.flatMap(({ name, invariants = {} }) =>
    Object.entries(invariants)
      .filter(([, holds]) => !holds(view))
      .map(([invariant]) => `${name}/${invariant}`),
  )
