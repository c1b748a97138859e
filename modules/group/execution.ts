// What becomes of proposals: messages of an accepted one are run for the group's account, and the end of a
// block counts those whose time is over and forgets old ones (x/group/keeper/keeper.go, msg_server.go,
// proposal_executor.go).
import { type Ctx, emitTyped, type RoutedMessage, TxError } from '../../chain/module.ts'
import { knownError } from '../../chain/runtime/app/outcome.ts'
import { EventExecSchema } from '../../proto/gen/cosmos/group/v1/events_pb.ts'
import {
  type GroupPolicyInfo,
  type Proposal,
  ProposalExecutorResult,
  ProposalStatus,
} from '../../proto/gen/cosmos/group/v1/types_pb.ts'
import type { Core } from './core.ts'
import { err, wrapped } from './errors.ts'
import { policyOf } from './policy.ts'
import { checkSigners, type Proposals, statusText } from './proposals.ts'
import { timePart } from './state.ts'
import { lengthPrefixed } from './table.ts'
import { goTimeText, nsOf } from './time.ts'

export type Execution = ReturnType<typeof executionRules>

/** Errors in a form that can be wrapped. */
const runMessage = (ctx: Ctx, message: RoutedMessage, position: number): void => {
  try {
    message.run(ctx)
  } catch (error) {
    const known = knownError(error)
    throw known === undefined ? error : known.wrap(`message ${message.typeUrl} at position ${position}`)
  }
}

export const executionRules = (core: Core, proposals: Proposals) => {
  const { state, addresses, router, maxExecutionPeriodNs } = core

  const runMessages = (ctx: Ctx, proposal: Proposal, policy: GroupPolicyInfo): void => {
    const { timeNs } = ctx.block
    const { minExecutionPeriodNs } = policyOf(policy.decisionPolicy)
    const earliestNs = nsOf(proposal.submitTime) + minExecutionPeriodNs
    if (timeNs < earliestNs)
      throw err.invalid(`must wait until ${goTimeText(earliestNs)} to execute proposal ${proposal.id}`)
    const latestNs = nsOf(proposal.votingPeriodEnd) + maxExecutionPeriodNs
    if (latestNs < timeNs) throw err.expired(`proposal expired on ${goTimeText(latestNs)}`)
    const messages = proposal.messages.map((any) => {
      const message = router.open(any)
      if (message === undefined) throw err.invalid(`no message handler found for "${any.typeUrl}"`)
      return message
    })
    checkSigners(core, messages, addresses.bytes(policy.address))
    for (const [i, message] of messages.entries()) runMessage(ctx, message, i)
  }

  /** Runs all messages or none. Returns why they failed, or nothing. */
  const tryMessages = (ctx: Ctx, proposal: Proposal, policy: GroupPolicyInfo): string => {
    try {
      ctx.branch((branch) => runMessages(branch, proposal, policy))
      return ''
    } catch (error) {
      if (!(error instanceof TxError)) throw error
      return `proposal execution failed on proposal ${proposal.id}, because of error ${error.message}`
    }
  }

  /** Proposals whose vote ended before a time, by that end. */
  const endedBefore = (ctx: Ctx, timeNs: bigint): Proposal[] =>
    [...state.proposalsByEnd.below(ctx, lengthPrefixed(timePart(timeNs)))].map(([, proposal]) => proposal)

  const atEnd = (ctx: Ctx, proposal: Proposal): void => {
    const policy = wrapped('group policy', () => core.policy(ctx, proposal.groupPolicyAddress))
    const group = wrapped('group', () => core.group(ctx, policy.groupId))
    const { status } = proposal
    if (status === ProposalStatus.ABORTED || status === ProposalStatus.WITHDRAWN)
      proposals.drop(ctx, proposal)
    else if (status === ProposalStatus.SUBMITTED)
      state.proposals.update(ctx, proposals.settle(ctx, proposal, group, policy))
  }

  return {
    /** Counts the votes first if the proposal is open still. */
    execute(ctx: Ctx, proposalId: bigint): ProposalExecutorResult {
      if (proposalId === 0n) throw err.empty('proposal id')
      let proposal = core.proposal(ctx, proposalId)
      const { status } = proposal
      if (status !== ProposalStatus.SUBMITTED && status !== ProposalStatus.ACCEPTED)
        throw err.invalid(`not possible to exec with proposal status ${statusText(status)}`)
      const policy = wrapped('load group policy', () => core.policy(ctx, proposal.groupPolicyAddress))
      if (status === ProposalStatus.SUBMITTED) {
        const group = wrapped('load group', () => core.group(ctx, policy.groupId))
        proposal = proposals.settle(ctx, proposal, group, policy)
      }
      let logs = ''
      if (proposal.status === ProposalStatus.ACCEPTED) {
        logs = tryMessages(ctx, proposal, policy)
        const { SUCCESS, FAILURE } = ProposalExecutorResult
        proposal = { ...proposal, executorResult: logs === '' ? SUCCESS : FAILURE }
      }
      const { executorResult: result } = proposal
      if (result === ProposalExecutorResult.SUCCESS) proposals.prune(ctx, proposal)
      else state.proposals.update(ctx, proposal)
      emitTyped(ctx, EventExecSchema, { proposalId, logs, result })
      return result
    },

    endBlock(ctx: Ctx): void {
      for (const proposal of endedBefore(ctx, ctx.block.timeNs)) atEnd(ctx, proposal)
      for (const proposal of endedBefore(ctx, ctx.block.timeNs - maxExecutionPeriodNs))
        proposals.prune(ctx, proposal)
    },
  }
}
