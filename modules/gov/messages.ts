// The rules of cosmos.gov.v1.Msg (x/gov/keeper/msg_server.go). Checks come in Go's order, for the first that
// fails decides the error, and each read is paid for. The service of v1beta1 uses them too.
import { create, toBinary } from '@bufbuild/protobuf'
import type { Bytes } from '../../chain/bytes.ts'
import {
  type Ctx,
  coinsFrom,
  coinsText,
  GrpcError,
  isAllPositive,
  isValidCoins,
  kvGas,
  type MessageRoutes,
  messages,
  ONE,
  plainError,
  type RoutedMessage,
  sdk,
  TxError,
} from '../../chain/module.ts'
import { ParamsSchema, ProposalSchema } from '../../proto/gen/cosmos/gov/v1/gov_pb.ts'
import {
  Msg,
  type MsgDeposit,
  type MsgExecLegacyContent,
  type MsgSubmitProposal,
  type MsgVote,
  type MsgVoteWeighted,
} from '../../proto/gen/cosmos/gov/v1/tx_pb.ts'
import { checkDenoms, checkInitial } from './deposits.ts'
import { err, NAME } from './errors.ts'
import type { Core, Gov } from './keeper.ts'
import { openContent } from './legacy.ts'
import { checkMetadataText } from './metadata.ts'
import { unpackContent } from './packed.ts'
import { paramsProblem } from './params.ts'
import { timestamp } from './state.ts'
import { checkWeighted, isOption, optionText, type Weighted, whole } from './votes.ts'

type Fields<T> = Omit<T, '$typeName' | '$unknown'>
export type Rules = ReturnType<typeof govRules>

/** The rules, by what they are asked; `messages` of a proposal are opened. */
export const govRules = (gov: Gov) => {
  const { core, proposals, deposits, votes } = gov
  const { addresses } = core
  const personOf = (text: string, who: string): Bytes =>
    addresses.bytes(text, (reason) => sdk.invalidAddress(`invalid ${who} address: ${reason}`))

  return {
    submitProposal(
      ctx: Ctx,
      request: Omit<Fields<MsgSubmitProposal>, 'messages'> & { open: () => readonly RoutedMessage[] },
      count: number,
    ): bigint {
      const { metadata, title, summary, expedited } = request
      if (title === '') throw sdk.invalidRequest('proposal title cannot be empty')
      if (summary === '') throw sdk.invalidRequest('proposal summary cannot be empty')
      const proposer = personOf(request.proposer, 'proposer')
      if (count === 0 && metadata === '')
        throw err.noProposalMsgs('either metadata or Msgs length must be non-nil')
      checkMetadataText(metadata, title, summary)
      const opened = request.open()
      const initial = coinsFrom(request.initialDeposit)
      const params = core.state.params.get(ctx)
      if (params === undefined)
        throw plainError("failed to get governance parameters: collections: not found: key 'no_key'")
      checkInitial(params, initial, expedited)
      checkDenoms(params, initial)
      const proposal = proposals.submit(ctx, {
        ...{ messages: opened, metadata, title, summary, proposer, expedited },
      })
      const { length } = toBinary(ProposalSchema, proposal)
      ctx.gas.consume(3 * kvGas.writePerByte * length, 'submit proposal')
      const { id } = proposal
      if (deposits.add(ctx, id, proposer, initial))
        ctx.emit('submit_proposal', ['voting_period_start', `${id}`])
      return id
    },

    vote(ctx: Ctx, { proposalId, voter: text, option, metadata }: Fields<MsgVote>): void {
      const voter = personOf(text, 'voter')
      if (!isOption(option)) throw err.invalidVote(optionText(option))
      votes.add(ctx, proposalId, voter, whole(option), metadata)
    },

    voteWeighted(
      ctx: Ctx,
      {
        proposalId,
        voter: text,
        options,
        metadata,
      }: Omit<Fields<MsgVoteWeighted>, 'options'> & {
        options: readonly Weighted[]
      },
      noOptions = 'null',
    ): void {
      const voter = personOf(text, 'voter')
      if (options.length === 0) throw sdk.invalidRequest(noOptions)
      checkWeights(options)
      votes.add(ctx, proposalId, voter, options, metadata)
    },

    deposit(ctx: Ctx, { proposalId, depositor: text, amount }: Fields<MsgDeposit>): void {
      const depositor = personOf(text, 'depositor')
      const given = coinsFrom(amount)
      if (!isValidCoins(given) || !isAllPositive(given)) throw sdk.invalidCoins(coinsText(given))
      if (deposits.add(ctx, proposalId, depositor, given))
        ctx.emit('proposal_deposit', ['voting_period_start', `${proposalId}`])
    },

    cancelProposal(ctx: Ctx, id: bigint, proposer: string): void {
      personOf(proposer, 'proposer')
      deposits.cancel(ctx, id, proposer)
      ctx.emit('cancel_proposal', ['sender', proposer], ['proposal_id', `${id}`])
    },
  }
}

