// Proposals of members to their group's account, and the votes on them (x/group/keeper/msg_server.go,
// tally.go). A proposal is open until its voting period ends, its policy's terms change, it is withdrawn, or
// a tally is final.
import { create } from '@bufbuild/protobuf'
import { type Bytes, equalBytes, uint64BE } from '../../chain/bytes.ts'
import { type Ctx, emitTyped, type RoutedMessage, sdk, TxError, type View } from '../../chain/module.ts'
import {
  EventProposalPrunedSchema,
  EventSubmitProposalSchema,
  EventTallyErrorSchema,
  EventVoteSchema,
  EventWithdrawProposalSchema,
} from '../../proto/gen/cosmos/group/v1/events_pb.ts'
import type {
  MsgSubmitProposal,
  MsgVote,
  MsgWithdrawProposal,
} from '../../proto/gen/cosmos/group/v1/tx_pb.ts'
import {
  type GroupInfo,
  type GroupPolicyInfo,
  type Proposal,
  ProposalExecutorResult,
  ProposalSchema,
  ProposalStatus,
  ProposalStatusSchema,
  type TallyResult,
  VoteOption,
  VoteSchema,
} from '../../proto/gen/cosmos/group/v1/types_pb.ts'
import type { Core } from './core.ts'
import { err, wrapped } from './errors.ts'
import { checkMetadataText } from './metadata.ts'
import { policyOf } from './policy.ts'
import { isVoteOption, memberOf } from './state.ts'
import { addVote, emptyTally } from './tally.ts'
import { nsOf, timestamp } from './time.ts'

type Fields<T> = Omit<T, '$typeName' | '$unknown'>
export type Proposals = ReturnType<typeof proposalRules>

export const statusText = (status: ProposalStatus): string =>
  ProposalStatusSchema.value[status]?.name ?? `${status}`

/** Each message must be signed by the group's account, and by nobody else. Throws sdk 4. */
export const checkSigners = (
  { addresses }: Core,
  messages: readonly RoutedMessage[],
  account: Bytes,
): void => {
  for (const message of messages)
    for (const signer of message.signers())
      if (!equalBytes(account, signer))
        throw sdk.unauthorized(
          `msg does not have group policy authorization; expected ${addresses.text(account)}, ` +
            `got ${addresses.text(signer)}`,
        )
}

