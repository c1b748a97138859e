// The parameters of staking (SDK x/staking/types/params.go).
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import {
  type Dec,
  decFromWire,
  decText,
  decToWire,
  denomProblem,
  ONE,
  plainError,
  type ValueCodec,
} from '../../chain/module.ts'
import { instant, instantNs } from '../../chain/time.ts'
import { type Params, ParamsSchema } from '../../proto/gen/cosmos/staking/v1beta1/staking_pb.ts'

export type StakingParams = {
  readonly unbondingTimeNs: bigint
  readonly maxValidators: number
  /** Unbondings of one pair, redelegations of one triple that may run at a time. */
  readonly maxEntries: number
  readonly historicalEntries: number
  readonly bondDenom: string
  readonly minCommissionRate: Dec
}

export const defaultParams: StakingParams = {
  unbondingTimeNs: 21n * 24n * 3600n * 1_000_000_000n,
  maxValidators: 100,
  maxEntries: 7,
  historicalEntries: 10_000,
  bondDenom: 'stake',
  minCommissionRate: 0n,
}

/** What a chain has whose parameters were never set: Go's zero values. */
export const noParams: StakingParams = {
  unbondingTimeNs: 0n,
  maxValidators: 0,
  maxEntries: 0,
  historicalEntries: 0,
  bondDenom: '',
  minCommissionRate: 0n,
}

export const paramsFrom = (message: Params): StakingParams => ({
  unbondingTimeNs: message.unbondingTime === undefined ? 0n : instantNs(message.unbondingTime),
  maxValidators: message.maxValidators,
  maxEntries: message.maxEntries,
  historicalEntries: message.historicalEntries,
  bondDenom: message.bondDenom,
  minCommissionRate: decFromWire(message.minCommissionRate),
})
export const paramsTo = (params: StakingParams): MessageInitShape<typeof ParamsSchema> => ({
  unbondingTime: instant(params.unbondingTimeNs),
  maxValidators: params.maxValidators,
  maxEntries: params.maxEntries,
  historicalEntries: params.historicalEntries,
  bondDenom: params.bondDenom,
  minCommissionRate: decToWire(params.minCommissionRate),
})

export const paramsValue: ValueCodec<StakingParams> = {
  encode: (params) => toBinary(ParamsSchema, create(ParamsSchema, paramsTo(params))),
  decode: (bytes) => paramsFrom(fromBinary(ParamsSchema, bytes)),
}

/** Params.Validate: throws with Go's text. */
export const checkParams = (params: StakingParams): void => {
  const { unbondingTimeNs, maxValidators, maxEntries, bondDenom, minCommissionRate } = params
  if (unbondingTimeNs <= 0n) throw plainError(`unbonding time must be positive: ${unbondingTimeNs}`)
  if (maxValidators === 0) throw plainError(`max validators must be positive: ${maxValidators}`)
  if (maxEntries === 0) throw plainError(`max entries must be positive: ${maxEntries}`)
  if (bondDenom.trim() === '') throw plainError('bond denom cannot be blank')
  const problem = denomProblem(bondDenom)
  if (problem !== undefined) throw plainError(problem)
  if (minCommissionRate < 0n)
    throw plainError(`minimum commission rate cannot be negative: ${decText(minCommissionRate)}`)
  if (minCommissionRate > ONE)
    throw plainError(`minimum commission rate cannot be greater than 100%: ${decText(minCommissionRate)}`)
}
