// Paying fees for others: whose coins go, how far an allowance reaches, and when it ends.
import type { Any } from '@bufbuild/protobuf/wkt'
import { describe, expect, test } from '@jest/globals'
import { MsgSendSchema } from '../../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import {
  AllowedMsgAllowanceSchema,
  BasicAllowanceSchema,
  PeriodicAllowanceSchema,
} from '../../../proto/gen/cosmos/feegrant/v1beta1/feegrant_pb.ts'
import {
  MsgGrantAllowanceSchema,
  MsgPruneAllowancesSchema,
  MsgRevokeAllowanceSchema,
} from '../../../proto/gen/cosmos/feegrant/v1beta1/tx_pb.ts'
import { type Person, pack, person, sign } from '../chain.ts'
import { eventsOf, type GrantChain, people, stake, startGrants } from '../grants.ts'

const [alice, bob, carol] = people
const SEND = '/cosmos.bank.v1beta1.MsgSend'

const basic = (limit?: number, expiration?: { seconds: bigint; nanos: number }): Any =>
  pack(BasicAllowanceSchema, {
    spendLimit: limit === undefined ? [] : [stake(limit)],
    ...(expiration && { expiration }),
  })
const only = (allowance: Any, ...allowedMessages: string[]): Any =>
  pack(AllowedMsgAllowanceSchema, { allowance, allowedMessages })
/** From alice to bob. */
const give = (allowance: Any): Any =>
  pack(MsgGrantAllowanceSchema, { granter: alice.text, grantee: bob.text, allowance })
const revoke = pack(MsgRevokeAllowanceSchema, { granter: alice.text, grantee: bob.text })
const sending = pack(MsgSendSchema, { fromAddress: bob.text, toAddress: carol.text, amount: [stake(1)] })

/** A send of bob's that alice pays for. */
const paid = (chain: GrantChain, fee: number, who: Person = bob) =>
  chain.run(who, [sending], { fee: { amount: [stake(fee)], granter: alice.text } })
const allowance = ({ feegrant, read }: GrantChain) =>
  read((view) => feegrant.state.grants.get(view, [bob.address, alice.address]))
const balances = (chain: GrantChain) => people.map((who) => chain.balance(who))

test('the granter pays, and the grantee does not', () => {
  const chain = startGrants()
  chain.run(alice, [give(basic())])
  const result = paid(chain, 100)
  expect(result.code).toBe(0)
  expect(balances(chain)).toEqual([9_900n, 9_999n, 10_001n])
  expect(eventsOf(result, 'use_feegrant')).toEqual([{ granter: alice.text, grantee: bob.text }])
  expect(eventsOf(result, 'tx')[0]).toMatchObject({ fee: '100stake', fee_payer: alice.text })
})

test('without an allowance nobody pays for anybody', () => {
  const chain = startGrants()
  const result = paid(chain, 100)
  expect(result).toMatchObject({ codespace: 'sdk', code: 38, events: [] })
  expect(result.log).toMatch(/does not allow to pay fees for .*: fee-grant not found: not found$/)
  expect(balances(chain)).toEqual([10_000n, 10_000n, 10_000n])
})

test('a limit is used up to the last coin, and the allowance goes with it', () => {
  const chain = startGrants()
  chain.run(alice, [give(basic(150))])
  expect(paid(chain, 100).code).toBe(0)
  expect(paid(chain, 51)).toMatchObject({ codespace: 'feegrant', code: 2 })
  expect(eventsOf(paid(chain, 50), 'revoke_feegrant')).toHaveLength(1)
  expect(allowance(chain)).toBeUndefined()
  expect(chain.balance(alice)).toBe(9_850n)
})

test('only the messages that are named are paid for', () => {
  const chain = startGrants()
  chain.run(alice, [give(only(basic(500), SEND))])
  expect(paid(chain, 100).code).toBe(0)
  const other = pack(MsgPruneAllowancesSchema, { pruner: bob.text })
  const options = { fee: { amount: [stake(5)], granter: alice.text } }
  expect(chain.run(bob, [sending, other], options)).toMatchObject({ codespace: 'feegrant', code: 7 })
  expect(chain.balance(alice)).toBe(9_900n)
})

describe('an allowance by periods of ten seconds', () => {
  const periodic = (chain: GrantChain, more: object = {}) =>
    give(
      pack(PeriodicAllowanceSchema, {
        basic: {},
        period: { seconds: 10n },
        periodSpendLimit: [stake(100)],
        periodCanSpend: [stake(100)],
        periodReset: chain.after(10n),
        ...more,
      }),
    )

  test('pays so much a period', () => {
    const chain = startGrants()
    chain.run(alice, [periodic(chain)])
    expect(paid(chain, 80).code).toBe(0)
    expect(paid(chain, 21)).toMatchObject({ codespace: 'feegrant', code: 2 })
    expect(paid(chain, 20).code).toBe(0)
    chain.wait(7n)
    expect(paid(chain, 100).code).toBe(0)
  })

  test('pays no more than the whole that is left', () => {
    const chain = startGrants()
    chain.run(alice, [periodic(chain, { basic: { spendLimit: [stake(130)] } })])
    expect(paid(chain, 80).code).toBe(0)
    chain.wait(10n)
    expect(paid(chain, 51)).toMatchObject({ codespace: 'feegrant', code: 2 })
    expect(paid(chain, 50).code).toBe(0)
    expect(allowance(chain)).toBeUndefined()
  })

  test('that rested for long begins its next period then', () => {
    const chain = startGrants()
    chain.run(alice, [periodic(chain)])
    chain.wait(95n)
    expect(paid(chain, 100).code).toBe(0)
    chain.wait(8n)
    expect(paid(chain, 1)).toMatchObject({ codespace: 'feegrant', code: 2 })
    expect(paid(chain, 100).code).toBe(0)
  })
})

