// Accounts whose coins are locked for a time (x/auth/vesting types): what of them is still vesting at a
// moment, what is locked of that, and how delegations are booked. Locked coins may be delegated; the two
// counters say how much of what was delegated was vesting and how much was free, so that an undelegation
// gives back the free part first.
import type { DescMessage } from '@bufbuild/protobuf'
import {
  addCoins,
  amountOf,
  type Coins,
  coinsFrom,
  coinsTo,
  decFromInt,
  decMul,
  decQuo,
  decRoundInt,
  GoPanic,
  isAnyNegative,
  maxBig,
  minBig,
  minCoins,
  safeSubCoins,
} from '../../chain/module.ts'
import { instant } from '../../chain/time.ts'
import {
  type BaseVestingAccount,
  type ContinuousVestingAccount,
  ContinuousVestingAccountSchema,
  type DelayedVestingAccount,
  DelayedVestingAccountSchema,
  type PeriodicVestingAccount,
  PeriodicVestingAccountSchema,
  type PermanentLockedAccount,
  PermanentLockedAccountSchema,
} from '../../proto/gen/cosmos/vesting/v1beta1/vesting_pb.ts'
import type { Account } from '../auth/account.ts'
import type { Vesting } from '../bank/transfers.ts'

type Schedule =
  | ContinuousVestingAccount
  | DelayedVestingAccount
  | PeriodicVestingAccount
  | PermanentLockedAccount

const NOTHING: Coins = []

const isVesting = ({ schema }: Account): boolean => vested.has(schema)

/** The part that all kinds have. */
export const vestingPart = ({ message }: Account): BaseVestingAccount =>
  (message as Schedule).baseVestingAccount!

/** Seconds since 1970, as all times of vesting are. */
const unix = (timeNs: bigint): bigint => instant(timeNs).seconds

const less = (a: Coins, b: Coins): Coins => {
  const left = safeSubCoins(a, b)
  if (isAnyNegative(left)) throw new GoPanic('negative coin amount')
  return left
}

/** What has vested of the original coins at a second, by the kind of account. */
const vested = new Map<DescMessage, (account: Account, now: bigint) => Coins>([
  [
    ContinuousVestingAccountSchema,
    (account, now) => {
      const { startTime } = account.message as ContinuousVestingAccount
      const { endTime, originalVesting } = vestingPart(account)
      const original = coinsFrom(originalVesting)
      if (now <= startTime) return NOTHING
      if (now >= endTime) return original
      const share = decQuo(decFromInt(now - startTime), decFromInt(endTime - startTime))
      return original.map(({ denom, amount }) => ({
        denom,
        amount: decRoundInt(decMul(decFromInt(amount), share)),
      }))
    },
  ],
  [
    PeriodicVestingAccountSchema,
    (account, now) => {
      const { startTime, vestingPeriods } = account.message as PeriodicVestingAccount
      const { endTime, originalVesting } = vestingPart(account)
      if (now <= startTime) return NOTHING
      if (now >= endTime) return coinsFrom(originalVesting)
      let sum = NOTHING
      let begin = startTime
      for (const { length, amount } of vestingPeriods) {
        if (now - begin < length) break
        sum = addCoins(sum, coinsFrom(amount))
        begin += length
      }
      return sum
    },
  ],
  [
    DelayedVestingAccountSchema,
    (account, now) => {
      const { endTime, originalVesting } = vestingPart(account)
      return now >= endTime ? coinsFrom(originalVesting) : NOTHING
    },
  ],
  [PermanentLockedAccountSchema, () => NOTHING],
])

/** What is still to vest. */
export const vestingCoins = (account: Account, timeNs: bigint): Coins =>
  less(coinsFrom(vestingPart(account).originalVesting), vested.get(account.schema)!(account, unix(timeNs)))

const withDelegated = (account: Account, vesting: Coins, free: Coins): Account => {
  const baseVestingAccount = {
    ...vestingPart(account),
    delegatedVesting: coinsTo(vesting),
    delegatedFree: coinsTo(free),
  }
  return { ...account, message: { ...account.message, baseVestingAccount } as Account['message'] }
}

/** What bank needs to know of vesting accounts. */
export const vestingSchedules: Vesting = {
  isVesting,
  locked(account, timeNs) {
    const vesting = vestingCoins(account, timeNs)
    return less(vesting, minCoins(vesting, coinsFrom(vestingPart(account).delegatedVesting)))
  },
  /** Vesting coins are delegated first. */
  trackDelegation(account, timeNs, balance, amount) {
    const vesting = vestingCoins(account, timeNs)
    let { delegatedVesting, delegatedFree } = delegatedOf(account)
    for (const { denom, amount: wanted } of amount) {
      if (wanted === 0n || amountOf(balance, denom) < wanted)
        throw new GoPanic('delegation attempt with zero coins or insufficient funds')
      const undelegated = maxBig(amountOf(vesting, denom) - amountOf(delegatedVesting, denom), 0n)
      const ofVesting = minBig(undelegated, wanted)
      delegatedVesting = addCoins(delegatedVesting, [{ denom, amount: ofVesting }])
      delegatedFree = addCoins(delegatedFree, [{ denom, amount: wanted - ofVesting }])
    }
    return withDelegated(account, delegatedVesting, delegatedFree)
  },
  /**
   * Free coins come back first. More may come back than was delegated, since shares round in favor of who
   * leaves.
   */
  trackUndelegation(account, amount) {
    let { delegatedVesting, delegatedFree } = delegatedOf(account)
    for (const { denom, amount: returned } of amount) {
      if (returned === 0n) throw new GoPanic('undelegation attempt with zero coins')
      const ofFree = minBig(amountOf(delegatedFree, denom), returned)
      const ofVesting = minBig(amountOf(delegatedVesting, denom), returned - ofFree)
      delegatedFree = less(delegatedFree, [{ denom, amount: ofFree }])
      delegatedVesting = less(delegatedVesting, [{ denom, amount: ofVesting }])
    }
    return withDelegated(account, delegatedVesting, delegatedFree)
  },
}

const delegatedOf = (account: Account) => {
  const { delegatedVesting, delegatedFree } = vestingPart(account)
  return { delegatedVesting: coinsFrom(delegatedVesting), delegatedFree: coinsFrom(delegatedFree) }
}
