// The answers of cosmos.gov.v1beta1.Query: those of v1 in the old words. A proposal has content there; one
// that is no old content shows its message in that place (x/gov/migrations/v3/convert.go).
import type { MessageInitShape } from '@bufbuild/protobuf'
import { fromBinary } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import { utf8 } from '../../chain/bytes.ts'
import {
  coinsFrom,
  coinsTo,
  goForm,
  invalidArgument,
  parseInt256,
  plainError,
  type QueryRoutes,
  queries,
  sdk,
} from '../../chain/module.ts'
import type { Deposit, Proposal, TallyResult, Vote } from '../../proto/gen/cosmos/gov/v1/gov_pb.ts'
import { MsgExecLegacyContentSchema } from '../../proto/gen/cosmos/gov/v1/tx_pb.ts'
import {
  ProposalSchema,
  type TallyResultSchema,
  type VoteSchema,
} from '../../proto/gen/cosmos/gov/v1beta1/gov_pb.ts'
import {
  Query,
  type QueryParamsResponse,
  QueryParamsResponseSchema,
} from '../../proto/gen/cosmos/gov/v1beta1/query_pb.ts'
import { decOf } from './errors.ts'
import type { Core, Gov } from './keeper.ts'
import type { Answers } from './queries.ts'

type LegacyTally = MessageInitShape<typeof TallyResultSchema>

const oldTally = (tally: TallyResult | undefined): LegacyTally => {
  const whole = (name: string, text = '') => {
    const value = parseInt256(text)
    if (value === undefined) throw plainError(`unable to convert ${name} tally string (${text}) to int`)
    return `${value}`
  }
  return {
    yes: whole('yes', tally?.yesCount),
    no: whole('no', tally?.noCount),
    noWithVeto: whole('no with veto', tally?.noWithVetoCount),
    abstain: whole('abstain', tally?.abstainCount),
  }
}

const EXEC = `/${MsgExecLegacyContentSchema.typeName}`

const contentOf = ({ contents, router }: Core, messages: readonly Any[]): Any => {
  const [first] = messages
  if (first === undefined || messages.length !== 1)
    throw sdk.invalidType(
      "can't convert a gov/v1 Proposal to gov/v1beta1 Proposal " +
        'when amount of proposal messages not exactly one',
    )
  if (first.typeUrl !== EXEC) return router.open(first)?.pack() ?? first
  const { content } = fromBinary(MsgExecLegacyContentSchema, first.value)
  if (content === undefined || !contents.has(content.typeUrl))
    throw sdk.invalidType('expected *v1beta1.Content, got <nil>')
  return content
}

const oldProposal = (core: Core, proposal: Proposal) => {
  const finalTallyResult = oldTally(proposal.finalTallyResult)
  return goForm(ProposalSchema, {
    proposalId: proposal.id,
    content: contentOf(core, proposal.messages),
    status: proposal.status as number,
    finalTallyResult,
    totalDeposit: proposal.totalDeposit,
    ...(proposal.submitTime && { submitTime: proposal.submitTime }),
    ...(proposal.depositEndTime && { depositEndTime: proposal.depositEndTime }),
    ...(proposal.votingStartTime && { votingStartTime: proposal.votingStartTime }),
    ...(proposal.votingEndTime && { votingEndTime: proposal.votingEndTime }),
  })
}

const oldVote = ({ proposalId, voter, options }: Vote): MessageInitShape<typeof VoteSchema> => ({
  proposalId,
  voter,
  options: options.map(({ option, weight }) => ({ option: option as number, weight: `${decOf(weight)}` })),
})

const oldDeposit = ({ proposalId, depositor, amount }: Deposit) => ({
  ...{ proposalId, depositor, amount: coinsTo(coinsFrom(amount)) },
})

export const legacyQueries = ({ core }: Gov, answers: Answers): QueryRoutes =>
  queries(Query, {
    proposal: (view, { proposalId }) => ({
      proposal: oldProposal(core, answers.proposal(view, proposalId)),
    }),
    proposals(view, request) {
      const status = request.proposalStatus as number
      const { items, pagination } = answers.proposals(view, { ...request, proposalStatus: status })
      return { proposals: items.map((proposal) => oldProposal(core, proposal)), pagination }
    },
    vote: (view, { proposalId, voter }) => ({ vote: oldVote(answers.vote(view, proposalId, voter)) }),
    votes(view, { proposalId, pagination: page }) {
      const { items, pagination } = answers.votes(view, proposalId, page)
      return { votes: items.map(oldVote), pagination }
    },
    params: (view, { paramsType }) => oldParams(answers, view, paramsType),
    deposit: (view, { proposalId, depositor }) => ({
      deposit: oldDeposit(answers.deposit(view, proposalId, depositor)),
    }),
    deposits(view, { proposalId, pagination: page }) {
      const { items, pagination } = answers.deposits(view, proposalId, page)
      return { deposits: items.map(oldDeposit), pagination }
    },
    tallyResult: (view, { proposalId }) => ({ tally: oldTally(answers.tally(view, proposalId)) }),
  })

/** One kind of parameters; the others are as Go's zero structs are written. */
const oldParams = (
  answers: Answers,
  view: Parameters<Answers['params']>[0],
  kind: string,
): QueryParamsResponse => {
  const params = answers.params(view, kind)
  if (kind === '') throw invalidArgument(`${kind} is not a valid parameter type`)
  const { minDeposit, maxDepositPeriod, votingPeriod } = params
  const units = (text: string) => utf8(`${decOf(text)}`)
  const tally = () => ({
    quorum: units(params.quorum),
    threshold: units(params.threshold),
    vetoThreshold: units(params.vetoThreshold),
  })
  return goForm(QueryParamsResponseSchema, {
    ...(kind === 'deposit' && {
      depositParams: { minDeposit, ...(maxDepositPeriod && { maxDepositPeriod }) },
    }),
    ...(kind === 'voting' && { votingParams: { ...(votingPeriod && { votingPeriod }) } }),
    ...(kind === 'tallying' && { tallyParams: tally() }),
  })
}
