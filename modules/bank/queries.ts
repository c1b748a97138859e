// What anyone may ask of bank (x/bank/keeper/grpc_query.go).
import {
  coinTo,
  denomProblem,
  GrpcError,
  grpcCodes,
  invalidArgument,
  notFound,
  type Page,
  paginate,
  paginateRaw,
  type QueryRoutes,
  queries,
  TxError,
  type View,
} from '../../chain/module.ts'
import { Query } from '../../proto/gen/cosmos/bank/v1beta1/query_pb.ts'
import type { PageRequest } from '../../proto/gen/cosmos/base/query/v1beta1/pagination_pb.ts'
import type { Bank } from './keeper.ts'

export const bankQueries = (bank: Bank): QueryRoutes => {
  const { addresses, state } = bank
  const addressOf = (text: string) =>
    addresses.bytes(text, (why) => invalidArgument(`invalid address: ${why}`))
  const metadataOf = (view: View, denom: string) => {
    expectDenom(denom)
    const metadata = bank.metadata(view, denom)
    if (metadata === undefined) throw notFound(`client metadata for denom ${denom}`)
    return { metadata }
  }
  const ownersOf = (view: View, denom: string, request: PageRequest | undefined) => {
    expectDenom(denom)
    const owner = ([, address]: readonly [string, Uint8Array]) => ({
      address: addresses.text(address),
      balance: coinTo({ denom, amount: state.balances.require(view, [address, denom]) }),
    })
    const { set } = state.balances.indexes.denom
    const { items, pagination } = paginate(view, set, request, owner, { prefix: [denom] })
    return { denomOwners: items, pagination }
  }
  const balancesOf = <T>(
    view: View,
    address: Uint8Array,
    request: PageRequest | undefined,
    read: (denom: string, amount: bigint) => T,
  ): Page<T> =>
    failingAs(grpcCodes.InvalidArgument, 'paginate: ', () =>
      paginate(view, state.balances, request, ([, denom], amount) => read(denom, amount), {
        prefix: [address],
      }),
    )

  return queries(Query, {
    balance(view, { address, denom }) {
      expectDenom(denom)
      return { balance: coinTo({ denom, amount: bank.balance(view, addressOf(address), denom) }) }
    },
    allBalances(view, { address, pagination: request, resolveDenom }) {
      const { items, pagination } = balancesOf(view, addressOf(address), request, (denom, amount) => {
        const shown = resolveDenom ? bank.metadata(view, denom)?.display : undefined
        return coinTo({ denom: shown ?? denom, amount })
      })
      return { balances: items, pagination }
    },
    spendableBalances(view, { address: text, pagination: request }) {
      const address = addressOf(text)
      const { items, pagination } = balancesOf(view, address, request, (denom) => denom)
      const spendable = spendableCoins(bank, view, address)
      return {
        balances: items.map((denom) => coinTo({ denom, amount: spendable.get(denom) ?? 0n })),
        pagination,
      }
    },
    spendableBalanceByDenom(view, { address: text, denom }) {
      const address = addressOf(text)
      expectDenom(denom)
      const amount = bank.spendable(view, address, denom)
      if (amount < 0n) throw new Error('negative coin amount')
      return { balance: coinTo({ denom, amount }) }
    },
    totalSupply(view, { pagination: request }) {
      const { items, pagination } = failingAs(grpcCodes.Internal, '', () =>
        paginate(view, state.supply, request, (denom, amount) => coinTo({ denom, amount })),
      )
      return { supply: items, pagination }
    },
    supplyOf(view, { denom }) {
      expectDenom(denom)
      return { amount: coinTo({ denom, amount: bank.supply(view, denom) }) }
    },
    params: (view) => ({ params: bank.params(view) }),
    denomMetadata: (view, { denom }) => metadataOf(view, denom),
    denomMetadataByQueryString: (view, { denom }) => metadataOf(view, denom),
    denomsMetadata(view, { pagination: request }) {
      const { prefix, decode } = state.metadata
      const { items, pagination } = failingAs(grpcCodes.Internal, '', () =>
        paginateRaw(
          view,
          'bank',
          prefix,
          request,
          (key, value) => decode([withPrefix(prefix, key), value])[1],
        ),
      )
      return { metadatas: items, pagination }
    },
    denomOwners: (view, { denom, pagination }) => ownersOf(view, denom, pagination),
    denomOwnersByQuery: (view, { denom, pagination }) => ownersOf(view, denom, pagination),
    sendEnabled(view, { denoms, pagination: request }) {
      if (denoms.length > 0) return { sendEnabled: denoms.flatMap((denom) => entryOf(bank, view, denom)) }
      const { items, pagination } = failingAs(grpcCodes.Internal, '', () =>
        paginate(view, state.sendEnabled, request, (denom, enabled) => ({ denom, enabled })),
      )
      return { sendEnabled: items, pagination }
    },
  })
}

const expectDenom = (denom: string): void => {
  const problem = denomProblem(denom)
  if (problem !== undefined) throw invalidArgument(problem)
}

const entryOf = (bank: Bank, view: View, denom: string) => {
  const enabled = bank.sendEnabledEntry(view, denom)
  return enabled === undefined ? [] : [{ denom, enabled }]
}

/** By denomination; nothing at all if more is locked than there is of one. */
const spendableCoins = (bank: Bank, view: View, address: Uint8Array): Map<string, bigint> => {
  const total = bank.balances(view, address)
  const left = new Map(total.map(({ denom, amount }) => [denom, amount]))
  for (const { denom, amount } of bank.locked(view, address))
    left.set(denom, (left.get(denom) ?? 0n) - amount)
  return [...left.values()].some((amount) => amount < 0n) ? new Map() : left
}

/** A page that cannot be cut fails with the status that this method gives it. */
const failingAs = <T>(code: GrpcError['code'], prefix: string, cut: () => T): T => {
  try {
    return cut()
  } catch (error) {
    if (error instanceof TxError) throw new GrpcError(code, prefix + error.message)
    throw error
  }
}

const withPrefix = (prefix: Uint8Array, key: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(prefix.length + key.length)
  whole.set(prefix)
  whole.set(key, prefix.length)
  return whole
}
