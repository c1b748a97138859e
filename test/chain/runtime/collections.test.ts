// Collections: keys and pages as in Go, indexes that follow their map, and what each access costs.
import { describe, expect, test } from '@jest/globals'
import { fromUtf8, toHex, utf8 } from '../../../chain/bytes.ts'
import {
  addressKey,
  boolKey,
  bytesKey,
  encodeKey,
  GasMeter,
  indexedMap,
  int32Key,
  int64Key,
  intValue,
  type KeyCodec,
  multiIndex,
  paginate,
  paginateRaw,
  pairKey,
  prefixedAddressKey,
  reversePairIndex,
  store,
  textKey,
  tripleKey,
  uint16Key,
  uint32Key,
  uint64Key,
  uint64Value,
  uniqueIndex,
} from '../../../chain/module.ts'
import type { PageRequest } from '../../../proto/gen/cosmos/base/query/v1beta1/pagination_pb.ts'
import { type GoPage, goVectors } from './go.ts'
import { openContext } from './open-context.ts'

describe('key bytes are those of Go', () => {
  const prefix = new Uint8Array([9])
  const pair = pairKey(bytesKey, textKey)
  const triple = tripleKey(uint64Key, bytesKey, textKey)
  const cases: Record<string, readonly [unknown, unknown]> = {
    text: [textKey, 'stäke'],
    bytes: [bytesKey, new Uint8Array([1, 2, 3])],
    uint64: [uint64Key, 0x0102030405060708n],
    uint32: [uint32Key, 0xfffffffe],
    uint16: [uint16Key, 0x0102],
    int64: [int64Key, -5n],
    int32: [int32Key, -5],
    bool: [boolKey, true],
    pair: [pair, [new Uint8Array([1, 2]), 'ab']],
    pairText: [pairKey(textKey, bytesKey), ['ab', new Uint8Array([1, 2])]],
    pairPrefix: [pair, [new Uint8Array([1, 2])]],
    prefixedAddress: [pairKey(textKey, prefixedAddressKey), ['ab', new Uint8Array([1, 2])]],
    triple: [triple, [7n, new Uint8Array([1, 2]), 'ab']],
    triplePrefix: [triple, [7n, new Uint8Array([1, 2])]],
    nestedPair: [pairKey(pairKey(textKey, textKey), textKey), [['a', 'b'], 'c']],
  }
  test.each(Object.keys(goVectors.keyBytes))('%s', (name) => {
    const [codec, key] = cases[name] as [KeyCodec<unknown>, unknown]
    const bytes = encodeKey(prefix, codec, key)
    expect(toHex(bytes)).toBe(goVectors.keyBytes[name])
    if (!name.endsWith('Prefix')) expect(codec.read(bytes, 1, true)).toEqual([key, bytes.length])
  })

  test('a text with a zero byte cannot stand in front', () => {
    expect(() => encodeKey(prefix, pairKey(textKey, textKey), ['a\0', 'b'])).toThrow(/zero byte/)
  })
})

describe('pages are those of Go', () => {
  const { ctx } = openContext(['s'])
  const kv = store('s')
  const map = kv.map(1, pairKey(bytesKey, textKey), uint64Value)
  const other = kv.map(2, textKey, uint64Value)
  other.set(ctx, 'z', 1n)
  for (let i = 0; i < 7; i++) map.set(ctx, [new Uint8Array([5]), `d${i}`], BigInt(i))
  for (let i = 0; i < 3; i++) map.set(ctx, [new Uint8Array([6]), `e${i}`], BigInt(10 + i))
  const raw = openContext(['r']).ctx
  for (let i = 0; i < 7; i++) raw.store('r').set(utf8(`d${i}`), new Uint8Array([i]))

  const requestOf = ({ request }: GoPage): PageRequest | undefined =>
    request && {
      $typeName: 'cosmos.base.query.v1beta1.PageRequest',
      key: utf8(request.key),
      offset: BigInt(request.offset),
      limit: BigInt(request.limit),
      countTotal: request.countTotal,
      reverse: request.reverse,
    }
  const pageOf = (vector: GoPage, cut: () => { items: string[]; pagination: object }, text = fromUtf8) => {
    try {
      const { items, pagination } = cut()
      const { nextKey = new Uint8Array(), total = 0n } = pagination as {
        nextKey?: Uint8Array
        total?: bigint
      }
      return { items, nextKey: text(nextKey), total: Number(total) }
    } catch (error) {
      if (vector.error === undefined) throw error
      return { error: (error as Error).message }
    }
  }
  const expected = ({ error, items, nextKey, total }: GoPage) =>
    error === undefined ? { items: items ?? [], nextKey, total } : { error }
  const label = (vectors: GoPage[]) => vectors.map((v) => [JSON.stringify(v), v] as const)

  test.each(label(goVectors.pages))('of a part of a map: %s', (_, vector) => {
    const cut = () =>
      paginate(ctx, map, requestOf(vector), ([, name]) => name, {
        prefix: [new Uint8Array([5])],
        ...(vector.filtered && { include: (_key, value) => value % 2n === 0n }),
      })
    expect(pageOf(vector, cut)).toEqual(expected(vector))
  })

  test.each(label(goVectors.wholePages))('of a whole map: %s', (_, vector) => {
    const cut = () => paginate(ctx, map, requestOf(vector), ([, name]) => name)
    expect(pageOf(vector, cut, toHex)).toEqual(expected(vector))
  })

  test.each(label(goVectors.rawPages))('of raw keys: %s', (_, vector) => {
    const cut = () => paginateRaw(raw, 'r', new Uint8Array(), requestOf(vector), (key) => fromUtf8(key))
    expect(pageOf(vector, cut)).toEqual(expected(vector))
  })
})

