// What other modules may do with coins: make and burn them, lend them to staking, look at transfers and
// balances.
import { create } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import { type Coins, type Ctx, sdk } from '../../../chain/module.ts'
import { account } from '../../../modules/auth/account.ts'
import type { Bank } from '../../../modules/bank/keeper.ts'
import { vestingSchedules } from '../../../modules/vesting/schedule.ts'
import {
  BaseVestingAccountSchema,
  type DelayedVestingAccount,
  DelayedVestingAccountSchema,
} from '../../../proto/gen/cosmos/vesting/v1beta1/vesting_pb.ts'
import { type Chain, type ChainOptions, GENESIS_NS, person } from '../chain.ts'
import { ann, bob, startPair } from '../pair.ts'

const eve = person('eve')
const stake = (amount: bigint, denom = 'stake'): Coins => [{ denom, amount }]
const open = (options?: ChainOptions) => {
  const chain = startPair(options)
  return chain.app.view().scratch((ctx) => {
    const held = (address: Uint8Array, denom = 'stake') => chain.bank.balance(ctx, address, denom)
    return { ...chain, ctx, held, pool: chain.auth.moduleAddress('pool') }
  })
}
const supplyOf = ({ bank, ctx }: { bank: Bank; ctx: Ctx }) => bank.supply(ctx, 'stake')

describe('minting and burning', () => {
  test('change the supply and the balance of the module alike', () => {
    const at = open()
    at.bank.mint(at.ctx, 'mint', stake(50n))
    expect([supplyOf(at), at.held(at.auth.moduleAddress('mint'))]).toEqual([2_000_050n, 50n])
    at.bank.sendModuleToModule(at.ctx, 'mint', 'pool', stake(50n))
    at.bank.burn(at.ctx, 'pool', stake(50n))
    expect([supplyOf(at), at.held(at.pool)]).toEqual([2_000_000n, 0n])
  })

  test('of the last coin leave no supply', () => {
    const at = open()
    at.bank.mint(at.ctx, 'mint', stake(1n, 'gem'))
    at.bank.sendModuleToModule(at.ctx, 'mint', 'pool', stake(1n, 'gem'))
    at.bank.burn(at.ctx, 'pool', stake(1n, 'gem'))
    expect(at.bank.state.supply.has(at.ctx, 'gem')).toBe(false)
  })

  test('are told by events', () => {
    const at = open()
    at.bank.mint(at.ctx, 'mint', stake(5n))
    expect(at.ctx.events.map(({ type }) => type)).toEqual(['coin_received', 'coinbase'])
  })

  test('are bugs of modules that may not', () => {
    const at = open()
    expect(() => at.bank.mint(at.ctx, 'pool', stake(1n))).toThrow(
      'module account pool does not have permissions to mint tokens: unauthorized',
    )
    expect(() => at.bank.burn(at.ctx, 'mint', stake(1n))).toThrow(
      'module account mint does not have permissions to burn tokens: unauthorized',
    )
    expect(() => at.bank.delegateToModule(at.ctx, ann.address, 'gov', stake(1n))).toThrow(
      'module account gov does not have permissions to receive delegated coins: unauthorized',
    )
    expect(() => at.bank.mint(at.ctx, 'nobody', stake(1n))).toThrow('no module account nobody')
  })

  test('cannot burn what the module does not have', () => {
    const at = open()
    expect(() => at.bank.burn(at.ctx, 'pool', stake(1n))).toThrow(
      'spendable balance 0stake is smaller than 1stake: insufficient funds',
    )
  })
})

describe('a module', () => {
  test('pays users, but no account that is blocked', () => {
    const at = open()
    at.bank.sendToModule(at.ctx, ann.address, 'pool', stake(9n))
    at.bank.sendFromModule(at.ctx, 'pool', bob.address, stake(4n))
    expect([at.held(at.pool), at.held(bob.address)]).toEqual([5n, 1_000_004n])
    const collector = at.auth.moduleAddress('fee_collector')
    expect(() => at.bank.sendFromModule(at.ctx, 'pool', collector, stake(1n))).toThrow(
      'is not allowed to receive funds: unauthorized',
    )
    expect(at.bank.isBlocked(collector)).toBe(true)
    expect(at.bank.isBlocked(bob.address)).toBe(false)
  })
})

