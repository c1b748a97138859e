// Pages of rows, as x/group's table layer cuts them (internal/orm/iterator.go, Paginate). It differs from
// other modules: a page key is a row id and begins the page, an order cannot be asked for, and a total is
// counted over the whole range.
import type { MessageInitShape } from '@bufbuild/protobuf'
import type { Bytes } from '../../chain/bytes.ts'
import { plainError } from '../../chain/module.ts'
import type {
  PageRequest,
  PageResponseSchema,
} from '../../proto/gen/cosmos/base/query/v1beta1/pagination_pb.ts'
import type { Rows } from './table.ts'

const USUAL_LIMIT = 100n

export type Page<T> = { rows: T[]; pagination: MessageInitShape<typeof PageResponseSchema> }

/** Throws TxError for an offset together with a key. */
export const pageOf = <T>(rows: Rows<T>, request: PageRequest | undefined): Page<T> => {
  const { offset = 0n, key = new Uint8Array(), limit: asked = 0n, countTotal = false } = request ?? {}
  if (offset > 0n && key.length > 0)
    throw plainError('invalid request, either offset or key is expected, got both')
  const counts = (asked === 0n || countTotal) && key.length === 0
  const end = BigInt.asUintN(64, offset + (asked === 0n ? USUAL_LIMIT : asked))
  const found: T[] = []
  let count = 0n
  let nextKey: Bytes | undefined
  for (const [rowId, row] of rows) {
    count++
    if (count <= offset) continue
    if (count <= end) found.push(row)
    else if (nextKey === undefined) {
      nextKey = rowId
      if (!counts) break
    }
  }
  return { rows: found, pagination: { ...(nextKey && { nextKey }), ...(counts && { total: count }) } }
}
