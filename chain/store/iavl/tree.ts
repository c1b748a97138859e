// One store: an IAVL tree with a working state and its committed versions. On disk or, without records, in
// memory only; then the nodes of all versions stay in memory until their version is pruned. Old versions cost
// nothing to keep but their own nodes, since saved nodes never change.
import type { Bytes } from '../../bytes.ts'
import type { Entry, Kv } from '../kv.ts'
import { EMPTY_HASH } from '../sha256.ts'
import type { WriteBatch } from './batch.ts'
import type { Budget } from './budget.ts'
import { Draft } from './draft.ts'
import { Editor } from './edit.ts'
import { NONCE, type Slot, VALUE } from './layout.ts'
import { Nodes } from './nodes.ts'
import { deleteVersion, orphans } from './prune.ts'
import { findLeaf, TreeIterator } from './read.ts'
import { encodeReplaced, type NodeRecords } from './records.ts'
import { freeNewer, Unsaved } from './unsaved.ts'
import { EMPTY, isEmpty, type Root, rootSlot, sameName, TreeVersion } from './version.ts'

/** Roots of so many versions are at hand without asking the disk. */
const RECENT_VERSIONS = 16

/** The root of all versions from `since` to the next point. */
type Point = { readonly since: number; readonly root: Root }

const MAX_VERSION = 0xffffffff

export class Tree implements Kv {
  readonly nodes: Nodes
  private readonly editor: Editor
  private readonly unsaved: Unsaved
  private working: Root = EMPTY
  private isChanged = false
  /** The working tree as it will be committed, if it has changed and its hash was asked for since. */
  private draft: Draft | undefined
  /** The hash of the working tree, if it is known. */
  private workingHash: Bytes | undefined
  /** Versions with a new root: in memory all of them, on disk the recent ones. */
  private points: Point[] = []
  private latestVersion = 0

  /** With `willPrune`, each version on disk notes which nodes it replaced. */
  constructor(
    private readonly records: NodeRecords | undefined,
    budget: Budget,
    private readonly willPrune: boolean,
  ) {
    this.nodes = new Nodes(records?.source, budget)
    this.nodes.latest.reset(true)
    this.editor = new Editor(this.nodes)
    this.unsaved = new Unsaved(this.nodes)
    this.noteReplaced()
  }

  /** Begins with what the disk has at `version`. Throws an Error if it has no such version. */
  open(version: number): void {
    const root = this.storedRoot(version)
    if (root === undefined) throw new Error(`version ${version} is not on disk`)
    this.points = [{ since: version, root }]
    this.latestVersion = version
    this.working = root
    this.workingHash = undefined
    this.nodes.latest.reset(isEmpty(root))
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
    const root = this.prepare()
    this.nodes.target.aim(key)
    this.change(this.editor.set(root, value))
  }

  delete(key: Bytes): void {
    if (this.find(key) === 0) return
    const root = this.prepare()
    this.nodes.target.aim(key)
    this.change(this.editor.delete(root))
  }

  /** The root of the working state as a node of `version`, the one that is committed next; 32 bytes. */
  hash(version: number): Bytes {
    this.workingHash ??= this.computeHash(version)
    return this.workingHash
  }

  /**
   * Saves the working state as `version`, which is greater than every one before; on disk through the batch.
   */
  commit(version: number, batch: WriteBatch): void {
    if (version > MAX_VERSION)
      throw new Error(`version ${version} is too large: ${MAX_VERSION} is the last one`)
    this.hash(version)
    if (this.draft !== undefined) this.save(this.draft, batch)
    else if (this.records !== undefined) this.putRoot(this.records, version, batch)
    if (this.records !== undefined && this.isChanged) this.putReplaced(this.records, version, batch)
    const last = this.points.at(-1)
    if (last === undefined || !sameName(last.root, this.working))
      this.points.push({ since: version, root: this.working })
    if (this.records !== undefined)
      while (this.points.length > 1 && this.points[1]!.since <= version - RECENT_VERSIONS) this.points.shift()
    this.latestVersion = version
    this.isChanged = false
    this.nodes.settle()
  }

  /** A committed version; undefined if there is none or it is pruned. */
  at(version: number): TreeVersion | undefined {
    const root = this.rootAt(version)
    return root && new TreeVersion(this.nodes, { ...root })
  }