describe('restrictions of sends', () => {
  const transfer = ({ bank, ctx }: { bank: Bank; ctx: Ctx }) =>
    bank.send(ctx, ann.address, bob.address, stake(5n))

  test('may refuse, and nothing has moved then', () => {
    const at = open()
    at.bank.restrictSends(() => {
      throw sdk.unauthorized('not today')
    })
    expect(() => transfer(at)).toThrow('not today: unauthorized')
    expect(at.held(ann.address)).toBe(1_000_000n)
  })

  test('may name another recipient, one after the other', () => {
    const at = open()
    const seen: Uint8Array[] = []
    const to = (target: Uint8Array) => (_: Ctx, __: Uint8Array, given: Uint8Array) => {
      seen.push(given)
      return target
    }
    at.bank.restrictSends(to(eve.address))
    at.bank.restrictSends(to(ann.address))
    transfer(at)
    expect(seen).toEqual([bob.address, eve.address])
    expect([at.held(ann.address), at.held(bob.address)]).toEqual([1_000_000n, 1_000_000n])
  })
})

test('hooks are told of every balance before it changes', () => {
  const at = open()
  const told: [string, string, bigint][] = []
  const nameOf = (address: Uint8Array) =>
    [ann, bob, eve].find((who) => who.address.every((byte, i) => byte === address[i]))?.name ?? 'module'
  at.bank.beforeBalanceChange((ctx, address, denom) =>
    told.push([nameOf(address), denom, at.bank.balance(ctx, address, denom)]),
  )
  at.bank.send(at.ctx, ann.address, eve.address, stake(5n))
  at.bank.mint(at.ctx, 'mint', stake(7n, 'gem'))
  at.bank.delegateToModule(at.ctx, bob.address, 'pool', stake(3n))
  at.bank.undelegateFromModule(at.ctx, 'pool', bob.address, stake(3n))
  expect(told).toEqual([
    ['ann', 'stake', 1_000_000n],
    ['eve', 'stake', 0n],
    ['module', 'gem', 0n],
    ['bob', 'stake', 1_000_000n],
    ['module', 'stake', 0n],
    ['module', 'stake', 3n],
    ['bob', 'stake', 999_997n],
  ])
})

describe('an account of which a part is locked', () => {
  const openLocked = () => {
    const at = open({ vesting: vestingSchedules })
    const { base } = at.auth.account(at.ctx, ann.address)!
    const end = GENESIS_NS / 1_000_000_000n + 1000n
    const delayed = create(DelayedVestingAccountSchema, {
      baseVestingAccount: create(BaseVestingAccountSchema, {
        ...{ baseAccount: base, originalVesting: [{ denom: 'stake', amount: '600000' }], endTime: end },
      }),
    })
    at.auth.set(at.ctx, account(DelayedVestingAccountSchema, delayed, at.auth.addresses))
    return at
  }
  const delegated = (at: Pick<Chain, 'auth'> & { ctx: Ctx }) => {
    const { message } = at.auth.account(at.ctx, ann.address)!
    const { delegatedVesting, delegatedFree } = (message as DelayedVestingAccount).baseVestingAccount!
    return [delegatedVesting, delegatedFree].map(([coin]) => coin?.amount ?? '0')
  }

  test('spends the rest only', () => {
    const at = openLocked()
    expect(at.bank.locked(at.ctx, ann.address)).toEqual(stake(600_000n))
    expect(at.bank.spendable(at.ctx, ann.address, 'stake')).toBe(400_000n)
    expect(() => at.bank.send(at.ctx, ann.address, bob.address, stake(400_001n))).toThrow(
      'spendable balance 400000stake is smaller than 400001stake: insufficient funds',
    )
    at.bank.send(at.ctx, ann.address, bob.address, stake(400_000n))
    expect(at.held(ann.address)).toBe(600_000n)
  })

  test('delegates what is locked first, and gets it back last', () => {
    const at = openLocked()
    at.bank.delegateToModule(at.ctx, ann.address, 'pool', stake(700_000n))
    expect(delegated(at)).toEqual(['600000', '100000'])
    expect([at.held(ann.address), at.held(at.pool)]).toEqual([300_000n, 700_000n])
    expect(at.bank.spendable(at.ctx, ann.address, 'stake')).toBe(300_000n)
    at.bank.undelegateFromModule(at.ctx, 'pool', ann.address, stake(150_000n))
    expect(delegated(at)).toEqual(['550000', '0'])
    expect(at.bank.spendable(at.ctx, ann.address, 'stake')).toBe(400_000n)
  })

  test('delegates no more than it has', () => {
    const at = openLocked()
    expect(() => at.bank.delegateToModule(at.ctx, ann.address, 'pool', stake(1_000_001n))).toThrow(
      'failed to delegate; 1000000stake is smaller than 1000001stake: insufficient funds',
    )
  })
})
