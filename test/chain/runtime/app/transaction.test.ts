// What a transaction leaves behind in a block: its answer, its events, the state, and nothing when it fails.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import { type Bytes, toHex } from '../../../../chain/bytes.ts'
import { GoPanic } from '../../../../chain/module.ts'
import { MsgMultiSendSchema } from '../../../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import { TxMsgDataSchema } from '../../../../proto/gen/cosmos/base/abci/v1beta1/abci_pb.ts'
import { TxRawSchema } from '../../../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import { pack, sign } from '../../../modules/chain.ts'
import { ann, balance, bob, send, startLimited, startPair, withFee } from '../../../modules/pair.ts'

describe('a transaction', () => {
  test('that passes moves coins, pays its fee and answers with one response a message', () => {
    const chain = startPair()
    const [result] = chain.block(sign(chain, ann, [send('5'), send('7')], withFee('100'))).txResults
    expect([result!.code, result!.log, result!.gasWanted]).toEqual([0, '', 200_000n])
    expect(balance(chain)).toBe(1_000_012n)
    expect(balance(chain, ann)).toBe(1_000_000n - 112n)
    const { msgResponses } = fromBinary(TxMsgDataSchema, result!.data)
    expect(msgResponses.map(({ typeUrl }) => typeUrl)).toEqual(
      Array(2).fill('/cosmos.bank.v1beta1.MsgSendResponse'),
    )
  })

  test('marks the events of each message with its index, those of the ante handler not', () => {
    const chain = startPair()
    const [result] = chain.block(sign(chain, ann, [send('5'), send('7')], withFee('100'))).txResults
    const seen = result!.events.map(({ type, attributes }) => [
      type,
      attributes.find(({ key }) => key === 'msg_index')?.value,
    ])
    const ante = ['coin_spent', 'coin_received', 'transfer', 'message', 'tx', 'tx', 'tx']
    const message = ['message', 'coin_spent', 'coin_received', 'transfer', 'message']
    expect(seen).toEqual([
      ...ante.map((type) => [type, undefined]),
      ...message.map((type) => [type, '0']),
      ...message.map((type) => [type, '1']),
    ])
  })

  test('that fails in its second message is undone, but its fee and sequence stay', () => {
    const chain = startPair()
    const response = chain.block(sign(chain, ann, [send('5'), send('5000000')], withFee('100')))
    const [result] = response.txResults
    expect([result!.code, result!.codespace, result!.data.length]).toEqual([5, 'sdk', 0])
    expect(result!.log).toBe(
      'failed to execute message; message index: 1: ' +
        'spendable balance 999895stake is smaller than 5000000stake: insufficient funds',
    )
    expect(result!.events.map(({ type }) => type)).toEqual([
      'coin_spent',
      'coin_received',
      'transfer',
      'message',
      'tx',
      'tx',
      'tx',
    ])
    expect([balance(chain), balance(chain, ann)]).toEqual([1_000_000n, 999_900n])
    expect(chain.auth.account(chain.app.view(), ann.address)!.base.sequence).toBe(1n)
  })

  test('that the ante handler refuses leaves nothing', () => {
    const chain = startPair()
    const before = toHex(chain.app.info().lastBlockAppHash)
    const [result] = chain.block(sign(chain, ann, [send('5')], { ...withFee('100'), sequence: 4n })).txResults
    expect([result!.code, result!.events]).toEqual([32, []])
    expect(balance(chain, ann)).toBe(1_000_000n)
    expect(toHex(chain.app.info().lastBlockAppHash)).toBe(before)
  })

  test('without gas enough stops where it ran out, pays, and moves nothing', () => {
    const chain = startPair()
    const [result] = chain.block(sign(chain, ann, [send('5')], withFee('100', 70_000n))).txResults
    expect([result!.code, result!.codespace]).toEqual([11, 'sdk'])
    expect(result!.log).toMatch(/^out of gas in location: \w+; gasWanted: 70000, gasUsed: 7\d+: out of gas$/)
    expect(result!.gasUsed).toBeGreaterThan(70_000n)
    expect([balance(chain), balance(chain, ann)]).toEqual([1_000_000n, 999_900n])
  })

  test('that is no transaction gets the decoding error, and none of its neighbours is harmed', () => {
    const chain = startPair()
    const good = sign(chain, ann, [send('5')])
    const { txResults } = chain.block(new Uint8Array([1, 2, 3]), good)
    expect(txResults.map(({ code, log }) => [code, log])).toEqual([
      [2, 'tx parse error'],
      [0, ''],
    ])
  })
})

describe('a bug in a rule', () => {
  const trap = (what: () => unknown) => {
    const reported: unknown[] = []
    const chain = startPair({ onBug: (error) => reported.push(error) })
    chain.bank.restrictSends((_ctx, from, to) => {
      if (toHex(from) === toHex(ann.address) && toHex(to) === toHex(bob.address)) throw what()
      return to
    })
    const [result] = chain.block(sign(chain, ann, [send('5')])).txResults
    return { chain, result: result!, reported }
  }

  test('fails its transaction with the panic code, is reported, and the chain lives on', () => {
    const { chain, result, reported } = trap(() => new TypeError('oops'))
    expect([result.code, result.codespace]).toEqual([111222, 'undefined'])
    expect(result.log).toMatch(/^recovered: oops\nstack:\n[\s\S]*: panic$/)
    expect(reported).toEqual([new TypeError('oops')])
    expect(chain.block(sign(chain, bob, [])).txResults[0]!.code).toBe(18)
  })

  test('that Go has too is not reported', () => {
    const { result, reported } = trap(() => new GoPanic('nil pointer'))
    expect([result.code, reported]).toEqual([111222, []])
  })
})

