// What anyone may ask of authz (x/authz/keeper/grpc_query.go).
import type { Bytes } from '../../chain/bytes.ts'
import { encodeKey, paginateFiltered, type QueryRoutes, queries, type View } from '../../chain/module.ts'
import type { Entry } from '../../chain/store/kv.ts'
import type { Grant } from '../../proto/gen/cosmos/authz/v1beta1/authz_pb.ts'
import { Query } from '../../proto/gen/cosmos/authz/v1beta1/query_pb.ts'
import type { PageRequest } from '../../proto/gen/cosmos/base/query/v1beta1/pagination_pb.ts'
import { err } from './errors.ts'
import { type Authz, NAME } from './keeper.ts'

export const authzQueries = (authz: Authz): QueryRoutes => {
  const { addresses } = authz
  const { grants } = authz.state

  /** With the authorization packed anew, as Go does. */
  const shown = ({ authorization, expiration }: Grant) => ({
    authorization: authz.pack(authz.unpack(authorization)),
    expiration,
  })
  const below = (...parts: readonly [Bytes] | readonly [Bytes, Bytes]): Bytes =>
    encodeKey(grants.prefix, grants.keys, parts)
  const full = (entry: Entry) => {
    const [[granter, grantee], grant] = grants.decode(entry)
    return { granter: addresses.text(granter), grantee: addresses.text(grantee), ...shown(grant) }
  }
  const page = <T>(
    view: View,
    prefix: Bytes,
    request: PageRequest | undefined,
    read: (entry: Entry) => T | undefined,
  ) => {
    const { items, pagination } = paginateFiltered(view, NAME, prefix, request, read)
    return { grants: items, pagination }
  }

  return queries(Query, {
    grants(view, { granter: granterText, grantee: granteeText, msgTypeUrl, pagination }) {
      const granter = addresses.bytes(granterText)
      const grantee = addresses.bytes(granteeText)
      if (msgTypeUrl === '')
        return page(view, below(granter, grantee), pagination, (entry) => shown(grants.decode(entry)[1]))
      const grant = authz.grant(view, grantee, granter, msgTypeUrl)
      if (grant === undefined)
        throw err.noAuthorizationFound(`authorization not found for ${msgTypeUrl} type`)
      return { grants: [shown(grant)] }
    },
    granterGrants: (view, { granter, pagination }) =>
      page(view, below(addresses.bytes(granter)), pagination, full),
    granteeGrants(view, { grantee, pagination }) {
      const text = addresses.text(addresses.bytes(grantee))
      return page(view, grants.prefix, pagination, (entry) => {
        const found = full(entry)
        return found.grantee === text ? found : undefined
      })
    },
  })
}
