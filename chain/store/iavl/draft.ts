// The next version of a tree, before it is committed: its unsaved nodes get their hashes, their names and
// their bytes for the disk. The scattered records are gone over only twice, to read what there is to know and
// to write what was found; in between everything lies in dense arrays. Nodes are hashed from the last one on,
// a window of them at a time and by height within it, so that whatever is below a node is hashed before it.
import type { Bytes } from '../../bytes.ts'
import { WriteBatch } from './batch.ts'
import { beginNode, putUvarint } from './codec.ts'
import { copyWords, hashInner, hashLeaves } from './hash.ts'
import { IntList } from './ints.ts'
import { HASH, HASH_WORDS, LEFT, NONCE, RIGHT, type Slot, VERSION } from './layout.ts'
import type { Nodes } from './nodes.ts'
import type { NodeRecords } from './records.ts'
import type { Place, Unsaved } from './unsaved.ts'

const WINDOW = 1 << 15

/** Nodes [from, to): their hashes, and two for each of their children's. */
type Window = {
  readonly from: number
  readonly to: number
  readonly digests: Int32Array
  readonly children: Int32Array
}

export class Draft {
  /** The root's hash, 32 bytes. */
  readonly root: Bytes
  /** The nodes' records, number i that of node i, if they go to disk. */
  readonly batch: WriteBatch | undefined
  /** Where the hash belongs in the buffer of each record; -1 of leaves, whose records have none. */
  private readonly hashPlaces = new IntList()
  /** Nodes whose parents are in a window that is still to come. */
  private late: number[] = []

  /**
   * `root` is unsaved. From here on its nodes have names of `version`, as if they were saved. `unsaved`
   * belongs to the latest draft of the tree.
   */
  constructor(
    private readonly nodes: Nodes,
    root: Slot,
    readonly version: number,
    records: NodeRecords | undefined,
    private readonly unsaved: Unsaved,
  ) {
    const batch = records && new WriteBatch()
    this.batch = batch
    this.unsaved.collect(root, (slot, number, place) => {
      if (records !== undefined && batch !== undefined) this.write(records, batch, slot, number, place)
    })
    let saved = this.unsaved.saved.length
    for (let to = this.unsaved.count; to > 0; to -= WINDOW) saved = this.hashWindow(to, saved)
    this.root = nodes.hash(root)
  }

  /** The slot of the root. */
  get slot(): Slot {
    return this.unsaved.slots.data[0]!
  }

  /** Makes the nodes unsaved again, because the tree is about to change. */
  undo(): void {
    const { nodes, unsaved } = this
    for (let i = 0; i < unsaved.count; i++) {
      const place = unsaved.places.data[i]!
      nodes.set(unsaved.slots.data[i]!, NONCE, 0)
      if (place >= 0) nodes.set(unsaved.slots.data[place >> 1]!, ((place & 1) === 1 ? RIGHT : LEFT) + 2, 0)
    }
  }

  /** Writes what is known by now: all but the hash and the name of an unsaved right child. */
  private write(records: NodeRecords, batch: WriteBatch, slot: Slot, number: number, place: Place): void {
    if (place > 0 && (place & 1) === 1) {
      const parent = place >> 1
      const end = putUvarint(batch.bufferOf(parent), batch.endOf(parent), 2 * (number + 1))
      batch.setEnd(parent, end)
    }
    this.hashPlaces.push(beginNode(batch, records, this.nodes, slot, this.version, number + 1))
  }

  /**
   * Does the nodes before `to`; `saved` saved children hang on those. Returns how many hang on nodes before
   * them.
   */
  private hashWindow(to: number, saved: number): number {
    const { heights, sizes, slots } = this.unsaved
    const from = Math.max(to - WINDOW, 0)
    const window = { from, to, ...scratch(to - from) }
    const rest = this.gather(window, saved)
    const { order, ends } = byHeight(heights.data, from, to)
    const done = (i: number, source: Int32Array, at: number) => this.take(window, i, source, at)
    const leaves: Slot[] = []
    for (let i = 0; i < ends[0]!; i++) leaves.push(slots.data[from + order[i]!]!)
    hashLeaves(this.nodes, leaves, this.version, (i, source, at) => done(order[i]!, source, at))
    const size = (i: number) => sizes.data[from + i]! >>> 0
    for (let height = 1; height < ends.length; height++) {
      const level = order.subarray(ends[height - 1]!, ends[height]!)
      hashInner({ height, version: this.version, size, children: window.children, done }, level)
    }
    for (let i = from; i < to; i++) this.name(window, i)
    return rest
  }

