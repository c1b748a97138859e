// ICS-23: what a commitment proof must look like and how it is checked, with every limit of ics23/go 0.11
// (ops.go, proof.go). A verifier never throws: a proof that is malformed proves nothing.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import {
  type CommitmentProof,
  CommitmentProofSchema,
  type CompressedExistenceProof,
  type ExistenceProof,
  ExistenceProofSchema,
  HashOp,
  type InnerOp,
  type InnerSpec,
  LengthOp,
  type NonExistenceProof,
  NonExistenceProofSchema,
  type ProofSpec,
  ProofSpecSchema,
} from '../../proto/gen/cosmos/ics23/v1/proofs_pb.ts'
import { type Bytes, compareBytes, equalBytes } from '../bytes.ts'
import { calculateRoot, followsInnerSpec, followsLeafSpec, hashOrKeep } from './proof-op.ts'

const leafSpec = {
  hash: HashOp.SHA256,
  prehashKey: HashOp.NO_HASH,
  prehashValue: HashOp.SHA256,
  length: LengthOp.VAR_PROTO,
  prefix: Uint8Array.of(0),
}

/** Proofs of IAVL trees (`ics23:iavl`). */
export const IavlSpec: ProofSpec = create(ProofSpecSchema, {
  leafSpec,
  innerSpec: {
    childOrder: [0, 1],
    childSize: 33,
    minPrefixLength: 4,
    maxPrefixLength: 12,
    hash: HashOp.SHA256,
  },
})

/** Proofs of the Merkle tree over the stores (`ics23:simple`). */
export const TendermintSpec: ProofSpec = create(ProofSpecSchema, {
  leafSpec,
  innerSpec: {
    childOrder: [0, 1],
    childSize: 32,
    minPrefixLength: 1,
    maxPrefixLength: 1,
    hash: HashOp.SHA256,
  },
})

const MAX_DEPTH = 128

const exists = (proof: ExistenceProof, spec: ProofSpec, root: Bytes): boolean => {
  if (proof.leaf === undefined || !followsLeafSpec(proof.leaf, spec)) return false
  const depth = proof.path.length
  if (depth < spec.minDepth || depth > (spec.maxDepth || MAX_DEPTH)) return false
  if (!proof.path.every((op, level) => followsInnerSpec(op, spec, level + 1))) return false
  const reached = calculateRoot(proof, spec)
  return reached !== undefined && equalBytes(reached, root)
}

/** Where the child at `branch` stands among its siblings; undefined if the spec has no such child. */
const positionOf = (spec: InnerSpec, branch: number): number | undefined => {
  const position = spec.childOrder.indexOf(branch)
  return position < 0 ? undefined : position
}

/**
 * Whether this step comes up from the child `branch`, judged by how many siblings stand before and behind it.
 */
const comesFrom = (spec: InnerSpec, op: InnerOp, branch: number): boolean => {
  const position = positionOf(spec, branch)
  if (position === undefined) return false
  const before = position * spec.childSize
  const behind = (spec.childOrder.length - 1 - position) * spec.childSize
  return (
    op.prefix.length >= before + spec.minPrefixLength &&
    op.prefix.length <= before + spec.maxPrefixLength &&
    op.suffix.length === behind
  )
}

const branchOf = (spec: InnerSpec, op: InnerOp): number | undefined => {
  for (let branch = 0; branch < spec.childOrder.length; branch++)
    if (comesFrom(spec, op, branch)) return branch
  return undefined
}

/**
 * Whether `count` siblings from number `first` on are empty; `start` is where the first sibling would lie.
 */
const areEmpty = (spec: InnerSpec, bytes: Bytes, start: number, count: number): boolean => {
  if (count === 0 || start < 0) return false
  for (let i = 0; i < count; i++) {
    const from = start + (positionOf(spec, i) ?? 0) * spec.childSize
    if (!equalBytes(spec.emptyChild, bytes.subarray(from, from + spec.childSize))) return false
  }
  return true
}

const isLeftMost = (spec: InnerSpec, path: readonly InnerOp[]): boolean =>
  path.every((op) => {
    if (comesFrom(spec, op, 0)) return true
    const before = branchOf(spec, op) ?? 0
    return areEmpty(spec, op.prefix, op.prefix.length - before * spec.childSize, before)
  })

const isRightMost = (spec: InnerSpec, path: readonly InnerOp[]): boolean =>
  path.every((op) => {
    const last = spec.childOrder.length - 1
    if (comesFrom(spec, op, last)) return true
    const behind = last - (branchOf(spec, op) ?? last)
    return op.suffix.length === behind * spec.childSize && areEmpty(spec, op.suffix, 0, behind)
  })

/**
 * Whether the second path is the next one to the right of the first: they part at one node, and hug each
 * other below.
 */
