// The mempool keeps CometBFT's order, limits, cache and wording.
import fc from 'fast-check'
import { fromUtf8, toHex, utf8 } from '../../../chain/bytes.ts'
import { hashTx, maxDataBytes, txSizeInBlock } from '../../../chain/consensus/block.ts'
import { MempoolError } from '../../../chain/consensus/engine.ts'
import {
  createMempool,
  DEFAULT_MEMPOOL,
  type MempoolLimits,
  type MempoolOptions,
} from '../../../chain/consensus/mempool.ts'
import { memoryDisk } from '../../../chain/store/memory.ts'
import { openChain } from './devchain.ts'
import { kvStore } from './kvstore.ts'

const LIMITS: MempoolLimits = { height: 10, timeNs: 0n, maxDataBytes: 1_000_000, maxGas: -1n }
const open = (options: Partial<MempoolOptions> = {}, limits: Partial<MempoolLimits> = {}) => {
  const app = kvStore(memoryDisk())
  const mempool = createMempool(app, { ...DEFAULT_MEMPOOL, ...options }, { ...LIMITS, ...limits })
  const add = (...txs: string[]) => txs.map((tx) => mempool.add(utf8(tx)))
  const waiting = () => mempool.list(1000).map(({ tx }) => fromUtf8(tx))
  const done = (txs: string[], codes: number[] = txs.map(() => 0), next: Partial<MempoolLimits> = {}) => {
    const result = {
      data: new Uint8Array(0),
      log: '',
      info: '',
      gasWanted: 0n,
      gasUsed: 0n,
      events: [],
      codespace: '',
    }
    mempool.update(
      txs.map((tx) => hashTx(utf8(tx))),
      codes.map((code) => ({ code, ...result })),
      { ...LIMITS, ...limits, ...next },
    )
  }
  return { app, mempool, add, waiting, done }
}

test('the defaults are those of CometBFT 0.38', () => {
  expect(DEFAULT_MEMPOOL).toMatchObject({
    ...{ size: 5000, maxTxsBytes: 1073741824, maxTxBytes: 1048576, cacheSize: 10000 },
    ...{ keepInvalidTxsInCache: false, recheck: true, ttlNumBlocks: 0, ttlDurationNs: 0n },
  })
})

test('accepted txs wait in the order in which they came, refused ones do not', () => {
  const { add, mempool, waiting } = open()
  const responses = add('b', 'bad', 'a')
  expect(responses.map(({ code }) => code)).toEqual([0, 5, 0])
  expect(toHex(responses[0]!.hash)).toBe(toHex(hashTx(utf8('b'))))
  expect(waiting()).toEqual(['b', 'a'])
  expect(mempool.list(1).map(({ tx }) => fromUtf8(tx))).toEqual(['b'])
  expect(mempool.list(0)).toEqual([])
  expect([mempool.count, mempool.totalBytes]).toEqual([2, 2])
  expect(mempool.list(1)[0]).toMatchObject({ gasWanted: 1n, height: 10 })
  expect([mempool.has(hashTx(utf8('a'))), mempool.has(hashTx(utf8('bad')))]).toEqual([true, false])
})

describe('what cannot be asked for', () => {
  test('a tx seen before', () => {
    const { add, app, done } = open()
    add('a')
    expect(() => add('a')).toThrow(new MempoolError('tx already exists in cache'))
    done(['a'])
    expect(() => add('a')).toThrow('tx already exists in cache')
    expect(app.checked).toHaveLength(1)
  })
  test('a tx above max_tx_bytes', () => {
    const { add } = open({ maxTxBytes: 3 })
    expect(() => add('abcd')).toThrow(new MempoolError('Tx too large. Max size is 3, but got 4'))
    expect(add('abc')).toHaveLength(1)
  })
  test('a tx that no block can hold', () => {
    const { add } = open({}, { maxDataBytes: 7 })
    expect(() => add('abcdef')).toThrow(new MempoolError('tx pre check: tx size is too big: 8, max: 7'))
    expect(add('abcde')).toHaveLength(1)
  })
  test('any tx when there are too many', () => {
    const { add } = open({ size: 2 })
    add('a', 'b')
    expect(() => add('c')).toThrow(
      new MempoolError('mempool is full: number of txs 2 (max: 2), total txs bytes 2 (max: 1073741824)'),
    )
  })
  test('a tx that takes too many bytes beside the others', () => {
    const { add, done } = open({ maxTxsBytes: 5 })
    add('aaa')
    expect(() => add('bbb')).toThrow(
      'mempool is full: number of txs 1 (max: 5000), total txs bytes 3 (max: 5)',
    )
    done(['aaa'])
    expect(add('bbb')[0]!.code).toBe(0)
  })
})

describe('the cache', () => {
  test('forgets refused and failed txs, unless told to keep them', () => {
    const { add, app, done } = open()
    add('bad')
    add('bad')
    add('a')
    done(['a'], [1])
    expect(add('a')[0]!.code).toBe(0)
    expect(app.checked).toHaveLength(4)
    const keeping = open({ keepInvalidTxsInCache: true })
    keeping.add('bad', 'a')
    keeping.done(['a'], [1])
    expect(() => keeping.add('bad')).toThrow('tx already exists in cache')
    expect(() => keeping.add('a')).toThrow('tx already exists in cache')
  })
  test('drops what was unseen for longest, like a model of it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12), { maxLength: 200 }), fc.integer({ min: 1, max: 8 }), (words, size) => {
        const { add, done } = open({ cacheSize: size })
        let model: number[] = []
        for (const word of words) {
          const known = model.includes(word)
          model = [...model.filter((other) => other !== word), word].slice(-size)
          const tx = `t${word}`
          if (known) expect(() => add(tx)).toThrow('tx already exists in cache')
          else expect(add(tx)).toHaveLength(1)
          if (word % 3 === 0) done([tx])
        }
      }),
      { numRuns: 200 },
    )
  })
  test('of size 0 remembers nothing, but no tx waits twice', () => {
    const { add, waiting } = open({ cacheSize: 0 })
    add('a', 'a')
    expect(waiting()).toEqual(['a'])
  })
})

