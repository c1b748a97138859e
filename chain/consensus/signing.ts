// The part that validators play here: who is there, whose turn it is, and the precommits that make a block
// final.
import { create } from '@bufbuild/protobuf'
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import {
  type Commit,
  CommitSchema,
  CommitSigSchema,
  SignedMsgType,
  type Vote,
  VoteSchema,
} from '../../proto/gen/tendermint/types/types_pb.ts'
import { BlockIDFlag, type ValidatorSet } from '../../proto/gen/tendermint/types/validator_pb.ts'
import type { CommitInfo } from '../abci/application.ts'
import { type Bytes, equalBytes } from '../bytes.ts'
import { sha256 } from '../hash.ts'
import { blockIdOf, zeroBlockId } from './block-id.ts'
import { absentSignature } from './commit.ts'
import type { Signer } from './engine.ts'
import { upperHex } from './errors.ts'
import type { ChainState } from './state.ts'
import { timestampFromNs } from './time.ts'
import { publicKeyOf } from './validator.ts'
import { rotate, totalPower } from './valset.ts'
import { voteSignBytes } from './vote.ts'

const { BLOCK_ID_FLAG_ABSENT: ABSENT, BLOCK_ID_FLAG_COMMIT: COMMIT } = BlockIDFlag

export type Signers = (address: Bytes) => Signer | undefined

/**
 * Who of the set takes part in the next block, by index. Throws an Error if they have no more than two thirds
 * of the power: the real chain would stand still.
 */
export const presentValidators = (
  set: ValidatorSet,
  isPresent: (address: Bytes) => boolean,
  height: number,
): boolean[] => {
  const present = set.validators.map(({ address }) => isPresent(address))
  const total = totalPower(set)
  let power = 0n
  set.validators.forEach(({ votingPower }, i) => {
    if (present[i]) power += votingPower
  })
  const needed = (total * 2n) / 3n
  if (power <= needed)
    throw new Error(
      `the chain would halt at height ${height}: validators with power ${power} of ${total} take part, ` +
        `more than ${needed} is needed`,
    )
  return present
}

/** The first round whose proposer is there; rounds of absent proposers pass without a block. */
export const proposerOf = (
  set: ValidatorSet,
  present: readonly boolean[],
): { round: number; address: Bytes } => {
  let turn = set
  for (let round = 0; ; round++) {
    const { address } = turn.proposer!
    const index = set.validators.findIndex((validator) => equalBytes(validator.address, address))
    if (present[index]) return { round, address }
    turn = rotate(turn)
  }
}

/**
 * The commit for the state's last block, signed anew with this time in every vote, so that the median is this
 * time; `lateNs` later by those that are late. The empty commit before the first block. The same block is
 * signed each time, so nobody signs twice in the sense of evidence.
 */
export const signCommit = (
  chainId: string,
  state: ChainState,
  timeNs: bigint,
  signers: Signers,
  lateNs?: (address: Bytes) => bigint,
): Commit => {
  if (state.lastValidators === undefined) return create(CommitSchema, { blockId: zeroBlockId() })
  const { blockId, round } = state
  const height = BigInt(state.height)
  const type = SignedMsgType.PRECOMMIT
  const late = lateNs && keepsMedian(state, lateNs) ? lateNs : () => 0n
  const known = new Map<bigint, { timestamp: Timestamp; message: Bytes }>()
  const ballotAt = (ns: bigint) => {
    const timestamp = timestampFromNs(ns)
    const ballot = { timestamp, message: voteSignBytes(chainId, { type, height, round, blockId, timestamp }) }
    known.set(ns, ballot)
    return ballot
  }
  const signatures = state.lastValidators.set.validators.map(({ address: validatorAddress }, i) => {
    if (!state.signed[i]) return absentSignature()
    const ns = timeNs + late(validatorAddress)
    const { timestamp, message } = known.get(ns) ?? ballotAt(ns)
    const signature = signerOf(signers, validatorAddress).sign(message)
    return create(CommitSigSchema, { blockIdFlag: COMMIT, validatorAddress, timestamp, signature })
  })
  return create(CommitSchema, { height, round, blockId, signatures })
}

/** Whether at least half of the power that signed was not late: then the median is the others' time. */
const keepsMedian = ({ lastValidators, signed }: ChainState, lateNs: (address: Bytes) => bigint): boolean => {
  let balance = 0n
  lastValidators?.set.validators.forEach(({ address, votingPower }, i) => {
    if (signed[i]) balance += lateNs(address) > 0n ? -votingPower : votingPower
  })
  return balance >= 0n
}

const signerOf = (signers: Signers, address: Bytes): Signer => {
  const signer = signers(address)
  if (signer === undefined)
    throw new Error(`the key of validator ${upperHex(address)} is gone, but the last block has its vote`)
  return signer
}

/** What the application learns about the votes for the last block. */
export const commitInfoOf = (state: ChainState): CommitInfo => ({
  round: state.round,
  votes: (state.lastValidators?.set.validators ?? []).map(({ address, votingPower }, i) => ({
    validator: { address, power: votingPower },
    blockIdFlag: state.signed[i] ? COMMIT : ABSENT,
  })),
})

/**
 * Two precommits of one validator for different blocks at the state's last height, the second for a block
 * that nobody made: what `duplicateVoteEvidence` is built from.
 */
export const conflictingVotes = (chainId: string, state: ChainState, signer: Signer): [Vote, Vote] => {
  const { validators } = state.lastValidators!.set
  const index = validators.findIndex((validator) =>
    equalBytes(publicKeyOf(validator).bytes, signer.publicKey),
  )
  if (index < 0)
    throw new Error(
      `the validator with key ${upperHex(signer.publicKey)} does not sign block ${state.height}`,
    )
  const { blockId, round } = state
  const other = blockIdOf(sha256(blockId.hash), 1, sha256(blockId.partSetHeader!.hash))
  const votes = [blockId, other].map((id) => {
    const vote = create(VoteSchema, {
      type: SignedMsgType.PRECOMMIT,
      height: BigInt(state.height),
      round,
      blockId: id,
      timestamp: timestampFromNs(state.timeNs + 1_000_000n),
      validatorAddress: validators[index]!.address,
      validatorIndex: index,
    })
    vote.signature = signer.sign(voteSignBytes(chainId, vote))
    return vote
  })
  return votes as [Vote, Vote]
}
