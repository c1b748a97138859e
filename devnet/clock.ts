// Time is an input of the chain. A real clock reads the host's; a virtual one moves only when blocks are
// made, so that the same script gives the same block hashes.

export type Clock = {
  readonly kind: 'real' | 'virtual'
  /**
   * The time that a block made now should carry, later than `previousNs` (the last block's time) in any case.
   */
  next(previousNs: bigint): bigint
  /** The present, in nanoseconds since 1970. */
  now(): bigint
}

const NS_PER_MS = 1_000_000n
/** CometBFT's least distance between two blocks. */
const LEAST_STEP_NS = NS_PER_MS

export const hostTimeNs = (): bigint => BigInt(Date.now()) * NS_PER_MS

export const realClock = (): Clock => ({
  kind: 'real',
  now: hostTimeNs,
  next(previousNs) {
    const now = hostTimeNs()
    return now > previousNs + LEAST_STEP_NS ? now : previousNs + LEAST_STEP_NS
  },
})

/** Every block is `stepMs` later than the one before it. */
export const virtualClock = (startNs: bigint, stepMs: number): Clock => {
  let latest = startNs
  const step = BigInt(stepMs) * NS_PER_MS
  return {
    kind: 'virtual',
    now: () => latest,
    next(previousNs) {
      latest = previousNs + (step > LEAST_STEP_NS ? step : LEAST_STEP_NS)
      return latest
    },
  }
}
