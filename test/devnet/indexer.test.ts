// The index finds what CometBFT's kv indexers find, after every way in which it can come to hold its blocks.
import { describe, expect, test } from '@jest/globals'
import type { Event } from '../../chain/abci/application.ts'
import { utf8 } from '../../chain/bytes.ts'
import type { BlockResults, BlockStore, ProducedBlock } from '../../chain/consensus/engine.ts'
import { sha256 } from '../../chain/hash.ts'
import { memoryDisk } from '../../chain/store/memory.ts'
import { type Indexer, openIndexer } from '../../devnet/indexer.ts'
import { QueryError } from '../../devnet/rpc/query/parser.ts'
import { randomFrom } from '../random.ts'
import { vectorJson } from '../vectors.ts'

type EventVector = { t: string; a: { k: string; v: string; i: boolean }[] }
type Vectors = {
  blocks: { h: number; e: EventVector[]; txs: { tx: string; code: number; e: EventVector[] }[] }[]
  answers: { q: string; txs: number[][]; txErr?: string; blocks: number[]; blErr?: string }[]
}

const eventsOf = (vectors: EventVector[]): Event[] =>
  vectors.map(({ t, a }) => ({
    type: t,
    attributes: a.map(({ k, v, i }) => ({ key: k, value: v, index: i })),
  }))

/** A block store of blocks that hold nothing but transactions and results. */
const storeOf = () => {
  const kept: ProducedBlock[] = []
  let base = 1
  const at = (height: number) => (height >= base ? kept[height - 1] : undefined)
  const store = {
    get base() {
      return kept.length === 0 ? 0 : base
    },
    get height() {
      return kept.length
    },
    block: at,
    results: (height: number) => at(height)?.results,
    txResult: (height: number, index: number) => {
      const tx = at(height)?.block.data?.txs[index]
      return tx && { tx, result: at(height)!.results.txResults[index]! }
    },
  } as unknown as BlockStore
  const produce = (events: Event[], txs: { tx: string; code?: number; events: Event[] }[]): ProducedBlock => {
    const bytes = txs.map(({ tx }) => utf8(tx))
    const results = {
      height: kept.length + 1,
      events,
      txResults: txs.map((tx) => ({ code: tx.code ?? 0, events: tx.events })),
    } as unknown as BlockResults
    const produced = { block: { data: { txs: bytes } }, results, txHashes: bytes.map(sha256) }
    kept.push(produced as unknown as ProducedBlock)
    return kept.at(-1)!
  }
  const cut = (height: number) => void (kept.length = height)
  const prune = (height: number) => void (base = height)
  return { store, produce, cut, prune }
}

const all = { perPage: 1_000_000 }
const placesOf = (index: Indexer, query: string) =>
  index.searchTxs(query, all).txs.map(({ height, index: at }) => [height, at])
const heightsOf = (index: Indexer, query: string) =>
  index.searchBlocks(query, { ...all, orderBy: 'asc' }).heights

const messageOr = <T>(read: () => T): T | string => {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    return error.message
  }
}

const { blocks: vectorBlocks, answers } = vectorJson<Vectors>('rpc/searches.json.gz')
const recorded = () => {
  const { store, produce } = storeOf()
  const disk = memoryDisk()
  const index = openIndexer(disk, store)
  for (const { e, txs } of vectorBlocks)
    index.add(
      produce(
        eventsOf(e),
        txs.map(({ tx, code, e: events }) => ({ tx, code, events: eventsOf(events) })),
      ),
    )
  return { index, disk, store }
}

const differences = (index: Indexer) =>
  answers.flatMap(({ q, txs, txErr, blocks, blErr }) => {
    const got = [messageOr(() => placesOf(index, q)), messageOr(() => heightsOf(index, q))]
    const wanted = [txErr ?? txs, blErr ?? blocks]
    return JSON.stringify(got) === JSON.stringify(wanted) ? [] : [{ q, wanted, got }]
  })

describe('3,000 searches of the Go library', () => {
  test('have the same answers', () => {
    const { index } = recorded()
    expect(answers.length).toBeGreaterThan(3000)
    expect(differences(index)).toEqual([])
  })

  test('have the same answers after the process ended before anything was written', () => {
    const { disk, store } = recorded()
    expect(differences(openIndexer(disk, store))).toEqual([])
  })

  test('have the same answers if the index is lost', () => {
    expect(differences(openIndexer(memoryDisk(), recorded().store))).toEqual([])
  })
})

const attribute = (key: string, value: string) => ({ key, value, index: true })
const sendEvents = (sender: number, receiver: number, amount: number): Event[] =>
  Array.from({ length: 12 }, (_, i) => ({
    type: ['transfer', 'coin_spent', 'message'][i % 3]!,
    attributes: [
      attribute('sender', `account-${sender}`),
      attribute('recipient', `account-${receiver}`),
      attribute('amount', `${amount + i}stake`),
    ],
  }))

