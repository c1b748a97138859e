// What one commit writes to disk. Records are cut from a few large buffers: a commit writes tens of thousands of small
// ones, and an allocation each would cost more than their encoding.

import type { Bytes } from '../../bytes.ts'
import type { Write } from '../kv.ts'
import { encodedRoom, encodeNode } from './codec.ts'
import { LEFT, NONCE, RIGHT, type Slot } from './layout.ts'
import type { Nodes } from './nodes.ts'
import type { NodeRecords } from './records.ts'

const BUFFER = 1 << 18
const FIRST_BUFFER = 1 << 12

const SIDES = [LEFT, RIGHT] as const

export class WriteBatch {
  readonly writes: Write[] = []
  private buffer: Bytes = new Uint8Array(FIRST_BUFFER)
  private view = new DataView(this.buffer.buffer)
  private at = 0

  put(key: Bytes, value: Bytes): void {
    this.writes.push({ key, value })
  }

  delete(key: Bytes): void {
    this.writes.push({ key, value: undefined })
  }

  /** Writes a node under a name; its hash and its children's names are known. */
  putNode(records: NodeRecords, nodes: Nodes, slot: Slot, version: number, nonce: number): void {
    const room = records.keyBytes + encodedRoom(nodes, slot)
    if (this.at + room > this.buffer.length) {
      this.buffer = new Uint8Array(room > BUFFER ? room : BUFFER)
      this.view = new DataView(this.buffer.buffer)
      this.at = 0
    }
    const start = this.at
    records.putKey(this.buffer, start, version, nonce)
    const middle = start + records.keyBytes
    this.at = encodeNode(nodes, slot, this.buffer, this.view, middle)
    this.put(this.buffer.subarray(start, middle), this.buffer.subarray(middle, this.at))
  }
}

/** Gives every unsaved node under `root` its name in `version`, the root first, then left before right. */
export const nameUnsaved = (nodes: Nodes, root: Slot, version: number): Slot[] => {
  const named: Slot[] = []
  const name = (slot: Slot): void => {
    named.push(slot)
    nodes.set(slot, NONCE, named.length)
    if (nodes.isLeaf(slot)) return
    for (const side of SIDES) {
      if (nodes.get(slot, side + 2) !== 0) continue
      const child = nodes.get(slot, side)
      name(child)
      nodes.set(slot, side + 1, version)
      nodes.set(slot, side + 2, nodes.get(child, NONCE))
    }
  }
  name(root)
  return named
}
