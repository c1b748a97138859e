// Transactions that are asked about but never sent (CheckTx): most are refused before they could reach a
// block. Those that pass come last and have a signer each, since what passes moves its signer's sequence.
import { create, type Registry, toBinary } from '@bufbuild/protobuf'
import { AnySchema } from '@bufbuild/protobuf/wkt'
import type { Bytes } from '../../../chain/bytes.ts'
import { TxRawSchema } from '../../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import { CHAIN_ID, type Json, packer } from './genesis.ts'
import { type Draft, type Person, personOf, signTx } from './people.ts'
import type { World } from './world.ts'

export type Probe = { name: string; tx: Bytes; passes?: boolean }

const send = (from: string, to: string, denom = 'stake', amount = '1'): Json => ({
  '@type': '/cosmos.bank.v1beta1.MsgSend',
  ...{ from_address: from, to_address: to, amount: [{ denom, amount }] },
})

/** Drafts that differ from a plain send in one thing. */
const drafts = (world: World, registry: Registry, seed: string): [string, Partial<Draft>][] => {
  const pack = packer(registry)
  const [operator, other] = world.people as [Person, Person]
  const stranger = personOf(seed, 5000, world.addresses)
  const body = (...messages: Json[]): Partial<Draft> => ({ messages: messages.map(pack) })
  const fee = (denom: string, amount: string): Partial<Draft> => ({ fee: [{ denom, amount }] })
  const extension = [create(AnySchema, { typeUrl: '/cosmos.bank.v1beta1.MsgSend', value: new Uint8Array() })]
  return [
    ['sequence too low', { sequences: [0n] }],
    ['sequence too high', { sequences: [operator.sequence + 7n] }],
    ['wrong account number', { numbers: [77n] }],
    ['another chain', { chainId: 'other-1' }],
    ['forged signature', { forge: (signature) => signature.map((byte, i) => (i === 40 ? byte ^ 1 : byte)) }],
    ['short signature', { forge: (signature) => signature.subarray(0, 60) }],
    ['empty signature', { forge: () => new Uint8Array() }],
    ['forged amino signature', { amino: registry, forge: (signature) => signature.slice().reverse() }],
    ['stranger', { signers: [stranger], ...body(send(stranger.account, operator.account)) }],
    ['signer is not the sender', { signers: [other] }],
    ['two signers for one', { signers: [operator, other] }],
    [
      'one signer for two',
      body(send(operator.account, other.account), send(other.account, operator.account)),
    ],
    ['no messages', { messages: [] }],
    ['no gas', { gas: 0n }],
    ['gas for nothing', { gas: 20_000n }],
    ['gas for less', { gas: 1n }],
    ['gas beyond all', { gas: 2n ** 63n, fee: [{ denom: 'stake', amount: '9000000000000000000' }] }],
    ['no fee', { fee: [] }],
    ['low fee', fee('stake', '199')],
    ['fee in another coin', fee('uatom', '5000')],
    ['fee in no coin', fee('none', '5000')],
    ['fee that nobody has', fee('stake', '900000000000000')],
    ['zero fee', fee('stake', '0')],
    ['negative fee', fee('stake', '-5')],
    ['fee of no number', fee('stake', 'five')],
    ['denom of one letter', fee('x', '5')],
    ['fees out of order', { fee: ['uatom', 'stake'].map((denom) => ({ denom, amount: '500' })) }],
    ['fee twice', { fee: ['stake', 'stake'].map((denom) => ({ denom, amount: '500' })) }],
    ['payer who did not sign', { payer: other.account }],
    ['payer of no address', { payer: 'nobody' }],
    ['granter who granted nothing', { granter: stranger.account }],
    ['granter of no address', { granter: 'nobody' }],
    ['memo too long', { memo: 'x'.repeat(300) }],
    ['past timeout', { timeoutHeight: 1n }],
    ['unordered', { unordered: true, sequences: [0n] }],
    ['extension option', { extensionOptions: extension }],
    ['option that may be ignored', { nonCriticalExtensionOptions: extension }],
    [
      'unknown message',
      { messages: [create(AnySchema, { typeUrl: '/none.Msg', value: new Uint8Array(1) })] },
    ],
    ['message that is none', { messages: [create(AnySchema, { typeUrl: '/cosmos.bank.v1beta1.Params' })] }],
    [
      'garbage in a message',
      {
        messages: [
          create(AnySchema, {
            typeUrl: '/cosmos.bank.v1beta1.MsgSend',
            value: new Uint8Array([255, 255, 1]),
          }),
        ],
      },
    ],
    ['sender of no address', body(send('nobody', other.account))],
    ['sender of another chain', body(send('cosmos1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnrk363e', other.account))],
  ]
}

/** Bytes that are no transaction, or nearly one. */
const raws = (plain: Bytes): Probe[] => {
  const raw = (init: Partial<{ bodyBytes: Bytes; authInfoBytes: Bytes; signatures: Bytes[] }>) =>
    toBinary(TxRawSchema, create(TxRawSchema, init))
  return [
    { name: 'no bytes', tx: new Uint8Array() },
    { name: 'garbage', tx: new Uint8Array([1, 2, 3, 4, 5]) },
    { name: 'text', tx: new TextEncoder().encode('hello') },
    { name: 'half of a transaction', tx: plain.subarray(0, plain.length >> 1) },
    { name: 'a byte too many', tx: new Uint8Array([...plain, 0]) },
    { name: 'an unknown field', tx: new Uint8Array([...plain, 0x7a, 1, 1]) },
    { name: 'only signatures', tx: raw({ signatures: [new Uint8Array(64)] }) },
    { name: 'only a body of garbage', tx: raw({ bodyBytes: new Uint8Array([9, 9]) }) },
  ]
}

export const probesOf = (world: World, registry: Registry, seed: string): Probe[] => {
  const [operator, other] = world.people as [Person, Person]
  const plain: Draft = {
    messages: [packer(registry)(send(operator.account, other.account))],
    ...{ signers: [operator], chainId: CHAIN_ID, gas: 200_000n, fee: [{ denom: 'stake', amount: '200' }] },
  }
  const amount = (coins: Json[]) => (json: Json) => ({ ...json, amount: coins })
  const changes: [string, (json: Json) => Json][] = [
    ['plain send', (json) => json],
    ['receiver of no address', (json) => ({ ...json, to_address: 'nobody' })],
    ['no amount', amount([])],
    ['amount of nothing', amount([{ denom: 'stake', amount: '0' }])],
    ['amount of a bad coin', amount([{ denom: '1x', amount: '5' }])],
    ['plain send again', (json) => json],
  ]
  const passing = changes.map(([name, change], i) => {
    const person = world.people[2 + i]!
    const messages = [packer(registry)(change(send(person.account, other.account)))]
    const amino = i % 2 === 0 ? registry : undefined
    return { name, tx: signTx({ ...plain, messages, signers: [person], amino }), passes: true }
  })
  return [
    ...raws(signTx(plain)),
    ...drafts(world, registry, seed).map(([name, change]) => ({ name, tx: signTx({ ...plain, ...change }) })),
    ...passing,
  ]
}
