// Who must sign a transaction, with which keys and in which modes, and what each answers that does not.
import {
  createMultisigThresholdPubkey,
  encodeSecp256k1Pubkey,
  makeSignDoc,
  pubkeyToAddress,
  serializeSignDoc,
} from '@cosmjs/amino'
import { Registry } from '@cosmjs/proto-signing'
import { makeMultisignedTxBytes } from '@cosmjs/stargate'
import { describe, expect, test } from '@jest/globals'
import { ed25519 } from '@noble/curves/ed25519.js'
import { MsgSend } from 'cosmjs-types/cosmos/bank/v1beta1/tx'
import { type Bytes, utf8 } from '../../../chain/bytes.ts'
import { sha256 } from '../../../chain/hash.ts'
import { addressCodec } from '../../../chain/module.ts'
import { MsgSendSchema } from '../../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import { PubKeySchema as Ed25519Schema } from '../../../proto/gen/cosmos/crypto/ed25519/keys_pb.ts'
import { SignMode } from '../../../proto/gen/cosmos/tx/signing/v1beta1/signing_pb.ts'
import { type Chain, isSigned, pack, person, sign, startChain } from '../chain.ts'
import { ann, balance, bob, genesisOf, send, startPair } from '../pair.ts'
import { type Envelope, seal } from './envelope.ts'

const bobSends = (amount: string) =>
  pack(MsgSendSchema, {
    fromAddress: bob.text,
    toAddress: ann.text,
    amount: [{ denom: 'stake', amount }],
  })
const run = (chain: Chain, tx: Bytes) => {
  const { code, log } = chain.block(tx).txResults[0]!
  return [code, log]
}
const both: Envelope = { msgs: [send('5'), bobSends('2')], signers: [{ who: ann }, { who: bob }] }

const NOT_SIGNED = 'signature verification failed; please verify account number (1) and chain-id (test-1):'

