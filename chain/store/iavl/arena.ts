// The records of one tree's nodes: allocated, freed, and their keys and hashes. Buffers are few and large, so
// that a million nodes are no work for the garbage collector; the first one begins small and doubles.
import type { Bytes } from '../../bytes.ts'
import { ByteHeap } from './heap.ts'
import {
  FREE,
  HASH,
  HASH_WORDS,
  KEY,
  KEY_BYTES,
  KEY_REF,
  KEY_WORDS,
  LEFT,
  META,
  NONCE,
  SIGN,
  SIZE,
  type Slot,
  USED,
  VALUE,
  VERSION,
  WORDS,
} from './layout.ts'
import { hashKey, putKeyWords, Target } from './target.ts'

export const CHUNK_BITS = 12
const CHUNK = 1 << CHUNK_BITS
export const MASK = CHUNK - 1
const FIRST = 16
const MAX_KEY_BYTES = 131_071 // SDK store/types/validity.go

export class Records {
  readonly heap = new ByteHeap()
  readonly target = new Target()
  /** Records in use. */
  count = 0
  /** The time of eviction: a record whose USED is less was not asked for since the last one. */
  protected tick = 2
  /** One behind the last record that was ever used. */
  protected end: Slot = 1
  protected words: Int32Array[] = []
  private freeHead: Slot = 0

  constructor() {
    this.clear()
  }

  /** Forgets all records. */
  protected clear(): void {
    this.words = [new Int32Array(FIRST * WORDS)]
    this.set(0, NONCE, FREE)
    this.heap.reset()
    this.count = 0
    this.freeHead = 0
    this.end = 1
  }

  get(slot: Slot, word: number): number {
    return this.words[slot >>> CHUNK_BITS]![(slot & MASK) * WORDS + word]!
  }

  set(slot: Slot, word: number, value: number): void {
    this.words[slot >>> CHUNK_BITS]![(slot & MASK) * WORDS + word] = value
  }

  /** The buffer of a record, for whoever copies many words; `wordOf` says where in it the record begins. */
  buffer(slot: Slot): Int32Array {
    return this.words[slot >>> CHUNK_BITS]!
  }

  wordOf(slot: Slot): number {
    return (slot & MASK) * WORDS
  }

  version(slot: Slot): number {
    return this.get(slot, VERSION) >>> 0
  }

  height(slot: Slot): number {
    return this.get(slot, META) & 0xff
  }

  /** Leaves below the node. */
  size(slot: Slot): number {
    return this.isLeaf(slot) ? 1 : this.get(slot, SIZE) >>> 0
  }

  isLeaf(slot: Slot): boolean {
    return this.height(slot) === 0
  }

  isSaved(slot: Slot): boolean {
    return this.get(slot, NONCE) !== 0
  }

  /** A new unsaved record without a key; the caller sets every other word. */
  allocate(): Slot {
    let slot = this.freeHead
    if (slot !== 0) this.freeHead = this.get(slot, LEFT)
    else slot = this.extend()
    this.set(slot, VERSION, 0)
    this.set(slot, NONCE, 0)
    this.set(slot, KEY_REF, 0)
    this.set(slot, USED, this.tick)
    this.count++
    return slot
  }

  private extend(): Slot {
    const slot = this.end++
    const chunk = slot >>> CHUNK_BITS
    const words = this.words[chunk]
    if (words === undefined) this.words.push(new Int32Array(CHUNK * WORDS))
    else if ((slot & MASK) * WORDS >= words.length) {
      this.words[chunk] = new Int32Array(words.length * 2)
      this.words[chunk]!.set(words)
    }
    return slot
  }

  /** Frees the record and its hold on key and value. */
  free(slot: Slot): void {
    const key = this.get(slot, KEY_REF)
    if (key !== 0) this.heap.release(key)
    if (this.isLeaf(slot)) this.heap.release(this.get(slot, VALUE))
    this.set(slot, VERSION, 0)
    this.set(slot, NONCE, FREE)
    this.set(slot, LEFT, this.freeHead)
    this.freeHead = slot
    this.count--
  }

