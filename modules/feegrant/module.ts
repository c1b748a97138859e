// feegrant: somebody else pays the fees (x/feegrant 0.2.0). Kinds of allowances are in allowance.ts, state
// and rules in keeper.ts; the ante handler of auth uses an allowance when a transaction names its granter.
import { fromBinary } from '@bufbuild/protobuf'
import {
  defineModule,
  encodeKey,
  internal,
  type Module,
  paginateFiltered,
  paginateRaw,
  type QueryRoutes,
  queries,
  TxError,
} from '../../chain/module.ts'
import {
  file_cosmos_feegrant_v1beta1_feegrant,
  GrantSchema,
} from '../../proto/gen/cosmos/feegrant/v1beta1/feegrant_pb.ts'
import { type GenesisState, GenesisStateSchema } from '../../proto/gen/cosmos/feegrant/v1beta1/genesis_pb.ts'
import { Query } from '../../proto/gen/cosmos/feegrant/v1beta1/query_pb.ts'
import { packAllowance, validateAllowance } from './allowance.ts'
import { allowanceOf, type Feegrant, NAME } from './keeper.ts'
import { feegrantMessages } from './messages.ts'

/** Expired allowances that one block removes. */
const PRUNED = 200

export const feegrant = (keeper: Feegrant): Module => {
  const { addresses, state } = keeper
  return defineModule({
    name: NAME,
    stores: [NAME],
    types: [file_cosmos_feegrant_v1beta1_feegrant],
    genesis: {
      schema: GenesisStateSchema,
      default: () => ({}),
      validate: validateGenesis,
      init(ctx, { allowances }) {
        for (const grant of allowances)
          keeper.grant(
            ctx,
            addresses.bytes(grant.granter),
            addresses.bytes(grant.grantee),
            allowanceOf(grant),
          )
      },
      export: (view) => ({ allowances: Array.from(state.grants.entries(view), ([, grant]) => grant) }),
    },
    endBlock: (ctx) => keeper.dropExpired(ctx, PRUNED),
    messages: [feegrantMessages(keeper)],
    queries: [feegrantQueries(keeper)],
    invariants: {
      everyAllowanceLiesUnderItsNames: (view) =>
        [...state.grants.entries(view)].every(
          ([[grantee, granter], grant]) =>
            grant.granter === addresses.text(granter) && grant.grantee === addresses.text(grantee),
        ),
    },
  })
}

const validateGenesis = ({ allowances }: GenesisState): void => {
  for (const grant of allowances) validateAllowance(allowanceOf(grant))
}

/** What anyone may ask (x/feegrant/keeper/grpc_query.go). */
const feegrantQueries = (keeper: Feegrant): QueryRoutes => {
  const { addresses, state } = keeper
  const { grants } = state
  return queries(Query, {
    allowance(view, { granter, grantee }) {
      const from = addresses.bytes(granter)
      const to = addresses.bytes(grantee)
      const allowance = internally(() => packAllowance(keeper.allowance(view, from, to)))
      return { allowance: { granter, grantee, allowance } }
    },
    allowances(view, { grantee, pagination: request }) {
      const prefix = encodeKey(grants.prefix, grants.keys, [addresses.bytes(grantee)])
      const { items, pagination } = internally(() =>
        paginateRaw(view, NAME, prefix, request, (_, value) => fromBinary(GrantSchema, value)),
      )
      return { allowances: items, pagination }
    },
    allowancesByGranter(view, { granter: text, pagination: request }) {
      const granter = addresses.text(addresses.bytes(text))
      const { items, pagination } = internally(() =>
        paginateFiltered(view, NAME, grants.prefix, request, (entry) => {
          const [key, grant] = grants.decode(entry)
          return addresses.text(key[1]) === granter ? grant : undefined
        }),
      )
      return { allowances: items, pagination }
    },
  })
}

/** Whatever goes wrong inside is an internal error. */
const internally = <T>(body: () => T): T => {
  try {
    return body()
  } catch (error) {
    throw error instanceof TxError ? internal(error.message) : error
  }
}
