// Upgrades as contents of old governance proposals: they can be read and proposed, and no chain of today has
// a handler for them (cosmossdk.io/x/upgrade/types/proposal.go).
import { create } from '@bufbuild/protobuf'
import {
  CancelSoftwareUpgradeProposalSchema,
  PlanSchema,
  type SoftwareUpgradeProposal,
  SoftwareUpgradeProposalSchema,
} from '../../proto/gen/cosmos/upgrade/v1beta1/upgrade_pb.ts'
import type { LegacyContent } from '../gov/legacy.ts'
import { checkPlan } from './keeper.ts'
import { NAME } from './state.ts'

/** To be given to governance. */
export const upgradeContents: readonly LegacyContent[] = [
  {
    ...{ schema: SoftwareUpgradeProposalSchema, route: NAME, type: 'SoftwareUpgrade', isRegistered: true },
    check: (content) => checkPlan((content as SoftwareUpgradeProposal).plan ?? create(PlanSchema)),
  },
  {
    ...{ schema: CancelSoftwareUpgradeProposalSchema, route: NAME, type: 'CancelSoftwareUpgrade' },
    isRegistered: true,
  },
]