describe('a collection', () => {
  test('takes no prefix that another one has', () => {
    const kv = store('s')
    kv.item(1, intValue)
    expect(() => kv.map(1, textKey, intValue)).toThrow(/prefix 1 is taken/)
    kv.map('abc', textKey, intValue)
    expect(() => kv.map('ab', textKey, intValue)).toThrow(/prefix ab is taken/)
  })

  test('a sequence counts from zero', () => {
    const { ctx } = openContext(['s'])
    const ids = store('s').sequence(1)
    expect([ids.peek(ctx), ids.next(ctx), ids.next(ctx), ids.peek(ctx)]).toEqual([0n, 0n, 1n, 2n])
  })

  test('a missing value is named as Go names it', () => {
    const { ctx } = openContext(['s'])
    const map = store('s').map(1, pairKey(textKey, uint64Key), intValue)
    expect(() => map.require(ctx, ['a', 7n])).toThrow(`collections: not found: key '("a", "7")'`)
  })

  test('clears a range and nothing else', () => {
    const { ctx } = openContext(['s'])
    const map = store('s').map(1, pairKey(textKey, uint64Key), intValue)
    for (const name of ['a', 'b']) for (let i = 0n; i < 3n; i++) map.set(ctx, [name, i], i)
    map.clear(ctx, { prefix: ['a'], startAfter: ['a', 0n] })
    expect(Array.from(map.entries(ctx), ([key]) => key.join())).toEqual(['a,0', 'b,0', 'b,1', 'b,2'])
  })

  test('ranges have open and closed ends', () => {
    const { ctx } = openContext(['s'])
    const map = store('s').map(1, uint64Key, intValue)
    for (let i = 0n; i < 6n; i++) map.set(ctx, i, i)
    const keys = (range: Parameters<typeof map.entries>[1]) =>
      Array.from(map.entries(ctx, range), ([key]) => Number(key))
    expect(keys({ start: 2n, end: 4n })).toEqual([2, 3])
    expect(keys({ startAfter: 2n, endInclusive: 4n })).toEqual([3, 4])
    expect(keys({ endPrefix: 1n })).toEqual([0, 1])
    expect(keys({ start: 4n, reverse: true })).toEqual([5, 4])
  })
})

describe('indexes', () => {
  type Thing = { owner: string; number: bigint }
  const things = () => {
    const kv = store('s')
    const value = {
      encode: ({ owner, number }: Thing) => utf8(`${owner}/${number}`),
      decode: (bytes: Uint8Array) => {
        const [owner, number] = fromUtf8(bytes).split('/') as [string, string]
        return { owner, number: BigInt(number) }
      },
    }
    return indexedMap(kv, 1, addressKey, value, {
      owner: multiIndex(kv, 2, textKey, addressKey, (_: Uint8Array, thing: Thing) => thing.owner),
      number: uniqueIndex(kv, 3, uint64Key, addressKey, (_: Uint8Array, thing: Thing) => thing.number),
    })
  }
  const [a, b] = [new Uint8Array([1]), new Uint8Array([2])]

  test('follow every change of the map', () => {
    const { ctx } = openContext(['s'])
    const map = things()
    map.set(ctx, a, { owner: 'x', number: 1n })
    map.set(ctx, b, { owner: 'x', number: 2n })
    expect([...map.indexes.owner.match(ctx, 'x')]).toEqual([a, b])
    map.set(ctx, a, { owner: 'y', number: 3n })
    expect([...map.indexes.owner.match(ctx, 'x')]).toEqual([b])
    expect(map.indexes.number.match(ctx, 1n)).toBeUndefined()
    expect(map.indexes.number.match(ctx, 3n)).toEqual(a)
    map.remove(ctx, a)
    expect([...map.indexes.owner.match(ctx, 'y')]).toEqual([])
    expect(() => map.remove(ctx, a)).toThrow(/not found/)
  })

  test('a unique one refuses a reference that is taken', () => {
    const { ctx } = openContext(['s'])
    const map = things()
    map.set(ctx, a, { owner: 'x', number: 1n })
    expect(() => map.set(ctx, b, { owner: 'x', number: 1n })).toThrow(/uniqueness constraint violation: 1/)
  })

  test('a change reads the old value once an index, as Go does', () => {
    const { ctx } = openContext(['s'])
    const map = things()
    map.set(ctx, a, { owner: 'x', number: 1n })
    ctx.gas = new GasMeter()
    map.set(ctx, a, { owner: 'x', number: 1n })
    const read = 1000 + 3 * (2 + 3)
    const multi = 1000 + 2000 + 30 * (1 + 2 + 1)
    const unique = 1000 + 1000 + 2000 + 30 * (9 + 1)
    const value = 2000 + 30 * (2 + 3)
    expect(ctx.gas.consumed).toBe(2 * read + multi + unique + value)
  })

  test('pairs are found by their second part', () => {
    const { ctx } = openContext(['s'])
    const kv = store('s')
    const map = indexedMap(kv, 1, pairKey(addressKey, textKey), intValue, {
      denom: reversePairIndex(kv, 2, prefixedAddressKey, textKey),
    })
    map.set(ctx, [a, 'stake'], 5n)
    map.set(ctx, [b, 'stake'], 6n)
    map.set(ctx, [b, 'atom'], 7n)
    expect([...map.indexes.denom.match(ctx, 'stake')]).toEqual([
      [a, 'stake'],
      [b, 'stake'],
    ])
    map.remove(ctx, [b, 'stake'])
    expect([...map.indexes.denom.match(ctx, 'stake')]).toEqual([[a, 'stake']])
  })
})
