// The one interface between an application and the engine that drives it: ABCI 2.0 (CometBFT 0.38),
// synchronous. Field names are those of proto/gen/tendermint/abci/types_pb.ts, so that each value also
// initialises that message.
import type { ConsensusParams } from '../../proto/gen/tendermint/types/params_pb.ts'
import type { Bytes } from '../bytes.ts'

export type EventAttribute = { key: string; value: string; index: boolean }
export type Event = { type: string; attributes: EventAttribute[] }

export type PublicKey = { type: 'ed25519' | 'secp256k1'; bytes: Bytes }
/** Power 0 removes the validator. */
export type ValidatorUpdate = { pubKey: PublicKey; power: bigint }

export type InfoResponse = {
  data: string
  version: string
  appVersion: bigint
  lastBlockHeight: bigint
  lastBlockAppHash: Bytes
}

export type InitChainRequest = {
  timeNs: bigint
  chainId: string
  consensusParams: ConsensusParams
  validators: ValidatorUpdate[]
  /** UTF-8 JSON. */
  appStateBytes: Bytes
  initialHeight: bigint
}
export type InitChainResponse = {
  consensusParams: ConsensusParams | undefined
  validators: ValidatorUpdate[]
  appHash: Bytes
}

export type CheckTxRequest = { tx: Bytes; type: 'new' | 'recheck' }
export type ExecTxResult = {
  code: number
  data: Bytes
  log: string
  info: string
  gasWanted: bigint
  gasUsed: bigint
  events: Event[]
  codespace: string
}
export type CheckTxResponse = ExecTxResult

/** How a validator of the last block's set took part in its commit. Flags are CometBFT's BlockIDFlag. */
export type VoteInfo = { validator: { address: Bytes; power: bigint }; blockIdFlag: 1 | 2 | 3 }
export type CommitInfo = { round: number; votes: VoteInfo[] }
export type Misbehavior = {
  type: 'duplicate vote' | 'light client attack'
  validator: { address: Bytes; power: bigint }
  height: bigint
  timeNs: bigint
  totalVotingPower: bigint
}

export type ProposalRequest = {
  height: bigint
  timeNs: bigint
  txs: Bytes[]
  maxTxBytes: bigint
  lastCommit: CommitInfo
  misbehavior: Misbehavior[]
  nextValidatorsHash: Bytes
  proposerAddress: Bytes
}
export type ProcessProposalRequest = Omit<ProposalRequest, 'maxTxBytes'> & { hash: Bytes }

export type FinalizeBlockRequest = ProcessProposalRequest
export type FinalizeBlockResponse = {
  events: Event[]
  txResults: ExecTxResult[]
  validatorUpdates: ValidatorUpdate[]
  consensusParamUpdates: ConsensusParams | undefined
  appHash: Bytes
}

export type QueryRequest = { path: string; data: Bytes; height: bigint; prove: boolean }
export type ProofOp = { type: string; key: Bytes; data: Bytes }
export type QueryResponse = {
  code: number
  log: string
  info: string
  index: bigint
  key: Bytes
  value: Bytes
  proofOps: ProofOp[] | undefined
  height: bigint
  codespace: string
}

/** Methods never throw on bad input: they answer with a code. A throw is our bug and halts the engine. */
export type Application = {
  info(): InfoResponse
  /** Throws a plain Error with a clear message if the genesis cannot be started. */
  initChain(request: InitChainRequest): InitChainResponse
  checkTx(request: CheckTxRequest): CheckTxResponse
  prepareProposal(request: ProposalRequest): { txs: Bytes[] }
  processProposal(request: ProcessProposalRequest): { accept: boolean }
  finalizeBlock(request: FinalizeBlockRequest): FinalizeBlockResponse
  /**
   * Writes the block's state to the disk given at creation. Blocks below retainHeight may be dropped; 0 keeps
   * all.
   */
  commit(): { retainHeight: bigint }
  query(request: QueryRequest): QueryResponse
}
