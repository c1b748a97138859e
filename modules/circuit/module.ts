// circuit: switches that turn messages off and on while the chain runs (x/circuit 0.1.1). State is in
// keeper.ts, who may turn them in messages.ts.
import type { Bytes } from '../../chain/bytes.ts'
import {
  addressKey,
  defineModule,
  type Module,
  paginate,
  plainError,
  queries,
  type View,
} from '../../chain/module.ts'
import { Query } from '../../proto/gen/cosmos/circuit/v1/query_pb.ts'
import {
  type GenesisAccountPermissions,
  type GenesisState,
  GenesisStateSchema,
  Permissions_LevelSchema,
  PermissionsSchema,
} from '../../proto/gen/cosmos/circuit/v1/types_pb.ts'
import { type Circuit, NAME } from './keeper.ts'
import { circuitMessages } from './messages.ts'

export const circuit = (keeper: Circuit): Module => {
  const { state, addresses } = keeper
  const permissionsOf = (view: View, address: Bytes) => {
    const found = state.permissions.get(view, address)
    if (found !== undefined) return found
    const type = `github.com/cosmos/gogoproto/${PermissionsSchema.typeName}`
    throw plainError(`collections: not found: key '${addressKey.show(address)}' of type ${type}`)
  }
  const disabledTypeUrls = (view: View): string[] => [...state.disabled.keysOf(view)]
  return defineModule({
    name: NAME,
    stores: [NAME],
    genesis: {
      schema: GenesisStateSchema,
      default: () => ({}),
      validate: validateGenesis,
      init(ctx, genesis) {
        for (const { address, permissions } of genesis.accountPermissions)
          state.permissions.set(ctx, addresses.bytes(address), permissions!)
        for (const typeUrl of genesis.disabledTypeUrls) state.disabled.add(ctx, typeUrl)
      },
      export: (view) => ({
        accountPermissions: Array.from(state.permissions.entries(view), ([address, permissions]) => ({
          address: addresses.text(address),
          permissions,
        })),
        disabledTypeUrls: disabledTypeUrls(view),
      }),
    },
    messages: [circuitMessages(keeper)],
    queries: [
      queries(Query, {
        account: (view, { address }) => ({ permission: permissionsOf(view, addresses.bytes(address)) }),
        accounts(view, { pagination: request }) {
          const { items, pagination } = paginate(
            view,
            state.permissions,
            request,
            (address, permissions) => ({
              address: addresses.text(address),
              permissions,
            }),
          )
          return { accounts: items, pagination }
        },
        disabledList: (view) => ({ disabledList: disabledTypeUrls(view) }),
      }),
    ],
  })
}

const validateGenesis = ({ accountPermissions }: GenesisState): void =>
  accountPermissions.forEach(expectLevel)

const expectLevel = ({ address, permissions }: GenesisAccountPermissions): void => {
  if (address === '') throw new Error('invalid account address: ')
  if (permissions === undefined) throw new Error(`account has empty permissions, account address: ${address}`)
  const { level } = permissions
  const name = Permissions_LevelSchema.value[level]?.name
  // Go's check of a file refuses "none" too, its start does not; who is granted it is in every later export.
  if (name === undefined)
    throw new Error(`invalid permission level account address: ${address}, permission level: ${level}`)
}
