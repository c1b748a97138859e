// Evidence of double signing: made from real votes, checked, carried by a block, told to the application
// once.

import { compareBytes, equalBytes, toHex } from '../../../chain/bytes.ts'
import { blockIdKey, zeroBlockId } from '../../../chain/consensus/block-id.ts'
import { EvidenceError } from '../../../chain/consensus/engine.ts'
import { evidenceHash } from '../../../chain/consensus/evidence.ts'
import { timestampFromNs, timestampToNs } from '../../../chain/consensus/time.ts'
import { voteSignBytes } from '../../../chain/consensus/vote.ts'
import type { Evidence } from '../../../proto/gen/tendermint/types/evidence_pb.ts'
import { addressOf, genesisOf, openChain, SECOND, signers } from './devchain.ts'
import { verifyEd25519 } from './recorded.ts'

const guilty = addressOf(signers[2]!)

const duplicateIn = (evidence: Evidence) => {
  if (evidence.sum.case !== 'duplicateVoteEvidence') throw new Error('not a duplicate vote')
  return evidence.sum.value
}

test('both votes are really signed, and in the order of their block ids', () => {
  const { block, engine } = openChain()
  block()
  const { blockId } = block()
  const { voteA, voteB, validatorPower, totalVotingPower } = duplicateIn(engine.doubleSign(guilty))
  expect(compareBytes(blockIdKey(voteA!.blockId), blockIdKey(voteB!.blockId))).toBeLessThan(0)
  expect([voteA, voteB].filter((vote) => equalBytes(vote!.blockId!.hash, blockId.hash))).toHaveLength(1)
  for (const vote of [voteA!, voteB!])
    expect(verifyEd25519(signers[2]!.publicKey, voteSignBytes('chain-1', vote), vote.signature)).toBe(true)
  expect([validatorPower, totalVotingPower]).toEqual([20n, 100n])
})

test('the next block carries it and the application hears of it, once', () => {
  const { app, block, disk, engine } = openChain()
  block()
  const { block: second } = block()
  const evidence = engine.doubleSign(guilty)
  engine.addEvidence(evidence)
  engine.addEvidence(evidence)
  const { block: third } = block()
  expect(third.evidence!.evidence).toEqual([evidence])
  expect(third.header!.evidenceHash).toEqual(evidenceHash([evidence]))
  expect(app.finalized[2]!.misbehavior).toEqual([
    {
      type: 'duplicate vote',
      validator: { address: guilty, power: 20n },
      height: 2n,
      timeNs: timestampToNs(second.header!.time),
      totalVotingPower: 100n,
    },
  ])
  expect(block().block.evidence!.evidence).toEqual([])
  for (const chain of [engine, openChain(disk).engine])
    expect(() => chain.addEvidence(evidence)).toThrow('evidence was already committed')
  expect(openChain(disk).engine.blocks.block(3)!.block.evidence!.evidence).toEqual([evidence])
})

test('it may be handed to the block itself', () => {
  const { app, block, engine } = openChain()
  block()
  const evidence = engine.doubleSign(guilty)
  block([], { evidence: [evidence] })
  expect(app.finalized[1]!.misbehavior.map(({ validator }) => toHex(validator.address))).toEqual([
    toHex(guilty),
  ])
})

test('after going back before the block that carried it, it can be given again', () => {
  const { app, block, engine } = openChain()
  block()
  const evidence = engine.doubleSign(guilty)
  block([], { evidence: [evidence] })
  app.reset()
  engine.rollback(1)
  expect(block([], { evidence: [evidence] }).block.evidence!.evidence).toHaveLength(1)
})

test('evidence is too old when both its limits are passed', () => {
  const genesis = genesisOf()
  genesis.consensusParams.evidence!.maxAgeNumBlocks = 2n
  genesis.consensusParams.evidence!.maxAgeDuration!.seconds = 20n
  const { block, engine } = openChain(undefined, genesis)
  block()
  const evidence = engine.doubleSign(guilty)
  const after = (seconds: bigint) => block([], { timeNs: genesis.timeNs + seconds * SECOND })
  after(5n)
  after(6n)
  after(7n)
  expect(() => engine.addEvidence(structuredClone(evidence))).not.toThrow()
  engine.rollback(4)
  after(30n)
  expect(() => engine.addEvidence(evidence)).toThrow(/^evidence from height 1 .* is too old at height 5$/)
})

