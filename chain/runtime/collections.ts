// Typed state. A collection is a piece of one store under its own prefix: an item, a map, a set, a counter.
// What is read, written and asked costs the same gas in the same order as Go's collections, and lies under
// the same keys. Collections are made per chain, by a keeper; only the holder of a handle can reach the state
// behind it.
import { type Bytes, equalBytes, prefixEnd, utf8 } from '../bytes.ts'
import type { Entry } from '../store/kv.ts'
import type { Ctx, View } from './context.ts'
import { errors, plainError } from './errors.ts'
import { encodeKey, type KeyCodec, type KeyPrefix } from './keys.ts'
import { noValue, uint64Value, type ValueCodec } from './values.ts'

export * from './indexed.ts'
export * from './keys.ts'
export * from './values.ts'

/** A number from 0 to 255, or text for the few collections that the SDK names so. */
export type Prefix = number | string
export type CollectionRange<K> = {
  /** Only keys that begin with these parts. */
  prefix?: KeyPrefix<K>
  start?: KeyPrefix<K>
  startAfter?: KeyPrefix<K>
  /** Keys below this one. */
  end?: KeyPrefix<K>
  /** Keys up to this one and those that begin with it. */
  endPrefix?: KeyPrefix<K>
  endInclusive?: KeyPrefix<K>
  reverse?: boolean
}

/** What the pagination walks over. */
export type RawCollection<K, V> = {
  readonly store: string
  readonly prefix: Bytes
  readonly keys: KeyCodec<K>
  decode(entry: Entry): readonly [key: K, value: V]
}

export type CollectionMap<K, V> = RawCollection<K, V> & {
  get(view: View, key: K): V | undefined
  /** Throws what Go's collections return for a missing key. */
  require(view: View, key: K): V
  has(view: View, key: K): boolean
  set(ctx: Ctx, key: K, value: V): void
  remove(ctx: Ctx, key: K): void
  entries(view: View, range?: CollectionRange<K>): IterableIterator<readonly [key: K, value: V]>
  /** Removes a range, as Go's Clear: reads first, then deletes. */
  clear(ctx: Ctx, range?: CollectionRange<K>): void
}
export type KeySet<K> = RawCollection<K, undefined> & {
  has(view: View, key: K): boolean
  add(ctx: Ctx, key: K): void
  remove(ctx: Ctx, key: K): void
  keysOf(view: View, range?: CollectionRange<K>): IterableIterator<K>
}
export type Item<V> = {
  get(view: View): V | undefined
  /** Throws what Go's collections return for a missing item. */
  require(view: View): V
  has(view: View): boolean
  set(ctx: Ctx, value: V): void
  remove(ctx: Ctx): void
}
export type Sequence = {
  /** The number that `next` gives; 0 if none was stored. */
  peek(view: View): bigint
  stored(view: View): bigint | undefined
  /** Returns the current number and moves on. */
  next(ctx: Ctx): bigint
  set(ctx: Ctx, value: bigint): void
}

/** Errors of cosmossdk.io/collections; they have no registered codes. */
export const collectionErrors = errors('collections', { notFound: [1, 'not found'] })
const missing = (what: string) => plainError(`collections: not found: key '${what}'`)

/** A store and the prefixes taken in it, so that no two collections overlap. */
export class StoreHandle {
  readonly name: string
  readonly #taken: Bytes[] = []
  constructor(name: string) {
    this.name = name
  }

