// The nodes of one tree: fixed records in a few large buffers, addressed by slot. A parent knows each child
// by its name (version and nonce, which is also its key on disk) and keeps the child's slot as a hint. If the
// record in that slot has another name by now, the child was put out of memory and is loaded again. So nodes
// come and go without anybody having to know who points at them. A node that is not saved yet has nonce 0: it
// stays, it has one parent, and it may change. A saved node never changes, which is what makes keeping old
// versions free.
import type { Bytes } from '../../bytes.ts'
import { CHUNK_BITS, MASK, Records } from './arena.ts'
import type { Budget } from './budget.ts'
import { decodeNode } from './codec.ts'
import { hashLeaf } from './hash.ts'
import { LeafIndex } from './latest.ts'
import {
  FREE,
  HASH,
  HASH_WORDS,
  LEFT,
  NONCE,
  RIGHT,
  SIZE,
  type Side,
  type Slot,
  USED,
  VERSION,
  WORDS,
} from './layout.ts'

/** In USED: the node was loaded to read an old version, and nothing of the working tree refers to it. */
const LOAN = -1
/** So many nodes on loan are kept for the next such read. */
const MAX_LOANS = 1 << 14

/** Where nodes are that are not in memory: the bytes of a saved node, undefined if there is none. */
export type NodeSource = (version: number, nonce: number) => Bytes | undefined

export class Nodes extends Records {
  readonly latest: LeafIndex
  /**
   * Counts what may have moved nodes or changed the working tree, so that iterators know when to seek again.
   */
  generation = 0
  /** Whether saved nodes can be loaded again. */
  readonly isBacked: boolean
  /** Nothing is put out of memory: some nodes have names but are not on disk yet. */
  isFrozen = false
  private hasEvicted = false
  /** Slot, version and nonce of each node on loan. */
  private loans: number[] = []
  private hand: Slot = 1
  /** Only there so that `fetch` is not optimised away. */
  protected fetched = 0

  constructor(
    private readonly source: NodeSource | undefined,
    private readonly budget: Budget,
  ) {
    super()
    this.isBacked = source !== undefined
    this.latest = new LeafIndex(this)
    if (this.isBacked) budget.join(this)
  }

  /** Forgets all nodes. */
  reset(): void {
    this.clear()
    this.latest.reset(false)
    this.generation++
    this.hand = 1
    this.isFrozen = false
    this.hasEvicted = false
    this.loans = []
  }

  /** Whether this slot still holds the node of that name. */
  holds(slot: Slot, version: number, nonce: number): boolean {
    return slot < this.end && this.get(slot, NONCE) === nonce && this.version(slot) === version
  }

  /** The left or right child, loaded if it is not in memory. */
  child(slot: Slot, side: Side): Slot {
    const words = this.words[slot >>> CHUNK_BITS]!
    const at = (slot & MASK) * WORDS + side
    const hint = words[at]!
    const nonce = words[at + 2]!
    if (nonce === 0) return hint
    const target = this.words[hint >>> CHUNK_BITS]!
    const to = (hint & MASK) * WORDS
    if (target[to + NONCE] === nonce && target[to + VERSION] === words[at + 1]) {
      if (this.isBacked && target[to + USED] !== LOAN) target[to + USED] = this.tick
      return hint
    }
    const loaded = this.load(words[at + 1]! >>> 0, nonce, this.get(slot, USED) === LOAN)
    this.set(slot, side, loaded)
    return loaded
  }

  /** The child without a look at it, where it can only be at its place. */
  likelyChild(slot: Slot, side: Side): Slot {
    const hint = this.get(slot, side)
    return this.hasEvicted || hint === 0 ? this.child(slot, side) : hint
  }

  /**
   * Reads a word of many nodes, so that they are in the processor's cache when they are needed: in a loop
   * this small many reads are under way at once.
   */
  fetch(slots: Int32Array, from: number, to: number): void {
    let seen = 0
    for (let i = from; i < to; i++) seen ^= this.get(slots[i]!, HASH)
    this.fetched = seen
  }

  left(slot: Slot): Slot {
    return this.child(slot, LEFT)
  }

  right(slot: Slot): Slot {
    return this.child(slot, RIGHT)
  }

