// Hashes of the unsaved nodes of a tree (iavl node.go, writeHashBytes):
// leaf  H(zz(0) zz(1) zz(version) lp(key) 32 H(value)), inner  H(zz(height) zz(size) zz(version) 32 left 32 right).
// Nodes of one height do not depend on each other, so each height is hashed as a batch, from the leaves up.

import { LANE_BLOCKS, paddedBlocks, sha256, sha256Lanes } from '../sha256.ts'
import { putUvarint, putVarint } from './codec.ts'
import { HEIGHT, KEY, LEFT, RIGHT, SIZE, type Slot, VALUE, VERSION } from './layout.ts'
import type { Nodes } from './nodes.ts'

const lanes = sha256Lanes
const view = new DataView(lanes.bytes.buffer)

/** Blocks of an inner node's message: at most 11 bytes of numbers and 66 of hashes. */
const INNER_BLOCKS = 2

/** Hashes every unsaved node under `root` whose hash is not known, as a node of `version`. */
export const hashUnsaved = (nodes: Nodes, root: Slot, version: number): void => {
  const levels: Slot[][] = []
  const stack = [root]
  for (let slot = stack.pop(); slot !== undefined; slot = stack.pop()) {
    if (nodes.isSaved(slot) || nodes.get(slot, VERSION) !== 0) continue
    const height = nodes.get(slot, HEIGHT)
    while (levels.length <= height) levels.push([])
    levels[height]!.push(slot)
    if (height === 0) continue
    for (const side of [LEFT, RIGHT] as const)
      if (nodes.get(slot, side + 2) === 0) stack.push(nodes.get(slot, side))
  }
  levels.forEach((level, height) => {
    if (height > 0) hashInner(nodes, level, version)
    else {
      hashValues(nodes, level)
      hashLeaves(nodes, level, version)
    }
    for (const slot of level) nodes.set(slot, VERSION, version)
  })
}

const hashInner = (nodes: Nodes, slots: readonly Slot[], version: number): void => {
  const capacity = lanes.capacity(INNER_BLOCKS)
  for (let from = 0; from < slots.length; from += capacity) {
    const to = Math.min(from + capacity, slots.length)
    for (let i = from; i < to; i++) {
      const start = lanes.start(i - from, INNER_BLOCKS)
      lanes.pad(start, putInner(nodes, slots[i]!, version, start), INNER_BLOCKS)
    }
    lanes.run(to - from, INNER_BLOCKS)
    for (let i = from; i < to; i++) nodes.setHash(slots[i]!, view, lanes.digestAt(i - from))
  }
}

const putInner = (nodes: Nodes, slot: Slot, version: number, at: number): number => {
  at = putVarint(lanes.bytes, at, nodes.get(slot, HEIGHT))
  at = putVarint(lanes.bytes, at, nodes.get(slot, SIZE) >>> 0)
  at = putVarint(lanes.bytes, at, version)
  lanes.bytes[at] = 32
  nodes.copyHash(nodes.left(slot), view, at + 1)
  lanes.bytes[at + 33] = 32
  nodes.copyHash(nodes.right(slot), view, at + 34)
  return at + 66
}

/** Sorts slots by the blocks of their messages; number 0 are those that are too long for a lane. */
const byBlocks = (slots: readonly Slot[], length: (slot: Slot) => number): Slot[][] => {
  const groups: Slot[][] = Array.from({ length: LANE_BLOCKS + 1 }, () => [])
  for (const slot of slots) {
    const blocks = paddedBlocks(length(slot))
    groups[blocks > LANE_BLOCKS ? 0 : blocks]!.push(slot)
  }
  return groups
}

/** Leaves H(value) in the place of each leaf's hash. */
const hashValues = (nodes: Nodes, leaves: readonly Slot[]): void => {
  const { heap } = nodes
  const groups = byBlocks(leaves, (leaf) => heap.length(nodes.get(leaf, VALUE)))
  groups.forEach((group, blocks) => {
    if (blocks === 0) for (const leaf of group) setLong(nodes, leaf, heap.get(nodes.get(leaf, VALUE)))
    else
      hashGroup(nodes, group, blocks, (leaf, start) =>
        heap.copyTo(nodes.get(leaf, VALUE), lanes.bytes, start),
      )
  })
}

/** A leaf's message has at most 50 bytes besides the key. */
const LEAF_ROOM = 50

const hashLeaves = (nodes: Nodes, leaves: readonly Slot[], version: number): void => {
  const { heap } = nodes
  const prefix = new Uint8Array(LEAF_ROOM)
  prefix[1] = 2
  const prefixEnd = putVarint(prefix, 2, version)
  const put = (leaf: Slot, target: Uint8Array, at: number): number => {
    for (let i = 0; i < prefixEnd; i++) target[at++] = prefix[i]!
    const key = nodes.get(leaf, KEY)
    at = heap.copyTo(key, target, putUvarint(target, at, heap.length(key)))
    target[at] = 32
    return at + 1
  }
  const groups = byBlocks(leaves, (leaf) => {
    const length = heap.length(nodes.get(leaf, KEY))
    return prefixEnd + (length < 128 ? 1 : length < 16_384 ? 2 : 3) + length + 33
  })
  groups.forEach((group, blocks) => {
    if (blocks > 0)
      return hashGroup(nodes, group, blocks, (leaf, start) => {
        const at = put(leaf, lanes.bytes, start)
        nodes.copyHash(leaf, view, at)
        return at + 32
      })
    for (const leaf of group) {
      const message = new Uint8Array(LEAF_ROOM + heap.length(nodes.get(leaf, KEY)))
      const at = put(leaf, message, 0)
      message.set(nodes.hash(leaf), at)
      setLong(nodes, leaf, message.subarray(0, at + 32))
    }
  })
}

const setLong = (nodes: Nodes, slot: Slot, message: Uint8Array): void =>
  nodes.setHash(slot, new DataView(sha256(message).buffer), 0)

/** Hashes one message for each slot; `put` writes it at `start` and returns where it ends. */
const hashGroup = (
  nodes: Nodes,
  slots: readonly Slot[],
  blocks: number,
  put: (slot: Slot, start: number) => number,
): void => {
  const capacity = lanes.capacity(blocks)
  for (let from = 0; from < slots.length; from += capacity) {
    const to = Math.min(from + capacity, slots.length)
    for (let i = from; i < to; i++) {
      const start = lanes.start(i - from, blocks)
      lanes.pad(start, put(slots[i]!, start), blocks)
    }
    lanes.run(to - from, blocks)
    for (let i = from; i < to; i++) nodes.setHash(slots[i]!, view, lanes.digestAt(i - from))
  }
}
