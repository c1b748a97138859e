// Switching messages off: who may, what it stops, and what asking costs.
import type { Any } from '@bufbuild/protobuf/wkt'
import { expect, test } from '@jest/globals'
import type { Tx } from '../../../chain/module.ts'
import { MsgExecSchema } from '../../../proto/gen/cosmos/authz/v1beta1/tx_pb.ts'
import { MsgSendSchema } from '../../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import {
  Msg,
  MsgAuthorizeCircuitBreakerSchema,
  MsgResetCircuitBreakerSchema,
  MsgTripCircuitBreakerSchema,
} from '../../../proto/gen/cosmos/circuit/v1/tx_pb.ts'
import { Permissions_Level as Level } from '../../../proto/gen/cosmos/circuit/v1/types_pb.ts'
import { callMessage } from '../calls.ts'
import { type Person, pack } from '../chain.ts'
import { eventsOf, people, stake, startGrants } from '../grants.ts'

const [alice, bob, carol] = people
const SEND = '/cosmos.bank.v1beta1.MsgSend'
const MULTI = '/cosmos.bank.v1beta1.MsgMultiSend'

const trip = (who: Person, ...msgTypeUrls: string[]): Any =>
  pack(MsgTripCircuitBreakerSchema, { authority: who.text, msgTypeUrls })
const reset = (who: Person, ...msgTypeUrls: string[]): Any =>
  pack(MsgResetCircuitBreakerSchema, { authority: who.text, msgTypeUrls })
const permit = (granter: Person, grantee: Person, level: Level, limitTypeUrls: string[] = []): Any =>
  pack(MsgAuthorizeCircuitBreakerSchema, {
    ...{ granter: granter.text, grantee: grantee.text, permissions: { level, limitTypeUrls } },
  })
const send = pack(MsgSendSchema, { fromAddress: bob.text, toAddress: carol.text, amount: [stake(1)] })

/** Alice is the super admin. */
const open = (disabled: string[] = []) =>
  startGrants({
    circuit: {
      account_permissions: [{ address: alice.text, permissions: { level: 'LEVEL_SUPER_ADMIN' } }],
      disabled_type_urls: disabled,
    },
  })

test('a message that is off is refused before anybody pays, until it is on again', () => {
  const chain = open()
  expect(eventsOf(chain.run(alice, [trip(alice, SEND, MULTI)]), 'trip_circuit_breaker')).toMatchObject([
    { authority: alice.text, msg_url: `${SEND},${MULTI}` },
  ])
  const fee = { amount: [stake(7)] }
  expect(chain.run(bob, [send], { fee })).toMatchObject({ code: 1, log: 'tx type not allowed', events: [] })
  expect(chain.balance(bob)).toBe(10_000n)
  expect(chain.run(alice, [reset(alice, SEND)]).code).toBe(0)
  expect(chain.run(bob, [send], { fee }).code).toBe(0)
  expect(chain.read((view) => [...chain.circuit.state.disabled.keysOf(view)])).toEqual([MULTI])
})

test('nothing gets around it inside of another message', () => {
  const chain = open([SEND])
  const { code, log } = chain.run(bob, [pack(MsgExecSchema, { grantee: bob.text, msgs: [send] })])
  expect(code).toBe(1)
  expect(log).toContain(`circuit breaker disables execution of this message: ${SEND}`)
  expect(chain.balance(carol)).toBe(10_000n)
})

test('a message switched off by the one before it in the same transaction does not run', () => {
  const chain = open()
  const own = pack(MsgSendSchema, { fromAddress: alice.text, toAddress: carol.text, amount: [stake(1)] })
  const { log } = chain.run(alice, [trip(alice, SEND), own])
  expect(log).toMatch(/message index: 1: circuit breaker disables execution of this message: .*MsgSend$/)
  expect(chain.read((view) => chain.circuit.isAllowed(view, SEND))).toBe(true)
})

