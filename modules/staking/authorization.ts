// What may be done with somebody else's stake: one kind of movement, up to a limit, with some validators or
// all but some (x/staking/types authz.go).
import {
  type Coin,
  type Ctx,
  coinFrom,
  coinText,
  coinTo,
  errors,
  GoPanic,
  plainError,
  sdk,
} from '../../chain/module.ts'
import {
  type StakeAuthorization,
  StakeAuthorizationSchema,
  AuthorizationType as Type,
} from '../../proto/gen/cosmos/staking/v1beta1/authz_pb.ts'
import {
  type MsgBeginRedelegate,
  MsgBeginRedelegateSchema,
  type MsgCancelUnbondingDelegation,
  MsgCancelUnbondingDelegationSchema,
  type MsgDelegate,
  MsgDelegateSchema,
  type MsgUndelegate,
  MsgUndelegateSchema,
} from '../../proto/gen/cosmos/staking/v1beta1/tx_pb.ts'
import type { AuthorizationOf } from '../authz/authorization.ts'

type Movement = MsgDelegate | MsgUndelegate | MsgBeginRedelegate | MsgCancelUnbondingDelegation

const typeUrls: Partial<Record<Type, string>> = {
  [Type.DELEGATE]: `/${MsgDelegateSchema.typeName}`,
  [Type.UNDELEGATE]: `/${MsgUndelegateSchema.typeName}`,
  [Type.REDELEGATE]: `/${MsgBeginRedelegateSchema.typeName}`,
  [Type.CANCEL_UNBONDING_DELEGATION]: `/${MsgCancelUnbondingDelegationSchema.typeName}`,
}
/** What it costs to look at a validator of a list. */
const LIST_GAS = 10

const authz = errors('authz', {
  unknownAuthorizationType: [4, 'unknown authorization type'],
  negativeMaxTokens: [12, 'max tokens should be positive'],
})

export const stakeAuthorization: AuthorizationOf<typeof StakeAuthorizationSchema> = {
  schema: StakeAuthorizationSchema,
  msgTypeUrl({ authorizationType }) {
    const typeUrl = typeUrls[authorizationType]
    if (typeUrl === undefined)
      throw new GoPanic(
        'cannot normalize authz type with types.AuthorizationType: unknown authorization type',
      )
    return typeUrl
  },
  validate({ maxTokens, authorizationType }) {
    const limit = maxTokens && coinFrom(maxTokens)
    if (limit !== undefined && limit.amount < 0n)
      throw authz.negativeMaxTokens(`negative coin amount: ${coinText(limit)}`)
    if (authorizationType === Type.UNSPECIFIED) throw authz.unknownAuthorizationType()
  },
  accept(ctx, { validators, maxTokens, authorizationType }, { typeUrl, message }) {
    if (!Object.values(typeUrls).includes(typeUrl)) throw sdk.invalidRequest('unknown msg type')
    const movement = message as Movement
    const validator =
      'validatorDstAddress' in movement ? movement.validatorDstAddress : movement.validatorAddress
    expectAllowed(ctx, validators, validator)
    if (maxTokens === undefined) return { validators, authorizationType }
    const left = lessCoin(coinFrom(maxTokens), movement.amount ?? { denom: '', amount: '' })
    if (left.amount === 0n) return 'nothing'
    return { validators, authorizationType, maxTokens: coinTo(left) }
  },
}

const expectAllowed = (ctx: Ctx, validators: StakeAuthorization['validators'], validator: string): void => {
  const addresses = validators.value?.address ?? []
  const at = addresses.indexOf(validator)
  const looked = at < 0 ? addresses.length : at + 1
  for (let i = 0; i < looked; i++) ctx.gas.consume(LIST_GAS, 'stake authorization')
  const isListed = at >= 0
  const refused = validators.case === 'denyList' ? isListed : addresses.length > 0 && !isListed
  if (refused) throw sdk.unauthorized(`cannot delegate/undelegate to ${validator} validator`)
}

/** Coin.SafeSub */
const lessCoin = ({ denom, amount }: Coin, taken: { denom: string; amount: string }): Coin => {
  if (denom !== taken.denom) throw plainError(`invalid coin denoms: ${denom}, ${taken.denom}`)
  const left = { denom, amount: amount - coinFrom(taken).amount }
  if (left.amount < 0n) throw plainError(`negative coin amount: ${coinText(left)}`)
  return left
}
