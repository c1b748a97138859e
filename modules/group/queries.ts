// The answers of cosmos.group.v1.Query (x/group/keeper/grpc_query.go).
import { type Bytes, uint64BE } from '../../chain/bytes.ts'
import { type QueryRoutes, queries, type View } from '../../chain/module.ts'
import type { PageRequest } from '../../proto/gen/cosmos/base/query/v1beta1/pagination_pb.ts'
import { Query } from '../../proto/gen/cosmos/group/v1/query_pb.ts'
import { ProposalStatus } from '../../proto/gen/cosmos/group/v1/types_pb.ts'
import { err, wrapped } from './errors.ts'
import type { Group } from './keeper.ts'
import { pageOf } from './page.ts'
import { statusText } from './proposals.ts'
import { type Index, lengthPrefixed } from './table.ts'

const MOST = 2n ** 64n - 1n

/** A page of the rows that an index has under a part. */
const pageUnder = <T>(view: View, index: Index<T>, part: Bytes, request: PageRequest | undefined) =>
  pageOf(index.rows(view, part, request?.key), request)

export const groupQueries = ({ core, proposals }: Group): QueryRoutes => {
  const { state, addresses } = core
  const addressPart = (text: string) => lengthPrefixed(addresses.bytes(text))

  return queries(Query, {
    groupInfo: (view, { groupId }) => ({ info: wrapped('group', () => core.group(view, groupId)) }),
    groupPolicyInfo(view, { address }) {
      addresses.bytes(address)
      return { info: wrapped('group policy', () => core.policy(view, address)) }
    },
    groupMembers(view, { groupId, pagination: request }) {
      const { rows, pagination } = pageUnder(view, state.membersByGroup, uint64BE(groupId), request)
      return { members: rows, pagination }
    },
    groupsByAdmin(view, { admin, pagination: request }) {
      const { rows, pagination } = pageUnder(view, state.groupsByAdmin, addressPart(admin), request)
      return { groups: rows, pagination }
    },
    groupPoliciesByGroup(view, { groupId, pagination: request }) {
      const { rows, pagination } = pageUnder(view, state.policiesByGroup, uint64BE(groupId), request)
      return { groupPolicies: rows, pagination }
    },
    groupPoliciesByAdmin(view, { admin, pagination: request }) {
      const { rows, pagination } = pageUnder(view, state.policiesByAdmin, addressPart(admin), request)
      return { groupPolicies: rows, pagination }
    },
    proposal: (view, { proposalId }) => ({ proposal: core.proposal(view, proposalId) }),
    proposalsByGroupPolicy(view, { address, pagination: request }) {
      const { rows, pagination } = pageUnder(view, state.proposalsByPolicy, addressPart(address), request)
      return { proposals: rows, pagination }
    },
    voteByProposalVoter: (view, { proposalId, voter }) => ({
      vote: state.votes.require(view, state.voteId(proposalId, voter)),
    }),
    votesByProposal(view, { proposalId, pagination: request }) {
      const { rows, pagination } = pageUnder(view, state.votesByProposal, uint64BE(proposalId), request)
      return { votes: rows, pagination }
    },
    votesByVoter(view, { voter, pagination: request }) {
      const { rows, pagination } = pageUnder(view, state.votesByVoter, addressPart(voter), request)
      return { votes: rows, pagination }
    },
    groupsByMember(view, { address, pagination: request }) {
      const { rows, pagination } = pageUnder(view, state.membersByAddress, addressPart(address), request)
      return { groups: rows.map(({ groupId }) => core.group(view, groupId)), pagination }
    },
    tallyResult(view, { proposalId }) {
      const proposal = core.proposal(view, proposalId)
      const { status } = proposal
      if (status === ProposalStatus.WITHDRAWN || status === ProposalStatus.ABORTED)
        throw err.invalid(`can't get the tally of a proposal with status ${statusText(status)}`)
      const { groupId } = wrapped('load group policy', () => core.policy(view, proposal.groupPolicyAddress))
      return { tally: proposals.tally(view, proposal, groupId) }
    },
    /** Where a page key is given, this answers from the first group all the same, as Go does. */
    groups(view, { pagination: request }) {
      const { rows, pagination } = pageOf(state.groups.rows(view, uint64BE(1n), uint64BE(MOST)), request)
      return { groups: rows, pagination }
    },
  })
}
