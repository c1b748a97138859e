// Bytes and hashes that CometBFT's own library made.
import { create, fromBinary } from '@bufbuild/protobuf'
import { type Bytes, fromHex, toHex, utf8 } from '../../../chain/bytes.ts'
import { blockIdFor, dataHash, encodeBlock, hashTx } from '../../../chain/consensus/block.ts'
import { blockIdOf, encodeBlockId } from '../../../chain/consensus/block-id.ts'
import {
  absentSignature,
  commitSignBytes,
  encodeCommit,
  hashCommit,
  medianTimeNs,
} from '../../../chain/consensus/commit.ts'
import { evidenceBytes, evidenceHash } from '../../../chain/consensus/evidence.ts'
import { encodeHeader, hashHeader } from '../../../chain/consensus/header.ts'
import { consensusParamsHash, defaultConsensusParams } from '../../../chain/consensus/params.ts'
import { deterministicResult, lastResultsHash } from '../../../chain/consensus/results.ts'
import { formatTimeNs, parseTimeNs, timestampFromNs, timestampToNs } from '../../../chain/consensus/time.ts'
import { keyAddress, simpleValidator, validatorOf } from '../../../chain/consensus/validator.ts'
import { hashValidators, newValidatorSet, rotate, updateValidators } from '../../../chain/consensus/valset.ts'
import { proposalSignBytes, voteSignBytes } from '../../../chain/consensus/vote.ts'
import { ed25519Signer } from '../../../devnet/keys.ts'
import { BlockSchema } from '../../../proto/gen/tendermint/types/block_pb.ts'
import {
  DuplicateVoteEvidenceSchema,
  type Evidence,
  EvidenceSchema,
} from '../../../proto/gen/tendermint/types/evidence_pb.ts'
import { CommitSchema, CommitSigSchema, SignedMsgType } from '../../../proto/gen/tendermint/types/types_pb.ts'
import type { Validator, ValidatorSet } from '../../../proto/gen/tendermint/types/validator_pb.ts'
import { goVectors, headerFrom, verifyEd25519 } from './recorded.ts'

const go = goVectors()
const CHAIN = 'vector-chain-1'
type ValidatorVector = { address: string; power: number; priority: number; pub_key: string }
type SetVector = { proposer: string; vals: ValidatorVector[] }

const validatorFrom = ({ pub_key, power }: Pick<ValidatorVector, 'pub_key' | 'power'>): Validator =>
  validatorOf({ type: 'ed25519', bytes: fromHex(pub_key) }, BigInt(power))
const flat = (set: ValidatorSet) =>
  set.validators.map(({ address, votingPower, proposerPriority }) => ({
    ...{ address: toHex(address), power: Number(votingPower), priority: Number(proposerPriority) },
  }))
const expected = (vals: ValidatorVector[]) =>
  vals.map(({ address, power, priority }) => ({ address, power, priority }))
const blockIdOfVector = (name: string) => {
  const { hash, parts_hash, parts_total } = go[name].block_id
  return blockIdOf(fromHex(hash), parts_total, fromHex(parts_hash))
}

describe('blocks', () => {
  test.each(['block1', 'block2'])('%s has the bytes, hash and parts that Go gives it', (name) => {
    const bytes = fromHex(go[name].block_proto)
    const block = fromBinary(BlockSchema, bytes)
    expect(toHex(encodeBlock(block))).toBe(go[name].block_proto)
    expect(toHex(encodeHeader(block.header!))).toBe(go[name].proto)
    expect(toHex(hashHeader(headerFrom(go[name].json)))).toBe(go[name].hash)
    expect(blockIdFor(block, bytes)).toEqual(blockIdOfVector(name))
    expect(toHex(encodeBlockId(block.header!.lastBlockId))).toBe(go[name].last_block_id_leaf)
  })
  test('the commit of the first block is empty but written', () => {
    expect(toHex(encodeCommit(create(CommitSchema)))).toBe(go.block1.last_commit_proto)
    expect(toHex(hashCommit(create(CommitSchema)))).toBe(go.commit_empty_hash)
  })
  test('a header without validators hash has no hash', () => {
    expect(hashHeader({ ...headerFrom(go.block1.json), validatorsHash: new Uint8Array(0) })).toHaveLength(0)
  })
})

