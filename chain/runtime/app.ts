// The application: a chain as one synchronous function of blocks behind ABCI (the SDK's baseapp).
import type { DescService, JsonValue, Registry } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import type { Application, Event } from '../abci/application.ts'
import type { Bytes } from '../bytes.ts'
import type { Disk } from '../store/kv.ts'
import type { AddressCodec } from './address.ts'
import type { AnteFactory, SignatureCheck, SignatureVerifier } from './ante.ts'
import type { View } from './context.ts'
import type { Module } from './definition.ts'
import type { ConsensusParamsStore } from './params.ts'
import type { QueryRoutes } from './service.ts'

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
  /** Runs a transaction without its signatures on a scratch branch of the check state. Throws TxError. */
  simulate(tx: Bytes): Simulated
  /** What must be verified before this transaction can pass, as the check state has its signers; none if it is malformed. */
  signatureChecks(tx: Bytes): SignatureCheck[]
  /** Genesis JSON by module, in the SDK's shape. */
  exportGenesis(height?: bigint): Record<string, JsonValue>
  /** The state after `height` (default: the last committed block), for tests and tools. */
  view(height?: bigint): View
  /** Names (`bank/supplyIsSumOfBalances`) of invariants that do not hold now. */
  brokenInvariants(): string[]
}

export type AppOptions = {
  name: string
  version: string
  modules: readonly Module[]
  disk: Disk
  /** Needed before the first block of a chain that does not begin at 1. */
  initialHeight?: number
  addresses: AddressCodec
  ante: AnteFactory
  verifier: SignatureVerifier
  /** Where x/consensus keeps the parameters. */
  consensusParams: ConsensusParamsStore
  /** `0.025stake`, as in app.toml; empty accepts any fee. */
  minGasPrices?: string
  pruning?: { keepRecent: number; interval: number }
  /** Names of modules; those not named come after the named ones, in the order of `modules`. */
  order?: {
    initGenesis?: readonly string[]
    exportGenesis?: readonly string[]
    preBlock?: readonly string[]
    beginBlock?: readonly string[]
    endBlock?: readonly string[]
  }
  /** Go on without the modules that the genesis has and this chain has not. */
  skipUnknownModules?: boolean
  /** Told about bugs of ours that a transaction survived. */
  onBug?: (error: unknown) => void
}

export const createApp = (_options: AppOptions): App => {
  throw new Error('createApp: not built yet')
}
