// The smallest chain: accounts, coins, parameters of consensus. Its validators are the engine's alone, or a
// module's that a test brings along.
import type { ChainSettings, ModuleAccounts } from '../../chain/module.ts'
import { anteHandler } from '../../modules/auth/ante/ante.ts'
import { authKeeper } from '../../modules/auth/keeper.ts'
import { auth } from '../../modules/auth/module.ts'
import { bankKeeper } from '../../modules/bank/keeper.ts'
import { bank } from '../../modules/bank/module.ts'
import { consensus } from '../../modules/consensus/module.ts'
import type { Parts, PartsOptions } from '../app.ts'

export const BASE_ACCOUNTS: ModuleAccounts = { fee_collector: [], gov: ['burner'] }

export const baseParts = (settings: ChainSettings, { extraModules }: PartsOptions): Parts => {
  const accounts = authKeeper(settings)
  const coins = bankKeeper(settings, { auth: accounts })
  const parameters = consensus(settings)
  return {
    modules: [auth(accounts), bank(coins), parameters.module, ...extraModules],
    consensusParams: parameters.params,
    ante: anteHandler({ auth: accounts, bank: coins }),
  }
}
