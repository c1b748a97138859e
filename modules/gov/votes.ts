// Votes: each voter has one, whole or split, and may change it until the voting ends (x/gov/keeper/vote.go).
import { create } from '@bufbuild/protobuf'
import type { Bytes } from '../../chain/bytes.ts'
import { type Ctx, type Dec, ONE, parseDec } from '../../chain/module.ts'
import { VoteOption, VoteSchema, type WeightedVoteOption } from '../../proto/gen/cosmos/gov/v1/gov_pb.ts'
import { err } from './errors.ts'
import type { Core } from './keeper.ts'
import type { Proposals } from './proposals.ts'

export { VoteOption }
/** An option with its share of the vote, in decimals as people write them. */
export type Weighted = Pick<WeightedVoteOption, 'option' | 'weight'>
export type Votes = ReturnType<typeof votes>

const NAMES: Record<number, string> = {
  [VoteOption.UNSPECIFIED]: 'VOTE_OPTION_UNSPECIFIED',
  [VoteOption.YES]: 'VOTE_OPTION_YES',
  [VoteOption.ABSTAIN]: 'VOTE_OPTION_ABSTAIN',
  [VoteOption.NO]: 'VOTE_OPTION_NO',
  [VoteOption.NO_WITH_VETO]: 'VOTE_OPTION_NO_WITH_VETO',
}
/** As Go prints an option; one that is unknown is its number. */
export const optionText = (option: number): string => NAMES[option] ?? `${option}`
export const isOption = (option: number): boolean => option !== VoteOption.UNSPECIFIED && option in NAMES

/** A weighted option in gogoproto's compact text. */
const weightedText = ({ option, weight }: Weighted): string =>
  (option === 0 ? '' : `option:${optionText(option)} `) +
  (weight === '' ? '' : `weight:"${weight.replace(/["\\]/g, '\\$&')}" `)

/** Options as an event tells them: encoding/json of Go structs, which leaves empty fields out. */
const optionsText = (options: readonly Weighted[]): string => {
  const shown = ({ option, weight }: Weighted) => ({
    ...(option !== 0 && { option }),
    ...(weight !== '' && { weight }),
  })
  return JSON.stringify(options.map(shown))
}

/** The weight of an option, in the vote; undefined if it is none. */
export const weightOf = (text: string): Dec | undefined => {
  try {
    return parseDec(text)
  } catch (error) {
    if (error instanceof Error) return undefined
    throw error
  }
}

/** Throws gov 7 for an option that is none, or whose weight is not between 0 and 1. */
export const checkWeighted = (weighted: Weighted): Dec => {
  const weight = weightOf(weighted.weight)
  if (weight === undefined || weight <= 0n || weight > ONE || !isOption(weighted.option))
    throw err.invalidVote(weightedText(weighted))
  return weight
}

export const whole = (option: VoteOption): Weighted[] => [{ option, weight: '1.000000000000000000' }]

export const votes = ({ state, addresses, hooks }: Core, proposals: Proposals) => ({
  /** AddVote */
  add(ctx: Ctx, id: bigint, voter: Bytes, options: readonly Weighted[], metadata: string): void {
    if (!state.voting.has(ctx, id)) throw err.inactiveProposal(`${id}`)
    proposals.checkMetadata(metadata)
    for (const option of options) checkWeighted(option)
    const text = addresses.text(voter)
    const plain = options.map(({ option, weight }) => ({ option, weight }))
    const vote = create(VoteSchema, { proposalId: id, voter: text, options: plain, metadata })
    state.votes.set(ctx, [id, voter], vote)
    hooks.afterProposalVote(ctx, id, voter)
    ctx.emit('proposal_vote', ['voter', text], ['option', optionsText(options)], ['proposal_id', `${id}`])
  },
})
