// What a store is to the code that reads and writes it. Every layer (tree, cache, gas meter, disk) has this
// shape.
import type { Bytes } from '../bytes.ts'

export type Entry = readonly [key: Bytes, value: Bytes]

/**
 * Bytes that a store hands out, and bytes given to it, belong to the store: nobody changes them afterwards.
 */
export type ReadKv = {
  get(key: Bytes): Bytes | undefined
  has(key: Bytes): boolean
  /** Entries with start <= key < end in byte order, or backwards if `reverse`; a missing bound is open. */
  iterate(start?: Bytes, end?: Bytes, reverse?: boolean): IterableIterator<Entry>
}

export type Kv = ReadKv & {
  set(key: Bytes, value: Bytes): void
  delete(key: Bytes): void
}

/** `value` undefined deletes the key. */
export type Write = { readonly key: Bytes; readonly value: Bytes | undefined }

/** Many writes without an object for each. A deletion has no value. */
export type PackedWrites = {
  readonly count: number
  /** Of write number i; the bytes are part of a large buffer. A later write of the same key wins. */
  key(i: number): Bytes
  value(i: number): Bytes | undefined
  /**
   * The number of the last write of this key, -1 if there is none. The first call makes an index of all keys.
   */
  find(key: Bytes): number
}

/**
 * Where trees, blocks and indexes are kept: point reads only, since `level` reads single keys synchronously
 * but iterates only asynchronously; whoever needs a range keeps its own index of keys. `write` is visible to
 * reads at once. What was written between two flushes becomes durable together or not at all; flushing is the
 * IO side's business (`devnet/disk.ts`).
 */
export type Disk = {
  get(key: Bytes): Bytes | undefined
  has(key: Bytes): boolean
  write(batch: readonly Write[]): void
  /**
   * As `write`, for the tens of thousands of records of a commit; all keys begin with "s/". A disk may lack
   * it.
   */
  writePacked?(batch: PackedWrites): void
}