describe('commits', () => {
  const commit = create(CommitSchema, {
    height: 1n,
    blockId: blockIdOfVector('block1'),
    signatures: go.commit1.sigs.map((entry: { commit_sig: string }) =>
      fromBinary(CommitSigSchema, fromHex(entry.commit_sig)),
    ),
  })
  test('hash and median time are those of Go', () => {
    expect(toHex(hashCommit(commit))).toBe(go.commit1.hash)
    const set = newValidatorSet(go.valset.validators.map(validatorFrom))
    expect(formatTimeNs(medianTimeNs(commit, set))).toBe(go.commit1.median_time)
  })
  test.each([0, 1, 2])('vote %i is signed over the bytes that Go signs', (i) => {
    const vector = go.commit1.sigs[i]
    const message = commitSignBytes(CHAIN, commit, i)
    expect(toHex(message)).toBe(vector.sign_bytes)
    const signer = ed25519Signer(fromHex(vector.priv).subarray(0, 32))
    expect(toHex(signer.sign(message))).toBe(vector.signature)
    expect(verifyEd25519(signer.publicKey, message, fromHex(vector.signature))).toBe(true)
  })
  test('an absent vote is written as Go writes it', () => {
    const one = create(CommitSchema, { signatures: [absentSignature()] })
    expect(toHex(encodeCommit(one))).toBe(`1a021200220f${go.commit1.sigs[3].commit_sig}`)
  })
  test('the second commit has the hash that Go gives it', () => {
    const signatures = go.commit2.sigs.map((entry: { commit_sig: string }) =>
      fromBinary(CommitSigSchema, fromHex(entry.commit_sig)),
    )
    expect(toHex(hashCommit(create(CommitSchema, { signatures })))).toBe(go.commit2.hash)
  })
})

describe('sign bytes', () => {
  const type = SignedMsgType.PRECOMMIT
  test('a nil prevote at zero time omits the block id and keeps the time', () => {
    const vote = { type: SignedMsgType.PREVOTE, height: 1n, round: 0 }
    expect(toHex(voteSignBytes(CHAIN, vote))).toBe(go.sign_bytes_nil_zero_time)
  })
  test('a later round is signed as a fixed 64-bit number', () => {
    const timestamp = timestampFromNs(parseTimeNs('2023-11-14T22:13:20Z')!)
    const message = voteSignBytes(CHAIN, {
      ...{ type, height: 1n, round: 1, blockId: blockIdOfVector('block1'), timestamp },
    })
    expect(toHex(message)).toBe(go.sign_bytes_round1)
  })
  test('a proposal without proof of lock signs -1 as a ten-byte varint', () => {
    const timestamp = timestampFromNs(parseTimeNs('2023-11-14T22:13:20Z')!)
    const message = proposalSignBytes(CHAIN, {
      ...{ height: 1n, round: 0, polRound: -1, blockId: blockIdOfVector('block1'), timestamp },
    })
    expect(toHex(message)).toBe(go['proposal_sign_bytes_polround_-1'])
  })
})

