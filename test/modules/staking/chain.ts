// A whole chain of proof of stake in memory, as a plain Go chain of these modules is: for recorded blocks.
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { type AppOptions, chainSettings, createApp, type ModuleAccounts } from '../../../chain/module.ts'
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
import { genutil } from '../../../modules/genutil/module.ts'
import { mint } from '../../../modules/mint/module.ts'
import { slashingKeeper } from '../../../modules/slashing/keeper.ts'
import { slashing } from '../../../modules/slashing/module.ts'
import { stakingKeeper } from '../../../modules/staking/keeper.ts'
import { staking } from '../../../modules/staking/module.ts'

export const accounts: ModuleAccounts = {
  fee_collector: [],
  distribution: [],
  mint: ['minter'],
  bonded_tokens_pool: ['burner', 'staking'],
  not_bonded_tokens_pool: ['burner', 'staking'],
  gov: ['burner'],
}

const isSigned: AppOptions['verifier'] = (publicKey, message, signature) =>
  secp256k1.verify(signature, message, publicKey, { lowS: true })

export const openChain = (
  options: Partial<Pick<AppOptions, 'initialHeight' | 'verifier' | 'onBug'>> = {},
) => {
  const settings = chainSettings({ prefix: 'cosmos', accounts, receivers: [] })
  const authKeep = authKeeper(settings)
  const bankKeep = bankKeeper(settings, { auth: authKeep })
  const stakingKeep = stakingKeeper(settings, { auth: authKeep, bank: bankKeep })
  const keepers = { auth: authKeep, bank: bankKeep, staking: stakingKeep }
  const rewards = distribution(settings, keepers)
  const slashingKeep = slashingKeeper(settings, keepers)
  stakingKeep.setHooks(rewards.hooks, slashingKeep.hooks)
  const parameters = consensus(settings)
  let stores: MultiStore | undefined
  const app = createApp({
    ...{ name: 'test', version: '1', disk: memoryDisk(), addresses: settings.addresses },
    modules: [
      ...[auth(authKeep), bank(bankKeep), rewards.module, staking(stakingKeep), slashing(slashingKeep)],
      mint(settings, keepers),
      genutil({
        staking: stakingKeep,
        deliverTx() {
          throw new Error('this chain has no genesis transactions')
        },
      }),
      evidence(settings, { staking: stakingKeep, slashing: slashingKeep }),
      parameters.module,
    ],
    order: {
      beginBlock: ['mint', 'distribution', 'slashing', 'evidence', 'staking'],
      endBlock: ['staking'],
    },
    ante: anteHandler(keepers),
    verifier: options.verifier ?? isSigned,
    consensusParams: parameters.params,
    initialHeight: options.initialHeight,
    onBug: options.onBug ?? (() => undefined),
    openStore: (given) => (stores = openMultiStore(given)),
  })
  return { app, stores: stores!, settings, staking: stakingKeep, slashing: slashingKeep, bank: bankKeep }
}
export type Chain = ReturnType<typeof openChain>
