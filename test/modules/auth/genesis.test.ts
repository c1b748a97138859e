// Accounts of a genesis: which are refused, and which numbers they get.
import { describe, expect, test } from '@jest/globals'
import { toBase64 } from '../../../chain/base64.ts'
import { addressCodec, moduleAddress } from '../../../chain/module.ts'
import { person, startChain } from '../chain.ts'
import { ann, bob, genesisOf } from '../pair.ts'

const eve = person('eve')
const base = (text: string, number: number, more: object = {}) => ({
  ...genesisOf({ text }).auth.accounts[0]!,
  ...{ account_number: `${number}`, ...more },
})
const moduleAccount = (name: string, address: string, number: number) => {
  const { '@type': _, ...base_account } = base(address, number)
  return { '@type': '/cosmos.auth.v1beta1.ModuleAccount', base_account, name, permissions: ['minter'] }
}
const cosmos = addressCodec('cosmos')
const startWith = (accounts: object[], params: object = {}) => {
  const { auth } = genesisOf()
  return startChain({ auth: { params: { ...auth.params, ...params }, accounts } })
}
const numbersOf = (accounts: object[]) => {
  const { auth, app } = startWith(accounts)
  const view = app.view()
  expect(app.brokenInvariants()).toEqual([])
  return [ann, bob, eve].map(({ address }) => auth.account(view, address)?.base.accountNumber)
}

test('numbers stay as they are, with gaps', () => {
  expect(numbersOf([base(ann.text, 7), base(bob.text, 3)])).toEqual([7n, 3n, undefined])
})

test('a number that is taken gives way to the lowest that is free', () => {
  expect(numbersOf([base(ann.text, 1), base(bob.text, 1), base(eve.text, 0)])).toEqual([1n, 2n, 0n])
  expect(numbersOf([base(ann.text, 0), base(bob.text, 0), base(eve.text, 0)])).toEqual([0n, 1n, 2n])
})

test('the fee collector is opened with the number after the last', () => {
  const { auth, app } = startWith([base(ann.text, 7)])
  const collector = auth.account(app.view(), moduleAddress('fee_collector'))!
  expect(collector.base.accountNumber).toBe(8n)
  expect(auth.byNumber(app.view(), 8n)).toEqual(moduleAddress('fee_collector'))
})

describe('is refused', () => {
  const key = { '@type': '/cosmos.crypto.secp256k1.PubKey', key: toBase64(bob.publicKey) }
  test.each<[string, object[], RegExp]>([
    ['an account twice', [base(ann.text, 0), base(ann.text, 1)], /duplicate account found.*cosmos1/],
    ['the key of another', [base(ann.text, 0, { pub_key: key })], /address and pubkey address do not match/],
    ['a foreign address', [base(person('x', 'wasm').text, 0)], /expected 'cosmos' got 'wasm'/],
    ['a module account without a name', [moduleAccount('', ann.text, 0)], /name cannot be blank/],
    [
      'a module account of another name',
      [moduleAccount('mint', cosmos.text(moduleAddress('gov')), 0)],
      /cannot be derived from the module name 'mint'/,
    ],
  ])('%s', (_, accounts, problem) => {
    expect(() => startWith(accounts)).toThrow(problem)
  })

  test.each([
    ['tx_sig_limit', 'invalid tx signature limit: 0'],
    ['tx_size_cost_per_byte', 'invalid tx size cost per byte: 0'],
    ['sig_verify_cost_secp256k1', 'invalid SECK256k1 signature verification cost: 0'],
    ['sig_verify_cost_ed25519', 'invalid ED25519 signature verification cost: 0'],
    ['max_memo_characters', 'invalid max memo characters: 0'],
  ])('a parameter of nothing: %s', (name, problem) => {
    expect(() => startWith([], { [name]: '0' })).toThrow(problem)
  })
})

test('a module account keeps what the genesis gives it', () => {
  const text = cosmos.text(moduleAddress('mint'))
  const { auth, app } = startWith([moduleAccount('mint', text, 5)])
  expect(app.view().scratch((ctx) => auth.moduleAccount(ctx, 'mint').base.accountNumber)).toBe(5n)
  const { accounts } = app.exportGenesis().auth as { accounts: unknown[] }
  expect(accounts).toContainEqual(moduleAccount('mint', text, 5))
})
