// authz: people let others act for them, within limits (x/authz of SDK 0.53). State and rules are in
// keeper.ts, what can be granted in authorization.ts.
import { defineModule, type Module, type View } from '../../chain/module.ts'
import { instantNs } from '../../chain/time.ts'
import { file_cosmos_authz_v1beta1_authz } from '../../proto/gen/cosmos/authz/v1beta1/authz_pb.ts'
import { file_cosmos_authz_v1beta1_event } from '../../proto/gen/cosmos/authz/v1beta1/event_pb.ts'
import { type GenesisState, GenesisStateSchema } from '../../proto/gen/cosmos/authz/v1beta1/genesis_pb.ts'
import { type Authz, expirationNs, NAME } from './keeper.ts'
import { authzMessages } from './messages.ts'
import { authzQueries } from './queries.ts'

export const authz = (keeper: Authz): Module => {
  const { addresses, state } = keeper
  return defineModule({
    name: NAME,
    stores: [NAME],
    types: [file_cosmos_authz_v1beta1_authz, file_cosmos_authz_v1beta1_event],
    genesis: {
      schema: GenesisStateSchema,
      default: () => ({}),
      validate: validateGenesis,
      init(ctx, { authorization: entries }) {
        for (const { grantee, granter, authorization, expiration } of entries) {
          if (expiration !== undefined && instantNs(expiration) < ctx.block.timeNs) continue
          const unpacked = keeper.unpack(authorization)
          keeper.save(ctx, addresses.bytes(grantee), addresses.bytes(granter), unpacked, expiration)
        }
      },
      export: (view) => ({
        authorization: Array.from(state.grants.entries(view), ([[granter, grantee], grant]) => ({
          granter: addresses.text(granter),
          grantee: addresses.text(grantee),
          authorization: grant.authorization,
          expiration: grant.expiration,
        })),
      }),
    },
    beginBlock: keeper.dropExpired,
    messages: [authzMessages(keeper)],
    queries: [authzQueries(keeper)],
    invariants: {
      whatExpiresIsQueued: (view) => isQueued(keeper, view),
    },
  })
}

const validateGenesis = ({ authorization }: GenesisState): void => {
  for (const [i, { grantee, granter }] of authorization.entries()) {
    if (grantee === '') throw new Error(`authorization: ${i}, missing grantee`)
    if (granter === '') throw new Error(`authorization: ${i},missing granter`)
  }
}

/** Each grant that expires stands in the queue once, and nothing else does. */
const isQueued = ({ state }: Authz, view: View): boolean => {
  const id = (until: bigint, granter: Uint8Array, grantee: Uint8Array, typeUrl: string) =>
    `${until}/${granter}/${grantee}/${typeUrl}`
  const queued = [...state.queue.entries(view)].flatMap(([[until, granter, grantee], { msgTypeUrls }]) =>
    msgTypeUrls.map((typeUrl) => id(until, granter, grantee, typeUrl)),
  )
  const expiring = [...state.grants.entries(view)].flatMap(([[granter, grantee, typeUrl], grant]) => {
    const until = expirationNs(grant)
    return until === undefined ? [] : [id(until, granter, grantee, typeUrl)]
  })
  const wanted = new Set(expiring)
  return queued.length === expiring.length && queued.every((each) => wanted.has(each))
}
