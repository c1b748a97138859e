// A saved node as bytes, as iavl v1 writes them (iavl node.go, writeBytes):
// leaf zz(0) zz(1) lp(key) lp(value), inner zz(height) zz(size) lp(key) lp(hash) zz(mode) zz(left) zz(right),
// where a child is its version and nonce, zz a zig-zag varint, lp a length as plain varint and then the
// bytes. Mode 0 is the only one of trees that began with iavl v1. A leaf's hash is not written; it is
// computed when somebody asks.

import type { Bytes } from '../../bytes.ts'
import type { WriteBatch } from './batch.ts'
import { KEY_HASH, LEFT, RIGHT, SIZE, type Slot, VALUE } from './layout.ts'
import type { Nodes } from './nodes.ts'
import type { NodeRecords } from './records.ts'

const HASH_BYTES = 32
const SIDES = [LEFT, RIGHT] as const

/** Writes an unsigned varint of a number below 2^53 and returns where it ends. */
export const putUvarint = (target: Bytes, at: number, value: number): number => {
  for (; value > 0x7fffffff; value = Math.floor(value / 128)) target[at++] = (value % 128) | 128
  for (; value > 127; value >>>= 7) target[at++] = (value & 127) | 128
  target[at] = value
  return at + 1
}

/** Writes a zig-zag varint of a number that is not negative. */
export const putVarint = (target: Bytes, at: number, value: number): number =>
  putUvarint(target, at, value * 2)

/** Reads numbers and byte strings; throws an Error where there are none. */
export class Reader {
  constructor(
    private readonly bytes: Bytes,
    public at = 0,
  ) {}

  uvarint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++]
      if (byte === undefined || scale > 2 ** 49) throw new Error('malformed varint in a tree node')
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }

  /** A zig-zag varint of a number from 0 to `max`. */
  varint(max: number): number {
    const raw = this.uvarint()
    if (raw % 2 !== 0 || raw / 2 > max) throw new Error(`number out of range in a tree node: zig-zag ${raw}`)
    return raw / 2
  }

  /** Skips a byte string and returns where it begins; it ends at `at`. */
  skip(): number {
    const length = this.uvarint()
    const start = this.at
    this.at += length
    if (this.at > this.bytes.length) throw new Error('truncated tree node')
    return start
  }
}

const MAX_U32 = 0xffffffff

/** Fills a fresh record from a node's bytes, all but its name. */
export const decodeNode = (nodes: Nodes, slot: Slot, bytes: Bytes): void => {
  const reader = new Reader(bytes)
  const height = reader.varint(127)
  nodes.set(slot, SIZE, reader.varint(MAX_U32))
  const key = reader.skip()
  const hash = nodes.setKey(slot, height, bytes, key, reader.at)
  if (height === 0) {
    const value = reader.skip()
    nodes.set(slot, VALUE, nodes.heap.put(bytes, value, reader.at))
    nodes.set(slot, KEY_HASH, hash)
    nodes.set(slot, SIZE, 0)
  } else decodeChildren(nodes, slot, bytes, reader)
}

const decodeChildren = (nodes: Nodes, slot: Slot, bytes: Bytes, reader: Reader): void => {
  const hash = reader.skip()
  if (reader.at - hash !== HASH_BYTES) throw new Error('a tree node with a hash that has not 32 bytes')
  nodes.setHash(slot, new Int32Array(bytes.slice(hash, reader.at).buffer), 0)
  const mode = reader.varint(3)
  if (mode !== 0) throw new Error('a tree node of iavl v0: prune its versions with the Go node first')
  for (const side of SIDES) {
    nodes.set(slot, side, 0)
    nodes.set(slot, side + 1, reader.varint(MAX_U32))
    // The Go side renames a root to nonce 0 when it prunes the root's own version; `NodeRecords` finds it as
    // 1.
    nodes.set(slot, side + 2, reader.varint(MAX_U32) || 1)
  }
}

/** The most bytes that a node takes up besides its key and value. */
const NODE_ROOM = 120
/** The most bytes of a varint of 32 bits. */
const NUMBER_ROOM = 5

/**
 * Writes an unsaved node under the name that it will have, as far as it is known: an inner node without its
 * hash, and without the nonce of an unsaved right child, for which there is room behind the record. An
 * unsaved left child has the next nonce. Returns where in the buffer the hash belongs, -1 for a leaf.
 */
export const beginNode = (
  batch: WriteBatch,
  records: NodeRecords,
  nodes: Nodes,
  slot: Slot,
  version: number,
  nonce: number,
): number => {
  batch.reserve(records.keyBytes + roomOf(nodes, slot))
  const { buffer, view } = batch
  records.putKey(buffer, view, batch.at, version, nonce)
  const middle = batch.at + records.keyBytes
  let at = putHead(nodes, slot, buffer, view, middle)
  if (nodes.isLeaf(slot)) {
    batch.close(middle, putValue(nodes, slot, buffer, at))
    return -1
  }
  const hash = at + 1
  buffer[at] = HASH_BYTES
  buffer[hash + HASH_BYTES] = 0
  at = hash + HASH_BYTES + 1
  const isLeftUnsaved = nodes.get(slot, LEFT + 2) === 0
  at = putVarint(buffer, at, isLeftUnsaved ? version : nodes.get(slot, LEFT + 1) >>> 0)
  at = putVarint(buffer, at, isLeftUnsaved ? nonce + 1 : nodes.get(slot, LEFT + 2))
  const isRightUnsaved = nodes.get(slot, RIGHT + 2) === 0
  at = putVarint(buffer, at, isRightUnsaved ? version : nodes.get(slot, RIGHT + 1) >>> 0)
  if (!isRightUnsaved) at = putVarint(buffer, at, nodes.get(slot, RIGHT + 2))
  batch.close(middle, at, isRightUnsaved ? NUMBER_ROOM : 0)
  return hash
}

/** Writes a saved node under another name. */
export const putNode = (
  batch: WriteBatch,
  records: NodeRecords,
  nodes: Nodes,
  slot: Slot,
  version: number,
  nonce: number,
): void => {
  const place = beginNode(batch, records, nodes, slot, version, nonce)
  if (place >= 0) batch.bufferOf(batch.count - 1).set(nodes.hash(slot), place)
}

const roomOf = (nodes: Nodes, slot: Slot): number =>
  NODE_ROOM + nodes.keyLength(slot) + (nodes.isLeaf(slot) ? nodes.heap.length(nodes.get(slot, VALUE)) : 0)

const putHead = (nodes: Nodes, slot: Slot, target: Bytes, view: DataView, at: number): number => {
  at = putVarint(target, at, nodes.height(slot))
  at = putVarint(target, at, nodes.size(slot))
  at = putUvarint(target, at, nodes.keyLength(slot))
  return nodes.putKey(slot, target, view, at)
}

const putValue = (nodes: Nodes, slot: Slot, target: Bytes, at: number): number => {
  const value = nodes.get(slot, VALUE)
  return nodes.heap.copyTo(value, target, putUvarint(target, at, nodes.heap.length(value)))
}