const areNeighbours = (spec: InnerSpec, left: readonly InnerOp[], right: readonly InnerOp[]): boolean => {
  let [l, r] = [left.length - 1, right.length - 1]
  const isSame = (a: InnerOp, b: InnerOp) => equalBytes(a.prefix, b.prefix) && equalBytes(a.suffix, b.suffix)
  while (l >= 0 && r >= 0 && isSame(left[l]!, right[r]!)) {
    l--
    r--
  }
  if (l < 0 || r < 0) return false
  const [from, to] = [branchOf(spec, left[l]!), branchOf(spec, right[r]!)]
  if (from === undefined || to !== from + 1) return false
  return isRightMost(spec, left.slice(0, l)) && isLeftMost(spec, right.slice(0, r))
}

/** Order of keys as the tree sorts them. */
const compareKeys = (spec: ProofSpec, a: Bytes, b: Bytes): number => {
  if (!spec.prehashKeyBeforeComparison) return compareBytes(a, b)
  const hash = (key: Bytes) =>
    hashOrKeep(spec.leafSpec?.prehashKey ?? HashOp.NO_HASH, key) ?? new Uint8Array(0)
  return compareBytes(hash(a), hash(b))
}

const isBetween = (spec: ProofSpec, { left, right }: NonExistenceProof, key: Bytes): boolean =>
  (left === undefined || compareKeys(spec, left.key, key) < 0) &&
  (right === undefined || compareKeys(spec, right.key, key) > 0)

const isAbsent = (proof: NonExistenceProof, spec: ProofSpec, root: Bytes, key: Bytes): boolean => {
  const { left, right } = proof
  const inner = spec.innerSpec
  if (inner === undefined || !isBetween(spec, proof, key)) return false
  if (left !== undefined && !exists(left, spec, root)) return false
  if (right !== undefined && !exists(right, spec, root)) return false
  if (left !== undefined && right !== undefined) return areNeighbours(inner, left.path, right.path)
  if (right !== undefined) return isLeftMost(inner, right.path)
  return left !== undefined && isRightMost(inner, left.path)
}

type Single = { exist?: ExistenceProof | undefined; nonexist?: NonExistenceProof | undefined }

/** A compressed path names its steps in a table; undefined if it names one that is not there. */
const unpack = (proof: CompressedExistenceProof | undefined, table: readonly InnerOp[]) => {
  const path = proof?.path.map((at) => table[at])
  if (proof === undefined || path === undefined || path.includes(undefined)) return undefined
  const { key, value, leaf } = proof
  return create(ExistenceProofSchema, { key, value, leaf, path: path as InnerOp[] })
}

/** The single proofs of a batch, or the proof itself. */
const singles = ({ proof }: CommitmentProof): Single[] => {
  if (proof.case === 'exist') return [{ exist: proof.value }]
  if (proof.case === 'nonexist') return [{ nonexist: proof.value }]
  if (proof.case === 'batch')
    return proof.value.entries.map((entry) => ({ [entry.proof.case ?? '']: entry.proof.value }))
  if (proof.case !== 'compressed') return []
  const { entries, lookupInners } = proof.value
  return entries.map(({ proof: entry }) => {
    if (entry.case === 'exist') return { exist: unpack(entry.value, lookupInners) }
    const nonexist = create(NonExistenceProofSchema, { key: entry.value?.key ?? new Uint8Array(0) })
    for (const side of ['left', 'right'] as const) {
      const packed = entry.value?.[side]
      const unpacked = unpack(packed, lookupInners)
      if (packed !== undefined && unpacked === undefined) return {}
      nonexist[side] = unpacked
    }
    return { nonexist }
  })
}

/** Whether the proof shows that `key` has `value` under `root`. */
export const verifyMembership = (
  spec: ProofSpec,
  root: Bytes,
  proof: CommitmentProof,
  key: Bytes,
  value: Bytes,
): boolean => {
  const found = singles(proof).find(({ exist }) => exist !== undefined && equalBytes(exist.key, key))?.exist
  return found !== undefined && equalBytes(found.value, value) && exists(found, spec, root)
}

/** Whether the proof shows that `key` has no value under `root`. */
export const verifyNonMembership = (
  spec: ProofSpec,
  root: Bytes,
  proof: CommitmentProof,
  key: Bytes,
): boolean => {
  const found = singles(proof).find(
    ({ nonexist }) => nonexist !== undefined && isBetween(spec, nonexist, key),
  )
  return found?.nonexist !== undefined && isAbsent(found.nonexist, spec, root, key)
}

/** Reads a cosmos.ics23.v1.CommitmentProof. Throws an Error on bytes that are none. */
export const decodeProof = (bytes: Bytes): CommitmentProof => fromBinary(CommitmentProofSchema, bytes)

export const encodeProof = (proof: CommitmentProof): Bytes => toBinary(CommitmentProofSchema, proof)
