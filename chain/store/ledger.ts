// The records of a multistore that belong to no single tree, under the keys of the SDK
// (store/rootmulti/store.go): which version is the latest, and what each commit said about its stores.
// `s/earliest` is our own; the Go side ignores it.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { Int64ValueSchema } from '@bufbuild/protobuf/wkt'
import type { CommitInfo } from '../../proto/gen/cosmos/store/v1beta1/commit_info_pb.ts'
import { type Bytes, utf8 } from '../bytes.ts'
import { decodeCommitInfo, encodeCommitInfo } from './commit-info.ts'
import type { WriteBatch } from './iavl/batch.ts'
import { NodeRecords } from './iavl/records.ts'
import type { Disk } from './kv.ts'

const LATEST = utf8('s/latest')
const EARLIEST = utf8('s/earliest')

const infoKey = (version: number): Bytes => utf8(`s/${version}`)

const readNumber = (disk: Disk, key: Bytes): number | undefined => {
  const bytes = disk.get(key)
  return bytes && Number(fromBinary(Int64ValueSchema, bytes).value)
}

const encodeNumber = (value: number): Bytes =>
  toBinary(Int64ValueSchema, create(Int64ValueSchema, { value: BigInt(value) }))

/** The latest committed version; 0 on a disk without commits. */
export const latestVersion = (disk: Disk): number => readNumber(disk, LATEST) ?? 0

export const commitInfoAt = (disk: Disk, version: number): CommitInfo | undefined => {
  const bytes = disk.get(infoKey(version))
  return bytes && decodeCommitInfo(bytes)
}

export const putCommit = (batch: WriteBatch, version: number, info: CommitInfo): void => {
  batch.put(infoKey(version), encodeCommitInfo(info))
  batch.put(LATEST, encodeNumber(version))
}

/** Makes `to` the latest version after `from` was. */
export const undoCommits = (batch: WriteBatch, from: number, to: number): void => {
  for (let version = from; version > to; version--) batch.delete(infoKey(version))
  if (to === 0) batch.delete(LATEST)
  else batch.put(LATEST, encodeNumber(to))
}

export const putEarliest = (batch: WriteBatch, version: number): void =>
  batch.put(EARLIEST, encodeNumber(version))

/** Whether every store of a commit still has its root. */
const isComplete = (disk: Disk, version: number): boolean => {
  const stores = commitInfoAt(disk, version)?.storeInfos
  return stores?.every(({ name }) => new NodeRecords(disk, name).root(version) !== undefined) ?? false
}

/**
 * The oldest version that can be read. Who never pruned did not write it down, and a Go node never does; then
 * it is searched for, since deleted versions are always the oldest ones.
 */
export const earliestVersion = (disk: Disk, latest: number): number => {
  const noted = readNumber(disk, EARLIEST)
  if (noted !== undefined && noted <= latest && isComplete(disk, noted)) return noted
  let low = 0
  let high = latest
  while (low + 1 < high) {
    const middle = Math.floor((low + high) / 2)
    if (isComplete(disk, middle)) high = middle
    else low = middle
  }
  return high
}

/** Names of the stores of the latest commit, sorted by bytes; none on a disk without commits. */
export const storedNames = (disk: Disk): string[] =>
  commitInfoAt(disk, latestVersion(disk))?.storeInfos.map(({ name }) => name) ?? []
