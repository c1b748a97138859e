// Hashes of a tree's nodes (iavl node.go, writeHashBytes):
// leaf H(zz(0) zz(1) zz(version) lp(key) 32 H(value)), inner H(zz(height) zz(size) zz(version) 32 left 32
// right). Unsaved nodes of one height do not depend on each other, so each height is hashed as a batch, from
// the leaves up.
import type { Bytes } from '../../bytes.ts'
import { LANE_BLOCKS, paddedBlocks, sha256, sha256Lanes } from '../sha256.ts'
import { putUvarint, putVarint } from './codec.ts'
import { HASH, HASH_WORDS, LEFT, RIGHT, SIZE, type Slot, VALUE, VERSION } from './layout.ts'
import type { Nodes } from './nodes.ts'

const lanes = sha256Lanes
const view = new DataView(lanes.bytes.buffer)
const digests = new Int32Array(lanes.bytes.buffer)

/** Blocks of an inner node's message: at most 16 bytes of numbers and 66 of hashes. */
const INNER_BLOCKS = 2
const CAPACITY = lanes.capacity(INNER_BLOCKS)
/**
 * The children's hashes of a batch: gathered first, in a loop so small that many loads are under way at once.
 */
const gathered = new Int32Array(2 * HASH_WORDS * CAPACITY)

/** Hashes nodes that are given by their height, as nodes of `version`; all below them have a hash. */
export const hashLevels = (nodes: Nodes, levels: readonly (readonly Slot[])[], version: number): void => {
  levels.forEach((level, height) => {
    if (height > 0) hashInner(nodes, level, version)
    else {
      hashValues(nodes, level)
      hashLeaves(nodes, level, version)
    }
  })
}

const hashInner = (nodes: Nodes, slots: readonly Slot[], version: number): void => {
  for (let from = 0; from < slots.length; from += CAPACITY) {
    const count = Math.min(CAPACITY, slots.length - from)
    fetchChildren(nodes, slots, from, from + count)
    for (let i = 0; i < count; i++) {
      const slot = slots[from + i]!
      nodes.copyHash(nodes.left(slot), gathered, 2 * HASH_WORDS * i)
      nodes.copyHash(nodes.right(slot), gathered, 2 * HASH_WORDS * i + HASH_WORDS)
    }
    for (let i = 0; i < count; i++) {
      const start = lanes.start(i, INNER_BLOCKS)
      lanes.pad(start, putInner(nodes, slots[from + i]!, version, start, 2 * HASH_WORDS * i), INNER_BLOCKS)
    }
    lanes.run(count, INNER_BLOCKS)
    for (let i = 0; i < count; i++) takeDigest(nodes, slots[from + i]!, version, i)
  }
}

/**
 * Reads a word of every child, so that they are in the processor's cache when their hashes are gathered: in a
 * loop this small many reads are under way at once, and memory, not hashing, is what large trees wait for.
 */
const fetchChildren = (nodes: Nodes, slots: readonly Slot[], from: number, to: number): void => {
  let seen = 0
  for (let i = from; i < to; i++) {
    const words = nodes.buffer(slots[i]!)
    const at = nodes.wordOf(slots[i]!)
    seen ^= nodes.get(words[at + LEFT]!, HASH) ^ nodes.get(words[at + RIGHT]!, HASH)
  }
  fetched[0] = seen
}

const fetched = new Int32Array(1)

const putInner = (nodes: Nodes, slot: Slot, version: number, at: number, children: number): number => {
  at = putVarint(lanes.bytes, at, nodes.height(slot))
  at = putVarint(lanes.bytes, at, nodes.get(slot, SIZE) >>> 0)
  at = putVarint(lanes.bytes, at, version)
  lanes.bytes[at] = 32
  lanes.bytes[at + 33] = 32
  for (let i = 0; i < HASH_WORDS; i++) {
    view.setInt32(at + 1 + 4 * i, gathered[children + i]!, true)
    view.setInt32(at + 34 + 4 * i, gathered[children + HASH_WORDS + i]!, true)
  }
  return at + 66
}

