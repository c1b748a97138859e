// The keys and values of a tree's nodes, as counted blocks in a few large buffers instead of one object each:
// a tree of a million keys would otherwise cost hundreds of megabytes of object headers and the garbage
// collector's time to walk them. A block lies in units of 16 bytes: its count of owners (4 bytes), its length
// (4 bytes), then the bytes. Freed blocks are kept in lists by size, linked through their first word. Buffers
// begin small and the first one doubles until it has full size, so an empty tree costs next to nothing. A
// reference is a buffer's number and a unit in it; 0 is none.
import type { Bytes } from '../../bytes.ts'

const UNIT = 16
const HEADER = 8
const CHUNK_UNITS = 65_536
const FIRST_UNITS = 64
/**
 * Blocks of up to this many units are reused for exactly their size, larger ones for sizes in steps of a
 * quarter.
 */
const EXACT_UNITS = 64
/** Larger blocks get a buffer of their own. */
const SHARED_UNITS = CHUNK_UNITS / 16

/** A reference to a block. */
export type BlockRef = number

const unitsOf = (length: number): number => {
  const units = (HEADER + length + UNIT - 1) >>> 4
  if (units <= EXACT_UNITS) return units
  const step = 1 << (29 - Math.clz32(units - 1))
  return (units + step - 1) & -step
}

export class ByteHeap {
  /** Bytes in blocks that somebody owns. */
  used = 0
  /** Bytes of all buffers. */
  reserved = 0
  private bytes: Bytes[] = []
  private words: Int32Array[] = []
  private readonly free = new Map<number, BlockRef>()
  private freeOwn: number[] = []
  private current = 0
  private next = 1

  constructor() {
    this.reset()
  }

  /** Forgets all blocks. */
  reset(): void {
    this.bytes = []
    this.words = []
    this.free.clear()
    this.freeOwn = []
    this.used = 0
    this.reserved = 0
    this.current = 0
    this.next = 1
    this.setChunk(0, FIRST_UNITS)
  }

  /** Stores source[from, to) in a new block with one owner. */
  put(source: Bytes, from = 0, to = source.length): BlockRef {
    const ref = this.allocate(to - from)
    const target = this.bytes[ref >>> 16]!
    let at = ((ref & 0xffff) << 4) + HEADER
    if (to - from > 64) target.set(source.subarray(from, to), at)
    else for (let i = from; i < to; i++) target[at++] = source[i]!
    return ref
  }

  /** Adds an owner. */
  retain(ref: BlockRef): BlockRef {
    this.words[ref >>> 16]![(ref & 0xffff) << 2]!++
    return ref
  }

  /** Removes an owner; the last one frees the block. */
  release(ref: BlockRef): void {
    const words = this.words[ref >>> 16]!
    const at = (ref & 0xffff) << 2
    if (--words[at]! > 0) return
    const units = unitsOf(words[at + 1]!)
    this.used -= units * UNIT
    if (units > SHARED_UNITS) {
      this.reserved -= units * UNIT
      this.bytes[ref >>> 16] = new Uint8Array(0)
      this.words[ref >>> 16] = new Int32Array(0)
      this.freeOwn.push(ref >>> 16)
      return
    }
    words[at] = this.free.get(units) ?? 0
    this.free.set(units, ref)
  }

  length(ref: BlockRef): number {
    return this.words[ref >>> 16]![((ref & 0xffff) << 2) + 1]!
  }

  /** A copy of the block's bytes. */
  get(ref: BlockRef): Bytes {
    const at = ((ref & 0xffff) << 4) + HEADER
    return this.bytes[ref >>> 16]!.slice(at, at + this.length(ref))
  }

  /** Copies the block to target[at, …) and returns where it ends there. */
  copyTo(ref: BlockRef, target: Bytes, at: number): number {
    const length = this.length(ref)
    const source = this.bytes[ref >>> 16]!
    const start = ((ref & 0xffff) << 4) + HEADER
    if (length > 64) target.set(source.subarray(start, start + length), at)
    else for (let i = 0; i < length; i++) target[at + i] = source[start + i]!
    return at + length
  }

  /** Byte order of `key` against the block: negative if it comes before. */
  compare(key: Bytes, ref: BlockRef): number {
    const length = this.length(ref)
    const bytes = this.bytes[ref >>> 16]!
    const start = ((ref & 0xffff) << 4) + HEADER
    const shared = key.length < length ? key.length : length
    for (let i = 0; i < shared; i++) {
      const difference = key[i]! - bytes[start + i]!
      if (difference !== 0) return difference
    }
    return key.length - length
  }

  equals(key: Bytes, ref: BlockRef): boolean {
    return key.length === this.length(ref) && this.compare(key, ref) === 0
  }

  private allocate(length: number): BlockRef {
    const units = unitsOf(length)
    this.used += units * UNIT
    const ref = this.takeFree(units) || (units > SHARED_UNITS ? this.takeOwn(units) : this.takeNew(units))
    const words = this.words[ref >>> 16]!
    const at = (ref & 0xffff) << 2
    words[at] = 1
    words[at + 1] = length
    return ref
  }

  private takeFree(units: number): BlockRef {
    const ref = this.free.get(units)
    if (!ref) return 0
    this.free.set(units, this.words[ref >>> 16]![(ref & 0xffff) << 2]!)
    return ref
  }

  private takeNew(units: number): BlockRef {
    let room = this.words[this.current]!.length >>> 2
    while (this.next + units > room && room < CHUNK_UNITS) this.setChunk(this.current, (room *= 2))
    if (this.next + units > room) {
      this.current = this.bytes.length
      this.next = 0
      this.setChunk(this.current, CHUNK_UNITS)
    }
    const ref = (this.current << 16) | this.next
    this.next += units
    return ref
  }

  private takeOwn(units: number): BlockRef {
    const chunk = this.freeOwn.pop() ?? this.bytes.length
    this.setChunk(chunk, units)
    return chunk << 16
  }

  /** Gives the buffer with this number room for `units`, keeping what it holds. */
  private setChunk(chunk: number, units: number): void {
    const words = new Int32Array(units * (UNIT / 4))
    const old = this.words[chunk]
    if (old) words.set(old)
    this.reserved += words.byteLength - (old?.byteLength ?? 0)
    this.words[chunk] = words
    this.bytes[chunk] = new Uint8Array(words.buffer)
  }
}