/** Each option once, and all of the vote shared out. Throws gov 7. */
const checkWeights = (options: readonly Weighted[]): void => {
  const used = new Set<number>()
  let total = 0n
  for (const option of options) {
    total += checkWeighted(option)
    if (used.has(option.option)) throw err.invalidVote('duplicated vote option')
    used.add(option.option)
  }
  if (total > ONE) throw err.invalidVote('total weight overflow 1.00')
  if (total < ONE) throw err.invalidVote('total weight lower than 1.00')
}

/** Hands old content to the handler of its route. */
const execContent = (ctx: Ctx, core: Core, { content, authority }: MsgExecLegacyContent): void => {
  const { addresses, auth, contents } = core
  const account = addresses.text(auth.moduleAccount(ctx, NAME).address)
  if (account !== authority) throw err.invalidSigner(`expected ${account} got ${authority}`)
  const { kind, message } = openContent(contents, content)
  if (kind.run === undefined) throw err.noProposalHandlerExists(kind.route)
  try {
    kind.run(ctx, message)
  } catch (error) {
    if (!(error instanceof TxError || error instanceof GrpcError)) throw error
    throw err.invalidProposalContent(`failed to run legacy handler ${kind.route}, ${error.message}`)
  }
}

export const govMessages = (gov: Gov, rules: Rules): MessageRoutes => {
  const { core } = gov
  const { addresses, authority } = core
  return messages(
    Msg,
    {
      submitProposal(ctx, request) {
        const open = () => request.messages.map((any) => core.router.unpack(any))
        return { proposalId: rules.submitProposal(ctx, { ...request, open }, request.messages.length) }
      },
      execLegacyContent: (ctx, request) => execContent(ctx, core, request),
      vote: (ctx, request) => rules.vote(ctx, request),
      voteWeighted: (ctx, request) => rules.voteWeighted(ctx, request),
      deposit: (ctx, request) => rules.deposit(ctx, request),
      updateParams(ctx, request) {
        if (request.authority !== authority)
          throw err.invalidSigner(`invalid authority; expected ${authority}, got ${request.authority}`)
        const { params = create(ParamsSchema) } = request
        const problem = paramsProblem(params, addresses)
        if (problem !== undefined) throw plainError(problem)
        core.state.params.set(ctx, params)
      },
      cancelProposal(ctx, { proposalId, proposer }) {
        rules.cancelProposal(ctx, proposalId, proposer)
        const { timeNs, height } = ctx.block
        return { proposalId, canceledTime: timestamp(timeNs), canceledHeight: height }
      },
    },
    { execLegacyContent: ({ authority: signer }) => void addresses.bytes(signer) },
    {
      submitProposal({ messages: packed }, limit) {
        for (const any of packed) core.router.unpack(any, limit)
      },
      execLegacyContent: ({ content }, limit) => unpackContent(core, content, limit),
    },
  )
}
