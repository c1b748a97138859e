// What one commit writes to disk, packed into a few large buffers: a commit writes tens of thousands of small
// records, and objects for each would cost more than their encoding.
import { type Bytes, byteString } from '../../bytes.ts'
import type { PackedWrites, Write } from '../kv.ts'
import { IntList } from './ints.ts'

const BUFFER = 1 << 18
const FIRST_BUFFER = 1 << 12
/**
 * Numbers that `places` holds of each record: buffer, begin of key, begin of value, and end, -1 if it is
 * deleted.
 */
const PLACE = 4

export class WriteBatch implements PackedWrites {
  /**
   * Where the next record begins, with at least the room that was reserved, and a view of the whole buffer.
   */
  buffer: Bytes = new Uint8Array(0)
  view = new DataView(this.buffer.buffer)
  at = 0
  private readonly buffers: Bytes[] = []
  private readonly views: DataView[] = []
  private readonly places = new IntList()
  private index: Map<string, number> | undefined

  get count(): number {
    return this.places.length / PLACE
  }

  key(i: number): Bytes {
    const { data } = this.places
    const at = i * PLACE
    return new Uint8Array(this.buffers[data[at]!]!.buffer, data[at + 1]!, data[at + 2]! - data[at + 1]!)
  }

  value(i: number): Bytes | undefined {
    const { data } = this.places
    const at = i * PLACE
    if (data[at + 3] === -1) return undefined
    return new Uint8Array(this.buffers[data[at]!]!.buffer, data[at + 2]!, data[at + 3]! - data[at + 2]!)
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
    this.close(middle, middle + value.length)
  }

  delete(key: Bytes): void {
    this.reserve(key.length)
    this.buffer.set(key, this.at)
    this.places.push(this.buffers.length - 1)
    this.places.push(this.at)
    this.at += key.length
    this.places.push(this.at)
    this.places.push(-1)
  }

  /** Makes `room` bytes of one buffer free at `at`. */
  reserve(room: number): void {
    if (this.at + room <= this.buffer.length) return
    const usual = this.buffers.length === 0 ? FIRST_BUFFER : BUFFER
    this.buffer = new Uint8Array(room > usual ? room : usual)
    this.view = new DataView(this.buffer.buffer)
    this.buffers.push(this.buffer)
    this.views.push(this.view)
    this.at = 0
  }

  /** Ends the record that was written at `at`; `gap` bytes behind it stay free, for `setEnd`. */
  close(middle: number, end: number, gap = 0): void {
    const { places } = this
    places.push(this.buffers.length - 1)
    places.push(this.at)
    places.push(middle)
    places.push(end)
    this.at = end + gap
  }

  /** The buffer of record `i`. */
  bufferOf(i: number): Bytes {
    return this.buffers[this.places.data[i * PLACE]!]!
  }

  viewOf(i: number): DataView {
    return this.views[this.places.data[i * PLACE]!]!
  }

  endOf(i: number): number {
    return this.places.data[i * PLACE + 3]!
  }

  setEnd(i: number, end: number): void {
    this.places.data[i * PLACE + 3] = end
  }

  /** Takes over all records of another batch, which must not be used any more. */
  append(batch: WriteBatch): void {
    const first = this.buffers.length
    const from = this.places.length
    this.buffers.push(...batch.buffers)
    this.views.push(...batch.views)
    this.places.append(batch.places)
    for (let at = from; at < this.places.length; at += PLACE) this.places.data[at]! += first
    this.buffer = batch.buffer
    this.view = batch.view
    this.at = batch.at
  }
}
