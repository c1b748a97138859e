// auth: who may act on the chain (x/auth of SDK 0.53). Accounts and their state are in keeper.ts, what a
// transaction must pass before its messages run is in ante/.
import {
  defineModule,
  type MessageRoutes,
  type Module,
  messages,
  plainError,
  type View,
} from '../../chain/module.ts'
import { GenesisStateSchema } from '../../proto/gen/cosmos/auth/v1beta1/genesis_pb.ts'
import { Msg } from '../../proto/gen/cosmos/auth/v1beta1/tx_pb.ts'
import { accountFiles, packAccount } from './account.ts'
import { defaultParams, initGenesis, paramsProblem, validateGenesis } from './genesis.ts'
import type { Auth } from './keeper.ts'
import { authQueries } from './queries.ts'

export const auth = (keeper: Auth): Module =>
  defineModule({
    name: 'auth',
    stores: ['acc'],
    types: accountFiles,
    genesis: {
      schema: GenesisStateSchema,
      default: () => ({ params: defaultParams }),
      validate: (genesis) => validateGenesis(genesis, keeper.addresses),
      init: (ctx, genesis) => initGenesis(keeper, ctx, genesis),
      export: (view) => ({
        params: keeper.params(view),
        accounts: Array.from(keeper.accounts.entries(view), ([, account]) => packAccount(account)),
      }),
    },
    preBlock(ctx) {
      if (keeper.unorderedTxs) keeper.dropExpiredNonces(ctx)
    },
    messages: [authMessages(keeper)],
    queries: [authQueries(keeper)],
    invariants: {
      everyNumberHasItsAccount: (view) => numbersMatch(keeper, view),
    },
  })

const authMessages = (keeper: Auth): MessageRoutes =>
  messages(Msg, {
    updateParams(ctx, { authority, params }) {
      if (authority !== keeper.authority)
        throw plainError(
          'expected gov account as only signer for proposal message; ' +
            `invalid authority; expected ${keeper.authority}, got ${authority}`,
        )
      const problem = params === undefined ? 'invalid tx signature limit: 0' : paramsProblem(params)
      if (problem !== undefined) throw plainError(problem)
      keeper.setParams(ctx, params!)
    },
  })

const numbersMatch = (keeper: Auth, view: View): boolean => {
  const byNumber = new Map<bigint, string>()
  for (const [number, address] of keeper.accounts.indexes.number.entries(view))
    byNumber.set(number, keeper.addresses.text(address))
  const accounts = [...keeper.accounts.entries(view)]
  return (
    accounts.length === byNumber.size &&
    accounts.every(([, { base }]) => byNumber.get(base.accountNumber) === base.address)
  )
}
