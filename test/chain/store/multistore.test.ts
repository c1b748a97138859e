// What a multistore promises beyond its roots: whole commits on disk, pruning without leaks, pins, upgrades,
// clear errors.
import { describe, expect, test } from '@jest/globals'
import { toHex, utf8 } from '../../../chain/bytes.ts'
import type { Tree } from '../../../chain/store/iavl/tree.ts'
import { storedNames } from '../../../chain/store/ledger.ts'
import { memoryDisk } from '../../../chain/store/memory.ts'
import { type MultiStore, type MultiStoreOptions, openMultiStore } from '../../../chain/store/multistore.ts'
import { randomFrom } from '../../random.ts'
import { recordsDisk } from './recorded.ts'

const put = (stores: MultiStore, store: string, key: string, value: string) =>
  stores.store(store).set(utf8(key), utf8(value))
const read = (stores: MultiStore, store: string, key: string, version?: number) => {
  const kv = version === undefined ? stores.store(store) : stores.at(version)!.store(store)
  const value = kv.get(utf8(key))
  return value && Buffer.from(value).toString()
}

/** Some blocks of random writes to store `s`. */
const busy = (stores: MultiStore, blocks: number, seed: string) => {
  const random = randomFrom(seed)
  for (let block = 0; block < blocks; block++) {
    for (let i = 0; i < 10; i++) {
      const key = random.bytes(1)
      if (random.below(3) === 0) stores.store('s').delete(key)
      else stores.store('s').set(key, random.bytes(5))
    }
    stores.commit()
  }
}

describe('a commit that is lost', () => {
  test('leaves the version before it, whole', () => {
    const records = new Map<string, Uint8Array>()
    const disk = recordsDisk(records)
    const stores = openMultiStore({ disk, stores: ['s', 't'] })
    busy(stores, 5, 'lost')
    const { appHash } = stores
    const entries = [...stores.store('s').iterate()]
    const kept = new Map(records)
    put(stores, 's', 'new', 'value')
    stores.commit()
    const again = openMultiStore({ disk: recordsDisk(kept), stores: ['s', 't'] })
    expect([again.version, toHex(again.appHash)]).toEqual([5, toHex(appHash)])
    expect([...again.store('s').iterate()]).toEqual(entries)
    put(again, 's', 'new', 'value')
    expect(again.commit()).toEqual(stores.appHash)
  })

  test('a commit is one write to disk', () => {
    const disk = recordsDisk(new Map())
    let writes = 0
    const counting = {
      ...disk,
      write: (batch: Parameters<typeof disk.write>[0]) => {
        writes++
        disk.write(batch)
      },
    }
    const stores = openMultiStore({
      disk: counting,
      stores: ['s', 't'],
      pruning: { keepRecent: 2, interval: 3 },
    })
    busy(stores, 12, 'one write')
    expect(writes).toBe(12)
  })

  test('a damaged disk is not opened', () => {
    const records = new Map<string, Uint8Array>()
    const stores = openMultiStore({ disk: recordsDisk(records), stores: ['s'] })
    put(stores, 's', 'a', '1')
    put(stores, 's', 'b', '2')
    stores.commit()
    const root = [...records.keys()].find((key) => key.endsWith('\0\0\0\x01'))!
    records.get(root)![8]! ^= 1
    expect(() => openMultiStore({ disk: recordsDisk(records), stores: ['s'] })).toThrow(/root of store s/)
    records.delete('s/1')
    expect(() => openMultiStore({ disk: recordsDisk(records), stores: ['s'] })).toThrow(
      /commit info of version 1/,
    )
  })
})

