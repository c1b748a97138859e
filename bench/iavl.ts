// Commits of 10,000 random updates to a tree of 1,000,000 keys that is kept on disk, in keys per second of
// CPU time of the whole process: hashing, encoding, the database's own threads. The peer's figure is that of
// cosmos/iavl with goleveldb on the same shape (docs: 1,700 on a two-core machine).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { sha256 } from '../chain/hash.ts'
import type { Disk, PackedWrites } from '../chain/store/kv.ts'
import { type MultiStore, openMultiStore } from '../chain/store/multistore.ts'

export type Figure = { name: string; value: number; unit: string; peer?: number; ratio?: number }

const KEYS = 1_000_000
const BATCH = 10_000
const COMMITS = 20
const PEER = 1_700

type Level = ClassicLevel<Uint8Array, Uint8Array>

/** Reads go to the database, writes wait for `flush`. */
const levelDisk = (db: Level) => {
  let waiting: PackedWrites[] = []
  const disk: Disk = {
    get: (key) => db.getSync(key),
    has: (key) => db.getSync(key) !== undefined,
    write: () => {
      throw new Error('commits are expected to be packed')
    },
    writePacked: (batch) => {
      waiting.push(batch)
    },
  }
  const flush = async () => {
    const batch = db.batch()
    for (const writes of waiting)
      for (let i = 0; i < writes.count; i++) {
        const value = writes.value(i)
        value === undefined ? batch.del(writes.key(i)) : batch.put(writes.key(i), value)
      }
    waiting = []
    await batch.write()
  }
  return { disk, flush }
}

/** 20-byte address keys behind a prefix and a denomination behind them, as balances have. */
const keyOf = (index: number): Uint8Array => {
  const key = new Uint8Array(27)
  key.set([2, 20])
  const seed = new Uint8Array(4)
  new DataView(seed.buffer).setUint32(0, index)
  key.set(sha256(seed).subarray(0, 20), 2)
  key.set([0x73, 0x74, 0x61, 0x6b, 0x65], 22)
  return key
}

const amountOf = (round: number, index: number): Uint8Array => {
  const value = new Uint8Array(16)
  const view = new DataView(value.buffer)
  view.setUint32(0, round)
  view.setUint32(4, index)
  return value
}

/** xorshift32 */
const numbers = (state: number) => () => {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return state >>> 0
}

/** Sorted, as a block's cache writes them. */
const draw = (next: () => number, keys: readonly Uint8Array[]): Uint8Array[] =>
  Array.from({ length: BATCH }, () => keys[next() % KEYS]!).sort(Buffer.compare)

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** As a genesis does it: one commit. */
const fill = async (stores: MultiStore, keys: readonly Uint8Array[], flush: () => Promise<void>) => {
  const kv = stores.store('bank')
  keys.forEach((key, i) => {
    kv.set(key, amountOf(0, i))
  })
  stores.commit()
  await flush()
}

const measureCommits = async (
  stores: MultiStore,
  keys: readonly Uint8Array[],
  flush: () => Promise<void>,
): Promise<number> => {
  const next = numbers(42)
  const rates: number[] = []
  for (let round = 1; round <= COMMITS; round++) {
    const chosen = draw(next, keys)
    const before = cpuSeconds()
    chosen.forEach((key, i) => {
      stores.store('bank').set(key, amountOf(round, i))
    })
    stores.commit()
    await flush()
    rates.push(BATCH / (cpuSeconds() - before))
  }
  return rates.sort((a, b) => a - b)[COMMITS >> 1]!
}

const measureReads = (stores: MultiStore, keys: readonly Uint8Array[]): number => {
  const next = numbers(7)
  const before = cpuSeconds()
  let found = 0
  for (let i = 0; i < 200_000; i++) if (stores.store('bank').get(keys[next() % KEYS]!)) found++
  if (found !== 200_000) throw new Error(`only ${found} of 200000 keys were found`)
  return 200_000 / (cpuSeconds() - before)
}

export const run = async (): Promise<Figure[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'tendril-bench-'))
  const db: Level = new ClassicLevel(folder, {
    keyEncoding: 'view',
    valueEncoding: 'view',
    compression: false,
    cacheSize: 64 * 1024 * 1024,
    writeBufferSize: 16 * 1024 * 1024,
  })
  try {
    await db.open()
    const { disk, flush } = levelDisk(db)
    const keys = Array.from({ length: KEYS }, (_, i) => keyOf(i)).sort(Buffer.compare)
    const stores = openMultiStore({ disk, stores: ['bank'] })
    await fill(stores, keys, flush)
    const rate = await measureCommits(stores, keys, flush)
    const reads = measureReads(stores, keys)
    return [
      {
        name: 'iavl: keys committed to disk',
        value: rate,
        unit: 'keys/CPU-s',
        peer: PEER,
        ratio: rate / PEER,
      },
      { name: 'iavl: point reads', value: reads, unit: 'reads/CPU-s' },
    ]
  } finally {
    await db.close()
    rmSync(folder, { recursive: true })
  }
}
