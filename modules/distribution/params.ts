// The parameters of distribution: the community's tax, and whether a delegator may name another address. Two
// older rates for proposers are kept in the record and must stay zero (x/distribution/types/params.go).
import { create } from '@bufbuild/protobuf'
import { decFromWire, decText, ONE } from '../../chain/module.ts'
import { type Params, ParamsSchema } from '../../proto/gen/cosmos/distribution/v1beta1/distribution_pb.ts'

export const defaultParams = (): Params =>
  create(ParamsSchema, {
    communityTax: `${ONE / 50n}`,
    baseProposerReward: '0',
    bonusProposerReward: '0',
    withdrawAddrEnabled: true,
  })

/** Why parameters cannot be; undefined if they can. */
export const paramsProblem = (params: Params | undefined): string | undefined => {
  if (params === undefined || params.communityTax === '') return 'community tax must be not nil'
  const tax = decFromWire(params.communityTax)
  if (tax < 0n) return `community tax must be positive: ${decText(tax)}`
  if (tax > ONE) return `community tax too large: ${decText(tax)}`
  return undefined
}

/** Whether the message tries to set a rate that proposers do not get any more. */
export const hasProposerReward = ({ baseProposerReward, bonusProposerReward }: Params): boolean =>
  decFromWire(baseProposerReward) !== 0n || decFromWire(bonusProposerReward) !== 0n
