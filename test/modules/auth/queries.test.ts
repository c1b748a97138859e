// What auth answers, and what it answers to what cannot be asked.
import { fromBinary } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import { GrpcError, moduleAddress } from '../../../chain/module.ts'
import { auth } from '../../../modules/auth/module.ts'
import { ModuleAccountSchema } from '../../../proto/gen/cosmos/auth/v1beta1/auth_pb.ts'
import { Query } from '../../../proto/gen/cosmos/auth/v1beta1/query_pb.ts'
import { Msg } from '../../../proto/gen/cosmos/auth/v1beta1/tx_pb.ts'
import { callMessage, callQuery } from '../calls.ts'
import { person, sign, startChain } from '../chain.ts'
import { ann, bob, genesisOf, send, startPair } from '../pair.ts'

const ask = (chain = startPair()) => callQuery(auth(chain.auth), Query, chain.app.view())
const nobody = person('nobody')

test('an account, with its key once it has signed', () => {
  const chain = startPair()
  chain.block(sign(chain, ann, [send('5')]))
  const { info } = ask(chain).accountInfo({ address: ann.text })
  expect(info).toMatchObject({ address: ann.text, accountNumber: 0n, sequence: 1n, pubKey: ann.any })
  expect(ask(chain).account({ address: ann.text }).account!.typeUrl).toBe('/cosmos.auth.v1beta1.BaseAccount')
  expect(ask(chain).accountAddressByID({ accountId: 1n })).toMatchObject({ accountAddress: bob.text })
})

test('all accounts in the order of their addresses, a page at a time', () => {
  const people = Array.from({ length: 7 }, (_, i) => person(`p${i}`))
  const queries = ask(startChain(genesisOf(...people)))
  const seen: string[] = []
  let key = new Uint8Array()
  do {
    const { accounts, pagination } = queries.accounts({ pagination: { key, limit: 3n } })
    seen.push(...accounts.map(({ value }) => Buffer.from(value).toString('latin1')))
    key = new Uint8Array(pagination!.nextKey)
  } while (key.length > 0)
  expect(seen).toHaveLength(8)
  const whole = queries.accounts({ pagination: { limit: 100n, countTotal: true } })
  expect(whole.accounts.map(({ value }) => Buffer.from(value).toString('latin1'))).toEqual(seen)
  expect(whole.pagination!.total).toBe(8n)
  const reversed = queries.accounts({ pagination: { reverse: true, limit: 2n } })
  expect(reversed.accounts).toEqual(whole.accounts.toReversed().slice(0, 2))
})

test('module accounts, also those that were never used', () => {
  const { accounts } = ask().moduleAccounts({})
  const names = accounts.map(({ value }) => fromBinary(ModuleAccountSchema, value).name)
  expect(names).toEqual(['fee_collector', 'gov', 'mint', 'pool'])
  const { account } = ask().moduleAccountByName({ name: 'pool' })
  const pool = fromBinary(ModuleAccountSchema, account!.value)
  expect(pool).toMatchObject({ name: 'pool', permissions: ['burner', 'staking'] })
  const chain = startPair()
  ask(chain).moduleAccountByName({ name: 'pool' })
  expect(chain.auth.has(chain.app.view(), moduleAddress('pool'))).toBe(false)
})

test('addresses both ways, and their prefix', () => {
  expect(ask().addressBytesToString({ addressBytes: ann.address }).addressString).toBe(ann.text)
  expect(ask().addressStringToBytes({ addressString: ann.text }).addressBytes).toEqual(ann.address)
  expect(ask().bech32Prefix({}).bech32Prefix).toBe('cosmos')
})

test('parameters, which only governance changes', () => {
  const chain = startPair()
  const { params } = ask(chain).params({})
  expect(params).toMatchObject({ maxMemoCharacters: 256n, txSigLimit: 7n })
  const change = { ...params!, maxMemoCharacters: 9n }
  const update = (authority: string, value = change) =>
    chain.app.view().scratch((ctx) => {
      callMessage(auth(chain.auth), Msg, ctx).updateParams({ authority, params: value })
      return chain.auth.params(ctx).maxMemoCharacters
    })
  expect(update(chain.settings.authority)).toBe(9n)
  expect(() => update(ann.text)).toThrow(
    'expected gov account as only signer for proposal message; ' +
      `invalid authority; expected ${chain.settings.authority}, got ${ann.text}`,
  )
  expect(() => update(chain.settings.authority, { ...change, txSigLimit: 0n })).toThrow(
    'invalid tx signature limit: 0',
  )
})

describe('is refused with a status', () => {
  const queries = ask()
  test.each<[string, () => unknown, number, string | RegExp]>([
    ['no address', () => queries.account({}), 3, 'Address cannot be empty'],
    ['no address for info', () => queries.accountInfo({}), 3, 'address cannot be empty'],
    [
      'an account that is not there',
      () => queries.account({ address: nobody.text }),
      5,
      `account ${nobody.text} not found`,
    ],
    [
      'the old way to ask for a number',
      () => queries.accountAddressByID({ id: 1n }),
      3,
      "requesting with id isn't supported, try to request using account-id",
    ],
    [
      'a number that nobody has',
      () => queries.accountAddressByID({ accountId: 99n }),
      5,
      'account address not found with account number 99',
    ],
    ['no module', () => queries.moduleAccountByName({}), 3, 'module name is empty'],
    ['an unknown module', () => queries.moduleAccountByName({ name: 'x' }), 5, 'account x not found'],
  ])('%s', (_, query, code, message) => {
    expect(query).toThrow(GrpcError)
    expect(query).toThrow(expect.objectContaining({ code, message }))
  })

  test('addresses of nothing', () => {
    expect(() => queries.addressBytesToString({})).toThrow('empty address bytes is not allowed')
    expect(() => queries.addressStringToBytes({ addressString: ' ' })).toThrow(
      'empty address string is not allowed',
    )
  })
})
