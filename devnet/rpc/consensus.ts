// The state of consensus between two blocks, as CometBFT would show it while it waits for the next proposal:
// what the `consensus_state` methods print and what the votes of the last block were.
import { create } from '@bufbuild/protobuf'
import type { BlockStore } from '../../chain/consensus/engine.ts'
import { upperHex } from '../../chain/consensus/errors.ts'
import { formatTimestamp } from '../../chain/consensus/time.ts'
import { findValidator, totalPower } from '../../chain/consensus/valset.ts'
import {
  type Commit,
  SignedMsgType,
  type Vote,
  VoteSchema,
} from '../../proto/gen/tendermint/types/types_pb.ts'
import type { ValidatorSet } from '../../proto/gen/tendermint/types/validator_pb.ts'
import { validatorSetText } from './json/block.ts'
import { hex, integer, list, object, quote, time } from './json/text.ts'

/** BlockIDFlag of a validator that did not vote, and of one that voted for the block. */
const ABSENT = 1
const COMMIT = 2

/** The precommits that a commit was made of. */
export const precommits = (commit: Commit | undefined): Vote[] =>
  (commit?.signatures ?? []).flatMap((signature, validatorIndex) => {
    if (signature.blockIdFlag === ABSENT || commit === undefined) return []
    const vote = create(VoteSchema, {
      type: SignedMsgType.PRECOMMIT,
      height: commit.height,
      round: commit.round,
      validatorAddress: signature.validatorAddress,
      validatorIndex,
      signature: signature.signature,
    })
    if (signature.blockIdFlag === COMMIT && commit.blockId) vote.blockId = commit.blockId
    if (signature.timestamp) vote.timestamp = signature.timestamp
    return [vote]
  })

const NIL_VOTE = 'nil-Vote'
const fingerprint = (bytes: Uint8Array): string => {
  const six = new Uint8Array(6)
  six.set(bytes.subarray(0, 6))
  return upperHex(six)
}

const voteLine = (vote: Vote): string =>
  `Vote{${vote.validatorIndex}:${fingerprint(vote.validatorAddress)} ` +
  `${vote.height}/${`${vote.round}`.padStart(2, '0')}/SIGNED_MSG_TYPE_PRECOMMIT(Precommit) ` +
  `${fingerprint(vote.blockId?.hash ?? new Uint8Array(0))} ${fingerprint(vote.signature)} ` +
  `${fingerprint(vote.extension)} @ ${formatTimestamp(vote.timestamp)}}`

/** `BA{4:xx_x} 30/40 = 0.75`: who voted, and with how much power. */
const bitArray = (set: ValidatorSet, votes: readonly Vote[]): string => {
  const voted = new Set(votes.map(({ validatorIndex }) => validatorIndex))
  const bits = set.validators.map((_, index) => (voted.has(index) ? 'x' : '_')).join('')
  const total = totalPower(set)
  const power = set.validators.reduce(
    (sum, { votingPower }, i) => (voted.has(i) ? sum + votingPower : sum),
    0n,
  )
  const fraction = (Number(power) / Number(total)).toFixed(2)
  return `BA{${set.validators.length}:${bits}} ${power}/${total} = ${fraction}`
}

const linesOf = (set: ValidatorSet, votes: readonly Vote[]): string[] => {
  const lines = set.validators.map(() => NIL_VOTE)
  for (const vote of votes)
    if (vote.validatorIndex < lines.length) lines[vote.validatorIndex] = voteLine(vote)
  return lines
}

/** Nobody has voted on the next block. */
const emptyVotesText = (set: ValidatorSet): string => {
  const lines = list(linesOf(set, []), quote)
  const bits = quote(bitArray(set, []))
  const round = object({
    round: '0',
    prevotes: lines,
    prevotes_bit_array: bits,
    precommits: lines,
    precommits_bit_array: bits,
  })
  return `[${round}]`
}

const lastCommitText = (set: ValidatorSet, votes: readonly Vote[]): string =>
  object({
    votes: list(linesOf(set, votes), quote),
    votes_bit_array: quote(bitArray(set, votes)),
    peer_maj_23s: '{}',
  })

/** RoundStepNewHeight: the last block is committed, the next round has not begun. */
const NEW_HEIGHT = 1

type Moment = { next: number; set: ValidatorSet; startTime: string }
const momentOf = (blocks: BlockStore, initialHeight: number): Moment => {
  const next = blocks.height === 0 ? initialHeight : blocks.height + 1
  const set = blocks.validators(next)
  if (set === undefined) throw new Error(`could not find validator set for height #${next}`)
  return { next, set, startTime: time(blocks.block(blocks.height)?.block.header?.time) }
}

/** What `dump_consensus_state` answers. */
export const roundStateText = (blocks: BlockStore, initialHeight: number): string => {
  const { next, set, startTime } = momentOf(blocks, initialHeight)
  const lastSet = blocks.validators(blocks.height)
  const nothing = { proposal: 'null', proposal_block: 'null', proposal_block_parts: 'null' }
  const unlocked = { locked_round: '-1', locked_block: 'null', locked_block_parts: 'null' }
  const invalid = { valid_round: '-1', valid_block: 'null', valid_block_parts: 'null' }
  return object({
    height: integer(next),
    round: '0',
    step: `${NEW_HEIGHT}`,
    start_time: startTime,
    commit_time: startTime,
    validators: validatorSetText(set),
    ...nothing,
    ...unlocked,
    ...invalid,
    votes: emptyVotesText(set),
    commit_round: '-1',
    last_commit: lastSet ? lastCommitText(lastSet, precommits(blocks.commit(blocks.height))) : 'null',
    last_validators: validatorSetText(lastSet),
    triggered_timeout_precommit: 'false',
  })
}

/** What `consensus_state` answers. */
export const simpleRoundStateText = (blocks: BlockStore, initialHeight: number): string => {
  const { next, set, startTime } = momentOf(blocks, initialHeight)
  const address = set.proposer?.address ?? new Uint8Array(0)
  return object({
    'height/round/step': quote(`${next}/0/${NEW_HEIGHT}`),
    start_time: startTime,
    proposal_block_hash: '""',
    locked_block_hash: '""',
    valid_block_hash: '""',
    height_vote_set: emptyVotesText(set),
    proposer: `{"address":${hex(address)},"index":${findValidator(set, address)?.index ?? -1}}`,
  })
}
