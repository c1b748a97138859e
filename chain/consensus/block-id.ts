// A block's name: the hash of its header and of the parts in which it is sent. Missing embedded messages
// count as empty, because they are never null on the wire (gogoproto.nullable = false).
import { create } from '@bufbuild/protobuf'
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { type BlockID, BlockIDSchema, type PartSetHeader } from '../../proto/gen/tendermint/types/types_pb.ts'
import { type Bytes, concatBytes, equalBytes } from '../bytes.ts'
import { VerificationError } from './errors.ts'
import { ZERO_TIME_NS } from './time.ts'
import { ProtoWriter } from './wire.ts'

const NO_BYTES: Bytes = new Uint8Array(0)
const HASH_SIZE = 32
const ZERO_SECONDS = ZERO_TIME_NS / 1_000_000_000n

export const blockIdOf = (hash: Bytes, total: number, partsHash: Bytes): BlockID =>
  create(BlockIDSchema, { hash, partSetHeader: { total, hash: partsHash } })

/** The block before the first one. */
export const zeroBlockId = (): BlockID => blockIdOf(NO_BYTES, 0, NO_BYTES)

export const isZeroBlockId = (id: BlockID | undefined): boolean =>
  id === undefined ||
  (id.hash.length === 0 &&
    (id.partSetHeader === undefined || (id.partSetHeader.total === 0 && id.partSetHeader.hash.length === 0)))

export const equalBlockIds = (a: BlockID | undefined, b: BlockID | undefined): boolean =>
  equalBytes(a?.hash ?? NO_BYTES, b?.hash ?? NO_BYTES) &&
  (a?.partSetHeader?.total ?? 0) === (b?.partSetHeader?.total ?? 0) &&
  equalBytes(a?.partSetHeader?.hash ?? NO_BYTES, b?.partSetHeader?.hash ?? NO_BYTES)

const writePartSetHeader = (writer: ProtoWriter, header: PartSetHeader | undefined): void => {
  if (header === undefined) return
  writer.uint(1, header.total)
  writer.bytes(2, header.hash)
}

/** The fields of BlockID, and of CanonicalBlockID, which has the same. */
const writeFields = (writer: ProtoWriter, id: BlockID | undefined): void => {
  if (id) writer.bytes(1, id.hash)
  const start = writer.begin(2)
  writePartSetHeader(writer, id?.partSetHeader)
  writer.end(start)
}

/** Writes a BlockID as a field that is never left out. */
export const writeBlockId = (writer: ProtoWriter, field: number, id: BlockID | undefined): void => {
  const start = writer.begin(field)
  writeFields(writer, id)
  writer.end(start)
}

export const encodeBlockId = (id: BlockID | undefined): Bytes => {
  const writer = new ProtoWriter(96)
  writeFields(writer, id)
  return writer.finish()
}

/**
 * What CometBFT orders conflicting votes by (types/block.go BlockID.Key): the hash, then the part set
 * header's bytes.
 */
export const blockIdKey = (id: BlockID | undefined): Bytes => {
  const writer = new ProtoWriter(64)
  writePartSetHeader(writer, id?.partSetHeader)
  return concatBytes(id?.hash ?? NO_BYTES, writer.finish())
}

/** Writes a Timestamp as a field that is never left out; a missing one is Go's zero time. */
export const writeTimestamp = (writer: ProtoWriter, field: number, time: Timestamp | undefined): void => {
  const start = writer.begin(field)
  writer.int64(1, time ? time.seconds : ZERO_SECONDS)
  if (time) writer.uint(2, time.nanos)
  writer.end(start)
}

/** A hash is 32 bytes or, where it is not known yet, none. */
export const checkHash = (name: string, hash: Bytes): void => {
  if (hash.length !== 0 && hash.length !== HASH_SIZE)
    throw new VerificationError(
      `wrong ${name}: expected size to be ${HASH_SIZE} bytes, got ${hash.length} bytes`,
    )
}

/** BlockID.ValidateBasic. Throws VerificationError. */
export const checkBlockId = (name: string, id: BlockID | undefined): void => {
  checkHash(`${name}: Hash`, id?.hash ?? NO_BYTES)
  checkHash(`${name}: PartSetHeader: Hash`, id?.partSetHeader?.hash ?? NO_BYTES)
}

/** Whether both hashes are there, as in the id of a real block. */
export const isCompleteBlockId = (id: BlockID | undefined): boolean =>
  id?.hash.length === HASH_SIZE && id.partSetHeader?.hash.length === HASH_SIZE && id.partSetHeader.total > 0