test('an allowance that is over is removed at the end of a block', () => {
  const chain = startGrants()
  chain.run(alice, [give(basic(500, chain.after(5n)))])
  chain.wait(4n)
  expect(paid(chain, 10)).toMatchObject({ codespace: 'feegrant', code: 3 })
  expect(allowance(chain)).toBeUndefined()
})

test('a revoked allowance stays in the queue, as in Go, and takes the next one with it', () => {
  const chain = startGrants()
  chain.run(alice, [give(basic(500, chain.after(10n)))])
  chain.run(alice, [revoke])
  expect(chain.run(alice, [revoke])).toMatchObject({ codespace: 'sdk', code: 38 })
  chain.run(alice, [give(basic(500, chain.after(1000n)))])
  chain.wait(12n)
  expect(allowance(chain)).toBeUndefined()
})

test('a message removes up to 75 allowances, the end of a block up to 200', () => {
  const chain = startGrants()
  const end = chain.after(20n)
  const many = Array.from({ length: 300 }, (_, i) => person(`p${i}`))
  const granting = many.map((to) =>
    pack(MsgGrantAllowanceSchema, { granter: alice.text, grantee: to.text, allowance: basic(5, end) }),
  )
  for (let i = 0; i < 300; i += 30)
    expect(chain.run(alice, granting.slice(i, i + 30), { fee: { gasLimit: 9_000_000n } }).code).toBe(0)
  const left = () => chain.read((view) => [...chain.feegrant.state.grants.entries(view)].length)
  const queued = () => chain.read((view) => [...chain.feegrant.state.queue.keysOf(view)].length)
  chain.skip(20n)
  const prune = pack(MsgPruneAllowancesSchema, { pruner: bob.text })
  expect(eventsOf(chain.run(bob, [prune]), 'prune_feegrant')).toMatchObject([{ pruner: bob.text }])
  expect([left(), queued()]).toEqual([25, 25])
  chain.block()
  expect([left(), queued()]).toEqual([0, 0])
})

test.each([
  ['to oneself', { grantee: alice.text }, 'sdk', 7],
  ['that is nothing', { allowance: undefined }, 'undefined', 111222],
  ['of negative coins', { allowance: basic(-5) }, 'sdk', 10],
  ['that was over before 1970', { allowance: basic(5, { seconds: -1n, nanos: 0 }) }, 'feegrant', 4],
  ['that is over already', { allowance: basic(5, { seconds: 1n, nanos: 0 }) }, 'sdk', 18],
  ['for no messages', { allowance: only(basic(5)) }, 'feegrant', 6],
  [
    'around nothing',
    { allowance: pack(AllowedMsgAllowanceSchema, { allowedMessages: [SEND] }) },
    'feegrant',
    5,
  ],
  ['without a limit for its periods', { allowance: pack(PeriodicAllowanceSchema, {}) }, 'sdk', 10],
])('no allowance %s', (_, fields, codespace, code) => {
  const chain = startGrants()
  const message = pack(MsgGrantAllowanceSchema, {
    ...{ granter: alice.text, grantee: bob.text, allowance: basic(5) },
    ...fields,
  } as object)
  expect(chain.run(alice, [message])).toMatchObject({ codespace, code })
})

test('one allowance from one to another, no more', () => {
  const chain = startGrants()
  chain.run(alice, [give(basic(5))])
  expect(chain.run(alice, [give(basic(6))])).toMatchObject({ codespace: 'sdk', code: 18 })
})

test('what is no allowance is refused when the transaction is read', () => {
  const chain = startGrants()
  const tx = sign(chain, alice, [give(only(only(sending, SEND), SEND))])
  const { code, codespace, log } = chain.app.checkTx({ tx, type: 'new' })
  expect([codespace, code]).toEqual(['sdk', 2])
  expect(log).toContain(
    `no concrete type registered for type URL ${SEND} against interface *feegrant.FeeAllowanceI`,
  )
})

test('a genesis comes out as it went in, and a wrong one is refused', () => {
  const chain = startGrants()
  chain.run(alice, [give(only(basic(5, chain.after(900n)), SEND))])
  const { feegrant } = chain.app.exportGenesis() as Record<string, object>
  expect(startGrants({ feegrant }).app.exportGenesis().feegrant).toEqual(feegrant)
  const wrong = JSON.parse(JSON.stringify(feegrant).replace(`["${SEND}"]`, '[]')) as object
  expect(() => startGrants({ feegrant: wrong })).toThrow('allowed messages are empty')
})
