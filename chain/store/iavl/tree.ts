// One store: an IAVL tree with a working state and its committed versions. On disk or, without records, in memory only;
// then the nodes of all versions stay in memory until their version is pruned. Old versions cost nothing to keep but
// their own nodes, since saved nodes never change.

import type { Bytes } from '../../bytes.ts'
import type { Entry, Kv } from '../kv.ts'
import { EMPTY_HASH } from '../sha256.ts'
import { nameUnsaved, type WriteBatch } from './batch.ts'
import type { Budget } from './budget.ts'
import { Editor } from './edit.ts'
import { hashUnsaved } from './hash.ts'
import { hashKey } from './latest.ts'
import { NONCE, type Slot, VALUE } from './layout.ts'
import { Nodes } from './nodes.ts'
import { deleteVersion, freeNewer, orphans } from './prune.ts'
import { findLeaf, TreeIterator } from './read.ts'
import type { NodeRecords } from './records.ts'
import { EMPTY, isEmpty, type Root, rootSlot, sameName, TreeVersion } from './version.ts'

/** Recently replaced nodes stay in memory for queries and pruning: for so many versions, but not more than so many. */
const RECENT_VERSIONS = 16
const RECENT_NODES = 300_000

/** The root of all versions from `since` to the next point. */
type Point = { readonly since: number; readonly root: Root }
type Replaced = { readonly version: number; readonly nodes: number[] }

const MAX_VERSION = 0xffffffff

export class Tree implements Kv {
  readonly nodes: Nodes
  private readonly editor: Editor
  private working: Root = EMPTY
  private isChanged = false
  /** Versions with a new root: in memory all of them, on disk the recent ones. */
  private points: Point[] = []
  private recent: Replaced[] = []
  private recentCount = 0
  private latestVersion = 0

  constructor(
    private readonly records: NodeRecords | undefined,
    budget: Budget,
  ) {
    this.nodes = new Nodes(records?.source, budget)
    this.editor = new Editor(this.nodes)
    if (records !== undefined) this.editor.replaced = []
  }

  /** Begins with what the disk has at `version`. Throws an Error if it has no such version. */
  open(version: number): void {
    const root = this.storedRoot(version)
    if (root === undefined) throw new Error(`version ${version} is not on disk`)
    this.points = [{ since: version, root }]
    this.latestVersion = version
    this.working = root
    this.nodes.latest.complete = isEmpty(root)
  }

  get(key: Bytes): Bytes | undefined {
    const leaf = this.find(key)
    return leaf === 0 ? undefined : this.nodes.heap.get(this.nodes.get(leaf, VALUE))
  }

  has(key: Bytes): boolean {
    return this.find(key) !== 0
  }

  iterate(start?: Bytes, end?: Bytes, reverse = false): IterableIterator<Entry> {
    return new TreeIterator(this.nodes, () => this.root(), { start, end, reverse })
  }

  set(key: Bytes, value: Bytes): void {
    if (key.length === 0) throw new Error('a store key must not be empty')
    this.change(this.editor.set(this.prepare(), key, value))
  }

  delete(key: Bytes): void {
    if (this.find(key) !== 0) this.change(this.editor.delete(this.prepare(), key))
  }

  /** The root of the working state as a node of `version`, 32 bytes. */
  hash(version: number): Bytes {
    if (isEmpty(this.working)) return EMPTY_HASH
    const root = this.root()
    hashUnsaved(this.nodes, root, version)
    return this.nodes.hash(root)
  }

  /** Saves the working state as `version`, which is greater than every one before; on disk through the batch. */
  commit(version: number, batch: WriteBatch): void {
    if (version > MAX_VERSION)
      throw new Error(`version ${version} is too large: ${MAX_VERSION} is the last one`)
    if (this.isChanged && !isEmpty(this.working)) this.save(version, batch)
    else if (this.records !== undefined) this.putRoot(this.records, version, batch)
    const last = this.points.at(-1)
    if (last === undefined || !sameName(last.root, this.working))
      this.points.push({ since: version, root: this.working })
    if (this.records !== undefined)
      while (this.points.length > 1 && this.points[1]!.since <= version - RECENT_VERSIONS) this.points.shift()
    this.latestVersion = version
    this.isChanged = false
    this.retire(version)
    this.nodes.settle()
  }

  /** A committed version; undefined if there is none or it is pruned. */
  at(version: number): TreeVersion | undefined {
    const root = this.rootAt(version)
    return root && new TreeVersion(this.nodes, root)
  }

  /** Deletes the versions from `from` to `to`, which is less than the latest. Nothing older than `from` may be left. */
  prune(from: number, to: number, batch: WriteBatch): void {
    const { nodes, records } = this
    nodes.generation++
    if (records !== undefined) {
      for (let version = from; version <= to; version++)
        deleteVersion(nodes, records, batch, version, (at) => this.rootAt(at))
      return
    }
    let gone = 0
    for (; gone + 1 < this.points.length && this.points[gone + 1]!.since <= to + 1; gone++) {
      const next = this.points[gone + 1]!
      for (const { slot } of orphans(nodes, this.points[gone]!.root, next.root, next.since - 1))
        nodes.free(slot)
    }
    this.points.splice(0, gone)
  }

