// How the engine's memory lies on the disk: one key an item, small own records around standard protobuf
// messages.
import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { type Block, BlockSchema } from '../../proto/gen/tendermint/types/block_pb.ts'
import { type ConsensusParams, ConsensusParamsSchema } from '../../proto/gen/tendermint/types/params_pb.ts'
import { type BlockID, type Commit, CommitSchema } from '../../proto/gen/tendermint/types/types_pb.ts'
import { type ValidatorSet, ValidatorSetSchema } from '../../proto/gen/tendermint/types/validator_pb.ts'
import { type Bytes, concatBytes, fromUint64BE, fromUtf8, uint64BE, utf8 } from '../bytes.ts'
import type { Disk } from '../store/kv.ts'
import { blockIdOf } from './block-id.ts'
import type { ChainState } from './state.ts'
import { ProtoReader, ProtoWriter } from './wire.ts'

const NO_BYTES: Bytes = new Uint8Array(0)

const keyOfHeight = (prefix: string) => {
  const head = utf8(prefix)
  return (height: number): Bytes => concatBytes(head, uint64BE(BigInt(height)))
}
const keyOfHash = (prefix: string) => {
  const head = utf8(prefix)
  return (hash: Bytes): Bytes => concatBytes(head, hash)
}

export const stateKey = utf8('engine/state')
export const genesisKey = utf8('engine/genesis')
export const blockKey = keyOfHeight('engine/b')
export const resultsKey = keyOfHeight('engine/r')
export const validatorsKey = keyOfHeight('engine/v')
export const paramsKey = keyOfHeight('engine/p')
export const heightKey = keyOfHash('engine/h')
export const evidenceKey = keyOfHash('engine/e')

export const encodeHeight = (height: number): Bytes => uint64BE(BigInt(height))
export const decodeHeight = (bytes: Bytes): number => Number(fromUint64BE(bytes))

/** What must be there, because it was written with what refers to it. Throws an Error if it is not. */
export const readRecord = (disk: Disk, key: Bytes): Bytes => {
  const value = disk.get(key)
  if (value === undefined)
    throw new Error(`the chain's database is damaged: it lacks a record of ${fromUtf8(key.subarray(0, 8))}`)
  return value
}

/** A block with what names it and where the validators and parameters of its height are stored. */
export type BlockRecord = {
  blockId: BlockID
  validatorsAt: number
  paramsAt: number
  /** tendermint.types.Block. */
  bytes: Bytes
}

export const encodeBlockRecord = ({ blockId, validatorsAt, paramsAt, bytes }: BlockRecord): Bytes => {
  const writer = new ProtoWriter(bytes.length + 128)
  writer.bytes(1, blockId.hash)
  writer.uint(2, blockId.partSetHeader?.total ?? 0)
  writer.bytes(3, blockId.partSetHeader?.hash ?? NO_BYTES)
  writer.uint(4, validatorsAt)
  writer.uint(5, paramsAt)
  writer.bytes(6, bytes)
  return writer.finish()
}

export const decodeBlockRecord = (record: Bytes): BlockRecord => {
  let [hash, partsHash, bytes] = [NO_BYTES, NO_BYTES, NO_BYTES]
  let [total, validatorsAt, paramsAt] = [0, 0, 0]
  const reader = new ProtoReader(record)
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) hash = reader.bytes()
    else if (field === 2) total = reader.uint()
    else if (field === 3) partsHash = reader.bytes()
    else if (field === 4) validatorsAt = reader.uint()
    else if (field === 5) paramsAt = reader.uint()
    else if (field === 6) bytes = reader.bytes()
    else reader.skip()
  }
  return { blockId: blockIdOf(hash, total, partsHash), validatorsAt, paramsAt, bytes }
}

export const decodeBlock = (bytes: Bytes): Block => fromBinary(BlockSchema, bytes)

/** Ranges of the items of one repeated field: start and end of item i are at 2i and 2i + 1. */
export const itemRanges = (bytes: Bytes, wanted: number, start = 0, end = bytes.length): Uint32Array => {
  const ranges: number[] = []
  const reader = new ProtoReader(bytes, start, end)
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === wanted) ranges.push(reader.skipBytes(), reader.position)
    else reader.skip()
  }
  return Uint32Array.from(ranges)
}

/** The last commit in a block's bytes, found without reading its txs. */
export const lastCommitIn = (bytes: Bytes): Commit => {
  const [start, end] = itemRanges(bytes, 4)
  return fromBinary(CommitSchema, bytes.subarray(start, end))
}

/** Where each tx lies in a block's bytes, as `itemRanges` says it. */
export const txRanges = (bytes: Bytes): Uint32Array => {
  const [start, end] = itemRanges(bytes, 2)
  return itemRanges(bytes, 1, start, end)
}

export const encodeValidators = (set: ValidatorSet): Bytes => toBinary(ValidatorSetSchema, set)
export const decodeValidators = (bytes: Bytes): ValidatorSet => fromBinary(ValidatorSetSchema, bytes)
export const encodeParams = (params: ConsensusParams): Bytes => toBinary(ConsensusParamsSchema, params)
export const decodeParams = (bytes: Bytes): ConsensusParams => fromBinary(ConsensusParamsSchema, bytes)

/** What the block records do not say about the latest height. */
export type StateRecord = Pick<
  ChainState,
  'height' | 'round' | 'signed' | 'appVersion' | 'appHash' | 'lastResultsHash'
> & { base: number; validatorsAt: number; nextValidatorsAt: number; paramsAt: number }

export const encodeStateRecord = (record: StateRecord): Bytes => {
  const writer = new ProtoWriter(160 + record.signed.length)
  writer.uint(1, record.height)
  writer.uint(2, record.base)
  writer.uint(3, record.round)
  writer.bytes(
    4,
    Uint8Array.from(record.signed, (signed) => (signed ? 1 : 0)),
  )
  writer.int64(5, record.appVersion)
  writer.bytes(6, record.appHash)
  writer.bytes(7, record.lastResultsHash)
  writer.uint(8, record.validatorsAt)
  writer.uint(9, record.nextValidatorsAt)
  writer.uint(10, record.paramsAt)
  return writer.finish()
}

export const decodeStateRecord = (bytes: Bytes): StateRecord => {
  const record: StateRecord = {
    ...{ height: 0, base: 0, round: 0, signed: [], appVersion: 0n, appHash: NO_BYTES },
    ...{ lastResultsHash: NO_BYTES, validatorsAt: 0, nextValidatorsAt: 0, paramsAt: 0 },
  }
  const reader = new ProtoReader(bytes)
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) record.height = reader.uint()
    else if (field === 2) record.base = reader.uint()
    else if (field === 3) record.round = reader.uint()
    else if (field === 4) record.signed = Array.from(reader.bytes(), (flag) => flag === 1)
    else if (field === 5) record.appVersion = reader.int64()
    else if (field === 6) record.appHash = reader.bytes()
    else if (field === 7) record.lastResultsHash = reader.bytes()
    else if (field === 8) record.validatorsAt = reader.uint()
    else if (field === 9) record.nextValidatorsAt = reader.uint()
    else if (field === 10) record.paramsAt = reader.uint()
    else reader.skip()
  }
  return record
}