describe('a transaction of two', () => {
  test('needs both signatures, in the order of their first message, and counts both sequences', () => {
    const chain = startPair()
    expect(run(chain, seal(chain, both))).toEqual([0, ''])
    const sequence = (who: typeof ann) => chain.auth.account(chain.app.view(), who.address)!.base.sequence
    expect([sequence(ann), sequence(bob), balance(chain)]).toEqual([1n, 1n, 1_000_003n])
  })

  test.each<[string, Partial<Envelope>, number, string]>([
    [
      'one signature is missing',
      { signers: [{ who: ann }] },
      4,
      'wrong number of signers; expected 2, got 1: unauthorized',
    ],
    [
      'one signature too many',
      { msgs: [send('5')] },
      4,
      'wrong number of signers; expected 1, got 2: unauthorized',
    ],
    [
      'signatures in the wrong order',
      { signers: [{ who: bob }, { who: ann }] },
      8,
      `pubKey does not match signer address ${ann.text} with signer index: 0: invalid pubkey`,
    ],
    ['no message', { msgs: [] }, 18, 'must contain at least one message: invalid request'],
    [
      'a sequence from before',
      { signers: [{ who: ann }, { who: bob, sequence: 3n }] },
      32,
      'account sequence mismatch, expected 0, got 3: incorrect account sequence',
    ],
    [
      'no key, and the account has none yet',
      { signers: [{ who: ann }, { who: bob, key: null }] },
      8,
      'unrecognized public key type: <nil>: invalid pubkey',
    ],
    [
      'a signature of somebody else',
      { signers: [{ who: ann }, { who: { ...bob, sign: ann.sign } }] },
      4,
      `${NOT_SIGNED} (unable to verify single signer signature): unauthorized`,
    ],
    [
      'a mode that nobody knows',
      { signers: [{ who: ann }, { who: bob, mode: SignMode.TEXTUAL }] },
      4,
      `${NOT_SIGNED} (unsuppored sign mode SIGN_MODE_TEXTUAL): unauthorized`,
    ],
  ])('refused: %s', (_, change, code, log) => {
    const chain = startPair()
    expect(run(chain, seal(chain, { ...both, ...change }))).toEqual([code, log])
  })

  test('may be signed by the second without knowing the fee, but not by who pays it', () => {
    const chain = startPair()
    const aux = { who: bob, mode: SignMode.DIRECT_AUX }
    expect(run(chain, seal(chain, { ...both, signers: [{ who: ann }, aux] }))).toEqual([0, ''])
    const paid = { ...both, signers: [{ who: ann }, aux], fee: { payer: bob.text } }
    expect(run(chain, seal(chain, paid))).toEqual([
      4,
      `${NOT_SIGNED} (fee payer ${bob.text} ` +
        'cannot sign with SIGN_MODE_DIRECT_AUX: unauthorized): unauthorized',
    ])
  })

  test('is paid by the fee payer it names, who must sign too', () => {
    const chain = startPair()
    const fee = { amount: [{ denom: 'stake', amount: '100' }], payer: bob.text }
    const one = { msgs: [send('5')], fee }
    expect(run(chain, seal(chain, { ...one, signers: [{ who: ann }] }))[0]).toBe(4)
    expect(run(chain, seal(chain, { ...one, signers: [{ who: ann }, { who: bob }] }))).toEqual([0, ''])
    expect([balance(chain, ann), balance(chain, bob)]).toEqual([999_995n, 999_905n])
  })

  test('may have no more signatures than the parameters allow', () => {
    const people = Array.from({ length: 8 }, (_, i) => person(`of eight ${i}`))
    const chain = startChain(genesisOf(...people))
    const msgs = people.map(({ text }) =>
      pack(MsgSendSchema, {
        fromAddress: text,
        toAddress: people[0]!.text,
        amount: [{ denom: 'stake', amount: '1' }],
      }),
    )
    const of = (count: number): Envelope => ({
      msgs: msgs.slice(0, count),
      signers: people.slice(0, count).map((who) => ({ who })),
      fee: { gasLimit: 900_000n },
    })
    expect(run(chain, seal(chain, of(8)))).toEqual([
      14,
      'signatures: 8, limit: 7: maximum number of signatures exceeded',
    ])
    expect(run(chain, seal(chain, of(7)))).toEqual([0, ''])
  })
})

test('the key comes with the first transaction only', () => {
  const chain = startPair()
  expect(chain.auth.account(chain.app.view(), ann.address)!.base.pubKey).toBeUndefined()
  run(chain, sign(chain, ann, [send('5')]))
  expect(chain.auth.account(chain.app.view(), ann.address)!.base.pubKey).toEqual(ann.any)
  expect(run(chain, sign(chain, ann, [send('5')], { withKey: false }))).toEqual([0, ''])
})

test('nobody signs for an account that is not there', () => {
  const chain = startPair()
  const eve = person('eve')
  const msg = pack(MsgSendSchema, { fromAddress: eve.text, toAddress: ann.text, amount: [] })
  expect(run(chain, sign(chain, eve, [msg]))).toEqual([
    9,
    expect.stringMatching(/^fee payer address: [\s\S]* does not exist: unknown address$/),
  ])
})

test('an ed25519 key signs only where the chain can verify it', () => {
  const key = sha256(utf8('ed'))
  const publicKey = ed25519.getPublicKey(key)
  const address = sha256(publicKey).subarray(0, 20)
  const ed = {
    ...{ address, text: addressCodec('cosmos').text(address), sign: (m: Bytes) => ed25519.sign(m, key) },
    any: pack(Ed25519Schema, { key: publicKey }),
  }
  const msg = pack(MsgSendSchema, {
    fromAddress: ed.text,
    toAddress: ann.text,
    amount: [{ denom: 'stake', amount: '5' }],
  })
  const attempt = (options: Parameters<typeof startChain>[1]) => {
    const chain = startChain(genesisOf(ann, ed), options)
    const tx = seal(chain, { msgs: [msg], signers: [{ who: ed }] })
    return [run(chain, tx)[0], chain.app.signatureChecks(tx).length]
  }
  expect(attempt({})).toEqual([4, 0])
  expect(
    attempt({
      verifyOther: (type, pub, message, sig) => type === 'ed25519' && ed25519.verify(sig, message, pub),
    }),
  ).toEqual([0, 0])
})

