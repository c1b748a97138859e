// The header and its hash, a Merkle root over the fourteen fields (types/block.go Header.Hash), so that a
// client can be shown one field with a short proof.
import type { Header } from '../../proto/gen/tendermint/types/types_pb.ts'
import { type Bytes, utf8 } from '../bytes.ts'
import { merkleRoot } from '../merkle.ts'
import { checkBlockId, checkHash, encodeBlockId, writeBlockId, writeTimestamp } from './block-id.ts'
import { VerificationError } from './errors.ts'
import { ProtoWriter } from './wire.ts'

/** version.BlockProtocol of CometBFT 0.38. */
export const BLOCK_PROTOCOL = 11n
/** types.MaxChainIDLen. */
export const MAX_CHAIN_ID_LENGTH = 50
const ADDRESS_SIZE = 20

const writeVersion = (writer: ProtoWriter, { version }: Header): void => {
  writer.int64(1, version?.block ?? 0n)
  writer.int64(2, version?.app ?? 0n)
}

const versionLeaf = (header: Header): Bytes => {
  const writer = new ProtoWriter(16)
  writeVersion(writer, header)
  return writer.finish()
}

const heightLeaf = ({ height }: Header): Bytes => {
  const writer = new ProtoWriter(16)
  writer.int64(1, height)
  return writer.finish()
}

/** The Timestamp message itself, without the tag and length that a field would have. */
const timeLeaf = ({ time }: Header): Bytes => {
  const writer = new ProtoWriter(24)
  writeTimestamp(writer, 1, time)
  return writer.finish().subarray(2)
}

/** A gogoproto wrapper message; empty for an empty value. */
const bytesLeaf = (value: Bytes): Bytes => {
  const writer = new ProtoWriter(2 + value.length)
  writer.bytes(1, value)
  return writer.finish()
}

/**
 * The header's hash, which names its block; no bytes if the header has no validators hash and so is no
 * header.
 */
export const hashHeader = (header: Header): Bytes => {
  if (header.validatorsHash.length === 0) return new Uint8Array(0)
  return merkleRoot([
    versionLeaf(header),
    bytesLeaf(utf8(header.chainId)),
    heightLeaf(header),
    timeLeaf(header),
    encodeBlockId(header.lastBlockId),
    bytesLeaf(header.lastCommitHash),
    bytesLeaf(header.dataHash),
    bytesLeaf(header.validatorsHash),
    bytesLeaf(header.nextValidatorsHash),
    bytesLeaf(header.consensusHash),
    bytesLeaf(header.appHash),
    bytesLeaf(header.lastResultsHash),
    bytesLeaf(header.evidenceHash),
    bytesLeaf(header.proposerAddress),
  ])
}

/** The fields of tendermint.types.Header. */
export const writeHeader = (writer: ProtoWriter, header: Header): void => {
  const version = writer.begin(1)
  writeVersion(writer, header)
  writer.end(version)
  writer.text(2, header.chainId)
  writer.int64(3, header.height)
  writeTimestamp(writer, 4, header.time)
  writeBlockId(writer, 5, header.lastBlockId)
  writer.bytes(6, header.lastCommitHash)
  writer.bytes(7, header.dataHash)
  writer.bytes(8, header.validatorsHash)
  writer.bytes(9, header.nextValidatorsHash)
  writer.bytes(10, header.consensusHash)
  writer.bytes(11, header.appHash)
  writer.bytes(12, header.lastResultsHash)
  writer.bytes(13, header.evidenceHash)
  writer.bytes(14, header.proposerAddress)
}

/** tendermint.types.Header as gogoproto writes it. */
export const encodeHeader = (header: Header): Bytes => {
  const writer = new ProtoWriter(640)
  writeHeader(writer, header)
  return writer.finish()
}

/** Header.ValidateBasic: what can be said of a header alone. Throws VerificationError. */
export const checkHeader = (header: Header): void => {
  const block = header.version?.block ?? 0n
  if (block !== BLOCK_PROTOCOL)
    throw new VerificationError(`block protocol is incorrect: got: ${block}, want: ${BLOCK_PROTOCOL} `)
  const length = utf8(header.chainId).length
  if (length > MAX_CHAIN_ID_LENGTH)
    throw new VerificationError(`chainID is too long; got: ${length}, max: ${MAX_CHAIN_ID_LENGTH}`)
  if (header.height < 0n) throw new VerificationError('negative Height')
  if (header.height === 0n) throw new VerificationError('zero Height')
  checkBlockId('LastBlockID', header.lastBlockId)
  checkHash('LastCommitHash', header.lastCommitHash)
  checkHash('DataHash', header.dataHash)
  checkHash('EvidenceHash', header.evidenceHash)
  if (header.proposerAddress.length !== ADDRESS_SIZE)
    throw new VerificationError(
      `invalid ProposerAddress length; got: ${header.proposerAddress.length}, expected: ${ADDRESS_SIZE}`,
    )
  checkHash('ValidatorsHash', header.validatorsHash)
  checkHash('NextValidatorsHash', header.nextValidatorsHash)
  checkHash('ConsensusHash', header.consensusHash)
  checkHash('LastResultsHash', header.lastResultsHash)
}
