// A chain of accounts, coins, stake and groups, with real transactions.
import { MessageRouter } from '../../../chain/module.ts'
import { type MultiStore, openMultiStore } from '../../../chain/store/multistore.ts'
import type { GroupOptions } from '../../../modules/group/core.ts'
import { type Group, groupKeeper } from '../../../modules/group/keeper.ts'
import { group } from '../../../modules/group/module.ts'
import { stakingKeeper } from '../../../modules/staking/keeper.ts'
import { staking } from '../../../modules/staking/module.ts'
import { buildChain, type ChainOptions } from '../chain.ts'

const accounts = {
  fee_collector: [],
  mint: ['minter'],
  bonded_tokens_pool: ['burner', 'staking'],
  not_bonded_tokens_pool: ['burner', 'staking'],
  gov: ['burner'],
  ...{ distribution: [], nft: [], protocolpool: [], protocolpool_escrow: [] },
} as const

/** The parts of a chain that was not started. */
export const buildGroups = (options: ChainOptions = {}, limits: GroupOptions = {}) => {
  const router = new MessageRouter()
  let stores: MultiStore | undefined
  let keeper: Group | undefined
  const parts = buildChain({
    ...{ accounts, receivers: [], router, openStore: (given) => (stores = openMultiStore(given)) },
    extend({ auth, bank, settings }) {
      const stake = stakingKeeper(settings, { auth, bank })
      stake.setHooks()
      keeper = groupKeeper(settings, { auth, router }, limits)
      return { modules: [staking(stake), group(keeper)] }
    },
    ...options,
  })
  return { ...parts, stores: stores!, group: keeper! }
}
