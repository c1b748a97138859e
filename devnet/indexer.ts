// Finds transactions and blocks by their events, as CometBFT's kv indexers do.
import type { ExecTxResult } from '../chain/abci/application.ts'
import type { Bytes } from '../chain/bytes.ts'
import type { BlockStore, ProducedBlock } from '../chain/consensus/engine.ts'
import type { Disk } from '../chain/store/kv.ts'
import type { Query } from './rpc/query/parser.ts'

/** A transaction in its block; `hash` is SHA-256 of `tx`. */
export type IndexedTx = { height: number; index: number; hash: Bytes; tx: Bytes; result: ExecTxResult }

/** `page` counts from 1 and is checked against the total as CometBFT checks it; `perPage` must be at least 1. */
export type SearchOptions = { orderBy?: 'asc' | 'desc'; page?: number; perPage: number }
export type TxSearch = { txs: IndexedTx[]; total: number }
export type BlockSearch = { heights: number[]; total: number }

export type Indexer = {
  /** Indexes a block that was just produced; its writes become durable with the block. */
  add(produced: ProducedBlock): void
  tx(hash: Bytes): IndexedTx | undefined
  /** Throws QueryError on a query or page that CometBFT refuses. Ascending by default. */
  searchTxs(query: Query | string, options: SearchOptions): TxSearch
  /** Heights of blocks whose FinalizeBlock events match. Descending by default. */
  searchBlocks(query: Query | string, options: SearchOptions): BlockSearch
  /** Forgets the blocks above `height`. Call it when the block store was taken back. */
  rollback(height: number): void
  /** Forgets the blocks below `height`. Call it before the block store drops them. */
  prune(height: number): void
}

/** Continues the index on this disk; what is missing of the blocks at its end is read from `blocks`. */
export declare const openIndexer: (disk: Disk, blocks: BlockStore) => Indexer
