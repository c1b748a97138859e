// The multistore: one IAVL tree a module, committed together, and one hash over all of them: the app hash.
// Everything that a commit changes goes to disk as one batch, so a disk always holds whole versions.
import type { CommitInfo } from '../../proto/gen/cosmos/store/v1beta1/commit_info_pb.ts'
import { type Bytes, equalBytes } from '../bytes.ts'
import { AppHasher, commitInfoOf, proveStore, type StoreRoot, storeRootsOf } from './commit-info.ts'
import { WriteBatch } from './iavl/batch.ts'
import { Budget } from './iavl/budget.ts'
import { proveKey } from './iavl/prove.ts'
import type { Disk, Kv, ReadKv } from './kv.ts'
import {
  commitInfoAt,
  earliestVersion,
  latestVersion,
  putCommit,
  putEarliest,
  undoCommits,
} from './ledger.ts'
import { type Kind, Mounts } from './mounts.ts'
import { encodeProof } from './proof.ts'
import { Pins, type Pruning, pruneTo } from './pruning.ts'
import { EMPTY_HASH } from './sha256.ts'

export type MultiStoreOptions = {
  /** Without a disk the trees live in memory only, and nothing is serialised. */
  disk?: Disk | undefined
  /**
   * Names of the trees. On a disk that has commits they must be the stores of the latest commit
   * (`storedNames`).
   */
  stores: readonly string[]
  /** Emptied by every commit, not part of the app hash. */
  transient?: readonly string[] | undefined
  /** Kept in memory across commits, not part of the app hash, empty after reopening. */
  memory?: readonly string[] | undefined
  pruning?: Pruning | undefined
  /** Version of the first commit; 1 if missing. */
  initialVersion?: number | undefined
  /** Bound on memory for tree nodes that are also on disk; 1 GiB if missing. */
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
  /**
   * Saves the working state as the next version, prunes, and returns the app hash. `timeNs` goes into commit
   * info.
   */
  commit(timeNs?: bigint): Bytes
  /** A committed version, or undefined if it is pruned, rolled back or not yet there. */
  at(version: number): CommittedStores | undefined
  /** Roots of the stores at a version. On disk it stays readable after pruning. */
  commitInfo(version: number): CommitInfo | undefined
  /**
   * Encoded cosmos.ics23.v1.CommitmentProofs [ics23:iavl, ics23:simple] that the key exists or is absent;
   * undefined if the version cannot be read or has no such store.
   */
  prove(name: string, key: Bytes, version: number): Bytes[] | undefined
  /**
   * Makes `version` (0 for the state before the first commit) the latest again and drops the working state.
   * Throws an Error if it cannot be read.
   */
  rollback(version: number): void
  /**
   * While a version is pinned, it and all later ones are not pruned. Pins are counted and live in memory
   * only.
   */
  pin(version: number): void
  unpin(version: number): void
  /** Upgrades: they are part of the next commit, and the trees that they make begin with its version. */
  addStores(names: readonly string[]): void
  removeStores(names: readonly string[]): void
  renameStores(renames: readonly { from: string; to: string }[]): void
}

const DEFAULT_CACHE = 2 ** 30

/** Opens the stores at the latest version on disk. Throws an Error that names what does not fit. */
export const openMultiStore = (options: MultiStoreOptions): MultiStore => {
  const stores = new Stores(options)
  stores.load()
  return stores
}

/** What a commit said; its message is made when somebody asks. */
type Latest = { roots: readonly StoreRoot[]; timeNs?: bigint | undefined; info?: CommitInfo }

class Stores implements MultiStore {
  version = 0
  appHash: Bytes = EMPTY_HASH
  earliestVersion = 0
  private readonly mounts: Mounts
  private readonly disk: Disk | undefined
  private readonly pins = new Pins()
  private readonly hasher = new AppHasher()
  /** Of the latest version. */
  private latest: Latest | undefined

  constructor(private readonly options: MultiStoreOptions) {
    this.disk = options.disk
    const willPrune = (options.pruning?.interval ?? 0) > 0
    this.mounts = new Mounts(options.disk, new Budget(options.cacheBytes ?? DEFAULT_CACHE), willPrune)
    if (options.disk !== undefined) this.version = latestVersion(options.disk)
    const first = this.version === 0 ? this.nextVersion() : 0
    const mount = (names: readonly string[] | undefined, kind: Kind) => {
      for (const name of names ?? []) this.mounts.mount(name, kind, first)
    }
    mount(options.stores, 'tree')
    mount(options.memory, 'memory')
    mount(options.transient, 'transient')
  }

  /** Takes up the latest version on disk, if there is one. */
  load(): void {
    const { disk, version } = this
    if (disk === undefined || version === 0) return
    const info = commitInfoAt(disk, version)
    if (info === undefined)
      throw new Error(`the commit info of version ${version} is missing: the disk is damaged`)
    const stored = storeRootsOf(info)
    for (const name of this.names)
      if (!stored.some((store) => store.name === name))
        throw new Error(
          `store ${name} is not in version ${version}: open without it, then add it with addStores`,
        )
    for (const { name, root } of stored) {
      const tree = this.mounts.current(name)?.tree
      if (tree === undefined)
        throw new Error(
          `store ${name} of version ${version} is not mounted: mount it, or remove it with removeStores`,
        )
      tree.open(version)
      if (!equalBytes(tree.hash(version), root))
        throw new Error(`the root of store ${name} is not that of commit ${version}: the disk is damaged`)
    }
    this.adopt(version, { roots: this.workingRoots(), info })
    this.earliestVersion = earliestVersion(disk, version)
  }

