// A whole chain with governance and upgrades in memory, as a plain Go chain of these modules is. Its code
// comes in two versions: the second has nft and no evidence any more.

import { create } from '@bufbuild/protobuf'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import {
  type AppOptions,
  chainSettings,
  createApp,
  defineModule,
  MessageRouter,
  type Module,
  type ModuleAccounts,
} from '../../../chain/module.ts'
import type { Disk } from '../../../chain/store/kv.ts'
import { memoryDisk } from '../../../chain/store/memory.ts'
import { type MultiStore, openMultiStore } from '../../../chain/store/multistore.ts'
import { anteHandler } from '../../../modules/auth/ante/ante.ts'
import { authKeeper } from '../../../modules/auth/keeper.ts'
import { auth } from '../../../modules/auth/module.ts'
import { bankKeeper } from '../../../modules/bank/keeper.ts'
import { bank } from '../../../modules/bank/module.ts'
import { consensus } from '../../../modules/consensus/module.ts'
import { distribution } from '../../../modules/distribution/module.ts'
import { evidence } from '../../../modules/evidence/module.ts'
import { govKeeper } from '../../../modules/gov/keeper.ts'
import { gov } from '../../../modules/gov/module.ts'
import { mint } from '../../../modules/mint/module.ts'
import { slashingKeeper } from '../../../modules/slashing/keeper.ts'
import { slashing } from '../../../modules/slashing/module.ts'
import { stakingKeeper } from '../../../modules/staking/keeper.ts'
import { staking } from '../../../modules/staking/module.ts'
import { upgradeContents } from '../../../modules/upgrade/contents.ts'
import { type UpgradeOptions, upgradeKeeper } from '../../../modules/upgrade/keeper.ts'
import { runMigrations } from '../../../modules/upgrade/migrations.ts'
import { upgrade } from '../../../modules/upgrade/module.ts'
import { moduleVersions } from '../../../modules/upgrade/versions.ts'
import { ParamsSchema } from '../../../proto/gen/cosmos/bank/v1beta1/bank_pb.ts'

const accounts: ModuleAccounts = {
  fee_collector: [],
  distribution: [],
  mint: ['minter'],
  bonded_tokens_pool: ['burner', 'staking'],
  not_bonded_tokens_pool: ['burner', 'staking'],
  gov: ['burner'],
}

const isSigned: AppOptions['verifier'] = (publicKey, message, signature) =>
  secp256k1.verify(signature, message, publicKey, { lowS: true })

const NAMES = [
  ...['auth', 'bank', 'consensus', 'distribution', 'genutil', 'gov'],
  ...['mint', 'slashing', 'staking', 'upgrade'],
]
/**
 * Consensus versions of the modules of each code; `runtime` is how a Go chain of app wiring is put together.
 */
export const versionsOf = (code: 1 | 2) => ({
  ...moduleVersions([...NAMES, code === 1 ? 'evidence' : 'nft']),
  runtime: 0n,
})

export type Options = {
  code?: 1 | 2
  disk?: Disk
  upgrades?: Omit<UpgradeOptions, 'versions'>
  onBug?: (error: unknown) => void
}

export const openChain = ({ code = 1, disk = memoryDisk(), upgrades, onBug }: Options = {}) => {
  const settings = chainSettings({ prefix: 'cosmos', accounts, receivers: [] })
  const router = new MessageRouter()
  const authKeep = authKeeper(settings)
  const bankKeep = bankKeeper(settings, { auth: authKeep })
  const stakingKeep = stakingKeeper(settings, { auth: authKeep, bank: bankKeep })
  const keepers = { auth: authKeep, bank: bankKeep, staking: stakingKeep }
  const rewards = distribution(settings, keepers)
  const slashingKeep = slashingKeeper(settings, keepers)
  stakingKeep.setHooks(rewards.hooks, slashingKeep.hooks)
  const govKeep = govKeeper(
    settings,
    { ...keepers, distribution: rewards, router },
    { contents: upgradeContents },
  )
  const nft: Module = defineModule({ name: 'nft', stores: ['nft'] })
  const second: UpgradeOptions['handlers'] = {
    v2: {
      stores: { added: ['nft'], deleted: ['evidence'] },
      run(ctx, from) {
        bankKeep.state.params.set(ctx, create(ParamsSchema, { defaultSendEnabled: false }))
        return runMigrations(ctx, from, { modules: [nft], versions: versionsOf(2) })
      },
    },
  }
  const upgradeKeep = upgradeKeeper(settings, {
    versions: versionsOf(code),
    ...(code === 2 && { handlers: second }),
    ...upgrades,
  })
  const parameters = consensus(settings)
  const modules = [
    ...[upgrade(upgradeKeep), auth(authKeep), bank(bankKeep), rewards.module, staking(stakingKeep)],
    ...[slashing(slashingKeep), gov(govKeep), mint(settings, keepers), parameters.module],
    code === 1 ? evidence(settings, { staking: stakingKeep, slashing: slashingKeep }) : nft,
  ]
  let stores: MultiStore | undefined
  const app = createApp({
    ...{ name: 'test', version: '1', disk, modules, router, addresses: settings.addresses },
    order: {
      initGenesis: ['auth', 'bank', 'distribution', 'staking', 'slashing', 'gov', 'mint'],
      preBlock: ['upgrade', 'auth'],
      beginBlock: ['mint', 'distribution', 'slashing', 'evidence', 'staking'],
      endBlock: ['gov', 'staking'],
    },
    ante: anteHandler(keepers),
    verifier: isSigned,
    consensusParams: parameters.params,
    storeUpgrades: upgradeKeep.storeUpgrades,
    onBug: onBug ?? (() => undefined),
    openStore: (given) => (stores = openMultiStore(given)),
  })
  return { app, stores: stores!, settings, disk, ...keepers, gov: govKeep, upgrade: upgradeKeep }
}
export type Chain = ReturnType<typeof openChain>
