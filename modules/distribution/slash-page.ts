// Pages of a validator's slashes. The SDK filters here while it pages and counts only what passes, also for
// the offset (query.GenericFilteredPaginate). A validator has few slashes, so they are all read and then cut.
import { type Bytes, compareBytes, concatBytes, uint64BE } from '../../chain/bytes.ts'
import { type Page, plainError, type View } from '../../chain/module.ts'
import type { PageRequest } from '../../proto/gen/cosmos/base/query/v1beta1/pagination_pb.ts'
import type { Slash } from './records.ts'
import type { DistributionState } from './state.ts'

type Found = { readonly key: Bytes; readonly slash: Slash }
const NONE: Bytes = new Uint8Array()
const DEFAULT_LIMIT = 100

/** What lies from the page's key on, in the asked order. Backwards, the key's own entry is the first. */
const from = (all: Found[], key: Bytes, reverse: boolean): Found[] => {
  const first = all.findIndex((found) => compareBytes(found.key, key) >= 0)
  if (!reverse) return first < 0 ? [] : all.slice(first)
  return (key.length === 0 || first < 0 ? all : all.slice(0, first + 1)).reverse()
}

/** The slashes of periods `low` to `high`, both inclusive. */
export const slashPage = (
  view: View,
  slashes: DistributionState['slashes'],
  operator: Bytes,
  periods: { low: bigint; high: bigint },
  request: PageRequest | undefined,
): Page<Slash> => {
  const { key = NONE, offset = 0n, limit: asked = 0n, countTotal = false, reverse = false } = request ?? {}
  if (offset > 0n && key.length > 0)
    throw plainError('invalid request, either offset or key is expected, got both')
  const limit = asked === 0n ? DEFAULT_LIMIT : Number(asked)
  const all = Array.from(slashes.entries(view, { prefix: [operator] }), ([[, height, period], slash]) => ({
    key: concatBytes(uint64BE(height), uint64BE(period)),
    slash,
  }))
  const rest = from(all, key, reverse)
  const isAsked = ({ slash }: Found) => slash.period >= periods.low && slash.period <= periods.high
  if (key.length > 0) return pageByKey(rest, limit, isAsked)
  const hits = rest.filter(isAsked)
  const start = Number(offset)
  return {
    items: hits.slice(start, start + limit).map(({ slash }) => slash),
    pagination: {
      nextKey: hits[start + limit]?.key ?? NONE,
      total: countTotal || asked === 0n ? BigInt(hits.length) : 0n,
    },
  }
}

/** The next key is that of the entry after the last hit, whether it is a hit or not. */
const pageByKey = (rest: Found[], limit: number, isAsked: (found: Found) => boolean): Page<Slash> => {
  const items: Slash[] = []
  for (const found of rest) {
    if (items.length === limit) return { items, pagination: { nextKey: found.key } }
    if (isAsked(found)) items.push(found.slash)
  }
  return { items, pagination: {} }
}