  get names(): string[] {
    return this.mounts.trees().map(({ name }) => name)
  }

  store(name: string): Kv {
    const mounted = this.mounts.current(name)
    if (mounted === undefined) throw new Error(`no store ${name} is mounted`)
    return mounted.tree
  }

  workingHash(): Bytes {
    return this.hasher.hash(this.workingRoots())
  }

  commit(timeNs?: bigint): Bytes {
    const version = this.nextVersion()
    const roots = this.workingRoots()
    const batch = new WriteBatch()
    for (const { tree, kind } of this.mounts.currents())
      if (kind === 'transient') tree.rollback(0, 0, batch)
      else tree.commit(version, batch)
    this.adopt(version, { roots, timeNs })
    if (this.earliestVersion === 0) this.earliestVersion = version
    this.prune(batch)
    if (this.disk !== undefined) {
      putCommit(batch, version, commitInfoOf(version, roots, timeNs))
      this.write(this.disk, batch)
    }
    return this.appHash
  }

  at(version: number): CommittedStores | undefined {
    if (!this.isReadable(version)) return undefined
    const views = new Map<string, ReadKv>()
    const view = (name: string): ReadKv => {
      const mounted = this.mounts.at(name, version)
      const found = mounted?.kind === 'tree' ? mounted.tree.at(version) : mounted?.tree
      if (found === undefined) throw new Error(`no store ${name} at version ${version}`)
      views.set(name, found)
      return found
    }
    return { version, store: (name) => views.get(name) ?? view(name) }
  }

  commitInfo(version: number): CommitInfo | undefined {
    if (version === this.version) return this.latestInfo()
    if (version > this.version || version < 1) return undefined
    if (this.disk !== undefined) return commitInfoAt(this.disk, version)
    if (!this.isReadable(version)) return undefined
    const roots = this.mounts
      .treesAt(version)
      .map(({ name, tree }) => ({ name, root: tree.at(version)!.hash() }))
    return commitInfoOf(version, roots)
  }

  prove(name: string, key: Bytes, version: number): Bytes[] | undefined {
    const mounted = this.isReadable(version) ? this.mounts.at(name, version) : undefined
    const tree = mounted?.kind === 'tree' ? mounted.tree.at(version) : undefined
    const info = tree && this.commitInfo(version)
    if (tree === undefined || info === undefined) return undefined
    return [proveKey(tree, key), proveStore(storeRootsOf(info), name)].map(encodeProof)
  }

  rollback(version: number): void {
    const first = this.firstVersion()
    if (version === 0 ? this.earliestVersion > first : !this.isReadable(version))
      throw new Error(
        `cannot roll back to version ${version}: ${this.earliestVersion} to ${this.version} are kept`,
      )
    const info = version === 0 ? undefined : this.commitInfo(version)
    const batch = new WriteBatch()
    this.mounts.rollback(version, first, info && storeRootsOf(info), this.earliestVersion, batch)
    if (this.disk !== undefined) {
      undoCommits(batch, this.version, version)
      this.write(this.disk, batch)
    }
    this.adopt(version, info && { roots: storeRootsOf(info), info })
    if (version === 0) this.earliestVersion = 0
  }

  pin(version: number): void {
    this.pins.add(version)
  }

  unpin(version: number): void {
    this.pins.remove(version)
  }

  addStores(names: readonly string[]): void {
    for (const name of names) this.mounts.mount(name, 'tree', this.nextVersion())
  }

  removeStores(names: readonly string[]): void {
    for (const name of names) this.mounts.remove(name, this.nextVersion())
  }

  renameStores(renames: readonly { from: string; to: string }[]): void {
    for (const { from, to } of renames) {
      const old = this.store(from)
      const { tree } = this.mounts.mount(to, 'tree', this.nextVersion())
      for (const [key, value] of old.iterate()) tree.set(key, value)
      this.mounts.remove(from, this.nextVersion())
    }
  }

  private write(disk: Disk, batch: WriteBatch): void {
    if (disk.writePacked === undefined) disk.write(batch.writes())
    else disk.writePacked(batch)
  }

  private nextVersion(): number {
    return this.version === 0 ? this.firstVersion() : this.version + 1
  }

  private firstVersion(): number {
    return this.options.initialVersion ?? 1
  }

  private adopt(version: number, latest: Latest | undefined): void {
    this.version = version
    this.latest = latest
    this.appHash = latest === undefined ? EMPTY_HASH : this.hasher.hash(latest.roots)
  }

  private latestInfo(): CommitInfo | undefined {
    const { latest, version } = this
    if (latest !== undefined) latest.info ??= commitInfoOf(version, latest.roots, latest.timeNs)
    return latest?.info
  }

  private isReadable(version: number): boolean {
    return version >= this.earliestVersion && version <= this.version && version > 0
  }

  private workingRoots(): StoreRoot[] {
    const version = this.nextVersion()
    return this.mounts.trees().map(({ name, tree }) => ({ name, root: tree.hash(version) }))
  }

  private prune(batch: WriteBatch): void {
    const to = pruneTo(this.options.pruning, this.version, this.pins)
    if (to < this.earliestVersion) return
    this.mounts.prune(this.earliestVersion, to, batch)
    this.earliestVersion = to + 1
    if (this.disk !== undefined) putEarliest(batch, to + 1)
  }
}
