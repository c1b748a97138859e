// A plain Cosmos SDK 0.53 chain: its modules wired as wasmd 0.61 wires them, hooks and orders included, so
// that blocks of such a chain give the same state here.
import { type ChainSettings, MessageRouter, type ModuleAccounts } from '../../chain/module.ts'
import { anteHandler } from '../../modules/auth/ante/ante.ts'
import { authKeeper } from '../../modules/auth/keeper.ts'
import { auth } from '../../modules/auth/module.ts'
import { authzKeeper } from '../../modules/authz/keeper.ts'
import { authz } from '../../modules/authz/module.ts'
import { sendAuthorization } from '../../modules/bank/authorization.ts'
import { bankKeeper } from '../../modules/bank/keeper.ts'
import { bank } from '../../modules/bank/module.ts'
import { circuitKeeper } from '../../modules/circuit/keeper.ts'
import { circuit } from '../../modules/circuit/module.ts'
import { consensus } from '../../modules/consensus/module.ts'
import { distribution } from '../../modules/distribution/module.ts'
import { epochs } from '../../modules/epochs/module.ts'
import { evidence } from '../../modules/evidence/module.ts'
import { feegrantKeeper } from '../../modules/feegrant/keeper.ts'
import { feegrant } from '../../modules/feegrant/module.ts'
import { genutil } from '../../modules/genutil/module.ts'
import { govKeeper } from '../../modules/gov/keeper.ts'
import { gov } from '../../modules/gov/module.ts'
import { groupKeeper } from '../../modules/group/keeper.ts'
import { group } from '../../modules/group/module.ts'
import { mint } from '../../modules/mint/module.ts'
import { nftKeeper } from '../../modules/nft/keeper.ts'
import { nft } from '../../modules/nft/module.ts'
import { protocolPool } from '../../modules/protocolpool/module.ts'
import { slashingKeeper } from '../../modules/slashing/keeper.ts'
import { slashing } from '../../modules/slashing/module.ts'
import { stakeAuthorization } from '../../modules/staking/authorization.ts'
import { stakingKeeper } from '../../modules/staking/keeper.ts'
import { staking } from '../../modules/staking/module.ts'
import { upgradeContents } from '../../modules/upgrade/contents.ts'
import { upgradeKeeper } from '../../modules/upgrade/keeper.ts'
import { upgrade } from '../../modules/upgrade/module.ts'
import { moduleVersions } from '../../modules/upgrade/versions.ts'
import { vesting } from '../../modules/vesting/module.ts'
import { vestingSchedules } from '../../modules/vesting/schedule.ts'
import type { Parts, PartsOptions } from '../app.ts'

export const SDK_ACCOUNTS: ModuleAccounts = {
  fee_collector: [],
  distribution: [],
  mint: ['minter'],
  bonded_tokens_pool: ['burner', 'staking'],
  not_bonded_tokens_pool: ['burner', 'staking'],
  gov: ['burner'],
  nft: [],
  protocolpool: [],
  protocolpool_escrow: [],
}

/** As wasmd's app.go sets them; modules that are not named come after. */
const ORDER = {
  initGenesis: [
    ...['auth', 'bank', 'distribution', 'staking', 'slashing', 'gov', 'mint', 'genutil', 'evidence'],
    ...['authz', 'feegrant', 'nft', 'group', 'upgrade', 'vesting', 'consensus', 'circuit', 'epochs'],
    'protocolpool',
  ],
  preBlock: ['upgrade', 'auth'],
  beginBlock: [
    ...['mint', 'distribution', 'protocolpool', 'slashing', 'evidence', 'staking', 'genutil'],
    ...['authz', 'epochs'],
  ],
  endBlock: ['gov', 'staking', 'genutil', 'feegrant', 'group', 'protocolpool'],
}

const VERSIONED = [
  ...['auth', 'authz', 'bank', 'circuit', 'consensus', 'distribution', 'epochs', 'evidence', 'feegrant'],
  ...['genutil', 'gov', 'group', 'mint', 'nft', 'protocolpool', 'slashing', 'staking', 'upgrade', 'vesting'],
]

export const sdkParts = (settings: ChainSettings, options: PartsOptions): Parts => {
  const { denom, extraModules, firstSteps = [], unorderedTxs = true } = options
  const router = new MessageRouter()
  const accounts = authKeeper(settings, { unorderedTxs })
  const coins = bankKeeper(settings, { auth: accounts, vesting: vestingSchedules })
  const shared = { auth: accounts, bank: coins }
  const stake = stakingKeeper(settings, shared)
  const pool = protocolPool(settings, shared, { denom })
  const shares = distribution(
    settings,
    { ...shared, staking: stake },
    { externalPool: pool.communityPoolModule, baseDenom: denom },
  )
  const watch = slashingKeeper(settings, { staking: stake })
  stake.setHooks(shares.hooks, watch.hooks)
  const grants = authzKeeper({ ...shared, router, kinds: [sendAuthorization, stakeAuthorization] })
  const fees = feegrantKeeper(shared)
  const breaker = circuitKeeper(settings)
  router.setGuard(breaker.guard)
  const votes = govKeeper(
    settings,
    { ...shared, staking: stake, distribution: shares, router },
    { denom, contents: upgradeContents },
  )
  const plans = upgradeKeeper(settings, {
    versions: moduleVersions([...VERSIONED, ...extraModules.map(({ name }) => name)]),
    ...(options.upgradeHandlers && { handlers: options.upgradeHandlers }),
  })
  const parameters = consensus(settings)
  return {
    modules: [
      ...[auth(accounts), bank(coins), staking(stake), shares.module, slashing(watch), gov(votes)],
      ...[mint(settings, { ...shared, staking: stake }, { denom }), pool.module, epochs().module],
      genutil({ staking: stake, deliverTx: (tx) => options.app().deliverGenesisTx(tx) }),
      evidence(settings, { staking: stake, slashing: watch }),
      ...[authz(grants), feegrant(fees), upgrade(plans), vesting(shared), circuit(breaker)],
      ...[nft(nftKeeper(accounts)), group(groupKeeper(settings, { auth: accounts, router }))],
      parameters.module,
      ...extraModules,
    ],
    consensusParams: parameters.params,
    ante: anteHandler({ ...shared, feegrant: fees, first: [...firstSteps, breaker.step] }),
    order: ORDER,
    router,
    storeUpgrades: plans.storeUpgrades,
  }
}
