// Commits: the precommits that made a block final. How they are hashed, what they say about the time of the
// next block, and when a validator set has spoken (types/validation.go). All signatures of one commit are
// over the same bytes but for the timestamp.
import { create } from '@bufbuild/protobuf'
import {
  type BlockID,
  type Commit,
  type CommitSig,
  CommitSigSchema,
  SignedMsgType,
} from '../../proto/gen/tendermint/types/types_pb.ts'
import {
  BlockIDFlag,
  type Validator,
  type ValidatorSet,
} from '../../proto/gen/tendermint/types/validator_pb.ts'
import { type Bytes, equalBytes } from '../bytes.ts'
import { merkleRoot } from '../merkle.ts'
import { equalBlockIds, isZeroBlockId, writeBlockId, writeTimestamp } from './block-id.ts'
import { NotEnoughPowerError, upperHex, VerificationError } from './errors.ts'
import { timestampFromNs, timestampToNs, ZERO_TIME_NS } from './time.ts'
import { describeValidator, keyOf } from './validator.ts'
import { findValidator, totalPower } from './valset.ts'
import { checkSignatureSize, voteSignBytes } from './vote.ts'
import { ProtoWriter } from './wire.ts'

/** Ed25519 verification by the rules of ZIP-215, given by the host. */
export type VerifySignature = (publicKey: Bytes, message: Bytes, signature: Bytes) => boolean
/** A share of the voting power. */
export type Fraction = { numerator: bigint; denominator: bigint }

const { BLOCK_ID_FLAG_ABSENT: ABSENT, BLOCK_ID_FLAG_COMMIT: COMMIT, BLOCK_ID_FLAG_NIL: NIL } = BlockIDFlag
const ADDRESS_SIZE = 20
const MAX_INT64 = 2n ** 63n - 1n

/** The entry of a validator whose precommit did not arrive. */
export const absentSignature = (): CommitSig =>
  create(CommitSigSchema, { blockIdFlag: ABSENT, timestamp: timestampFromNs(ZERO_TIME_NS) })

const writeSignature = (writer: ProtoWriter, signature: CommitSig): void => {
  writer.uint(1, signature.blockIdFlag)
  writer.bytes(2, signature.validatorAddress)
  writeTimestamp(writer, 3, signature.timestamp)
  writer.bytes(4, signature.signature)
}

const encodeSignature = (signature: CommitSig): Bytes => {
  const writer = new ProtoWriter(128)
  writeSignature(writer, signature)
  return writer.finish()
}

/** The fields of tendermint.types.Commit. */
export const writeCommit = (writer: ProtoWriter, commit: Commit | undefined): void => {
  writer.int64(1, commit?.height ?? 0n)
  writer.int64(2, BigInt(commit?.round ?? 0))
  writeBlockId(writer, 3, commit?.blockId)
  for (const signature of commit?.signatures ?? []) {
    const start = writer.begin(4)
    writeSignature(writer, signature)
    writer.end(start)
  }
}

/** tendermint.types.Commit as gogoproto writes it. */
export const encodeCommit = (commit: Commit): Bytes => {
  const writer = new ProtoWriter(128 + 112 * commit.signatures.length)
  writeCommit(writer, commit)
  return writer.finish()
}

/** `last_commit_hash` of the next header: a Merkle root over the signatures alone. */
export const hashCommit = (commit: Commit): Bytes => merkleRoot(commit.signatures.map(encodeSignature))

/** What the validator at `index` signed. */
export const commitSignBytes = (chainId: string, commit: Commit, index: number): Bytes => {
  const { blockIdFlag, timestamp } = commit.signatures[index]!
  return voteSignBytes(chainId, {
    type: SignedMsgType.PRECOMMIT,
    height: commit.height,
    round: commit.round,
    blockId: blockIdFlag === COMMIT ? commit.blockId : undefined,
    timestamp,
  })
}

/**
 * The time that the next block takes from this commit: the median of the votes' times, weighted by power,
 * votes for nil included (state/state.go MedianTime).
 */
