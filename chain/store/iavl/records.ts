// What a tree has on disk: one record a node under its name, and one a version that tells its root. Keys and
// values are those of iavl v1 behind the prefix that the SDK gives a store (rootmulti: `s/k:<store>/`), so
// that a Go node's database opens here and ours there. Its index of latest values (`f…`) is neither read nor
// written; the Go side rebuilds it. Our own `d<version>` lists the nodes that a version replaced, to spare a
// search when the version before it is deleted.

import { type Bytes, concatBytes, equalBytes, uint64BE, utf8 } from '../../bytes.ts'
import type { Disk } from '../kv.ts'
import { putUvarint, Reader } from './codec.ts'
import type { NodeSource } from './nodes.ts'

/** The name of a node. */
export type NodeName = { readonly version: number; readonly nonce: number }

const S = 0x73
const NAME_BYTES = 12

const putName = (view: DataView, at: number, version: number, nonce: number): void => {
  view.setUint32(at, Math.floor(version / 2 ** 32))
  view.setUint32(at + 4, version)
  view.setUint32(at + 8, nonce)
}

const readName = (record: Bytes): NodeName => {
  const view = new DataView(record.buffer, record.byteOffset, record.length)
  const version = view.getUint32(1) * 2 ** 32 + view.getUint32(5)
  // Shorter records name only the version, as early releases of iavl v1 wrote them. Nonce 0: see
  // `NodeRecords.source`.
  return { version, nonce: record.length === 1 + NAME_BYTES ? view.getUint32(9) || 1 : 1 }
}

/**
 * What the version with this root replaced: the root's hash, then each name as how much older than `version`
 * and the nonce, both as plain varints. `names` are pairs of numbers.
 */
export const encodeReplaced = (names: readonly number[], version: number, root: Bytes): Bytes => {
  const target = new Uint8Array(root.length + names.length * 5)
  target.set(root)
  let at = root.length
  for (let i = 0; i < names.length; i += 2) {
    at = putUvarint(target, at, version - names[i]!)
    at = putUvarint(target, at, names[i + 1]!)
  }
  return target.slice(0, at)
}

const decodeReplaced = (bytes: Bytes, version: number, root: Bytes): NodeName[] | undefined => {
  if (!equalBytes(bytes.subarray(0, root.length), root)) return undefined
  const reader = new Reader(bytes, root.length)
  const names: NodeName[] = []
  while (reader.at < bytes.length)
    names.push({ version: version - reader.uvarint(), nonce: reader.uvarint() })
  return names
}

export class NodeRecords {
  readonly keyBytes: number
  private readonly prefix: Bytes
  private readonly replacedPrefix: Bytes

  constructor(
    private readonly disk: Disk,
    store: string,
  ) {
    this.prefix = utf8(`s/k:${store}/s`)
    this.replacedPrefix = utf8(`s/k:${store}/d`)
    this.keyBytes = this.prefix.length + NAME_BYTES
  }

  /** Writes `keyBytes` bytes; `view` is of all of `target`. */
  putKey(target: Bytes, view: DataView, at: number, version: number, nonce: number): void {
    const { prefix } = this
    for (let i = 0; i < prefix.length; i++) target[at + i] = prefix[i]!
    putName(view, at + prefix.length, version, nonce)
  }

  key(version: number, nonce: number): Bytes {
    const key = new Uint8Array(this.keyBytes)
    this.putKey(key, new DataView(key.buffer), 0, version, nonce)
    return key
  }

  /**
   * A node's bytes. A root that outlived its own version lies under nonce 0, where no version is looked for.
   */
  readonly source: NodeSource = (version, nonce) =>
    this.disk.get(this.key(version, nonce)) ?? (nonce === 1 ? this.disk.get(this.key(version, 0)) : undefined)

  has(version: number, nonce: number): boolean {
    return this.disk.has(this.key(version, nonce))
  }

  /** The root of a version: a node's name, 'empty', or undefined if there is no such version. */
  root(version: number): NodeName | 'empty' | undefined {
    const record = this.disk.get(this.key(version, 1))
    if (record === undefined) return undefined
    if (record.length === 0) return 'empty'
    return record[0] === S ? readName(record) : { version, nonce: 1 }
  }

  /** The record of a version whose root is an older node. */
  rootReference({ version, nonce }: NodeName): Bytes {
    const record = new Uint8Array(1 + NAME_BYTES)
    record[0] = S
    putName(new DataView(record.buffer), 1, version, nonce)
    return record
  }

  replacedKey(version: number): Bytes {
    return concatBytes(this.replacedPrefix, uint64BE(BigInt(version)))
  }

  /**
   * The nodes that a version replaced, if it noted them; not if a Go node has made another version of that
   * number since.
   */
  replaced(version: number, root: Bytes): NodeName[] | undefined {
    const record = this.disk.get(this.replacedKey(version))
    return record && decodeReplaced(record, version, root)
  }

  /** The highest nonce of a version whose nodes are all there; 0 if it has none of its own. */
  lastNonce(version: number): number {
    const root = this.root(version)
    if (root === undefined || root === 'empty' || root.version !== version || root.nonce !== 1) return 0
    let low = 1
    let high = 2
    for (; this.has(version, high); high *= 2) low = high
    while (low + 1 < high) {
      const middle = (low + high) >>> 1
      if (this.has(version, middle)) low = middle
      else high = middle
    }
    return low
  }
}
