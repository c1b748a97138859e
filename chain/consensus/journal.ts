// Writes what the engine keeps of its chain: a block with all that follows from it is one batch, prepared
// before the application commits. It reads the end of the chain again after a restart, takes the chain back
// to an earlier block, and drops old blocks.
import type { Commit } from '../../proto/gen/tendermint/types/types_pb.ts'
import type { Bytes } from '../bytes.ts'
import type { Disk, Write } from '../store/kv.ts'
import { openBlocks, type Tip } from './blocks.ts'
import type { BlockResults, BlockStore, StoredBlock } from './engine.ts'
import { hashEvidence } from './evidence.ts'
import {
  blockKey,
  decodeBlock,
  decodeBlockRecord,
  decodeParams,
  decodeStateRecord,
  encodeBlockRecord,
  encodeHeight,
  encodeParams,
  encodeStateRecord,
  encodeValidators,
  evidenceKey,
  genesisKey,
  heightKey,
  lastCommitIn,
  paramsKey,
  readRecord,
  resultsKey,
  stateKey,
  validatorsKey,
} from './records.ts'
import { encodeResults } from './results.ts'
import type { ChainState, KeptSet } from './state.ts'
import { timestampToNs } from './time.ts'
import { hashValidators } from './valset.ts'

/** A block that was executed, with its encoding. */
export type FinishedBlock = { stored: StoredBlock; bytes: Bytes; results: BlockResults }

export type Journal = {
  readonly blocks: BlockStore
  /** The state of the chain on this disk and the hash of its genesis; undefined if it holds none. */
  load(): { state: ChainState; genesis: Bytes } | undefined
  /** Makes a chain known that has no block yet; nothing is written before its first block. */
  start(state: ChainState, genesis: Bytes): void
  /** Encodes all that `append` will write, so that nothing can fail after the application committed. */
  prepare(block: FinishedBlock, before: ChainState, after: ChainState): Write[]
  /** Writes the block that `prepared` was made from and drops blocks below `retainHeight`; 0 keeps all. */
  append(prepared: Write[], block: FinishedBlock, after: ChainState, retainHeight: number): void
  /**
   * The state after an earlier block; what came later is dropped. Throws an Error if the block is not kept.
   */
  rollback(height: number): ChainState
  /** Whether a block has carried the evidence with this hash. */
  hasEvidence(hash: Bytes): boolean
}

const deletion = (key: Bytes): Write => ({ key, value: undefined })

/**
 * Opens what is on this disk; `seenCommit` gives the commit for the latest block, which no block carries yet.
 */
