// Branches of a store. Writes stay in a branch until it is written to its parent, so that a failed message or
// a refused transaction leaves nothing behind. Branches nest; the innermost one looks a key up in each layer
// with the same string made once. Iterators merge a snapshot of the layer's own writes with the parent's
// entries, so a loop may write what it walks over, and costs what it covers, not what the store holds.
import { type Bytes, byteString as idOf } from '../bytes.ts'
import type { Entry, Kv, ReadKv } from '../store/kv.ts'

type Dirty = { readonly key: Bytes; readonly value: Bytes | undefined }
type Read = { readonly value: Bytes | undefined }

/** What a branch that remembers reads may keep of them; the check state lives for a whole block. */
const READS_KEPT = 100_000

export class CacheKv implements Kv {
  readonly #parent: ReadKv
  /** Set if the parent is a branch too. */
  readonly #lower: CacheKv | undefined
  /** Made with the first write: most branches of most stores stay clean. */
  #dirty: Map<string, Dirty> | undefined
  readonly #reads: Map<string, Read> | undefined
  /** Ids of dirty keys in order, kept from the first iterator on; `#fresh` holds those that came since. */
  #sorted: string[] | undefined
  #fresh: string[] | undefined

  /**
   * `keepReads` also remembers what the parent answered: worth it right above a tree, not between branches.
   */
  constructor(parent: ReadKv, keepReads = false) {
    this.#parent = parent
    this.#lower = parent instanceof CacheKv ? parent : undefined
    this.#reads = keepReads ? new Map() : undefined
  }

  branch(): CacheKv {
    return new CacheKv(this)
  }

  get isDirty(): boolean {
    return this.#dirty !== undefined
  }

  get(key: Bytes): Bytes | undefined {
    return this.#find(key, idOf(key))
  }

  has(key: Bytes): boolean {
    return this.#find(key, idOf(key)) !== undefined
  }

  set(key: Bytes, value: Bytes): void {
    if (key.length === 0) throw new Error('bug: a store key must not be empty')
    this.#put(idOf(key), { key, value })
  }

  delete(key: Bytes): void {
    if (key.length === 0) throw new Error('bug: a store key must not be empty')
    this.#put(idOf(key), { key, value: undefined })
  }

  iterate(start?: Bytes, end?: Bytes, reverse = false): IterableIterator<Entry> {
    const below = this.#parent.iterate(start, end, reverse)
    const own = this.#dirtyWithin(start, end)
    if (own.length === 0) return below
    return merge(reverse ? own.reverse() : own, below, reverse)
  }

  /** Moves the writes to the parent branch, or to `target` in ascending key order, and starts empty again. */
  write(target?: Kv): void {
    const dirty = this.#dirty
    if (dirty !== undefined) {
      if (target !== undefined) writeSorted(dirty, target)
      else if (this.#lower !== undefined) for (const [id, entry] of dirty) this.#lower.#put(id, entry)
      else throw new Error('bug: a lowest branch needs a store to be written to')
    }
    this.#dirty = undefined
    this.#reads?.clear()
    this.#sorted = undefined
    this.#fresh = undefined
  }

  #find(key: Bytes, id: string): Bytes | undefined {
    const dirty = this.#dirty?.get(id)
    if (dirty !== undefined) return dirty.value
    if (this.#lower !== undefined) return this.#lower.#find(key, id)
    if (this.#reads === undefined) return this.#parent.get(key)
    const known = this.#reads.get(id)
    if (known !== undefined) return known.value
    const value = this.#parent.get(key)
    if (this.#reads.size >= READS_KEPT) this.#reads.clear()
    this.#reads.set(id, { value })
    return value
  }

  #put(id: string, entry: Dirty): void {
    this.#dirty ??= new Map()
    if (this.#sorted !== undefined && !this.#dirty.has(id)) (this.#fresh ??= []).push(id)
    this.#dirty.set(id, entry)
  }

  #dirtyWithin(start: Bytes | undefined, end: Bytes | undefined): Dirty[] {
    const dirty = this.#dirty
    if (dirty === undefined) return []
    const sorted = this.#order(dirty)
    const from = start === undefined ? 0 : lowerBound(sorted, idOf(start))
    const to = end === undefined ? sorted.length : lowerBound(sorted, idOf(end))
    const within: Dirty[] = []
    for (let i = from; i < to; i++) within.push(dirty.get(sorted[i]!)!)
    return within
  }

  /** A few new keys are moved into place, many are sorted with the rest. */
  #order(dirty: ReadonlyMap<string, Dirty>): string[] {
    const fresh = this.#fresh ?? []
    if (this.#sorted === undefined || fresh.length > 32) this.#sorted = [...dirty.keys()].sort(byId)
    else for (const id of fresh) this.#sorted.splice(lowerBound(this.#sorted, id), 0, id)
    this.#fresh = undefined
    return this.#sorted
  }
}

const writeSorted = (dirty: ReadonlyMap<string, Dirty>, target: Kv): void => {
  for (const id of [...dirty.keys()].sort(byId)) {
    const { key, value } = dirty.get(id)!
    if (value === undefined) target.delete(key)
    else target.set(key, value)
  }
}

const byId = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The first index whose id is not less. */
const lowerBound = (ids: string[], id: string): number => {
  let low = 0
  let high = ids.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ids[middle]! < id) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Entries of both, in order; own writes hide what lies below, and a deletion hides it without showing
 * anything.
 */
function* merge(own: Dirty[], below: IterableIterator<Entry>, reverse: boolean): IterableIterator<Entry> {
  let next = below.next()
  for (const { key, value } of own) {
    const id = idOf(key)
    while (!next.done) {
      const order = byId(idOf(next.value[0]), id)
      if (reverse ? order < 0 : order > 0) break
      if (order !== 0) yield next.value
      next = below.next()
    }
    if (value !== undefined) yield [key, value]
  }
  while (!next.done) {
    yield next.value
    next = below.next()
  }
}
