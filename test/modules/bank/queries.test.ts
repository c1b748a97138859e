// What bank answers, page by page, and what it answers to what cannot be asked.
import { describe, expect, test } from '@jest/globals'
import { GrpcError } from '../../../chain/module.ts'
import { bank } from '../../../modules/bank/module.ts'
import { Query } from '../../../proto/gen/cosmos/bank/v1beta1/query_pb.ts'
import { callQuery } from '../calls.ts'
import { type Chain, person, startChain } from '../chain.ts'
import { genesisOf } from '../pair.ts'

const people = Array.from({ length: 5 }, (_, i) => person(`owner ${i}`))
const [first] = people as [(typeof people)[0]]
const denoms = ['apple', 'berry', 'citrus', 'date', 'elder']
const unit = { exponent: 0, aliases: [] }
const metadata = denoms.slice(0, 3).map((denom) => ({
  ...{ base: denom, display: `${denom}s`, name: denom, symbol: denom.toUpperCase(), description: '' },
  denom_units: [
    { denom, ...unit },
    { denom: `${denom}s`, exponent: 6, aliases: [] },
  ],
}))
const chain = startChain({
  auth: genesisOf(...people).auth,
  bank: {
    params: { default_send_enabled: true },
    balances: people.map(({ text }, i) => ({
      address: text,
      coins: denoms.slice(0, 5 - i).map((denom) => ({ denom, amount: `${i + 1}` })),
    })),
    denom_metadata: metadata,
    send_enabled: [
      { denom: 'berry', enabled: false },
      { denom: 'date', enabled: true },
    ],
  },
})
const ask = (of: Chain = chain) => callQuery(bank(of.bank), Query, of.app.view())
const queries = ask()
const page = (fields: object) => ({ pagination: { ...fields } })
const text = (set: readonly { denom: string; amount: string }[]) =>
  set.map(({ denom, amount }) => amount + denom).join()

describe('balances', () => {
  const all = (fields: object = {}) => queries.allBalances({ address: first.text, ...page(fields) })

  test('come by denomination, as many as a page has, with the key of the next', () => {
    expect(text(all().balances)).toBe('1apple,1berry,1citrus,1date,1elder')
    const { balances, pagination } = all({ limit: 2n, countTotal: true })
    expect([text(balances), pagination!.total]).toEqual(['1apple,1berry', 5n])
    const next = all({ limit: 2n, key: pagination!.nextKey })
    expect([text(next.balances), next.pagination!.total]).toEqual(['1citrus,1date', 0n])
    const last = all({ limit: 2n, key: next.pagination!.nextKey })
    expect([text(last.balances), last.pagination!.nextKey.length]).toEqual(['1elder', 0])
    expect(text(all({ offset: 3n }).balances)).toBe('1date,1elder')
    expect(text(all({ reverse: true, limit: 2n }).balances)).toBe('1elder,1date')
    expect(text(all({ offset: 9n }).balances)).toBe('')
  })

  test('show a denomination as it is displayed, if asked', () => {
    const { balances } = queries.allBalances({ address: first.text, resolveDenom: true })
    expect(text(balances)).toBe('1apples,1berrys,1citruss,1date,1elder')
  })

  test('of nobody are nothing', () => {
    const address = person('nobody').text
    expect(queries.allBalances({ address }).balances).toEqual([])
    expect(queries.balance({ address, denom: 'apple' }).balance).toMatchObject({
      denom: 'apple',
      amount: '0',
    })
    expect(queries.spendableBalanceByDenom({ address, denom: 'apple' }).balance!.amount).toBe('0')
  })

  test('that can be spent come in the same pages', () => {
    const { balances, pagination } = queries.spendableBalances({
      address: first.text,
      ...page({ limit: 2n }),
    })
    expect([text(balances), pagination!.nextKey.length > 0]).toEqual(['1apple,1berry', true])
  })
})

test('the supply is all of every balance', () => {
  const { supply } = queries.totalSupply({})
  expect(text(supply)).toBe('15apple,10berry,6citrus,3date,1elder')
  expect(queries.supplyOf({ denom: 'date' }).amount!.amount).toBe('3')
  expect(queries.supplyOf({ denom: 'nothing' }).amount!.amount).toBe('0')
  expect(text(queries.totalSupply(page({ limit: 1n, offset: 1n })).supply)).toBe('10berry')
})

test('owners of a denomination, by both paths', () => {
  const owners = (denom: string, fields: object = {}) =>
    queries.denomOwners({ denom, ...page(fields) }).denomOwners.map(({ address }) => address)
  const all = people.map((who) => who.text)
  expect(owners('apple').toSorted()).toEqual(all.toSorted())
  expect(owners('elder')).toEqual([first.text])
  expect(owners('nothing')).toEqual([])
  expect(owners('apple', { limit: 2n })).toEqual(owners('apple').slice(0, 2))
  const { denomOwners } = queries.denomOwnersByQuery({ denom: 'apple' })
  expect(denomOwners).toEqual(queries.denomOwners({ denom: 'apple' }).denomOwners)
})

test('metadata, one and all', () => {
  expect(queries.denomMetadata({ denom: 'berry' }).metadata!.symbol).toBe('BERRY')
  expect(queries.denomMetadataByQueryString({ denom: 'berry' }).metadata!.display).toBe('berrys')
  const { metadatas, pagination } = queries.denomsMetadata(page({ limit: 2n, countTotal: true }))
  expect([metadatas.map(({ base }) => base), pagination!.total]).toEqual([['apple', 'berry'], 3n])
  const next = queries.denomsMetadata(page({ key: pagination!.nextKey }))
  expect(next.metadatas.map(({ base }) => base)).toEqual(['citrus'])
})

test('what may be sent: the entries that differ from the default, or those asked for', () => {
  const entries = queries.sendEnabled({}).sendEnabled.map(({ denom, enabled }) => [denom, enabled])
  expect(entries).toEqual([
    ['berry', false],
    ['date', true],
  ])
  const asked = queries.sendEnabled({ denoms: ['date', 'apple', 'berry'] }).sendEnabled
  expect(asked.map(({ denom }) => denom)).toEqual(['date', 'berry'])
  expect(queries.params({}).params!.defaultSendEnabled).toBe(true)
})

describe('is refused with a status', () => {
  const address = first.text
  test.each<[string, () => unknown, number, string | RegExp]>([
    ['no denomination', () => queries.balance({ address }), 3, 'invalid denom: '],
    [
      'a bad address',
      () => queries.balance({ address: 'x', denom: 'apple' }),
      3,
      /^invalid address: decoding/,
    ],
    ['no address', () => queries.allBalances({}), 3, /^invalid address: empty address string/],
    ['owners of nothing', () => queries.denomOwners({}), 3, 'invalid denom: '],
    [
      'metadata that is not there',
      () => queries.denomMetadata({ denom: 'date' }),
      5,
      'client metadata for denom date',
    ],
    [
      'key and offset at once',
      () => queries.allBalances({ address, ...page({ key: new Uint8Array([1]), offset: 1n }) }),
      3,
      /^paginate: invalid request, either offset or key is expected, got both/,
    ],
    [
      'supply by key and offset',
      () => queries.totalSupply(page({ key: new Uint8Array([1]), offset: 1n })),
      13,
      /either offset or key is expected, got both/,
    ],
  ])('%s', (_, query, code, message) => {
    expect(query).toThrow(GrpcError)
    const asText = typeof message === 'string' ? message : expect.stringMatching(message)
    expect(query).toThrow(expect.objectContaining({ code, message: asText }))
  })
})