describe('after a block', () => {
  test('its txs leave, and the rest is asked again in order', () => {
    const { add, app, done, waiting } = open()
    add('a', 'b', 'c', 'd')
    app.refused.add('c')
    done(['b', 'other'])
    expect(waiting()).toEqual(['a', 'd'])
    expect(app.checked.slice(4)).toEqual([
      { tx: 'a', type: 'recheck' },
      { tx: 'c', type: 'recheck' },
      { tx: 'd', type: 'recheck' },
    ])
    app.refused.clear()
    expect(add('c')[0]!.code).toBe(0)
    expect(() => add('other')).toThrow('tx already exists in cache')
  })
  test('nothing is asked again where that is switched off', () => {
    const { add, app, done } = open({ recheck: false })
    add('a', 'b')
    done(['a'])
    expect(app.checked).toHaveLength(2)
  })
  test('txs that wait for too many blocks or too long leave and may come again', () => {
    const { add, done, waiting } = open({ ttlNumBlocks: 2, ttlDurationNs: 100n })
    add('a')
    done([], [], { height: 12, timeNs: 50n })
    add('b')
    expect(waiting()).toEqual(['a', 'b'])
    done([], [], { height: 13, timeNs: 60n })
    expect(waiting()).toEqual(['b'])
    done([], [], { height: 13, timeNs: 151n })
    expect(waiting()).toEqual([])
    expect(add('a')[0]!.code).toBe(0)
  })
  test('a tx that wants more gas than a block has does not wait, however it is asked', () => {
    const { add, done, waiting } = open({}, { maxGas: 100n })
    expect(add('want 101 x', 'want -1 y', 'want 100 z').map(({ code }) => code)).toEqual([0, 0, 0])
    expect(waiting()).toEqual(['want 100 z'])
    done([], [], { maxGas: 99n })
    expect(waiting()).toEqual([])
  })
})

describe('a block takes', () => {
  test('the first txs that fit its bytes, each with tag and length', () => {
    const { add, mempool } = open()
    add('aaaa', 'bbbb', 'c')
    expect(txSizeInBlock(4)).toBe(6)
    expect([5, 6, 11, 12, 15, -1].map((room) => mempool.reap(room).length)).toEqual([0, 1, 1, 2, 3, 3])
  })
  test('the first txs that fit its gas', () => {
    const { add, mempool } = open({}, { maxGas: 100n })
    add('want 60 a', 'want 50 b', 'want 10 c')
    expect(mempool.reap(-1).map(({ tx }) => fromUtf8(tx))).toEqual(['want 60 a'])
  })
  test.each([0, 1, 127, 128, 16383, 16384])('a tx of %i bytes as a field of the block', (length) => {
    expect(txSizeInBlock(length)).toBe(1 + (length < 128 ? 1 : length < 16384 ? 2 : 3) + length)
  })
  test('what header, commit and evidence leave', () => {
    expect(maxDataBytes(22020096n, 0, 4)).toBe(22020096 - 11 - 626 - 94 - 4 * 111)
    expect(maxDataBytes(-1n, 10, 1)).toBe(104857600 - 11 - 626 - 94 - 111 - 10)
    expect(() => maxDataBytes(800n, 0, 4)).toThrow('block.max_bytes=800 is too small')
  })
})

test('a tx can be taken out, and all of them', () => {
  const { add, mempool, waiting } = open()
  add('a', 'b', 'c')
  expect(mempool.remove(hashTx(utf8('b')))).toBe(true)
  expect(mempool.remove(hashTx(utf8('b')))).toBe(false)
  add('b')
  expect(waiting()).toEqual(['a', 'c', 'b'])
  mempool.flush()
  expect([mempool.count, mempool.totalBytes]).toEqual([0, 0])
  expect(add('a')).toHaveLength(1)
})

test('a CheckTx that breaks leaves the mempool as it was', () => {
  const { add, app, mempool } = open()
  const { checkTx } = app
  app.checkTx = () => {
    throw new Error('broken')
  }
  expect(() => add('a')).toThrow('broken')
  app.checkTx = checkTx
  expect(mempool.count).toBe(0)
  expect(add('a')[0]!.code).toBe(0)
})

test('twenty thousand txs enter and leave', () => {
  const { add, done, mempool } = open({ size: 20_000, cacheSize: 30_000, recheck: false })
  const txs = Array.from({ length: 20_000 }, (_, i) => `tx ${i}`)
  add(...txs)
  expect(mempool.count).toBe(20_000)
  for (let i = 0; i < txs.length; i += 500) done(txs.slice(i, i + 500))
  expect(mempool.count).toBe(0)
})

test('a chain with gas and byte limits puts the rest into later blocks', () => {
  const { block, engine } = openChain()
  block(['gas 100'])
  block(['want 60 a', 'want 60 b', 'want 30 c'])
  const { block: third } = block()
  expect(third.data!.txs.map(fromUtf8)).toEqual(['want 60 b', 'want 30 c'])
  expect(engine.mempool.count).toBe(0)
})
