// The keeper of groups: the pages of this module put together. No other module asks it for anything.
import type { ChainSettings } from '../../chain/module.ts'
import { type GroupKeepers, type GroupOptions, groupCore } from './core.ts'
import { executionRules } from './execution.ts'
import { groupRules } from './groups.ts'
import { policyRules } from './policies.ts'
import { proposalRules } from './proposals.ts'

export type Group = ReturnType<typeof groupKeeper>

export const groupKeeper = (
  settings: Pick<ChainSettings, 'addresses'>,
  keepers: GroupKeepers,
  options: GroupOptions = {},
) => {
  const core = groupCore(settings, keepers, options)
  const proposals = proposalRules(core)
  return {
    ...{ core, proposals },
    groups: groupRules(core),
    policies: policyRules(core),
    execution: executionRules(core, proposals),
  }
}
