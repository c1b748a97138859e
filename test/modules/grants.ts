// A chain on which people act and pay for each other: authz, feegrant, vesting, circuit and nft over auth, bank and
// staking, with real transactions.
import { MessageRouter, type Module } from '../../chain/module.ts'
import { authzKeeper } from '../../modules/authz/keeper.ts'
import { authz } from '../../modules/authz/module.ts'
import { sendAuthorization } from '../../modules/bank/authorization.ts'
import { circuitKeeper } from '../../modules/circuit/keeper.ts'
import { circuit } from '../../modules/circuit/module.ts'
import { feegrantKeeper } from '../../modules/feegrant/keeper.ts'
import { feegrant } from '../../modules/feegrant/module.ts'
import { nftKeeper } from '../../modules/nft/keeper.ts'
import { nft } from '../../modules/nft/module.ts'
import { stakeAuthorization } from '../../modules/staking/authorization.ts'
import { stakingKeeper } from '../../modules/staking/keeper.ts'
import { staking } from '../../modules/staking/module.ts'
import { vesting } from '../../modules/vesting/module.ts'
import { vestingSchedules } from '../../modules/vesting/schedule.ts'
import { type ChainOptions, type Extension, type Genesis, startChain } from './chain.ts'

export const moduleAccounts = {
  fee_collector: [],
  mint: ['minter'],
  bonded_tokens_pool: ['burner', 'staking'],
  not_bonded_tokens_pool: ['burner', 'staking'],
  gov: ['burner'],
  nft: [],
} as const

/** Options of a chain with these modules; `others` come after them. */
export const grantOptions = (
  options: ChainOptions = {},
  others: readonly Module[] = [],
): ChainOptions & { parts(): Parts } => {
  const router = new MessageRouter()
  let parts: Parts | undefined
  return {
    ...{ accounts: moduleAccounts, vesting: vestingSchedules, router, ...options },
    extend: (keepers) => {
      parts = assemble(router, keepers)
      return { ...parts.extension, modules: [...parts.extension.modules, ...others] }
    },
    parts: () => parts!,
  }
}

type Keepers = Parameters<NonNullable<ChainOptions['extend']>>[0]
type Parts = ReturnType<typeof assemble>

const assemble = (router: MessageRouter, { auth, bank, settings }: Keepers) => {
  const kinds = [sendAuthorization, stakeAuthorization]
  const stake = stakingKeeper(settings, { auth, bank })
  const breaker = circuitKeeper(settings)
  const grants = authzKeeper({ auth, bank, router, kinds })
  const fees = feegrantKeeper({ auth, bank })
  const tokens = nftKeeper(auth)
  stake.setHooks()
  router.setGuard(breaker.guard)
  const modules = [
    ...[
      staking(stake),
      authz(grants),
      feegrant(fees),
      nft(tokens),
      vesting({ auth, bank }),
      circuit(breaker),
    ],
  ]
  const extension: Extension = { modules, first: [breaker.step], feegrant: fees }
  return { extension, modules, staking: stake, circuit: breaker, authz: grants, feegrant: fees, nft: tokens }
}

/** Starts a chain with all modules' default genesis and what is given of some. */
export const startGrants = (genesis: Genesis = {}, options: ChainOptions = {}) => {
  const given = grantOptions(options)
  const chain = startChain({ auth: AUTH, bank: {}, ...genesis }, given)
  return { ...chain, ...given.parts() }
}
export type GrantChain = ReturnType<typeof startGrants>

const AUTH = {
  params: {
    max_memo_characters: '256',
    tx_sig_limit: '7',
    tx_size_cost_per_byte: '10',
    sig_verify_cost_ed25519: '590',
    sig_verify_cost_secp256k1: '1000',
  },
}