export const proposalRules = (core: Core) => {
  const { state, addresses, router } = core

  const checkProposers = (proposers: readonly string[]): void => {
    if (proposers.length === 0) throw err.empty('proposers')
    const seen = new Set<string>()
    for (const proposer of proposers) {
      if (seen.has(proposer)) throw err.duplicate(`address: ${proposer}`)
      wrapped(`proposer address ${proposer}`, () => addresses.bytes(proposer))
      seen.add(proposer)
    }
  }

  /** Returns the account's address. */
  const checkRequest = (request: Fields<MsgSubmitProposal>): Bytes => {
    const { title, summary, metadata } = request
    checkProposers(request.proposers)
    const account = wrapped('request account address of group policy', () =>
      addresses.bytes(request.groupPolicyAddress),
    )
    core.expectShort(title, 'proposal Title')
    core.expectSummary(summary)
    core.expectShort(metadata, 'metadata')
    checkMetadataText(metadata, title, summary)
    return account
  }

  const open = (request: Fields<MsgSubmitProposal>): RoutedMessage[] => {
    const messages = request.messages.map((any) => router.unpack(any))
    for (const [i, message] of messages.entries()) wrapped(`msg ${i}`, () => message.validate())
    return messages
  }

  /** The votes of those who are members still, by option. Throws TxError. */
  const tally = (view: View, { id, status, finalTallyResult }: Proposal, groupId: bigint): TallyResult => {
    if (status === ProposalStatus.ACCEPTED || status === ProposalStatus.REJECTED)
      return finalTallyResult ?? emptyTally()
    let counts = emptyTally()
    for (const [, { voter, option }] of state.votesByProposal.rows(view, uint64BE(id))) {
      const member = state.members.get(view, state.memberId(groupId, voter))
      if (member === undefined) continue
      counts = wrapped('add new vote', () => addVote(counts, option, memberOf(member).weight))
    }
    return counts
  }

  const pruneVotes = (ctx: Ctx, id: bigint): void => {
    for (const [rowId] of [...state.votesByProposal.rows(ctx, uint64BE(id))]) state.votes.remove(ctx, rowId)
  }

  const decide = (ctx: Ctx, proposal: Proposal, group: GroupInfo, policy: GroupPolicyInfo) => {
    const rule = policyOf(policy.decisionPolicy)
    try {
      const counts = tally(ctx, proposal, policy.groupId)
      return { counts, ...rule.decide(counts, group.totalWeight) }
    } catch (error) {
      if (!(error instanceof TxError)) throw error
      return { problem: error.message }
    }
  }

  return {
    tally,

    /** Forgets a proposal whose votes are counted. */
    prune(ctx: Ctx, { id, status, finalTallyResult }: Proposal): void {
      state.proposals.remove(ctx, uint64BE(id))
      const tallyResult = finalTallyResult ?? emptyTally()
      emitTyped(ctx, EventProposalPrunedSchema, { proposalId: id, status, tallyResult })
    },
    /** Forgets a proposal that was given up, and its votes. */
    drop(ctx: Ctx, { id, status }: Proposal): void {
      state.proposals.remove(ctx, uint64BE(id))
      pruneVotes(ctx, id)
      emitTyped(ctx, EventProposalPrunedSchema, { proposalId: id, status })
    },

    /**
     * The proposal with its result, if the tally is final or the time is over; its votes are forgotten then.
     */
    settle(ctx: Ctx, proposal: Proposal, group: GroupInfo, policy: GroupPolicyInfo): Proposal {
      const { id } = proposal
      const decided = decide(ctx, proposal, group, policy)
      if ('problem' in decided) {
        pruneVotes(ctx, id)
        emitTyped(ctx, EventTallyErrorSchema, { proposalId: id, errorMessage: decided.problem })
        return { ...proposal, status: ProposalStatus.REJECTED }
      }
      if (!decided.final && ctx.block.timeNs <= nsOf(proposal.votingPeriodEnd)) return proposal
      pruneVotes(ctx, id)
      const status = decided.allow ? ProposalStatus.ACCEPTED : ProposalStatus.REJECTED
      return { ...proposal, status, finalTallyResult: decided.counts }
    },

    /** Returns the proposal's id. */
    submit(ctx: Ctx, request: Fields<MsgSubmitProposal>): bigint {
      const account = checkRequest(request)
      const messages = open(request)
      const { groupPolicyAddress, proposers, metadata, title, summary } = request
      const policy = wrapped(`load group policy: ${groupPolicyAddress}`, () =>
        core.policy(ctx, groupPolicyAddress),
      )
      const group = wrapped('get group by groupId of group policy', () => core.group(ctx, policy.groupId))
      for (const proposer of proposers)
        if (!state.members.has(ctx, state.memberId(group.id, proposer)))
          throw err.unauthorized(`not in group: ${proposer}`)
      checkSigners(core, messages, account)
      const rule = wrapped('proposal group policy decision policy', () => policyOf(policy.decisionPolicy))
      rule.suits(group.totalWeight, core.maxExecutionPeriodNs)
      const { timeNs } = ctx.block
      const proposal = create(ProposalSchema, {
        id: state.proposalIds.current(ctx) + 1n,
        ...{ groupPolicyAddress, metadata, proposers, title, summary },
        submitTime: timestamp(timeNs),
        groupVersion: group.version,
        groupPolicyVersion: policy.version,
        status: ProposalStatus.SUBMITTED,
        executorResult: ProposalExecutorResult.NOT_RUN,
        votingPeriodEnd: timestamp(timeNs + rule.votingPeriodNs),
        finalTallyResult: emptyTally(),
        messages: messages.map((message) => message.pack()),
      })
      const id = state.proposalIds.next(ctx)
      wrapped('create proposal', () => state.proposals.create(ctx, proposal))
      emitTyped(ctx, EventSubmitProposalSchema, { proposalId: id })
      return id
    },

    withdraw(ctx: Ctx, { proposalId, address }: Fields<MsgWithdrawProposal>): void {
      if (proposalId === 0n) throw err.empty('proposal id')
      core.addressOf(address, `invalid group policy admin / proposer address: ${address}`)
      const proposal = core.proposal(ctx, proposalId)
      if (proposal.status !== ProposalStatus.SUBMITTED)
        throw err.invalid(`cannot withdraw a proposal with the status of ${statusText(proposal.status)}`)
      const { admin } = wrapped('load group policy', () => core.policy(ctx, proposal.groupPolicyAddress))
      if (address !== admin && !proposal.proposers.includes(address))
        throw err.unauthorized(`given address is neither group policy admin nor in proposers: ${address}`)
      state.proposals.update(ctx, { ...proposal, status: ProposalStatus.WITHDRAWN })
      emitTyped(ctx, EventWithdrawProposalSchema, { proposalId })
    },

    vote(ctx: Ctx, { proposalId, voter, option, metadata }: Omit<Fields<MsgVote>, 'exec'>): void {
      if (proposalId === 0n) throw err.empty('proposal id')
      if (option === VoteOption.UNSPECIFIED) throw err.empty('vote option')
      if (!isVoteOption(option)) throw err.invalid('vote option')
      core.expectShort(metadata, 'metadata')
      core.addressOf(voter, `invalid voter address: ${voter}`)
      const proposal = core.proposal(ctx, proposalId)
      if (proposal.status !== ProposalStatus.SUBMITTED) throw err.invalid('proposal not open for voting')
      const { timeNs } = ctx.block
      if (timeNs > nsOf(proposal.votingPeriodEnd)) throw err.expired('voting period has ended already')
      const policy = wrapped('load group policy', () => core.policy(ctx, proposal.groupPolicyAddress))
      const group = core.group(ctx, policy.groupId)
      const member = state.memberId(group.id, voter)
      wrapped(`voter address: ${voter}`, () => state.members.require(ctx, member))
      const submitTime = timestamp(timeNs)
      const vote = create(VoteSchema, { proposalId, voter, option, metadata, submitTime })
      wrapped('store vote', () => state.votes.create(ctx, vote))
      emitTyped(ctx, EventVoteSchema, { proposalId })
    },
  }
}
