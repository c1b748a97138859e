// The end of a block: proposals whose time for deposits or votes is over (x/gov/abci.go). A passed proposal's
// messages run on one branch, so that either all of them happened or none.
import { type Ctx, GoPanic, GrpcError, type MessageRouter, TxError } from '../../chain/module.ts'
import type { Proposal } from '../../proto/gen/cosmos/gov/v1/gov_pb.ts'
import type { Gov } from './keeper.ts'
import { ProposalStatus } from './proposals.ts'
import { nsOf, periodNs, timestamp } from './state.ts'

export const endBlock = (ctx: Ctx, gov: Gov): void => {
  const { inactive, active } = gov.core.state
  const due = { endPrefix: [ctx.block.timeNs] as const }
  for (const [, id] of [...inactive.entries(ctx, due)]) drop(ctx, gov, id)
  for (const [, id] of [...active.entries(ctx, due)]) decide(ctx, gov, id)
}

/** A hook may fail without stopping the chain. */
const tolerate = (ctx: Ctx, hook: (branch: Ctx) => void): void => {
  try {
    ctx.branch(hook)
  } catch (error) {
    if (!(error instanceof TxError)) throw error
  }
}

/** A proposal that did not get its deposit in time. */
const drop = (ctx: Ctx, { core, proposals, deposits }: Gov, id: bigint): void => {
  proposals.require(ctx, id)
  proposals.remove(ctx, id)
  if (proposals.params(ctx).burnProposalDepositPrevote) deposits.burn(ctx, id)
  else deposits.refund(ctx, id)
  tolerate(ctx, (branch) => core.hooks.afterProposalFailedMinDeposit(branch, id))
  ctx.emit('inactive_proposal', ['proposal_id', `${id}`], ['proposal_result', 'proposal_dropped'])
}

type Outcome = { proposal: Proposal; tag: string; log: string }

/** A proposal whose votes are to be counted. */
const decide = (ctx: Ctx, gov: Gov, id: bigint): void => {
  const { core, proposals, deposits, tallies } = gov
  const proposal = proposals.require(ctx, id)
  const { passes, burnsDeposits, result } = tallies.tally(ctx, proposal)
  // An expedited proposal that fails goes on as a regular one, with its deposits.
  if (!proposal.expedited || passes) {
    if (burnsDeposits) deposits.burn(ctx, id)
    else deposits.refund(ctx, id)
  }
  core.state.active.remove(ctx, [nsOf(proposal.votingEndTime, 'an end of voting'), id])
  const outcome = passes
    ? execute(ctx, core.router, proposal)
    : proposal.expedited
      ? goOn(ctx, gov, proposal)
      : rejected(proposal)
  proposals.set(ctx, { ...outcome.proposal, finalTallyResult: result })
  tolerate(ctx, (branch) => core.hooks.afterProposalVotingPeriodEnded(branch, id))
  ctx.emit(
    'active_proposal',
    ['proposal_id', `${id}`],
    ['proposal_result', outcome.tag],
    ['proposal_log', outcome.log],
  )
}

const rejected = (proposal: Proposal): Outcome => ({
  proposal: {
    ...proposal,
    status: ProposalStatus.REJECTED,
    failedReason: 'proposal did not get enough votes to pass',
  },
  tag: 'proposal_rejected',
  log: 'rejected',
})

/** Votes are cast again, for the rest of the regular period. */
const goOn = (ctx: Ctx, { core, proposals }: Gov, proposal: Proposal): Outcome => {
  const startNs = nsOf(proposal.votingStartTime, 'a beginning of voting')
  const endNs = startNs + periodNs(proposals.params(ctx).votingPeriod)
  core.state.active.set(ctx, [endNs, proposal.id], proposal.id)
  return {
    proposal: { ...proposal, expedited: false, votingEndTime: timestamp(endNs) },
    tag: 'expedited_proposal_rejected',
    log: 'expedited proposal converted to regular',
  }
}

const execute = (ctx: Ctx, router: MessageRouter, proposal: Proposal): Outcome => {
  let index = 0
  try {
    ctx.branch((branch) => {
      for (; index < proposal.messages.length; index++) runMessage(branch, router, proposal, index)
    })
  } catch (error) {
    const reason = reasonOf(error, router, proposal.messages[index]!.typeUrl)
    return {
      proposal: { ...proposal, status: ProposalStatus.FAILED, failedReason: reason },
      tag: 'proposal_failed',
      log: `passed, but msg ${index} (${proposal.messages[index]!.typeUrl}) failed on execution: ${reason}`,
    }
  }
  return {
    proposal: { ...proposal, status: ProposalStatus.PASSED },
    tag: 'proposal_passed',
    log: 'passed',
  }
}

const runMessage = (ctx: Ctx, router: MessageRouter, { messages }: Proposal, index: number): void => {
  const any = messages[index]!
  const message = router.open(any)
  if (message === undefined)
    throw new TxError('gov', 10, `${any.typeUrl}: proposal message not recognized by router`)
  message.run(ctx)
}

/**
 * Whatever a message throws fails its proposal and not the chain, as in Go, which recovers from panics here.
 */
const reasonOf = (error: unknown, router: MessageRouter, typeUrl: string): string => {
  if (error instanceof TxError) return error.message
  if (error instanceof GrpcError) return error.text
  if (!(error instanceof GoPanic)) router.report(error)
  const message = error instanceof Error ? error.message : String(error)
  return `handling x/gov proposal msg [${typeUrl}] PANICKED: ${message}`
}