  /** Gives a fresh record of this height the key bytes[from, to). Returns the key's hash for LeafIndex. */
  setKey(slot: Slot, height: number, bytes: Bytes, from: number, to: number): number {
    if (to - from > MAX_KEY_BYTES)
      throw new Error(`a store key of ${to - from} bytes is too long: ${MAX_KEY_BYTES} fit`)
    const words = this.buffer(slot)
    const at = this.wordOf(slot)
    words[at + META] = height | ((to - from) << 8)
    putKeyWords(bytes, from, to, words, at + KEY)
    if (to - from > KEY_BYTES) words[at + KEY_REF] = this.heap.put(bytes, from, to)
    return hashKey(words, at + KEY, bytes, from, to)
  }

  /** Gives a record the key of another one. */
  copyKey(slot: Slot, from: Slot): void {
    const old = this.get(slot, KEY_REF)
    const ref = this.get(from, KEY_REF)
    if (ref !== 0) this.heap.retain(ref)
    if (old !== 0) this.heap.release(old)
    this.set(slot, KEY_REF, ref)
    this.set(slot, META, this.height(slot) | (this.keyLength(from) << 8))
    for (let word = KEY; word < KEY + KEY_WORDS; word++) this.set(slot, word, this.get(from, word))
  }

  keyLength(slot: Slot): number {
    return this.get(slot, META) >>> 8
  }

  key(slot: Slot): Bytes {
    const ref = this.get(slot, KEY_REF)
    if (ref !== 0) return this.heap.get(ref)
    const bytes = new Uint8Array(KEY_BYTES)
    this.putKey(slot, bytes, new DataView(bytes.buffer), 0)
    return bytes.slice(0, this.keyLength(slot))
  }

  /** Writes the key and returns where it ends; up to KEY_BYTES behind the start may be overwritten. */
  putKey(slot: Slot, bytes: Bytes, view: DataView, at: number): number {
    const ref = this.get(slot, KEY_REF)
    if (ref !== 0) return this.heap.copyTo(ref, bytes, at)
    const words = this.buffer(slot)
    const from = this.wordOf(slot) + KEY
    const length = this.keyLength(slot)
    for (let i = 0; 4 * i < length; i++) view.setInt32(at + 4 * i, words[from + i]! ^ SIGN)
    return at + length
  }

  /** Byte order of the key that `target` aims at against the node's: negative if it comes before. */
  order(slot: Slot): number {
    const { words: aimed, key } = this.target
    const words = this.words[slot >>> CHUNK_BITS]!
    const at = (slot & MASK) * WORDS
    for (let i = 0; i < KEY_WORDS; i++) {
      const [a, b] = [aimed[i]!, words[at + KEY + i]!]
      if (a !== b) return a < b ? -1 : 1
    }
    const length = words[at + META]! >>> 8
    if (key.length <= KEY_BYTES || length <= KEY_BYTES) return key.length - length
    return this.heap.compare(key, words[at + KEY_REF]!)
  }

  /** Copies the hash of `slot`, if it is known, to target[at, at + 8). */
  protected copyKnownHash(slot: Slot, target: Int32Array, at: number): void {
    const words = this.words[slot >>> CHUNK_BITS]!
    const from = (slot & MASK) * WORDS + HASH
    for (let i = 0; i < HASH_WORDS; i++) target[at + i] = words[from + i]!
  }

  /** Takes the hash from source[at, at + 8). */
  setHash(slot: Slot, source: Int32Array, at: number): void {
    const words = this.words[slot >>> CHUNK_BITS]!
    const to = (slot & MASK) * WORDS + HASH
    for (let i = 0; i < HASH_WORDS; i++) words[to + i] = source[at + i]!
  }
}
