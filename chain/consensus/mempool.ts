// The mempool.
/** CometBFT's `[mempool]` settings with its defaults; 0 switches a TTL off. */
export type MempoolOptions = {
  size: number
  maxTxsBytes: number
  maxTxBytes: number
  cacheSize: number
  keepInvalidTxsInCache: boolean
  recheck: boolean
  ttlNumBlocks: number
  ttlDurationNs: bigint
}
