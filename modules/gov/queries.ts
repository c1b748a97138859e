// The answers of cosmos.gov.v1.Query (x/gov/keeper/grpc_query.go).
import {
  internal,
  invalidArgument,
  notFound,
  type Page,
  paginate,
  plainError,
  type QueryRoutes,
  queries,
  TxError,
  type View,
} from '../../chain/module.ts'
import type { PageRequest } from '../../proto/gen/cosmos/base/query/v1beta1/pagination_pb.ts'
import type { Deposit, Params, Proposal, TallyResult, Vote } from '../../proto/gen/cosmos/gov/v1/gov_pb.ts'
import { Query, type QueryProposalsRequest } from '../../proto/gen/cosmos/gov/v1/query_pb.ts'
import { missing } from './errors.ts'
import type { Gov } from './keeper.ts'
import { emptyTally, ProposalStatus } from './proposals.ts'

/** An error of the state, as the SDK wraps it. */
const orInternal = <T>(read: () => T): T => {
  try {
    return read()
  } catch (error) {
    if (error instanceof TxError) throw internal(error.message)
    throw error
  }
}

const expectId = (id: bigint): void => {
  if (id === 0n) throw invalidArgument('proposal id can not be 0')
}

const STATUSES = [
  ProposalStatus.DEPOSIT_PERIOD,
  ProposalStatus.VOTING_PERIOD,
  ProposalStatus.PASSED,
  ProposalStatus.REJECTED,
  ProposalStatus.FAILED,
]
const isStatus = (status: ProposalStatus): boolean => STATUSES.includes(status)

export type Answers = ReturnType<typeof govAnswers>

/** The answers, for both versions of the service. */
export const govAnswers = ({ core, proposals, tallies }: Gov) => {
  const { state, addresses } = core

  const proposal = (view: View, id: bigint): Proposal => {
    expectId(id)
    const found = state.proposals.get(view, id)
    if (found === undefined) throw notFound(`proposal ${id} doesn't exist`)
    return found
  }

  return {
    proposal,

    proposals(
      view: View,
      { proposalStatus, voter, depositor, pagination }: Omit<QueryProposalsRequest, '$typeName'>,
    ): Page<Proposal> {
      const wanted = isStatus(proposalStatus) ? proposalStatus : undefined
      return orInternal(() =>
        paginate(view, state.proposals, pagination, (_, found) => found, {
          include(id, { status }) {
            const voted = voter === '' || state.votes.has(view, [id, addresses.bytes(voter)])
            const paid = depositor === '' || state.deposits.has(view, [id, addresses.bytes(depositor)])
            return voted && paid && (wanted === undefined || status === wanted)
          },
        }),
      )
    },

    vote(view: View, id: bigint, voter: string): Vote {
      expectId(id)
      if (voter === '') throw invalidArgument('empty voter address')
      const found = state.votes.get(view, [id, addresses.bytes(voter)])
      if (found === undefined) throw invalidArgument(`voter: ${voter} not found for proposal: ${id}`)
      return found
    },

    votes(view: View, id: bigint, pagination: PageRequest | undefined): Page<Vote> {
      expectId(id)
      return orInternal(() => paginate(view, state.votes, pagination, (_, vote) => vote, { prefix: [id] }))
    },

    params(view: View, kind: string): Params {
      const params = proposals.params(view)
      if (!['', 'deposit', 'voting', 'tallying'].includes(kind))
        throw invalidArgument(`unknown params type: ${kind}`)
      return params
    },

    deposit(view: View, id: bigint, depositor: string): Deposit {
      expectId(id)
      if (depositor === '') throw invalidArgument('empty depositor address')
      const found = state.deposits.get(view, [id, addresses.bytes(depositor)])
      if (found === undefined) throw notFound(missing(`("${id}", "${depositor}")`, 'Deposit').message)
      return found
    },

    deposits(view: View, id: bigint, pagination: PageRequest | undefined): Page<Deposit> {
      expectId(id)
      return orInternal(() =>
        paginate(view, state.deposits, pagination, (_, deposit) => deposit, { prefix: [id] }),
      )
    },

    tally(view: View, id: bigint): TallyResult {
      const found = proposal(view, id)
      if (found.status === ProposalStatus.DEPOSIT_PERIOD) return emptyTally()
      if (found.status !== ProposalStatus.VOTING_PERIOD && isStatus(found.status))
        return found.finalTallyResult ?? emptyTally()
      return view.scratch((ctx) => tallies.tally(ctx, found).result)
    },
  }
}

export const govQueries = ({ core }: Gov, answers: Answers): QueryRoutes =>
  queries(Query, {
    constitution(view) {
      const constitution = core.state.constitution.get(view)
      if (constitution === undefined) throw plainError("collections: not found: key 'no_key' of type string")
      return { constitution }
    },
    proposal: (view, { proposalId }) => ({ proposal: answers.proposal(view, proposalId) }),
    proposals(view, request) {
      const { items, pagination } = answers.proposals(view, request)
      return { proposals: items, pagination }
    },
    vote: (view, { proposalId, voter }) => ({ vote: answers.vote(view, proposalId, voter) }),
    votes(view, { proposalId, pagination: page }) {
      const { items, pagination } = answers.votes(view, proposalId, page)
      return { votes: items, pagination }
    },
    params(view, { paramsType }) {
      const params = answers.params(view, paramsType)
      const { minDeposit, maxDepositPeriod, votingPeriod, quorum, threshold, vetoThreshold } = params
      return {
        params,
        ...(paramsType === 'deposit' && { depositParams: { minDeposit, maxDepositPeriod } }),
        ...(paramsType === 'voting' && { votingParams: { votingPeriod } }),
        ...(paramsType === 'tallying' && { tallyParams: { quorum, threshold, vetoThreshold } }),
      }
    },
    deposit: (view, { proposalId, depositor }) => ({ deposit: answers.deposit(view, proposalId, depositor) }),
    deposits(view, { proposalId, pagination: page }) {
      const { items, pagination } = answers.deposits(view, proposalId, page)
      return { deposits: items, pagination }
    },
    tallyResult: (view, { proposalId }) => ({ tally: answers.tally(view, proposalId) }),
  })
