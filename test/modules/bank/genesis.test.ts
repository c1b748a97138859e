// Which coins a genesis may hold.
import { describe, expect, test } from '@jest/globals'
import { person, startChain } from '../chain.ts'
import { ann, genesisOf } from '../pair.ts'

const coin = (denom: string, amount: string) => ({ denom, amount })
const balance = (address: string, ...coins: ReturnType<typeof coin>[]) => ({ address, coins })
const stake = coin('stake', '5')
const start = (bank: object) => startChain({ auth: genesisOf(ann).auth, bank })
const metadata = (change: object = {}) => ({
  ...{ base: 'ugem', display: 'gem', name: 'Gem', symbol: 'GEM' },
  denom_units: [unit('ugem', 0), unit('mgem', 3), unit('gem', 6)],
  ...change,
})
const unit = (denom: string, exponent: number, ...aliases: string[]) => ({ denom, exponent, aliases })

test('the supply is the sum of balances, whether it is given or not', () => {
  const { app, bank } = start({ balances: [balance(ann.text, stake), balance(person('b').text, stake)] })
  expect(bank.supply(app.view(), 'stake')).toBe(10n)
  expect(() => start({ balances: [balance(ann.text, stake)], supply: [coin('stake', '6')] })).toThrow(
    'genesis supply is incorrect, expected 6stake, got 5stake',
  )
})

test('what may be sent can stand at its old place among the parameters', () => {
  const entry = { denom: 'stake', enabled: false }
  const { app, bank } = start({ params: { send_enabled: [entry] } })
  expect(bank.isSendEnabled(app.view(), 'stake')).toBe(false)
  expect(() => start({ params: { send_enabled: [entry] }, send_enabled: [entry] })).toThrow(
    'send_enabled defined in both the send_enabled field and in params',
  )
})

test('all of it is exported as it came', () => {
  const state = {
    params: { send_enabled: [], default_send_enabled: true },
    balances: [balance(ann.text, coin('gold', '7'), stake)],
    supply: [coin('gold', '7'), stake],
    denom_metadata: [{ ...metadata(), description: 'shiny', uri: 'a', uri_hash: 'b' }],
    send_enabled: [{ denom: 'gold', enabled: true }],
  }
  expect(start(state).app.exportGenesis().bank).toEqual(state)
})

const refusals: [string, object, string | RegExp][] = [
  ['a holder twice', { balances: [balance(ann.text), balance(ann.text)] }, /duplicate balance for address/],
  ['a bad holder', { balances: [balance('x', stake)] }, /balance of x: decoding bech32 failed/],
  [
    'coins that are not sorted',
    { balances: [balance(ann.text, stake, coin('aaa', '1'))] },
    'denomination aaa is not sorted',
  ],
  ['nothing of a coin', { balances: [balance(ann.text, coin('stake', '0'))] }, 'amount is not positive'],
  ['a bad name', { balances: [balance(ann.text, coin('1', '1'))] }, 'invalid denom: 1'],
  [
    'a switch twice',
    { send_enabled: [{ denom: 'aaa' }, { denom: 'aaa' }] },
    "duplicate send enabled found: 'aaa'",
  ],
  [
    'metadata twice',
    { denom_metadata: [metadata(), metadata()] },
    'duplicate client metadata for denom ugem',
  ],
  ['metadata without a name', { denom_metadata: [metadata({ name: ' ' })] }, 'name field cannot be blank'],
  [
    'metadata without a symbol',
    { denom_metadata: [metadata({ symbol: '' })] },
    'symbol field cannot be blank',
  ],
  [
    'a bad base',
    { denom_metadata: [metadata({ base: '1' })] },
    'invalid metadata base denom: invalid denom: 1',
  ],
  [
    'a bad display',
    { denom_metadata: [metadata({ display: '' })] },
    'invalid metadata display denom: invalid denom: ',
  ],
  [
    'units that do not start at the base',
    { denom_metadata: [metadata({ denom_units: [unit('gem', 0)] })] },
    "metadata's first denomination unit must be the one with base denom 'ugem'",
  ],
  [
    'a base with an exponent',
    { denom_metadata: [metadata({ denom_units: [unit('ugem', 1)] })] },
    'the exponent for base denomination unit ugem must be 0',
  ],
  [
    'units that are not sorted',
    { denom_metadata: [metadata({ denom_units: [unit('ugem', 0), unit('gem', 6), unit('mgem', 3)] })] },
    'denom units should be sorted asc by exponent',
  ],
  [
    'a unit twice',
    { denom_metadata: [metadata({ denom_units: [unit('ugem', 0), unit('ugem', 6)] })] },
    'duplicate denomination unit ugem',
  ],
  [
    'an alias twice',
    { denom_metadata: [metadata({ denom_units: [unit('ugem', 0, 'a', 'a')] })] },
    'duplicate denomination unit alias a',
  ],
  [
    'a blank alias',
    { denom_metadata: [metadata({ denom_units: [unit('ugem', 0, '')] })] },
    'alias for denom unit ugem cannot be blank',
  ],
  [
    'a display that is no unit',
    { denom_metadata: [metadata({ denom_units: [unit('ugem', 0)] })] },
    "metadata must contain a denomination unit with display denom 'gem'",
  ],
]

describe('is refused', () => {
  test.each(refusals)('%s', (_, bank, problem) => {
    expect(() => start(bank)).toThrow(problem)
  })
})
