// What the engine keeps of its chain: blocks, results, validator sets, parameters and the state that the next block needs,
// one read an item. A validator set is stored when it changes and at checkpoints; the sets in between follow by taking turns,
// exactly as they did when the chain lived through them. What is written for a block is one batch.
import type { Commit } from '../../proto/gen/tendermint/types/types_pb.ts'
import type { ValidatorSet } from '../../proto/gen/tendermint/types/validator_pb.ts'
import type { Bytes } from '../bytes.ts'
import type { Disk, Write } from '../store/kv.ts'
import type { BlockResults, BlockStore, StoredBlock } from './engine.ts'
import { hashEvidence } from './evidence.ts'
import { createLru } from './lru.ts'
import {
  blockKey,
  decodeBlock,
  decodeBlockRecord,
  decodeHeight,
  decodeParams,
  decodeStateRecord,
  decodeValidators,
  encodeBlockRecord,
  encodeHeight,
  encodeParams,
  encodeStateRecord,
  encodeValidators,
  evidenceKey,
  genesisKey,
  heightKey,
  itemRanges,
  lastCommitIn,
  paramsKey,
  resultsKey,
  stateKey,
  txRanges,
  validatorsKey,
} from './records.ts'
import { decodeResults, decodeTxResult, encodeResults } from './results.ts'
import type { ChainState, KeptSet } from './state.ts'
import { timestampToNs } from './time.ts'
import { hashValidators, rotate } from './valset.ts'

/** Memory that decoded blocks, and again results, may take. */
const CACHE_BYTES = 8 * 1024 * 1024
const CACHED_SETS = 8
const CACHED_RANGES = 4

/** A block that was executed, with its encoding. */
export type FinishedBlock = { stored: StoredBlock; bytes: Bytes; results: BlockResults }

/** The side of the block store that the engine sees. */
export type EngineStore = {
  readonly blocks: BlockStore
  /** The state of the chain on this disk and the hash of its genesis; undefined if it holds none. */
  load(): { state: ChainState; genesis: Bytes } | undefined
  /** Makes a chain known that has no block yet; nothing is written before its first block. */
  start(state: ChainState, genesis: Bytes): void
  /** Encodes all that `append` will write, so that nothing can fail after the application committed. */
  prepare(block: FinishedBlock, before: ChainState, after: ChainState): Write[]
  /** Writes the block that `prepared` was made from and drops blocks below `retainHeight`; 0 keeps all. */
  append(prepared: Write[], block: FinishedBlock, after: ChainState, retainHeight: number): void
  /** The state after an earlier block; what came later is dropped. Throws an Error if the block is not kept. */
  rollback(height: number): ChainState
  /** Whether a block has carried the evidence with this hash. */
  hasEvidence(hash: Bytes): boolean
}

/** A decoded block takes its bytes and some objects. */
const blockWeight = (size: number): number => size + 8192
/** Decoded results take about six times their encoding. */
const resultsWeight = (size: number): number => 6 * size + 1024

/** The set `turns` heights later if nothing changes; a turn at a time, as a chain takes them. */
const after = (set: ValidatorSet, turns: number): ValidatorSet => {
  for (let turn = 0; turn < turns; turn++) set = rotate(set)
  return set
}

/**
 * Opens the store on this disk. `seenCommit` gives the commit for the latest block, which no block carries yet.
 */