describe('the gas of a block', () => {
  test('keeps transactions out that want more than all of it', () => {
    const chain = startLimited(100_000n)
    const [result] = chain.block(sign(chain, ann, [send('5')])).txResults
    expect([result!.code, result!.log]).toEqual([
      41,
      'tx gas limit 200000 exceeds block max gas 100000: invalid gas limit',
    ])
  })

  test('once used up stops the rest of the block', () => {
    const chain = startLimited(100_000n)
    const tx = (sequence: bigint) => sign(chain, ann, [send('5')], { ...withFee('10', 90_000n), sequence })
    const { txResults } = chain.block(tx(0n), tx(1n), tx(2n))
    expect(txResults.map(({ code }) => code)).toEqual([0, 11, 11])
    expect(txResults[1]!.log).toMatch(
      /^out of gas in location: block gas meter; gasWanted: 90000, gasUsed: \d+: out of gas$/,
    )
    expect(txResults[2]!.log).toBe('no block gas left to run tx: out of gas')
    expect(balance(chain)).toBe(1_000_005n)
  })

  test('and its bytes limit a proposal', () => {
    const chain = startLimited(250_000n)
    const tx = (sequence: bigint) => sign(chain, ann, [send('5')], { ...withFee('10', 100_000n), sequence })
    const txs = [tx(0n), tx(1n), tx(2n)]
    const request = {
      ...{ height: 2n, timeNs: 0n, txs, lastCommit: { round: 0, votes: [] }, misbehavior: [] },
      ...{ nextValidatorsHash: new Uint8Array(), proposerAddress: new Uint8Array() },
    }
    expect(chain.app.prepareProposal({ ...request, maxTxBytes: 100_000n }).txs).toEqual(txs.slice(0, 2))
    const bytes = BigInt(txs[0]!.length + 3)
    expect(chain.app.prepareProposal({ ...request, maxTxBytes: bytes }).txs).toEqual(txs.slice(0, 1))
    const broken = [new Uint8Array([1]), ...txs]
    expect(chain.app.prepareProposal({ ...request, txs: broken, maxTxBytes: bytes }).txs).toEqual(broken)
  })
})

describe('CheckTx', () => {
  test('advances its own state until the next block, which begins anew', () => {
    const chain = startPair()
    const check = (tx: Bytes, type: 'new' | 'recheck' = 'new') => chain.app.checkTx({ tx, type }).code
    const [first, second] = [0n, 1n].map((sequence) => sign(chain, ann, [send('5')], { sequence })) as [
      Bytes,
      Bytes,
    ]
    expect([check(second), check(first), check(first), check(second)]).toEqual([32, 0, 32, 0])
    chain.block(first)
    expect([check(second, 'recheck'), check(first, 'recheck')]).toEqual([0, 32])
  })

  test('asks for the node’s minimum fee, a block does not', () => {
    const chain = startPair({ minGasPrices: '0.0005stake,1atom' })
    const tx = sign(chain, ann, [send('5')], withFee('99'))
    const { code, log } = chain.app.checkTx({ tx, type: 'new' })
    expect([code, log]).toEqual([
      13,
      'insufficient fees; got: 99stake required: 200000atom,100stake: insufficient fee',
    ])
    expect(chain.app.checkTx({ tx: sign(chain, ann, [send('5')], withFee('100')), type: 'new' }).code).toBe(0)
    expect(chain.block(tx).txResults[0]!.code).toBe(0)
  })
})

describe('a simulation', () => {
  const unsigned = (tx: Bytes) => {
    const raw = fromBinary(TxRawSchema, tx)
    return toBinary(TxRawSchema, create(TxRawSchema, { ...raw, signatures: [new Uint8Array()] }))
  }
  test('needs no signature, has no limit and changes nothing', () => {
    const chain = startPair()
    const signed = sign(chain, ann, [send('5')])
    const { gasWanted, gasUsed, result } = chain.app.simulate(unsigned(signed))
    expect(gasWanted).toBe(2n ** 64n - 1n)
    expect(result.msgResponses).toHaveLength(1)
    expect(result.events.map(({ type }) => type)).toContain('transfer')
    const { gasUsed: used } = chain.block(signed).txResults[0]!
    expect(Number(gasUsed - used)).toBeGreaterThan(-2000)
    expect(balance(chain)).toBe(1_000_005n)
  })

  test('fails with the error of the message', () => {
    const chain = startPair()
    expect(() => chain.app.simulate(sign(chain, ann, [send('5000000')]))).toThrow(
      /^failed to execute message; message index: 0: spendable/,
    )
  })
})

test('signatures can be verified ahead: what is asked for is what the ante handler asks', () => {
  const asked: string[] = []
  const key = (publicKey: Bytes, message: Bytes, signature: Bytes) =>
    [publicKey, message, signature].map(toHex).join()
  const chain = startPair({
    verifier: (...check) => {
      asked.push(key(...check))
      return true
    },
  })
  const tx = sign(chain, ann, [send('5'), pack(MsgMultiSendSchema, { inputs: [{ address: ann.text }] })])
  const ahead = chain.app
    .signatureChecks(tx)
    .map(({ publicKey, message, signature }) => key(publicKey, message, signature))
  chain.app.checkTx({ tx, type: 'new' })
  expect(ahead).toEqual(asked)
  expect(ahead).toHaveLength(1)
  expect(chain.app.signatureChecks(new Uint8Array([1, 2, 3]))).toEqual([])
})
