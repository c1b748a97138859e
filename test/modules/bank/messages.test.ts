// What users and governance may do with coins, and the code of each refusal.
import { describe, expect, test } from '@jest/globals'
import { moduleAddress, TxError } from '../../../chain/module.ts'
import { bank } from '../../../modules/bank/module.ts'
import { Msg } from '../../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import { callMessage } from '../calls.ts'
import { type Person, person } from '../chain.ts'
import { ann, bob, startPair } from '../pair.ts'

const eve = person('eve')
const stake = (amount: string, denom = 'stake') => [{ denom, amount }]
const collector = startPair().settings.addresses.text(moduleAddress('fee_collector'))
const gov = startPair().settings.authority

/** Runs calls on a copy of the state of a chain, whose balances stand before and after. */
const open = () => {
  const chain = startPair()
  return chain.app.view().scratch((ctx) => ({
    ...{ chain, ctx, calls: callMessage(bank(chain.bank), Msg, ctx) },
    balances: (...people: Person[]) => people.map(({ address }) => chain.bank.balance(ctx, address, 'stake')),
  }))
}
type Calls = ReturnType<typeof open>['calls']
const transfer = (amount: { denom: string; amount: string }[], toAddress = bob.text) => ({
  ...{ fromAddress: ann.text, toAddress, amount },
})
const party = (address: string, amount: string) => ({ address, coins: stake(amount) })

describe('a send', () => {
  test('opens the account of a recipient that is new', () => {
    const { calls, chain, ctx, balances } = open()
    calls.send(transfer(stake('5'), eve.text))
    expect(balances(ann, eve)).toEqual([999_995n, 5n])
    expect(chain.auth.account(ctx, eve.address)!.base.accountNumber).toBe(3n)
  })

  test('of all leaves no entry behind', () => {
    const { calls, chain, ctx } = open()
    calls.send(transfer(stake('1000000')))
    expect(chain.bank.state.balances.has(ctx, [ann.address, 'stake'])).toBe(false)
    expect([...chain.bank.state.balances.indexes.denom.set.keysOf(ctx)]).toHaveLength(1)
  })

  test('to oneself changes nothing', () => {
    const { calls, balances } = open()
    calls.send(transfer(stake('5'), ann.text))
    expect(balances(ann)).toEqual([1_000_000n])
  })
})

describe('a multi-send', () => {
  test('pays several out of one account', () => {
    const { calls, balances } = open()
    calls.multiSend({ inputs: [party(ann.text, '9')], outputs: [party(bob.text, '5'), party(eve.text, '4')] })
    expect(balances(ann, bob, eve)).toEqual([999_991n, 1_000_005n, 4n])
  })
})

const NOT_GOV =
  `invalid authority; expected ${gov}, got ${ann.text}: ` +
  'expected gov account as only signer for proposal message'

