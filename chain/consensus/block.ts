// The block as bytes: how it is written, cut into parts, named, and how one tx is proved to be in it.
import { create } from '@bufbuild/protobuf'
import { type Proof, ProofSchema } from '../../proto/gen/tendermint/crypto/proof_pb.ts'
import type { Block } from '../../proto/gen/tendermint/types/block_pb.ts'
import { type BlockID, type TxProof, TxProofSchema } from '../../proto/gen/tendermint/types/types_pb.ts'
import type { Bytes } from '../bytes.ts'
import { sha256 } from '../hash.ts'
import { merkleProofs, merkleRoot } from '../merkle.ts'
import { blockIdOf } from './block-id.ts'
import { writeCommit } from './commit.ts'
import { writeEvidenceList } from './evidence.ts'
import { hashHeader, writeHeader } from './header.ts'
import { ProtoWriter } from './wire.ts'

/** types.BlockPartSizeBytes. */
export const PART_SIZE = 65536
/** types.MaxBlockSizeBytes. */
export const MAX_BLOCK_BYTES = 104857600

// What a block takes besides its txs (types/block.go).
const OVERHEAD_BYTES = 11
const HEADER_BYTES = 626
const COMMIT_BYTES = 94
const COMMIT_SIGNATURE_BYTES = 111

/** The hash by which a tx is known. */
export const hashTx = (tx: Bytes): Bytes => sha256(tx)

/** `data_hash` of a header from the hashes of the block's txs. */
export const dataHash = (txHashes: readonly Bytes[]): Bytes => merkleRoot(txHashes)

/** tendermint.types.Block as gogoproto writes it: all four parts are there even if empty. */
export const encodeBlock = (block: Block): Bytes => {
  const txs = block.data?.txs ?? []
  let size = 1024 + 112 * (block.lastCommit?.signatures.length ?? 0)
  for (const tx of txs) size += tx.length + 6
  const writer = new ProtoWriter(size)
  const header = writer.begin(1)
  if (block.header) writeHeader(writer, block.header)
  writer.end(header)
  const data = writer.begin(2)
  for (const tx of txs) writer.item(1, tx)
  writer.end(data)
  const evidence = writer.begin(3)
  writeEvidenceList(writer, block.evidence?.evidence ?? [])
  writer.end(evidence)
  const commit = writer.begin(4)
  writeCommit(writer, block.lastCommit)
  writer.end(commit)
  return writer.finish()
}

/** The pieces in which a block's bytes travel. */
export const blockParts = (bytes: Bytes): Bytes[] => {
  const parts: Bytes[] = []
  for (let at = 0; at < bytes.length; at += PART_SIZE) parts.push(bytes.subarray(at, at + PART_SIZE))
  return parts
}

/** The block's name; `bytes` is `encodeBlock(block)`. */
export const blockIdFor = (block: Block, bytes: Bytes): BlockID => {
  const parts = blockParts(bytes)
  return blockIdOf(hashHeader(block.header!), parts.length, merkleRoot(parts))
}

/** Proof that tx number `index` is in the block with these txs, as `/tx?prove=true` gives it. */
export const proveTx = (txs: readonly Bytes[], index: number): TxProof => {
  const { root, proofs } = merkleProofs(txs.map(hashTx))
  const { total, leafHash, aunts } = proofs[index]!
  const proof: Proof = create(ProofSchema, { total: BigInt(total), index: BigInt(index), leafHash, aunts })
  return create(TxProofSchema, { rootHash: root, data: txs[index]!, proof })
}

/** Bytes that a tx of this length takes in a block. */
export const txSizeInBlock = (length: number): number => {
  let size = 2 + length
  for (let rest = length; rest > 127; rest = Math.floor(rest / 128)) size++
  return size
}

/**
 * Bytes left for txs in a block of at most `maxBytes` (-1: the most that a block may have) beside header,
 * commit of so many validators and evidence (types.MaxDataBytes). Throws an Error if there is no room for
 * these.
 */
export const maxDataBytes = (maxBytes: bigint, evidence: number, validators: number): number => {
  const limit = maxBytes === -1n ? MAX_BLOCK_BYTES : Number(maxBytes)
  const fixed = OVERHEAD_BYTES + HEADER_BYTES + COMMIT_BYTES + COMMIT_SIGNATURE_BYTES * validators + evidence
  if (limit < fixed)
    throw new Error(
      `block.max_bytes=${maxBytes} is too small for header, commit and evidence, which take ${fixed} bytes`,
    )
  return limit - fixed
}
