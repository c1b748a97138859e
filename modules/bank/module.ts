// bank: coins of accounts, how they move, and how many there are (x/bank of SDK 0.53). State is in state.ts,
// rules in keeper.ts, messages and queries beside them.

import { create } from '@bufbuild/protobuf'
import { compareBytes } from '../../chain/bytes.ts'
import { type Coin, coinsFrom, coinsTo, defineModule, type Module, type View } from '../../chain/module.ts'
import { file_cosmos_bank_v1beta1_authz } from '../../proto/gen/cosmos/bank/v1beta1/authz_pb.ts'
import { ParamsSchema } from '../../proto/gen/cosmos/bank/v1beta1/bank_pb.ts'
import { GenesisStateSchema } from '../../proto/gen/cosmos/bank/v1beta1/genesis_pb.ts'
import type { Bank } from './keeper.ts'
import { bankMessages } from './messages.ts'
import { allSendEnabled, genesisSupply, validateGenesis } from './params.ts'
import { bankQueries } from './queries.ts'

export const bank = (keeper: Bank): Module => {
  const { state, addresses } = keeper
  return defineModule({
    name: 'bank',
    stores: ['bank'],
    types: [file_cosmos_bank_v1beta1_authz],
    genesis: {
      schema: GenesisStateSchema,
      default: () => ({ params: { defaultSendEnabled: true } }),
      validate: (genesis) => validateGenesis(genesis, addresses),
      init(ctx, genesis) {
        const { defaultSendEnabled = false } = genesis.params ?? {}
        state.params.set(ctx, create(ParamsSchema, { defaultSendEnabled }))
        for (const { denom, enabled } of allSendEnabled(genesis)) state.sendEnabled.set(ctx, denom, enabled)
        for (const { address, coins } of genesis.balances) {
          const holder = addresses.bytes(address)
          for (const { denom, amount } of coinsFrom(coins)) state.balances.set(ctx, [holder, denom], amount)
        }
        for (const { denom, amount } of genesisSupply(genesis, addresses))
          state.supply.set(ctx, denom, amount)
        for (const metadata of genesis.denomMetadata) state.metadata.set(ctx, metadata.base, metadata)
      },
      export: (view) => ({
        params: keeper.params(view),
        balances: balancesByHolder(keeper, view),
        supply: coinsTo(Array.from(state.supply.entries(view), ([denom, amount]) => ({ denom, amount }))),
        denomMetadata: Array.from(state.metadata.entries(view), ([, metadata]) => metadata),
        sendEnabled: Array.from(state.sendEnabled.entries(view), ([denom, enabled]) => ({ denom, enabled })),
      }),
    },
    messages: [bankMessages(keeper)],
    queries: [bankQueries(keeper)],
    invariants: {
      nobodyOwes: (view) => [...state.balances.entries(view)].every(([, amount]) => amount > 0n),
      supplyIsSumOfBalances: (view) => supplyIsSum(keeper, view),
      everyBalanceIsIndexed: (view) => isIndexed(keeper, view),
    },
  })
}

const balancesByHolder = ({ state, addresses }: Bank, view: View) => {
  const holders: { address: string; coins: { denom: string; amount: string }[] }[] = []
  let last: Uint8Array | undefined
  for (const [[holder, denom], amount] of state.balances.entries(view)) {
    if (last === undefined || compareBytes(last, holder) !== 0)
      holders.push({ address: addresses.text(holder), coins: [] })
    holders.at(-1)!.coins.push({ denom, amount: `${amount}` })
    last = holder
  }
  return holders
}

const supplyIsSum = ({ state }: Bank, view: View): boolean => {
  const sums = new Map<string, bigint>()
  for (const [[, denom], amount] of state.balances.entries(view))
    sums.set(denom, (sums.get(denom) ?? 0n) + amount)
  const supply: Coin[] = Array.from(state.supply.entries(view), ([denom, amount]) => ({ denom, amount }))
  return supply.length === sums.size && supply.every(({ denom, amount }) => sums.get(denom) === amount)
}

const isIndexed = ({ state }: Bank, view: View): boolean => {
  let indexed = 0
  for (const [denom, holder] of state.balances.indexes.denom.set.keysOf(view)) {
    if (!state.balances.has(view, [holder, denom])) return false
    indexed++
  }
  return indexed === [...state.balances.entries(view)].length
}
