// The rules of cosmos.group.v1.Msg, and those that are made of others: a group with its policy, a proposal
// that is voted for and executed at once.
import { type Ctx, type MessageRoutes, messages } from '../../chain/module.ts'
import {
  Exec,
  Msg,
  type MsgCreateGroupWithPolicy,
  type MsgSubmitProposal,
  type MsgVote,
} from '../../proto/gen/cosmos/group/v1/tx_pb.ts'
import { VoteOption } from '../../proto/gen/cosmos/group/v1/types_pb.ts'
import { wrapped } from './errors.ts'
import type { Group } from './keeper.ts'
import { unpackPolicy } from './policy.ts'

/** What each vote of a proposer costs beside its own reads and writes. */
const VOTE_GAS = 20

const createWithPolicy = (ctx: Ctx, { groups, policies }: Group, request: MsgCreateGroupWithPolicy) => {
  const { admin, members, groupMetadata, groupPolicyMetadata, decisionPolicy } = request
  const groupId = wrapped('group response', () =>
    groups.create(ctx, { admin, members, metadata: groupMetadata }),
  )
  const groupPolicyAddress = wrapped('group policy response', () =>
    policies.create(ctx, { admin, groupId, metadata: groupPolicyMetadata, decisionPolicy }),
  )
  if (request.groupPolicyAsAdmin) {
    const newAdmin = groupPolicyAddress
    groups.updateAdmin(ctx, { groupId, admin, newAdmin })
    policies.updateAdmin(ctx, { admin, groupPolicyAddress, newAdmin })
  }
  return { groupId, groupPolicyAddress }
}

/** Proposers who want it executed at once vote for it. */
const submit = (ctx: Ctx, { proposals, execution }: Group, request: MsgSubmitProposal): bigint => {
  const proposalId = proposals.submit(ctx, request)
  if (request.exec !== Exec.TRY) return proposalId
  for (const voter of request.proposers) {
    ctx.gas.consume(VOTE_GAS, 'vote on proposal')
    wrapped(`the proposal was created but failed on vote for voter ${voter}`, () =>
      proposals.vote(ctx, { proposalId, voter, option: VoteOption.YES, metadata: '' }),
    )
  }
  wrapped('the proposal was created but failed on exec', () => execution.execute(ctx, proposalId))
  return proposalId
}

const vote = (ctx: Ctx, { proposals, execution }: Group, request: MsgVote): void => {
  proposals.vote(ctx, request)
  if (request.exec === Exec.TRY) execution.execute(ctx, request.proposalId)
}

export const groupMessages = (keeper: Group): MessageRoutes => {
  const { core, groups, policies, proposals, execution } = keeper
  return messages(
    Msg,
    {
      createGroup: (ctx, request) => ({ groupId: groups.create(ctx, request) }),
      updateGroupMembers: groups.updateMembers,
      updateGroupAdmin: groups.updateAdmin,
      updateGroupMetadata: groups.updateMetadata,
      createGroupPolicy: (ctx, request) => ({ address: policies.create(ctx, request) }),
      createGroupWithPolicy: (ctx, request) => createWithPolicy(ctx, keeper, request),
      updateGroupPolicyAdmin: policies.updateAdmin,
      updateGroupPolicyDecisionPolicy: policies.updateDecision,
      updateGroupPolicyMetadata: policies.updateMetadata,
      submitProposal: (ctx, request) => ({ proposalId: submit(ctx, keeper, request) }),
      withdrawProposal: proposals.withdraw,
      vote: (ctx, request) => vote(ctx, keeper, request),
      exec: (ctx, { proposalId }) => ({ result: execution.execute(ctx, proposalId) }),
      leaveGroup: groups.leave,
    },
    {},
    {
      createGroupPolicy: ({ decisionPolicy }, limit) => unpackPolicy(decisionPolicy, limit),
      createGroupWithPolicy: ({ decisionPolicy }, limit) => unpackPolicy(decisionPolicy, limit),
      updateGroupPolicyDecisionPolicy: ({ decisionPolicy }, limit) => unpackPolicy(decisionPolicy, limit),
      submitProposal({ messages: packed }, limit) {
        for (const any of packed) core.router.unpack(any, limit)
      },
    },
  )
}
