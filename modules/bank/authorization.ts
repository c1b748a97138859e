// What may be sent for somebody else: coins up to a limit, perhaps only to some addresses (x/bank/types
// send_authorization.go).
import {
  coinsFrom,
  coinsTo,
  isAllPositive,
  isAnyNegative,
  isZeroCoins,
  safeSubCoins,
  sdk,
} from '../../chain/module.ts'
import { SendAuthorizationSchema } from '../../proto/gen/cosmos/bank/v1beta1/authz_pb.ts'
import { type MsgSend, MsgSendSchema } from '../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import type { AuthorizationOf } from '../authz/authorization.ts'
import { bankErrors } from './errors.ts'

const SEND = `/${MsgSendSchema.typeName}`
/** What it costs to look at an address of the list. */
const LIST_GAS = 10

export const sendAuthorization: AuthorizationOf<typeof SendAuthorizationSchema> = {
  schema: SendAuthorizationSchema,
  msgTypeUrl: () => SEND,
  validate({ spendLimit, allowList }) {
    if (spendLimit.length === 0) throw sdk.invalidCoins('spend limit cannot be nil')
    if (!isAllPositive(coinsFrom(spendLimit))) throw sdk.invalidCoins('spend limit must be positive')
    if (new Set(allowList).size < allowList.length) throw bankErrors.duplicateEntry()
  },
  accept(ctx, { spendLimit, allowList }, { typeUrl, message }) {
    if (typeUrl !== SEND) throw sdk.invalidType('type mismatch')
    const { amount, toAddress } = message as MsgSend
    const left = safeSubCoins(coinsFrom(spendLimit), coinsFrom(amount))
    if (isAnyNegative(left)) throw sdk.insufficientFunds('requested amount is more than spend limit')
    const at = allowList.indexOf(toAddress)
    const looked = at < 0 ? allowList.length : at + 1
    for (let i = 0; i < looked; i++) ctx.gas.consume(LIST_GAS, 'send authorization')
    if (allowList.length > 0 && at < 0) throw sdk.unauthorized(`cannot send to ${toAddress} address`)
    return isZeroCoins(left) ? 'nothing' : { spendLimit: coinsTo(left), allowList }
  },
}