describe('hashes of a header', () => {
  test.each(go.consensus_params_hash as { max_bytes: number; max_gas: number; hash: string }[])(
    'consensus hash of max_bytes $max_bytes and max_gas $max_gas',
    ({ max_bytes, max_gas, hash }) => {
      const params = defaultConsensusParams()
      params.block!.maxBytes = BigInt(max_bytes)
      params.block!.maxGas = BigInt(max_gas)
      expect(toHex(consensusParamsHash(params))).toBe(hash)
    },
  )
  test('data hash covers the hashes of the txs', () => {
    expect(toHex(dataHash(go.data_hash.txs.map((tx: string) => hashTx(utf8(tx)))))).toBe(go.data_hash.hash)
    expect(toHex(dataHash([]))).toBe(go.data_hash.empty)
  })
  test('results count by code, data and gas alone', () => {
    const rest = { log: 'any', info: 'any', codespace: 'sdk', events: [{ type: 'any', attributes: [] }] }
    const none: Bytes = new Uint8Array(0)
    const results = [
      { code: 0, data: Uint8Array.of(1, 2, 3), gasWanted: 200000n, gasUsed: 54321n, ...rest },
      { code: 5, data: none, gasWanted: 100n, gasUsed: 100n, ...rest },
      { code: 0, data: none, gasWanted: 0n, gasUsed: 0n, ...rest },
    ]
    const { leaves, hash, empty } = go.last_results_hash
    expect(results.map((result) => toHex(deterministicResult(result)))).toEqual(leaves)
    expect(toHex(lastResultsHash(results))).toBe(hash)
    expect(toHex(lastResultsHash([]))).toBe(empty)
  })
  test('evidence counts without the wrapper around it', () => {
    const value = fromBinary(DuplicateVoteEvidenceSchema, fromHex(go.evidence.dup_vote_leaf))
    const evidence: Evidence = create(EvidenceSchema, { sum: { case: 'duplicateVoteEvidence', value } })
    expect(toHex(evidenceBytes(evidence))).toBe(go.evidence.dup_vote_leaf)
    expect(toHex(evidenceHash([evidence]))).toBe(go.evidence.dup_vote_list_hash)
    expect(toHex(evidenceHash([]))).toBe(go.evidence.empty)
  })
})

test.each(go.time as { rfc3339: string; bytes: string }[])('time $rfc3339', ({ rfc3339, bytes }) => {
  const timeNs = parseTimeNs(rfc3339)!
  expect(formatTimeNs(timeNs)).toBe(rfc3339)
  const timestamp = timestampFromNs(timeNs)
  expect(timestampToNs(timestamp)).toBe(timeNs)
  const vote = voteSignBytes('', { type: SignedMsgType.UNKNOWN, height: 0n, round: 0, timestamp })
  expect(toHex(vote.subarray(3))).toBe(bytes)
})

describe('validator sets', () => {
  const rotation = go.proposer_rotation
  const set = newValidatorSet(go.valset.validators.map(validatorFrom))
  test.each(
    go.simple_validator as {
      type: 'ed25519'
      address: string
      pub_key: string
      power: number
      simple_validator: string
    }[],
  )(
    'the $type validator $address has the address and leaf that Go gives it',
    ({ type, address, pub_key, power, simple_validator }) => {
      const key = { type, bytes: fromHex(pub_key) }
      expect(toHex(keyAddress(key))).toBe(address)
      expect(toHex(simpleValidator(validatorOf(key, BigInt(power))))).toBe(simple_validator)
    },
  )
  test('a new set has order, priorities, proposer and hash of Go', () => {
    expect(flat(set)).toEqual(expected(go.valset.validators))
    expect(toHex(set.proposer!.address)).toBe(go.valset.proposer)
    expect(toHex(hashValidators(set))).toBe(go.valset.hash)
    expect(toHex(hashValidators(newValidatorSet([])))).toBe(go.valset_empty_hash)
  })
  const follow = (start: ValidatorSet, sequence: SetVector[]) => {
    let turn = start
    sequence.forEach(({ proposer, vals }, i) => {
      if (i > 0) turn = rotate(turn)
      expect(flat(turn)).toEqual(expected(vals))
      expect(toHex(turn.proposer!.address)).toBe(proposer)
    })
  }
  test('proposers take their turns as in Go', () => follow(set, rotation.sequence))
  test("three turns at once are Go's three turns at once", () => {
    const turn = rotate(set, 3)
    expect(flat(turn)).toEqual(expected(rotation.increment_by_3.vals))
    expect(toHex(turn.proposer!.address)).toBe(rotation.increment_by_3.proposer)
  })
  test('after an update, order, priorities, hash and turns are those of Go', () => {
    let last = set
    for (let i = 1; i < rotation.sequence.length; i++) last = rotate(last)
    const updated = updateValidators(last, rotation.changes.map(validatorFrom))
    expect(flat(updated)).toEqual(expected(rotation.after_update.vals))
    expect(toHex(hashValidators(updated))).toBe(rotation.after_update.hash)
    follow(rotate(updated), rotation.sequence_after_update)
  })
})
