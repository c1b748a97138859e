// Writing to the working tree: set and delete with AVL rotations, node for node as iavl does (iavl mutable_tree.go), since
// the shape of the tree and the version of every node go into the root. A saved node is never changed: the first write
// below it in a version makes an unsaved copy, further writes change that copy in place. Recursion is as deep as the tree,
// at most 1.44 log2 of its size.

import type { Bytes } from '../../bytes.ts'
import type { BlockRef } from './heap.ts'
import { hashKey } from './latest.ts'
import {
  HASHED,
  HEIGHT,
  KEY,
  KEY_HASH,
  LEFT,
  NONCE,
  RIGHT,
  SIZE,
  type Side,
  type Slot,
  VALUE,
  VERSION,
} from './layout.ts'
import type { Nodes } from './nodes.ts'

export class Editor {
  /**
   * Saved nodes that the working tree no longer uses, three numbers each: slot, version, nonce. Undefined where nobody
   * wants to know.
   */
  replaced: number[] | undefined
  private key: Bytes = new Uint8Array(0)
  private hash = 0
  private value: Bytes = this.key
  private isUpdate = false
  /** The smallest key of a right subtree whose leftmost leaf was deleted, on its way up to the node that names it. */
  private carried: BlockRef = 0

  constructor(private readonly nodes: Nodes) {}

  /** The root after setting `key`; `root` 0 is the empty tree. Setting the value it has still makes a new leaf. */
  set(root: Slot, key: Bytes, value: Bytes): Slot {
    this.key = key
    this.value = value
    this.hash = hashKey(key)
    if (root === 0) return this.newLeaf(this.nodes.heap.put(key))
    return this.setIn(root)
  }

  /** The root after deleting `key`, which must be there; 0 if nothing is left. */
  delete(root: Slot, key: Bytes): Slot {
    this.key = key
    this.carried = 0
    this.nodes.latest.delete(key, hashKey(key))
    const next = this.deleteIn(root)
    if (this.carried !== 0) this.nodes.heap.release(this.carried)
    return next
  }

  private newLeaf(key: BlockRef): Slot {
    const { nodes } = this
    const leaf = nodes.allocate()
    nodes.set(leaf, HEIGHT, 0)
    nodes.set(leaf, SIZE, 1)
    nodes.set(leaf, KEY, key)
    nodes.set(leaf, VALUE, nodes.heap.put(this.value))
    nodes.set(leaf, KEY_HASH, this.hash)
    nodes.set(leaf, HASHED, 1)
    nodes.latest.put(this.key, leaf)
    return leaf
  }

  private setIn(slot: Slot): Slot {
    const { nodes } = this
    if (nodes.isLeaf(slot)) return this.setLeaf(slot)
    const side = nodes.heap.compare(this.key, nodes.get(slot, KEY)) < 0 ? LEFT : RIGHT
    const child = this.setIn(nodes.child(slot, side))
    const node = this.writable(slot)
    nodes.link(node, side, child)
    return this.isUpdate ? node : this.balance(node)
  }

  private setLeaf(slot: Slot): Slot {
    const { nodes } = this
    const order = nodes.heap.compare(this.key, nodes.get(slot, KEY))
    this.isUpdate = order === 0
    if (order === 0) return this.updateLeaf(slot)
    const leaf = this.newLeaf(nodes.heap.put(this.key))
    const inner = nodes.allocate()
    const [left, right] = order < 0 ? [leaf, slot] : [slot, leaf]
    nodes.set(inner, KEY, nodes.heap.retain(nodes.get(right, KEY)))
    nodes.set(inner, HEIGHT, 1)
    nodes.set(inner, SIZE, 2)
    nodes.link(inner, LEFT, left)
    nodes.link(inner, RIGHT, right)
    return inner
  }

