// The engine: all validators of a chain in one place, deciding one block at a time. It does what a network of
// CometBFT 0.38 nodes does between two blocks, without the network: every hash and every signature is real,
// so a light client cannot tell the difference. A block takes effect in memory and on disk together, at its
// very end; until then a failure changes nothing.
import { create } from '@bufbuild/protobuf'
import { type Block, BlockSchema } from '../../proto/gen/tendermint/types/block_pb.ts'
import type { Evidence } from '../../proto/gen/tendermint/types/evidence_pb.ts'
import type { Commit } from '../../proto/gen/tendermint/types/types_pb.ts'
import type {
  Application,
  FinalizeBlockRequest,
  FinalizeBlockResponse,
  InitChainRequest,
  ProposalRequest,
} from '../abci/application.ts'
import { type Bytes, equalBytes, utf8 } from '../bytes.ts'
import type { Disk } from '../store/kv.ts'
import { blockIdFor, dataHash, encodeBlock, hashTx, maxDataBytes, txSizeInBlock } from './block.ts'
import { hashCommit, type VerifySignature } from './commit.ts'
import type { BlockResults, Engine, ProducedBlock, ProduceOptions, Signer } from './engine.ts'
import { upperHex } from './errors.ts'
import { duplicateVoteEvidence, evidenceHash, evidenceSize, misbehaviors } from './evidence.ts'
import { createEvidencePool } from './evidence-pool.ts'
import { type GenesisDoc, genesisHash } from './genesis.ts'
import { BLOCK_PROTOCOL } from './header.ts'
import { type Journal, openJournal } from './journal.ts'
import {
  createMempool,
  DEFAULT_MEMPOOL,
  type EngineMempool,
  type MempoolLimits,
  type MempoolOptions,
} from './mempool.ts'
import { consensusParamsHash } from './params.ts'
import { commitInfoOf, conflictingVotes, presentValidators, proposerOf, signCommit } from './signing.ts'
import { type ChainState, genesisState, nextState } from './state.ts'
import { formatTimeNs, timestampFromNs } from './time.ts'
import { publicKeyOf, validatorOf } from './validator.ts'
import { newValidatorSet } from './valset.ts'

/** No validator votes with a time closer to its block's than this (consensus/state.go voteTime). */
const VOTE_DELAY_NS = 1_000_000n

export type EngineParts = {
  genesis: GenesisDoc
  app: Application
  disk: Disk
  /** Who signs for a validator; undefined for one whose key nobody here has: it never votes. */
  signers: (address: Bytes) => Signer | undefined
  mempool?: Partial<MempoolOptions>
  /** ed25519 verification (ZIP-215) of evidence; without it evidence is believed to be signed. */
  verify?: VerifySignature
}

/**
 * Starts a chain on an empty disk, or continues the one on it. Throws an Error if the disk holds another
 * chain or if the application is not at the height of the last block.
 */
export const createEngine = (parts: EngineParts): Engine => {
  const { genesis, app, disk, signers } = parts
  const { chainId, initialHeight } = genesis
  let seenCommit: Commit | undefined
  const journal = openJournal(
    disk,
    () => (seenCommit ??= signCommit(chainId, state, state.timeNs + VOTE_DELAY_NS, signers)),
  )
  let state = openState(parts, journal)
  const pool = createEvidencePool(chainId, journal, () => state, parts.verify)
  const mempool = createMempool(app, { ...DEFAULT_MEMPOOL, ...parts.mempool }, limitsOf(state))

  const produce = (options: ProduceOptions): ProducedBlock => {
    const height = state.height + 1
    for (const evidence of options.evidence ?? []) pool.add(evidence)
    const isPresent = (address: Bytes) => signers(address) !== undefined && !options.absent?.(address)
    const present = presentValidators(state.validators.set, isPresent, height)
    const { round, address: proposerAddress } = proposerOf(state.validators.set, present)
    const timeNs = timeOfBlock(state, height === initialHeight, options.timeNs)
    const evidence = pool.take(state.params.evidence?.maxBytes ?? 0n)
    const proposal = {
      ...{ height: BigInt(height), timeNs, proposerAddress, lastCommit: commitInfoOf(state) },
      misbehavior: evidence.flatMap(misbehaviors),
      nextValidatorsHash: state.nextValidators.hash,
    }
    const { txs, txHashes } = chooseTxs(app, mempool, state, proposal, evidenceSize(evidence))
    const lastCommit = signCommit(chainId, state, timeNs, signers, options.lateNs)
    const block = buildBlock(chainId, state, { ...proposal, txs, txHashes, evidence, commit: lastCommit })
    const bytes = encodeBlock(block)
    const blockId = blockIdFor(block, bytes)
    const response = execute(app, { ...proposal, txs, hash: blockId.hash })

    const next = nextState(state, { block, blockId, round, signed: present }, response)
    const limits = limitsOf(next)
    const results = resultsOf(height, response)
    const finished = { stored: { block, blockId, size: bytes.length }, bytes, results }
    const prepared = journal.prepare(finished, state, next)
    const { retainHeight } = app.commit() // from here on nothing can fail
    journal.append(prepared, finished, next, Number(retainHeight))
    state = next
    seenCommit = undefined
    pool.update()
    mempool.update(txHashes, results.txResults, limits)
    return { ...finished.stored, results, txHashes }
  }

  return {
    ...{ chainId, initialHeight, app, mempool, produce },
    blocks: journal.blocks,
    addEvidence: pool.add,
    doubleSign(address) {
      const signer = signers(address)
      if (signer === undefined || state.lastValidators === undefined)
        throw new Error(`validator ${upperHex(address)} cannot sign twice: no key or no block yet`)
      const votes = conflictingVotes(chainId, state, signer)
      return duplicateVoteEvidence(votes, state.timeNs, state.lastValidators.set)
    },
    rollback(height) {
      state = journal.rollback(height)
      seenCommit = undefined
      pool.clear()
      mempool.flush()
      mempool.update([], [], limitsOf(state))
    },
  }
}