describe('pruning', () => {
  /** Names of the nodes under the roots of the kept versions, from the records alone. */
  const reachable = (records: Map<string, Uint8Array>, stores: MultiStore) => {
    const prefix = 's/k:s/s'
    const keyOf = (version: number, nonce: number) => {
      const name = Buffer.alloc(12)
      name.writeBigUInt64BE(BigInt(version))
      name.writeUInt32BE(nonce, 8)
      return prefix + name.toString('latin1')
    }
    const found = new Set<string>()
    const visit = (key: string) => {
      const reformatted = `${key.slice(0, -1)}\0`
      const actual = records.has(key) ? key : reformatted
      if (found.has(actual)) return
      found.add(actual)
      const record = Buffer.from(records.get(actual)!)
      if (record[0] === 0x73) return visit(prefix + record.subarray(1).toString('latin1'))
      if (record.length === 0 || record[0] === 0) return
      let at = 0
      const number = () => {
        let value = 0
        for (let scale = 1; ; scale *= 128) {
          const byte = record[at++]!
          value += (byte & 127) * scale
          if (byte < 128) return value
        }
      }
      number()
      number()
      const keyLength = number()
      at += keyLength + 34
      for (let child = 0; child < 2; child++) visit(keyOf(number() / 2, number() / 2))
    }
    for (let v = stores.earliestVersion; v <= stores.version; v++) visit(keyOf(v, 1))
    return found
  }

  test.each([
    { keepRecent: 2, interval: 10 },
    { keepRecent: 0, interval: 1 },
    { keepRecent: 7, interval: 4 },
  ])('leaves exactly the nodes of the kept versions on disk: $keepRecent/$interval', (pruning) => {
    const records = new Map<string, Uint8Array>()
    let stores = openMultiStore({ disk: recordsDisk(records), stores: ['s'], pruning })
    for (let round = 0; round < 6; round++) {
      busy(stores, 9, `prune ${round}`)
      const kept = [...records.keys()].filter((key) => key.startsWith('s/k:s/s')).sort()
      expect(kept).toEqual([...reachable(records, stores)].sort())
      if (round === 2) stores.rollback(stores.earliestVersion)
      if (round % 2 === 1) stores = openMultiStore({ disk: recordsDisk(records), stores: ['s'], pruning })
    }
  })

  test('of a database that did not note what its versions replaced', () => {
    const records = new Map<string, Uint8Array>()
    busy(openMultiStore({ disk: recordsDisk(records), stores: ['s'] }), 30, 'unnoted')
    expect([...records.keys()].some((key) => key.startsWith('s/k:s/d'))).toBe(false)
    const stores = openMultiStore({
      disk: recordsDisk(records),
      stores: ['s'],
      pruning: { keepRecent: 3, interval: 5 },
    })
    busy(stores, 20, 'noted')
    const kept = [...records.keys()].filter((key) => key.startsWith('s/k:s/s')).sort()
    expect(kept).toEqual([...reachable(records, stores)].sort())
  })

  test('does not believe a note about another version of the same number', () => {
    const pruning = { keepRecent: 3, interval: 5 }
    const [records, others] = [new Map<string, Uint8Array>(), new Map<string, Uint8Array>()]
    const stores = openMultiStore({ disk: recordsDisk(records), stores: ['s'], pruning })
    busy(stores, 4, 'this')
    busy(openMultiStore({ disk: recordsDisk(others), stores: ['s'], pruning }), 4, 'other')
    for (const [key, note] of others) if (key.startsWith('s/k:s/d')) records.set(key, note)
    busy(stores, 20, 'on')
    const kept = [...records.keys()].filter((key) => key.startsWith('s/k:s/s')).sort()
    expect(kept).toEqual([...reachable(records, stores)].sort())
  })

  test('in memory frees the nodes of pruned versions', () => {
    const stores = openMultiStore({ stores: ['s'], pruning: { keepRecent: 2, interval: 10 } })
    const { nodes } = stores.store('s') as Tree
    busy(stores, 300, 'memory')
    const [count, bytes] = [nodes.count, nodes.heap.used]
    busy(stores, 3000, 'more memory')
    expect(nodes.count).toBeLessThan(2 * count)
    expect(nodes.heap.used).toBeLessThan(2 * bytes)
  })

  test('waits for pinned versions', () => {
    const stores = openMultiStore({ stores: ['s'], pruning: { keepRecent: 2, interval: 10 } })
    busy(stores, 5, 'a')
    stores.pin(5)
    stores.pin(5)
    busy(stores, 30, 'b')
    expect(stores.earliestVersion).toBe(5)
    stores.unpin(5)
    busy(stores, 10, 'c')
    expect(stores.earliestVersion).toBe(5)
    stores.unpin(5)
    busy(stores, 10, 'd')
    expect(stores.earliestVersion).toBe(48)
  })
})

