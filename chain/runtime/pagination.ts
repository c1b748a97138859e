// Pages of a collection, as the SDK's types/query cuts them: by key or by offset, 100 entries unless told,
// counted if asked (always when no limit is given). Keys in requests and responses are those below the
// prefix.
import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  PageRequest,
  PageResponseSchema,
} from '../../proto/gen/cosmos/base/query/v1beta1/pagination_pb.ts'
import { type Bytes, compareBytes, concatBytes, prefixEnd } from '../bytes.ts'
import type { Entry } from '../store/kv.ts'
import type { RawCollection } from './collections.ts'
import type { View } from './context.ts'
import { plainError } from './errors.ts'
import { encodeKey, type KeyPrefix } from './keys.ts'

export type PageInfo = MessageInitShape<typeof PageResponseSchema>
export type Page<T> = { items: T[]; pagination: PageInfo }

type Wanted = { key: Bytes; offset: bigint; limit: bigint; countTotal: boolean; reverse: boolean }

const NONE: Bytes = new Uint8Array()

const defaults = (request: PageRequest | undefined): Wanted => {
  const { key = NONE, offset = 0n, limit = 0n, countTotal = false, reverse = false } = request ?? {}
  if (offset > 0n && key.length > 0)
    throw plainError('invalid request, either offset or key is expected, got both')
  return { key, offset, limit: limit === 0n ? 100n : limit, countTotal: countTotal || limit === 0n, reverse }
}

export type CollectionPageOptions<K, V> = {
  /** Only keys that begin with these parts. */
  prefix?: KeyPrefix<K>
  include?: (key: K, value: V) => boolean
}

/** A page of a collection (query.CollectionPaginate and CollectionFilteredPaginate). */
export const paginate = <K, V, T>(
  view: View,
  collection: RawCollection<K, V>,
  request: PageRequest | undefined,
  transform: (key: K, value: V) => T,
  options: CollectionPageOptions<K, V> = {},
): Page<T> => {
  const wanted = defaults(request)
  const part = options.prefix === undefined ? NONE : encodeKey(NONE, collection.keys, options.prefix as K)
  const entries = openRange(view, collection, part, wanted)
  if (entries === undefined) return { items: [], pagination: {} }
  const keyOf = ([key]: Entry) => key.subarray(collection.prefix.length + part.length)
  const byKey = wanted.key.length > 0
  if (!byKey && !skip(entries, wanted.offset)) return { items: [], pagination: {} }
  return collect(entries, wanted, byKey, keyOf, (entry) => {
    const [key, value] = collection.decode(entry)
    const included = options.include === undefined || options.include(key, value)
    return included ? { item: () => transform(key, value) } : undefined
  })
}

/** Iterates from the page's key on; undefined if there can be nothing. */
const openRange = <K, V>(
  view: View,
  collection: RawCollection<K, V>,
  part: Bytes,
  { key, reverse }: Wanted,
): IterableIterator<Entry> | undefined => {
  const base = concatBytes(collection.prefix, part)
  const kv = view.store(collection.store)
  const at = concatBytes(base, key)
  const end = reverse
    ? part.length + key.length === 0
      ? prefixEnd(collection.prefix)
      : prefixEnd(at)
    : prefixEnd(base)
  const start = reverse ? base : at
  if (end !== undefined && compareBytes(start, end) > 0) return undefined
  return kv.iterate(start, end, reverse)
}

const skip = (entries: Iterator<Entry>, count: bigint): boolean => {
  for (let i = 0n; i < count; i++) if (entries.next().done) return false
  return true
}

const collect = <T>(
  entries: IterableIterator<Entry>,
  wanted: Wanted,
  byKey: boolean,
  keyOf: (entry: Entry) => Bytes,
  include: (entry: Entry) => { item: () => T } | undefined,
): Page<T> => {
  const items: T[] = []
  let nextKey: Bytes = NONE
  let count = 0n
  for (const entry of entries) {
    if (count < wanted.limit) {
      const hit = include(entry)
      if (hit === undefined) continue
      items.push(hit.item())
      count++
      continue
    }
    if (count === wanted.limit && (!byKey || include(entry) !== undefined)) {
      nextKey = keyOf(entry)
      if (byKey || !wanted.countTotal) return { items, pagination: { nextKey } }
    }
    if (include(entry) !== undefined) count++
  }
  const total = !byKey && wanted.countTotal ? count + wanted.offset : 0n
  return { items, pagination: { nextKey, total } }
}

/** A page of raw entries below a prefix (query.Paginate over a prefix store). */
export const paginateRaw = <T>(
  view: View,
  store: string,
  prefix: Bytes,
  request: PageRequest | undefined,
  read: (key: Bytes, value: Bytes) => T,
): Page<T> => {
  const wanted = defaults(request)
  const cut = ([key]: Entry) => key.subarray(prefix.length)
  const items: T[] = []
  let count = 0n
  let nextKey: Bytes = NONE
  const byKey = wanted.key.length > 0
  const last = byKey ? wanted.limit : wanted.offset + wanted.limit
  for (const entry of openPrefix(view, store, prefix, wanted)) {
    if (byKey && count === wanted.limit) {
      nextKey = cut(entry)
      break
    }
    count++
    if (!byKey && count <= wanted.offset) continue
    if (count <= last) items.push(read(cut(entry), entry[1]))
    else if (count === last + 1n) {
      nextKey = cut(entry)
      if (!wanted.countTotal) break
    }
  }
  return { items, pagination: { nextKey, total: !byKey && wanted.countTotal ? count : 0n } }
}

/**
 * A page of the records below a prefix that pass a filter (query.GenericFilteredPaginate): by offset it
 * counts hits, not records, and it reads one hit more than it shows. `read` gives undefined for what does not
 * pass.
 */
export const paginateFiltered = <T>(
  view: View,
  store: string,
  prefix: Bytes,
  request: PageRequest | undefined,
  read: (entry: Entry) => T | undefined,
): Page<T> => {
  const wanted = defaults(request)
  const { limit, offset, countTotal } = wanted
  const byKey = wanted.key.length > 0
  const items: T[] = []
  let hits = 0n
  let nextKey = NONE
  for (const entry of openPrefix(view, store, prefix, wanted)) {
    const relativeKey = entry[0].subarray(prefix.length)
    if (byKey && hits === limit) {
      nextKey = relativeKey
      break
    }
    const hit = read(entry)
    if (hit !== undefined) {
      if (byKey || (hits >= offset && hits < offset + limit)) items.push(hit)
      hits++
    }
    if (!byKey && hits === offset + limit + 1n) {
      if (nextKey.length === 0) nextKey = relativeKey
      if (!countTotal) break
    }
  }
  return { items, pagination: { nextKey, total: !byKey && countTotal ? hits : 0n } }
}

/**
 * Go's getIterator: from the page's key on; backwards it begins with the entry after that key, if there is
 * one.
 */
const openPrefix = (
  view: View,
  store: string,
  prefix: Bytes,
  { key, reverse }: Wanted,
): IterableIterator<Entry> => {
  const kv = view.store(store)
  const end = prefixEnd(prefix)
  const from = concatBytes(prefix, key)
  if (!reverse) return kv.iterate(from, end)
  return kv.iterate(prefix, key.length > 0 ? keyAfter(view, store, from, end) : end, true)
}

/** The key that follows the page's key, so that the walk back includes it. */
const keyAfter = (view: View, store: string, from: Bytes, end: Bytes | undefined): Bytes | undefined => {
  const entries = view.store(store).iterate(from, end)
  entries.next()
  const second = entries.next()
  return second.done ? end : second.value[0]
}