  /**
   * Drops the working state and all versions after `version`. A version before the first one leaves an empty tree.
   * `oldest` is the oldest version that is kept.
   */
  rollback(version: number, oldest: number, batch: WriteBatch): void {
    const { nodes, records } = this
    const root = (version > 0 && this.rootAt(Math.min(version, this.latestVersion))) || EMPTY
    if (this.isChanged || version < this.latestVersion) nodes.latest.complete = false
    // On disk a leaf can be in memory twice, so that those to go are not all found below the roots.
    if (records !== undefined && version < this.latestVersion) nodes.latest.reset(false)
    nodes.generation++
    freeNewer(nodes, this.working, version)
    for (const point of this.points) if (point.since > version) freeNewer(nodes, point.root, version)
    this.forgetReplaced(version)
    if (records !== undefined)
      for (let gone = this.latestVersion; gone > version && gone >= oldest; gone--) {
        const last = Math.max(records.lastNonce(gone), 1)
        for (let nonce = 1; nonce <= last; nonce++) batch.delete(records.key(gone, nonce))
      }
    this.latestVersion = Math.min(this.latestVersion, version)
    this.points = this.points.filter(({ since }) => since <= version)
    if (records !== undefined && this.points.length === 0 && version > 0)
      this.points = [{ since: this.latestVersion, root }]
    if (isEmpty(root)) nodes.latest.reset(true)
    this.working = root
    this.isChanged = false
    this.nodes.settle()
  }

  /** Deletes the only version that is left, in memory and on disk. */
  erase(batch: WriteBatch): void {
    const { nodes, records, latestVersion: version } = this
    const root = this.rootAt(version)
    if (root !== undefined && records !== undefined) {
      for (const orphan of orphans(nodes, root, EMPTY, version)) {
        batch.delete(records.key(orphan.version, orphan.nonce))
        if (orphan.nonce === 1) batch.delete(records.key(orphan.version, 0))
      }
      batch.delete(records.key(version, 1))
    }
    this.close()
  }

  /** The tree is no longer used: its memory does not count any more. */
  close(): void {
    this.nodes.close()
  }

  private root(): Slot {
    return rootSlot(this.nodes, this.working)
  }

  private prepare(): Slot {
    this.nodes.breathe()
    this.nodes.generation++
    return this.root()
  }

  private change(root: Slot): void {
    this.isChanged = true
    this.working = root !== 0 && this.nodes.isSaved(root) ? this.named(root) : { ...EMPTY, slot: root }
  }

  private named(slot: Slot): Root {
    return { slot, version: this.nodes.version(slot), nonce: this.nodes.get(slot, NONCE) }
  }

  private find(key: Bytes): Slot {
    const { nodes } = this
    nodes.breathe()
    const hash = hashKey(key)
    const known = nodes.latest.find(key, hash)
    if (known !== 0) nodes.touch(known)
    if (known !== 0 || nodes.latest.complete) return known
    const leaf = findLeaf(nodes, this.root(), key)
    if (leaf !== 0) nodes.latest.put(key, leaf)
    return leaf
  }

  private save(version: number, batch: WriteBatch): void {
    const { nodes, records } = this
    const root = this.root()
    if (nodes.isSaved(root)) {
      if (records !== undefined) this.putRoot(records, version, batch)
      return
    }
    hashUnsaved(nodes, root, version)
    const named = nameUnsaved(nodes, root, version)
    if (records !== undefined)
      named.forEach((slot, at) => {
        batch.putNode(records, nodes, slot, version, at + 1)
      })
    this.working = this.named(root)
  }

  private putRoot(records: NodeRecords, version: number, batch: WriteBatch): void {
    const record = isEmpty(this.working) ? new Uint8Array(0) : records.rootReference(this.working)
    batch.put(records.key(version, 1), record)
  }

  /** Takes the nodes that this version replaced out of memory a few versions later; they are on disk. */
  private retire(version: number): void {
    const { nodes, editor } = this
    if (editor.replaced === undefined) return
    if (editor.replaced.length > 0) this.recent.push({ version, nodes: editor.replaced })
    this.recentCount += editor.replaced.length / 3
    editor.replaced = []
    while (this.recent.length > 0 && this.isRetired(this.recent[0]!, version)) {
      nodes.generation++
      const old = this.recent.shift()!.nodes
      for (let i = 0; i < old.length; i += 3) nodes.freeNamed(old[i]!, old[i + 1]!, old[i + 2]!)
      this.recentCount -= old.length / 3
    }
  }

  private isRetired(replaced: Replaced, version: number): boolean {
    return replaced.version <= version - RECENT_VERSIONS || this.recentCount > RECENT_NODES
  }

  /** After a rollback to `version`, what later versions replaced is in use again, unless it is newer itself. */
  private forgetReplaced(version: number): void {
    const { nodes, editor } = this
    if (editor.replaced === undefined) return
    const undone = this.recent.filter((replaced) => replaced.version > version)
    for (const list of [...undone.map((replaced) => replaced.nodes), editor.replaced])
      for (let i = 0; i < list.length; i += 3)
        if (list[i + 1]! > version) nodes.freeNamed(list[i]!, list[i + 1]!, list[i + 2]!)
    this.recent = this.recent.filter((replaced) => replaced.version <= version)
    this.recentCount = this.recent.reduce((sum, replaced) => sum + replaced.nodes.length / 3, 0)
    editor.replaced = []
  }

  private storedRoot(version: number): Root | undefined {
    const name = this.records?.root(version)
    return name === 'empty' ? EMPTY : name && { slot: 0, ...name }
  }

  private rootAt(version: number): Root | undefined {
    if (version > this.latestVersion) return undefined
    const last = this.points.findLast(({ since }) => since <= version)
    return last?.root ?? this.storedRoot(version)
  }
}
