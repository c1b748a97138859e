// What a validator keeps of its delegators' rewards, and the bounds it has promised (SDK
// x/staking/types/commission.go).
import { create } from '@bufbuild/protobuf'
import { compactText, type Dec, ONE } from '../../chain/module.ts'
import { instant } from '../../chain/time.ts'
import { CommissionSchema } from '../../proto/gen/cosmos/staking/v1beta1/staking_pb.ts'
import { err } from './errors.ts'
import type { Commission } from './validator.ts'

const DAY_NS = 24n * 3600n * 1_000_000_000n

/** CommissionRates.Validate */
export const checkRates = ({ rate, maxRate, maxChangeRate }: Omit<Commission, 'updateTimeNs'>): void => {
  if (maxRate < 0n) throw err.commissionNegative()
  if (maxRate > ONE) throw err.commissionHuge()
  if (rate < 0n) throw err.commissionNegative()
  if (rate > maxRate) throw err.commissionGTMaxRate()
  if (maxChangeRate < 0n) throw err.commissionChangeRateNegative()
  if (maxChangeRate > maxRate) throw err.commissionChangeRateGTMaxRate()
}

/** Commission.ValidateNewRate: at most one change a day, and only so far up. */
export const checkNewRate = (commission: Commission, rate: Dec, nowNs: bigint): void => {
  if (nowNs - commission.updateTimeNs < DAY_NS) throw err.commissionUpdateTime()
  if (rate < 0n) throw err.commissionNegative()
  if (rate > commission.maxRate) throw err.commissionGTMaxRate()
  if (rate - commission.rate > commission.maxChangeRate) throw err.commissionGTMaxChangeRate()
}

/** What the event of an edited validator holds. */
export const commissionText = ({ updateTimeNs, ...rates }: Commission): string => {
  const commissionRates = {
    rate: `${rates.rate}`,
    maxRate: `${rates.maxRate}`,
    maxChangeRate: `${rates.maxChangeRate}`,
  }
  const message = { commissionRates, updateTime: instant(updateTimeNs) }
  return compactText(CommissionSchema, create(CommissionSchema, message))
}
