// The embedded engine: one block at a time, all validators simulated, every hash and signature real.
import type { Block } from '../../proto/gen/tendermint/types/block_pb.ts'
import type { Evidence } from '../../proto/gen/tendermint/types/evidence_pb.ts'
import type { ConsensusParams } from '../../proto/gen/tendermint/types/params_pb.ts'
import type { BlockID, Commit } from '../../proto/gen/tendermint/types/types_pb.ts'
import type { ValidatorSet } from '../../proto/gen/tendermint/types/validator_pb.ts'
import type {
  Application,
  CheckTxResponse,
  Event,
  ExecTxResult,
  ValidatorUpdate,
} from '../abci/application.ts'
import type { Bytes } from '../bytes.ts'

/** Heights are numbers in the engine and outside the core, bigints in messages, ABCI and modules. */
export type StoredBlock = {
  block: Block
  blockId: BlockID
  /** Length of the serialised block in bytes. */
  size: number
}
export type BlockResults = {
  height: number
  txResults: ExecTxResult[]
  events: Event[]
  validatorUpdates: ValidatorUpdate[]
  consensusParamUpdates: ConsensusParams | undefined
  appHash: Bytes
}

/** What the chain remembers about its blocks; everything is undefined for a height that is not kept. */
export type BlockStore = {
  /** Lowest and highest height kept; 0 before the first block. */
  readonly base: number
  readonly height: number
  block(height: number): StoredBlock | undefined
  heightOf(blockHash: Bytes): number | undefined
  /** The commit that the next block carries; for the latest height the commit seen. */
  commit(height: number): Commit | undefined
  results(height: number): BlockResults | undefined
  /** One tx and its result, without decoding the others of the block. */
  txResult(height: number, index: number): { tx: Bytes; result: ExecTxResult } | undefined
  /** The set that signs `height`; known up to the latest height + 2. */
  validators(height: number): ValidatorSet | undefined
  /** The parameters in force at `height`; known up to the latest height + 1. */
  consensusParams(height: number): ConsensusParams | undefined
}

export type MempoolTx = { tx: Bytes; hash: Bytes; gasWanted: bigint; height: number }
export type Mempool = {
  readonly count: number
  readonly totalBytes: number
  /** Oldest first. */
  list(limit: number): MempoolTx[]
  has(hash: Bytes): boolean
  /**
   * Asks the application and keeps the tx if it accepts. Throws MempoolError if the tx cannot even be asked
   * for.
   */
  add(tx: Bytes): CheckTxResponse & { hash: Bytes }
  remove(hash: Bytes): boolean
  flush(): void
}

/** Reasons of CometBFT's mempool, with its wording: in cache, too large, full. */
export class MempoolError extends Error {}

/** An ed25519 key of a simulated validator. */
export type Signer = { readonly publicKey: Bytes; sign(message: Bytes): Bytes }

export type ProduceOptions = {
  /**
   * The new block's time; it must be later than the last block's. At the initial height the genesis time
   * rules.
   */
  timeNs: bigint
  /** Validators (20-byte address) that do not sign the new block. */
  absent?: ((address: Bytes) => boolean) | undefined
  /**
   * How many nanoseconds later than the others a validator signed the last block; 0 or more. It stands in
   * the commit that the new block carries.
   */
  lateNs?: ((address: Bytes) => bigint) | undefined
  /** Goes into the block with the evidence that `addEvidence` took; it is checked in the same way. */
  evidence?: Evidence[]
}
/** `txHashes[i]` is SHA-256 of `block.data.txs[i]`. */
export type ProducedBlock = StoredBlock & { results: BlockResults; txHashes: Bytes[] }

/** Evidence that does not prove what it says, is too old or was committed before. */
export class EvidenceError extends Error {}

export type Engine = {
  readonly chainId: string
  readonly initialHeight: number
  readonly app: Application
  readonly blocks: BlockStore
  readonly mempool: Mempool
  /**
   * Proposes, votes, executes and commits the next block and writes all of it to the disk given at creation.
   */
  produce(options: ProduceOptions): ProducedBlock
  /**
   * Checks evidence and keeps it for the next block. Throws EvidenceError; evidence that is waiting already
   * is ignored.
   */
  addEvidence(evidence: Evidence): void
  /**
   * Lets a validator sign the last block and one that nobody made; returns the evidence, for `addEvidence`.
   */
  doubleSign(address: Bytes): Evidence
  /**
   * Makes `height` the latest block again and forgets what came after it, the mempool too. The application
   * must be taken back to the same height by its owner. Throws if the block is not kept.
   */
  rollback(height: number): void
}
