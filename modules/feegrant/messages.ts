// Giving, revoking and clearing away allowances (x/feegrant/keeper/msg_server.go).
import { GoPanic, type MessageRoutes, messages, sdk } from '../../chain/module.ts'
import { Msg } from '../../proto/gen/cosmos/feegrant/v1beta1/tx_pb.ts'
import { checkPacked, unpackAllowance, validateAllowance } from './allowance.ts'
import type { Feegrant } from './keeper.ts'

/** Expired allowances that one message removes. */
const PRUNED = 75

export const feegrantMessages = (feegrant: Feegrant): MessageRoutes => {
  const { addresses } = feegrant
  return messages(
    Msg,
    {
      grantAllowance(ctx, { granter: granterText, grantee: granteeText, allowance }) {
        if (granteeText.toLowerCase() === granterText.toLowerCase())
          throw sdk.invalidAddress('cannot self-grant fee authorization')
        const grantee = addresses.bytes(granteeText)
        const granter = addresses.bytes(granterText)
        feegrant.expectNone(ctx, granter, grantee)
        if (allowance === undefined)
          throw new GoPanic('runtime error: invalid memory address or nil pointer dereference')
        const given = unpackAllowance(allowance)
        validateAllowance(given)
        feegrant.grant(ctx, granter, grantee, given)
      },
      revokeAllowance(ctx, { granter, grantee }) {
        if (grantee === granter) throw sdk.invalidAddress('addresses must be different')
        const to = addresses.bytes(grantee)
        feegrant.revoke(ctx, addresses.bytes(granter), to)
      },
      pruneAllowances(ctx, { pruner }) {
        feegrant.dropExpired(ctx, PRUNED)
        ctx.emit('prune_feegrant', ['pruner', pruner])
      },
    },
    {},
    { grantAllowance: ({ allowance }, limit) => checkPacked(allowance, limit) },
  )
}
