// Pages as CometBFT cuts them (rpc/core/env.go validatePage).
import { QueryError } from './query/parser.ts'

/** The items of a page as the first and the one after the last; pages count from 1. Throws QueryError. */
export const pageRange = (
  page: number | bigint | undefined,
  perPage: number,
  total: number,
): { start: number; end: number } => {
  const pages = Math.max(1, Math.ceil(total / perPage))
  if (page !== undefined && (page <= 0 || page > pages))
    throw new QueryError(`page should be within [1, ${pages}] range, given ${page}`)
  const start = (Number(page ?? 1) - 1) * perPage
  return { start, end: Math.min(start + perPage, total) }
}
