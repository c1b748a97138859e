// A chain of nothing but upgrades and the parameters of consensus, opened again and again with other code on
// one disk.
import { create } from '@bufbuild/protobuf'
import { utf8 } from '../../../chain/bytes.ts'
import { defaultConsensusParams } from '../../../chain/consensus/params.ts'
import type { Ctx } from '../../../chain/module.ts'
import { type App, chainSettings, createApp, defineModule, type Module } from '../../../chain/module.ts'
import type { Disk } from '../../../chain/store/kv.ts'
import { memoryDisk } from '../../../chain/store/memory.ts'
import { type MultiStore, openMultiStore } from '../../../chain/store/multistore.ts'
import { consensus } from '../../../modules/consensus/module.ts'
import { type UpgradeOptions, upgradeKeeper } from '../../../modules/upgrade/keeper.ts'
import { upgrade } from '../../../modules/upgrade/module.ts'
import { type Plan, PlanSchema } from '../../../proto/gen/cosmos/upgrade/v1beta1/upgrade_pb.ts'

export const settings = chainSettings({ prefix: 'cosmos', accounts: { gov: [] } })
export const planOf = (name: string, height: bigint, info = ''): Plan =>
  create(PlanSchema, { name, height, info })

/** A module with stores of its own, which it fills with what a test says. */
export const shelf = (...stores: string[]): Module => defineModule({ name: stores.join(), stores })

export type Code = Partial<UpgradeOptions> & { modules?: readonly Module[]; disk?: Disk }

/** The chain with some code. What `act` holds runs at the end of the next block. */
export const openCode = ({ modules = [], disk = memoryDisk(), ...options }: Code = {}) => {
  const keeper = upgradeKeeper(settings, { versions: { upgrade: 2n }, ...options })
  const { module, params } = consensus(settings)
  let pending: (ctx: Ctx) => void = () => undefined
  const actor = defineModule({ name: 'actor', endBlock: (ctx) => pending(ctx) })
  let stores: MultiStore | undefined
  const app: App = createApp({
    ...{ name: 'test', version: '1', disk, addresses: settings.addresses },
    modules: [upgrade(keeper), module, actor, ...modules],
    ante: () => ({ steps: [], signatureChecks: () => [] }),
    verifier: () => true,
    consensusParams: params,
    storeUpgrades: keeper.storeUpgrades,
    openStore: (given) => (stores = openMultiStore(given)),
  })
  if (app.info().lastBlockHeight === 0n)
    app.initChain({
      ...{ chainId: 'upgrade-1', timeNs: 0n, validators: [], initialHeight: 1n },
      consensusParams: defaultConsensusParams(),
      appStateBytes: utf8('{"upgrade":{}}'),
    })
  const empty = new Uint8Array()
  const block = (act: (ctx: Ctx) => void = () => undefined): bigint => {
    const height = app.info().lastBlockHeight + 1n
    pending = act
    app.finalizeBlock({
      ...{ height, txs: [], timeNs: height, misbehavior: [], lastCommit: { round: 0, votes: [] } },
      ...{ nextValidatorsHash: empty, proposerAddress: empty, hash: empty },
    })
    app.commit()
    return height
  }
  return {
    ...{ app, disk, keeper, block, stores: stores! },
    /** Blocks up to this height. */
    reach(height: bigint): void {
      while (app.info().lastBlockHeight < height) block()
    },
  }
}
