// Acting for others: what a grant allows, how it is used up, and when it ends.
import { fromBinary } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import { expect, test } from '@jest/globals'
import { GenericAuthorizationSchema } from '../../../proto/gen/cosmos/authz/v1beta1/authz_pb.ts'
import {
  MsgExecResponseSchema,
  MsgExecSchema,
  MsgGrantSchema,
  MsgRevokeSchema,
} from '../../../proto/gen/cosmos/authz/v1beta1/tx_pb.ts'
import { SendAuthorizationSchema } from '../../../proto/gen/cosmos/bank/v1beta1/authz_pb.ts'
import { MsgSendSchema } from '../../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import { TxMsgDataSchema } from '../../../proto/gen/cosmos/base/abci/v1beta1/abci_pb.ts'
import { StakeAuthorizationSchema } from '../../../proto/gen/cosmos/staking/v1beta1/authz_pb.ts'
import { type Person, pack, person, sign } from '../chain.ts'
import { eventsOf, type GrantChain, people, stake, startGrants } from '../grants.ts'

const [alice, bob, carol] = people
const SEND = '/cosmos.bank.v1beta1.MsgSend'
const EXEC = '/cosmos.authz.v1beta1.MsgExec'

const send = (from: Person, to: Person, amount: number): Any =>
  pack(MsgSendSchema, { fromAddress: from.text, toAddress: to.text, amount: [stake(amount)] })
const generic = (msg: string): Any => pack(GenericAuthorizationSchema, { msg })
const upTo = (amount: number, allowList: string[] = []): Any =>
  pack(SendAuthorizationSchema, { spendLimit: [stake(amount)], allowList })
/** From alice to bob. */
const grant = (authorization: Any, expiration?: { seconds: bigint; nanos: number }): Any =>
  pack(MsgGrantSchema, {
    ...{ granter: alice.text, grantee: bob.text },
    grant: { authorization, ...(expiration && { expiration }) },
  })
const exec = (grantee: Person, ...msgs: Any[]): Any => pack(MsgExecSchema, { grantee: grantee.text, msgs })

const limitOf = ({ authz, read }: GrantChain) =>
  read((view) => {
    const found = authz.grant(view, bob.address, alice.address, SEND)
    return found && authz.unpack(found.authorization).message
  })

test('a limit shrinks by what is sent, and the grant goes with the last coin', () => {
  const chain = startGrants()
  chain.run(alice, [grant(upTo(300))])
  expect(chain.run(bob, [exec(bob, send(alice, carol, 100))]).code).toBe(0)
  expect(limitOf(chain)).toMatchObject({ spendLimit: [stake(200)] })
  expect(chain.run(bob, [exec(bob, send(alice, carol, 201))])).toMatchObject({ codespace: 'sdk', code: 5 })
  expect(chain.run(bob, [exec(bob, send(alice, bob, 200))]).code).toBe(0)
  expect(limitOf(chain)).toBeUndefined()
  expect([alice, bob, carol].map((who) => chain.balance(who))).toEqual([9_700n, 10_200n, 10_100n])
})

test('a list of recipients excludes all others', () => {
  const chain = startGrants()
  chain.run(alice, [grant(upTo(300, [carol.text]))])
  expect(chain.run(bob, [exec(bob, send(alice, bob, 1))])).toMatchObject({ codespace: 'sdk', code: 4 })
  expect(chain.run(bob, [exec(bob, send(alice, carol, 1))]).code).toBe(0)
})

test('one refused message undoes the others and what they used of the grant', () => {
  const chain = startGrants()
  chain.run(alice, [grant(upTo(300))])
  const result = chain.run(bob, [exec(bob, send(alice, bob, 100), send(carol, bob, 1))])
  expect(result).toMatchObject({ codespace: 'authz', code: 2 })
  expect(limitOf(chain)).toMatchObject({ spendLimit: [stake(300)] })
  expect(chain.balance(alice)).toBe(10_000n)
})

test('events of an executed message tell which it was, and each response comes back', () => {
  const chain = startGrants()
  chain.run(alice, [grant(generic(SEND))])
  const result = chain.run(bob, [exec(bob, send(bob, carol, 1), send(alice, carol, 2))])
  expect(
    eventsOf(result, 'transfer').map((event) => [event.amount, event.authz_msg_index, event.msg_index]),
  ).toEqual([
    ['1stake', '0', '0'],
    ['2stake', '1', '0'],
  ])
  const [response] = fromBinary(TxMsgDataSchema, result.data).msgResponses
  expect(fromBinary(MsgExecResponseSchema, response!.value).results).toEqual([
    new Uint8Array(),
    new Uint8Array(),
  ])
})

test('who acts for somebody who acts for a third needs both grants', () => {
  const chain = startGrants()
  chain.run(alice, [grant(generic(SEND))])
  const both = exec(carol, exec(bob, send(alice, carol, 5)))
  expect(chain.run(carol, [both])).toMatchObject({ codespace: 'authz', code: 2 })
  chain.run(bob, [
    pack(MsgGrantSchema, {
      ...{ granter: bob.text, grantee: carol.text, grant: { authorization: generic(EXEC) } },
    }),
  ])
  expect(chain.run(carol, [both]).code).toBe(0)
  expect(chain.balance(carol)).toBe(10_005n)
})

