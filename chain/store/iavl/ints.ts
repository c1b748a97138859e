// A growing list of 32-bit integers: half the memory of an array, and no conversion of large ones.

/** What a list that is emptied may keep. */
const KEPT = 1 << 16

export class IntList {
  length = 0
  data: Int32Array

  constructor(capacity = 16) {
    this.data = new Int32Array(capacity)
  }

  push(value: number): void {
    if (this.length === this.data.length) this.grow(this.length + 1)
    this.data[this.length++] = value
  }

  clear(): void {
    this.length = 0
    if (this.data.length > KEPT) this.data = new Int32Array(KEPT)
  }

  /** Appends all of another list. */
  append(list: IntList): void {
    this.grow(this.length + list.length)
    this.data.set(list.data.subarray(0, list.length), this.length)
    this.length += list.length
  }

  private grow(needed: number): void {
    if (needed <= this.data.length) return
    const data = new Int32Array(Math.max(needed, 2 * this.data.length))
    data.set(this.data.subarray(0, this.length))
    this.data = data
  }
}