const takeDigest = (nodes: Nodes, slot: Slot, version: number, index: number): void => {
  nodes.setHash(slot, digests, lanes.digestAt(index) >>> 2)
  nodes.set(slot, VERSION, version)
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
    if (blocks > 0)
      hashGroup(nodes, group, blocks, 0, (leaf, start) =>
        heap.copyTo(nodes.get(leaf, VALUE), lanes.bytes, start),
      )
    else for (const leaf of group) nodes.setHash(leaf, valueHash(nodes, leaf), 0)
  })
}

const valueHash = (nodes: Nodes, leaf: Slot): Int32Array =>
  new Int32Array(sha256(nodes.heap.get(nodes.get(leaf, VALUE))).buffer)

/** Bytes of a leaf's message besides the key, at most. */
const LEAF_ROOM = 64

/** Writes a leaf's message, of whose value the hash stands at values[from, from + 8). */
const putLeaf = (
  nodes: Nodes,
  leaf: Slot,
  version: number,
  target: Bytes,
  targetView: DataView,
  at: number,
  values: Int32Array,
  from: number,
): number => {
  target[at] = 0
  target[at + 1] = 2
  at = putVarint(target, at + 2, version)
  at = putUvarint(target, at, nodes.keyLength(leaf))
  at = nodes.putKey(leaf, target, targetView, at)
  target[at] = 32
  for (let i = 0; i < HASH_WORDS; i++) targetView.setInt32(at + 1 + 4 * i, values[from + i]!, true)
  return at + 33
}

const putLong = (nodes: Nodes, leaf: Slot, version: number, value: Int32Array): void => {
  const message = new Uint8Array(LEAF_ROOM + nodes.keyLength(leaf))
  const end = putLeaf(nodes, leaf, version, message, new DataView(message.buffer), 0, value, 0)
  nodes.setHash(leaf, new Int32Array(sha256(message.subarray(0, end)).buffer), 0)
}

const hashLeaves = (nodes: Nodes, leaves: readonly Slot[], version: number): void => {
  const fixed = 2 + putVarint(new Uint8Array(8), 0, version) + 1 + 32
  const groups = byBlocks(leaves, (leaf) => {
    const length = nodes.keyLength(leaf)
    return fixed + (length < 128 ? 1 : length < 16_384 ? 2 : 3) + length
  })
  const value = new Int32Array(HASH_WORDS)
  for (const leaf of groups[0]!) {
    nodes.copyHash(leaf, value, 0)
    putLong(nodes, leaf, version, value)
    nodes.set(leaf, VERSION, version)
  }
  for (let blocks = 1; blocks <= LANE_BLOCKS; blocks++)
    hashGroup(nodes, groups[blocks]!, blocks, version, (leaf, start) => {
      nodes.copyHash(leaf, value, 0)
      return putLeaf(nodes, leaf, version, lanes.bytes, view, start, value, 0)
    })
}

/** Hashes one message for each slot; `put` writes it at `start` and returns where it ends. */
const hashGroup = (
  nodes: Nodes,
  slots: readonly Slot[],
  blocks: number,
  version: number,
  put: (slot: Slot, start: number) => number,
): void => {
  const capacity = lanes.capacity(blocks)
  for (let from = 0; from < slots.length; from += capacity) {
    const count = Math.min(capacity, slots.length - from)
    for (let i = 0; i < count; i++) {
      const start = lanes.start(i, blocks)
      lanes.pad(start, put(slots[from + i]!, start), blocks)
    }
    lanes.run(count, blocks)
    for (let i = 0; i < count; i++) takeDigest(nodes, slots[from + i]!, version, i)
  }
}

/** Hashes a saved leaf, as it comes from disk without its hash. */
export const hashLeaf = (nodes: Nodes, leaf: Slot): void => {
  putLong(nodes, leaf, nodes.version(leaf), valueHash(nodes, leaf))
  nodes.set(leaf, SIZE, 1)
}
