// Postings: where a name stands. The tail holds those of the latest blocks, unsorted, in arrays of numbers; a
// segment holds those of a range of blocks for good, sorted by name and cut into pages, of which a search
// reads one.
import { type Bytes, concatBytes, utf8 } from '../../chain/bytes.ts'
import type { Disk, Write } from '../../chain/store/kv.ts'
import type { Name } from './hash.ts'

/** A transaction's place as one whole number, so that places compare as numbers: height * 2^21 + index. */
export const placeOf = (height: number, index: number): number => height * PLACES + index
export const heightOf = (place: number): number => Math.floor(place / PLACES)
export const indexOf = (place: number): number => place % PLACES
/** No block holds two million transactions: 22 MB is the most that a block may have. */
const PLACES = 2 ** 21

/** Ascending; `events[i]` is the number of the event within the transaction at `places[i]`. */
export type Postings = { places: number[]; events: number[] }

/** Something that finds postings: the tail or a segment. */
export type Part = {
  readonly from: number
  readonly to: number
  /** How `name` is found here, or undefined if it is not; reading it is left to the caller. */
  find(name: Name): (() => Postings) | undefined
}

const INITIAL_CAPACITY = 1 << 12

/** The postings of the latest blocks, in the order in which they came. */
export class Tail implements Part {
  from = 0
  to = 0
  count = 0
  highs = new Uint32Array(INITIAL_CAPACITY)
  lows = new Uint32Array(INITIAL_CAPACITY)
  heights = new Uint32Array(INITIAL_CAPACITY)
  indices = new Uint32Array(INITIAL_CAPACITY)
  events = new Uint32Array(INITIAL_CAPACITY)

  /** Starts over with the block after `height`. */
  clear(height: number): void {
    this.from = height + 1
    this.to = height
    this.count = 0
    if (this.highs.length > 16 * INITIAL_CAPACITY) this.#resize(INITIAL_CAPACITY)
  }

  push(high: number, low: number, height: number, index: number, event: number): void {
    const at = this.count++
    if (at === this.highs.length) this.#resize(2 * at)
    this.highs[at] = high
    this.lows[at] = low
    this.heights[at] = height
    this.indices[at] = index
    this.events[at] = event
  }

  /** Forgets the blocks above `height`. */
  cut(height: number): void {
    while (this.count > 0 && this.heights[this.count - 1]! > height) this.count--
    if (this.to > height) this.to = height
  }

  find({ high, low }: Name): (() => Postings) | undefined {
    const found: Postings = { places: [], events: [] }
    for (
      let at = this.highs.indexOf(high);
      at !== -1 && at < this.count;
      at = this.highs.indexOf(high, at + 1)
    ) {
      if (this.lows[at] !== low) continue
      found.places.push(placeOf(this.heights[at]!, this.indices[at]!))
      found.events.push(this.events[at]!)
    }
    return found.places.length === 0 ? undefined : () => found
  }

  #resize(capacity: number): void {
    const grown = (old: Uint32Array) => {
      const array = new Uint32Array(capacity)
      array.set(old.subarray(0, Math.min(this.count, capacity)))
      return array
    }
    this.highs = grown(this.highs)
    this.lows = grown(this.lows)
    this.heights = grown(this.heights)
    this.indices = grown(this.indices)
    this.events = grown(this.events)
  }
}

/** Pages of a segment; a name's page is given by its highest bits, so that no directory is needed. */
const PAGE_BITS = 6
const PAGES = 2 ** PAGE_BITS
const pageOf = (high: number): number => high >>> (32 - PAGE_BITS)

const PAGE_PREFIX = utf8('xp')
const pageKey = (from: number, page: number): Bytes => {
  const place = new Uint8Array(5)
  new DataView(place.buffer).setUint32(0, from)
  place[4] = page
  return concatBytes(PAGE_PREFIX, place)
}

/** A segment is known by its first block. */
export type Segment = { readonly from: number; readonly to: number }

/** The writes that remove a segment. */
export const segmentRemoval = ({ from }: Segment): Write[] =>
  Array.from({ length: PAGES }, (_, page) => ({ key: pageKey(from, page), value: undefined }))

/** A segment on the disk as a part of the index; one that was removed meanwhile finds nothing. */
export const segmentPart = (disk: Disk, { from, to }: Segment): Part => ({
  from,
  to,
  find(name) {
    const page = disk.get(pageKey(from, pageOf(name.high)))
    return page && findInPage(page, name, from)
  },
})

/** Bytes of a group in a page's directory: name and where its postings end. */
const ENTRY = 12