/** Enough blocks for several segments, and what must be found in them. */
const grown = (blocks: number, perBlock: number) => {
  const chain = storeOf()
  const random = randomFrom('indexer')
  const disk = memoryDisk()
  const index = openIndexer(disk, chain.store)
  const sent: number[][] = []
  const grow = (count: number) => {
    for (let i = 0; i < count; i++) {
      const height = chain.store.height + 1
      const txs = Array.from({ length: perBlock }, (_, at) => {
        const sender = random.below(20)
        sent.push([height, at, sender])
        return { tx: `${height}/${at}/${random.below(1e9)}`, events: sendEvents(sender, 99, height) }
      })
      const events = [{ type: 'mint', attributes: [attribute('amount', `${height % 7}`)] }]
      index.add(chain.produce(events, txs))
    }
  }
  grow(blocks)
  const bySender = (sender: number) =>
    sent.filter(
      ([height, , who]) => who === sender && height! <= chain.store.height && height! >= chain.store.base,
    )
  return { ...chain, disk, index, grow, sent, bySender }
}

const expectSenders = (index: Indexer, bySender: (sender: number) => number[][]) => {
  for (const sender of [0, 7, 19])
    expect(placesOf(index, `message.sender='account-${sender}'`)).toEqual(
      bySender(sender).map(([height, at]) => [height, at]),
    )
}

describe('an index of several segments', () => {
  test('finds every transaction of a sender, in it and after it was opened again', () => {
    const { index, disk, store, bySender } = grown(40, 140)
    expectSenders(index, bySender)
    expectSenders(openIndexer(disk, store), bySender)
    expect(heightsOf(index, "mint.amount='3'")).toEqual([3, 10, 17, 24, 31, 38])
  })

  test('forgets what a rollback takes back and goes on from there', () => {
    const { index, cut, bySender, sent, grow, store, disk } = grown(40, 140)
    for (const height of [39, 20, 3]) {
      cut(height)
      index.rollback(height)
      sent.splice(0, sent.length, ...sent.filter(([at]) => at! <= height))
      expectSenders(index, bySender)
      grow(2)
      expectSenders(index, bySender)
      expectSenders(openIndexer(disk, store), bySender)
    }
    expect(index.searchTxs('tx.height>5', all).total).toBe(0)
  })

  test('a transaction that a rollback took back is not found by its hash', () => {
    const { index, store, cut } = grown(3, 2)
    const [first, last] = [1, 3].map((height) => sha256(store.block(height)!.block.data!.txs[1]!))
    expect(index.tx(last!)?.height).toBe(3)
    cut(2)
    index.rollback(2)
    expect(index.tx(last!)).toBeUndefined()
    expect(index.tx(first!)).toMatchObject({ height: 1, index: 1 })
  })

  test('forgets pruned blocks', () => {
    const { index, prune, bySender, store, disk } = grown(40, 140)
    const hash = sha256(store.block(10)!.block.data!.txs[0]!)
    index.prune(30)
    prune(30)
    expectSenders(index, bySender)
    expect(index.tx(hash)).toBeUndefined()
    expectSenders(openIndexer(disk, store), bySender)
  })

  test('a block that comes again replaces the one of its height', () => {
    const { index, cut, produce } = grown(5, 3)
    cut(4)
    index.add(produce([], [{ tx: 'other', events: sendEvents(55, 1, 1) }]))
    expect(placesOf(index, "message.sender='account-55'")).toEqual([[5, 0]])
    expect(index.searchTxs('tx.height=5', all).total).toBe(1)
  })
})

describe('pages', () => {
  const { index } = grown(4, 10)
  const page = (options: { page?: number; orderBy?: string; perPage?: number }) =>
    index.searchTxs('tx.height>0', { perPage: 15, ...options })

  test('are cut in ascending or descending order, with the total of all', () => {
    expect(page({}).total).toBe(40)
    expect(page({ page: 3 }).txs).toHaveLength(10)
    expect(page({ page: 3 }).txs.at(-1)).toMatchObject({ height: 4, index: 9 })
    expect(page({ page: 1, orderBy: 'desc', perPage: 1 }).txs[0]).toMatchObject({ height: 4, index: 9 })
    expect(page({ page: 3, orderBy: 'desc' }).txs.at(-1)).toMatchObject({ height: 1, index: 0 })
  })

  test('beyond the last one, before the first one and in no order are refused', () => {
    expect(() => page({ page: 4 })).toThrow('page should be within [1, 3] range, given 4')
    expect(() => page({ page: 0 })).toThrow('page should be within [1, 3] range, given 0')
    expect(() => page({ orderBy: 'up' })).toThrow('expected order_by to be either `asc` or `desc` or empty')
  })
})

test('an equality over 10,000 blocks is answered in milliseconds', () => {
  const { store, produce } = storeOf()
  const index = openIndexer(memoryDisk(), store)
  for (let height = 1; height <= 10_000; height++) {
    const events = sendEvents(height % 5, 6, 7).slice(0, 8)
    index.add(produce([...events, { type: 'rare', attributes: [attribute('n', `${height % 5000}`)] }], []))
  }
  index.searchBlocks("rare.n='77'", all)
  const start = performance.now()
  expect(heightsOf(index, "rare.n='77' AND rare.n EXISTS")).toEqual([77, 5077])
  expect(heightsOf(index, "rare.n='1234'")).toEqual([1234, 6234])
  expect(performance.now() - start).toBeLessThan(100)
})
