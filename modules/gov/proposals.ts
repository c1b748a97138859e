// Proposals from their submission to their end (x/gov/keeper/proposal.go). The messages of a proposal are
// packed anew when it is submitted, as Go does it, and from then on their bytes are never touched.
import { create } from '@bufbuild/protobuf'
import { type Bytes, equalBytes, utf8 } from '../../chain/bytes.ts'
import { type Ctx, type RoutedMessage, TxError, type View } from '../../chain/module.ts'
import { instantNs } from '../../chain/time.ts'
import {
  type Params,
  type Proposal,
  ProposalSchema,
  ProposalStatus,
  type TallyResult,
  TallyResultSchema,
} from '../../proto/gen/cosmos/gov/v1/gov_pb.ts'
import { MsgExecLegacyContentSchema } from '../../proto/gen/cosmos/gov/v1/tx_pb.ts'
import { err, missing, NAME } from './errors.ts'
import type { Core } from './keeper.ts'
import { nsOf, periodNs, timestamp } from './state.ts'

export { ProposalStatus }

export type Submission = {
  readonly messages: readonly RoutedMessage[]
  readonly metadata: string
  readonly title: string
  readonly summary: string
  readonly proposer: Bytes
  readonly expedited: boolean
}
export type Proposals = ReturnType<typeof proposals>

const VOTING = Uint8Array.of(1)

export const emptyTally = (): TallyResult =>
  create(TallyResultSchema, { yesCount: '0', abstainCount: '0', noCount: '0', noWithVetoCount: '0' })

/** Thrown to leave a branch without keeping it. */
class Discarded extends Error {}

/** Runs a message and forgets what it did, but not what it cost. */
const tryOut = (ctx: Ctx, message: RoutedMessage): void => {
  try {
    ctx.branch((branch) => {
      message.run(branch)
      throw new Discarded()
    })
  } catch (error) {
    if (!(error instanceof Discarded)) throw error
  }
}

export const proposals = (core: Core) => {
  const { state, auth, addresses, maxMetadataLength } = core

  const require = (view: View, id: bigint): Proposal => {
    const proposal = state.proposals.get(view, id)
    if (proposal === undefined) throw missing(`${id}`, 'Proposal')
    return proposal
  }
  const params = (view: View): Params => {
    const value = state.params.get(view)
    if (value === undefined) throw missing('no_key', 'Params')
    return value
  }

  /** SetProposal */
  const set = (ctx: Ctx, proposal: Proposal): void => {
    if (proposal.status === ProposalStatus.VOTING_PERIOD) state.voting.set(ctx, proposal.id, VOTING)
    else state.voting.remove(ctx, proposal.id)
    state.proposals.set(ctx, proposal.id, proposal)
  }

  /** DeleteProposal */
  const remove = (ctx: Ctx, id: bigint): void => {
    const { depositEndTime, votingEndTime } = require(ctx, id)
    if (depositEndTime !== undefined) state.inactive.remove(ctx, [instantNs(depositEndTime), id])
    if (votingEndTime !== undefined) {
      state.active.remove(ctx, [instantNs(votingEndTime), id])
      state.voting.remove(ctx, id)
    }
    state.proposals.remove(ctx, id)
  }

  const checkMetadata = (metadata: string): void => {
    const { length } = utf8(metadata)
    if (length > maxMetadataLength) throw err.metadataTooLong(`got metadata with length ${length}`)
  }
  const checkSummary = (summary: string): void => {
    const { length } = utf8(summary)
    if (length > 40 * maxMetadataLength) throw err.summaryTooLong(`got summary with length ${length}`)
  }

  /** A message of a proposal must be one that the gov account alone signs. */
  const checkMessage = (ctx: Ctx, message: RoutedMessage): void => {
    try {
      message.validate()
    } catch (error) {
      if (error instanceof TxError) throw err.invalidProposalMsg(error.message)
      throw error
    }
    const signers = message.signers()
    const [signer] = signers
    if (signer === undefined || signers.length !== 1) throw err.invalidSigner()
    if (!equalBytes(signer, auth.moduleAccount(ctx, NAME).address))
      throw err.invalidSigner(addresses.text(signer))
    if (message.desc.typeName === MsgExecLegacyContentSchema.typeName) tryContent(ctx, message)
  }
  const tryContent = (ctx: Ctx, message: RoutedMessage): void => {
    try {
      tryOut(ctx, message)
    } catch (error) {
      if (!(error instanceof TxError) || err.noProposalHandlerExists.is(error)) throw error
      throw err.invalidProposalContent(error.message)
    }
  }

  return {
    require,
    params,
    set,
    remove,
    checkMetadata,

    /** SubmitProposal: without a deposit yet. */
    submit(ctx: Ctx, submission: Submission): Proposal {
      const { messages, metadata, title, summary, expedited } = submission
      checkMetadata(metadata)
      checkSummary(summary)
      checkMetadata(title)
      for (const message of messages) checkMessage(ctx, message)
      const id = state.nextId.next(ctx)
      const { timeNs } = ctx.block
      const endNs = timeNs + periodNs(params(ctx).maxDepositPeriod)
      const proposer = addresses.text(submission.proposer)
      const proposal = create(ProposalSchema, {
        ...{ id, metadata, title, summary, expedited, proposer },
        messages: messages.map((message) => message.pack()),
        status: ProposalStatus.DEPOSIT_PERIOD,
        finalTallyResult: emptyTally(),
        submitTime: timestamp(timeNs),
        depositEndTime: timestamp(endNs),
      })
      set(ctx, proposal)
      state.inactive.set(ctx, [endNs, id], id)
      core.hooks.afterProposalSubmission(ctx, id)
      ctx.emit(
        'submit_proposal',
        ['proposal_id', `${id}`],
        ['proposal_proposer', proposer],
        ['proposal_messages', messages.map(({ typeUrl }) => `,${typeUrl}`).join('')],
      )
      return proposal
    },

    /** ActivateVotingPeriod */
    activate(ctx: Ctx, proposal: Proposal): void {
      const { id, expedited } = proposal
      const { votingPeriod, expeditedVotingPeriod } = params(ctx)
      const startNs = ctx.block.timeNs
      const endNs = startNs + periodNs(expedited ? expeditedVotingPeriod : votingPeriod)
      set(ctx, {
        ...proposal,
        status: ProposalStatus.VOTING_PERIOD,
        votingStartTime: timestamp(startNs),
        votingEndTime: timestamp(endNs),
      })
      state.inactive.remove(ctx, [nsOf(proposal.depositEndTime, 'an end of deposits'), id])
      state.active.set(ctx, [endNs, id], id)
    },
  }
}
