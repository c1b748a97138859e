// Reading a version of a tree, whichever: point reads, ranges, and the leaves around a key for proofs of
// absence.

import { type Bytes, compareBytes } from '../../bytes.ts'
import type { Entry } from '../kv.ts'
import { LEFT, RIGHT, type Slot, VALUE } from './layout.ts'
import type { Nodes } from './nodes.ts'

/** The leaf of the key that is aimed at; 0 if it has none. */
export const findLeaf = (nodes: Nodes, root: Slot): Slot => {
  let slot = root
  if (slot === 0) return 0
  while (!nodes.isLeaf(slot)) slot = nodes.child(slot, nodes.order(slot) < 0 ? LEFT : RIGHT)
  return nodes.order(slot) === 0 ? slot : 0
}

type Bounds = { start: Bytes | undefined; end: Bytes | undefined; reverse: boolean }

/**
 * The entries of a tree with start <= key < end. It keeps a stack of the nodes whose far side is still to
 * come. If nodes may have moved or the tree has changed since the last step, it seeks its place again behind
 * the last key.
 */
export class TreeIterator implements IterableIterator<Entry> {
  private stack: Slot[] = []
  private generation = -1
  private last: Bytes | undefined
  private isDone = false

  /** `root` gives the root as it is now, 0 for an empty tree. */
  constructor(
    private readonly nodes: Nodes,
    private readonly root: () => Slot,
    private readonly bounds: Bounds,
  ) {}

  [Symbol.iterator](): this {
    return this
  }

  next(): IteratorResult<Entry, undefined> {
    if (this.isDone) return { done: true, value: undefined }
    this.nodes.breathe()
    const leaf = this.generation === this.nodes.generation ? this.advance() : this.seek()
    const key = leaf === 0 ? undefined : this.nodes.key(leaf)
    if (key === undefined || this.isOutside(key)) return this.return()
    this.last = key
    return { done: false, value: [key, this.nodes.heap.get(this.nodes.get(leaf, VALUE))] }
  }

  return(): IteratorResult<Entry, undefined> {
    this.isDone = true
    this.stack = []
    return { done: true, value: undefined }
  }

  private isOutside(key: Bytes): boolean {
    const { start, end, reverse } = this.bounds
    if (reverse) return start !== undefined && compareBytes(key, start) < 0
    return end !== undefined && compareBytes(key, end) >= 0
  }

  /** The first leaf that is still to come, from the root. */
  private seek(): Slot {
    const { nodes, last } = this
    const { start, end, reverse } = this.bounds
    this.stack = []
    let slot = this.root()
    this.generation = nodes.generation
    if (slot === 0) return 0
    const bound = last ?? (reverse ? end : start)
    if (bound !== undefined) nodes.target.aim(bound)
    while (!nodes.isLeaf(slot)) {
      const order = bound === undefined ? 0 : nodes.order(slot)
      const isNear = bound === undefined || (reverse ? order > 0 : order < 0)
      if (isNear) this.stack.push(slot)
      slot = nodes.child(slot, isNear === reverse ? RIGHT : LEFT)
    }
    if (bound === undefined) return slot
    const order = nodes.order(slot)
    const isPast = reverse ? order <= 0 : order > 0 || (order === 0 && last !== undefined)
    return isPast ? this.advance() : slot
  }

  private advance(): Slot {
    const { nodes } = this
    const { reverse } = this.bounds
    const parent = this.stack.pop()
    if (parent === undefined) return 0
    let slot = nodes.child(parent, reverse ? LEFT : RIGHT)
    while (!nodes.isLeaf(slot)) {
      this.stack.push(slot)
      slot = nodes.child(slot, reverse ? RIGHT : LEFT)
    }
    return slot
  }
}
