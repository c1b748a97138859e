// One running chain: an application, the engine that drives it, the disk that keeps both, and the door for
// transactions. Everything that a client can see of a block (results, events, state) is shown after the block
// is saved.
import type { CheckTxResponse } from '../chain/abci/application.ts'
import type { Bytes } from '../chain/bytes.ts'
import type { Engine, ProducedBlock } from '../chain/consensus/engine.ts'
import type { GenesisDoc } from '../chain/consensus/genesis.ts'
import { timestampToNs } from '../chain/consensus/time.ts'
import type { App } from '../chain/module.ts'
import { type BlockLoop, type BlockMode, createBlockLoop } from './blocks.ts'
import type { Clock } from './clock.ts'
import type { DurableDisk } from './disk.ts'
import type { Indexer } from './indexer.ts'
import { StandstillError, simulateBehaviour, type ValidatorControls } from './validators.ts'
import type { SignatureCheck, Verifier } from './verify/verifier.ts'

export type NodeInfo = {
  moniker: string
  /** Of Tendril itself. */
  version: string
  /** 20 bytes, lower-case hexadecimal, as CometBFT derives it from the node's key. */
  nodeId: string
}

export type Submitted = CheckTxResponse & { hash: Bytes }

export type ChainNode = {
  readonly genesis: GenesisDoc
  readonly engine: Engine
  readonly app: App
  readonly index: Indexer
  readonly clock: Clock
  readonly info: NodeInfo
  readonly loop: BlockLoop
  /** How the simulated validators behave. */
  readonly validators: ValidatorControls
  /** Why no more blocks are made; undefined while the chain lives. */
  readonly halted: Error | undefined
  /**
   * Settles when the block that is being saved is safe; undefined if none is. Wait for it before you answer a
   * read.
   */
  readonly saving: Promise<void> | undefined
  /** The latest block's time, or the genesis time before the first block. */
  lastTimeNs(): bigint
  /** CheckTx, and into the mempool if it passes. Rejects with MempoolError, or with the reason of a halt. */
  submit(tx: Bytes): Promise<Submitted>
  /** Calls `listener` after each saved block; returns the way to stop that. */
  onBlock(listener: (produced: ProducedBlock) => void): () => void
  /** Calls `listener` once if the chain halts. */
  onHalt(listener: (reason: Error) => void): () => void
  stop(): Promise<void>
}

export type ChainParts = {
  genesis: GenesisDoc
  engine: Engine
  app: App
  index: Indexer
  disk: DurableDisk
  verifier: Verifier
  clock: Clock
  mode: BlockMode
  info: NodeInfo
  /** Whether the simulation has a validator's key, by its 20-byte address. */
  hasKey(address: Bytes): boolean
}

/** Puts the parts of a chain to work. Blocks are made from now on as `mode` says. */
export const runChain = (parts: ChainParts): ChainNode => {
  const { engine, app, index, disk, clock, genesis } = parts
  const listeners = new Set<(produced: ProducedBlock) => void>()
  const haltListeners = new Set<(reason: Error) => void>()
  let lastTimeNs = timeOfLastBlock(engine, genesis)
  let saving: Promise<void> | undefined
  let halted: Error | undefined

  const produce = async () => {
    if (halted) throw halted
    const absent = validators.absentAt(engine.blocks.height + 1)
    const { lateNs } = validators
    const produced = engine.produce({ timeNs: clock.next(lastTimeNs), absent, lateNs })
    lastTimeNs = timestampToNs(produced.block.header!.time!)
    index.add(produced)
    saving = disk.flush()
    await saving
    saving = undefined
    for (const listener of listeners) listener(produced)
  }
  const failed = (reason: Error) => {
    if (halted || reason instanceof StandstillError) return // validators that stand still can come back
    halted = reason
    for (const listener of haltListeners) listener(reason)
  }
  const loop = createBlockLoop({ produce, failed, waiting: () => engine.mempool.count }, parts.mode)
  const { hasKey } = parts
  const validators = simulateBehaviour({ engine, hasKey, changed: loop.wake })
  const entrance = createEntrance(parts, () => halted, loop.wake)
  return {
    ...{ genesis, engine, app, index, clock, loop, validators, info: parts.info },
    get halted() {
      return halted
    },
    get saving() {
      return saving
    },
    lastTimeNs: () => lastTimeNs,
    submit: entrance,
    onBlock: (listener) => subscribe(listeners, listener),
    onHalt: (listener) => subscribe(haltListeners, listener),
    async stop() {
      await loop.stop()
      await parts.verifier.close()
      await disk.close()
    },
  }
}

const subscribe = <T>(listeners: Set<T>, listener: T) => {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

const timeOfLastBlock = (engine: Engine, genesis: GenesisDoc): bigint => {
  const last = engine.blocks.block(engine.blocks.height)
  return last ? timestampToNs(last.block.header!.time!) : genesis.timeNs
}

type Waiting = { tx: Bytes; resolve: (result: Submitted) => void; reject: (reason: unknown) => void }

/**
 * The way in: transactions that arrive in one turn of the event loop are verified together ahead of CheckTx,
 * and enter the mempool in the order in which they came.
 */
const createEntrance = (parts: ChainParts, halted: () => Error | undefined, wake: () => void) => {
  const { engine, app, verifier } = parts
  let arrived: Waiting[] = []
  let tail: Promise<void> = Promise.resolve()

  const enter = ({ tx, resolve, reject }: Waiting) => {
    try {
      const reason = halted()
      if (reason) throw reason
      resolve(engine.mempool.add(tx))
    } catch (error) {
      reject(error)
    }
  }
  const prepare = async (batch: readonly Waiting[]) => verifier.prepare(checksOf(app, batch))
  const admit = () => {
    const batch = arrived
    arrived = []
    const ready = prepare(batch)
    tail = tail
      .then(() => ready)
      .then(
        () => {
          batch.forEach(enter)
          if (engine.mempool.count > 0) wake()
        },
        (error: unknown) => {
          for (const { reject } of batch) reject(error)
        },
      )
  }
  return (tx: Bytes): Promise<Submitted> =>
    new Promise((resolve, reject) => {
      arrived.push({ tx, resolve, reject })
      if (arrived.length === 1) setImmediate(admit)
    })
}

const checksOf = (app: App, batch: readonly Waiting[]): SignatureCheck[] =>
  batch.flatMap(({ tx }) => app.signatureChecks(tx))
