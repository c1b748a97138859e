// group: people with weights who share accounts (x/group of SDK 0.53). Members propose messages for an
// account of their group and vote on them; the account's decision policy says which vote is enough, and
// whoever likes has an accepted proposal executed. The pages: groups.ts, policies.ts and proposals.ts are its
// rules, execution.ts carries out; table.ts is how rows and their indexes lie in the store, weight.ts its
// decimals.
import { defineModule, type Module } from '../../chain/module.ts'
import { NAME } from './errors.ts'
import { groupGenesis } from './genesis.ts'
import { groupInvariants } from './invariants.ts'
import type { Group } from './keeper.ts'
import { groupMessages } from './messages.ts'
import { groupQueries } from './queries.ts'

export const group = (keeper: Group): Module =>
  defineModule({
    name: NAME,
    stores: [NAME],
    genesis: groupGenesis(keeper),
    endBlock: (ctx) => keeper.execution.endBlock(ctx),
    messages: [groupMessages(keeper)],
    queries: [groupQueries(keeper)],
    invariants: groupInvariants(keeper),
  })
