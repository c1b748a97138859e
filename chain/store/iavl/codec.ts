// A saved node as bytes, as iavl v1 writes them (iavl node.go, writeBytes):
// leaf  zz(0) zz(1) lp(key) lp(value), inner  zz(height) zz(size) lp(key) lp(hash) zz(mode) zz(left) zz(right),
// where a child is its version and nonce, zz a zig-zag varint, lp a length as plain varint and then the bytes. Mode 0 is
// the only one of trees that began with iavl v1. A leaf's hash is not written; it is computed when somebody asks.

import type { Bytes } from '../../bytes.ts'
import { hashKey } from './latest.ts'
import { HASHED, HEIGHT, KEY, KEY_HASH, LEFT, RIGHT, SIZE, type Slot, VALUE } from './layout.ts'
import type { Nodes } from './nodes.ts'

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

/** Reads what a node is made of; throws an Error on bytes that are no node. */
class Reader {
  at = 0

  constructor(private readonly bytes: Bytes) {}

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
  nodes.set(slot, HEIGHT, height)
  nodes.set(slot, SIZE, reader.varint(MAX_U32))
  const key = reader.skip()
  const keyEnd = reader.at
  nodes.set(slot, KEY, nodes.heap.put(bytes, key, keyEnd))
  if (height === 0) decodeLeaf(nodes, slot, bytes, reader, key, keyEnd)
  else decodeInner(nodes, slot, bytes, reader)
}

const decodeLeaf = (
  nodes: Nodes,
  slot: Slot,
  bytes: Bytes,
  reader: Reader,
  key: number,
  keyEnd: number,
): void => {
  const value = reader.skip()
  nodes.set(slot, VALUE, nodes.heap.put(bytes, value, reader.at))
  nodes.set(slot, KEY_HASH, hashKey(bytes, key, keyEnd))
  nodes.set(slot, HASHED, 0)
}

const decodeInner = (nodes: Nodes, slot: Slot, bytes: Bytes, reader: Reader): void => {
  const hash = reader.skip()
  if (reader.at - hash !== HASH_BYTES) throw new Error('a tree node with a hash that has not 32 bytes')
  nodes.setHash(slot, new DataView(bytes.buffer, bytes.byteOffset), hash)
  const mode = reader.varint(3)
  if (mode !== 0) throw new Error('a tree node of iavl v0: prune its versions with the Go node first')
  for (const side of SIDES) {
    nodes.set(slot, side, 0)
    nodes.set(slot, side + 1, reader.varint(MAX_U32))
    // The Go side renames a root to nonce 0 when it prunes the root's own version; `NodeRecords` finds it as 1.
    nodes.set(slot, side + 2, reader.varint(MAX_U32) || 1)
  }
}

/** The most bytes that `encodeNode` writes for this node. */
export const encodedRoom = (nodes: Nodes, slot: Slot): number =>
  90 +
  nodes.heap.length(nodes.get(slot, KEY)) +
  (nodes.isLeaf(slot) ? nodes.heap.length(nodes.get(slot, VALUE)) : 0)

const putBlock = (nodes: Nodes, ref: number, target: Bytes, at: number): number =>
  nodes.heap.copyTo(ref, target, putUvarint(target, at, nodes.heap.length(ref)))

/** Writes a node whose hash and children's names are known, and returns where it ends. `view` is of `target`. */
export const encodeNode = (nodes: Nodes, slot: Slot, target: Bytes, view: DataView, at: number): number => {
  at = putVarint(target, at, nodes.get(slot, HEIGHT))
  at = putVarint(target, at, nodes.get(slot, SIZE) >>> 0)
  at = putBlock(nodes, nodes.get(slot, KEY), target, at)
  if (nodes.isLeaf(slot)) return putBlock(nodes, nodes.get(slot, VALUE), target, at)
  target[at++] = HASH_BYTES
  nodes.copyHash(slot, view, at)
  at += HASH_BYTES
  target[at++] = 0
  for (const side of SIDES) {
    at = putVarint(target, at, nodes.get(slot, side + 1) >>> 0)
    at = putVarint(target, at, nodes.get(slot, side + 2) >>> 0)
  }
  return at
}
