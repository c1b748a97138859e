// What can be asked of the chain's past: blocks, commits, results, validator sets and parameters by height,
// one read an item. A validator set is stored when it changes and at checkpoints; the sets in between follow
// by taking turns, exactly as they did when the chain lived through them. What was read lately stays decoded.
import type { Commit } from '../../proto/gen/tendermint/types/types_pb.ts'
import type { ValidatorSet } from '../../proto/gen/tendermint/types/validator_pb.ts'
import type { Bytes } from '../bytes.ts'
import type { Disk } from '../store/kv.ts'
import type { BlockResults, BlockStore, StoredBlock } from './engine.ts'
import { createLru } from './lru.ts'
import {
  type BlockRecord,
  blockKey,
  decodeBlock,
  decodeBlockRecord,
  decodeHeight,
  decodeParams,
  decodeValidators,
  heightKey,
  itemRanges,
  lastCommitIn,
  paramsKey,
  readRecord,
  resultsKey,
  txRanges,
  validatorsKey,
} from './records.ts'
import { decodeResults, decodeTxResult } from './results.ts'
import type { ChainState, KeptSet } from './state.ts'
import { rotate } from './valset.ts'

/** Memory that decoded blocks, and again results, may take. */
const CACHE_BYTES = 8 * 1024 * 1024
const CACHED_SETS = 8
const CACHED_RANGES = 4

/** A decoded block takes its bytes and some objects. */
const blockWeight = (size: number): number => size + 8192
/** Decoded results take about six times their encoding. */
const resultsWeight = (size: number): number => 6 * size + 1024

/** Where the chain ends now. `base` is the lowest height kept, 0 before the first block. */
export type Tip = { state: ChainState | undefined; base: number }

export type Blocks = {
  readonly store: BlockStore
  /** The record of a height that is kept. */
  record(height: number): BlockRecord | undefined
  /** The height under which the set, or the parameters, of a height are stored. */
  validatorsAt(height: number): number | undefined
  paramsAt(height: number): number | undefined
  /** The set of `height`, if `storedAt` is where it is stored. */
  setAt(height: number, storedAt: number): ValidatorSet
  /** Keeps what was just executed at hand. */
  remember(height: number, block: StoredBlock, results: BlockResults, resultsSize: number): void
  /** Drops what is at hand of a height. */
  forget(height: number): void
}

/** The set `turns` heights later if nothing changes; a turn at a time, as a chain takes them. */
const after = (set: ValidatorSet, turns: number): ValidatorSet => {
  for (let turn = 0; turn < turns; turn++) set = rotate(set)
  return set
}

/**
 * Reads the chain on this disk up to `tip`, which its owner moves. `seenCommit` gives the commit for the
 * latest block, which no block carries yet.
 */
export const openBlocks = (disk: Disk, tip: Tip, seenCommit: () => Commit | undefined): Blocks => {
  const decodedBlocks = createLru<StoredBlock>(CACHE_BYTES)
  const decodedResults = createLru<BlockResults>(CACHE_BYTES)
  const sets = createLru<ValidatorSet>(CACHED_SETS)
  const ranges = createLru<{ txs: Uint32Array; results: Uint32Array }>(CACHED_RANGES)

  const latest = (): number => (tip.base === 0 ? 0 : tip.state!.height)
  const nextHeight = (): number | undefined => tip.state && tip.state.height + 1
  /** The set of the latest height and the two after it, which the state holds. */
  const stateSet = (height: number): KeptSet | undefined => {
    if (tip.state === undefined) return undefined
    const { height: last, lastValidators, validators, nextValidators } = tip.state
    return [lastValidators, validators, nextValidators][height - last]
  }
  const isKept = (height: number): boolean => tip.base > 0 && height >= tip.base && height <= latest()
  const record = (height: number) =>
    isKept(height) ? decodeBlockRecord(readRecord(disk, blockKey(height))) : undefined

  const setAt = (height: number, storedAt: number): ValidatorSet => {
    const cached = sets.get(height)
    if (cached) return cached
    const before = height > storedAt ? sets.get(height - 1) : undefined
    const set = before
      ? rotate(before)
      : after(decodeValidators(readRecord(disk, validatorsKey(storedAt))), height - storedAt)
    sets.set(height, set, 1)
    return set
  }
  const validatorsAt = (height: number): number | undefined => {
    const held = stateSet(height)
    return held === undefined ? record(height)?.validatorsAt : held.storedAt
  }
  const paramsAt = (height: number): number | undefined =>
    height === nextHeight() ? tip.state?.paramsStoredAt : record(height)?.paramsAt

  const rangesAt = (height: number, block: Bytes, results: Bytes) => {
    const cached = ranges.get(height)
    if (cached) return cached
    const found = { txs: txRanges(block), results: itemRanges(results, 2) }
    ranges.set(height, found, 1)
    return found
  }

  const store: BlockStore = {
    get base() {
      return tip.base
    },
    get height() {
      return latest()
    },
    block(height) {
      const cached = isKept(height) ? decodedBlocks.get(height) : undefined
      if (cached) return cached
      const found = record(height)
      if (found === undefined) return undefined
      const { blockId, bytes } = found
      const stored = { block: decodeBlock(bytes), blockId, size: bytes.length }
      decodedBlocks.set(height, stored, blockWeight(bytes.length))
      return stored
    },
    heightOf(hash) {
      const found = disk.get(heightKey(hash))
      return found && decodeHeight(found)
    },
    commit(height) {
      if (!isKept(height)) return undefined
      if (height === latest()) return seenCommit()
      return decodedBlocks.get(height + 1)?.block.lastCommit ?? lastCommitIn(record(height + 1)!.bytes)
    },
    results(height) {
      if (!isKept(height)) return undefined
      const cached = decodedResults.get(height)
      if (cached) return cached
      const bytes = readRecord(disk, resultsKey(height))
      const results = decodeResults(height, bytes)
      decodedResults.set(height, results, resultsWeight(bytes.length))
      return results
    },
    txResult(height, index) {
      const found = record(height)
      if (found === undefined) return undefined
      const results = readRecord(disk, resultsKey(height))
      const at = rangesAt(height, found.bytes, results)
      if (index < 0 || 2 * index >= at.txs.length) return undefined
      const tx = found.bytes.subarray(at.txs[2 * index], at.txs[2 * index + 1])
      const result = decodeTxResult(results.subarray(at.results[2 * index], at.results[2 * index + 1]))
      return { tx, result }
    },
    validators(height) {
      const held = stateSet(height)
      if (held) return held.set
      const storedAt = validatorsAt(height)
      return storedAt === undefined ? undefined : setAt(height, storedAt)
    },
    consensusParams(height) {
      if (height === nextHeight()) return tip.state?.params
      const storedAt = paramsAt(height)
      return storedAt === undefined ? undefined : decodeParams(readRecord(disk, paramsKey(storedAt)))
    },
  }

  return {
    ...{ store, record, validatorsAt, paramsAt, setAt },
    remember(height, block, results, resultsSize) {
      decodedBlocks.set(height, block, blockWeight(block.size))
      decodedResults.set(height, results, resultsWeight(resultsSize))
    },
    forget(height) {
      for (const lru of [decodedBlocks, decodedResults, ranges, sets]) lru.delete(height)
    },
  }
}
