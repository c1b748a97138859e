// What is locked of a vesting account at a moment, and how its delegations are booked: the numbers of the
// SDK's own examples (x/auth/vesting README).
import { create } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import { addressCodec, type Coins, coin } from '../../../chain/module.ts'
import { type Account, account } from '../../../modules/auth/account.ts'
import { periodicProblem } from '../../../modules/vesting/periods.ts'
import { vestingCoins, vestingPart, vestingSchedules } from '../../../modules/vesting/schedule.ts'
import {
  ContinuousVestingAccountSchema,
  DelayedVestingAccountSchema,
  type PeriodicVestingAccount,
  PeriodicVestingAccountSchema,
  PermanentLockedAccountSchema,
} from '../../../proto/gen/cosmos/vesting/v1beta1/vesting_pb.ts'

const addresses = addressCodec('cosmos')
const baseAccount = { address: addresses.text(new Uint8Array(20).fill(7)) }
const START = 1_000n
const END = 2_000n
const stake = (amount: number) => ({ denom: 'stake', amount: `${amount}` })
const part = (endTime: bigint, amount = 1_000) => ({ baseAccount, originalVesting: [stake(amount)], endTime })

const continuous = (amount = 1_000): Account =>
  account(
    ContinuousVestingAccountSchema,
    create(ContinuousVestingAccountSchema, { baseVestingAccount: part(END, amount), startTime: START }),
    addresses,
  )
const delayed = account(
  DelayedVestingAccountSchema,
  create(DelayedVestingAccountSchema, { baseVestingAccount: part(END) }),
  addresses,
)
const periodic = (lengths: [seconds: bigint, amount: number][], endTime = END): Account =>
  account(
    PeriodicVestingAccountSchema,
    create(PeriodicVestingAccountSchema, {
      ...{ baseVestingAccount: part(endTime), startTime: START },
      vestingPeriods: lengths.map(([length, amount]) => ({ length, amount: [stake(amount)] })),
    }),
    addresses,
  )
const locked = account(
  PermanentLockedAccountSchema,
  create(PermanentLockedAccountSchema, { baseVestingAccount: part(0n) }),
  addresses,
)
const thirds = periodic([
  [500n, 200],
  [250n, 300],
  [250n, 500],
])

const ns = (seconds: bigint, more = 0n): bigint => seconds * 1_000_000_000n + more
const amountOf = (set: Coins): bigint => set[0]?.amount ?? 0n
const vesting = (of: Account, seconds: bigint) => amountOf(vestingCoins(of, ns(seconds)))

test.each<[string, Account, [seconds: bigint, left: bigint][]]>([
  [
    'continuous',
    continuous(),
    [
      [900n, 1000n],
      [1000n, 1000n],
      [1001n, 999n],
      [1500n, 500n],
      [1999n, 1n],
      [2000n, 0n],
    ],
  ],
  [
    'delayed',
    delayed,
    [
      [1000n, 1000n],
      [1999n, 1000n],
      [2000n, 0n],
    ],
  ],
  [
    'periodic',
    thirds,
    [
      [1000n, 1000n],
      [1499n, 1000n],
      [1500n, 800n],
      [1749n, 800n],
      [1750n, 500n],
      [2000n, 0n],
    ],
  ],
  [
    'permanently locked',
    locked,
    [
      [0n, 1000n],
      [99_999n, 1000n],
    ],
  ],
])('what of a %s account is still to vest', (_, of, times) => {
  expect(times.map(([seconds]) => [seconds, vesting(of, seconds)])).toEqual(times)
})

test('parts of a second do not count, and half a coin rounds to even', () => {
  expect(amountOf(vestingCoins(continuous(), ns(1500n, 999_999_999n)))).toBe(500n)
  expect(vesting(continuous(1), 1500n)).toBe(1n)
  expect(vesting(continuous(3), 1500n)).toBe(1n)
})

describe('delegations', () => {
  const balance = [coin('stake', 1_000n)]
  const delegate = (of: Account, seconds: bigint, amount: bigint) =>
    vestingSchedules.trackDelegation(of, ns(seconds), balance, [coin('stake', amount)])
  const undelegate = (of: Account, amount: bigint) =>
    vestingSchedules.trackUndelegation(of, [coin('stake', amount)])
  const booked = (of: Account) => {
    const { delegatedVesting, delegatedFree } = vestingPart(of)
    return [delegatedVesting[0]?.amount ?? '0', delegatedFree[0]?.amount ?? '0']
  }
  const lockedAt = (of: Account, seconds: bigint) => amountOf(vestingSchedules.locked(of, ns(seconds)))

  test('take what vests first, then what is free', () => {
    expect(booked(delegate(continuous(), 1500n, 300n))).toEqual(['300', '0'])
    expect(booked(delegate(continuous(), 1500n, 700n))).toEqual(['500', '200'])
    expect(booked(delegate(delegate(continuous(), 1500n, 400n), 1600n, 100n))).toEqual(['400', '100'])
    expect(booked(delegate(continuous(), 2500n, 700n))).toEqual(['0', '700'])
  })
  test('give back what is free first', () => {
    const all = delegate(continuous(), 1500n, 700n)
    expect(booked(undelegate(all, 150n))).toEqual(['500', '50'])
    expect(booked(undelegate(all, 400n))).toEqual(['300', '0'])
    expect(booked(undelegate(all, 900n))).toEqual(['0', '0'])
  })
  test('coins that are delegated are not locked a second time', () => {
    const some = delegate(continuous(), 1500n, 300n)
    expect([lockedAt(some, 1500n), lockedAt(some, 1800n)]).toEqual([200n, 0n])
    expect(lockedAt(delegate(locked, 1500n, 300n), 9_000n)).toBe(700n)
  })
  test('the account beside the two counters stays as it was', () => {
    const before = continuous()
    const after = undelegate(delegate(before, 1500n, 700n), 700n)
    expect(after.base).toBe(before.base)
    expect(after.message).toEqual(before.message)
  })
  test('nothing, or more than there is, is where Go panics', () => {
    expect(() => delegate(continuous(), 1500n, 0n)).toThrow('delegation attempt with zero coins')
    expect(() => delegate(continuous(), 1500n, 1_001n)).toThrow('insufficient funds')
    expect(() => undelegate(continuous(), 0n)).toThrow('undelegation attempt with zero coins')
  })
})

test('periods that cannot be are told why', () => {
  const of = (lengths: [seconds: bigint, amount: number][], endTime = END) =>
    periodicProblem(periodic(lengths, endTime).message as PeriodicVestingAccount)
  expect(of([[1_000n, 1_000]])).toBeUndefined()
  expect(of([[1_000n, 1_000]], START)).toBe('vesting start-time cannot be before end-time')
  expect(of([[500n, 1_000]])).toBe('vesting end time does not match length of all vesting periods')
  expect(of([[1_000n, 999]])).toMatch(/^original vesting coins \(1000stake\) does not match .* \(999stake\)$/)
  expect(of([[1_000n, 0]])).toBe('period #0 has invalid coins: 0stake')
  expect(of([[-5n, 1_000]])).toBe('period #0 has a negative length: -5')
})
