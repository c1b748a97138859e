// Writing to the working tree: set and delete with AVL rotations, node for node as iavl does (iavl
// mutable_tree.go), since the shape of the tree and the version of every node go into the root. The first
// write below a saved node in a version replaces it by an unsaved one, which further writes change in place.
// If the saved node is on disk, its own record becomes the unsaved node: nothing is copied, and whoever still
// wants the old one loads it. Recursion is as deep as the tree.
import type { Bytes } from '../../bytes.ts'
import {
  KEY_HASH,
  KEY_REF,
  LEFT,
  META,
  NONCE,
  RIGHT,
  SIZE,
  type Side,
  type Slot,
  VALUE,
  WORDS,
} from './layout.ts'
import type { Nodes } from './nodes.ts'

const NOTHING = new Uint8Array(0)

export class Editor {
  /**
   * Names of saved nodes that the working tree has replaced, two numbers each; undefined if nobody wants to
   * know.
   */
  replaced: number[] | undefined
  private value: Bytes = NOTHING
  /** The way down to a leaf: nodes, and the sides on which it goes on. */
  private readonly path: Slot[] = []
  private readonly sides: Side[] = []
  /**
   * The parent whose left leaf was deleted. Its key replaces that of the first node on the way up that comes
   * from the right.
   */
  private carried: Slot = 0

  constructor(private readonly nodes: Nodes) {}

  /**
   * The root after setting the key that is aimed at; `root` 0 is the empty tree. Setting the value that it
   * has still makes a new leaf.
   */
  set(root: Slot, value: Bytes): Slot {
    const { nodes, path, sides } = this
    this.value = value
    if (root === 0) return this.newLeaf()
    let depth = 0
    let slot = root
    for (; !nodes.isLeaf(slot); depth++) {
      path[depth] = slot
      sides[depth] = nodes.order(slot) < 0 ? LEFT : RIGHT
      slot = nodes.child(slot, sides[depth]!)
    }
    const order = nodes.order(slot)
    slot = order === 0 ? this.updateLeaf(slot) : this.split(slot, order)
    for (let level = depth - 1; level >= 0; level--) {
      const side = sides[level]!
      // Above an unsaved child that was there before, an update changes nothing.
      if (order === 0 && nodes.isLinked(path[level]!, side, slot)) return root
      const node = this.writable(path[level]!)
      nodes.link(node, side, slot)
      slot = order === 0 ? node : this.balance(node)
    }
    return slot
  }

  /** The root after deleting the key that is aimed at and is there; 0 if nothing is left. */
  delete(root: Slot): Slot {
    this.carried = 0
    this.nodes.latest.delete()
    const next = this.deleteIn(root)
    if (this.carried !== 0) this.drop(this.carried)
    return next
  }

  private newLeaf(): Slot {
    const { nodes } = this
    const { key } = nodes.target
    const leaf = nodes.allocate()
    nodes.set(leaf, KEY_HASH, nodes.setKey(leaf, 0, key, 0, key.length))
    nodes.set(leaf, VALUE, nodes.heap.put(this.value))
    nodes.set(leaf, SIZE, 1)
    nodes.latest.put(leaf)
    return leaf
  }

  /** A leaf with another key becomes the parent of both; the left one has the smaller key. */
  private split(slot: Slot, order: number): Slot {
    const { nodes } = this
    const leaf = this.newLeaf()
    const inner = nodes.allocate()
    const [left, right] = order < 0 ? [leaf, slot] : [slot, leaf]
    nodes.set(inner, META, 1)
    nodes.copyKey(inner, right)
    nodes.set(inner, SIZE, 2)
    nodes.link(inner, LEFT, left)
    nodes.link(inner, RIGHT, right)
    return inner
  }

  private updateLeaf(slot: Slot): Slot {
    const { nodes } = this
    if (nodes.isSaved(slot) && !nodes.isBacked) return this.newLeaf()
    const leaf = this.writable(slot)
    nodes.heap.release(nodes.get(leaf, VALUE))
    nodes.set(leaf, VALUE, nodes.heap.put(this.value))
    nodes.set(leaf, SIZE, 1)
    if (!nodes.latest.complete) nodes.latest.put(leaf)
    return leaf
  }

  private deleteIn(slot: Slot): Slot {
    const { nodes } = this
    if (nodes.isLeaf(slot)) {
      this.drop(slot)
      return 0
    }
    const side = nodes.order(slot) < 0 ? LEFT : RIGHT
    const child = this.deleteIn(nodes.child(slot, side))
    if (child === 0) {
      const sibling = nodes.child(slot, side === LEFT ? RIGHT : LEFT)
      if (side === LEFT) this.carried = slot
      else this.drop(slot)
      return sibling
    }
    const node = this.writable(slot)
    nodes.link(node, side, child)
    if (side === RIGHT && this.carried !== 0) {
      nodes.copyKey(node, this.carried)
      this.drop(this.carried)
      this.carried = 0
    }
    return this.balance(node)
  }

  /** The working tree uses this node no longer. */
  private drop(slot: Slot): void {
    const { nodes } = this
    const isSaved = nodes.isSaved(slot)
    if (isSaved && nodes.isBacked) this.noteReplaced(slot)
    if (!isSaved || nodes.isBacked) nodes.free(slot)
  }

  private noteReplaced(slot: Slot): void {
    this.replaced?.push(this.nodes.version(slot), this.nodes.get(slot, NONCE))
  }

  /** An unsaved node in the place of this one. */
  private writable(slot: Slot): Slot {
    const { nodes } = this
    if (!nodes.isSaved(slot)) return slot
    if (!nodes.isBacked) return this.copy(slot)
    this.noteReplaced(slot)
    nodes.set(slot, NONCE, 0)
    return slot
  }

  private copy(slot: Slot): Slot {
    const { nodes } = this
    const copy = nodes.allocate()
    const [source, from] = [nodes.buffer(slot), nodes.wordOf(slot)]
    const [target, to] = [nodes.buffer(copy), nodes.wordOf(copy)]
    for (let word = META; word < WORDS; word++) target[to + word] = source[from + word]!
    const key = source[from + KEY_REF]!
    if (key !== 0) nodes.heap.retain(key)
    return copy
  }

  private measure(node: Slot): void {
    const { nodes } = this
    const left = nodes.left(node)
    const right = nodes.right(node)
    const [a, b] = [nodes.height(left), nodes.height(right)]
    nodes.set(node, META, (nodes.get(node, META) & ~0xff) | (1 + (a > b ? a : b)))
    nodes.set(node, SIZE, nodes.size(left) + nodes.size(right))
  }

  private lean(node: Slot): number {
    const { nodes } = this
    return nodes.height(nodes.left(node)) - nodes.height(nodes.right(node))
  }

  /**
   * Measures an unsaved node anew and rotates it if it leans by two. A child that leans nowhere rotates once.
   */
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
