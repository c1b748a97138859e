// A page of the records below a prefix that pass a filter (GenericFilteredPaginate of the SDK's types/query):
// by offset it counts hits, not records, and it has to read one hit more than it shows.
import { type Bytes, concatBytes, prefixEnd } from '../../chain/bytes.ts'
import { type Page, plainError, type View } from '../../chain/module.ts'
import type { Entry } from '../../chain/store/kv.ts'
import type { PageRequest } from '../../proto/gen/cosmos/base/query/v1beta1/pagination_pb.ts'

const NONE: Bytes = new Uint8Array()
const DEFAULT_LIMIT = 100n

export const paginateFiltered = <T>(
  view: View,
  store: string,
  prefix: Bytes,
  request: PageRequest | undefined,
  read: (entry: Entry) => T | undefined,
): Page<T> => {
  const { key = NONE, offset = 0n, reverse = false } = request ?? {}
  const limit = request?.limit || DEFAULT_LIMIT
  const countTotal = request?.countTotal === true || !request?.limit
  if (offset > 0n && key.length > 0)
    throw plainError('invalid request, either offset or key is expected, got both')
  const byKey = key.length > 0
  const items: T[] = []
  let hits = 0n
  let nextKey = NONE
  for (const entry of openPage(view, store, prefix, key, reverse)) {
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

/** Go's getIterator: backwards it begins with the record after the page's key, if there is one. */
const openPage = (
  view: View,
  store: string,
  prefix: Bytes,
  key: Bytes,
  reverse: boolean,
): IterableIterator<Entry> => {
  const kv = view.store(store)
  const from = concatBytes(prefix, key)
  const end = prefixEnd(prefix)
  if (!reverse) return kv.iterate(from, end)
  if (key.length === 0) return kv.iterate(prefix, end, true)
  const after = kv.iterate(from, end)
  after.next()
  const second = after.next()
  return kv.iterate(prefix, second.done ? end : second.value[0], true)
}
