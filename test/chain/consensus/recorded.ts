// Blocks, commits, validators and results of a Go chain as its JSON-RPC gave them, as the messages that they
// stand for.
import { createPublicKey, verify as verifyNative } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { create } from '@bufbuild/protobuf'
import type { ExecTxResult } from '../../../chain/abci/application.ts'
import { type Bytes, fromHex } from '../../../chain/bytes.ts'
import { blockIdOf } from '../../../chain/consensus/block-id.ts'
import { parseTimeNs, timestampFromNs } from '../../../chain/consensus/time.ts'
import { parseKeyJson, validatorOf } from '../../../chain/consensus/validator.ts'
import { type Block, BlockSchema } from '../../../proto/gen/tendermint/types/block_pb.ts'
import {
  type BlockID,
  type Commit,
  CommitSchema,
  type Header,
  HeaderSchema,
} from '../../../proto/gen/tendermint/types/types_pb.ts'
import {
  type Validator,
  type ValidatorSet,
  ValidatorSetSchema,
} from '../../../proto/gen/tendermint/types/validator_pb.ts'

type Json = Record<string, unknown>
type IdJson = { hash: string; parts: { total: number; hash: string } }
type CommitJson = { height: string; round: number; block_id: IdJson; signatures: SignatureJson[] }
type SignatureJson = {
  block_id_flag: number
  validator_address: string
  timestamp: string
  signature: string | null
}
type ResultJson = { code: number; data: string | null; gas_wanted: string; gas_used: string }

export type RecordedHeight = {
  height: number
  block_id: IdJson
  block: {
    header: Record<string, string> & { version: { block: string; app?: string }; last_block_id: IdJson }
    data: { txs: string[] }
    last_commit: CommitJson
  }
  commit: CommitJson
  validators: { pub_key: Json; voting_power: string; proposer_priority: string; address: string }[]
  block_results: {
    txs_results: ResultJson[] | null
    app_hash: string
    validator_updates: UpdateJson[] | null
  }
  consensus_params: Json
}
type UpdateJson = { pub_key: { Sum: { value: { ed25519: string } } }; power: string }

const VECTORS = join(__dirname, '../../vectors/consensus')

export const goVectors = () => JSON.parse(readFileSync(join(VECTORS, 'go-vectors.json'), 'utf8'))

/** All heights of the recorded chain; events and logs were left out. */
export const recordedHeights = (): RecordedHeight[] =>
  gunzipSync(readFileSync(join(VECTORS, 'recorded-heights.jsonl.gz')))
    .toString('utf8')
    .split('\n')
    .map((line) => JSON.parse(line))

export const base64 = (text: string | null | undefined): Bytes =>
  new Uint8Array(Buffer.from(text ?? '', 'base64'))

const time = (text: string) => timestampFromNs(parseTimeNs(text)!)

export const blockIdFrom = ({ hash, parts }: IdJson): BlockID =>
  blockIdOf(fromHex(hash), parts.total, fromHex(parts.hash))

export const headerFrom = (json: RecordedHeight['block']['header']): Header => {
  const hashOf = (name: string) => fromHex(json[name]!)
  return create(HeaderSchema, {
    version: { block: BigInt(json.version.block), app: BigInt(json.version.app ?? 0) },
    chainId: json.chain_id!,
    height: BigInt(json.height!),
    time: time(json.time!),
    lastBlockId: blockIdFrom(json.last_block_id),
    lastCommitHash: hashOf('last_commit_hash'),
    dataHash: hashOf('data_hash'),
    validatorsHash: hashOf('validators_hash'),
    nextValidatorsHash: hashOf('next_validators_hash'),
    consensusHash: hashOf('consensus_hash'),
    appHash: hashOf('app_hash'),
    lastResultsHash: hashOf('last_results_hash'),
    evidenceHash: hashOf('evidence_hash'),
    proposerAddress: hashOf('proposer_address'),
  })
}

export const commitFrom = ({ height, round, block_id, signatures }: CommitJson): Commit =>
  create(CommitSchema, {
    height: BigInt(height),
    round,
    blockId: blockIdFrom(block_id),
    signatures: signatures.map((entry) => ({
      blockIdFlag: entry.block_id_flag,
      validatorAddress: fromHex(entry.validator_address),
      timestamp: time(entry.timestamp),
      signature: base64(entry.signature),
    })),
  })

export const blockFrom = ({ header, data, last_commit }: RecordedHeight['block']): Block =>
  create(BlockSchema, {
    header: headerFrom(header),
    data: { txs: data.txs.map(base64) },
    evidence: {},
    lastCommit: commitFrom(last_commit),
  })

export const validatorsFrom = (json: RecordedHeight['validators']): ValidatorSet => {
  const validators: Validator[] = json.map(({ pub_key, voting_power, proposer_priority }) => ({
    ...validatorOf(parseKeyJson(pub_key, 'pub_key'), BigInt(voting_power)),
    proposerPriority: BigInt(proposer_priority),
  }))
  return create(ValidatorSetSchema, { validators, proposer: validators[0]! })
}

export const resultsFrom = ({ block_results }: RecordedHeight): ExecTxResult[] =>
  (block_results.txs_results ?? []).map(({ code, data, gas_wanted, gas_used }) => ({
    ...{ code, data: base64(data), gasWanted: BigInt(gas_wanted), gasUsed: BigInt(gas_used) },
    ...{ log: '', info: '', events: [], codespace: '' },
  }))

const SPKI_HEAD = fromHex('302a300506032b6570032100')

/** Ed25519 by the host. */
export const verifyEd25519 = (publicKey: Bytes, message: Bytes, signature: Bytes): boolean =>
  verifyNative(
    null,
    message,
    createPublicKey({ key: Buffer.concat([SPKI_HEAD, publicKey]), format: 'der', type: 'spki' }),
    signature,
  )
