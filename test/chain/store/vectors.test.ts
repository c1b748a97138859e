// Trees, commits and proofs made with the Go libraries (iavl, store, ics23): ours are the same bytes.
import { describe, expect, test } from '@jest/globals'
import { fromHex, toHex, utf8 } from '../../../chain/bytes.ts'
import {
  appHashOf,
  commitInfoOf,
  decodeCommitInfo,
  encodeCommitInfo,
  storeRootsOf,
} from '../../../chain/store/commit-info.ts'
import { memoryDisk } from '../../../chain/store/memory.ts'
import { type MultiStore, openMultiStore } from '../../../chain/store/multistore.ts'
import { vectorJson } from '../../vectors.ts'

type Op = { set: string; value: string } | { del: string }
type Version = { hash: string; ops: Op[]; version: number; height?: number; size?: number }
type Commit = {
  commit_hash: string
  commit_info_proto: string
  stores: { name: string; hash: string }[]
  version: number
  working_hash: string
}
type Vectors = {
  iavl_small: Version[]
  iavl_random: Version[]
  iavl_initial_version_10: { hash: string; version: number }
  rootmulti: [unknown, ...Commit[]]
}

const vectors = vectorJson<Vectors>('hashing/state.json')

const apply = (stores: MultiStore, ops: Op[]) => {
  for (const op of ops)
    if ('set' in op) stores.store('s').set(utf8(op.set), utf8(op.value))
    else stores.store('s').delete(utf8(op.del))
}

const rootOf = (stores: MultiStore, version: number) =>
  toHex(stores.commitInfo(version)!.storeInfos[0]!.commitId!.hash)

describe.each([
  ['in memory', () => undefined],
  ['on disk', memoryDisk],
])('trees %s have the roots of Go', (_, disk) => {
  test.each(['iavl_small', 'iavl_random'] as const)('%s', (name) => {
    const stores = openMultiStore({ stores: ['s'], disk: disk() })
    for (const { ops, hash, version } of vectors[name]) {
      apply(stores, ops)
      stores.commit()
      expect([stores.version, rootOf(stores, version)]).toEqual([version, hash])
    }
    for (const { hash, version } of vectors[name]) expect(rootOf(stores, version)).toBe(hash)
  })

  test('the first version is the initial version', () => {
    const stores = openMultiStore({ stores: ['s'], initialVersion: 10, disk: disk() })
    stores.store('s').set(utf8('k'), utf8('v'))
    stores.commit()
    expect([stores.version, rootOf(stores, 10)]).toEqual([10, vectors.iavl_initial_version_10.hash])
  })
})

describe('commits', () => {
  const commits = vectors.rootmulti.slice(1) as Commit[]

  test.each(commits)('app hash and commit info of version $version', (commit) => {
    const info = decodeCommitInfo(fromHex(commit.commit_info_proto))
    expect(toHex(appHashOf(storeRootsOf(info)))).toBe(commit.commit_hash)
    const stores = commit.stores.map(({ name, hash }) => ({ name, root: fromHex(hash) }))
    expect(toHex(encodeCommitInfo(commitInfoOf(commit.version, stores)))).toBe(commit.commit_info_proto)
  })

  test('the app hash before any commit is the hash of nothing', () => {
    const { appHash } = openMultiStore({ stores: ['a'] })
    expect(toHex(appHash)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })
})