  /** Copies the hashes of children that are not in the window themselves to their places. */
  private gather({ from, children }: Window, saved: number): number {
    const { nodes, unsaved } = this
    const place = (of: Place) => HASH_WORDS * (of - 2 * from)
    const first = saved
    while (saved > 0 && unsaved.savedPlaces.data[saved - 1]! >= 2 * from) saved--
    nodes.fetch(unsaved.saved.data, saved, first)
    for (let i = saved; i < first; i++)
      nodes.copyHash(unsaved.saved.data[i]!, children, place(unsaved.savedPlaces.data[i]!))
    const isLater = (number: number) => unsaved.places.data[number]! < 2 * from
    for (const number of this.late)
      if (!isLater(number))
        nodes.copyHash(unsaved.slots.data[number]!, children, place(unsaved.places.data[number]!))
    this.late = this.late.filter(isLater)
    return saved
  }

  /** Takes the digest of the window's node number i. */
  private take({ from, digests, children }: Window, i: number, source: Int32Array, at: number): void {
    const place = this.unsaved.places.data[from + i]!
    copyWords(source, at, digests, HASH_WORDS * i)
    if (place >= 2 * from) copyWords(source, at, children, HASH_WORDS * (place - 2 * from))
    else if (place >= 0) this.late.push(from + i)
  }

  /** Writes hash and names into the record of node number i, and its hash into its bytes. */
  private name({ from, digests }: Window, i: number): void {
    const { nodes, unsaved, version } = this
    const slot = unsaved.slots.data[i]!
    const words = nodes.buffer(slot)
    const at = nodes.wordOf(slot)
    words[at + VERSION] = version
    words[at + NONCE] = i + 1
    copyWords(digests, HASH_WORDS * (i - from), words, at + HASH)
    if (unsaved.heights.data[i] === 0) return
    if (words[at + LEFT + 2] === 0) {
      words[at + LEFT + 1] = version
      words[at + LEFT + 2] = i + 2
    }
    if (words[at + RIGHT + 2] === 0) {
      words[at + RIGHT + 1] = version
      words[at + RIGHT + 2] = unsaved.rights.data[i]! + 1
    }
    if (this.batch === undefined) return
    const view = this.batch.viewOf(i)
    const place = this.hashPlaces.data[i]!
    for (let word = 0; word < HASH_WORDS; word++)
      view.setInt32(place + 4 * word, digests[HASH_WORDS * (i - from) + word]!, true)
  }
}

/** Room for the hashes of a window: only used while it is hashed, so that all trees can share it. */
const room = { digests: new Int32Array(0), children: new Int32Array(0) }

const scratch = (count: number): { digests: Int32Array; children: Int32Array } => {
  if (room.digests.length < HASH_WORDS * count) {
    const size = count > WINDOW / 2 ? WINDOW : 2 * count
    room.digests = new Int32Array(HASH_WORDS * size)
    room.children = new Int32Array(2 * HASH_WORDS * size)
  }
  return room
}

/** The numbers 0 to to - from, sorted by height; `ends[h]` is where height h ends. */
const byHeight = (heights: Int32Array, from: number, to: number): { order: Int32Array; ends: number[] } => {
  const ends: number[] = [0]
  for (let i = from; i < to; i++) {
    while (ends.length <= heights[i]!) ends.push(0)
    ends[heights[i]!]!++
  }
  for (let height = 1; height < ends.length; height++) ends[height]! += ends[height - 1]!
  const order = new Int32Array(to - from)
  const next = [0, ...ends]
  for (let i = from; i < to; i++) order[next[heights[i]!]!++] = i - from
  return { order, ends }
}
