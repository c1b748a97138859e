// What anyone may ask of auth (x/auth/keeper/grpc_query.go).
import {
  invalidArgument,
  notFound,
  paginate,
  plainError,
  type QueryRoutes,
  queries,
  type View,
} from '../../chain/module.ts'
import { Query } from '../../proto/gen/cosmos/auth/v1beta1/query_pb.ts'
import { packAccount } from './account.ts'
import type { Auth } from './keeper.ts'

export const authQueries = (auth: Auth): QueryRoutes => {
  const { addresses } = auth
  const accountOf = (view: View, text: string) => {
    const account = auth.account(view, addresses.bytes(text))
    if (account === undefined) throw notFound(`account ${text} not found`)
    return account
  }
  /** A module account that was never used is shown as it would be made. */
  const moduleAccount = (view: View, name: string) =>
    packAccount(view.scratch((ctx) => auth.moduleAccount(ctx, name)))

  return queries(Query, {
    accounts(view, { pagination: request }) {
      const { items, pagination } = paginate(view, auth.accounts, request, (_, account) =>
        packAccount(account),
      )
      return { accounts: items, pagination }
    },
    account(view, { address }) {
      if (address === '') throw invalidArgument('Address cannot be empty')
      return { account: packAccount(accountOf(view, address)) }
    },
    accountAddressByID(view, { id, accountId }) {
      if (id !== 0n)
        throw invalidArgument("requesting with id isn't supported, try to request using account-id")
      const address = auth.byNumber(view, accountId)
      if (address === undefined) throw notFound(`account address not found with account number ${accountId}`)
      return { accountAddress: addresses.text(address) }
    },
    params: (view) => ({ params: auth.params(view) }),
    moduleAccounts(view) {
      const names = [...auth.moduleAccountNames()].sort((a, b) => (a < b ? -1 : 1))
      return {
        accounts: view.scratch((ctx) => names.map((name) => packAccount(auth.moduleAccount(ctx, name)))),
      }
    },
    moduleAccountByName(view, { name }) {
      if (name === '') throw invalidArgument('module name is empty')
      if (!auth.moduleAccountNames().includes(name)) throw notFound(`account ${name} not found`)
      return { account: moduleAccount(view, name) }
    },
    bech32Prefix: () => ({ bech32Prefix: addresses.prefix }),
    addressBytesToString(_, { addressBytes }) {
      if (addressBytes.length === 0) throw plainError('empty address bytes is not allowed')
      return { addressString: addresses.text(addressBytes) }
    },
    addressStringToBytes(_, { addressString }) {
      if (addressString.trim() === '') throw plainError('empty address string is not allowed')
      return { addressBytes: addresses.bytes(addressString) }
    },
    accountInfo(view, { address }) {
      if (address === '') throw invalidArgument('address cannot be empty')
      const { base } = accountOf(view, address)
      return { info: { ...base, address } }
    },
  })
}