test('a grant ends with the first block after its time', () => {
  const chain = startGrants()
  chain.run(alice, [grant(generic(SEND), chain.after(10n))])
  chain.wait(8n)
  expect(chain.run(bob, [exec(bob, send(alice, bob, 1))]).code).toBe(0)
  expect(limitOf(chain)).toBeDefined()
  expect(chain.run(bob, [exec(bob, send(alice, bob, 1))])).toMatchObject({ codespace: 'authz', code: 2 })
  expect(limitOf(chain)).toBeUndefined()
  expect(chain.app.brokenInvariants()).toEqual([])
})

test('a new grant takes the place of the old one, in the queue too', () => {
  const chain = startGrants()
  chain.run(alice, [grant(generic(SEND), chain.after(10n))])
  chain.run(alice, [grant(upTo(50), chain.after(100n))])
  chain.wait(30n)
  expect(limitOf(chain)).toMatchObject({ spendLimit: [stake(50)] })
  expect(chain.app.brokenInvariants()).toEqual([])
  chain.run(alice, [grant(upTo(50))])
  chain.wait(300n)
  expect(limitOf(chain)).toBeDefined()
})

test('a revoked grant is gone, once', () => {
  const chain = startGrants()
  chain.run(alice, [grant(generic(SEND), chain.after(100n))])
  const revoke = pack(MsgRevokeSchema, { granter: alice.text, grantee: bob.text, msgTypeUrl: SEND })
  expect(eventsOf(chain.run(alice, [revoke]), 'cosmos.authz.v1beta1.EventRevoke')).toMatchObject([
    { granter: `"${alice.text}"`, grantee: `"${bob.text}"`, msg_type_url: `"${SEND}"` },
  ])
  expect(chain.run(alice, [revoke])).toMatchObject({ codespace: 'authz', code: 2 })
  expect(chain.app.brokenInvariants()).toEqual([])
})

test.each([
  ['to oneself', { grantee: alice.text }, 'authz', 7],
  ['of nothing', { grant: {} }, 'sdk', 29],
  ['for a message that is not there', { grant: { authorization: generic('/no.such') } }, 'sdk', 29],
  ['without coins', { grant: { authorization: pack(SendAuthorizationSchema, {}) } }, 'sdk', 10],
  ['to one address twice', { grant: { authorization: upTo(5, ['x', 'x']) } }, 'bank', 8],
  ['of no kind of stake', { grant: { authorization: pack(StakeAuthorizationSchema, {}) } }, 'authz', 4],
  [
    'of negative stake',
    {
      grant: {
        authorization: pack(StakeAuthorizationSchema, { authorizationType: 1, maxTokens: stake(-1) }),
      },
    },
    'authz',
    12,
  ],
  ['in the past', { grant: { authorization: generic(SEND), expiration: { seconds: 5n } } }, 'authz', 3],
])('no grant %s', (_, fields, codespace, code) => {
  const chain = startGrants()
  const message = pack(MsgGrantSchema, {
    ...{ granter: alice.text, grantee: bob.text, grant: { authorization: generic(SEND) } },
    ...fields,
  })
  expect(chain.run(alice, [message])).toMatchObject({ codespace, code })
})

test('whoever is granted something gets an account', () => {
  const chain = startGrants()
  const dave = person('dave')
  const message = pack(MsgGrantSchema, {
    ...{ granter: alice.text, grantee: dave.text, grant: { authorization: generic(SEND) } },
  })
  expect(chain.run(alice, [message]).code).toBe(0)
  expect(chain.read((view) => chain.auth.account(view, dave.address))).toBeDefined()
})

/** Go wraps it where the transaction is decoded, and where that is asked for. */
const PARSE = ': tx parse error: tx parse error'

const check = (chain: GrantChain, who: Person, message: Any) =>
  chain.app.checkTx({ tx: sign(chain, who, [message], { fee: { gasLimit: 2_000_000n } }), type: 'new' })
const nested = (depth: number): Any => {
  let message = send(alice, bob, 1)
  for (let i = 0; i < depth; i++) message = exec(alice, message)
  return message
}

test('what is packed wrong is refused when the transaction is read', () => {
  const chain = startGrants()
  expect(check(chain, alice, grant(send(alice, bob, 1)))).toMatchObject({
    ...{ codespace: 'sdk', code: 2 },
    log: `no concrete type registered for type URL ${SEND} against interface *authz.Authorization${PARSE}`,
  })
  expect(check(chain, alice, exec(alice, generic(SEND)))).toMatchObject({ codespace: 'sdk', code: 2 })
})

test('a hundred Anys are too many with the message around them, and so are eleven in each other', () => {
  const chain = startGrants()
  const sends = (count: number) => exec(alice, ...Array.from({ length: count }, () => send(alice, bob, 1)))
  expect(check(chain, alice, sends(100)).log).toBe(`call limit exceeded${PARSE}`)
  expect(check(chain, alice, sends(99)).code).toBe(0)
  expect(check(chain, alice, nested(10)).log).toBe(`max depth exceeded${PARSE}`)
  chain.block()
  expect(check(chain, alice, nested(9)).code).toBe(0)
})

test('a genesis comes out as it went in, without what is over', () => {
  const chain = startGrants()
  chain.run(alice, [grant(upTo(300), chain.after(1000n))])
  const { authz } = chain.app.exportGenesis() as Record<string, { authorization: { expiration: string }[] }>
  const again = startGrants({ authz })
  expect(again.app.exportGenesis().authz).toEqual(authz)
  const over = { ...authz!.authorization[0]!, expiration: '2020-01-01T00:00:00Z' }
  expect(startGrants({ authz: { authorization: [over] } }).app.exportGenesis().authz).toEqual({
    authorization: [],
  })
  expect(() => startGrants({ authz: { authorization: [{ ...over, granter: '' }] } })).toThrow(
    'missing granter',
  )
})
