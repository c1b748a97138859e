// Which vesting accounts can be (Validate of each kind in x/auth/vesting types): of a genesis and of new
// ones.
import {
  addCoins,
  type Coins,
  coinsFrom,
  coinsText,
  equalCoins,
  isAllGte,
  isAllPositive,
  isValidCoins,
} from '../../chain/module.ts'
import {
  type BaseVestingAccount,
  BaseVestingAccountSchema,
  type ContinuousVestingAccount,
  ContinuousVestingAccountSchema,
  DelayedVestingAccountSchema,
  type PeriodicVestingAccount,
  PeriodicVestingAccountSchema,
  PermanentLockedAccountSchema,
} from '../../proto/gen/cosmos/vesting/v1beta1/vesting_pb.ts'
import type { Account } from '../auth/account.ts'
import { vestingPart } from './schedule.ts'

const isPositiveSet = (set: Coins): boolean => isValidCoins(set) && isAllPositive(set)

/**
 * What is wrong with a vesting account, in Go's words; undefined if nothing is, or if it is another account.
 */
export const vestingProblem = (account: Account): string | undefined => {
  const { schema, message } = account
  if (schema === BaseVestingAccountSchema) return baseProblem(message as BaseVestingAccount)
  if (schema === ContinuousVestingAccountSchema) return continuousProblem(message as ContinuousVestingAccount)
  if (schema === PeriodicVestingAccountSchema) return periodicProblem(message as PeriodicVestingAccount)
  if (schema === DelayedVestingAccountSchema) return baseProblem(vestingPart(account))
  if (schema !== PermanentLockedAccountSchema) return undefined
  if (vestingPart(account).endTime > 0n) return 'permanently vested accounts cannot have an end-time'
  return baseProblem(vestingPart(account))
}

const baseProblem = ({
  endTime,
  originalVesting,
  delegatedVesting,
}: BaseVestingAccount): string | undefined => {
  if (endTime < 0n) return 'end time cannot be negative'
  const original = coinsFrom(originalVesting)
  if (!isPositiveSet(original)) return `invalid coins: ${coinsText(original)}`
  if (!isAllGte(original, coinsFrom(delegatedVesting)))
    return 'delegated vesting amount cannot be greater than original vesting amount'
  return undefined
}

const NO_TIME = 'vesting start-time cannot be before end-time'

const continuousProblem = (account: ContinuousVestingAccount): string | undefined => {
  const base = account.baseVestingAccount!
  return account.startTime >= base.endTime ? NO_TIME : baseProblem(base)
}

export const periodicProblem = (account: PeriodicVestingAccount): string | undefined => {
  const { startTime, vestingPeriods } = account
  const base = account.baseVestingAccount!
  if (startTime >= base.endTime) return NO_TIME
  let end = startTime
  let sum: Coins = []
  for (const [i, { length, amount }] of vestingPeriods.entries()) {
    if (length < 0n) return `period #${i} has a negative length: ${length}`
    end = afterPeriod(end, length)
    const part = coinsFrom(amount)
    if (!isPositiveSet(part)) return `period #${i} has invalid coins: ${coinsText(part)}`
    sum = addCoins(sum, part)
  }
  if (end !== base.endTime) return 'vesting end time does not match length of all vesting periods'
  if (end < startTime) return 'cumulative endTime overflowed, and/or is less than startTime'
  const original = coinsFrom(base.originalVesting)
  if (equalCoins(sum, original)) return baseProblem(base)
  const [whole, parts] = [original, sum].map(coinsText)
  return `original vesting coins (${whole}) does not match the sum of all coins in vesting periods (${parts})`
}

/** A 64-bit sum: what is too long for it wraps around, and is refused then. */
export const afterPeriod = (time: bigint, length: bigint): bigint => BigInt.asIntN(64, time + length)
