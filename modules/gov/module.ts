// gov: whoever has stake decides what the chain does next (x/gov of SDK 0.53). Somebody proposes messages,
// deposits bring them to a vote, and what passes is run with the authority of this module's account. The
// pages: proposals.ts, deposits.ts and votes.ts are its rules, tally.ts counts, end-block.ts carries out;
// messages.ts and queries.ts are its doors, those of v1beta1 beside them; legacy.ts knows the contents of old
// proposals.
import { defineModule, type Module } from '../../chain/module.ts'
import { file_cosmos_gov_v1_gov } from '../../proto/gen/cosmos/gov/v1/gov_pb.ts'
import { file_cosmos_gov_v1beta1_gov } from '../../proto/gen/cosmos/gov/v1beta1/gov_pb.ts'
import { endBlock } from './end-block.ts'
import { NAME } from './errors.ts'
import { govGenesis } from './genesis.ts'
import { govInvariants } from './invariants.ts'
import type { Gov } from './keeper.ts'
import { legacyMessages } from './legacy-messages.ts'
import { legacyQueries } from './legacy-queries.ts'
import { govMessages, govRules } from './messages.ts'
import { govAnswers, govQueries } from './queries.ts'

export const gov = (keeper: Gov): Module => {
  const rules = govRules(keeper)
  const answers = govAnswers(keeper)
  return defineModule({
    name: NAME,
    stores: [NAME],
    types: [
      file_cosmos_gov_v1_gov,
      file_cosmos_gov_v1beta1_gov,
      ...[...keeper.core.contents.values()].map(({ schema }) => schema),
    ],
    genesis: govGenesis(keeper),
    endBlock: (ctx) => endBlock(ctx, keeper),
    messages: [legacyMessages(keeper, rules), govMessages(keeper, rules)],
    queries: [legacyQueries(keeper, answers), govQueries(keeper, answers)],
    invariants: govInvariants(keeper),
  })
}
