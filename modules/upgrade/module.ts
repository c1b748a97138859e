// upgrade: the chain agrees on when its code is exchanged, and for which (cosmossdk.io/x/upgrade of SDK
// 0.53). keeper.ts holds the rules, pre-block.ts stops old code and runs the handler of new code,
// migrations.ts brings modules from one version to the next.
import { create } from '@bufbuild/protobuf'
import { EmptySchema } from '@bufbuild/protobuf/wkt'
import {
  defineModule,
  type MessageRoutes,
  type Module,
  messages,
  type QueryRoutes,
  queries,
} from '../../chain/module.ts'
import { Query } from '../../proto/gen/cosmos/upgrade/v1beta1/query_pb.ts'
import { Msg } from '../../proto/gen/cosmos/upgrade/v1beta1/tx_pb.ts'
import {
  file_cosmos_upgrade_v1beta1_upgrade,
  PlanSchema,
} from '../../proto/gen/cosmos/upgrade/v1beta1/upgrade_pb.ts'
import type { Upgrade } from './keeper.ts'
import { preBlocker } from './pre-block.ts'
import { done, err, NAME, plan, upgraded, versions } from './state.ts'

export const upgrade = (keeper: Upgrade): Module =>
  defineModule({
    name: NAME,
    stores: [NAME],
    types: [file_cosmos_upgrade_v1beta1_upgrade],
    // A plan belongs to the chain that made it: no genesis has one. What a new chain notes is its modules'
    // versions.
    genesis: {
      schema: EmptySchema,
      default: () => ({}),
      init: (ctx) => versions.set(ctx, keeper.options.versions),
      export: () => ({}),
      json: { read: () => ({}), write: () => ({}) },
    },
    preBlock: preBlocker(keeper),
    messages: [upgradeMessages(keeper)],
    queries: [upgradeQueries(keeper)],
  })

const upgradeMessages = (keeper: Upgrade): MessageRoutes => {
  const expectAuthority = (authority: string): void => {
    if (authority !== keeper.authority)
      throw err.invalidSigner(`expected ${keeper.authority} got ${authority}`)
  }
  return messages(Msg, {
    softwareUpgrade(ctx, { authority, plan: wanted = create(PlanSchema) }) {
      expectAuthority(authority)
      keeper.schedule(ctx, wanted)
    },
    cancelUpgrade(ctx, { authority }) {
      expectAuthority(authority)
      keeper.clearPlan(ctx)
    },
  })
}

const upgradeQueries = (keeper: Upgrade): QueryRoutes =>
  queries(Query, {
    currentPlan(view) {
      const current = plan.get(view)
      return current === undefined ? {} : { plan: current }
    },
    appliedPlan: (view, { name }) => ({ height: done.height(view, name) }),
    upgradedConsensusState(view, { lastHeight }) {
      const state = upgraded.consensusState(view, lastHeight)
      return state === undefined ? {} : { upgradedConsensusState: state }
    },
    moduleVersions(view, { moduleName }) {
      const all = Array.from(versions.entries(view), ([name, version]) => ({ name, version }))
      if (moduleName === '') return { moduleVersions: all }
      const found = all.filter(({ name }) => name === moduleName)
      if (found.length === 0)
        throw err.noModuleVersionFound().wrap(`x/upgrade: QueryModuleVersions module ${moduleName} not found`)
      return { moduleVersions: found }
    },
    authority: () => ({ address: keeper.authority }),
  })
