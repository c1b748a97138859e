// What one commit writes to disk, packed into a few large buffers: a commit writes tens of thousands of small
// records, and objects for each would cost more than their encoding.
import type { Bytes } from '../../bytes.ts'
import type { PackedWrites, Write } from '../kv.ts'
import { byteString } from '../memory.ts'
import { encodedRoom, encodeNode } from './codec.ts'
import type { Slot } from './layout.ts'
import type { Nodes } from './nodes.ts'
import type { NodeRecords } from './records.ts'

const BUFFER = 1 << 18
const FIRST_BUFFER = 1 << 12
/**
 * Numbers that `places` holds of each record: its buffer, begin of the key, of the value, and end, -1 if it
 * is deleted.
 */
const PLACE = 4

export class WriteBatch implements PackedWrites {
  private readonly buffers: Bytes[] = []
  private readonly places: number[] = []
  private buffer: Bytes = new Uint8Array(0)
  private view = new DataView(this.buffer.buffer)
  private at = 0
  private index: Map<string, number> | undefined

  get count(): number {
    return this.places.length / PLACE
  }

  key(i: number): Bytes {
    const at = i * PLACE
    return this.buffers[this.places[at]!]!.subarray(this.places[at + 1], this.places[at + 2])
  }

  value(i: number): Bytes | undefined {
    const at = i * PLACE
    if (this.places[at + 3] === -1) return undefined
    return this.buffers[this.places[at]!]!.subarray(this.places[at + 2], this.places[at + 3])
  }

  find(key: Bytes): number {
    if (this.index === undefined) {
      this.index = new Map()
      for (let i = 0; i < this.count; i++) this.index.set(byteString(this.key(i)), i)
    }
    return this.index.get(byteString(key)) ?? -1
  }

  /** The same as a list. */
  writes(): Write[] {
    return Array.from({ length: this.count }, (_, i) => ({ key: this.key(i), value: this.value(i) }))
  }

  put(key: Bytes, value: Bytes): void {
    this.reserve(key.length + value.length)
    const middle = this.at + key.length
    this.buffer.set(key, this.at)
    this.buffer.set(value, middle)
    this.note(middle, middle + value.length)
  }

  delete(key: Bytes): void {
    this.reserve(key.length)
    this.buffer.set(key, this.at)
    this.note(this.at + key.length, -1)
  }

  /** Writes a node under a name; its hash and its children's names are known. */
  putNode(records: NodeRecords, nodes: Nodes, slot: Slot, version: number, nonce: number): void {
    this.reserve(records.keyBytes + encodedRoom(nodes, slot))
    records.putKey(this.buffer, this.view, this.at, version, nonce)
    const middle = this.at + records.keyBytes
    this.note(middle, encodeNode(nodes, slot, this.buffer, this.view, middle))
  }

  private reserve(room: number): void {
    if (this.at + room <= this.buffer.length) return
    const usual = this.buffers.length === 0 ? FIRST_BUFFER : BUFFER
    this.buffer = new Uint8Array(room > usual ? room : usual)
    this.view = new DataView(this.buffer.buffer)
    this.buffers.push(this.buffer)
    this.at = 0
  }

  private note(middle: number, end: number): void {
    this.places.push(this.buffers.length - 1, this.at, middle, end)
    this.at = end === -1 ? middle : end
  }
}
