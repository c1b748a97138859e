// Evidence that a validator signed two different blocks at one height: built from two votes, hashed into the
// header, checked before a block carries it (types/evidence.go, evidence/verify.go).
import { create, toBinary } from '@bufbuild/protobuf'
import {
  type DuplicateVoteEvidence,
  DuplicateVoteEvidenceSchema,
  type Evidence,
  EvidenceSchema,
  LightClientAttackEvidenceSchema,
} from '../../proto/gen/tendermint/types/evidence_pb.ts'
import type { Vote } from '../../proto/gen/tendermint/types/types_pb.ts'
import type { ValidatorSet } from '../../proto/gen/tendermint/types/validator_pb.ts'
import type { Misbehavior } from '../abci/application.ts'
import { type Bytes, compareBytes, equalBytes } from '../bytes.ts'
import { sha256 } from '../hash.ts'
import { merkleRoot } from '../merkle.ts'
import { blockIdKey, equalBlockIds, writeTimestamp } from './block-id.ts'
import type { VerifySignature } from './commit.ts'
import { upperHex, VerificationError } from './errors.ts'
import { timestampFromNs, timestampToNs } from './time.ts'
import { keyOf } from './validator.ts'
import { findValidator, totalPower } from './valset.ts'
import { checkVote, voteSignBytes, writeVote } from './vote.ts'
import { ProtoWriter } from './wire.ts'

/**
 * Evidence of two votes by one validator, in the order that CometBFT wants. `blockTimeNs` is the time of the
 * block at the votes' height and `set` the set that signs it. Throws VerificationError if the voter is no
 * member.
 */
export const duplicateVoteEvidence = (
  votes: readonly [Vote, Vote],
  blockTimeNs: bigint,
  set: ValidatorSet,
): Evidence => {
  const [first, second] = votes
  const voter = findValidator(set, first.validatorAddress)
  if (voter === undefined)
    throw new VerificationError(`validator ${upperHex(first.validatorAddress)} not in validator set`)
  const inOrder = compareBytes(blockIdKey(first.blockId), blockIdKey(second.blockId)) < 0
  const value = create(DuplicateVoteEvidenceSchema, {
    voteA: inOrder ? first : second,
    voteB: inOrder ? second : first,
    totalVotingPower: totalPower(set),
    validatorPower: voter.validator.votingPower,
    timestamp: timestampFromNs(blockTimeNs),
  })
  return create(EvidenceSchema, { sum: { case: 'duplicateVoteEvidence', value } })
}

const writeDuplicateVote = (writer: ProtoWriter, evidence: DuplicateVoteEvidence): void => {
  if (evidence.voteA) writeVote(writer, 1, evidence.voteA)
  if (evidence.voteB) writeVote(writer, 2, evidence.voteB)
  writer.int64(3, evidence.totalVotingPower)
  writer.int64(4, evidence.validatorPower)
  writeTimestamp(writer, 5, evidence.timestamp)
}

/** The concrete evidence message without the `Evidence` around it: what is hashed. */
export const evidenceBytes = ({ sum }: Evidence): Bytes => {
  if (sum.case === 'duplicateVoteEvidence') {
    const writer = new ProtoWriter(512)
    writeDuplicateVote(writer, sum.value)
    return writer.finish()
  }
  if (sum.case === 'lightClientAttackEvidence') return toBinary(LightClientAttackEvidenceSchema, sum.value)
  throw new VerificationError('evidence is not recognized')
}

/** The repeated `evidence` field of an EvidenceList. */
export const writeEvidenceList = (writer: ProtoWriter, list: readonly Evidence[]): void => {
  for (const evidence of list) {
    const start = writer.begin(1)
    writer.item(evidence.sum.case === 'duplicateVoteEvidence' ? 1 : 2, evidenceBytes(evidence))
    writer.end(start)
  }
}

/** What the list takes in a block, in bytes. */
export const evidenceSize = (list: readonly Evidence[]): number => {
  const writer = new ProtoWriter()
  writeEvidenceList(writer, list)
  return writer.finish().length
}

/** The name of one piece of evidence. */
export const hashEvidence = (evidence: Evidence): Bytes => sha256(evidenceBytes(evidence))

/** `evidence_hash` of a header. */
export const evidenceHash = (list: readonly Evidence[]): Bytes => merkleRoot(list.map(evidenceBytes))