describe('an account of three, of whom two must sign', () => {
  const three = [person('m1'), person('m2'), person('m3')]
  const aminoKeys = three.map(({ publicKey }) => encodeSecp256k1Pubkey(publicKey))
  const shared = createMultisigThresholdPubkey(aminoKeys, 2)
  const text = pubkeyToAddress(shared, 'cosmos')
  const message = {
    typeUrl: '/cosmos.bank.v1beta1.MsgSend',
    value: { fromAddress: text, toAddress: ann.text, amount: [{ denom: 'stake', amount: '5' }] },
  }
  const bodyBytes = new Registry([['/cosmos.bank.v1beta1.MsgSend', MsgSend]]).encodeTxBody({
    messages: [message],
  })
  const fee = { amount: [{ denom: 'stake', amount: '9' }], gas: '300000' }
  const doc = makeSignDoc(
    [
      {
        type: 'cosmos-sdk/MsgSend',
        value: { from_address: text, to_address: ann.text, amount: message.value.amount },
      },
    ],
    ...([fee, 'test-1', '', 1, 0] as const),
  )
  /** Signatures by the place of who signs: of others where the two differ. */
  const signedBy = (...places: (readonly [place: number, signer: number])[]) => {
    const signatures = places.map(([place, signer]) => {
      const who = pubkeyToAddress(aminoKeys[place]!, 'cosmos')
      return [who, three[signer]!.sign(serializeSignDoc(doc))] as const
    })
    return makeMultisignedTxBytes(shared, 0, fee, bodyBytes, new Map(signatures))
  }
  const start = (options?: Parameters<typeof startChain>[1]) => startChain(genesisOf(ann, { text }), options)
  const refused = (why: string) => [
    4,
    'signature verification failed; please verify account number (1), sequence (0) ' +
      `and chain-id (test-1)${why}: unauthorized`,
  ]

  test('passes with two signatures, which can be verified ahead', () => {
    const asked: string[] = []
    const chain = start({
      verifier: (key, bytes, signature) => {
        asked.push(`${key} ${bytes} ${signature}`)
        return isSigned(key, bytes, signature)
      },
    })
    const tx = signedBy([0, 0], [2, 2])
    const ahead = chain.app.signatureChecks(tx)
    expect(run(chain, tx)).toEqual([0, ''])
    expect(asked).toEqual(
      ahead.map(({ publicKey, message: m, signature }) => `${publicKey} ${m} ${signature}`),
    )
    expect(asked).toHaveLength(2)
  })

  test('emits each signature, then all of them together', () => {
    const chain = start()
    const { events } = chain.block(signedBy([0, 0], [1, 1], [2, 2])).txResults[0]!
    expect(events.filter(({ attributes }) => attributes[0]!.key === 'signature')).toHaveLength(4)
  })

  test('does not with a signature in the wrong place, or with one alone', () => {
    expect(run(start(), signedBy([0, 1], [2, 2]))).toEqual(refused(''))
    expect(run(start(), signedBy([1, 1]))).toEqual(refused(''))
  })

  test('pays gas for each signature', () => {
    const used = (tx: Bytes) => Number(start().block(tx).txResults[0]!.gasUsed)
    const [two, all] = [signedBy([0, 0], [1, 1]), signedBy([0, 0], [1, 1], [2, 2])]
    expect(used(all) - used(two)).toBe(1000 + 10 * (all.length - two.length))
  })
})