  /** Whether the node is unsaved and has this unsaved child. */
  isLinked(slot: Slot, side: Side, child: Slot): boolean {
    const words = this.words[slot >>> CHUNK_BITS]!
    const at = (slot & MASK) * WORDS
    return words[at + NONCE] === 0 && words[at + side] === child && words[at + side + 2] === 0
  }

  /** Makes `child` the left or right child of an unsaved node. */
  link(slot: Slot, side: Side, child: Slot): void {
    const words = this.words[slot >>> CHUNK_BITS]!
    const at = (slot & MASK) * WORDS + side
    words[at] = child
    words[at + 1] = this.get(child, VERSION)
    words[at + 2] = this.get(child, NONCE)
  }

  /**
   * The node of that name: in the slot, or anew from the source. Of an unsaved node the slot is always right.
   * What is loaded on loan, and all that is loaded below it, does not stay in memory for long.
   */
  resolve(hint: Slot, version: number, nonce: number, isLoan: boolean): Slot {
    if (nonce === 0) return hint
    if (!this.holds(hint, version, nonce)) return this.load(version, nonce, isLoan)
    this.touch(hint)
    return hint
  }

  /** Notes that a node is still wanted; `child` and `load` do so themselves. */
  touch(slot: Slot): void {
    if (this.isBacked && this.get(slot, USED) !== LOAN) this.set(slot, USED, this.tick)
  }

  private load(version: number, nonce: number, isLoan: boolean): Slot {
    const bytes = this.source?.(version, nonce)
    if (bytes === undefined)
      throw new Error(
        `tree node (${version}, ${nonce}) is missing: its version is pruned or the disk damaged`,
      )
    const slot = this.allocate()
    decodeNode(this, slot, bytes)
    this.set(slot, VERSION, version)
    this.set(slot, NONCE, nonce)
    if (isLoan) {
      this.set(slot, USED, LOAN)
      this.loans.push(slot, version, nonce)
    }
    this.budget.settle(this)
    return slot
  }

  /**
   * Copies the hash of `slot` to target[at, at + 8); it is known, or the node is a leaf that came from disk.
   */
  copyHash(slot: Slot, target: Int32Array, at: number): void {
    if (this.isLeaf(slot) && this.get(slot, SIZE) === 0) hashLeaf(this, slot)
    this.copyKnownHash(slot, target, at)
  }

  /** The hash, 32 bytes; it must be known. */
  hash(slot: Slot): Bytes {
    const bytes = new Uint8Array(4 * HASH_WORDS)
    this.copyHash(slot, new Int32Array(bytes.buffer), 0)
    return bytes
  }

  /** Bytes that nodes, keys, values and the index take up. */
  get usedBytes(): number {
    return this.count * WORDS * 4 + this.heap.used + this.latest.bytes
  }

  /** Reports to the budget what is in use. */
  settle(): void {
    this.budget.settle(this)
  }

  /** Takes no more part in the budget. */
  close(): void {
    this.budget.leave(this)
  }

  /** Gives memory back if too much is in use; nobody may hold on to slots across this. */
  breathe(): void {
    if (this.loans.length > 3 * MAX_LOANS) this.returnLoans()
    if (this.budget.isExceeded) this.budget.relieve()
  }

  /** Frees the older half of what is on loan. */
  private returnLoans(): void {
    this.generation++
    const old = this.loans.splice(0, 3 * (MAX_LOANS / 2))
    for (let i = 0; i < old.length; i += 3)
      if (this.holds(old[i]!, old[i + 1]!, old[i + 2]!)) this.free(old[i]!)
    this.settle()
  }

  /**
   * Puts saved nodes out of memory until at most `limit` bytes are in use: first those that nobody has
   * touched since the last time, then any. What a caller still needs of slots it must look up again. Only for
   * nodes that have a source.
   */
  evict(limit: number): void {
    if (this.isFrozen) return
    this.generation++
    this.hasEvicted = true
    for (const spared of [this.tick, 0])
      for (let seen = 1; seen < this.end && this.usedBytes > limit; seen++) {
        const slot = this.hand
        this.hand = slot + 1 < this.end ? slot + 1 : 1
        const nonce = this.get(slot, NONCE)
        if (nonce === 0 || nonce === FREE || this.get(slot, USED) === spared) continue
        if (this.isLeaf(slot)) this.latest.forget(slot)
        this.free(slot)
      }
    this.tick = (this.tick % 0x7fffffff) + 1
  }
}
