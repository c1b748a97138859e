// The multistore: one IAVL tree a module, committed together, and one hash over all of them: the app hash.
import type { CommitInfo } from '../../proto/gen/cosmos/store/v1beta1/commit_info_pb.ts'
import type { Bytes } from '../bytes.ts'
import type { Disk, Kv, ReadKv } from './kv.ts'

/** Which versions a commit deletes (SDK store/pruning). `interval` 0 keeps everything. */
export type Pruning = { keepRecent: number; interval: number }

export type MultiStoreOptions = {
  /** Without a disk the trees live in memory only, and nothing is serialised. */
  disk?: Disk | undefined
  /** Names of the trees. On a disk that has commits they must be the stores of the latest commit (see `storedNames`). */
  stores: readonly string[]
  /** Emptied by every commit, not part of the app hash. */
  transient?: readonly string[]
  /** Kept in memory across commits, not part of the app hash, empty after reopening. */
  memory?: readonly string[]
  pruning?: Pruning | undefined
  /** Version of the first commit; 1 if missing. */
  initialVersion?: number | undefined
  /** Bound on memory for tree nodes that are also on disk; without it the whole latest version may stay in memory. */
  cacheBytes?: number | undefined
}

/** A committed version; reads only. */
export type CommittedStores = { readonly version: number; store(name: string): ReadKv }

export type MultiStore = {
  /** The latest committed version; 0 before the first commit. */
  readonly version: number
  /** Root of the latest committed version; H("") before the first commit. */
  readonly appHash: Bytes
  /** The oldest version that can still be read; 0 before the first commit. */
  readonly earliestVersion: number
  /** Names of the trees, sorted by bytes. */
  readonly names: readonly string[]
  /** The working state. Throws an Error for a name that is not mounted. */
  store(name: string): Kv
  /** What `commit` would return as things stand. */
  workingHash(): Bytes
  /** Saves the working state as the next version, prunes, and returns the app hash. */
  commit(): Bytes
  /** A committed version, or undefined if it is pruned, rolled back or not yet there. */
  at(version: number): CommittedStores | undefined
  /** Roots of the stores at a version. Stays readable after pruning. */
  commitInfo(version: number): CommitInfo | undefined
  /**
   * Encoded cosmos.ics23.v1.CommitmentProofs [ics23:iavl, ics23:simple] that the key exists or is absent; undefined if
   * the version cannot be read or has no such store.
   */
  prove(name: string, key: Bytes, version: number): Bytes[] | undefined
  /** Makes `version` (0 for the state before the first commit) the latest again and drops the working state. */
  rollback(version: number): void
  /** While a version is pinned, it and all later ones are not pruned. Pins are counted and live in memory only. */
  pin(version: number): void
  unpin(version: number): void
  /** Upgrades: they are part of the next commit, and the trees that they make have its version as initial version. */
  addStores(names: readonly string[]): void
  removeStores(names: readonly string[]): void
  renameStores(renames: readonly { from: string; to: string }[]): void
}

/** Opens the stores at the latest version on disk. Throws an Error that names what does not fit. */
export const openMultiStore = (options: MultiStoreOptions): MultiStore => {
  throw new Error(`not there yet: ${options.stores.length} stores`)
}
