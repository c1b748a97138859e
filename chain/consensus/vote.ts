// What validators sign: canonical votes and proposals (types/canonical.go), so that no two implementations
// can disagree about the bytes. Each message is preceded by its length, which protects it from being read as
// another one.
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import {
  type BlockID,
  type Proposal,
  SignedMsgType,
  type Vote,
} from '../../proto/gen/tendermint/types/types_pb.ts'
import type { Bytes } from '../bytes.ts'
import { checkBlockId, isCompleteBlockId, isZeroBlockId, writeBlockId, writeTimestamp } from './block-id.ts'
import { VerificationError } from './errors.ts'
import { ProtoWriter } from './wire.ts'

const ADDRESS_SIZE = 20
/** types.MaxSignatureSize: of the largest signature scheme, ed25519. */
export const MAX_SIGNATURE_SIZE = 64
const PROPOSAL_TYPE = 32

/** The part of a vote that is signed. */
export type SignedVote = {
  type: SignedMsgType
  height: bigint
  round: number
  /** Missing or zero in a vote for nil. */
  blockId?: BlockID | undefined
  timestamp?: Timestamp | undefined
}

/** `message` with its length before it. */
const delimited = (message: Bytes): Bytes => {
  const writer = new ProtoWriter(message.length + 8)
  writer.item(1, message)
  return writer.finish().subarray(1)
}

/** What a validator signs to cast this vote on the chain. */
export const voteSignBytes = (chainId: string, vote: SignedVote): Bytes => {
  const writer = new ProtoWriter(192)
  writer.uint(1, vote.type)
  writer.sfixed64(2, vote.height)
  writer.sfixed64(3, BigInt(vote.round))
  if (!isZeroBlockId(vote.blockId)) writeBlockId(writer, 4, vote.blockId)
  writeTimestamp(writer, 5, vote.timestamp)
  writer.text(6, chainId)
  return delimited(writer.finish())
}

/** What a proposer signs; polRound is -1 where no proof of lock is claimed. */
export const proposalSignBytes = (
  chainId: string,
  proposal: Pick<Proposal, 'height' | 'round' | 'polRound' | 'blockId' | 'timestamp'>,
): Bytes => {
  const writer = new ProtoWriter(192)
  writer.uint(1, PROPOSAL_TYPE)
  writer.sfixed64(2, proposal.height)
  writer.sfixed64(3, BigInt(proposal.round))
  writer.int64(4, BigInt(proposal.polRound))
  if (!isZeroBlockId(proposal.blockId)) writeBlockId(writer, 5, proposal.blockId)
  writeTimestamp(writer, 6, proposal.timestamp)
  writer.text(7, chainId)
  return delimited(writer.finish())
}

/** What a validator signs for the extension of its precommit. */
export const voteExtensionSignBytes = (
  chainId: string,
  vote: { extension: Bytes; height: bigint; round: number },
): Bytes => {
  const writer = new ProtoWriter(64 + vote.extension.length)
  writer.bytes(1, vote.extension)
  writer.sfixed64(2, vote.height)
  writer.sfixed64(3, BigInt(vote.round))
  writer.text(4, chainId)
  return delimited(writer.finish())
}

/** Writes tendermint.types.Vote as an embedded message. */
export const writeVote = (writer: ProtoWriter, field: number, vote: Vote): void => {
  const start = writer.begin(field)
  writer.uint(1, vote.type)
  writer.int64(2, vote.height)
  writer.int64(3, BigInt(vote.round))
  writeBlockId(writer, 4, vote.blockId)
  writeTimestamp(writer, 5, vote.timestamp)
  writer.bytes(6, vote.validatorAddress)
  writer.int64(7, BigInt(vote.validatorIndex))
  writer.bytes(8, vote.signature)
  writer.bytes(9, vote.extension)
  writer.bytes(10, vote.extensionSignature)
  writer.end(start)
}

/** Vote.ValidateBasic: what can be said of a vote alone. Throws VerificationError. */
export const checkVote = (vote: Vote): void => {
  if (vote.type !== SignedMsgType.PREVOTE && vote.type !== SignedMsgType.PRECOMMIT)
    throw new VerificationError('invalid Type')
  if (vote.height <= 0n) throw new VerificationError('negative or zero Height')
  if (vote.round < 0) throw new VerificationError('negative Round')
  checkBlockId('BlockID', vote.blockId)
  const isNil = isZeroBlockId(vote.blockId)
  if (!isNil && !isCompleteBlockId(vote.blockId))
    throw new VerificationError('blockID must be either empty or complete')
  if (vote.validatorAddress.length !== ADDRESS_SIZE)
    throw new VerificationError(
      `expected ValidatorAddress size to be ${ADDRESS_SIZE} bytes, got ${vote.validatorAddress.length} bytes`,
    )
  if (vote.validatorIndex < 0) throw new VerificationError('negative ValidatorIndex')
  checkSignatureSize(vote.signature)
  checkExtension(vote, isNil)
}

/** Throws VerificationError if a signature is missing or longer than any scheme makes it. */
export const checkSignatureSize = (signature: Bytes): void => {
  if (signature.length === 0) throw new VerificationError('signature is missing')
  if (signature.length > MAX_SIGNATURE_SIZE)
    throw new VerificationError(`signature is too big (max: ${MAX_SIGNATURE_SIZE})`)
}

const checkExtension = (vote: Vote, isNil: boolean): void => {
  if (vote.type !== SignedMsgType.PRECOMMIT || isNil) {
    if (vote.extension.length > 0)
      throw new VerificationError(`unexpected vote extension; vote type ${vote.type}, isNil ${isNil}`)
    if (vote.extensionSignature.length > 0) throw new VerificationError('unexpected vote extension signature')
    return
  }
  if (vote.extensionSignature.length > MAX_SIGNATURE_SIZE)
    throw new VerificationError(`vote extension signature is too big (max: ${MAX_SIGNATURE_SIZE})`)
  if (vote.extensionSignature.length === 0 && vote.extension.length !== 0)
    throw new VerificationError('vote extension signature absent on vote with extension')
}
