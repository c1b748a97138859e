// Who may give permissions, and who may switch messages off and on again (x/circuit/keeper/msg_server.go).
import { type Bytes, equalBytes } from '../../chain/bytes.ts'
import {
  type Ctx,
  compactText,
  goForm,
  type MessageRoutes,
  messages,
  plainError,
  sdk,
} from '../../chain/module.ts'
import { Msg, type MsgTripCircuitBreaker } from '../../proto/gen/cosmos/circuit/v1/tx_pb.ts'
import {
  Permissions_Level as Level,
  type Permissions,
  PermissionsSchema,
} from '../../proto/gen/cosmos/circuit/v1/types_pb.ts'
import type { Circuit } from './keeper.ts'

/** Off and on, as texts and events name it. */
type Deed = 'trip' | 'reset'
type Asked = Pick<MsgTripCircuitBreaker, 'authority' | 'msgTypeUrls'>

export const circuitMessages = (circuit: Circuit): MessageRoutes => {
  const { addresses, state } = circuit
  const governs = (who: Bytes): boolean => equalBytes(who, circuit.authority)

  const expectPermission = (
    who: Bytes,
    permissions: Permissions | undefined,
    deed: Deed,
    typeUrl: string,
  ): void => {
    const level = permissions?.level
    if (level === Level.SUPER_ADMIN || level === Level.ALL_MSGS || governs(who)) return
    const detail = `account does not have permission to ${deed} circuit breaker`
    if (permissions === undefined || level !== Level.SOME_MSGS) throw sdk.unauthorized(detail)
    if (!permissions.limitTypeUrls.includes(typeUrl))
      throw sdk.unauthorized(`${detail} for message ${typeUrl}`)
  }

  /** The state of a message is looked at before the permission to change it. */
  const change = (ctx: Ctx, deed: Deed, { authority, msgTypeUrls }: Asked) => {
    const who = addresses.bytes(authority)
    const permissions = state.permissions.get(ctx, who)
    for (const typeUrl of msgTypeUrls) {
      const isAllowed = circuit.isAllowed(ctx, typeUrl)
      if (deed === 'trip' && !isAllowed) throw plainError(`message ${typeUrl} is already disabled`)
      if (deed === 'reset' && isAllowed) throw plainError(`message ${typeUrl} is not disabled`)
      expectPermission(who, permissions, deed, typeUrl)
      if (deed === 'trip') state.disabled.add(ctx, typeUrl)
      else state.disabled.remove(ctx, typeUrl)
    }
    ctx.emit(`${deed}_circuit_breaker`, ['authority', authority], ['msg_url', msgTypeUrls.join(',')])
    return { success: true }
  }

  return messages(Msg, {
    authorizeCircuitBreaker(ctx, { granter, grantee, permissions }) {
      const giver = addresses.bytes(granter)
      if (!governs(giver) && state.permissions.get(ctx, giver)?.level !== Level.SUPER_ADMIN)
        throw sdk.unauthorized('only super admins can authorize users')
      const receiver = addresses.bytes(grantee)
      if (permissions === undefined) throw sdk.invalidRequest('permissions cannot be nil')
      state.permissions.set(ctx, receiver, permissions)
      ctx.emit(
        'authorize_circuit_breaker',
        ['granter', granter],
        ['grantee', grantee],
        ['permission', compactText(PermissionsSchema, goForm(PermissionsSchema, permissions))],
      )
      return { success: true }
    },
    tripCircuitBreaker: (ctx, message) => change(ctx, 'trip', message),
    resetCircuitBreaker: (ctx, message) => change(ctx, 'reset', message),
  })
}
