// Counting votes (x/gov/keeper/tally.go). A delegator's stake votes as its validator did unless the delegator
// voted itself: what voters hold is taken from their validators' shares. Every product and quotient rounds
// half to even, as in Go; the sums do not depend on the order in which validators come.
import { create } from '@bufbuild/protobuf'
import {
  type Ctx,
  type Dec,
  decFromInt,
  decMul,
  decMulInt,
  decQuo,
  decTruncateInt,
  type View,
} from '../../chain/module.ts'
import { type Proposal, type TallyResult, TallyResultSchema } from '../../proto/gen/cosmos/gov/v1/gov_pb.ts'
import { BondStatus } from '../../proto/gen/cosmos/staking/v1beta1/staking_pb.ts'
import { decOf, missing } from './errors.ts'
import type { Core } from './keeper.ts'
import { VoteOption, type Weighted, weightOf } from './votes.ts'

export type Tallies = ReturnType<typeof tallies>
export type Verdict = {
  readonly passes: boolean
  readonly burnsDeposits: boolean
  readonly result: TallyResult
}

/** A validator of the current set, as far as votes go. */
type Voice = {
  readonly bondedTokens: bigint
  readonly shares: Dec
  /** Shares of delegators who voted themselves. */
  deducted: Dec
  vote: readonly Weighted[]
}

/** Powers by option, and all of them together. */
class Count {
  readonly #powers = new Map<VoteOption, Dec>()
  total: Dec = 0n

  add(power: Dec, options: readonly Weighted[]): void {
    for (const { option, weight } of options)
      this.#powers.set(option, this.of(option) + decMul(power, weightOf(weight) ?? 0n))
    this.total += power
  }

  of(option: VoteOption): Dec {
    return this.#powers.get(option) ?? 0n
  }

  /** Whole tokens, truncated. */
  result(): TallyResult {
    const count = (option: VoteOption) => `${decTruncateInt(this.of(option))}`
    return create(TallyResultSchema, {
      yesCount: count(VoteOption.YES),
      abstainCount: count(VoteOption.ABSTAIN),
      noCount: count(VoteOption.NO),
      noWithVetoCount: count(VoteOption.NO_WITH_VETO),
    })
  }
}

export const tallies = ({ state, addresses, staking }: Core) => {
  const currentVoices = (view: View): Map<string, Voice> => {
    const voices = new Map<string, Voice>()
    for (const { operatorText, status, tokens, delegatorShares } of staking.bondedValidatorsByPower(view)) {
      const bondedTokens = status === BondStatus.BONDED ? tokens : 0n
      voices.set(operatorText, { bondedTokens, shares: delegatorShares, deducted: 0n, vote: [] })
    }
    return voices
  }

  /** Counts the votes and removes them. */
  const count = (ctx: Ctx, id: bigint, voices: Map<string, Voice>): Count => {
    const counted = new Count()
    const keys = []
    for (const [key, vote] of state.votes.entries(ctx, { prefix: [id] })) {
      const voter = addresses.bytes(vote.voter)
      const own = voices.get(addresses.validator.text(voter))
      if (own !== undefined) own.vote = vote.options
      for (const { validatorText, shares } of staking.delegationsOf(ctx, voter)) {
        const voice = voices.get(validatorText)
        if (voice === undefined) continue
        voice.deducted += shares
        counted.add(decQuo(decMulInt(shares, voice.bondedTokens), voice.shares), vote.options)
      }
      keys.push(key)
    }
    for (const key of keys) state.votes.remove(ctx, key)
    for (const { bondedTokens, shares, deducted, vote } of voices.values())
      if (vote.length > 0) counted.add(decQuo(decMulInt(shares - deducted, bondedTokens), shares), vote)
    return counted
  }

  return {
    /** Tally: what the votes say now. They are gone afterwards, so a query asks it on a scratch branch. */
    tally(ctx: Ctx, { id, expedited }: Pick<Proposal, 'id' | 'expedited'>): Verdict {
      const counted = count(ctx, id, currentVoices(ctx))
      const result = counted.result()
      const rejected = (burnsDeposits = false): Verdict => ({ passes: false, burnsDeposits, result })
      const bonded = staking.totalBondedTokens(ctx)
      if (bonded === 0n) return rejected()
      const params = state.params.get(ctx)
      if (params === undefined) throw missing('no_key', 'Params')
      if (decQuo(counted.total, decFromInt(bonded)) < decOf(params.quorum))
        return rejected(params.burnVoteQuorum)
      const decided = counted.total - counted.of(VoteOption.ABSTAIN)
      if (decided === 0n) return rejected()
      if (decQuo(counted.of(VoteOption.NO_WITH_VETO), counted.total) > decOf(params.vetoThreshold))
        return rejected(params.burnVoteVeto)
      const threshold = decOf(expedited ? params.expeditedThreshold : params.threshold)
      if (decQuo(counted.of(VoteOption.YES), decided) > threshold)
        return { passes: true, burnsDeposits: false, result }
      return rejected()
    },
  }
}