test('reads of old versions on disk leave little in memory', () => {
  const stores = openMultiStore({ disk: memoryDisk(), stores: ['s'] })
  const random = randomFrom('old versions')
  const keys = Array.from({ length: 15_000 }, () => random.bytes(8))
  for (let round = 0; round < 2; round++) {
    for (const key of keys) stores.store('s').set(key, Uint8Array.of(round))
    stores.commit()
  }
  const { nodes } = stores.store('s') as Tree
  const before = nodes.count
  for (let round = 0; round < 2; round++) {
    const values = Array.from(stores.at(1)!.store('s').iterate(), ([, value]) => value[0])
    expect(values.filter((value) => value === 0)).toHaveLength(15_000)
    expect(nodes.count).toBeLessThan(before + 17_000)
  }
  expect(stores.store('s').get(keys[0]!)).toEqual(Uint8Array.of(1))
})

describe('stores besides trees', () => {
  test('transient ones are emptied by a commit, memory ones are not, and neither is hashed', () => {
    const stores = openMultiStore({ stores: ['s'], transient: ['t'], memory: ['m'] })
    const plain = openMultiStore({ stores: ['s'] })
    for (const name of ['s', 't', 'm']) put(stores, name, 'k', 'v')
    put(plain, 's', 'k', 'v')
    expect(read(stores, 't', 'k')).toBe('v')
    expect(stores.commit()).toEqual(plain.commit())
    expect(['s', 't', 'm'].map((name) => read(stores, name, 'k'))).toEqual(['v', undefined, 'v'])
    expect(stores.names).toEqual(['s'])
    stores.commit()
    put(stores, 'm', 'k', 'w')
    stores.commit()
    stores.rollback(2)
    expect(read(stores, 'm', 'k')).toBe('v')
  })
})

