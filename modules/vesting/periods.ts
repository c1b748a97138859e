// Which periods a vesting account can have (PeriodicVestingAccount.Validate in x/auth/vesting types).
import {
  addCoins,
  type Coins,
  coinsFrom,
  coinsText,
  equalCoins,
  isAllPositive,
  isValidCoins,
} from '../../chain/module.ts'
import type { PeriodicVestingAccount } from '../../proto/gen/cosmos/vesting/v1beta1/vesting_pb.ts'

/** A 64-bit sum: what is too long for it wraps around, and is refused then. */
export const afterPeriod = (time: bigint, length: bigint): bigint => BigInt.asIntN(64, time + length)

const isPositiveSet = (set: Coins): boolean => isValidCoins(set) && isAllPositive(set)

/** What is wrong with the account, in Go's words; undefined if nothing is. */
export const periodicProblem = (account: PeriodicVestingAccount): string | undefined => {
  const { startTime, vestingPeriods } = account
  const { endTime, originalVesting } = account.baseVestingAccount!
  if (startTime >= endTime) return 'vesting start-time cannot be before end-time'
  let end = startTime
  let sum: Coins = []
  for (const [i, { length, amount }] of vestingPeriods.entries()) {
    if (length < 0n) return `period #${i} has a negative length: ${length}`
    end = afterPeriod(end, length)
    const part = coinsFrom(amount)
    if (!isPositiveSet(part)) return `period #${i} has invalid coins: ${coinsText(part)}`
    sum = addCoins(sum, part)
  }
  if (end !== endTime) return 'vesting end time does not match length of all vesting periods'
  const original = coinsFrom(originalVesting)
  if (!equalCoins(sum, original)) {
    const [whole, parts] = [original, sum].map(coinsText)
    const sums = `the sum of all coins in vesting periods (${parts})`
    return `original vesting coins (${whole}) does not match ${sums}`
  }
  if (endTime < 0n) return 'end time cannot be negative'
  return isPositiveSet(original) ? undefined : `invalid coins: ${coinsText(original)}`
}
