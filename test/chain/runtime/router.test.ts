// A router runs messages for modules by the rules of all modules, behind one guard.
import { create, toBinary } from '@bufbuild/protobuf'
import { AnySchema } from '@bufbuild/protobuf/wkt'
import { describe, expect, test } from '@jest/globals'
import {
  addressCodec,
  Context,
  type Ctx,
  defineModule,
  GasMeter,
  MessageRouter,
  messages,
  plainError,
} from '../../../chain/module.ts'
import { catalog } from '../../../chain/runtime/app/catalog.ts'
import { blockInfo } from '../../../chain/runtime/app/state.ts'
import { Stores } from '../../../chain/runtime/stores.ts'
import { Msg, MsgVoteSchema } from '../../../proto/gen/cosmos/gov/v1beta1/tx_pb.ts'

const addresses = addressCodec('cosmos')
const voter = addresses.text(new Uint8Array(20).fill(1))
const empty = { get: () => undefined, has: () => false, iterate: () => [][Symbol.iterator]() }

const open = () => {
  const ran: string[] = []
  const done = (name: string) => (ctx: Ctx) => {
    ran.push(name)
    ctx.emit(name)
  }
  const module = defineModule({
    name: 'gov',
    messages: [
      messages(
        Msg,
        {
          submitProposal: () => ({ proposalId: 7n }),
          vote: done('vote'),
          voteWeighted: done('voteWeighted'),
          deposit: done('deposit'),
        },
        {
          vote({ proposalId }) {
            if (proposalId === 0n) throw plainError('no proposal 0')
          },
        },
        {
          submitProposal({ content }) {
            if (content?.typeUrl !== '/ok') throw plainError('packed wrongly')
          },
        },
      ),
    ],
  })
  const router = new MessageRouter()
  const { messages: routes, registry } = catalog([module])
  const bugs: unknown[] = []
  const parts = { routes, registry, addresses, onBug: (bug: unknown) => bugs.push(bug) }
  const ctx = new Context(new Stores(() => empty, new Set()), blockInfo({}), 'finalize', new GasMeter())
  return { ran, router, parts, ctx, bugs }
}
const vote = (proposalId: bigint) =>
  create(AnySchema, {
    typeUrl: '/cosmos.gov.v1beta1.MsgVote',
    value: toBinary(MsgVoteSchema, create(MsgVoteSchema, { proposalId, voter })),
  })

describe('a message router', () => {
  test('belongs to one app, which binds it', () => {
    const { router, parts } = open()
    expect(() => router.has('/cosmos.gov.v1beta1.MsgVote')).toThrow('not bound to an app yet')
    router.bind(parts)
    expect(router.has('/cosmos.gov.v1beta1.MsgVote')).toBe(true)
    expect(() => router.bind(parts)).toThrow('it is bound already')
  })

  test('reads a message, tells its signers and runs its rule', () => {
    const { router, parts, ran, ctx } = open()
    router.bind(parts)
    const message = router.open(vote(1n))!
    expect(message.signers().map(addresses.text)).toEqual([voter])
    expect(message.run(ctx)).toMatchObject({ typeUrl: '/cosmos.gov.v1beta1.MsgVoteResponse' })
    expect(ran).toEqual(['vote'])
    expect(ctx.events.map(({ type }) => type)).toEqual(['vote'])
    expect(message.pack().value).toEqual(vote(1n).value)
    expect(router.open(create(AnySchema, { typeUrl: '/cosmos.gov.v1.MsgVote' }))).toBeUndefined()
  })

  test('checks a message before it runs it', () => {
    const { router, parts, ran, ctx } = open()
    router.bind(parts)
    expect(() => router.open(vote(0n))!.run(ctx)).toThrow('no proposal 0')
    expect(ran).toEqual([])
  })

  test('looks into what is packed when a transaction is read', () => {
    const { router, parts } = open()
    router.bind(parts)
    const typeUrl = '/cosmos.gov.v1beta1.MsgSubmitProposal'
    expect(() => router.unpack(create(AnySchema, { typeUrl }))).toThrow('packed wrongly')
    expect(() => router.unpack(create(AnySchema, { typeUrl: '/gone' }))).toThrow(
      'no concrete type registered for type URL /gone against interface *proto.Message: tx parse error',
    )
    expect(router.unpack(vote(1n)).typeUrl).toBe('/cosmos.gov.v1beta1.MsgVote')
  })

  test('asks its guard before every rule, those of transactions too', () => {
    const { router, parts, ran, ctx } = open()
    const asked: string[] = []
    router.setGuard((within, typeUrl) => {
      within.gas.consume(10, 'guard')
      asked.push(typeUrl)
      if (typeUrl.endsWith('MsgDeposit')) throw plainError('shut')
    })
    expect(() => router.setGuard(() => undefined)).toThrow('has a guard already')
    const routes = router.bind(parts)
    router.open(vote(1n))!.run(ctx)
    const deposit = routes.get('/cosmos.gov.v1beta1.MsgDeposit')!
    expect(() => deposit.run(ctx, create(deposit.input))).toThrow('shut')
    expect(asked).toEqual(['/cosmos.gov.v1beta1.MsgVote', '/cosmos.gov.v1beta1.MsgDeposit'])
    expect(ctx.gas.consumed).toBe(20)
    expect(ran).toEqual(['vote'])
  })

  test('passes bugs on that its callers survive', () => {
    const { router, parts, bugs } = open()
    router.bind(parts)
    router.report('a bug')
    expect(bugs).toEqual(['a bug'])
  })
})
