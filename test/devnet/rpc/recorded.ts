// The recorded Go chain as a node: its blocks and results in a block store, what its application answered,
// and a latest block that tests move on.
import { create } from '@bufbuild/protobuf'
import type { CheckTxResponse, Event, ExecTxResult, QueryResponse } from '../../../chain/abci/application.ts'
import { fromBase64 } from '../../../chain/base64.ts'
import { type Bytes, fromHex } from '../../../chain/bytes.ts'
import type { BlockStore, MempoolTx, ProducedBlock, StoredBlock } from '../../../chain/consensus/engine.ts'
import { parseGenesis } from '../../../chain/consensus/genesis.ts'
import { parseParamsJson } from '../../../chain/consensus/params.ts'
import { decodeResults, encodeResults } from '../../../chain/consensus/results.ts'
import { parseTimeNs, timestampFromNs } from '../../../chain/consensus/time.ts'
import { parseKeyJson, validatorOf } from '../../../chain/consensus/validator.ts'
import { sha256 } from '../../../chain/hash.ts'
import { memoryDisk } from '../../../chain/store/memory.ts'
import { openIndexer } from '../../../devnet/indexer.ts'
import { type RpcNode, type RpcOptions, startRpc } from '../../../devnet/rpc/server.ts'
import { type Block, BlockSchema } from '../../../proto/gen/tendermint/types/block_pb.ts'
import {
  type BlockID,
  BlockIDSchema,
  type Commit,
  CommitSchema,
} from '../../../proto/gen/tendermint/types/types_pb.ts'
import { type ValidatorSet, ValidatorSetSchema } from '../../../proto/gen/tendermint/types/validator_pb.ts'
import { vectorText } from '../../vectors.ts'

// biome-ignore lint/suspicious/noExplicitAny: recorded JSON
type Json = any

const base64 = (text: string | null): Bytes => fromBase64(text ?? '')!
const timestamp = (text: string) => timestampFromNs(parseTimeNs(text)!)

const blockId = (json: Json): BlockID =>
  create(BlockIDSchema, {
    hash: fromHex(json.hash),
    partSetHeader: { total: json.parts.total, hash: fromHex(json.parts.hash) },
  })

const commit = (json: Json): Commit =>
  create(CommitSchema, {
    height: BigInt(json.height),
    round: json.round,
    blockId: blockId(json.block_id),
    signatures: json.signatures.map((signature: Json) => ({
      blockIdFlag: signature.block_id_flag,
      validatorAddress: fromHex(signature.validator_address),
      timestamp: timestamp(signature.timestamp),
      signature: base64(signature.signature),
    })),
  })

const block = ({ header, data, last_commit }: Json): Block =>
  create(BlockSchema, {
    header: {
      version: { block: BigInt(header.version.block), app: 0n },
      chainId: header.chain_id,
      height: BigInt(header.height),
      time: timestamp(header.time),
      lastBlockId: blockId(header.last_block_id),
      lastCommitHash: fromHex(header.last_commit_hash),
      dataHash: fromHex(header.data_hash),
      validatorsHash: fromHex(header.validators_hash),
      nextValidatorsHash: fromHex(header.next_validators_hash),
      consensusHash: fromHex(header.consensus_hash),
      appHash: fromHex(header.app_hash),
      lastResultsHash: fromHex(header.last_results_hash),
      evidenceHash: fromHex(header.evidence_hash),
      proposerAddress: fromHex(header.proposer_address),
    },
    data: { txs: data.txs.map(base64) },
    evidence: {},
    lastCommit: commit(last_commit),
  })

/** A recorded result of a transaction. */
export const txResult = (json: Json): ExecTxResult => ({
  code: json.code ?? 0,
  data: base64(json.data),
  log: json.log ?? '',
  info: json.info ?? '',
  gasWanted: BigInt(json.gas_wanted ?? 0),
  gasUsed: BigInt(json.gas_used ?? 0),
  events: (json.events ?? []) as Event[],
  codespace: json.codespace ?? '',
})

const results = (height: number, json: Json) => ({
  height,
  txResults: (json.txs_results ?? []).map(txResult),
  events: (json.finalize_block_events ?? []) as Event[],
  validatorUpdates: (json.validator_updates ?? []).map(({ pub_key, power }: Json) => ({
    pubKey: { type: 'ed25519' as const, bytes: base64(pub_key.Sum.value.ed25519) },
    power: BigInt(power ?? 0),
  })),
  consensusParamUpdates: parseParamsJson(
    { ...json.consensus_param_updates, version: { app: '0' }, abci: { vote_extensions_enable_height: '0' } },
    'update',
  ),
  appHash: base64(json.app_hash),
})

