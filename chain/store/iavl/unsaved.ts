// The unsaved nodes of a working tree: all lie above the saved ones. They are read once, into dense lists,
// because large trees wait for memory more than for arithmetic.
import { IntList } from './ints.ts'
import { LEFT, META, RIGHT, SIZE, type Side, type Slot } from './layout.ts'
import type { Nodes } from './nodes.ts'
import type { Root } from './version.ts'

const SIDES = [LEFT, RIGHT] as const

/** Where a child hangs: twice its parent's number, plus 1 if it is the right one. */
export type Place = number

/**
 * Nodes are numbered in the order of their names: a node before those below it, left before right. So an
 * unsaved left child has its parent's number plus 1.
 */
export class Unsaved {
  readonly slots = new IntList()
  /** The place of each node; -1 of the root. */
  readonly places = new IntList()
  readonly heights = new IntList()
  readonly sizes = new IntList()
  /** The number of each node's right child, if that is unsaved. */
  readonly rights = new IntList()
  /** Saved children of unsaved nodes, and their places, in rising order. */
  readonly saved = new IntList()
  readonly savedPlaces = new IntList()

  constructor(private readonly nodes: Nodes) {}

  get count(): number {
    return this.slots.length
  }

  /** Reads all nodes from an unsaved root on, and shows each to `visit` while it is fresh in the cache. */
  collect(root: Slot, visit: (slot: Slot, number: number, place: Place) => void): void {
    const { nodes, slots } = this
    for (const list of [this.slots, this.places, this.heights, this.sizes, this.rights]) list.clear()
    this.saved.clear()
    this.savedPlaces.clear()
    const stack = [root, -1]
    while (stack.length > 0) {
      const place = stack.pop()!
      const slot = stack.pop()!
      const number = slots.length
      const words = nodes.buffer(slot)
      const at = nodes.wordOf(slot)
      const height = words[at + META]! & 0xff
      slots.push(slot)
      this.places.push(place)
      this.heights.push(height)
      this.sizes.push(words[at + SIZE]!)
      this.rights.push(0)
      if (place > 0 && (place & 1) === 1) this.rights.data[place >> 1] = number
      visit(slot, number, place)
      if (height === 0) continue
      const [isLeftUnsaved, isRightUnsaved] = [words[at + LEFT + 2] === 0, words[at + RIGHT + 2] === 0]
      if (!isLeftUnsaved) this.addSaved(slot, LEFT, 2 * number)
      if (isRightUnsaved) stack.push(words[at + RIGHT]!, 2 * number + 1)
      else this.addSaved(slot, RIGHT, 2 * number + 1)
      if (isLeftUnsaved) stack.push(words[at + LEFT]!, 2 * number)
    }
  }

  private addSaved(slot: Slot, side: Side, place: Place): void {
    this.saved.push(this.nodes.likelyChild(slot, side))
    this.savedPlaces.push(place)
  }
}

/**
 * Frees what of this tree was saved after `version` or not at all. Only for trees whose nodes are all in
 * memory.
 */
export const freeNewer = (nodes: Nodes, root: Root, version: number): void => {
  const isHere = root.nonce === 0 || nodes.holds(root.slot, root.version, root.nonce)
  const stack = isHere ? [root.slot] : []
  for (let slot = stack.pop(); slot !== undefined; slot = stack.pop()) {
    if (slot === 0 || (nodes.isSaved(slot) && nodes.version(slot) <= version)) continue
    if (nodes.isLeaf(slot)) nodes.latest.forget(slot)
    else for (const side of SIDES) stack.push(childInMemory(nodes, slot, side))
    nodes.free(slot)
  }
}

/** 0 if the child was freed already, as part of another version. */
const childInMemory = (nodes: Nodes, slot: Slot, side: Side): Slot => {
  const child = nodes.get(slot, side)
  const nonce = nodes.get(slot, side + 2)
  return nonce === 0 || nodes.holds(child, nodes.get(slot, side + 1) >>> 0, nonce) ? child : 0
}
