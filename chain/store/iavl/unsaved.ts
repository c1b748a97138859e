// The nodes of the working tree that are not saved: all lie above the saved ones.
import { LEFT, META, NONCE, RIGHT, type Slot, VERSION } from './layout.ts'
import type { Nodes } from './nodes.ts'
import type { Root } from './version.ts'

const SIDES = [LEFT, RIGHT] as const

export type Unsaved = {
  /** A node before those below it, left before right: the order in which they are named. */
  readonly inOrder: Slot[]
  /** Those whose hash is not known, by height. */
  readonly unhashed: Slot[][]
}

export const unsavedNodes = (nodes: Nodes, root: Slot): Unsaved => {
  const inOrder: Slot[] = []
  const unhashed: Slot[][] = [[]]
  for (let height = nodes.height(root); height > 0; height--) unhashed.push([])
  const stack = nodes.isSaved(root) ? [] : [root]
  for (let slot = stack.pop(); slot !== undefined; slot = stack.pop()) {
    inOrder.push(slot)
    const words = nodes.buffer(slot)
    const at = nodes.wordOf(slot)
    const height = words[at + META]! & 0xff
    if (words[at + VERSION] === 0) unhashed[height]!.push(slot)
    if (height === 0) continue
    if (words[at + RIGHT + 2] === 0) stack.push(words[at + RIGHT]!)
    if (words[at + LEFT + 2] === 0) stack.push(words[at + LEFT]!)
  }
  return { inOrder, unhashed }
}

/**
 * Saves nodes whose hashes are known, given in the order of Unsaved: their nonces are 1, 2, … (iavl
 * mutable_tree.go, saveNewNodes). Backwards, so that a node's children have their names before it names them.
 */
export const saveNodes = (
  nodes: Nodes,
  inOrder: readonly Slot[],
  written: (slot: Slot, nonce: number) => void,
): void => {
  for (let nonce = inOrder.length; nonce > 0; nonce--) {
    const slot = inOrder[nonce - 1]!
    nodes.set(slot, NONCE, nonce)
    if (!nodes.isLeaf(slot))
      for (const side of SIDES)
        if (nodes.get(slot, side + 2) === 0) nodes.link(slot, side, nodes.get(slot, side))
    written(slot, nonce)
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
const childInMemory = (nodes: Nodes, slot: Slot, side: typeof LEFT | typeof RIGHT): Slot => {
  const [child, version, nonce] = [0, 1, 2].map((word) => nodes.get(slot, side + word)) as [
    number,
    number,
    number,
  ]
  return nonce === 0 || nodes.holds(child, version >>> 0, nonce) ? child : 0
}