const validatorSet = (list: Json[]): ValidatorSet => {
  const validators = list.map((json) => ({
    ...validatorOf(parseKeyJson(json.pub_key, 'pub_key'), BigInt(json.voting_power)),
    proposerPriority: BigInt(json.proposer_priority),
  }))
  return create(ValidatorSetSchema, { validators, proposer: validators[0]! })
}

const heights: Json[] = vectorText('wasmd/heights.jsonl.gz')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

/** A block store that knows the recorded blocks up to `tip`. */
const recordedBlocks = (tip: () => number): BlockStore => {
  const at = (height: number) => (height <= tip() ? heights[height - 1] : undefined)
  const stored = (height: number): StoredBlock | undefined => {
    const json = at(height)
    if (json === undefined) return undefined
    const decoded = block(json.block)
    return { block: decoded, blockId: blockId(json.block_id), size: SIZES[height] ?? 0 }
  }
  return {
    base: 1,
    get height() {
      return tip()
    },
    block: stored,
    heightOf: (hash) => {
      const text = Buffer.from(hash).toString('hex').toUpperCase()
      const found = heights.findIndex((json) => json.block_id.hash === text) + 1
      return found > 0 && found <= tip() ? found : undefined
    },
    commit: (height) => {
      const json = at(height)
      return json && commit(json.signed_header.commit)
    },
    results: (height) => {
      const json = at(height)
      return json && decodeResults(height, encodeResults(results(height, json.block_results)))
    },
    txResult: (height, index) => {
      const json = at(height)
      const tx = json?.block.data.txs[index]
      return tx === undefined
        ? undefined
        : { tx: base64(tx), result: txResult(json.block_results.txs_results[index]) }
    },
    validators: (height) =>
      height >= 1 && height <= tip() + 2 && heights[height - 1]
        ? validatorSet(heights[height - 1].validators)
        : undefined,
    consensusParams: (height) =>
      height >= 1 && height <= tip() + 1
        ? parseParamsJson(heights[height - 1].consensus_params, 'params')
        : undefined,
  }
}

/** Lengths of serialised blocks that `blockchain` was recorded with. */
const SIZES: Record<number, number> = { 1: 341, 2: 590, 3: 590, 4: 590, 5: 590 }

export type RecordedNode = RpcNode & {
  /** Moves the chain on, one block at a time, telling listeners. */
  advance(height: number): void
  tip: number
  waiting: Bytes[]
  checked: (tx: Bytes) => CheckTxResponse
  queried: (path: string) => QueryResponse
}

const produced = (blocks: BlockStore, height: number): ProducedBlock => {
  const stored = blocks.block(height)!
  const txs = stored.block.data!.txs
  return { ...stored, results: blocks.results(height)!, txHashes: txs.map(sha256) }
}

/** The recorded chain with `tip` as its latest block. */
export const recordedNode = (tip: number): RecordedNode => {
  const blocks = recordedBlocks(() => node.tip)
  const listeners = new Set<(block: ProducedBlock) => void>()
  const unanswered = () => {
    throw new Error('nothing was recorded')
  }
  const mempool = {
    get count() {
      return node.waiting.length
    },
    get totalBytes() {
      return node.waiting.reduce((sum, tx) => sum + tx.length, 0)
    },
    list: (limit: number) => node.waiting.slice(0, limit).map((tx) => ({ tx })) as MempoolTx[],
  }
  const node = {
    tip,
    waiting: [] as Bytes[],
    checked: unanswered as (tx: Bytes) => CheckTxResponse,
    queried: unanswered as (path: string) => QueryResponse,
    genesis: parseGenesis(vectorText('wasmd/genesis.json.gz')),
    info: { moniker: 'node0', version: '0', nodeId: 'dfc13fcf2ca0916b4fe1bbc28a25277da5b8185e' },
    engine: { chainId: 'corpus-1', initialHeight: 1, blocks, mempool },
    app: {
      info: () => ({
        ...{ data: 'WasmApp', version: '0.61.14', appVersion: 0n, lastBlockHeight: BigInt(node.tip) },
        lastBlockAppHash: blocks.results(node.tip)!.appHash,
      }),
      query: ({ path }: { path: string }) => node.queried(path),
      checkTx: ({ tx }: { tx: Bytes }) => node.checked(tx),
    },
    saving: undefined,
    submit: async (tx: Bytes) => ({ ...node.checked(tx), hash: sha256(tx) }),
    onBlock: (listener: (block: ProducedBlock) => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    advance(height: number) {
      while (node.tip < height) {
        node.tip++
        const next = produced(blocks, node.tip)
        index.add(next)
        for (const listener of listeners) listener(next)
      }
    },
  }
  const index = openIndexer(memoryDisk(), blocks)
  return Object.assign(node, { index }) as unknown as RecordedNode
}

/** Serves a node on a free port of this machine. */
export const serve = (node: RpcNode, options: Partial<RpcOptions> = {}) =>
  startRpc(node, { host: '127.0.0.1', port: 0, ...options })
