// A saved node as bytes, as iavl v1 writes them (iavl node.go, writeBytes):
// leaf zz(0) zz(1) lp(key) lp(value), inner zz(height) zz(size) lp(key) lp(hash) zz(mode) zz(left) zz(right),
// where a child is its version and nonce, zz a zig-zag varint, lp a length as plain varint and then the
// bytes. Mode 0 is the only one of trees that began with iavl v1. A leaf's hash is not written; it is
// computed when somebody asks.

import type { Bytes } from '../../bytes.ts'
import { HASH, HASH_WORDS, KEY_HASH, LEFT, RIGHT, SIZE, type Slot, VALUE } from './layout.ts'
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

/** The most bytes that `encodeNode` writes for this node. */
export const encodedRoom = (nodes: Nodes, slot: Slot): number =>
  120 + nodes.keyLength(slot) + (nodes.isLeaf(slot) ? nodes.heap.length(nodes.get(slot, VALUE)) : 0)

/**
 * Writes a node whose hash and children's names are known, and returns where it ends. `view` is of all of
 * `target`.
 */
export const encodeNode = (nodes: Nodes, slot: Slot, target: Bytes, view: DataView, at: number): number => {
  at = putVarint(target, at, nodes.height(slot))
  at = putVarint(target, at, nodes.isLeaf(slot) ? 1 : nodes.get(slot, SIZE) >>> 0)
  at = putUvarint(target, at, nodes.keyLength(slot))
  at = nodes.putKey(slot, target, view, at)
  if (nodes.isLeaf(slot)) {
    const value = nodes.get(slot, VALUE)
    return nodes.heap.copyTo(value, target, putUvarint(target, at, nodes.heap.length(value)))
  }
  target[at] = HASH_BYTES
  const words = nodes.buffer(slot)
  const from = nodes.wordOf(slot)
  for (let i = 0; i < HASH_WORDS; i++) view.setInt32(at + 1 + 4 * i, words[from + HASH + i]!, true)
  at += 1 + HASH_BYTES
  target[at++] = 0
  for (let word = LEFT + 1; word <= RIGHT + 2; word += word === LEFT + 2 ? 2 : 1)
    at = putVarint(target, at, words[from + word]! >>> 0)
  return at
}
