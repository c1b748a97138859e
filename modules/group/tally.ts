// Counts of votes by option, in weights of members (x/group/types.go, TallyResult).
import { create } from '@bufbuild/protobuf'
import {
  type TallyResult,
  TallyResultSchema,
  VoteOption,
  VoteOptionSchema,
} from '../../proto/gen/cosmos/group/v1/types_pb.ts'
import { err, wrapped } from './errors.ts'
import { addWeights, nonNegativeWeight, positiveWeight, type Weight, weightText, ZERO } from './weight.ts'

type Counts = { yes: Weight; no: Weight; abstain: Weight; veto: Weight }

export const emptyTally = (): TallyResult =>
  create(TallyResultSchema, { yesCount: '0', noCount: '0', noWithVetoCount: '0', abstainCount: '0' })

/** Throws math 10 with the name of the first count that is none; `prefix` stands before it. */
const readCounts = (tally: TallyResult | undefined, prefix = ''): Counts => {
  const { yesCount = '', noCount = '', abstainCount = '', noWithVetoCount = '' } = tally ?? {}
  const count = (name: string, text: string) => wrapped(prefix + name, () => nonNegativeWeight(text))
  return {
    yes: count('yes count', yesCount),
    no: count('no count', noCount),
    abstain: count('abstain count', abstainCount),
    veto: count('veto count', noWithVetoCount),
  }
}

/** Throws math 10 for the tally of a proposal that has something else than counts. */
export const checkCounts = (tally: TallyResult | undefined): void => {
  readCounts(tally, 'proposal FinalTallyResult ')
}

/** The tally with one more vote. Throws TxError. */
export const addVote = (tally: TallyResult, option: VoteOption, weight: string): TallyResult => {
  const more = positiveWeight(weight)
  const { yes, no, abstain, veto } = readCounts(tally)
  const sum = (name: string, count: Weight) => weightText(wrapped(name, () => addWeights(count, more)))
  switch (option) {
    case VoteOption.YES:
      return { ...tally, yesCount: sum('yes count', yes) }
    case VoteOption.NO:
      return { ...tally, noCount: sum('no count', no) }
    case VoteOption.ABSTAIN:
      return { ...tally, abstainCount: sum('abstain count', abstain) }
    case VoteOption.NO_WITH_VETO:
      return { ...tally, noWithVetoCount: sum('veto count', veto) }
    default:
      throw err.invalid(`unknown vote option ${VoteOptionSchema.value[option]?.name ?? option}`)
  }
}

/** The weight of all who voted. */
export const totalCounts = (tally: TallyResult): Weight => {
  const { yes, no, abstain, veto } = readCounts(tally)
  return [yes, no, abstain, veto].reduce(addWeights, ZERO)
}