export const openJournal = (disk: Disk, seenCommit: () => Commit | undefined): Journal => {
  const tip: Tip = { state: undefined, base: 0 }
  const blocks = openBlocks(disk, tip, seenCommit)
  let genesis: Bytes = new Uint8Array(0)

  const setOf = (height: number, storedAt: number): KeptSet => {
    const set = blocks.setAt(height, storedAt)
    return { set, hash: hashValidators(set), storedAt }
  }
  /** Deletes what only blocks below `height` needed. */
  const pruneWrites = (height: number): Write[] => {
    const writes: Write[] = []
    const keep = blocks.record(height)!
    for (let old = tip.base; old < height; old++) {
      const { blockId, validatorsAt, paramsAt } = blocks.record(old)!
      writes.push(...[blockKey(old), resultsKey(old), heightKey(blockId.hash)].map(deletion))
      if (validatorsAt < keep.validatorsAt) writes.push(deletion(validatorsKey(validatorsAt)))
      if (paramsAt < keep.paramsAt) writes.push(deletion(paramsKey(paramsAt)))
      blocks.forget(old)
    }
    return writes
  }
  /** Deletes what blocks above `height` added. */
  const dropWrites = (height: number): Write[] => {
    const keys: Bytes[] = []
    for (let dropped = height + 1; dropped <= blocks.store.height; dropped++) {
      const { block, blockId } = blocks.store.block(dropped)!
      keys.push(blockKey(dropped), resultsKey(dropped), heightKey(blockId.hash))
      if (blocks.validatorsAt(dropped + 2) === dropped + 2) keys.push(validatorsKey(dropped + 2))
      if (blocks.paramsAt(dropped + 1) === dropped + 1) keys.push(paramsKey(dropped + 1))
      for (const evidence of block.evidence?.evidence ?? []) keys.push(evidenceKey(hashEvidence(evidence)))
    }
    for (let dropped = height + 1; dropped <= blocks.store.height + 2; dropped++) blocks.forget(dropped)
    return keys.map(deletion)
  }
  /** The state after a block before the latest one, from what the block after it says. */
  const stateAfter = (height: number): ChainState => {
    const next = blocks.record(height + 1)!
    const header = decodeBlock(next.bytes).header!
    const commit = lastCommitIn(next.bytes)
    const { block, blockId } = blocks.store.block(height)!
    return {
      ...{ height, blockId, timeNs: timestampToNs(block.header?.time), round: commit.round },
      signed: commit.signatures.map(({ signature }) => signature.length > 0),
      appVersion: header.version?.app ?? 0n,
      ...{ appHash: header.appHash, lastResultsHash: header.lastResultsHash },
      lastValidators: setOf(height, blocks.validatorsAt(height)!),
      validators: setOf(height + 1, blocks.validatorsAt(height + 1)!),
      nextValidators: setOf(height + 2, blocks.validatorsAt(height + 2)!),
      params: blocks.store.consensusParams(height + 1)!,
      paramsStoredAt: next.paramsAt,
    }
  }
  const stateWrite = (): Write => {
    const state = tip.state!
    const { height, round, signed, appVersion, appHash, lastResultsHash } = state
    const value = encodeStateRecord({
      ...{ height, base: tip.base, round, signed, appVersion, appHash, lastResultsHash },
      validatorsAt: state.validators.storedAt,
      nextValidatorsAt: state.nextValidators.storedAt,
      paramsAt: state.paramsStoredAt,
    })
    return { key: stateKey, value }
  }

  return {
    blocks: blocks.store,
    load() {
      const saved = disk.get(stateKey)
      if (saved === undefined) return undefined
      const { base, validatorsAt, nextValidatorsAt, paramsAt, ...kept } = decodeStateRecord(saved)
      const { height } = kept
      const last = decodeBlockRecord(readRecord(disk, blockKey(height)))
      tip.base = base
      genesis = readRecord(disk, genesisKey)
      tip.state = {
        ...kept,
        blockId: last.blockId,
        timeNs: timestampToNs(decodeBlock(last.bytes).header?.time),
        lastValidators: setOf(height, last.validatorsAt),
        validators: setOf(height + 1, validatorsAt),
        nextValidators: setOf(height + 2, nextValidatorsAt),
        params: decodeParams(readRecord(disk, paramsKey(paramsAt))),
        paramsStoredAt: paramsAt,
      }
      return { state: tip.state, genesis }
    },
    start(first, hash) {
      tip.state = first
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
      if (before.lastValidators === undefined)
        writes.push(
          { key: genesisKey, value: genesis },
          { key: validatorsKey(height), value: encodeValidators(before.validators.set) },
          { key: paramsKey(height), value: encodeParams(before.params) },
        )
      if (next.nextValidators.storedAt === height + 2)
        writes.push({ key: validatorsKey(height + 2), value: encodeValidators(next.nextValidators.set) })
      if (next.paramsStoredAt === height + 1)
        writes.push({ key: paramsKey(height + 1), value: encodeParams(next.params) })
      for (const evidence of stored.block.evidence?.evidence ?? [])
        writes.push({ key: evidenceKey(hashEvidence(evidence)), value: encodeHeight(height) })
      return writes
    },
    append(prepared, { stored, results }, next, retainHeight) {
      disk.write(prepared)
      tip.state = next
      if (tip.base === 0) tip.base = next.height
      blocks.remember(next.height, stored, results, prepared[1]!.value!.length)
      const retain = retainHeight > next.height ? next.height : retainHeight
      const pruned = retain > tip.base ? pruneWrites(retain) : []
      if (retain > tip.base) tip.base = retain
      disk.write([...pruned, stateWrite()])
    },
    rollback(height) {
      const { base, height: latest } = blocks.store
      if (base === 0 || height < base || height > latest)
        throw new Error(`cannot go back to height ${height}: blocks ${base} to ${latest} are kept`)
      if (height === latest) return tip.state!
      const target = stateAfter(height)
      const dropped = dropWrites(height)
      tip.state = target
      disk.write([...dropped, stateWrite()])
      return target
    },
    hasEvidence: (hash) => disk.has(evidenceKey(hash)),
  }
}
