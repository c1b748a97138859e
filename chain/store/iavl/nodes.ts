// The nodes of one tree: fixed records in a few large buffers, addressed by slot. A parent knows each child by its name
// (version and nonce, which is also its key on disk) and keeps the child's slot as a hint. If the record in that slot has
// another name by now, the child was put out of memory and is loaded again. So nodes come and go without anybody having
// to know who points at them. A node that is not saved yet has nonce 0: it stays, it has one parent, and it may change;
// saved nodes never change, which is what makes keeping old versions free.

import type { Bytes } from '../../bytes.ts'
import { sha256 } from '../sha256.ts'
import type { Budget } from './budget.ts'
import { decodeNode, putUvarint, putVarint } from './codec.ts'
import { ByteHeap } from './heap.ts'
import { LeafIndex } from './latest.ts'
import {
  HASH,
  HASHED,
  HEIGHT,
  KEY,
  LEFT,
  NONCE,
  RIGHT,
  type Side,
  type Slot,
  USED,
  VALUE,
  VERSION,
  WORDS,
} from './layout.ts'

const FREE = -1
const CHUNK_BITS = 12
const CHUNK = 1 << CHUNK_BITS
const FIRST = 16
export const NODE_BYTES = WORDS * 4

/** Where nodes are that are not in memory: the bytes of a saved node, undefined if there is none. */
export type NodeSource = (version: number, nonce: number) => Bytes | undefined

export class Nodes {
  readonly heap = new ByteHeap()
  readonly latest: LeafIndex
  /** Counts what may have moved nodes or changed the working tree, so that iterators know when to seek again. */
  generation = 0
  /** Records in use. */
  count = 0
  private readonly words: Int32Array[] = []
  private freeHead: Slot = 0
  private end: Slot = 1
  private tick = 2
  private hand: Slot = 1

  constructor(
    private readonly source: NodeSource | undefined,
    private readonly budget: Budget,
  ) {
    this.words.push(new Int32Array(FIRST * WORDS))
    this.set(0, NONCE, FREE)
    this.latest = new LeafIndex(this)
    if (source !== undefined) budget.join(this)
  }

  get(slot: Slot, word: number): number {
    return this.words[slot >>> CHUNK_BITS]![(slot & (CHUNK - 1)) * WORDS + word]!
  }

  set(slot: Slot, word: number, value: number): void {
    this.words[slot >>> CHUNK_BITS]![(slot & (CHUNK - 1)) * WORDS + word] = value
  }

  version(slot: Slot): number {
    return this.get(slot, VERSION) >>> 0
  }

  isLeaf(slot: Slot): boolean {
    return this.get(slot, HEIGHT) === 0
  }

  isSaved(slot: Slot): boolean {
    return this.get(slot, NONCE) !== 0
  }

  /** Whether this slot still holds the node of that name. */
  holds(slot: Slot, version: number, nonce: number): boolean {
    return this.get(slot, NONCE) === nonce && this.version(slot) === version
  }

  /** The left (side LEFT) or right child, loaded if it is not in memory. */
  child(slot: Slot, side: Side): Slot {
    const words = this.words[slot >>> CHUNK_BITS]!
    const at = (slot & (CHUNK - 1)) * WORDS + side
    const hint = words[at]!
    const nonce = words[at + 2]!
    if (nonce === 0) return hint
    const target = this.words[hint >>> CHUNK_BITS]!
    const to = (hint & (CHUNK - 1)) * WORDS
    if (target[to + NONCE] === nonce && target[to + VERSION] === words[at + 1]) {
      if (this.source !== undefined) target[to + USED] = this.tick
      return hint
    }
    const loaded = this.load(words[at + 1]! >>> 0, nonce)
    this.set(slot, side, loaded)
    return loaded
  }

  /** The child's slot if it is in memory, else 0. */
  residentChild(slot: Slot, side: Side): Slot {
    const hint = this.get(slot, side)
    const nonce = this.get(slot, side + 2)
    return nonce === 0 || this.holds(hint, this.get(slot, side + 1) >>> 0, nonce) ? hint : 0
  }

  left(slot: Slot): Slot {
    return this.child(slot, LEFT)
  }

  right(slot: Slot): Slot {
    return this.child(slot, RIGHT)
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
    if (this.budget.isExceeded) this.budget.relieve()
  }

  /** Makes `child` the left or right child of an unsaved node. */
  link(slot: Slot, side: Side, child: Slot): void {
    this.set(slot, side, child)
    this.set(slot, side + 1, this.get(child, VERSION))
    this.set(slot, side + 2, this.get(child, NONCE))
  }

