// Tokens that are each their own: who owns them, how they change hands, and how they are counted.

import { create } from '@bufbuild/protobuf'
import { expect, test } from '@jest/globals'
import type { Ctx } from '../../../chain/module.ts'
import { type Class, ClassSchema, type NFT, NFTSchema } from '../../../proto/gen/cosmos/nft/v1beta1/nft_pb.ts'
import { Query } from '../../../proto/gen/cosmos/nft/v1beta1/query_pb.ts'
import { MsgSendSchema } from '../../../proto/gen/cosmos/nft/v1beta1/tx_pb.ts'
import { callQuery } from '../calls.ts'
import { type Person, pack } from '../chain.ts'
import { eventsOf, type GrantChain, people, startGrants } from '../grants.ts'

const [alice, bob, carol] = people
const token = (classId: string, id: string): NFT => create(NFTSchema, { classId, id, uri: `ipfs://${id}` })
const classOf = (id: string): Class => create(ClassSchema, { id, name: `the ${id}s` })

/** Alice has cat 1 and cat 2, bob has dog 1. */
const open = () =>
  startGrants({
    nft: {
      classes: [{ id: 'cat' }, { id: 'dog' }, { id: 'none' }],
      entries: [
        {
          owner: alice.text,
          nfts: [
            { class_id: 'cat', id: '1' },
            { class_id: 'cat', id: '2' },
          ],
        },
        { owner: bob.text, nfts: [{ class_id: 'dog', id: '1' }] },
      ],
    },
  })
const send = (from: Person, to: Person, classId: string, id: string) =>
  pack(MsgSendSchema, { classId, id, sender: from.text, receiver: to.text })
const queries = (chain: GrantChain) => {
  const module = chain.modules.find(({ name }) => name === 'nft')!
  return chain.read((view) => callQuery(module, Query, view))
}
const scratch = <T>(chain: GrantChain, body: (ctx: Ctx) => T): T => chain.read((view) => view.scratch(body))
const idsOf = (chain: GrantChain, request: object) =>
  queries(chain)
    .nFTs(request)
    .nfts.map(({ classId, id }) => `${classId} ${id}`)

test('who owns a token can give it away, nobody else', () => {
  const chain = open()
  const result = chain.run(alice, [send(alice, carol, 'cat', '2')])
  expect(eventsOf(result, 'cosmos.nft.v1beta1.EventSend')).toMatchObject([
    { class_id: '"cat"', id: '"2"', sender: `"${alice.text}"`, receiver: `"${carol.text}"` },
  ])
  expect(queries(chain).owner({ classId: 'cat', id: '2' }).owner).toBe(carol.text)
  expect(chain.run(alice, [send(alice, bob, 'cat', '2')])).toMatchObject({ codespace: 'sdk', code: 4 })
  expect(chain.run(alice, [send(alice, bob, 'cat', '9')])).toMatchObject({ codespace: 'sdk', code: 4 })
  expect(idsOf(chain, { owner: alice.text })).toEqual(['cat 1'])
  expect(chain.app.brokenInvariants()).toEqual([])
})

test('a token that is sent to its owner stays', () => {
  const chain = open()
  expect(chain.run(alice, [send(alice, alice, 'cat', '1')]).code).toBe(0)
  expect(idsOf(chain, { owner: alice.text })).toEqual(['cat 1', 'cat 2'])
})

test.each([
  ['without a class', send(alice, bob, '', '1'), 'nft', 7],
  ['without an id', send(alice, bob, 'cat', ''), 'nft', 8],
  ['with an odd class', send(alice, bob, 'c\0at', '1'), 'sdk', 4],
])('no sending %s', (_, message, codespace, code) => {
  expect(open().run(alice, [message])).toMatchObject({ codespace, code })
})

test('other modules make classes and tokens, change them and burn them', () => {
  const chain = open()
  const { nft } = chain
  scratch(chain, (ctx) => {
    nft.saveClass(ctx, classOf('bird'))
    nft.mint(ctx, token('bird', 'a'), carol.address)
    nft.mint(ctx, token('bird', 'b'), carol.address)
    expect([nft.supply(ctx, 'bird'), nft.balance(ctx, 'bird', carol.address)]).toEqual([2n, 2n])
    nft.update(ctx, create(NFTSchema, { classId: 'bird', id: 'a', uri: 'ipfs://new' }))
    expect(nft.state.tokens.get(ctx, ['bird', 'a'])!.uri).toBe('ipfs://new')
    nft.updateClass(ctx, classOf('bird'))
    nft.transfer(ctx, 'bird', 'b', bob.address)
    nft.burn(ctx, 'bird', 'a')
    expect([nft.supply(ctx, 'bird'), nft.balance(ctx, 'bird', carol.address)]).toEqual([1n, 0n])
    expect(nft.ownerOf(ctx, 'bird', 'a')).toBeUndefined()
    expect(ctx.events.map(({ type }) => type.split('.').at(-1))).toEqual([
      'EventMint',
      'EventMint',
      'EventBurn',
    ])
  })
})

test.each<[string, (nft: GrantChain['nft'], ctx: Ctx) => void, number]>([
  ['a class twice', (nft, ctx) => nft.saveClass(ctx, classOf('cat')), 3],
  ['a class that is not there', (nft, ctx) => nft.updateClass(ctx, classOf('cow')), 4],
  ['a token without its class', (nft, ctx) => nft.mint(ctx, token('cow', '1'), bob.address), 4],
  ['a token twice', (nft, ctx) => nft.mint(ctx, token('cat', '1'), bob.address), 5],
  ['a token that is not there', (nft, ctx) => nft.burn(ctx, 'cat', '9'), 6],
])('not %s', (_, deed, code) => {
  const chain = open()
  expect(() => scratch(chain, (ctx) => deed(chain.nft, ctx))).toThrow(
    expect.objectContaining({ codespace: 'nft', code }),
  )
})

test('tokens can be found by class, by owner, or by both', () => {
  const chain = open()
  expect(idsOf(chain, { classId: 'cat' })).toEqual(['cat 1', 'cat 2'])
  expect(idsOf(chain, { owner: bob.text })).toEqual(['dog 1'])
  expect(idsOf(chain, { owner: alice.text, classId: 'dog' })).toEqual([])
  expect(() => idsOf(chain, {})).toThrow('must provide at least one of classID or owner')
  const first = queries(chain).nFTs({ owner: alice.text, pagination: { limit: 1n } })
  expect(first.nfts.map(({ id }) => id)).toEqual(['1'])
  const { nextKey } = first.pagination!
  const second = queries(chain).nFTs({ owner: alice.text, pagination: { key: nextKey } })
  expect(second.nfts.map(({ id }) => id)).toEqual(['2'])
})

test('a genesis comes out sorted by owner, and a wrong one is refused', () => {
  const chain = open()
  const { nft } = chain.app.exportGenesis() as { nft: { entries: { owner: string }[]; classes: object[] } }
  expect(nft.classes).toHaveLength(3)
  const owners = nft.entries.map(({ owner }) => owner)
  expect(owners).toEqual([...owners].sort())
  expect(startGrants({ nft }).app.exportGenesis().nft).toEqual(nft)
  expect(() => startGrants({ nft: { classes: [{ id: '' }] } })).toThrow('empty class id')
  expect(() => startGrants({ nft: { entries: [{ owner: alice.text, nfts: [{ id: '' }] }] } })).toThrow(
    'empty nft id',
  )
})