export const openBlockStore = (disk: Disk, seenCommit: () => Commit | undefined): EngineStore => {
  const decodedBlocks = createLru<StoredBlock>(CACHE_BYTES)
  const decodedResults = createLru<BlockResults>(CACHE_BYTES)
  const sets = createLru<ValidatorSet>(CACHED_SETS)
  const ranges = createLru<{ txs: Uint32Array; results: Uint32Array }>(CACHED_RANGES)
  let state: ChainState | undefined
  let genesis: Bytes = new Uint8Array(0)
  let base = 0

  const latest = (): number => (base === 0 ? 0 : state!.height)
  const isKept = (height: number): boolean => base > 0 && height >= base && height <= latest()
  const record = (height: number) =>
    isKept(height) ? decodeBlockRecord(read(disk, blockKey(height))) : undefined

  const setAt = (height: number, storedAt: number): ValidatorSet => {
    const cached = sets.get(height)
    if (cached) return cached
    const set = after(decodeValidators(read(disk, validatorsKey(storedAt))), height - storedAt)
    sets.set(height, set, 1)
    return set
  }
  const validatorsAt = (height: number): number | undefined => {
    if (state && height === state.height + 1) return state.validators.storedAt
    if (state && height === state.height + 2) return state.nextValidators.storedAt
    return record(height)?.validatorsAt
  }
  const paramsAt = (height: number): number | undefined =>
    state && height === state.height + 1 ? state.paramsStoredAt : record(height)?.paramsAt

  const rangesAt = (height: number, block: Bytes, results: Bytes) => {
    const cached = ranges.get(height)
    if (cached) return cached
    const found = { txs: txRanges(block), results: itemRanges(results, 2) }
    ranges.set(height, found, 1)
    return found
  }

  const blocks: BlockStore = {
    get base() {
      return base
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
      const bytes = read(disk, resultsKey(height))
      const results = decodeResults(height, bytes)
      decodedResults.set(height, results, resultsWeight(bytes.length))
      return results
    },
    txResult(height, index) {
      const found = record(height)
      if (found === undefined) return undefined
      const results = read(disk, resultsKey(height))
      const at = rangesAt(height, found.bytes, results)
      if (index < 0 || 2 * index >= at.txs.length) return undefined
      const tx = found.bytes.subarray(at.txs[2 * index], at.txs[2 * index + 1])
      const result = decodeTxResult(results.subarray(at.results[2 * index], at.results[2 * index + 1]))
      return { tx, result }
    },
    validators(height) {
      if (state && height === state.height + 1) return state.validators.set
      if (state && height === state.height + 2) return state.nextValidators.set
      const storedAt = validatorsAt(height)
      return storedAt === undefined ? undefined : setAt(height, storedAt)
    },
    consensusParams(height) {
      if (state && height === state.height + 1) return state.params
      const storedAt = paramsAt(height)
      return storedAt === undefined ? undefined : decodeParams(read(disk, paramsKey(storedAt)))
    },
  }

  const keptSet = (height: number): KeptSet => {
    const storedAt = validatorsAt(height)!
    const set = setAt(height, storedAt)
    return { set, hash: hashValidators(set), storedAt }
  }

  /** Deletes what only blocks below `height` needed. */
  const pruneWrites = (height: number): Write[] => {
    const writes: Write[] = []
    const keep = record(height)!
    for (let old = base; old < height; old++) {
      const { blockId, ...at } = record(old)!
      for (const key of [blockKey(old), resultsKey(old), heightKey(blockId.hash)])
        writes.push({ key, value: undefined })
      if (at.validatorsAt < keep.validatorsAt)
        writes.push({ key: validatorsKey(at.validatorsAt), value: undefined })
      if (at.paramsAt < keep.paramsAt) writes.push({ key: paramsKey(at.paramsAt), value: undefined })
      for (const lru of [decodedBlocks, decodedResults, ranges]) lru.delete(old)
    }
    return writes
  }

  const stateWrite = (): Write => {
    const { height, round, signed, appVersion, appHash, lastResultsHash } = state!
    const value = encodeStateRecord({
      ...{ height, base, round, signed, appVersion, appHash, lastResultsHash },
      validatorsAt: state!.validators.storedAt,
      nextValidatorsAt: state!.nextValidators.storedAt,
      paramsAt: state!.paramsStoredAt,
    })
    return { key: stateKey, value }
  }

  return {
    blocks,
    load() {
      const saved = disk.get(stateKey)
      if (saved === undefined) return undefined
      const kept = decodeStateRecord(saved)
      const { height, round, signed, appVersion, appHash, lastResultsHash } = kept
      const last = decodeBlockRecord(read(disk, blockKey(height)))
      const setOf = (at: number, storedAt: number): KeptSet => {
        const set = setAt(at, storedAt)
        return { set, hash: hashValidators(set), storedAt }
      }
      base = kept.base
      genesis = read(disk, genesisKey)
      state = {
        ...{ height, round, signed, appVersion, appHash, lastResultsHash, blockId: last.blockId },
        timeNs: timestampToNs(decodeBlock(last.bytes).header?.time),
        lastValidators: setOf(height, last.validatorsAt),
        validators: setOf(height + 1, kept.validatorsAt),
        nextValidators: setOf(height + 2, kept.nextValidatorsAt),
        params: decodeParams(read(disk, paramsKey(kept.paramsAt))),
        paramsStoredAt: kept.paramsAt,
      }
      return { state, genesis }
    },
    start(first, hash) {
      state = first
      genesis = hash
    },
    prepare({ stored, bytes, results }, before, next) {
      const { height } = next
      const { blockId } = stored
      const at = { validatorsAt: before.validators.storedAt, paramsAt: before.paramsStoredAt }
      const writes: Write[] = [
        { key: blockKey(height), value: encodeBlockRecord({ blockId, ...at, bytes }) },
        { key: resultsKey(height), value: encodeResults(results) },
        { key: heightKey(blockId.hash), value: encodeHeight(height) },
      ]
      const keep = (setHeight: number, { set, storedAt }: KeptSet): void => {
        if (setHeight === storedAt)
          writes.push({ key: validatorsKey(setHeight), value: encodeValidators(set) })
      }
      if (before.lastValidators === undefined) {
        keep(height, before.validators)
        writes.push(
          { key: paramsKey(height), value: encodeParams(before.params) },
          { key: genesisKey, value: genesis },
        )
      }
      keep(height + 2, next.nextValidators)
      if (next.paramsStoredAt === height + 1)
        writes.push({ key: paramsKey(height + 1), value: encodeParams(next.params) })
      for (const evidence of stored.block.evidence?.evidence ?? [])
        writes.push({ key: evidenceKey(hashEvidence(evidence)), value: encodeHeight(height) })
      return writes
    },
    append(prepared, { stored, bytes, results }, next, retainHeight) {
      state = next
      if (base === 0) base = next.height
      disk.write(prepared)
      decodedBlocks.set(next.height, stored, blockWeight(bytes.length))
      decodedResults.set(next.height, results, resultsWeight(prepared[1]!.value!.length))
      sets.set(next.height, next.lastValidators!.set, 1)
      const retain = retainHeight > next.height ? next.height : retainHeight
      const pruned = retain > base ? pruneWrites(retain) : []
      if (retain > base) base = retain
      disk.write([...pruned, stateWrite()])
    },
    rollback(height) {
      if (!isKept(height))
        throw new Error(`cannot go back to height ${height}: blocks ${base} to ${latest()} are kept`)
      if (height === latest()) return state!
      const next = record(height + 1)!
      const header = decodeBlock(next.bytes).header!
      const commit = lastCommitIn(next.bytes)
      const last = blocks.block(height)!
      const target: ChainState = {
        height,
        timeNs: timestampToNs(last.block.header?.time),
        blockId: last.blockId,
        round: commit.round,
        signed: commit.signatures.map(({ signature }) => signature.length > 0),
        appVersion: header.version?.app ?? 0n,
        appHash: header.appHash,
        lastResultsHash: header.lastResultsHash,
        lastValidators: keptSet(height),
        validators: keptSet(height + 1),
        nextValidators: keptSet(height + 2),
        params: blocks.consensusParams(height + 1)!,
        paramsStoredAt: next.paramsAt,
      }
      const writes = dropWrites(height)
      state = target
      disk.write([...writes, stateWrite()])
      return target
    },
    hasEvidence: (hash) => disk.has(evidenceKey(hash)),
  }

  /** Deletes what blocks above `height` added. */
  function dropWrites(height: number): Write[] {
    const keys: Bytes[] = []
    for (let dropped = height + 1; dropped <= latest(); dropped++) {
      const { block, blockId } = blocks.block(dropped)!
      keys.push(blockKey(dropped), resultsKey(dropped), heightKey(blockId.hash))
      if (validatorsAt(dropped + 2) === dropped + 2) keys.push(validatorsKey(dropped + 2))
      if (paramsAt(dropped + 1) === dropped + 1) keys.push(paramsKey(dropped + 1))
      for (const evidence of block.evidence?.evidence ?? []) keys.push(evidenceKey(hashEvidence(evidence)))
    }
    for (let dropped = height + 1; dropped <= latest() + 2; dropped++)
      for (const lru of [decodedBlocks, decodedResults, ranges, sets]) lru.delete(dropped)
    return keys.map((key) => ({ key, value: undefined }))
  }
}

/** What must be there, because it was written with what refers to it. */
const read = (disk: Disk, key: Bytes): Bytes => {
  const value = disk.get(key)
  if (value === undefined)
    throw new Error(
      `the chain's database is damaged: it lacks ${String.fromCharCode(...key.subarray(0, 8))}… of its block store`,
    )
  return value
}
