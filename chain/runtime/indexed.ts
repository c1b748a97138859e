// A map that keeps indexes: other orders in which its keys can be found. What an index reads and writes on a
// change is that of Go's collections/indexes, since it is paid for.

import type { CollectionMap, CollectionRange, KeySet, Prefix, StoreHandle } from './collections.ts'
import type { Ctx, View } from './context.ts'
import { plainError } from './errors.ts'
import { type KeyCodec, pairKey } from './keys.ts'
import { keyValue, type ValueCodec } from './values.ts'

/** `old` reads the value before the change, once, and only if the index asks. */
export type Index<K, V> = {
  reference(ctx: Ctx, key: K, value: V, old: () => V | undefined): void
  unreference(ctx: Ctx, key: K, old: () => V | undefined): void
}
/** One key for each reference. */
export type UniqueIndex<R, K, V> = Index<K, V> & {
  match(view: View, ref: R): K | undefined
  entries(view: View, range?: CollectionRange<R>): IterableIterator<readonly [ref: R, key: K]>
  readonly map: CollectionMap<R, K>
}
/** Many keys for a reference. */
export type MultiIndex<R, K, V> = Index<K, V> & {
  match(view: View, ref: R): IterableIterator<K>
  readonly set: KeySet<readonly [R, K]>
}
/** The keys of a pair-keyed map by their second part. */
export type ReversePairIndex<A, B, V> = Index<readonly [A, B], V> & {
  match(view: View, second: B): IterableIterator<readonly [A, B]>
  readonly set: KeySet<readonly [B, A]>
}
export type IndexedMap<K, V, I> = CollectionMap<K, V> & { readonly indexes: I }

const absent = () => plainError('collections: not found')

export const uniqueIndex = <R, K, V>(
  store: StoreHandle,
  prefix: Prefix,
  refs: KeyCodec<R>,
  keys: KeyCodec<K>,
  refOf: (key: K, value: V) => R,
): UniqueIndex<R, K, V> => {
  const map = store.map(prefix, refs, keyValue(keys))
  return {
    map,
    match: map.get,
    entries: map.entries,
    reference(ctx, key, value, old) {
      const before = old()
      if (before !== undefined) map.remove(ctx, refOf(key, before))
      const ref = refOf(key, value)
      if (map.has(ctx, ref))
        throw plainError(`collections: conflict: index uniqueness constraint violation: ${refs.show(ref)}`)
      map.set(ctx, ref, key)
    },
    unreference(ctx, key, old) {
      const before = old()
      if (before === undefined) throw absent()
      map.remove(ctx, refOf(key, before))
    },
  }
}

export const multiIndex = <R, K, V>(
  store: StoreHandle,
  prefix: Prefix,
  refs: KeyCodec<R>,
  keys: KeyCodec<K>,
  refOf: (key: K, value: V) => R,
): MultiIndex<R, K, V> => {
  const set = store.keySet(prefix, pairKey(refs, keys))
  return {
    set,
    *match(view, ref) {
      const range = { prefix: [ref] } as unknown as CollectionRange<readonly [R, K]>
      for (const [, key] of set.keysOf(view, range)) yield key
    },
    reference(ctx, key, value, old) {
      const before = old()
      if (before !== undefined) set.remove(ctx, [refOf(key, before), key])
      set.add(ctx, [refOf(key, value), key])
    },
    unreference(ctx, key, old) {
      const before = old()
      if (before === undefined) throw absent()
      set.remove(ctx, [refOf(key, before), key])
    },
  }
}

export const reversePairIndex = <A, B, V>(
  store: StoreHandle,
  prefix: Prefix,
  first: KeyCodec<A>,
  second: KeyCodec<B>,
): ReversePairIndex<A, B, V> => {
  const set = store.keySet(prefix, pairKey(second, first))
  return {
    set,
    *match(view, b) {
      const range = { prefix: [b] } as unknown as CollectionRange<readonly [B, A]>
      for (const [, a] of set.keysOf(view, range)) yield [a, b]
    },
    reference: (ctx, [a, b]) => set.add(ctx, [b, a]),
    unreference: (ctx, [a, b]) => set.remove(ctx, [b, a]),
  }
}

export const indexedMap = <K, V, I extends Record<string, Index<K, V>>>(
  store: StoreHandle,
  prefix: Prefix,
  keys: KeyCodec<K>,
  values: ValueCodec<V>,
  indexes: I,
): IndexedMap<K, V, I> => {
  const map = store.map(prefix, keys, values)
  const all = Object.values(indexes)
  const before = (view: View, key: K) => {
    let asked = false
    let value: V | undefined
    return () => {
      if (!asked) value = map.get(view, key)
      asked = true
      return value
    }
  }
  return {
    ...map,
    indexes,
    set(ctx, key, value) {
      for (const index of all) index.reference(ctx, key, value, before(ctx, key))
      map.set(ctx, key, value)
    },
    remove(ctx, key) {
      for (const index of all) index.unreference(ctx, key, before(ctx, key))
      map.remove(ctx, key)
    },
  }
}