  /** Loads a saved node. Throws an Error that names it if the source does not have it. */
  load(version: number, nonce: number): Slot {
    const bytes = this.source?.(version, nonce)
    if (bytes === undefined)
      throw new Error(
        `tree node (${version}, ${nonce}) is missing: its version is pruned or the disk damaged`,
      )
    const slot = this.allocate()
    decodeNode(this, slot, bytes)
    this.set(slot, VERSION, version)
    this.set(slot, NONCE, nonce)
    this.budget.settle(this)
    return slot
  }

  /** The node of that name: in the slot, or anew from the source. Of an unsaved node the slot is always right. */
  resolve(hint: Slot, version: number, nonce: number): Slot {
    if (nonce === 0) return hint
    if (!this.holds(hint, version, nonce)) return this.load(version, nonce)
    this.touch(hint)
    return hint
  }

  /** Frees the record if it still holds the node of that name. */
  freeNamed(slot: Slot, version: number, nonce: number): void {
    if (slot !== 0 && this.holds(slot, version, nonce)) this.free(slot)
  }

  /** A new unsaved record; the caller sets every other word. */
  allocate(): Slot {
    let slot = this.freeHead
    if (slot !== 0) this.freeHead = this.get(slot, LEFT)
    else slot = this.extend()
    this.set(slot, VERSION, 0)
    this.set(slot, NONCE, 0)
    this.set(slot, USED, this.tick)
    this.count++
    return slot
  }

  private extend(): Slot {
    const slot = this.end++
    const chunk = slot >>> CHUNK_BITS
    const words = this.words[chunk]
    if (words === undefined) this.words.push(new Int32Array(CHUNK * WORDS))
    else if ((slot & (CHUNK - 1)) * WORDS >= words.length) {
      this.words[chunk] = new Int32Array(words.length * 2)
      this.words[chunk]!.set(words)
    }
    return slot
  }

  /** Frees the record and its hold on key and value. */
  free(slot: Slot): void {
    this.heap.release(this.get(slot, KEY))
    if (this.isLeaf(slot)) this.heap.release(this.get(slot, VALUE))
    this.set(slot, VERSION, 0)
    this.set(slot, NONCE, FREE)
    this.set(slot, LEFT, this.freeHead)
    this.freeHead = slot
    this.count--
  }

  /** Bytes that nodes, keys, values and the index take up. */
  get usedBytes(): number {
    return this.count * NODE_BYTES + this.heap.used + this.latest.bytes
  }

  /** Copies the hash of `slot` to the view as 32 bytes; hashes a leaf that came from disk first. */
  copyHash(slot: Slot, target: DataView, at: number): void {
    if (this.get(slot, HEIGHT) === 0 && this.get(slot, HASHED) === 0) this.hashLeaf(slot)
    const words = this.words[slot >>> CHUNK_BITS]!
    const from = (slot & (CHUNK - 1)) * WORDS + HASH
    for (let i = 0; i < 8; i++) target.setInt32(at + 4 * i, words[from + i]!, true)
  }

  /** Takes the hash from source[at, at + 32). */
  setHash(slot: Slot, source: DataView, at: number): void {
    const words = this.words[slot >>> CHUNK_BITS]!
    const to = (slot & (CHUNK - 1)) * WORDS + HASH
    for (let i = 0; i < 8; i++) words[to + i] = source.getInt32(at + 4 * i, true)
  }

  /** The hash of a node whose hash is known; of no node, it is not defined. */
  hash(slot: Slot): Bytes {
    const bytes = new Uint8Array(32)
    this.copyHash(slot, new DataView(bytes.buffer), 0)
    return bytes
  }

  private hashLeaf(slot: Slot): void {
    const key = this.get(slot, KEY)
    const message = new Uint8Array(60 + this.heap.length(key))
    let at = putVarint(message, 2, this.version(slot))
    message[1] = 2
    at = putUvarint(message, at, this.heap.length(key))
    at = this.heap.copyTo(key, message, at)
    message[at++] = 32
    message.set(sha256(this.heap.get(this.get(slot, VALUE))), at)
    const digest = sha256(message.subarray(0, at + 32))
    this.setHash(slot, new DataView(digest.buffer), 0)
    this.set(slot, HASHED, 1)
  }

  /** Notes that a node is still wanted; `child` and `load` do so themselves. */
  touch(slot: Slot): void {
    if (this.source !== undefined) this.set(slot, USED, this.tick)
  }

  /**
   * Puts saved nodes out of memory until at most `limit` bytes are in use: first those that nobody has touched since the
   * last time, then any. What a caller still needs of slots it must look up again. Only for nodes that have a source.
   */
  evict(limit: number): void {
    this.generation++
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