describe('upgrades', () => {
  const open = (options: Partial<MultiStoreOptions> = {}) =>
    openMultiStore({ stores: ['a', 'b'], ...options })

  test.each([
    ['in memory', () => undefined],
    ['on disk', memoryDisk],
  ])('%s: stores come, go and change their names; queries and rollbacks go behind that', (_, makeDisk) => {
    const disk = makeDisk()
    const stores = open({ disk })
    put(stores, 'a', 'k', '1')
    put(stores, 'b', 'k', '2')
    stores.commit()
    const before = stores.commit()
    stores.addStores(['c'])
    stores.removeStores(['a'])
    stores.renameStores([{ from: 'b', to: 'd' }])
    put(stores, 'c', 'k', '3')
    const working = stores.workingHash()
    expect(stores.commit()).toEqual(working)
    expect(stores.names).toEqual(['c', 'd'])
    expect(stores.commitInfo(3)!.storeInfos.map(({ name }) => name)).toEqual(['c', 'd'])
    expect([read(stores, 'c', 'k'), read(stores, 'd', 'k'), read(stores, 'b', 'k', 2)]).toEqual([
      '3',
      '2',
      '2',
    ])
    expect(() => stores.at(2)!.store('c')).toThrow(/no store c at version 2/)
    expect(stores.prove('b', utf8('k'), 3)).toBeUndefined()
    expect(stores.prove('b', utf8('k'), 2)).toHaveLength(2)
    stores.rollback(2)
    expect(stores.names).toEqual(['a', 'b'])
    expect(stores.appHash).toEqual(before)
    expect([read(stores, 'a', 'k'), read(stores, 'b', 'k')]).toEqual(['1', '2'])
    stores.addStores(['c'])
    expect(read(stores, 'c', 'k')).toBeUndefined()
    stores.commit()
    expect(stores.names).toEqual(['a', 'b', 'c'])
    if (disk) expect(openMultiStore({ disk, stores: storedNames(disk) }).appHash).toEqual(stores.appHash)
  })

  test('an added store begins with the version of the upgrade, as in a chain that never had another', () => {
    const stores = open()
    for (let i = 0; i < 9; i++) stores.commit()
    stores.addStores(['c'])
    put(stores, 'c', 'k', 'v')
    stores.commit()
    const fresh = openMultiStore({ stores: ['c'], initialVersion: 10 })
    put(fresh, 'c', 'k', 'v')
    fresh.commit()
    const rootOf = (of: MultiStore) =>
      of.commitInfo(10)!.storeInfos.find(({ name }) => name === 'c')!.commitId!.hash
    expect(rootOf(stores)).toEqual(rootOf(fresh))
  })

  test('a removed store leaves the disk when its last version is pruned', () => {
    const records = new Map<string, Uint8Array>()
    const stores = open({ disk: recordsDisk(records), pruning: { keepRecent: 2, interval: 10 } })
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < 20; j++) put(stores, 'a', `k${i * j}`, `${i}`)
      stores.commit()
    }
    stores.removeStores(['a'])
    for (let i = 0; i < 20; i++) stores.commit()
    expect([...records.keys()].filter((key) => key.startsWith('s/k:a/'))).toEqual([])
  })

  test('reopening says which stores do not fit', () => {
    const disk = memoryDisk()
    open({ disk }).commit()
    expect(storedNames(disk)).toEqual(['a', 'b'])
    expect(() => openMultiStore({ disk, stores: ['a', 'b', 'c'] })).toThrow(/store c is not in version 1/)
    expect(() => openMultiStore({ disk, stores: ['a'] })).toThrow(/store b of version 1 is not mounted/)
  })

  test('rolling back on disk behind an upgrade that another process made mounts the old stores again', () => {
    const disk = memoryDisk()
    const stores = open({ disk })
    put(stores, 'a', 'k', '1')
    stores.commit()
    stores.removeStores(['a'])
    stores.addStores(['c'])
    stores.commit()
    const again = openMultiStore({ disk, stores: storedNames(disk) })
    again.rollback(1)
    expect(again.names).toEqual(['a', 'b'])
    expect(read(again, 'a', 'k')).toBe('1')
  })
})

describe('rolling back', () => {
  test.each([
    ['in memory', () => undefined],
    ['on disk', memoryDisk],
  ])('%s to 0 is the state before the first commit', (_, makeDisk) => {
    const disk = makeDisk()
    const stores = openMultiStore({ stores: ['s'], initialVersion: 7, disk })
    busy(stores, 4, 'zero')
    const { appHash } = stores
    stores.rollback(0)
    expect([stores.version, stores.earliestVersion, [...stores.store('s').iterate()]]).toEqual([0, 0, []])
    expect(stores.at(7)).toBeUndefined()
    busy(stores, 4, 'zero')
    expect([stores.version, stores.appHash]).toEqual([10, appHash])
    if (disk) expect(openMultiStore({ stores: ['s'], disk }).appHash).toEqual(appHash)
  })

  test('to a version that is pruned or not there is an error that says what is kept', () => {
    const stores = openMultiStore({ stores: ['s'], pruning: { keepRecent: 2, interval: 10 } })
    busy(stores, 20, 'pruned')
    for (const version of [0, 16, 21]) expect(() => stores.rollback(version)).toThrow(/18 to 20 are kept/)
  })
})

test('names that are not mounted and keys that are empty or too long are errors', () => {
  const stores = openMultiStore({ stores: ['s'] })
  expect(() => stores.store('x')).toThrow(/no store x/)
  expect(() => openMultiStore({ stores: ['s', 's'] })).toThrow(/mounted already/)
  expect(() => stores.store('s').set(new Uint8Array(0), utf8('v'))).toThrow(/empty/)
  expect(() => stores.store('s').set(new Uint8Array(131_072), utf8('v'))).toThrow(/too long/)
})
