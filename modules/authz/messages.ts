// Granting, revoking, and acting for others (x/authz/keeper/msg_server.go).
import type { Any } from '@bufbuild/protobuf/wkt'
import {
  type MessageRoutes,
  messages,
  plainError,
  type RoutedMessage,
  sdk,
  TxError,
  type UnpackLimit,
} from '../../chain/module.ts'
import { Msg } from '../../proto/gen/cosmos/authz/v1beta1/tx_pb.ts'
import { err } from './errors.ts'
import type { Authz } from './keeper.ts'

type Pair = { grantee: string; granter: string }

export const authzMessages = (authz: Authz): MessageRoutes => {
  const { addresses, router } = authz
  const granteeOf = (text: string) =>
    addresses.bytes(text, (why) => sdk.invalidAddress(`invalid grantee address: ${why}`))
  const pairOf = ({ grantee, granter }: Pair) => {
    if (grantee.toLowerCase() === granter.toLowerCase()) throw err.granteeIsGranter()
    return {
      grantee: granteeOf(grantee),
      granter: addresses.bytes(granter, (why) => sdk.invalidAddress(`invalid granter address: ${why}`)),
    }
  }
  const open = (any: Any): RoutedMessage => {
    const message = router.open(any)
    if (message === undefined) throw sdk.unknownRequest(`unrecognized message route: ${any.typeUrl}`)
    return message
  }
  const unpackAuthorization = (any: Any | undefined, limit: UnpackLimit): void => {
    limit.enter()
    if (any !== undefined && !authz.isAuthorization(any))
      throw sdk.txDecode(
        `no concrete type registered for type URL ${any.typeUrl} against interface *authz.Authorization`,
      )
  }
  return messages(
    Msg,
    {
      grant(ctx, message) {
        const { grantee, granter } = pairOf(message)
        const { authorization: packed, expiration } = message.grant ?? {}
        const authorization = authz.unpack(packed)
        authorization.kind.validate(authorization.message)
        authz.openAccount(ctx, grantee)
        const typeUrl = authorization.kind.msgTypeUrl(authorization.message)
        if (!router.has(typeUrl)) throw sdk.invalidType(`${typeUrl} doesn't exist.`)
        authz.save(ctx, grantee, granter, authorization, expiration)
      },
      revoke(ctx, message) {
        const { grantee, granter } = pairOf(message)
        if (message.msgTypeUrl === '') throw sdk.invalidRequest('missing msg method name')
        authz.remove(ctx, grantee, granter, message.msgTypeUrl)
      },
      exec(ctx, { grantee: text, msgs }) {
        if (text === '') throw plainError('empty address string is not allowed')
        const grantee = granteeOf(text)
        if (msgs.length === 0) throw sdk.invalidRequest('messages cannot be empty')
        const opened = msgs.map(open)
        for (const [i, message] of opened.entries()) validate(message, i)
        return { results: authz.dispatch(ctx, grantee, opened) }
      },
    },
    {},
    {
      grant: ({ grant }, limit) => unpackAuthorization(grant?.authorization, limit),
      exec({ msgs }, limit) {
        for (const any of msgs) router.unpack(any, limit)
      },
    },
  )
}

const validate = (message: RoutedMessage, index: number): void => {
  try {
    message.validate()
  } catch (error) {
    throw error instanceof TxError ? error.wrap(`msg ${index}`) : error
  }
}
