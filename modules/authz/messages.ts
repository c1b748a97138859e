// Granting, revoking, and acting for others (x/authz/keeper/msg_server.go).
import {
  type MessageRoutes,
  messages,
  plainError,
  type RoutedMessage,
  sdk,
  TxError,
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
  return messages(Msg, {
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
      const opened = msgs.map((any) => {
        const message = router.open(any)
        if (message === undefined) throw sdk.unknownRequest(`unrecognized message route: ${any.typeUrl}`)
        return message
      })
      for (const [i, message] of opened.entries()) validate(message, i)
      return { results: authz.dispatch(ctx, grantee, opened) }
    },
  })
}

const validate = (message: RoutedMessage, index: number): void => {
  try {
    message.validate()
  } catch (error) {
    throw error instanceof TxError ? error.wrap(`msg ${index}`) : error
  }
}
