// The Merkle tree of RFC 6962 §2.1 as CometBFT uses it (crypto/merkle): roots of tx lists, results,
// validators, headers and of the multistore, and proofs of one item.
import { type Bytes, equalBytes } from './bytes.ts'
import { sha256 } from './hash.ts'

/** `aunts` go from the leaf's sibling up to a child of the root (tendermint.crypto.Proof). */
export type MerkleProof = { total: number; index: number; leafHash: Bytes; aunts: Bytes[] }

/** More aunts than any tree can have; a proof with more is refused (crypto/merkle/proof.go MaxAunts). */
const MAX_AUNTS = 100

/** H(0x00 ‖ item). */
export const leafHash = (item: Bytes): Bytes => {
  const message = new Uint8Array(1 + item.length)
  message.set(item, 1)
  return sha256(message)
}

/** H(0x01 ‖ left ‖ right). */
export const innerHash = (left: Bytes, right: Bytes): Bytes => {
  const message = new Uint8Array(1 + left.length + right.length)
  message[0] = 1
  message.set(left, 1)
  message.set(right, 1 + left.length)
  return sha256(message)
}

/** The largest power of two less than `count`, for 2 <= count < 2^53. */
const splitPoint = (count: number): number => {
  let split = 1
  while (split * 2 < count) split *= 2
  return split
}

const rootOf = (hashes: readonly Bytes[], from: number, to: number): Bytes => {
  if (to - from === 1) return hashes[from]!
  const split = from + splitPoint(to - from)
  return innerHash(rootOf(hashes, from, split), rootOf(hashes, split, to))
}

/** The root over items whose leaf hashes are given; H("") of none. */
export const merkleRootOfHashes = (hashes: readonly Bytes[]): Bytes =>
  hashes.length === 0 ? sha256(new Uint8Array(0)) : rootOf(hashes, 0, hashes.length)

/** The root over the items in their order; H("") of no items. */
export const merkleRoot = (items: readonly Bytes[]): Bytes => merkleRootOfHashes(items.map(leafHash))

/**
 * Appends to each proof in [from, to) the aunts that lie below this subtree's root, and returns that root.
 */
const collect = (proofs: readonly MerkleProof[], from: number, to: number): Bytes => {
  if (to - from === 1) return proofs[from]!.leafHash
  const split = from + splitPoint(to - from)
  const left = collect(proofs, from, split)
  const right = collect(proofs, split, to)
  for (let i = from; i < split; i++) proofs[i]!.aunts.push(right)
  for (let i = split; i < to; i++) proofs[i]!.aunts.push(left)
  return innerHash(left, right)
}

/** The root and one proof for every item. */
export const merkleProofs = (items: readonly Bytes[]): { root: Bytes; proofs: MerkleProof[] } => {
  const proofs = items.map((item, index) => ({
    total: items.length,
    index,
    leafHash: leafHash(item),
    aunts: [] as Bytes[],
  }))
  const root = items.length === 0 ? sha256(new Uint8Array(0)) : collect(proofs, 0, items.length)
  return { root, proofs }
}

/** The root that the aunts lead to, or undefined where their number does not fit index and total. */
const climb = (proof: MerkleProof, index: number, total: number, level: number): Bytes | undefined => {
  if (total === 1) return level === 0 ? proof.leafHash : undefined
  const aunt = proof.aunts[level - 1]
  if (!aunt) return undefined
  const split = splitPoint(total)
  const isLeft = index < split
  const child = isLeft
    ? climb(proof, index, split, level - 1)
    : climb(proof, index - split, total - split, level - 1)
  if (!child) return undefined
  return isLeft ? innerHash(child, aunt) : innerHash(aunt, child)
}

/** Whether `item` is item number `proof.index` of the `proof.total` items under `root`. */
export const verifyMerkleProof = (root: Bytes, proof: MerkleProof, item: Bytes): boolean => {
  const { index, total, aunts } = proof
  if (!Number.isSafeInteger(total) || !Number.isSafeInteger(index)) return false
  if (index < 0 || index >= total || aunts.length > MAX_AUNTS) return false
  if (!equalBytes(proof.leafHash, leafHash(item))) return false
  const reached = climb(proof, index, total, aunts.length)
  return reached !== undefined && equalBytes(reached, root)
}
