// Inflation that follows the bonded ratio: below the goal it rises, above it falls, by at most
// `inflationRateChange` a year, and it stays between its bounds (x/mint/types/minter.go). All divisions are
// those of LegacyDec, half to even.
import {
  type Dec,
  decFromInt,
  decMul,
  decMulInt,
  decQuo,
  decQuoInt,
  decTruncateInt,
  maxBig,
  minBig,
  ONE,
} from '../../chain/module.ts'

export type InflationParams = {
  readonly inflationRateChange: Dec
  readonly inflationMax: Dec
  readonly inflationMin: Dec
  readonly goalBonded: Dec
  readonly blocksPerYear: bigint
}

/** The yearly rate of the next block. */
export const nextInflation = (inflation: Dec, params: InflationParams, bondedRatio: Dec): Dec => {
  const distance = ONE - decQuo(bondedRatio, params.goalBonded)
  const yearlyChange = decMul(distance, params.inflationRateChange)
  const next = inflation + decQuo(yearlyChange, decFromInt(params.blocksPerYear))
  return maxBig(minBig(next, params.inflationMax), params.inflationMin)
}

/** New tokens of a year at this rate. */
export const annualProvisions = (inflation: Dec, supply: bigint): Dec => decMulInt(inflation, supply)

/** New tokens of a block: whole ones, rounded down. */
export const blockProvision = (annual: Dec, blocksPerYear: bigint): bigint =>
  decTruncateInt(decQuoInt(annual, blocksPerYear))
