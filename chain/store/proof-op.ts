// The steps of an ICS-23 proof: how a leaf and an inner node are hashed, and which of them a spec allows
// (ics23/go 0.11 ops.go). Everything returns undefined or false where the Go code returns an error or panics.
import { blake2b, blake2s } from '@noble/hashes/blake2.js'
import { ripemd160 } from '@noble/hashes/legacy.js'
import { sha512, sha512_256 } from '@noble/hashes/sha2.js'
import {
  type ExistenceProof,
  HashOp,
  type InnerOp,
  type LeafOp,
  LengthOp,
  type ProofSpec,
} from '../../proto/gen/cosmos/ics23/v1/proofs_pb.ts'
import { type Bytes, concatBytes } from '../bytes.ts'
import { sha256 } from './sha256.ts'

const HASHES: ReadonlyMap<HashOp, (data: Bytes) => Bytes> = new Map([
  [HashOp.SHA256, sha256],
  [HashOp.SHA512, sha512],
  [HashOp.RIPEMD160, ripemd160],
  [HashOp.BITCOIN, (data) => ripemd160(sha256(data))],
  [HashOp.SHA512_256, sha512_256],
  [HashOp.BLAKE2B_512, (data) => blake2b(data, { dkLen: 64 })],
  [HashOp.BLAKE2S_256, (data) => blake2s(data, { dkLen: 32 })],
])

const uvarint = (value: number): Bytes => {
  const bytes: number[] = []
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128)
  return Uint8Array.of(...bytes, value)
}

const fixed = (length: number, size: number, isLittle: boolean): Bytes => {
  const bytes = new Uint8Array(size)
  new DataView(bytes.buffer).setUint32(isLittle ? 0 : size - 4, length, isLittle)
  return bytes
}

const withLength = (op: LengthOp, data: Bytes): Bytes | undefined => {
  switch (op) {
    case LengthOp.NO_PREFIX:
      return data
    case LengthOp.VAR_PROTO:
      return concatBytes(uvarint(data.length), data)
    case LengthOp.REQUIRE_32_BYTES:
      return data.length === 32 ? data : undefined
    case LengthOp.REQUIRE_64_BYTES:
      return data.length === 64 ? data : undefined
    case LengthOp.FIXED32_BIG:
    case LengthOp.FIXED32_LITTLE:
      return concatBytes(fixed(data.length, 4, op === LengthOp.FIXED32_LITTLE), data)
    case LengthOp.FIXED64_BIG:
    case LengthOp.FIXED64_LITTLE:
      return concatBytes(fixed(data.length, 8, op === LengthOp.FIXED64_LITTLE), data)
    default:
      return undefined
  }
}

/** The hash, or the data itself for NO_HASH; undefined for a hash that ics23/go does not have. */
export const hashOrKeep = (op: HashOp, data: Bytes): Bytes | undefined =>
  op === HashOp.NO_HASH ? data : HASHES.get(op)?.(data)

const leafPart = (hash: HashOp, length: LengthOp, data: Bytes): Bytes | undefined => {
  const hashed = hashOrKeep(hash, data)
  return hashed && withLength(length, hashed)
}

const applyLeaf = (op: LeafOp, key: Bytes, value: Bytes): Bytes | undefined => {
  if (key.length === 0 || value.length === 0) return undefined
  const keyPart = leafPart(op.prehashKey, op.length, key)
  const valuePart = leafPart(op.prehashValue, op.length, value)
  return keyPart && valuePart && HASHES.get(op.hash)?.(concatBytes(op.prefix, keyPart, valuePart))
}

/** The root that the proof leads to; undefined if it leads nowhere. */
export const calculateRoot = (proof: ExistenceProof, spec: ProofSpec): Bytes | undefined => {
  const childSize = spec.innerSpec?.childSize ?? 0
  let reached = proof.leaf && applyLeaf(proof.leaf, proof.key, proof.value)
  for (const { hash, prefix, suffix } of proof.path) {
    if (reached === undefined || reached.length === 0) return undefined
    reached = HASHES.get(hash)?.(concatBytes(prefix, reached, suffix))
    if (reached !== undefined && reached.length > childSize && childSize >= 32) return undefined
  }
  return reached
}

const startsWith = (bytes: Bytes, prefix: Bytes): boolean =>
  bytes.length >= prefix.length && prefix.every((byte, i) => bytes[i] === byte)

/**
 * Three zig-zag varints that are not negative, the first of at least `layer`; returns the bytes behind them.
 */
const afterIavlNumbers = (prefix: Bytes, layer: number): number | undefined => {
  let at = 0
  for (let i = 0; i < 3; i++) {
    let raw = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = prefix[at++]
      if (byte === undefined || (shift === 63n && byte > 1)) return undefined
      raw |= BigInt(byte & 127) << shift
      if (byte < 128) break
    }
    if (raw % 2n !== 0n || (i === 0 && raw / 2n < layer)) return undefined
  }
  return prefix.length - at
}

/**
 * Whether a spec is to be treated as that of IAVL trees, whose numbers in the prefixes are checked too. As in
 * Go, prefix and child order themselves are not compared.
 */
const isLikeIavl = ({ leafSpec, innerSpec }: ProofSpec): boolean =>
  leafSpec?.hash === HashOp.SHA256 &&
  leafSpec.prehashKey === HashOp.NO_HASH &&
  leafSpec.prehashValue === HashOp.SHA256 &&
  leafSpec.length === LengthOp.VAR_PROTO &&
  innerSpec?.hash === HashOp.SHA256 &&
  innerSpec.minPrefixLength === 4 &&
  innerSpec.maxPrefixLength === 12 &&
  innerSpec.childSize === 33 &&
  innerSpec.childOrder.length === 2

export const followsLeafSpec = (op: LeafOp, spec: ProofSpec): boolean => {
  const { leafSpec } = spec
  if (leafSpec === undefined) return false
  if (isLikeIavl(spec) && afterIavlNumbers(op.prefix, 0) !== 0) return false
  return (
    op.hash === leafSpec.hash &&
    op.prehashKey === leafSpec.prehashKey &&
    op.prehashValue === leafSpec.prehashValue &&
    op.length === leafSpec.length &&
    startsWith(op.prefix, leafSpec.prefix)
  )
}

/**
 * Bytes behind the numbers: the length of the only child, or also the left child and the length of the right
 * one.
 */
const IAVL_TAILS = [1, 34]

/** `layer` counts inner nodes from the leaf on, from 1. */
export const followsInnerSpec = (op: InnerOp, spec: ProofSpec, layer: number): boolean => {
  const { leafSpec, innerSpec } = spec
  if (leafSpec === undefined || innerSpec === undefined || op.hash !== innerSpec.hash) return false
  if (isLikeIavl(spec) && !IAVL_TAILS.includes(afterIavlNumbers(op.prefix, layer) ?? 0)) return false
  if (startsWith(op.prefix, leafSpec.prefix)) return false
  const { childSize, childOrder, minPrefixLength, maxPrefixLength } = innerSpec
  const longest = maxPrefixLength + (childOrder.length - 1) * childSize
  if (op.prefix.length < minPrefixLength || op.prefix.length > longest) return false
  return childSize > 0 && op.suffix.length % childSize === 0
}
