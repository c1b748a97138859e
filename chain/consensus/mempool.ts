// The transactions that wait for a block, in the order in which they came (CometBFT 0.38's CListMempool):
// asked for once when they arrive and again after each block. A cache of hashes seen lately turns repetitions
// away without asking. Every operation on one tx takes the same time however many there are.
import type { Application, CheckTxResponse, ExecTxResult } from '../abci/application.ts'
import { type Bytes, byteString } from '../bytes.ts'
import { sha256 } from '../hash.ts'
import { txSizeInBlock } from './block.ts'
import { type Mempool, MempoolError, type MempoolTx } from './engine.ts'

/** CometBFT's `[mempool]` settings. */
export type MempoolOptions = {
  /** Txs that wait at most. */
  size: number
  maxTxsBytes: number
  maxTxBytes: number
  /** Hashes that are remembered; 0 for none. */
  cacheSize: number
  keepInvalidTxsInCache: boolean
  /** Whether waiting txs are asked for again after each block. */
  recheck: boolean
  /** Blocks after which a waiting tx is dropped; 0 for never. */
  ttlNumBlocks: number
  /** Nanoseconds of block time after which a waiting tx is dropped; 0 for never. */
  ttlDurationNs: bigint
}

/** CometBFT's defaults. */
export const DEFAULT_MEMPOOL: MempoolOptions = {
  size: 5000,
  maxTxsBytes: 1024 * 1024 * 1024,
  maxTxBytes: 1024 * 1024,
  cacheSize: 10000,
  keepInvalidTxsInCache: false,
  recheck: true,
  ttlNumBlocks: 0,
  ttlDurationNs: 0n,
}

/** What the chain's last block means for the mempool. */
export type MempoolLimits = {
  height: number
  timeNs: bigint
  /** Bytes that a block without evidence has for txs. */
  maxDataBytes: number
  /** Gas that a block has; -1n for any. */
  maxGas: bigint
}

/** The side of the mempool that the engine sees. */
export type EngineMempool = Mempool & {
  /**
   * The first txs that fit into so many bytes of a block; -1 for any number. Gas is limited as the last block
   * says.
   */
  reap(maxBytes: number): MempoolTx[]
  /** Drops what the block executed and what is too old, then asks for the rest again. */
  update(txHashes: readonly Bytes[], results: readonly ExecTxResult[], limits: MempoolLimits): void
}

type Waiting = MempoolTx & { timeNs: bigint }

/** The hashes seen lately, the longest unseen leaves first. */
const createCache = (limit: number) => {
  let seen = new Set<string>()
  // A Set keeps its order of insertion; whatever lies before this iterator has left, so the next is always
  // the oldest.
  let oldest = seen.keys()
  return {
    /** False if the hash is there already. */
    push(key: string): boolean {
      if (limit === 0) return true
      const isNew = !seen.delete(key)
      if (isNew && seen.size >= limit) seen.delete(oldest.next().value!)
      seen.add(key)
      return isNew
    },
    remove: (key: string) => seen.delete(key),
    reset() {
      seen = new Set()
      oldest = seen.keys()
    },
  }
}

/** An empty mempool that asks `app`. `limits` are those of the last block, or of the genesis. */
export const createMempool = (
  app: Application,
  options: MempoolOptions,
  limits: MempoolLimits,
): EngineMempool => {
  const txs = new Map<string, Waiting>()
  const cache = createCache(options.cacheSize)
  let totalBytes = 0

  const drop = (key: string): Waiting | undefined => {
    const waiting = txs.get(key)
    if (waiting === undefined) return undefined
    txs.delete(key)
    totalBytes -= waiting.tx.length
    return waiting
  }
  const checkRoom = (tx: Bytes): void => {
    if (txs.size >= options.size || totalBytes + tx.length > options.maxTxsBytes)
      throw new MempoolError(
        `mempool is full: number of txs ${txs.size} (max: ${options.size}), total txs bytes ` +
          `${totalBytes} (max: ${options.maxTxsBytes})`,
      )
    if (tx.length > options.maxTxBytes)
      throw new MempoolError(`Tx too large. Max size is ${options.maxTxBytes}, but got ${tx.length}`)
    const size = txSizeInBlock(tx.length)
    if (size > limits.maxDataBytes)
      throw new MempoolError(`tx pre check: tx size is too big: ${size}, max: ${limits.maxDataBytes}`)
  }
  /** Whether the tx may wait: accepted, and no more gas than a block has (PostCheckMaxGas). */
  const passes = ({ code, gasWanted }: CheckTxResponse): boolean =>
    code === 0 && (limits.maxGas === -1n || (gasWanted >= 0n && gasWanted <= limits.maxGas))

  const ask = (tx: Bytes, key: string): CheckTxResponse => {
    try {
      return app.checkTx({ tx, type: 'new' })
    } catch (error) {
      cache.remove(key)
      throw error
    }
  }
  const recheck = (): void => {
    for (const [key, { tx }] of txs) {
      if (passes(app.checkTx({ tx, type: 'recheck' }))) continue
      drop(key)
      if (!options.keepInvalidTxsInCache) cache.remove(key)
    }
  }
  /** Txs are in order of age, so the first that is young enough ends the search. */
  const expire = (): void => {
    for (const [key, { height, timeNs }] of txs) {
      const isOld =
        (options.ttlNumBlocks > 0 && limits.height - height > options.ttlNumBlocks) ||
        (options.ttlDurationNs > 0n && limits.timeNs - timeNs > options.ttlDurationNs)
      if (!isOld) return
      drop(key)
      cache.remove(key)
    }
  }

  return {
    get count() {
      return txs.size
    },
    get totalBytes() {
      return totalBytes
    },
    list(limit) {
      const listed: MempoolTx[] = []
      for (const waiting of txs.values()) {
        if (listed.length >= limit) break
        listed.push(waiting)
      }
      return listed
    },
    has: (hash) => txs.has(byteString(hash)),
    add(tx) {
      checkRoom(tx)
      const hash = sha256(tx)
      const key = byteString(hash)
      if (!cache.push(key)) throw new MempoolError('tx already exists in cache')
      const response = ask(tx, key)
      if (!passes(response)) {
        if (!options.keepInvalidTxsInCache) cache.remove(key)
      } else if (!txs.has(key)) {
        const { gasWanted } = response
        txs.set(key, { tx, hash, gasWanted, height: limits.height, timeNs: limits.timeNs })
        totalBytes += tx.length
      }
      return { ...response, hash }
    },
    remove(hash) {
      const key = byteString(hash)
      cache.remove(key)
      return drop(key) !== undefined
    },
    flush() {
      txs.clear()
      totalBytes = 0
      cache.reset()
    },
    reap(maxBytes) {
      const reaped: MempoolTx[] = []
      let bytes = 0
      let gas = 0n
      for (const waiting of txs.values()) {
        bytes += txSizeInBlock(waiting.tx.length)
        gas += waiting.gasWanted
        if (maxBytes >= 0 && bytes > maxBytes) break
        if (limits.maxGas >= 0n && gas > limits.maxGas) break
        reaped.push(waiting)
      }
      return reaped
    },
    update(txHashes, results, newLimits) {
      limits = newLimits
      txHashes.forEach((hash, i) => {
        const key = byteString(hash)
        if (results[i]!.code === 0) cache.push(key)
        else if (!options.keepInvalidTxsInCache) cache.remove(key)
        drop(key)
      })
      expire()
      if (options.recheck) recheck()
    },
  }
}