export const medianTimeNs = (commit: Commit, set: ValidatorSet): bigint => {
  const votes: { timeNs: bigint; power: bigint }[] = []
  let total = 0n
  for (const { blockIdFlag, validatorAddress, timestamp } of commit.signatures) {
    if (blockIdFlag === ABSENT) continue
    const member = findValidator(set, validatorAddress)
    if (member === undefined)
      throw new VerificationError(
        `commit validator not found in validator set: ${upperHex(validatorAddress)}`,
      )
    total += member.validator.votingPower
    votes.push({ timeNs: timestampToNs(timestamp), power: member.validator.votingPower })
  }
  votes.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0))
  let rest = total / 2n
  for (const { timeNs, power } of votes) {
    if (rest <= power) return timeNs
    rest -= power
  }
  return ZERO_TIME_NS
}

const checkSignature = (signature: CommitSig): void => {
  const { blockIdFlag, validatorAddress } = signature
  if (blockIdFlag === ABSENT) {
    if (validatorAddress.length !== 0) throw new VerificationError('validator address is present')
    if (timestampToNs(signature.timestamp) !== ZERO_TIME_NS) throw new VerificationError('time is present')
    if (signature.signature.length !== 0) throw new VerificationError('signature is present')
    return
  }
  if (blockIdFlag !== COMMIT && blockIdFlag !== NIL)
    throw new VerificationError(`unknown BlockIDFlag: ${blockIdFlag}`)
  if (validatorAddress.length !== ADDRESS_SIZE)
    throw new VerificationError(
      `expected ValidatorAddress size to be ${ADDRESS_SIZE} bytes, got ${validatorAddress.length} bytes`,
    )
  checkSignatureSize(signature.signature)
}

/** Commit.ValidateBasic: what can be said of a commit alone. Throws VerificationError. */
export const checkCommit = (commit: Commit): void => {
  if (commit.height < 0n) throw new VerificationError('negative Height')
  if (commit.round < 0) throw new VerificationError('negative Round')
  if (commit.height === 0n) return
  if (isZeroBlockId(commit.blockId)) throw new VerificationError('commit cannot be for nil block')
  if (commit.signatures.length === 0) throw new VerificationError('no signatures in commit')
  commit.signatures.forEach((signature, i) => {
    try {
      checkSignature(signature)
    } catch (error) {
      if (error instanceof VerificationError)
        throw new VerificationError(`wrong CommitSig #${i}: ${error.message}`)
      throw error
    }
  })
}

/** What one of the rules below demands of a commit. */
type Rule = {
  chainId: string
  needed: bigint
  /** Entries that are looked at; of these, entries for the block count. */
  considers: (flag: BlockIDFlag) => boolean
  /** Whether all entries considered are verified, or only as many as are needed. */
  all: boolean
  /** Who is at an entry; undefined for nobody that we know, whose entry is passed over. */
  member: (entry: CommitSig, index: number) => Validator | undefined
}

const isNotAbsent = (flag: BlockIDFlag) => flag !== ABSENT
const isForBlock = (flag: BlockIDFlag) => flag === COMMIT

/** Counts before it verifies: a commit with too little power is refused without a single verification. */
const tally = (commit: Commit, rule: Rule, verify: VerifySignature): void => {
  const entries: { index: number; validator: Validator }[] = []
  let got = 0n
  for (let index = 0; index < commit.signatures.length; index++) {
    const entry = commit.signatures[index]!
    if (!rule.considers(entry.blockIdFlag)) continue
    const validator = rule.member(entry, index)
    if (validator === undefined) continue
    entries.push({ index, validator })
    if (entry.blockIdFlag === COMMIT) got += validator.votingPower
    if (!rule.all && got > rule.needed) break
  }
  if (got <= rule.needed) throw new NotEnoughPowerError(got, rule.needed)
  for (const { index, validator } of entries) {
    const { signature } = commit.signatures[index]!
    const key = keyOf(validator)
    if (key?.type !== 'ed25519')
      throw new VerificationError(
        `validator ${describeValidator(validator)} at index ${index} has no ed25519 key`,
      )
    if (!verify(key.bytes, commitSignBytes(rule.chainId, commit, index), signature))
      throw new VerificationError(`wrong signature (#${index}): ${upperHex(signature)}`)
  }
}

