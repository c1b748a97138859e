// Random histories: whatever happens to a multistore, it has the roots and the entries of a naive one.
import { describe, expect, test } from '@jest/globals'
import { compareBytes, equalBytes, toHex } from '../../../chain/bytes.ts'
import type { Disk, Entry, ReadKv } from '../../../chain/store/kv.ts'
import { memoryDisk } from '../../../chain/store/memory.ts'
import { type MultiStore, openMultiStore } from '../../../chain/store/multistore.ts'
import type { Pruning } from '../../../chain/store/pruning.ts'
import { type Random, randomFrom } from '../../random.ts'
import { NaiveTree } from './naive.ts'

const STORES = ['a', 'bank', 'zz']

type World = {
  random: Random
  disk: Disk | undefined
  stores: MultiStore
  models: Map<string, NaiveTree>
  keys: Uint8Array[]
  open: () => MultiStore
}

type Setting = {
  disk: boolean
  pruning?: Pruning
  cacheBytes?: number
  initialVersion?: number
}

const world = (seed: string, { disk: hasDisk, ...options }: Setting): World => {
  const random = randomFrom(seed)
  const disk = hasDisk ? memoryDisk() : undefined
  const open = () => openMultiStore({ stores: STORES, disk, ...options })
  const keys = Array.from({ length: 60 }, () =>
    random.bytes(1 + random.below(random.below(20) === 0 ? 300 : 9)),
  )
  const models = new Map(STORES.map((name) => [name, new NaiveTree(options.initialVersion)]))
  return { random, disk, stores: open(), models, keys, open }
}

const VALUE_LENGTHS = [0, 1, 8, 30, 55, 56, 70, 119, 120, 247, 248, 500, 3000]

const write = ({ random, stores, models, keys }: World) => {
  const name = random.pick(STORES)
  const key = random.pick(keys)
  if (random.below(3) > 0) {
    const value = random.bytes(random.pick(VALUE_LENGTHS))
    stores.store(name).set(key, value)
    models.get(name)!.set(key, value)
  } else {
    stores.store(name).delete(key)
    models.get(name)!.delete(key)
  }
}

const text = (entries: Iterable<Entry>) =>
  Array.from(entries, ([key, value]) => `${toHex(key)}=${value.length}:${toHex(value.subarray(0, 8))}`).join()

/** One comparison for everything: `expect` is slow. */
const expectReads = (random: Random, kv: ReadKv, entries: [Uint8Array, Uint8Array][], keys: Uint8Array[]) => {
  const key = random.pick(keys)
  const value = entries.find(([k]) => equalBytes(k, key))?.[1]
  const [start, end] = [0, 1].map(() => (random.below(4) === 0 ? undefined : random.pick(keys)))
  const range = entries.filter(
    ([k]) => (!start || compareBytes(k, start) >= 0) && (!end || compareBytes(k, end) < 0),
  )
  const got = [kv.get(key), kv.has(key), text(kv.iterate(start, end)), text(kv.iterate(start, end, true))]
  expect(got.join(';')).toBe([value, value !== undefined, text(range), text(range.reverse())].join(';'))
}

const expectVersion = ({ random, stores, models, keys }: World, version: number) => {
  const at = stores.at(version)!
  const info = stores.commitInfo(version)!
  const name = random.pick(STORES)
  const root = info.storeInfos.find((store) => store.name === name)!.commitId!.hash
  expect(toHex(root)).toBe(toHex(models.get(name)!.hash(version)))
  expectReads(random, at.store(name), models.get(name)!.entries(version), keys)
}

const step = (w: World) => {
  const { random, models } = w
  const what = random.below(100)
  if (what < 60) for (let i = random.below(12); i >= 0; i--) write(w)
  else if (what < 85) {
    if (random.below(2) === 0) w.stores.workingHash()
    w.stores.commit()
    for (const model of models.values()) model.commit()
  } else if (what < 92 && w.disk) {
    w.stores = w.open()
    for (const model of models.values()) model.rollback(w.stores.version)
  } else if (w.stores.version > 0) {
    const { earliestVersion, version } = w.stores
    const target = earliestVersion + random.below(version - earliestVersion + 1)
    w.stores.rollback(target)
    for (const model of models.values()) model.rollback(target)
  }
}

const run = (seed: string, setting: Setting, steps: number) => {
  const w = world(seed, setting)
  for (let i = 0; i < steps; i++) {
    step(w)
    const name = w.random.pick(STORES)
    expectReads(w.random, w.stores.store(name), w.models.get(name)!.entries(), w.keys)
    const { version, earliestVersion } = w.stores
    if (version > 0) expectVersion(w, earliestVersion + w.random.below(version - earliestVersion + 1))
    expect(w.stores.at(earliestVersion - 1) ?? w.stores.at(version + 1)).toBeUndefined()
  }
  return w
}

const everything = { keepRecent: 2, interval: 10 }
const SETTINGS: [string, Setting][] = [
  ['in memory', { disk: false }],
  ['in memory, pruned', { disk: false, pruning: everything }],
  ['on disk', { disk: true }],
  ['on disk, pruned', { disk: true, pruning: everything }],
  ['on disk, pruned often', { disk: true, pruning: { keepRecent: 1, interval: 1 } }],
  ['on disk with hardly a cache', { disk: true, pruning: { keepRecent: 5, interval: 3 }, cacheBytes: 4096 }],
  ['on disk from version 1000', { disk: true, initialVersion: 1000, pruning: everything }],
]

describe.each(SETTINGS)('%s', (_, setting) => {
  test.each(['one', 'two', 'three'])('seed %s', (seed) => {
    run(seed, setting, 150)
  })
})

test('a commit of more nodes than are hashed at a time', () => {
  const { random, stores, models, disk } = world('large', { disk: true })
  const [kv, model] = [stores.store('a'), models.get('a')!]
  const keys = Array.from({ length: 17_000 }, () => random.bytes(4 + random.below(40)))
  for (let round = 0; round < 2; round++) {
    for (const key of keys) {
      if (round === 1 && random.below(3) === 0) continue
      const value = random.bytes(random.below(70))
      kv.set(key, value)
      model.set(key, value)
    }
    stores.workingHash()
    kv.set(keys[round]!, Uint8Array.of(round))
    model.set(keys[round]!, Uint8Array.of(round))
    stores.commit()
    model.commit()
    expect(toHex(stores.commitInfo(round + 1)!.storeInfos[0]!.commitId!.hash)).toBe(toHex(model.hash()))
  }
  const again = openMultiStore({ disk, stores: STORES })
  expect(text(again.store('a').iterate())).toBe(text(model.entries()))
})
