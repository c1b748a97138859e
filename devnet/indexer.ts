// Finds transactions and blocks by their events, as CometBFT's kv indexers do (state/txindex/kv,
// state/indexer/block/kv), but cheaply: CometBFT writes a key for every attribute and the whole result for
// every transaction. Here a name of 64 bits stands for `tag = value`; the names of the latest blocks are kept
// in arrays, and every 65,536 of them become a sorted segment on the disk. Transactions and results are read
// from the block store. What the arrays held when the process ended is read again from the blocks, so nothing
// is lost and nothing is written twice.
import type { ExecTxResult } from '../chain/abci/application.ts'
import { type Bytes, concatBytes, equalBytes } from '../chain/bytes.ts'
import type { BlockResults, BlockStore, ProducedBlock } from '../chain/consensus/engine.ts'
import { sha256 } from '../chain/hash.ts'
import type { Disk, Write } from '../chain/store/kv.ts'
import type { Half } from './indexer/hash.ts'
import { HEIGHT_TAGS } from './indexer/match.ts'
import { Names } from './indexer/names.ts'
import { planOf } from './indexer/plan.ts'
import {
  heightOf,
  indexOf,
  type Part,
  placeOf,
  segmentPart,
  segmentRemoval,
  segmentWrites,
  Tail,
} from './indexer/postings.ts'
import {
  HASH_PREFIX,
  META_KEY,
  type Meta,
  metaBytes,
  placeBytes,
  REPEAT_PREFIX,
  readMeta,
  readPlace,
} from './indexer/records.ts'
import { search } from './indexer/search.ts'
import { decodeHex, HexError } from './rpc/hex.ts'
import { pageRange } from './rpc/page.ts'
import { parseQuery, type Query, QueryError } from './rpc/query/parser.ts'

/** A transaction in its block; `hash` is SHA-256 of `tx`. */
export type IndexedTx = { height: number; index: number; hash: Bytes; tx: Bytes; result: ExecTxResult }

/**
 * `orderBy` is `asc`, `desc` or empty for the default; `page` counts from 1. Both are checked as CometBFT
 * checks them. `perPage` must be at least 1.
 */
export type SearchOptions = { orderBy?: string; page?: number | bigint; perPage: number }
export type TxSearch = { txs: IndexedTx[]; total: number }
export type BlockSearch = { heights: number[]; total: number }

export type Indexer = {
  /** Indexes a block that was just produced; its writes become durable with the block. */
  add(produced: ProducedBlock): void
  /** The latest transaction of this hash. */
  tx(hash: Bytes): IndexedTx | undefined
  /** Throws QueryError on a query or page that CometBFT refuses. Ascending by default. */
  searchTxs(query: Query | string, options: SearchOptions): TxSearch
  /** Heights of blocks whose FinalizeBlock events match. Descending by default. */
  searchBlocks(query: Query | string, options: SearchOptions): BlockSearch
  /** `searchTxs` in steps: between two of them others may have their turn. */
  txSearch(query: Query | string, options: SearchOptions): Generator<void, TxSearch>
  /** `searchBlocks` in steps. */
  blockSearch(query: Query | string, options: SearchOptions): Generator<void, BlockSearch>
  /** Forgets the blocks above `height`. Call it when the block store was taken back. */
  rollback(height: number): void
  /** Forgets the blocks below `height`. Call it before the block store drops them. */
  prune(height: number): void
}

/** Names that make a segment. */
const SEGMENT_SIZE = 65_536

/** `items`, which stand in ascending order, in the order asked for, cut to the page asked for. */
const pageIn = (items: number[], options: SearchOptions, byDefault: 'asc' | 'desc'): number[] => {
  const orderBy = options.orderBy || byDefault
  if (orderBy !== 'asc' && orderBy !== 'desc')
    throw new QueryError('expected order_by to be either `asc` or `desc` or empty')
  const { start, end } = pageRange(options.page, options.perPage, items.length)
  if (orderBy === 'asc') return items.slice(start, end)
  return items.slice(items.length - end, items.length - start).reverse()
}

const parsed = (query: Query | string): Query => (typeof query === 'string' ? parseQuery(query) : query)