test('each message costs 1,000 gas when the transaction comes in, and again when it is run', () => {
  const chain = open()
  chain.read((view) =>
    view.scratch((ctx) => {
      const paid = (body: () => void) => {
        const before = ctx.gas.consumed
        body()
        return ctx.gas.consumed - before
      }
      const two = { msgs: [{ typeUrl: SEND }, { typeUrl: MULTI }] } as unknown as Tx
      expect(paid(() => chain.circuit.step(ctx, two))).toBe(2_000)
      expect(paid(() => chain.circuit.guard(ctx, SEND))).toBe(1_000)
    }),
  )
})

test('some messages, all messages, or everything: a permission reaches so far', () => {
  const chain = open()
  const deny = { codespace: 'sdk', code: 4 }
  expect(chain.run(bob, [trip(bob, SEND)])).toMatchObject(deny)
  const given = chain.run(alice, [permit(alice, bob, Level.SOME_MSGS, [SEND])])
  expect(eventsOf(given, 'authorize_circuit_breaker')).toMatchObject([
    {
      granter: alice.text,
      grantee: bob.text,
      permission: `level:LEVEL_SOME_MSGS limit_type_urls:"${SEND}" `,
    },
  ])
  expect(chain.run(bob, [trip(bob, MULTI)])).toMatchObject(deny)
  expect(chain.run(bob, [trip(bob, SEND)]).code).toBe(0)
  expect(chain.run(bob, [permit(bob, carol, Level.SOME_MSGS)])).toMatchObject(deny)
  chain.run(alice, [permit(alice, carol, Level.ALL_MSGS)])
  expect(chain.run(carol, [reset(carol, SEND), trip(carol, MULTI)]).code).toBe(0)
  expect(chain.run(carol, [permit(carol, bob, Level.SUPER_ADMIN)])).toMatchObject(deny)
  chain.run(alice, [permit(alice, bob, Level.SUPER_ADMIN)])
  expect(chain.run(bob, [permit(bob, alice, Level.NONE_UNSPECIFIED)]).code).toBe(0)
  expect(chain.run(alice, [reset(alice, MULTI)])).toMatchObject(deny)
})

test('what is off cannot be switched off, what is on not on', () => {
  const chain = open([MULTI])
  const log = (why: string) => ({
    code: 1,
    log: `failed to execute message; message index: 0: message ${why}`,
  })
  expect(chain.run(alice, [trip(alice, MULTI)])).toMatchObject(log(`${MULTI} is already disabled`))
  expect(chain.run(alice, [reset(alice, SEND)])).toMatchObject(log(`${SEND} is not disabled`))
})

test('governance needs no permission', () => {
  const chain = startGrants()
  const circuit = chain.modules.find(({ name }) => name === 'circuit')!
  chain.read((view) =>
    view.scratch((ctx) => {
      const { tripCircuitBreaker } = callMessage(circuit, Msg, ctx)
      tripCircuitBreaker({ authority: chain.settings.authority, msgTypeUrls: [SEND] })
      expect(chain.circuit.isAllowed(ctx, SEND)).toBe(false)
    }),
  )
})

test('a genesis comes out as it went in, and a wrong one is refused', () => {
  const chain = open([MULTI, SEND].sort())
  const { circuit } = chain.app.exportGenesis() as Record<string, object>
  expect(circuit).toEqual({
    account_permissions: [
      { address: alice.text, permissions: { level: 'LEVEL_SUPER_ADMIN', limit_type_urls: [] } },
    ],
    disabled_type_urls: [MULTI, SEND],
  })
  expect(startGrants({ circuit: circuit! }).app.exportGenesis().circuit).toEqual(circuit)
  const wrong = (permissions: object | null) => ({
    circuit: { account_permissions: [{ address: alice.text, permissions }] },
  })
  expect(() => startGrants(wrong(null))).toThrow('account has empty permissions')
  // A chain that takes an account's permissions away keeps the entry, and exports it.
  expect(() => startGrants(wrong({ level: 0 }))).not.toThrow()
})
