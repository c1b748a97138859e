// ICS-23 proofs of a tree: a key with its value and the way up to the root, or that a key is absent because
// the leaves on its two sides are neighbours (iavl proof_ics23.go).

import { create } from '@bufbuild/protobuf'
import {
  type CommitmentProof,
  CommitmentProofSchema,
  type ExistenceProof,
  ExistenceProofSchema,
  HashOp,
  type InnerOp,
  InnerOpSchema,
  LeafOpSchema,
  LengthOp,
  NonExistenceProofSchema,
} from '../../../proto/gen/cosmos/ics23/v1/proofs_pb.ts'
import type { Bytes } from '../../bytes.ts'
import { putVarint } from './codec.ts'
import { LEFT, RIGHT, type Side, type Slot, VALUE } from './layout.ts'
import type { Nodes } from './nodes.ts'
import type { TreeVersion } from './version.ts'

const HASH_LENGTH = 32

/**
 * Three zig-zag varints: height, size and version, as they begin a node's hashed bytes; `room` bytes follow.
 */
const prefixOf = (nodes: Nodes, slot: Slot, room: number): { bytes: Bytes; at: number } => {
  const bytes = new Uint8Array(15 + room)
  let at = putVarint(bytes, 0, nodes.height(slot))
  at = putVarint(bytes, at, nodes.size(slot))
  return { bytes, at: putVarint(bytes, at, nodes.version(slot)) }
}

const innerOp = (nodes: Nodes, slot: Slot, childSide: Side): InnerOp => {
  const { bytes, at } = prefixOf(nodes, slot, 2 + HASH_LENGTH)
  bytes[at] = HASH_LENGTH
  const sibling = nodes.hash(nodes.child(slot, childSide === LEFT ? RIGHT : LEFT))
  if (childSide === LEFT) {
    const suffix = new Uint8Array(1 + HASH_LENGTH)
    suffix[0] = HASH_LENGTH
    suffix.set(sibling, 1)
    return create(InnerOpSchema, { hash: HashOp.SHA256, prefix: bytes.slice(0, at + 1), suffix })
  }
  bytes.set(sibling, at + 1)
  bytes[at + 1 + HASH_LENGTH] = HASH_LENGTH
  const prefix = bytes.slice(0, at + 2 + HASH_LENGTH)
  return create(InnerOpSchema, { hash: HashOp.SHA256, prefix })
}

/** Proves the leaf at which a search for `key` ends. */
const existence = (nodes: Nodes, root: Slot, key: Bytes): ExistenceProof => {
  const path: InnerOp[] = []
  nodes.target.aim(key)
  let slot = root
  while (!nodes.isLeaf(slot)) {
    const side = nodes.order(slot) < 0 ? LEFT : RIGHT
    path.push(innerOp(nodes, slot, side))
    slot = nodes.child(slot, side)
  }
  const { bytes, at } = prefixOf(nodes, slot, 0)
  return create(ExistenceProofSchema, {
    key: nodes.key(slot),
    value: nodes.heap.get(nodes.get(slot, VALUE)),
    leaf: create(LeafOpSchema, {
      hash: HashOp.SHA256,
      prehashValue: HashOp.SHA256,
      length: LengthOp.VAR_PROTO,
      prefix: bytes.slice(0, at),
    }),
    path: path.reverse(),
  })
}

/**
 * Proves that the key has its value in this version, or that it is absent. Of an empty tree it proves
 * nothing.
 */
export const proveKey = (tree: TreeVersion, key: Bytes): CommitmentProof => {
  const { nodes } = tree
  if (tree.has(key))
    return create(CommitmentProofSchema, {
      proof: { case: 'exist', value: existence(nodes, tree.root(), key) },
    })
  const before = tree.iterate(undefined, key, true).next()
  const after = tree.iterate(key).next()
  const nonexist = create(NonExistenceProofSchema, { key })
  if (!before.done) nonexist.left = existence(nodes, tree.root(), before.value[0])
  if (!after.done) nonexist.right = existence(nodes, tree.root(), after.value[0])
  return create(CommitmentProofSchema, { proof: { case: 'nonexist', value: nonexist } })
}