/** The state that the disk holds, or else the one that the application makes of the genesis. */
const openState = ({ genesis, app }: EngineParts, journal: Journal): ChainState => {
  const info = app.info()
  const kept = journal.load()
  const hash = genesisHash(genesis)
  const height = kept?.state.height ?? 0
  if (kept && !equalBytes(kept.genesis, hash))
    throw new Error(
      `the chain on this disk was started from another genesis than that of ${genesis.chainId}: use ` +
        'another home, or its own genesis',
    )
  if (info.lastBlockHeight !== BigInt(height))
    throw new Error(
      `the application's state is of height ${info.lastBlockHeight}, but the last block has height ` +
        `${height}: the disk is damaged`,
    )
  if (kept && !equalBytes(info.lastBlockAppHash, kept.state.appHash))
    throw new Error(
      `the application's hash after block ${height} is ${upperHex(info.lastBlockAppHash)}, but the ` +
        `block's results say ${upperHex(kept.state.appHash)}`,
    )
  if (kept) return kept.state
  const state = genesisState(genesis, info, app.initChain(initChainRequest(genesis)))
  journal.start(state, hash)
  return state
}

const initChainRequest = (genesis: GenesisDoc): InitChainRequest => {
  const validators = genesis.validators.map(({ pubKey, power }) => validatorOf(pubKey, power))
  return {
    timeNs: genesis.timeNs,
    chainId: genesis.chainId,
    consensusParams: genesis.consensusParams,
    validators: newValidatorSet(validators).validators.map((validator) => ({
      pubKey: publicKeyOf(validator),
      power: validator.votingPower,
    })),
    appStateBytes: utf8(JSON.stringify(genesis.appState)),
    initialHeight: BigInt(genesis.initialHeight),
  }
}

/** What the next block may hold, for the mempool. */
const limitsOf = ({ params, validators, height, timeNs }: ChainState): MempoolLimits => ({
  ...{ height, timeNs, maxGas: params.block?.maxGas ?? -1n },
  maxDataBytes: maxDataBytes(params.block?.maxBytes ?? -1n, 0, validators.set.validators.length),
})

const timeOfBlock = (state: ChainState, isFirst: boolean, timeNs: bigint): bigint => {
  if (isFirst) return state.timeNs
  if (timeNs <= state.timeNs)
    throw new Error(
      `block ${state.height + 1} cannot have the time ${formatTimeNs(timeNs)}: block ${state.height} ` +
        `has ${formatTimeNs(state.timeNs)}, and time must rise`,
    )
  return timeNs
}

/** The txs that the application wants of those that fit, with their hashes. */
const chooseTxs = (
  app: Application,
  mempool: EngineMempool,
  { params, validators }: ChainState,
  proposal: Omit<ProposalRequest, 'txs' | 'maxTxBytes'>,
  evidenceBytes: number,
): { txs: Bytes[]; txHashes: Bytes[] } => {
  const maxBytes = params.block?.maxBytes ?? -1n
  const room = maxDataBytes(maxBytes, evidenceBytes, validators.set.validators.length)
  const reaped = mempool.reap(maxBytes === -1n ? -1 : room)
  const known = new Map(reaped.map(({ tx, hash }) => [tx, hash]))
  const { txs } = app.prepareProposal({
    ...proposal,
    txs: reaped.map(({ tx }) => tx),
    maxTxBytes: BigInt(room),
  })
  let size = 0
  for (const tx of txs) size += txSizeInBlock(tx.length)
  if (size > room) throw new Error(`transaction data size exceeds maximum ${room}`)
  return { txs, txHashes: txs.map((tx) => known.get(tx) ?? hashTx(tx)) }
}

type BlockContent = Pick<ProposalRequest, 'height' | 'timeNs' | 'proposerAddress'> & {
  txs: Bytes[]
  txHashes: Bytes[]
  evidence: Evidence[]
  commit: Commit
}

const buildBlock = (chainId: string, state: ChainState, content: BlockContent): Block => {
  const { height, timeNs, proposerAddress, txs, txHashes, evidence, commit } = content
  return create(BlockSchema, {
    header: {
      version: { block: BLOCK_PROTOCOL, app: state.appVersion },
      ...{ chainId, height, proposerAddress },
      time: timestampFromNs(timeNs),
      lastBlockId: state.blockId,
      lastCommitHash: hashCommit(commit),
      dataHash: dataHash(txHashes),
      validatorsHash: state.validators.hash,
      nextValidatorsHash: state.nextValidators.hash,
      consensusHash: consensusParamsHash(state.params),
      appHash: state.appHash,
      lastResultsHash: state.lastResultsHash,
      evidenceHash: evidenceHash(evidence),
    },
    data: { txs },
    evidence: { evidence },
    lastCommit: commit,
  })
}

const execute = (app: Application, request: FinalizeBlockRequest): FinalizeBlockResponse => {
  if (!app.processProposal(request).accept)
    throw new Error(`the application rejected its own proposal for block ${request.height}`)
  return app.finalizeBlock(request)
}

const resultsOf = (height: number, response: FinalizeBlockResponse): BlockResults => {
  const { txResults, events, validatorUpdates, consensusParamUpdates, appHash } = response
  return { height, txResults, events, validatorUpdates, consensusParamUpdates, appHash }
}
