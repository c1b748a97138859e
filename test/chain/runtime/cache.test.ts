// Branches of a store, against a plain store that is copied for each branch.
import { describe, expect, test } from '@jest/globals'
import { type Bytes, compareBytes, fromUtf8, utf8 } from '../../../chain/bytes.ts'
import { CacheKv } from '../../../chain/runtime/cache.ts'
import { Stores } from '../../../chain/runtime/stores.ts'
import type { Kv } from '../../../chain/store/kv.ts'
import { type Random, randomFrom } from '../../random.ts'
import { sortedKv } from './sorted-kv.ts'

const entriesOf = (kv: Kv, ...range: Parameters<Kv['iterate']>) =>
  Array.from(kv.iterate(...range), ([key, value]) => [fromUtf8(key), fromUtf8(value)])

const copyOf = (kv: Kv): Kv => {
  const copy = sortedKv()
  for (const [key, value] of kv.iterate()) copy.set(key, value)
  return copy
}

const keyFrom = (random: Random): Bytes => utf8(`k${random.below(40)}`.padEnd(1 + random.below(4), 'x'))

const rangeFrom = (random: Random): [Bytes | undefined, Bytes | undefined, boolean] => {
  const bounds = [keyFrom(random), keyFrom(random)].sort(compareBytes)
  const bound = (i: number) => (random.below(4) === 0 ? undefined : bounds[i])
  return [bound(0), bound(1), random.below(2) === 0]
}

test.each(['one', 'two', 'three', 'four', 'five'])(
  'random work on nested branches shows what copies show (%s)',
  (seed) => {
    const random = randomFrom(`cache/${seed}`)
    const base = sortedKv()
    const stack: { cache: CacheKv; model: Kv }[] = [{ cache: new CacheKv(base, true), model: sortedKv() }]
    for (let step = 0; step < 1200; step++) {
      const { cache, model } = stack.at(-1)!
      const deed = random.below(12)
      if (deed < 4) {
        const [key, value] = [keyFrom(random), utf8(`${step}`)]
        cache.set(key, value)
        model.set(key, value)
      } else if (deed < 6) {
        const key = keyFrom(random)
        cache.delete(key)
        model.delete(key)
      } else if (deed < 8) {
        const key = keyFrom(random)
        expect(cache.get(key)).toEqual(model.get(key))
        expect(cache.has(key)).toBe(model.has(key))
      } else if (deed < 10) {
        const range = rangeFrom(random)
        expect(entriesOf(cache, ...range)).toEqual(entriesOf(model, ...range))
      } else if (deed === 10 && stack.length < 4) stack.push({ cache: cache.branch(), model: copyOf(model) })
      else if (stack.length > 1) {
        const done = stack.pop()!
        if (random.below(2) === 0) {
          done.cache.write()
          stack.at(-1)!.model = done.model
        }
      }
    }
    while (stack.length > 1) stack.pop()!.cache.write()
    const before = entriesOf(stack[0]!.cache)
    stack[0]!.cache.write(base)
    expect(entriesOf(base)).toEqual(before)
  },
)

describe('a branch', () => {
  test('is written in ascending order, one operation for each key, and only then', () => {
    const log: string[] = []
    const target: Kv = {
      ...sortedKv(),
      set: (key) => void log.push(`set ${fromUtf8(key)}`),
      delete: (key) => void log.push(`delete ${fromUtf8(key)}`),
    }
    const cache = new CacheKv(target)
    for (const key of ['b', 'c', 'a', 'b']) cache.set(utf8(key), utf8('1'))
    cache.delete(utf8('c'))
    expect(log).toEqual([])
    cache.write(target)
    expect(log).toEqual(['set a', 'set b', 'delete c'])
    cache.write(target)
    expect(log).toHaveLength(3)
  })

  test('lets a loop change what it walks over', () => {
    const cache = new CacheKv(sortedKv())
    for (const key of ['a', 'b', 'c']) cache.set(utf8(key), utf8('1'))
    const seen: string[] = []
    for (const [key] of cache.iterate()) {
      seen.push(fromUtf8(key))
      cache.delete(key)
      cache.set(utf8(`${fromUtf8(key)}2`), utf8('2'))
    }
    expect(seen).toEqual(['a', 'b', 'c'])
    expect(entriesOf(cache)).toEqual([
      ['a2', '2'],
      ['b2', '2'],
      ['c2', '2'],
    ])
  })

  test('remembers what its parent answered, absence too', () => {
    let asked = 0
    const parent = sortedKv()
    const counting: Kv = {
      ...parent,
      get(key) {
        asked++
        return parent.get(key)
      },
    }
    const cache = new CacheKv(counting, true)
    cache.get(utf8('a'))
    cache.branch().get(utf8('a'))
    expect(asked).toBe(1)
  })

  test('refuses an empty key', () => {
    const cache = new CacheKv(sortedKv())
    expect(() => cache.set(new Uint8Array(), utf8('1'))).toThrow(/must not be empty/)
  })
})

test('a branch of many stores opens and writes only those that were touched', () => {
  const opened: string[] = []
  const written: string[] = []
  const stores = new Stores((name) => {
    opened.push(name)
    return sortedKv()
  }, new Set())
  const branch = stores.branch()
  branch.cache('bank').set(utf8('k'), utf8('v'))
  branch.cache('acc').get(utf8('k'))
  branch.write()
  stores.write((name) => {
    written.push(name)
    return sortedKv()
  })
  expect(opened).toEqual(['bank', 'acc'])
  expect(written).toEqual(['bank'])
})