/** Height and time of the offence, in unix nanoseconds. */
export const offence = ({ sum }: Evidence): { height: bigint; timeNs: bigint } => {
  if (sum.case === 'duplicateVoteEvidence')
    return { height: sum.value.voteA?.height ?? 0n, timeNs: timestampToNs(sum.value.timestamp) }
  if (sum.case === 'lightClientAttackEvidence')
    return { height: sum.value.commonHeight, timeNs: timestampToNs(sum.value.timestamp) }
  throw new VerificationError('evidence is not recognized')
}

/** What the application is told; one entry a guilty validator. */
export const misbehaviors = (evidence: Evidence): Misbehavior[] => {
  const { sum } = evidence
  if (sum.case === undefined) return []
  const guilty =
    sum.case === 'duplicateVoteEvidence'
      ? [{ address: sum.value.voteA!.validatorAddress, power: sum.value.validatorPower }]
      : sum.value.byzantineValidators.map(({ address, votingPower }) => ({ address, power: votingPower }))
  const { totalVotingPower } = sum.value
  const type = sum.case === 'duplicateVoteEvidence' ? 'duplicate vote' : 'light client attack'
  return guilty.map((validator) => ({ type, validator, ...offence(evidence), totalVotingPower }))
}

const sides = (evidence: DuplicateVoteEvidence): { voteA: Vote; voteB: Vote } => {
  const { voteA, voteB } = evidence
  if (voteA === undefined || voteB === undefined)
    throw new VerificationError('one or both of the votes are empty')
  return { voteA, voteB }
}

/** DuplicateVoteEvidence.ValidateBasic. Throws VerificationError. */
export const checkDuplicateVote = (evidence: DuplicateVoteEvidence): void => {
  const { voteA, voteB } = sides(evidence)
  checkVote(voteA)
  checkVote(voteB)
  if (compareBytes(blockIdKey(voteA.blockId), blockIdKey(voteB.blockId)) >= 0)
    throw new VerificationError('duplicate votes in invalid order')
}

/**
 * Whether the evidence shows a member of `set`, which signs the votes' height, voting twice in one round.
 * Signatures are checked where `verify` is given. Throws VerificationError.
 */
export const verifyDuplicateVote = (
  chainId: string,
  evidence: DuplicateVoteEvidence,
  set: ValidatorSet,
  verify: VerifySignature | undefined,
): void => {
  const { voteA, voteB } = sides(evidence)
  const voter = findValidator(set, voteA.validatorAddress)
  if (voter === undefined)
    throw new VerificationError(
      `address ${upperHex(voteA.validatorAddress)} was not a validator at height ${voteA.height}`,
    )
  if (voteA.height !== voteB.height || voteA.round !== voteB.round || voteA.type !== voteB.type)
    throw new VerificationError(
      `h/r/s does not match: ${voteA.height}/${voteA.round}/${voteA.type} vs ` +
        `${voteB.height}/${voteB.round}/${voteB.type}`,
    )
  if (!equalBytes(voteA.validatorAddress, voteB.validatorAddress))
    throw new VerificationError(
      `validator addresses do not match: ${upperHex(voteA.validatorAddress)} vs ` +
        `${upperHex(voteB.validatorAddress)}`,
    )
  if (equalBlockIds(voteA.blockId, voteB.blockId))
    throw new VerificationError('block IDs are the same - not a real duplicate vote')
  const { votingPower } = voter.validator
  if (votingPower !== evidence.validatorPower)
    throw new VerificationError(
      `validator power from evidence and our validator set does not match (${evidence.validatorPower} ` +
        `!= ${votingPower})`,
    )
  if (totalPower(set) !== evidence.totalVotingPower)
    throw new VerificationError(
      'total voting power from the evidence and our validator set does not match ' +
        `(${evidence.totalVotingPower} != ${totalPower(set)})`,
    )
  if (verify === undefined) return
  const key = keyOf(voter.validator)
  for (const [name, vote] of [
    ['VoteA', voteA],
    ['VoteB', voteB],
  ] as const)
    if (key?.type !== 'ed25519' || !verify(key.bytes, voteSignBytes(chainId, vote), vote.signature))
      throw new VerificationError(`verifying ${name}: invalid signature`)
}