  claim(prefix: Prefix): Bytes {
    const bytes = typeof prefix === 'number' ? new Uint8Array([prefix]) : utf8(prefix)
    const overlaps = (other: Bytes) => {
      const shared = Math.min(other.length, bytes.length)
      return equalBytes(other.subarray(0, shared), bytes.subarray(0, shared))
    }
    if (this.#taken.some(overlaps)) throw new Error(`store ${this.name}: prefix ${prefix} is taken`)
    this.#taken.push(bytes)
    return bytes
  }

  item<V>(prefix: Prefix, values: ValueCodec<V>): Item<V> {
    const key = this.claim(prefix)
    const { name } = this
    const decode = remembered(values)
    const get = (view: View) => {
      const bytes = view.store(name).get(key)
      return bytes === undefined ? undefined : decode(bytes)
    }
    return {
      get,
      require(view) {
        const value = get(view)
        if (value === undefined) throw missing('no_key')
        return value
      },
      has: (view) => view.store(name).has(key),
      set: (ctx, value) => ctx.store(name).set(key, values.encode(value)),
      remove: (ctx) => ctx.store(name).delete(key),
    }
  }

  sequence(prefix: Prefix): Sequence {
    const item = this.item(prefix, uint64Value)
    const peek = (view: View) => item.get(view) ?? 0n
    return {
      peek,
      stored: item.get,
      next(ctx) {
        const value = peek(ctx)
        item.set(ctx, value + 1n)
        return value
      },
      set: item.set,
    }
  }

  map<K, V>(prefix: Prefix, keys: KeyCodec<K>, values: ValueCodec<V>): CollectionMap<K, V> {
    return collectionMap(this.name, this.claim(prefix), keys, values)
  }

  keySet<K>(prefix: Prefix, keys: KeyCodec<K>): KeySet<K> {
    const map = this.map(prefix, keys, noValue)
    return {
      ...map,
      add: (ctx, key) => map.set(ctx, key, undefined),
      *keysOf(view, range) {
        for (const [key] of map.entries(view, range)) yield key
      },
    }
  }
}

export const store = (name: string): StoreHandle => new StoreHandle(name)

const collectionMap = <K, V>(
  store: string,
  prefix: Bytes,
  keys: KeyCodec<K>,
  values: ValueCodec<V>,
): CollectionMap<K, V> => {
  const at = (key: K) => encodeKey(prefix, keys, key)
  const get = (view: View, key: K): V | undefined => {
    const bytes = view.store(store).get(at(key))
    return bytes === undefined ? undefined : values.decode(bytes)
  }
  const decode = ([key, value]: Entry) =>
    [keys.read(key, prefix.length, true)[0], values.decode(value)] as const
  return {
    ...{ store, prefix, keys, decode, get },
    require(view, key) {
      const value = get(view, key)
      if (value === undefined) throw missing(keys.show(key))
      return value
    },
    has: (view, key) => view.store(store).has(at(key)),
    set(ctx, key, value) {
      ctx.store(store).set(at(key), values.encode(value))
    },
    remove: (ctx, key) => ctx.store(store).delete(at(key)),
    entries(view, range) {
      const [start, end] = bounds(prefix, keys, range)
      return decoded(view.store(store).iterate(start, end, range?.reverse), decode)
    },
    clear(ctx, range) {
      const kv = ctx.store(store)
      const found = [...kv.iterate(...bounds(prefix, keys, range))]
      for (const [key] of found) kv.delete(key)
    },
  }
}

function* decoded<T>(entries: IterableIterator<Entry>, decode: (entry: Entry) => T): IterableIterator<T> {
  for (const entry of entries) yield decode(entry)
}

/** The bytes between which a range lies, as Go's parseRangeInstruction. */
const bounds = <K>(
  prefix: Bytes,
  keys: KeyCodec<K>,
  range: CollectionRange<K> = {},
): [start: Bytes, end: Bytes | undefined] => {
  const encode = (key: KeyPrefix<K>) => encodeKey(prefix, keys, key as K)
  const { start, startAfter, end, endInclusive } = range
  const endPrefix = range.endPrefix ?? range.prefix
  const from = start ?? range.prefix
  return [
    startAfter !== undefined ? after(encode(startAfter)) : from !== undefined ? encode(from) : prefix,
    end !== undefined
      ? encode(end)
      : endInclusive !== undefined
        ? after(encode(endInclusive))
        : prefixEnd(endPrefix !== undefined ? encode(endPrefix) : prefix),
  ]
}

/** The next key in byte order. */
const after = (key: Bytes): Bytes => {
  const next = new Uint8Array(key.length + 1)
  next.set(key)
  return next
}

/** Decodes the same bytes object once: parameters are read many times a transaction. */
const remembered = <V>(values: ValueCodec<V>) => {
  let last: { bytes: Bytes; value: V } | undefined
  return (bytes: Bytes): V => {
    if (last?.bytes !== bytes) last = { bytes, value: values.decode(bytes) }
    return last.value
  }
}
