// When blocks are made. One loop per chain; it never makes two blocks at a time.

/**
 * `instant`: when a tx is there, and an empty one after it; `interval`: every `ms`; `manual`: only when
 * asked.
 */
export type BlockMode = { kind: 'instant' } | { kind: 'interval'; ms: number } | { kind: 'manual' }

export type Producer = {
  /** Makes one block, saved and published when it resolves. */
  produce(): Promise<void>
  waiting(): number
  failed(error: Error): void
}

export type BlockLoop = {
  readonly mode: BlockMode
  setMode(mode: BlockMode): void
  /** Tells the loop that a tx is in the mempool. */
  wake(): void
  /** Makes `count` blocks now, whatever the mode. */
  mine(count: number): Promise<void>
  /** Runs `action` between two blocks. */
  exclusively<T>(action: () => Promise<T>): Promise<T>
  /** Resolves when no block is being made and none will be. */
  stop(): Promise<void>
}

export const createBlockLoop = (producer: Producer, initial: BlockMode): BlockLoop => {
  let mode = initial
  let timer: NodeJS.Timeout | undefined
  let awake = false
  let stopped = false
  /** How often the mode was set: a timer of an earlier era stops by itself. */
  let eras = 0
  let tail: Promise<unknown> = Promise.resolve()

  const exclusively = <T>(action: () => Promise<T>): Promise<T> => {
    const turn = tail.then(action)
    tail = turn.catch(() => undefined) // whoever asked is told; the queue goes on
    return turn
  }
  const guarded = (action: () => Promise<void>) =>
    exclusively(action).catch((error: Error) => producer.failed(error))

  const drain = async () => {
    awake = false
    if (stopped || mode.kind !== 'instant' || producer.waiting() === 0) return
    await producer.produce()
    if (producer.waiting() > 0) wake()
    else if (!awake) await producer.produce() // so that the last state can be proven against a header
  }
  const wake = () => {
    if (awake || stopped || mode.kind !== 'instant') return
    awake = true
    setImmediate(() => guarded(drain))
  }
  /** Blocks every `ms`, the next in `delay`, until the mode is set again. */
  const tick = (ms: number, delay: number, era: number) => {
    const due = performance.now() + delay
    const onTime = async () => {
      await guarded(async () => {
        if (!stopped && era === eras) await producer.produce()
      })
      if (!stopped && era === eras) tick(ms, Math.max(0, due + ms - performance.now()), era)
    }
    timer = setTimeout(onTime, delay)
  }
  const apply = () => {
    clearTimeout(timer)
    eras += 1
    if (mode.kind === 'interval') tick(mode.ms, mode.ms, eras)
    else if (producer.waiting() > 0) wake()
  }
  apply()
  return {
    get mode() {
      return mode
    },
    setMode(next) {
      mode = next
      apply()
    },
    wake,
    mine: (count) =>
      exclusively(async () => {
        for (let made = 0; made < count; made++) await producer.produce()
      }),
    exclusively,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await tail
    },
  }
}
