// The multistore as simply as it can be written: immutable tree nodes as objects, every version a root, no
// disk. What the real one is compared with.
import { createHash } from 'node:crypto'
import { compareBytes } from '../../../chain/bytes.ts'

type Leaf = { kind: 'leaf'; key: Uint8Array; value: Uint8Array; version: number }
type Inner = {
  kind: 'inner'
  key: Uint8Array
  left: Node
  right: Node
  version: number
  height: number
  size: number
}
type Node = Leaf | Inner

const sha = (...parts: Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

const uvarint = (n: number): number[] => (n < 128 ? [n] : [(n % 128) + 128, ...uvarint(Math.floor(n / 128))])
const numbers = (...ns: number[]) => Uint8Array.from(ns.flatMap((n) => uvarint(2 * n)))
const prefixed = (bytes: Uint8Array) => Uint8Array.from([...uvarint(bytes.length), ...bytes])

const heightOf = (node: Node) => (node.kind === 'leaf' ? 0 : node.height)
const sizeOf = (node: Node) => (node.kind === 'leaf' ? 1 : node.size)

const hashes = new WeakMap<Node, Uint8Array>()
const hashOf = (node: Node): Uint8Array => {
  const known = hashes.get(node)
  if (known) return known
  const head = numbers(heightOf(node), sizeOf(node), node.version)
  const hash =
    node.kind === 'leaf'
      ? sha(head, prefixed(node.key), prefixed(sha(node.value)))
      : sha(head, prefixed(hashOf(node.left)), prefixed(hashOf(node.right)))
  hashes.set(node, hash)
  return hash
}

const inner = (version: number, key: Uint8Array, left: Node, right: Node): Inner => {
  const height = 1 + Math.max(heightOf(left), heightOf(right))
  return { kind: 'inner', key, left, right, version, height, size: sizeOf(left) + sizeOf(right) }
}

const lean = (node: Node) => (node.kind === 'leaf' ? 0 : heightOf(node.left) - heightOf(node.right))

const rotateRight = (v: number, node: Inner): Inner => {
  const left = node.left as Inner
  return inner(v, left.key, left.left, inner(v, node.key, left.right, node.right))
}
const rotateLeft = (v: number, node: Inner): Inner => {
  const right = node.right as Inner
  return inner(v, right.key, inner(v, node.key, node.left, right.left), right.right)
}

const balance = (v: number, node: Inner): Inner => {
  if (lean(node) > 1)
    return rotateRight(
      v,
      lean(node.left) < 0 ? inner(v, node.key, rotateLeft(v, node.left as Inner), node.right) : node,
    )
  if (lean(node) < -1)
    return rotateLeft(
      v,
      lean(node.right) > 0 ? inner(v, node.key, node.left, rotateRight(v, node.right as Inner)) : node,
    )
  return node
}

const insert = (v: number, node: Node, leaf: Leaf): { node: Node; isUpdate: boolean } => {
  const order = compareBytes(leaf.key, node.key)
  if (node.kind === 'leaf') {
    if (order === 0) return { node: leaf, isUpdate: true }
    return {
      node: order < 0 ? inner(v, node.key, leaf, node) : inner(v, leaf.key, node, leaf),
      isUpdate: false,
    }
  }
  const below = insert(v, order < 0 ? node.left : node.right, leaf)
  const made =
    order < 0 ? inner(v, node.key, below.node, node.right) : inner(v, node.key, node.left, below.node)
  return { node: below.isUpdate ? made : balance(v, made), isUpdate: below.isUpdate }
}

/** `carried`: the key of the parent whose left leaf went. */
const remove = (v: number, node: Node, key: Uint8Array): { node?: Node; carried?: Uint8Array } => {
  if (node.kind === 'leaf') return {}
  if (compareBytes(key, node.key) < 0) {
    const below = remove(v, node.left, key)
    if (!below.node) return { node: node.right, carried: node.key }
    const made = balance(v, inner(v, node.key, below.node, node.right))
    return below.carried ? { node: made, carried: below.carried } : { node: made }
  }
  const below = remove(v, node.right, key)
  if (!below.node) return { node: node.left }
  return { node: balance(v, inner(v, below.carried ?? node.key, node.left, below.node)) }
}

const entries = (node: Node | undefined): [Uint8Array, Uint8Array][] => {
  if (node === undefined) return []
  return node.kind === 'leaf' ? [[node.key, node.value]] : [...entries(node.left), ...entries(node.right)]
}

/** One tree with its committed versions. */
export class NaiveTree {
  version = 0
  private root: Node | undefined
  private readonly versions = new Map<number, Node | undefined>()

  constructor(private readonly initialVersion = 1) {}

  private get next(): number {
    return this.version === 0 ? this.initialVersion : this.version + 1
  }

  set(key: Uint8Array, value: Uint8Array): void {
    const leaf: Leaf = { kind: 'leaf', key, value, version: this.next }
    this.root = this.root ? insert(this.next, this.root, leaf).node : leaf
  }

  delete(key: Uint8Array): void {
    if (this.root && this.entries().some(([k]) => compareBytes(k, key) === 0))
      this.root = remove(this.next, this.root, key).node
  }

  commit(): void {
    this.version = this.next
    this.versions.set(this.version, this.root)
  }

  rollback(version: number): void {
    for (const v of this.versions.keys()) if (v > version) this.versions.delete(v)
    this.version = version
    this.root = this.versions.get(version)
  }

  /** In order; of the working state, or of a committed version. */
  entries(version?: number): [Uint8Array, Uint8Array][] {
    return entries(version === undefined ? this.root : this.versions.get(version))
  }

  hash(version?: number): Uint8Array {
    const root = version === undefined ? this.root : this.versions.get(version)
    return root ? hashOf(root) : sha()
  }
}
