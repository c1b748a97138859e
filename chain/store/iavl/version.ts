// A committed version of a tree: the name of its root, and reads from there.

import type { Bytes } from '../../bytes.ts'
import type { Entry, ReadKv } from '../kv.ts'
import { EMPTY_HASH } from '../sha256.ts'
import { type Slot, VALUE } from './layout.ts'
import type { Nodes } from './nodes.ts'
import { findLeaf, TreeIterator } from './read.ts'
import type { NodeName } from './records.ts'

/**
 * The node's name and its likely slot. Slot 0 and nonce 0 are the empty tree; another slot and nonce 0 is not
 * saved.
 */
export type Root = { slot: Slot; readonly version: number; readonly nonce: number }

export const EMPTY: Readonly<Root> = { slot: 0, version: 0, nonce: 0 }

export const isEmpty = (root: Root): boolean => root.slot === 0 && root.nonce === 0

export const sameName = (a: NodeName, b: NodeName): boolean => a.version === b.version && a.nonce === b.nonce

/** The root's slot, 0 of the empty tree; loads the root if it is not in memory, on loan for a read. */
export const rootSlot = (nodes: Nodes, root: Root, isLoan: boolean): Slot => {
  const slot = nodes.resolve(root.slot, root.version, root.nonce, isLoan)
  if (slot !== root.slot) root.slot = slot
  return slot
}

/** The hash of a root that is saved, 32 bytes. */
export const rootHash = (nodes: Nodes, root: Root): Bytes =>
  isEmpty(root) ? EMPTY_HASH : nodes.hash(rootSlot(nodes, root, true))

/** A committed version of a tree. Reads throw an Error once it is pruned. */
export class TreeVersion implements ReadKv {
  constructor(
    readonly nodes: Nodes,
    private readonly name: Root,
  ) {}

  /** The slot of the root, 0 of an empty tree; good until the next call of anything else. */
  root(): Slot {
    return rootSlot(this.nodes, this.name, true)
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

  /** 32 bytes. */
  hash(): Bytes {
    return rootHash(this.nodes, this.name)
  }

  private find(key: Bytes): Slot {
    this.nodes.breathe()
    this.nodes.target.aim(key)
    return findLeaf(this.nodes, this.root())
  }
}
