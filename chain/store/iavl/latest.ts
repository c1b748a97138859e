// Where the leaf of a key is in the working tree, so that a point read costs one probe instead of a walk of
// twenty nodes. A table of slots with open addressing and linear probing; keys are compared in the leaves
// themselves, so it costs four to eight bytes a key. It is a cache: it may lack keys (after reopening or
// after nodes were put out of memory), and then the tree is asked, unless it is known to be complete.

import { KEY_HASH, type Slot } from './layout.ts'
import type { Nodes } from './nodes.ts'

const FIRST = 32

export class LeafIndex {
  /** Whether every key of the working tree is here. */
  complete = true
  private table = new Int32Array(FIRST)
  private count = 0

  constructor(private readonly nodes: Nodes) {}

  get bytes(): number {
    return this.table.byteLength
  }

  /** The leaf of the key that is aimed at, 0 if it is not here. */
  find(): Slot {
    return this.table[this.place()]!
  }

  /** Makes `leaf` the leaf of the key that is aimed at. */
  put(leaf: Slot): void {
    const at = this.place()
    const isNew = this.table[at] === 0
    this.table[at] = leaf
    if (isNew && ++this.count * 3 > this.table.length * 2) this.grow()
  }

  /** Forgets the key that is aimed at. */
  delete(): void {
    const at = this.place()
    if (this.table[at] !== 0) this.clear(at)
  }

  /** Forgets this leaf before it leaves memory. */
  forget(leaf: Slot): void {
    const mask = this.table.length - 1
    let at = this.nodes.get(leaf, KEY_HASH) & mask
    for (let found = this.table[at]!; found !== 0; found = this.table[at]!) {
      if (found === leaf) {
        this.complete = false
        this.clear(at)
        return
      }
      at = (at + 1) & mask
    }
  }

  /** Forgets everything, because the working tree has become another one. */
  reset(complete: boolean): void {
    this.table = new Int32Array(FIRST)
    this.count = 0
    this.complete = complete
  }

  /** Where the key is, or the empty place where it would be. */
  private place(): number {
    const { table, nodes } = this
    const mask = table.length - 1
    const { hash } = nodes.target
    let at = hash & mask
    for (let leaf = table[at]!; leaf !== 0; leaf = table[at]!) {
      if (nodes.get(leaf, KEY_HASH) === hash && nodes.order(leaf) === 0) return at
      at = (at + 1) & mask
    }
    return at
  }

  /** Empties a place and moves back the entries behind it that a probe would no longer find. */
  private clear(hole: number): void {
    const { table, nodes } = this
    const mask = table.length - 1
    this.count--
    for (let at = (hole + 1) & mask; table[at] !== 0; at = (at + 1) & mask) {
      const home = nodes.get(table[at]!, KEY_HASH) & mask
      if (((at - home) & mask) < ((at - hole) & mask)) continue
      table[hole] = table[at]!
      hole = at
    }
    table[hole] = 0
  }

  private grow(): void {
    const old = this.table
    const table = (this.table = new Int32Array(old.length * 2))
    const mask = table.length - 1
    for (const leaf of old) {
      if (leaf === 0) continue
      let at = this.nodes.get(leaf, KEY_HASH) & mask
      while (table[at] !== 0) at = (at + 1) & mask
      table[at] = leaf
    }
  }
}
