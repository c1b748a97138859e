// Hashes of a tree's nodes (iavl node.go, writeHashBytes):
// leaf H(zz(0) zz(1) zz(version) lp(key) 32 H(value)), inner H(zz(height) zz(size) zz(version) 32 left 32
// right). Here are the messages and how many of them are hashed at once; `Draft` says in which order.
import type { Bytes } from '../../bytes.ts'
import { LANE_BLOCKS, paddedBlocks, sha256, sha256Lanes } from '../sha256.ts'
import { putUvarint, putVarint } from './codec.ts'
import { HASH_WORDS, SIZE, type Slot, VALUE } from './layout.ts'
import type { Nodes } from './nodes.ts'

const lanes = sha256Lanes
const view = new DataView(lanes.bytes.buffer)
const words = new Int32Array(lanes.bytes.buffer)

/** Blocks of an inner node's message: at most 16 bytes of numbers and 66 of hashes. */
const INNER_BLOCKS = 2

/** Inner nodes of one height, by number. Hashes are eight words each. */
export type InnerNodes = {
  readonly height: number
  readonly version: number
  /** children[16 * i, …): the hash of the left child and that of the right one. */
  readonly children: Int32Array
  size(i: number): number
  /** Gets the digest, at source[at, at + 8). */
  done(i: number, source: Int32Array, at: number): void
}

/** Hashes the nodes with the numbers in the list. */
export const hashInner = (inner: InnerNodes, list: Int32Array): void => {
  const capacity = lanes.capacity(INNER_BLOCKS)
  for (let from = 0; from < list.length; from += capacity) {
    const count = Math.min(capacity, list.length - from)
    for (let i = 0; i < count; i++) {
      const node = list[from + i]!
      const start = lanes.start(i, INNER_BLOCKS)
      let at = putVarint(lanes.bytes, start, inner.height)
      at = putVarint(lanes.bytes, at, inner.size(node))
      at = putVarint(lanes.bytes, at, inner.version)
      lanes.pad(start, putChildren(inner.children, 2 * HASH_WORDS * node, at), INNER_BLOCKS)
    }
    lanes.run(count, INNER_BLOCKS)
    for (let i = 0; i < count; i++) inner.done(list[from + i]!, words, lanes.digestAt(i) >>> 2)
  }
}

const putChildren = (children: Int32Array, from: number, at: number): number => {
  lanes.bytes[at] = 32
  lanes.bytes[at + 33] = 32
  for (let i = 0; i < HASH_WORDS; i++) {
    view.setInt32(at + 1 + 4 * i, children[from + i]!, true)
    view.setInt32(at + 34 + 4 * i, children[from + HASH_WORDS + i]!, true)
  }
  return at + 66
}

/** Hashes leaves as leaves of `version`; `done` gets the number in the list and the digest. */
export const hashLeaves = (
  nodes: Nodes,
  leaves: readonly Slot[],
  version: number,
  done: (i: number, digests: Int32Array, at: number) => void,
): void => {
  const { heap } = nodes
  const values = new Int32Array(HASH_WORDS * leaves.length)
  hashAll(
    leaves,
    (leaf) => heap.length(nodes.get(leaf, VALUE)),
    (leaf, _, target, __, at) => heap.copyTo(nodes.get(leaf, VALUE), target, at),
    (i, digests, at) => copyWords(digests, at, values, HASH_WORDS * i),
  )
  const fixed = 2 + putVarint(new Uint8Array(8), 0, version) + 1 + 32
  hashAll(
    leaves,
    (leaf) => {
      const length = nodes.keyLength(leaf)
      return fixed + (length < 128 ? 1 : length < 16_384 ? 2 : 3) + length
    },
    (leaf, i, target, targetView, at) =>
      putLeaf(nodes, leaf, version, target, targetView, at, values, HASH_WORDS * i),
    done,
  )
}

export const copyWords = (source: Int32Array, from: number, target: Int32Array, to: number): void => {
  for (let i = 0; i < HASH_WORDS; i++) target[to + i] = source[from + i]!
}

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

type Put = (slot: Slot, i: number, target: Bytes, targetView: DataView, at: number) => number
type Done = (i: number, digests: Int32Array, at: number) => void

/** A message may be overwritten for so many bytes behind its end while it is put. */
const SLACK = 64

/** Hashes a message for each slot. `put` writes it at `at` and returns where it ends. */
const hashAll = (slots: readonly Slot[], length: (slot: Slot) => number, put: Put, done: Done): void => {
  const groups: number[][] = []
  for (let i = 0; i < slots.length; i++) {
    const blocks = paddedBlocks(length(slots[i]!))
    if (blocks > LANE_BLOCKS) hashLong(slots[i]!, i, length(slots[i]!), put, done)
    else if (slots.length === 1) hashGroup(slots, FIRST_ONLY, blocks, put, done)
    else {
      while (groups.length <= blocks) groups.push([])
      groups[blocks]!.push(i)
    }
  }
  for (let blocks = 1; blocks < groups.length; blocks++) hashGroup(slots, groups[blocks]!, blocks, put, done)
}

const FIRST_ONLY = [0]

const hashLong = (slot: Slot, i: number, length: number, put: Put, done: Done): void => {
  const message = new Uint8Array(length + SLACK)
  const end = put(slot, i, message, new DataView(message.buffer), 0)
  done(i, new Int32Array(sha256(message.subarray(0, end)).buffer), 0)
}

const hashGroup = (
  slots: readonly Slot[],
  group: readonly number[],
  blocks: number,
  put: Put,
  done: Done,
): void => {
  const capacity = lanes.capacity(blocks)
  for (let from = 0; from < group.length; from += capacity) {
    const count = Math.min(capacity, group.length - from)
    for (let i = 0; i < count; i++) {
      const start = lanes.start(i, blocks)
      const number = group[from + i]!
      lanes.pad(start, put(slots[number]!, number, lanes.bytes, view, start), blocks)
    }
    lanes.run(count, blocks)
    for (let i = 0; i < count; i++) done(group[from + i]!, words, lanes.digestAt(i) >>> 2)
  }
}

/** Hashes a saved leaf, as it comes from disk without its hash. */
export const hashLeaf = (nodes: Nodes, leaf: Slot): void => {
  hashLeaves(nodes, [leaf], nodes.version(leaf), (_, digests, at) => nodes.setHash(leaf, digests, at))
  nodes.set(leaf, SIZE, 1)
}
