// Opening vesting accounts, and what their holders can do with the coins.
import type { Any } from '@bufbuild/protobuf/wkt'
import { expect, test } from '@jest/globals'
import { MsgSendSchema } from '../../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import {
  MsgCreatePeriodicVestingAccountSchema,
  MsgCreatePermanentLockedAccountSchema,
  MsgCreateVestingAccountSchema,
} from '../../../proto/gen/cosmos/vesting/v1beta1/tx_pb.ts'
import { type Person, pack, person } from '../chain.ts'
import { type GrantChain, people, stake, startGrants } from '../grants.ts'

const [alice, bob] = people
const dave = person('dave')
const parties = { fromAddress: alice.text, toAddress: dave.text }
const now = (chain: GrantChain): bigint => chain.after(0n).seconds

const open = (endTime: bigint, delayed = false, amount = [stake(1_000)]): Any =>
  pack(MsgCreateVestingAccountSchema, { ...parties, amount, endTime, delayed })
const openPeriodic = (startTime: bigint, ...periods: [length: bigint, amount: number][]): Any =>
  pack(MsgCreatePeriodicVestingAccountSchema, {
    ...{ ...parties, startTime },
    vestingPeriods: periods.map(([length, amount]) => ({ length, amount: [stake(amount)] })),
  })
const send = (amount: number): Any =>
  pack(MsgSendSchema, { fromAddress: dave.text, toAddress: bob.text, amount: [stake(amount)] })
const spendable = ({ bank, read }: GrantChain, who: Person = dave) =>
  read((view) => bank.spendable(view, who.address, 'stake'))

test('coins of a continuous account come free with every block', () => {
  const chain = startGrants()
  expect(chain.run(alice, [open(now(chain) + 101n)]).code).toBe(0)
  expect([chain.balance(alice), chain.balance(dave), spendable(chain)]).toEqual([9_000n, 1_000n, 0n])
  chain.wait(50n)
  expect(spendable(chain)).toBe(500n)
  const tooMuch = chain.run(dave, [send(521)])
  expect(tooMuch).toMatchObject({ codespace: 'sdk', code: 5 })
  expect(tooMuch.log).toContain('spendable balance 510stake is smaller than 521stake: insufficient funds')
  expect(chain.run(dave, [send(520)]).code).toBe(0)
  expect(chain.balance(dave)).toBe(480n)
})

test('coins of a delayed account come free at once', () => {
  const chain = startGrants()
  chain.run(alice, [open(now(chain) + 10n, true)])
  chain.wait(8n)
  expect(spendable(chain)).toBe(0n)
  chain.wait(1n)
  expect(spendable(chain)).toBe(1_000n)
})

test('coins of a periodic account come free in its steps, beginning when it says', () => {
  const chain = startGrants()
  const start = now(chain) + 11n
  chain.run(alice, [openPeriodic(start, [10n, 300], [20n, 700])])
  chain.wait(19n)
  expect(spendable(chain)).toBe(0n)
  chain.wait(1n)
  expect(spendable(chain)).toBe(300n)
  chain.wait(20n)
  expect(spendable(chain)).toBe(1_000n)
})

test('locked coins pay no fees either, and what is added later is free', () => {
  const chain = startGrants()
  const lock = pack(MsgCreatePermanentLockedAccountSchema, { ...parties, amount: [stake(1_000)] })
  chain.run(alice, [lock])
  const fee = { amount: [stake(5)] }
  expect(chain.run(dave, [send(1)], { fee })).toMatchObject({ codespace: 'sdk', code: 5 })
  const gift = pack(MsgSendSchema, { ...parties, amount: [stake(10)] })
  expect(chain.run(alice, [gift]).code).toBe(0)
  expect(chain.run(dave, [send(5)], { fee }).code).toBe(0)
  expect([chain.balance(dave), spendable(chain)]).toEqual([1_000n, 0n])
})

test.each<[string, (time: bigint) => Any, string, number]>([
  ['of nothing', () => open(9n, false, []), 'sdk', 10],
  ['of a coin twice', () => open(9n, false, [stake(1), stake(2)]), 'sdk', 10],
  ['without an end', () => open(0n), 'sdk', 18],
  ['without a start', () => openPeriodic(0n, [5n, 5]), 'sdk', 18],
  ['with a period of no length', () => openPeriodic(9n, [0n, 5]), 'sdk', 18],
  ['with a period of no coins', () => openPeriodic(9n, [5n, 0]), 'sdk', 10],
  ['without periods', () => openPeriodic(9n), 'sdk', 18],
  ['that ends after time itself', () => openPeriodic(9n, [2n ** 63n - 1n, 5]), 'sdk', 18],
  [
    'for somebody who has one',
    (time) =>
      pack(MsgCreateVestingAccountSchema, {
        ...parties,
        toAddress: bob.text,
        amount: [stake(1)],
        endTime: time,
      }),
    'sdk',
    18,
  ],
])('no account %s', (_, message, codespace, code) => {
  const chain = startGrants()
  expect(chain.run(alice, [message(now(chain))])).toMatchObject({ codespace, code })
  expect(chain.balance(alice)).toBe(10_000n)
})

test('no account for a module, nor of coins that must not be sent', () => {
  const bank = { send_enabled: [{ denom: 'stake', enabled: false }], params: { default_send_enabled: true } }
  const module = startGrants().settings.addresses.text(startGrants().auth.moduleAddress('nft'))
  const toModule = pack(MsgCreatePermanentLockedAccountSchema, {
    ...{ fromAddress: alice.text, toAddress: module, amount: [stake(1)] },
  })
  expect(startGrants().run(alice, [toModule])).toMatchObject({ codespace: 'sdk', code: 4 })
  const frozen = startGrants({ bank })
  expect(frozen.run(alice, [open(now(frozen) + 5n)])).toMatchObject({ codespace: 'bank', code: 5 })
})

test('accounts of all kinds go out and in with a genesis', () => {
  const chain = startGrants()
  const time = now(chain)
  const to = (name: string) => ({ fromAddress: alice.text, toAddress: person(name).text })
  const amount = [stake(1_000)]
  const vestingPeriods = [{ length: 30n, amount: [stake(400)] }]
  const { code } = chain.run(alice, [
    open(time + 101n),
    pack(MsgCreateVestingAccountSchema, { ...to('delayed'), amount, endTime: time + 50n, delayed: true }),
    pack(MsgCreatePermanentLockedAccountSchema, { ...to('locked'), amount }),
    pack(MsgCreatePeriodicVestingAccountSchema, { ...to('periodic'), startTime: time, vestingPeriods }),
  ])
  expect(code).toBe(0)
  const exported = chain.app.exportGenesis() as Record<string, object>
  expect(exported.vesting).toEqual({})
  const again = startGrants({ auth: exported.auth!, bank: exported.bank! })
  expect(again.app.exportGenesis().auth).toEqual(exported.auth)
  expect(again.app.brokenInvariants()).toEqual([])
  expect(['delayed', 'locked', 'periodic'].map((name) => spendable(again, person(name)))).toEqual([
    0n,
    0n,
    0n,
  ])
  again.wait(50n)
  expect(['delayed', 'locked', 'periodic'].map((name) => spendable(again, person(name)))).toEqual([
    1_000n,
    0n,
    400n,
  ])
})
