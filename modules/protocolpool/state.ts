// What protocolpool remembers, and what may be remembered (x/protocolpool/types of SDK 0.53).
import type { Bytes } from '../../chain/bytes.ts'
import {
  addressKey,
  decFromWire,
  denomProblem,
  errors,
  messageValue,
  ONE,
  store,
} from '../../chain/module.ts'
import {
  type ContinuousFund,
  ContinuousFundSchema,
  type Params,
  ParamsSchema,
} from '../../proto/gen/cosmos/protocolpool/v1/types_pb.ts'

/** The module, and its account: the community pool. */
export const NAME = 'protocolpool'
/** Account that distribution pays into and the funds are paid from. */
export const ESCROW = 'protocolpool_escrow'

export const err = errors(NAME, {
  invalidSigner: [2, 'expected authority account as only signer for community pool spend message'],
})

export const poolState = () => {
  const kv = store(NAME)
  return {
    /** By recipient. */
    funds: kv.map<Bytes, ContinuousFund>(3, addressKey, messageValue(ContinuousFundSchema)),
    params: kv.item<Params>(8, messageValue(ParamsSchema)),
  }
}
export type PoolState = ReturnType<typeof poolState>

/** Why a fund cannot be; undefined if it can. */
export const fundProblem = ({ recipient, percentage }: Pick<ContinuousFund, 'recipient' | 'percentage'>) => {
  if (recipient === '') return 'recipient cannot be empty'
  const part = decFromWire(percentage)
  if (part === 0n) return 'percentage cannot be zero or empty'
  if (part < 0n) return 'percentage cannot be negative'
  if (part > ONE) return 'percentage cannot be greater than one'
  return undefined
}

/** Why parameters cannot be; undefined if they can. */
export const paramsProblem = ({ enabledDistributionDenoms, distributionFrequency }: Params) => {
  const seen = new Set<string>()
  for (const denom of enabledDistributionDenoms) {
    const problem = denomProblem(denom)
    if (problem !== undefined) return problem
    if (seen.has(denom)) return `duplicate enabled distribution denom ${denom}`
    seen.add(denom)
  }
  return distributionFrequency === 0n ? 'DistributionFrequency must be greater than 0' : undefined
}