const refusals: [string, (calls: Calls) => unknown, string, number, string | RegExp][] = [
  ['nothing', (c) => c.send(transfer([])), 'sdk', 10, ': invalid coins'],
  ['a zero coin', (c) => c.send(transfer(stake('0'))), 'sdk', 10, '0stake: invalid coins'],
  ['a negative coin', (c) => c.send(transfer(stake('-1'))), 'sdk', 10, '-1stake: invalid coins'],
  [
    'coins twice',
    (c) => c.send(transfer([...stake('1'), ...stake('2')])),
    'sdk',
    10,
    '1stake,2stake: invalid coins',
  ],
  ['a coin of a bad name', (c) => c.send(transfer(stake('1', '1x'))), 'sdk', 10, '11x: invalid coins'],
  [
    'more than there is',
    (c) => c.send(transfer(stake('1000001'))),
    'sdk',
    5,
    'spendable balance 1000000stake is smaller than 1000001stake: insufficient funds',
  ],
  [
    'a module as recipient',
    (c) => c.send(transfer(stake('1'), collector)),
    'sdk',
    4,
    `${collector} is not allowed to receive funds: unauthorized`,
  ],
  [
    'no sender',
    (c) => c.send({ toAddress: bob.text }),
    'sdk',
    7,
    /^invalid from address: .*empty.*: invalid address$/,
  ],
  [
    'a bad recipient',
    (c) => c.send(transfer(stake('1'), 'x')),
    'sdk',
    7,
    /^invalid to address: decoding bech32 failed: .*: invalid address$/,
  ],
  ['no input', (c) => c.multiSend({}), 'bank', 2, 'no inputs to send transaction'],
  [
    'two inputs',
    (c) => c.multiSend({ inputs: [party(ann.text, '1'), party(bob.text, '1')] }),
    'bank',
    9,
    'multiple senders not allowed',
  ],
  [
    'no output',
    (c) => c.multiSend({ inputs: [party(ann.text, '1')] }),
    'bank',
    3,
    'no outputs to send transaction',
  ],
  [
    'a sum that differs',
    (c) => c.multiSend({ inputs: [party(ann.text, '2')], outputs: [party(bob.text, '1')] }),
    'bank',
    4,
    'sum inputs != sum outputs',
  ],
  [
    'a module among the outputs',
    (c) => c.multiSend({ inputs: [party(ann.text, '1')], outputs: [party(collector, '1')] }),
    'sdk',
    4,
    `${collector} is not allowed to receive funds: unauthorized`,
  ],
  ['parameters from a user', (c) => c.updateParams({ authority: ann.text, params: {} }), 'gov', 13, NOT_GOV],
  ['a switch from a user', (c) => c.setSendEnabled({ authority: ann.text }), 'gov', 13, NOT_GOV],
  [
    'a switch twice',
    (c) =>
      c.setSendEnabled({
        ...{ authority: gov, sendEnabled: [{ denom: 'aaa' }, { denom: 'aaa', enabled: true }] },
      }),
    'sdk',
    18,
    'duplicate denom entries found for "aaa": invalid request',
  ],
  [
    'the default for a bad name',
    (c) => c.setSendEnabled({ authority: gov, useDefaultFor: ['1'] }),
    'sdk',
    18,
    'invalid UseDefaultFor denom "1": invalid denom: 1: invalid request',
  ],
  [
    'switches among the parameters',
    (c) => c.updateParams({ authority: gov, params: { sendEnabled: [{ denom: 'aaa' }] } }),
    'undefined',
    1,
    'use of send_enabled in params is no longer supported',
  ],
]

describe('refused', () => {
  test.each(refusals)('%s', (_, call, codespace, code, message) => {
    const { calls, balances } = open()
    let caught: unknown
    try {
      call(calls)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(TxError)
    const { codespace: space, code: number, message: text } = caught as TxError
    expect([space, number]).toEqual([codespace, code])
    expect(text).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
    expect(balances(ann, bob)).toEqual([1_000_000n, 1_000_000n])
  })
})

describe('a denomination that governance switched off', () => {
  test('cannot be sent, until it is switched on, or follows the default again', () => {
    const { calls, balances, chain, ctx } = open()
    const off = 'stake transfers are currently disabled: send transactions are disabled'
    calls.setSendEnabled({ authority: gov, sendEnabled: [{ denom: 'stake', enabled: false }] })
    expect(() => calls.send(transfer(stake('1')))).toThrow(off)
    expect(() =>
      calls.multiSend({ inputs: [party(ann.text, '1')], outputs: [party(bob.text, '1')] }),
    ).toThrow(off)
    calls.setSendEnabled({ authority: gov, useDefaultFor: ['stake'] })
    calls.send(transfer(stake('1')))
    calls.updateParams({ authority: gov, params: { defaultSendEnabled: false } })
    expect(() => calls.send(transfer(stake('1')))).toThrow(off)
    calls.setSendEnabled({ authority: gov, sendEnabled: [{ denom: 'stake', enabled: true }] })
    calls.send(transfer(stake('1')))
    expect(balances(ann, bob)).toEqual([999_998n, 1_000_002n])
    expect(chain.bank.isSendEnabled(ctx, 'other')).toBe(false)
  })
})
