// The recorded database of a Go chain opens as one of ours: every node hashes to its recorded hash, every
// root to the recorded commit info, and the chain goes on from there.
import { createHash } from 'node:crypto'
import { beforeAll, expect, test } from '@jest/globals'
import { toHex, utf8 } from '../../../chain/bytes.ts'
import { storedNames } from '../../../chain/store/ledger.ts'
import { openMultiStore } from '../../../chain/store/multistore.ts'
import {
  decodeProof,
  IavlSpec,
  TendermintSpec,
  verifyMembership,
  verifyNonMembership,
} from '../../../chain/store/proof.ts'
import { type RecordedCommit, recordedCommits, recordedDatabase, recordsDisk } from './recorded.ts'

let records: Map<string, Uint8Array>
let commits: RecordedCommit[]
beforeAll(() => {
  records = recordedDatabase()
  commits = recordedCommits()
})

const open = (pruning = { keepRecent: 0, interval: 0 }) => {
  const disk = recordsDisk(new Map(records))
  return { disk, stores: openMultiStore({ disk, stores: storedNames(disk), pruning }) }
}

const sha = (...parts: Uint8Array[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

const uvarint = (value: number): Buffer => {
  const bytes: number[] = []
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128)
  return Buffer.from([...bytes, value])
}
const prefixed = (bytes: Uint8Array) => Buffer.concat([uvarint(bytes.length), bytes])

type RecordedNode = { head: Uint8Array; hash: Buffer | undefined; children: string[] }

/** An own reading of the format, apart from the code under test. The hash of a leaf is computed. */
const parse = (version: number, record: Uint8Array): RecordedNode => {
  let at = 0
  const number = () => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = record[at++]!
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  const string = () => {
    const length = number()
    at += length
    return record.subarray(at - length, at)
  }
  number()
  number()
  const head = Buffer.concat([record.subarray(0, at), uvarint(2 * version)])
  const key = string()
  if (head[0] === 0) return { head, hash: sha(head, prefixed(key), prefixed(sha(string()))), children: [] }
  const hash = Buffer.from(string())
  expect(number()).toBe(0)
  return { head, hash, children: [0, 1].map(() => `${number() / 2}/${number() / 2}`) }
}

const parseStore = (store: string): Map<string, RecordedNode> => {
  const prefix = `s/k:${store}/s`
  const nodes = new Map<string, RecordedNode>()
  for (const [key, record] of records) {
    if (!key.startsWith(prefix) || record.length === 0 || record[0] === 0x73) continue
    const name = Buffer.from(key.slice(prefix.length), 'latin1')
    const version = Number(name.readBigUInt64BE(0))
    nodes.set(`${version}/${name.readUInt32BE(8)}`, parse(version, record))
  }
  return nodes
}

test('every node of every version hashes to its recorded hash', () => {
  let checked = 0
  const wrong: string[] = []
  for (const { name: store } of commits.at(-1)!.stores) {
    const nodes = parseStore(store)
    for (const [name, { head, hash, children }] of nodes) {
      if (children.length === 0) continue
      const below = children.map((child) => prefixed(nodes.get(child)!.hash!))
      if (!sha(head, ...below).equals(hash!)) wrong.push(`${store} ${name}`)
      checked++
    }
  }
  expect(wrong).toEqual([])
  expect(checked).toBeGreaterThan(8000)
})

test('every store has its recorded root at every height, and the app hash is the recorded one', () => {
  const { stores } = open()
  expect(stores.version).toBe(492)
  const wrong: string[] = []
  for (const commit of commits) {
    const at = stores.at(commit.height)
    for (const { name, hash } of commit.stores) {
      const kv = at?.store(name) as unknown as { hash(): Uint8Array } | undefined
      if (kv === undefined || toHex(kv.hash()) !== hash) wrong.push(`${name} ${commit.height}`)
    }
    const info = stores.commitInfo(commit.height)!
    expect(info.storeInfos.map(({ name, commitId }) => `${name} ${toHex(commitId!.hash)}`)).toEqual(
      commit.stores.map(({ name, hash }) => `${name} ${hash}`),
    )
  }
  expect(wrong).toEqual([])
  expect(toHex(stores.appHash)).toBe(commits.at(-1)!.app_hash)
})

test('the same entries are read as Go keeps them in its index of latest values', () => {
  const { stores } = open()
  for (const name of stores.names) {
    const prefix = `s/k:${name}/f`
    const wanted = [...records].filter(([key]) => key.startsWith(prefix))
    const found = [...stores.store(name).iterate()]
    expect(found.map(([key]) => Buffer.from(key).toString('latin1'))).toEqual(
      wanted.map(([key]) => key.slice(prefix.length)).sort(),
    )
    for (const [key, record] of wanted) {
      const value = stores.store(name).get(Buffer.from(key.slice(prefix.length), 'latin1'))!
      expect(toHex(record).endsWith(toHex(prefixed(value)))).toBe(true)
    }
  }
})

test('its keys are proven, and absent ones too', () => {
  const { stores } = open()
  const version = 300
  const appHash = Buffer.from(commits[version - 1]!.app_hash, 'hex')
  const bank = stores.at(version)!.store('bank')
  const root = stores.commitInfo(version)!.storeInfos.find(({ name }) => name === 'bank')!.commitId!.hash
  const entries = [...bank.iterate()]
  entries.forEach(([key, value], at) => {
    // ICS-23 cannot prove empty values, nor absence beside them; bank's index by denomination has such.
    const isProvable = value.length > 0
    const [iavl, simple] = stores.prove('bank', key, version)!.map(decodeProof)
    expect(verifyMembership(IavlSpec, root, iavl!, key, value)).toBe(isProvable)
    expect(verifyMembership(TendermintSpec, appHash, simple!, utf8('bank'), root)).toBe(true)
    const absent = Uint8Array.from([...key, 0])
    const [none] = stores.prove('bank', absent, version)!.map(decodeProof)
    const isNextProvable = entries[at + 1]?.[1].length !== 0
    expect(verifyNonMembership(IavlSpec, root, none!, absent)).toBe(isProvable && isNextProvable)
    expect(verifyNonMembership(IavlSpec, root, none!, key)).toBe(false)
  })
})

test('it goes on after a rollback, and its old versions can be pruned', () => {
  const { disk, stores } = open({ keepRecent: 2, interval: 10 })
  const bank = [...stores.store('bank').iterate()]
  stores.rollback(489)
  expect(toHex(stores.appHash)).toBe(commits[488]!.app_hash)
  for (let i = 0; i < 20; i++) {
    stores.store('bank').set(utf8(`extra${i}`), utf8('1'))
    stores.commit()
  }
  expect([stores.version, stores.earliestVersion]).toEqual([509, 498])
  const again = openMultiStore({ disk, stores: stores.names })
  expect([again.version, again.earliestVersion]).toEqual([509, 498])
  expect(again.appHash).toEqual(stores.appHash)
  expect(again.at(497)).toBeUndefined()
  for (const [key, value] of bank) expect(again.store('bank').has(key) || value.length === 0).toBe(true)
})