/**
 * The hash that a query asks for, whatever else it says; undefined if it asks for none. Throws QueryError.
 */
const hashIn = ({ conditions }: Query): Bytes | undefined => {
  const condition = conditions.find(({ tag }) => tag === 'tx.hash')
  if (condition === undefined) return undefined
  try {
    const hash = decodeHex(condition.argument?.text ?? '')
    if (hash.length > 0) return hash
  } catch (error) {
    if (!(error instanceof HexError)) throw error
    throw new QueryError(`error during searching for a hash in the query: ${error.message}`)
  }
  throw new QueryError('error while retrieving the result: transaction hash cannot be empty')
}

const result = <T>(steps: Generator<void, T>): T => {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

class DiskIndexer implements Indexer {
  readonly #disk: Disk
  readonly #blocks: BlockStore
  readonly #tail = new Tail()
  readonly #txNames = new Names('tx', this.#tail)
  readonly #blockNames = new Names('block', this.#tail)
  #meta: Meta

  constructor(disk: Disk, blocks: BlockStore) {
    this.#disk = disk
    this.#blocks = blocks
    this.#meta = readMeta(disk.get(META_KEY))
    this.#tail.clear(this.#meta.segments.at(-1)?.to ?? 0)
    if (this.#tail.to > blocks.height) this.rollback(blocks.height)
    this.#catchUp(blocks.height)
  }

  add({ results, txHashes }: ProducedBlock): void {
    const { height } = results
    if (height <= this.#tail.to) this.rollback(height - 1)
    this.#catchUp(height - 1)
    this.#disk.write(this.#hashWrites(results, txHashes))
    this.#index(results)
  }

  tx(hash: Bytes): IndexedTx | undefined {
    const place = this.#disk.get(concatBytes(HASH_PREFIX, hash))
    const found = place && this.#txAt(readPlace(place))
    // What a rollback took back keeps its key, which then leads to another transaction or to none.
    return found && equalBytes(found.hash, hash) ? found : undefined
  }

  searchTxs(query: Query | string, options: SearchOptions): TxSearch {
    return result(this.txSearch(query, options))
  }

  searchBlocks(query: Query | string, options: SearchOptions): BlockSearch {
    return result(this.blockSearch(query, options))
  }

  *txSearch(query: Query | string, options: SearchOptions): Generator<void, TxSearch> {
    const wanted = parsed(query)
    const hash = hashIn(wanted)
    if (hash) return this.#searchHash(hash, options)
    const places = this.#withoutRepeats(yield* this.#search(wanted, 'tx'))
    const txs = pageIn(places, options, 'asc').map((place) => this.#txAt(place))
    return { txs: txs.filter((tx) => tx !== undefined), total: places.length }
  }

  #searchHash(hash: Bytes, options: SearchOptions): TxSearch {
    const tx = this.tx(hash)
    const places = tx ? [placeOf(tx.height, tx.index)] : []
    return { txs: tx && pageIn(places, options, 'asc').length > 0 ? [tx] : [], total: places.length }
  }

  *blockSearch(query: Query | string, options: SearchOptions): Generator<void, BlockSearch> {
    const heights = (yield* this.#search(parsed(query), 'block')).map(heightOf)
    return { heights: pageIn(heights, options, 'desc'), total: heights.length }
  }

  rollback(height: number): void {
    const { segments } = this.#meta
    const kept = segments.filter(({ to }) => to <= height)
    const removed = segments.slice(kept.length)
    this.#txNames.reset()
    this.#blockNames.reset()
    this.#tail.cut(height)
    if (removed.length === 0) return
    this.#disk.write(removed.flatMap(segmentRemoval))
    this.#setMeta({ ...this.#meta, segments: kept })
    this.#tail.clear(kept.at(-1)?.to ?? 0)
    this.#catchUp(height)
  }

  prune(height: number): void {
    const { segments } = this.#meta
    const kept = segments.filter(({ to }) => to >= height)
    this.#disk.write(segments.slice(0, segments.length - kept.length).flatMap(segmentRemoval))
    this.#setMeta({ ...this.#meta, segments: kept })
    for (let below = this.#blocks.base; below > 0 && below < height; below++) this.#forgetHashes(below)
  }

  #setMeta(meta: Meta): void {
    this.#meta = meta
    this.#disk.write([{ key: META_KEY, value: metaBytes(meta) }])
  }

  #forgetHashes(height: number): void {
    const txs = this.#blocks.block(height)?.block.data?.txs ?? []
    this.#disk.write(txs.map((tx) => ({ key: concatBytes(HASH_PREFIX, sha256(tx)), value: undefined })))
  }

  /** Indexes the blocks up to `height` that the store has and the index has not. */
  #catchUp(height: number): void {
    if (this.#tail.count === 0 && this.#tail.from < this.#blocks.base) this.#tail.clear(this.#blocks.base - 1)
    for (let next = this.#tail.to + 1; next <= height; next++) {
      const results = this.#blocks.results(next)
      if (results === undefined) continue
      const txs = this.#blocks.block(next)?.block.data?.txs ?? []
      this.#disk.write(this.#hashWrites(results, txs.map(sha256)))
      this.#index(results)
    }
  }

  #index({ height, events, txResults }: BlockResults): void {
    const tail = this.#tail
    tail.to = height
    this.#blockNames.addHeight(height, 1)
    this.#blockNames.add(events, height, 0)
    if (txResults.length > 0) this.#txNames.addHeight(height, txResults.length)
    txResults.forEach((tx, index) => {
      this.#txNames.add(tx.events, height, index)
    })
    if (tail.count < SEGMENT_SIZE) return
    this.#disk.write(segmentWrites(tail))
    this.#setMeta({ ...this.#meta, segments: [...this.#meta.segments, { from: tail.from, to: tail.to }] })
    tail.clear(height)
  }

  #hashWrites({ height, txResults }: BlockResults, hashes: readonly Bytes[]): Write[] {
    const writes: Write[] = []
    hashes.forEach((hash, index) => {
      const key = concatBytes(HASH_PREFIX, hash)
      const place = placeOf(height, index)
      // Only a transaction that fails can stand in the chain twice: one that succeeds uses its sequence or
      // nonce up.
      const earlier = txResults[index]!.code === 0 ? undefined : this.#disk.get(key)
      if (earlier && readPlace(earlier) !== place) {
        writes.push({ key: concatBytes(REPEAT_PREFIX, earlier), value: hash })
        this.#setMeta({ ...this.#meta, repeats: this.#meta.repeats + 1 })
      }
      writes.push({ key, value: placeBytes(place) })
    })
    return writes
  }

  #parts(): Part[] {
    return [...this.#meta.segments.map((segment) => segmentPart(this.#disk, segment)), this.#tail]
  }

  *#search(query: Query, half: Half): Generator<void, number[]> {
    const plan = planOf(query.conditions, HEIGHT_TAGS[half])
    const { base, height } = this.#blocks
    const from = Math.max(plan.heights.from, base)
    const to = Math.min(plan.heights.to, height)
    return yield* search(
      { blocks: this.#blocks, parts: this.#parts() },
      { ...plan, heights: { from, to } },
      half,
    )
  }

  /**
   * CometBFT keeps one result for a hash, the latest: earlier places of a repeated transaction lead to it.
   */
  #withoutRepeats(places: number[]): number[] {
    if (this.#meta.repeats === 0) return places
    const latest = new Set<number>()
    for (const place of places) {
      const hash = this.#disk.get(concatBytes(REPEAT_PREFIX, placeBytes(place)))
      const tx = hash && this.tx(hash)
      latest.add(tx ? placeOf(tx.height, tx.index) : place)
    }
    return [...latest].sort((a, b) => a - b)
  }

  #txAt(place: number): IndexedTx | undefined {
    const height = heightOf(place)
    const index = indexOf(place)
    const found = this.#blocks.txResult(height, index)
    return found && { height, index, hash: sha256(found.tx), tx: found.tx, result: found.result }
  }
}

/** Continues the index on this disk; what is missing of the blocks at its end is read from `blocks`. */
export const openIndexer = (disk: Disk, blocks: BlockStore): Indexer => new DiskIndexer(disk, blocks)