const checkFit = (set: ValidatorSet, blockId: BlockID, height: bigint, commit: Commit): void => {
  const { signatures } = commit
  if (set.validators.length !== signatures.length)
    throw new VerificationError(
      `Invalid commit -- wrong set size: ${set.validators.length} vs ${signatures.length}`,
    )
  if (height !== commit.height)
    throw new VerificationError(`Invalid commit -- wrong height: ${height} vs ${commit.height}`)
  if (!equalBlockIds(blockId, commit.blockId))
    throw new VerificationError(
      `invalid commit -- wrong block ID: want ${describeBlockId(blockId)}, got ` +
        `${describeBlockId(commit.blockId)}`,
    )
}

const describeBlockId = (id: BlockID | undefined): string => {
  const none = new Uint8Array(0)
  const { total, hash } = id?.partSetHeader ?? { total: 0, hash: none }
  return `${upperHex(id?.hash ?? none)}:${total}:${upperHex(hash.subarray(0, 6))}`
}

const memberAt =
  (set: ValidatorSet) =>
  ({ validatorAddress }: CommitSig, index: number): Validator => {
    const validator = set.validators[index]!
    if (!equalBytes(validator.address, validatorAddress))
      throw new VerificationError(
        `validator address mismatch at index ${index}: expected ${upperHex(validator.address)}, got ` +
          `${upperHex(validatorAddress)}`,
      )
    return validator
  }

export type CommitCheck = {
  chainId: string
  /** The set that signs blocks of this height. */
  set: ValidatorSet
  blockId: BlockID
  height: bigint
  commit: Commit
  verify: VerifySignature
}

/**
 * More than two thirds signed the block, and every signature that is there is right. Throws
 * VerificationError.
 */
export const verifyCommit = ({ chainId, set, blockId, height, commit, verify }: CommitCheck): void => {
  checkFit(set, blockId, height, commit)
  const needed = (totalPower(set) * 2n) / 3n
  tally(commit, { chainId, needed, considers: isNotAbsent, all: true, member: memberAt(set) }, verify)
}

/**
 * More than two thirds signed the block; the signatures beyond that are not looked at. Throws
 * VerificationError.
 */
export const verifyCommitLight = ({ chainId, set, blockId, height, commit, verify }: CommitCheck): void => {
  checkFit(set, blockId, height, commit)
  const needed = (totalPower(set) * 2n) / 3n
  tally(commit, { chainId, needed, considers: isForBlock, all: false, member: memberAt(set) }, verify)
}

/**
 * More than `trustLevel` of a set trusted earlier signed this commit of a later set. Throws
 * NotEnoughPowerError if the sets share too little, VerificationError if something is wrong.
 */
export const verifyCommitLightTrusting = (
  { chainId, set, commit, verify }: Pick<CommitCheck, 'chainId' | 'set' | 'commit' | 'verify'>,
  trustLevel: Fraction,
): void => {
  if (trustLevel.denominator === 0n) throw new VerificationError('trustLevel has zero Denominator')
  const share = totalPower(set) * trustLevel.numerator
  if (share > MAX_INT64)
    throw new VerificationError(
      'int64 overflow while calculating voting power needed. please provide smaller trustLevel numerator',
    )
  const seen = new Map<number, number>()
  const member = ({ validatorAddress }: CommitSig, index: number): Validator | undefined => {
    const found = findValidator(set, validatorAddress)
    if (found === undefined) return undefined
    const first = seen.get(found.index)
    if (first !== undefined)
      throw new VerificationError(
        `double vote from ${describeValidator(found.validator)} (${first} and ${index})`,
      )
    seen.set(found.index, index)
    return found.validator
  }
  const needed = share / trustLevel.denominator
  tally(commit, { chainId, needed, considers: isForBlock, all: false, member }, verify)
}
