// What other modules may want to know of proposals (x/gov/types/expected_keepers.go, GovHooks).
import type { Bytes } from '../../chain/bytes.ts'
import type { Ctx } from '../../chain/module.ts'

export type GovHooks = {
  afterProposalSubmission?(ctx: Ctx, proposalId: bigint): void
  afterProposalDeposit?(ctx: Ctx, proposalId: bigint, depositor: Bytes): void
  afterProposalVote?(ctx: Ctx, proposalId: bigint, voter: Bytes): void
  /** A TxError undoes what the hook wrote and is otherwise ignored. */
  afterProposalFailedMinDeposit?(ctx: Ctx, proposalId: bigint): void
  /** A TxError undoes what the hook wrote and is otherwise ignored. */
  afterProposalVotingPeriodEnded?(ctx: Ctx, proposalId: bigint): void
}
type Call = { [K in keyof GovHooks]-?: NonNullable<GovHooks[K]> }

/** Calls all that are in the list at the time of the call, in its order. */
export const callHooks = (listeners: readonly GovHooks[]): Call => ({
  afterProposalSubmission(ctx, id) {
    for (const hooks of listeners) hooks.afterProposalSubmission?.(ctx, id)
  },
  afterProposalDeposit(ctx, id, depositor) {
    for (const hooks of listeners) hooks.afterProposalDeposit?.(ctx, id, depositor)
  },
  afterProposalVote(ctx, id, voter) {
    for (const hooks of listeners) hooks.afterProposalVote?.(ctx, id, voter)
  },
  afterProposalFailedMinDeposit(ctx, id) {
    for (const hooks of listeners) hooks.afterProposalFailedMinDeposit?.(ctx, id)
  },
  afterProposalVotingPeriodEnded(ctx, id) {
    for (const hooks of listeners) hooks.afterProposalVotingPeriodEnded?.(ctx, id)
  },
})
export type HookCalls = Call
