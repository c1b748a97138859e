// Codespaces of x/group: its own and that of its table layer (x/group/errors).
import { errors, TxError } from '../../chain/module.ts'

export const NAME = 'group'

export const err = errors('group', {
  empty: [2, 'value is empty'],
  duplicate: [3, 'duplicate value'],
  maxLimit: [4, 'limit exceeded'],
  type: [5, 'invalid type'],
  invalid: [6, 'invalid value'],
  unauthorized: [7, 'unauthorized'],
  modified: [8, 'modified'],
  expired: [9, 'expired'],
})

export const ormErrors = errors('legacy_orm', {
  uniqueConstraint: [13, 'unique constraint violation'],
  emptyKey: [47, 'cannot use empty key'],
})

/** Runs what Go would wrap: a TxError comes out with `detail` in front. */
export const wrapped = <T>(detail: string, body: () => T): T => {
  try {
    return body()
  } catch (error) {
    throw error instanceof TxError ? error.wrap(detail) : error
  }
}