test('no more evidence than the parameters allow goes into a block; the rest waits', () => {
  const genesis = genesisOf()
  genesis.consensusParams.evidence!.maxBytes = 600n
  const { block, engine } = openChain(undefined, genesis)
  block()
  for (const i of [0, 1, 2]) engine.addEvidence(engine.doubleSign(addressOf(signers[i]!)))
  expect(
    [block(), block(), block(), block()].map((produced) => produced.block.evidence!.evidence.length),
  ).toEqual([1, 1, 1, 0])
})

describe('refused', () => {
  const cases: [string, (evidence: ReturnType<typeof duplicateIn>) => void, string][] = [
    [
      'votes in the wrong order',
      (e) => {
        const { voteA, voteB } = e
        e.voteA = voteB!
        e.voteB = voteA!
      },
      'duplicate votes in invalid order',
    ],
    [
      'a missing vote',
      (e) => {
        delete e.voteA
      },
      'one or both of the votes are empty',
    ],
    [
      'another time than the block had',
      (e) => {
        e.timestamp = timestampFromNs(5n)
      },
      'evidence has a different time to the block it is associated with',
    ],
    [
      'a false signature',
      (e) => {
        e.voteB!.signature = e.voteA!.signature
      },
      'verifying VoteB: invalid signature',
    ],
    [
      'no signature',
      (e) => {
        e.voteA!.signature = new Uint8Array(0)
      },
      'signature is missing',
    ],
    [
      'a false power',
      (e) => {
        e.validatorPower = 21n
      },
      'validator power from evidence and our validator set does not match (21 != 20)',
    ],
    [
      'a false total power',
      (e) => {
        e.totalVotingPower = 99n
      },
      'total voting power from the evidence and our validator set does not match (99 != 100)',
    ],
    [
      'a stranger',
      (e) => {
        e.voteA!.validatorAddress = e.voteB!.validatorAddress = addressOf(signers[9]!)
      },
      'was not a validator at height 1',
    ],
    [
      'two voters',
      (e) => {
        e.voteB!.validatorAddress = addressOf(signers[1]!)
      },
      'validator addresses do not match',
    ],
    [
      'two rounds',
      (e) => {
        e.voteB!.round = 1
      },
      'h/r/s does not match: 1/0/2 vs 1/1/2',
    ],
    [
      'a height that is not there',
      (e) => {
        e.voteA!.height = e.voteB!.height = 9n
      },
      "don't have header #9",
    ],
    [
      'half a block id',
      (e) => {
        e.voteA!.blockId = { ...zeroBlockId(), hash: e.voteA!.blockId!.hash }
      },
      'blockID must be either empty or complete',
    ],
    [
      'a proposal as a vote',
      (e) => {
        e.voteA!.type = 32
      },
      'invalid Type',
    ],
  ]
  test.each(cases)('%s', (_, change, message) => {
    const { block, engine } = openChain()
    block()
    const evidence = structuredClone(engine.doubleSign(guilty))
    change(duplicateIn(evidence))
    expect(() => engine.addEvidence(evidence)).toThrow(EvidenceError)
    expect(() => engine.addEvidence(evidence)).toThrow(message)
    expect(block().block.evidence!.evidence).toHaveLength(0)
  })
  test('anything but a duplicate vote', () => {
    const { engine } = openChain()
    const evidence: Evidence = { $typeName: 'tendermint.types.Evidence', sum: { case: undefined } }
    expect(() => engine.addEvidence(evidence)).toThrow('only duplicate vote evidence can be checked here')
  })
})

test('a validator without key or before the first block cannot sign twice', () => {
  const { engine } = openChain()
  expect(() => engine.doubleSign(guilty)).toThrow('cannot sign twice')
  expect(() => engine.doubleSign(new Uint8Array(20))).toThrow('cannot sign twice')
})