  private updateLeaf(slot: Slot): Slot {
    const { nodes } = this
    if (nodes.isSaved(slot)) {
      const leaf = this.newLeaf(nodes.heap.retain(nodes.get(slot, KEY)))
      this.drop(slot)
      return leaf
    }
    nodes.heap.release(nodes.get(slot, VALUE))
    nodes.set(slot, VALUE, nodes.heap.put(this.value))
    nodes.set(slot, VERSION, 0)
    return slot
  }

  private deleteIn(slot: Slot): Slot {
    const { nodes } = this
    if (nodes.isLeaf(slot)) {
      this.drop(slot)
      return 0
    }
    const side = nodes.heap.compare(this.key, nodes.get(slot, KEY)) < 0 ? LEFT : RIGHT
    const child = this.deleteIn(nodes.child(slot, side))
    if (child === 0) {
      const sibling = nodes.child(slot, side === LEFT ? RIGHT : LEFT)
      if (side === LEFT) this.carried = nodes.heap.retain(nodes.get(slot, KEY))
      this.drop(slot)
      return sibling
    }
    const node = this.writable(slot)
    nodes.link(node, side, child)
    if (side === RIGHT && this.carried !== 0) {
      nodes.heap.release(nodes.get(node, KEY))
      nodes.set(node, KEY, this.carried)
      this.carried = 0
    }
    return this.balance(node)
  }

  /** The working tree uses this node no longer. */
  private drop(slot: Slot): void {
    const { nodes } = this
    if (nodes.isSaved(slot)) this.replaced?.push(slot, nodes.version(slot), nodes.get(slot, NONCE))
    else nodes.free(slot)
  }

  /** The inner node itself if it is unsaved, else an unsaved copy. Either way its hash is no longer known. */
  private writable(slot: Slot): Slot {
    const { nodes } = this
    if (!nodes.isSaved(slot)) {
      nodes.set(slot, VERSION, 0)
      return slot
    }
    const copy = nodes.allocate()
    nodes.set(copy, KEY, nodes.heap.retain(nodes.get(slot, KEY)))
    for (let word = HEIGHT; word <= SIZE; word++) nodes.set(copy, word, nodes.get(slot, word))
    for (let word = LEFT; word < RIGHT + 3; word++) nodes.set(copy, word, nodes.get(slot, word))
    this.drop(slot)
    return copy
  }

  private measure(node: Slot): void {
    const { nodes } = this
    const left = nodes.left(node)
    const right = nodes.right(node)
    const [a, b] = [nodes.get(left, HEIGHT), nodes.get(right, HEIGHT)]
    nodes.set(node, HEIGHT, 1 + (a > b ? a : b))
    nodes.set(node, SIZE, nodes.get(left, SIZE) + nodes.get(right, SIZE))
  }

  private lean(node: Slot): number {
    const { nodes } = this
    return nodes.get(nodes.left(node), HEIGHT) - nodes.get(nodes.right(node), HEIGHT)
  }

  /** Measures an unsaved node anew and rotates it if it leans by two. A child that leans nowhere rotates once. */
  private balance(node: Slot): Slot {
    const { nodes } = this
    this.measure(node)
    const lean = this.lean(node)
    if (lean > 1) {
      const left = nodes.left(node)
      if (this.lean(left) < 0) nodes.link(node, LEFT, this.rotate(this.writable(left), RIGHT, LEFT))
      return this.rotate(node, LEFT, RIGHT)
    }
    if (lean < -1) {
      const right = nodes.right(node)
      if (this.lean(right) > 0) nodes.link(node, RIGHT, this.rotate(this.writable(right), LEFT, RIGHT))
      return this.rotate(node, RIGHT, LEFT)
    }
    return node
  }

  /** Lifts the child at `up` of an unsaved node over it; the node becomes that child's child at `down`. */
  private rotate(node: Slot, up: Side, down: Side): Slot {
    const { nodes } = this
    const pivot = this.writable(nodes.child(node, up))
    nodes.link(node, up, nodes.child(pivot, down))
    nodes.link(pivot, down, node)
    this.measure(node)
    this.measure(pivot)
    return pivot
  }
}