/** A page: u32 number of groups, its directory sorted by name, then the postings of each group. */
const findInPage = (page: Bytes, { high, low }: Name, from: number): (() => Postings) | undefined => {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength)
  const groups = view.getUint32(0)
  let least = 0
  let most = groups
  while (least < most) {
    const middle = (least + most) >>> 1
    const at = 4 + ENTRY * middle
    const foundHigh = view.getUint32(at)
    if (foundHigh < high || (foundHigh === high && view.getUint32(at + 4) < low)) least = middle + 1
    else most = middle
  }
  const at = 4 + ENTRY * least
  if (least === groups || view.getUint32(at) !== high || view.getUint32(at + 4) !== low) return undefined
  const base = 4 + ENTRY * groups
  const start = least === 0 ? base : base + view.getUint32(at - 4)
  return () => readPostings(page, start, base + view.getUint32(at + 8), from)
}

/**
 * Height (as distance from the one before), index (as distance within a height) and event, each as a varint.
 */
const readPostings = (page: Bytes, start: number, end: number, from: number): Postings => {
  const found: Postings = { places: [], events: [] }
  let at = start
  const varint = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = page[at++]!
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  let height = from
  let index = 0
  while (at < end) {
    const step = varint()
    height += step
    index = step === 0 ? index + varint() : varint()
    found.places.push(placeOf(height, index))
    found.events.push(varint())
  }
  return found
}

/** Positions of the tail sorted by name, those of one name in the order in which they came. */
const sortedByName = ({ highs, lows, count }: Tail): Uint32Array => {
  let order = Uint32Array.from({ length: count }, (_, at) => at)
  let spare = new Uint32Array(count)
  for (const shift of [0, 11, 22]) {
    const starts = new Uint32Array(2049)
    for (let i = 0; i < count; i++) starts[((highs[i]! >>> shift) & 2047) + 1]! += 1
    for (let digit = 0; digit < 2048; digit++) starts[digit + 1]! += starts[digit]!
    for (let i = 0; i < count; i++) spare[starts[(highs[order[i]!]! >>> shift) & 2047]!++] = order[i]!
    const full = spare
    spare = order
    order = full
  }
  for (let start = 0; start < count; ) {
    let end = start + 1
    let mixed = false
    for (; end < count && highs[order[end]!] === highs[order[start]!]; end++)
      mixed ||= lows[order[end]!] !== lows[order[start]!]
    if (mixed) order.subarray(start, end).sort((a, b) => lows[a]! - lows[b]! || a - b)
    start = end
  }
  return order
}

/** Writes the tail as a segment; the tail must not be empty. */
export const segmentWrites = (tail: Tail): Write[] => {
  const order = sortedByName(tail)
  const writes: Write[] = []
  for (let start = 0; start < order.length; ) {
    const page = pageOf(tail.highs[order[start]!]!)
    let end = start + 1
    while (end < order.length && pageOf(tail.highs[order[end]!]!) === page) end++
    writes.push({ key: pageKey(tail.from, page), value: encodePage(tail, order, start, end) })
    start = end
  }
  return writes
}

const encodePage = (tail: Tail, order: Uint32Array, start: number, end: number): Bytes => {
  const { highs, lows, heights, indices, events } = tail
  const payload = new Uint8Array((end - start) * 15)
  const directory = new DataView(new ArrayBuffer((end - start) * ENTRY))
  let groups = 0
  let at = 0
  const varint = (value: number): void => {
    for (; value > 127; value = Math.floor(value / 128)) payload[at++] = (value % 128) | 128
    payload[at++] = value
  }
  for (let i = start; i < end; ) {
    const high = highs[order[i]!]!
    const low = lows[order[i]!]!
    let height = tail.from
    let index = 0
    for (; i < end && highs[order[i]!] === high && lows[order[i]!] === low; i++) {
      const entry = order[i]!
      const step = heights[entry]! - height
      varint(step)
      varint(step === 0 ? indices[entry]! - index : indices[entry]!)
      varint(events[entry]!)
      height = heights[entry]!
      index = indices[entry]!
    }
    directory.setUint32(ENTRY * groups, high)
    directory.setUint32(ENTRY * groups + 4, low)
    directory.setUint32(ENTRY * groups + 8, at)
    groups++
  }
  const page = new Uint8Array(4 + ENTRY * groups + at)
  new DataView(page.buffer).setUint32(0, groups)
  page.set(new Uint8Array(directory.buffer, 0, ENTRY * groups), 4)
  page.set(payload.subarray(0, at), 4 + ENTRY * groups)
  return page
}
