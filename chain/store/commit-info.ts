// What a commit says about its stores, and the hash over them: the app hash (SDK store/types/commit_info.go).
// Each store is a leaf lp(name) ‖ lp(H(root)) of a Merkle tree in the order of the names; version and time
// are not hashed.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { TimestampSchema } from '@bufbuild/protobuf/wkt'
import {
  type CommitmentProof,
  CommitmentProofSchema,
  ExistenceProofSchema,
  HashOp,
  InnerOpSchema,
  LeafOpSchema,
  LengthOp,
} from '../../proto/gen/cosmos/ics23/v1/proofs_pb.ts'
import {
  CommitIDSchema,
  type CommitInfo,
  CommitInfoSchema,
  StoreInfoSchema,
} from '../../proto/gen/cosmos/store/v1beta1/commit_info_pb.ts'
import { type Bytes, concatBytes, utf8 } from '../bytes.ts'
import { leafHash, merkleProofs, merkleRoot, merkleRootOfHashes } from '../merkle.ts'
import { sha256 } from './sha256.ts'

/** A store's name and the root of its tree. */
export type StoreRoot = { readonly name: string; readonly root: Bytes }

const HASH_LENGTH = 32
const NANOS = 1_000_000_000n

/** Names in the order of their UTF-8 bytes. */
export const byName = (a: string, b: string): number => {
  const [x, y] = [utf8(a), utf8(b)]
  for (let i = 0; i < x.length && i < y.length; i++) if (x[i] !== y[i]) return x[i]! - y[i]!
  return x.length - y.length
}

const lengthPrefixed = (bytes: Bytes): Bytes => {
  if (bytes.length > 127) throw new Error('a store name must not have more than 127 bytes')
  return concatBytes(Uint8Array.of(bytes.length), bytes)
}

const leafOf = ({ name, root }: StoreRoot): Bytes =>
  concatBytes(lengthPrefixed(utf8(name)), Uint8Array.of(HASH_LENGTH), sha256(root))

/** The app hash over stores sorted by name; H("") of none. */
export const appHashOf = (stores: readonly StoreRoot[]): Bytes => merkleRoot(stores.map(leafOf))

/** App hashes of one version after another, in which most stores keep their roots. */
export class AppHasher {
  private readonly leaves = new Map<string, { root: Bytes; hash: Bytes }>()

  /** As `appHashOf`. A root that is the same object as last time is taken to be the same bytes. */
  hash(stores: readonly StoreRoot[]): Bytes {
    return merkleRootOfHashes(stores.map((store) => this.leafHash(store)))
  }

  private leafHash(store: StoreRoot): Bytes {
    const known = this.leaves.get(store.name)
    if (known?.root === store.root) return known.hash
    const hash = leafHash(leafOf(store))
    this.leaves.set(store.name, { root: store.root, hash })
    return hash
  }
}

/**
 * Proves to the app hash that the store has its root. Throws an Error for a name that is not among the
 * stores.
 */
export const proveStore = (stores: readonly StoreRoot[], name: string): CommitmentProof => {
  const at = stores.findIndex((store) => store.name === name)
  if (at < 0) throw new Error(`no store ${name} in this commit`)
  const proof = merkleProofs(stores.map(leafOf)).proofs[at]!
  const sides = pathSides(proof.index, proof.total)
  const path = proof.aunts.map((aunt, level) => {
    const isLeft = sides[level]!
    const prefix = isLeft ? Uint8Array.of(1) : concatBytes(Uint8Array.of(1), aunt)
    return create(InnerOpSchema, { hash: HashOp.SHA256, prefix, suffix: isLeft ? aunt : new Uint8Array(0) })
  })
  const leaf = create(LeafOpSchema, {
    hash: HashOp.SHA256,
    prehashValue: HashOp.SHA256,
    length: LengthOp.VAR_PROTO,
    prefix: Uint8Array.of(0),
  })
  const value = create(ExistenceProofSchema, { key: utf8(name), value: stores[at]!.root, leaf, path })
  return create(CommitmentProofSchema, { proof: { case: 'exist', value } })
}

/** Whether the way from item `index` of `total` up to the root comes from the left, from the leaf on. */
const pathSides = (index: number, total: number): boolean[] => {
  if (total < 2) return []
  const split = 2 ** (31 - Math.clz32(total - 1))
  return index < split
    ? [...pathSides(index, split), true]
    : [...pathSides(index - split, total - split), false]
}

/** What Go writes for a time that nobody set: the first second of year 1. */
const NO_TIME = -62_135_596_800n * NANOS

/** `timeNs` is the block's time since 1970. */
export const commitInfoOf = (version: number, stores: readonly StoreRoot[], timeNs = NO_TIME): CommitInfo =>
  create(CommitInfoSchema, {
    version: BigInt(version),
    storeInfos: stores.map(({ name, root }) =>
      create(StoreInfoSchema, {
        name,
        commitId: create(CommitIDSchema, { version: BigInt(version), hash: root }),
      }),
    ),
    timestamp: create(TimestampSchema, { seconds: timeNs / NANOS, nanos: Number(timeNs % NANOS) }),
  })

export const storeRootsOf = (info: CommitInfo): StoreRoot[] =>
  info.storeInfos.map(({ name, commitId }) => ({ name, root: commitId?.hash ?? new Uint8Array(0) }))

export const encodeCommitInfo = (info: CommitInfo): Bytes => toBinary(CommitInfoSchema, info)
export const decodeCommitInfo = (bytes: Bytes): CommitInfo => fromBinary(CommitInfoSchema, bytes)
