// What a rule may see and do. A View reads; a Ctx also writes, emits events and pays gas. Both are handed
// down by the app: nothing here is global, so several chains run in one process.
import type { ConsensusParams } from '../../proto/gen/tendermint/types/params_pb.ts'
import type { CommitInfo, Event, EventAttribute, Misbehavior } from '../abci/application.ts'
import type { Bytes } from '../bytes.ts'
import type { Kv, ReadKv } from '../store/kv.ts'
import { GasKv, GasMeter, kvGas, transientGas } from './gas.ts'
import type { Stores } from './stores.ts'

/** The block in which code runs; in a query the last committed one. */
export type BlockInfo = {
  readonly chainId: string
  /** 0 while the genesis is read. */
  readonly height: bigint
  /** Unix nanoseconds. */
  readonly timeNs: bigint
  readonly headerHash: Bytes
  /** App hash in the block's header: that of the block before. */
  readonly appHash: Bytes
  /** 20-byte consensus address. */
  readonly proposer: Bytes
  readonly nextValidatorsHash: Bytes
  readonly lastCommit: CommitInfo
  readonly misbehavior: readonly Misbehavior[]
  readonly consensusParams: ConsensusParams | undefined
}

export type ExecMode = 'check' | 'recheck' | 'simulate' | 'finalize' | 'genesis' | 'query'

/** What a query may see. */
export type View = {
  readonly block: BlockInfo
  readonly gas: GasMeter
  store(name: string): ReadKv
  /**
   * Runs rules on a scratch branch: their writes, events and gas are gone afterwards, only the result stays.
   */
  scratch<T>(body: (ctx: Ctx) => T): T
}

/** What a rule may do: see, write, pay, and tell the world by events. */
export type Ctx = Omit<View, 'store'> & {
  readonly mode: ExecMode
  /** The raw transaction; empty outside of one. */
  readonly txBytes: Bytes
  store(name: string): Kv
  /** Attribute order is part of the recorded results. */
  emit(type: string, ...attributes: readonly (readonly [key: string, value: string])[]): void
  readonly events: Event[]
  /**
   * Writes and events of `body` are kept only if it returns; gas is the same meter. Returns what `body`
   * returns.
   */
  branch<T>(body: (ctx: Ctx) => T): T
  /** As `branch`, but pays from its own meter. */
  metered<T>(gas: GasMeter, body: (ctx: Ctx) => T): T
}

export class Context implements Ctx {
  readonly mode: ExecMode
  readonly txBytes: Bytes
  readonly events: Event[] = []
  block: BlockInfo
  /** The ante handler exchanges the meter once it knows the transaction's limit. */
  gas: GasMeter
  readonly stores: Stores
  /** Stores that were used, by place: a transaction has many contexts, each of few stores. */
  readonly #names: string[] = []
  readonly #metered: Kv[] = []

  constructor(stores: Stores, block: BlockInfo, mode: ExecMode, gas = new GasMeter(), txBytes: Bytes = NONE) {
    this.stores = stores
    this.block = block
    this.mode = mode
    this.gas = gas
    this.txBytes = txBytes
  }

  store(name: string): Kv {
    const at = this.#names.indexOf(name)
    if (at >= 0) return this.#metered[at]!
    const kv = new GasKv(this.stores.cache(name), this, this.stores.isTransient(name) ? transientGas : kvGas)
    this.#names.push(name)
    this.#metered.push(kv)
    return kv
  }

  emit(type: string, ...attributes: readonly (readonly [key: string, value: string])[]): void {
    const listed: EventAttribute[] = []
    for (const [key, value] of attributes) listed.push({ key, value, index: true })
    this.events.push({ type, attributes: listed })
  }

  branch<T>(body: (ctx: Ctx) => T): T {
    return this.metered(this.gas, body)
  }

  metered<T>(gas: GasMeter, body: (ctx: Ctx) => T): T {
    const child = this.child(gas)
    const result = body(child)
    child.stores.write()
    for (const event of child.events) this.events.push(event)
    return result
  }

  scratch<T>(body: (ctx: Ctx) => T): T {
    return body(this.child(new GasMeter(this.gas.remaining)))
  }

  /** The same situation on a branch of the stores, with its own events. */
  child(gas = this.gas): Context {
    return new Context(this.stores.branch(), this.block, this.mode, gas, this.txBytes)
  }
}

const NONE: Bytes = new Uint8Array()
