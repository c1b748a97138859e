// The states that a chain holds at a time: the committed one, the block being made on it, and the one that
// CheckTx advances between blocks. Also what the app itself keeps on the disk: where its last block stood and
// when each was.
import type { FinalizeBlockRequest } from '../../abci/application.ts'
import { type Bytes, concatBytes, fromUint64BE, fromUtf8, uint64BE, utf8 } from '../../bytes.ts'
import type { Disk, ReadKv } from '../../store/kv.ts'
import type { MultiStore } from '../../store/multistore.ts'
import { type BlockInfo, Context, type ExecMode } from '../context.ts'
import { GasMeter } from '../gas.ts'
import type { ConsensusParamsStore } from '../params.ts'
import { Stores } from '../stores.ts'

const NONE: Bytes = new Uint8Array()

/** A branch of all stores and the block that it belongs to. */
export type State = { stores: Stores; block: BlockInfo; blockGas: GasMeter }

export class ChainState {
  readonly multistore: MultiStore
  readonly #disk: Disk
  readonly #transient: ReadonlySet<string>
  /** Stores without versions: a query sees them as they are. */
  readonly #volatile: ReadonlySet<string>
  readonly params: ConsensusParamsStore
  chainId = ''
  initialHeight = 1n
  check: State
  /** The block in the making; the genesis until the first block. */
  finalize: State | undefined

  constructor(
    multistore: MultiStore,
    disk: Disk,
    transient: readonly string[],
    memory: readonly string[],
    params: ConsensusParamsStore,
  ) {
    this.multistore = multistore
    this.#disk = disk
    this.#transient = new Set(transient)
    this.#volatile = new Set([...transient, ...memory])
    this.params = params
    this.check = this.#resume()
  }

  /** The check state on the last block: that of the trees, whatever a crash left of the app's own notes. */
  #resume(): State {
    const last = readLast(this.#disk)
    if (last !== undefined) this.chainId = last.chainId
    const { chainId, height } = this
    if (last?.block.height === height) return this.branch(blockInfo({ chainId, ...last.block }))
    return this.branch(blockInfo({ chainId, height, timeNs: readTime(this.#disk, height) }))
  }

  get height(): bigint {
    return BigInt(this.multistore.version)
  }

  /** A fresh branch of the committed state. */
  branch(block: BlockInfo): State {
    return { stores: this.#stores((name) => this.multistore.store(name)), block, blockGas: new GasMeter() }
  }

  #stores(open: (name: string) => ReadKv): Stores {
    return new Stores(open, this.#transient)
  }

  /** A context on a state's own branch: what is written is kept. */
  context(state: State, mode: ExecMode): Context {
    return new Context(state.stores, state.block, mode)
  }

  /** A scratch context on the state after a block; undefined if that is not kept. */
  at(height: bigint): Context | undefined {
    const version = this.multistore.at(Number(height))
    if (version === undefined) return undefined
    const stores = this.#stores((name) =>
      this.#volatile.has(name) ? this.multistore.store(name) : version.store(name),
    )
    const timeNs = height === this.check.block.height ? this.check.block.timeNs : readTime(this.#disk, height)
    return new Context(stores, { ...this.check.block, height, timeNs }, 'query')
  }

  /** A scratch context on what is there now, committed or not. */
  now(): Context {
    const state = this.finalize ?? this.check
    return new Context(state.stores.branch(), state.block, 'query')
  }

  beginBlock(request: FinalizeBlockRequest): State {
    const block = blockInfo({
      chainId: this.chainId,
      height: request.height,
      timeNs: request.timeNs,
      headerHash: request.hash,
      appHash: this.multistore.appHash,
      proposer: request.proposerAddress,
      nextValidatorsHash: request.nextValidatorsHash,
      lastCommit: request.lastCommit,
      misbehavior: request.misbehavior,
    })
    const state = this.finalize ?? this.branch(block)
    state.block = block
    this.finalize = state
    return state
  }

  /** Moves the block's writes to the trees and returns the app hash that they make. */
  flush(): Bytes {
    this.finalize!.stores.write((name) => this.multistore.store(name))
    return this.multistore.workingHash()
  }

  commit(): void {
    if (this.finalize === undefined) throw new Error('commit without a finalized block')
    const { block } = this.finalize
    writeLast(this.#disk, this.chainId, block)
    this.multistore.commit()
    this.finalize = undefined
    this.check = this.branch(block)
  }

  rollback(height: bigint): void {
    this.multistore.rollback(Number(height))
    this.finalize = undefined
    this.check = this.#resume()
  }
}

export const blockInfo = (known: Partial<BlockInfo>): BlockInfo => ({
  chainId: '',
  height: 0n,
  timeNs: 0n,
  headerHash: NONE,
  appHash: NONE,
  proposer: NONE,
  nextValidatorsHash: NONE,
  lastCommit: { round: 0, votes: [] },
  misbehavior: [],
  consensusParams: undefined,
  ...known,
})

const LAST = utf8('app/last')
const timeKey = (height: bigint) => concatBytes(utf8('app/time/'), uint64BE(height))

const writeLast = (disk: Disk, chainId: string, { height, timeNs, proposer }: BlockInfo) => {
  const time = uint64BE(BigInt.asUintN(64, timeNs))
  const value = concatBytes(
    uint64BE(height),
    time,
    new Uint8Array([proposer.length]),
    proposer,
    utf8(chainId),
  )
  disk.write([
    { key: LAST, value },
    { key: timeKey(height), value: time },
  ])
}

const readLast = (disk: Disk): { chainId: string; block: Partial<BlockInfo> } | undefined => {
  const value = disk.get(LAST)
  if (value === undefined) return undefined
  const end = 17 + value[16]!
  const timeNs = BigInt.asIntN(64, fromUint64BE(value, 8))
  return {
    chainId: fromUtf8(value.subarray(end)),
    block: { height: fromUint64BE(value), timeNs, proposer: value.slice(17, end) },
  }
}

const readTime = (disk: Disk, height: bigint): bigint => {
  const value = disk.get(timeKey(height))
  return value === undefined ? 0n : BigInt.asIntN(64, fromUint64BE(value))
}