  /**
   * Deletes the versions from `from` to `to`, which is less than the latest. Nothing older than `from` may be
   * left.
   */
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
   * Drops the working state and all versions after `version`. A version before the first one leaves an empty
   * tree. `oldest` is the oldest version that is kept.
   */
  rollback(version: number, oldest: number, batch: WriteBatch): void {
    const { nodes, records } = this
    const root = (version > 0 && this.rootAt(Math.min(version, this.latestVersion))) || EMPTY
    if (!this.isChanged && version >= this.latestVersion) return
    nodes.generation++
    if (records === undefined) {
      freeNewer(nodes, this.working, version)
      for (const point of this.points) if (point.since > version) freeNewer(nodes, point.root, version)
    } else {
      this.deleteRecords(records, version, oldest, batch)
      nodes.reset()
    }
    nodes.latest.complete = false
    if (isEmpty(root)) nodes.latest.reset(true)
    this.latestVersion = Math.min(this.latestVersion, version)
    this.points = this.points.filter(({ since }) => since <= version)
    if (this.points.length === 0 && version > 0) this.points = [{ since: this.latestVersion, root }]
    this.working = root
    this.isChanged = false
    this.draft = undefined
    this.workingHash = undefined
    nodes.isFrozen = false
    this.noteReplaced()
    nodes.settle()
  }

  /** Deletes the only version that is left, in memory and on disk. */
  erase(batch: WriteBatch): void {
    const { nodes, records, latestVersion: version } = this
    const root = this.rootAt(version)
    if (root !== undefined && records !== undefined) {
      for (const node of orphans(nodes, root, EMPTY, version)) {
        batch.delete(records.key(node.version, node.nonce))
        if (node.nonce === 1) batch.delete(records.key(node.version, 0))
      }
      batch.delete(records.key(version, 1))
      batch.delete(records.replacedKey(version))
    }
    this.close()
  }

  /** The tree is no longer used: its memory does not count any more. */
  close(): void {
    this.nodes.close()
  }

  private noteReplaced(): void {
    this.editor.replaced = this.records !== undefined && this.willPrune ? [] : undefined
  }

  private root(): Slot {
    return rootSlot(this.nodes, this.working, false)
  }

  private prepare(): Slot {
    this.nodes.breathe()
    this.nodes.generation++
    this.forgetDraft()
    return this.root()
  }

  private change(root: Slot): void {
    const { working, nodes } = this
    this.isChanged = true
    if (root !== 0 && nodes.isSaved(root)) this.working = this.named(root)
    else if (working.nonce !== 0 || working.slot !== root) this.working = { slot: root, version: 0, nonce: 0 }
  }

  private named(slot: Slot): Root {
    return { slot, version: this.nodes.version(slot), nonce: this.nodes.get(slot, NONCE) }
  }

  private find(key: Bytes): Slot {
    const { nodes } = this
    nodes.breathe()
    nodes.target.aim(key)
    const known = nodes.latest.find()
    if (known !== 0) nodes.touch(known)
    if (known !== 0 || nodes.latest.complete) return known
    const leaf = findLeaf(nodes, this.root())
    if (leaf !== 0) nodes.latest.put(leaf)
    return leaf
  }

  private computeHash(version: number): Bytes {
    const { nodes, working } = this
    if (isEmpty(working)) return EMPTY_HASH
    const root = this.root()
    if (nodes.isSaved(root)) return nodes.hash(root)
    this.draft = new Draft(nodes, root, version, this.records, this.unsaved)
    nodes.isFrozen = true
    return this.draft.root
  }

  private save(draft: Draft, batch: WriteBatch): void {
    this.working = this.named(draft.slot)
    if (draft.batch !== undefined) batch.append(draft.batch)
    this.draft = undefined
    this.nodes.isFrozen = false
  }

  /** Before the working tree changes: what was computed for its commit no longer holds. */
  private forgetDraft(): void {
    this.draft?.undo()
    this.draft = undefined
    this.workingHash = undefined
    this.nodes.isFrozen = false
  }

  private putRoot(records: NodeRecords, version: number, batch: WriteBatch): void {
    const record = isEmpty(this.working) ? new Uint8Array(0) : records.rootReference(this.working)
    batch.put(records.key(version, 1), record)
  }

  private putReplaced(records: NodeRecords, version: number, batch: WriteBatch): void {
    const { replaced } = this.editor
    if (replaced !== undefined) {
      const root = this.hash(version)
      batch.put(records.replacedKey(version), encodeReplaced(replaced, version, root))
    }
    this.noteReplaced()
  }

  private deleteRecords(records: NodeRecords, version: number, oldest: number, batch: WriteBatch): void {
    for (let gone = this.latestVersion; gone > version && gone >= oldest; gone--) {
      const last = Math.max(records.lastNonce(gone), 1)
      for (let nonce = 1; nonce <= last; nonce++) batch.delete(records.key(gone, nonce))
      batch.delete(records.replacedKey(gone))
    }
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
