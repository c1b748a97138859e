// Every height of a recorded Go chain (wasmd 0.61, CometBFT 0.38.21): all hashes are computed anew from its
// JSON and are equal.
import { fromBinary } from '@bufbuild/protobuf'
import { fromHex, toHex } from '../../../chain/bytes.ts'
import { blockIdFor, dataHash, encodeBlock, hashTx } from '../../../chain/consensus/block.ts'
import { hashCommit, medianTimeNs, verifyCommit } from '../../../chain/consensus/commit.ts'
import { evidenceHash } from '../../../chain/consensus/evidence.ts'
import { hashHeader } from '../../../chain/consensus/header.ts'
import { DEFAULT_TRUST_LEVEL, type LightOptions, verifyHeader } from '../../../chain/consensus/light.ts'
import { consensusParamsHash, paramsJson, parseParamsJson } from '../../../chain/consensus/params.ts'
import { lastResultsHash } from '../../../chain/consensus/results.ts'
import { timestampToNs } from '../../../chain/consensus/time.ts'
import { validatorOf } from '../../../chain/consensus/validator.ts'
import { hashValidators, newValidatorSet, rotate, updateValidators } from '../../../chain/consensus/valset.ts'
import { BlockSchema } from '../../../proto/gen/tendermint/types/block_pb.ts'
import {
  base64,
  blockFrom,
  blockIdFrom,
  commitFrom,
  headerFrom,
  recordedHeights,
  resultsFrom,
  validatorsFrom,
  verifyEd25519,
} from './recorded.ts'

const heights = recordedHeights()
const CHAIN = 'corpus-1'
const pairs = heights.slice(1).map((next, i) => ({ last: heights[i]!, next }))
const signedHeader = (row: (typeof heights)[number]) => ({
  $typeName: 'tendermint.types.SignedHeader' as const,
  header: headerFrom(row.block.header),
  commit: commitFrom(row.commit),
})

test('the record has 491 heights, 56 of them with txs', () => {
  expect(heights).toHaveLength(491)
  expect(heights.filter(({ block }) => block.data.txs.length > 0)).toHaveLength(56)
})

test('each block has the id that its header, bytes and parts give it, and reads back', () => {
  for (const row of heights) {
    const block = blockFrom(row.block)
    const bytes = encodeBlock(block)
    expect(toHex(hashHeader(block.header!)).toUpperCase()).toBe(row.block_id.hash)
    expect(blockIdFor(block, bytes)).toEqual(blockIdFrom(row.block_id))
    if (block.data!.txs.length > 0) expect(fromBinary(BlockSchema, bytes)).toEqual(block)
  }
})

test('each header covers its txs, evidence, last commit, parameters and validators', () => {
  for (const row of heights) {
    const { header, data, lastCommit } = blockFrom(row.block)
    expect(dataHash(data!.txs.map(hashTx))).toEqual(header!.dataHash)
    expect(evidenceHash([])).toEqual(header!.evidenceHash)
    expect(hashCommit(lastCommit!)).toEqual(header!.lastCommitHash)
    const params = parseParamsJson(row.consensus_params, 'params')
    expect(paramsJson(params)).toEqual(row.consensus_params)
    expect(consensusParamsHash(params)).toEqual(header!.consensusHash)
    expect(hashValidators(validatorsFrom(row.validators))).toEqual(header!.validatorsHash)
  }
})

test('each header covers the results, application hash and validators of the block before', () => {
  for (const { last, next } of pairs) {
    const header = headerFrom(next.block.header)
    expect(lastResultsHash(resultsFrom(last))).toEqual(header.lastResultsHash)
    expect(base64(last.block_results.app_hash)).toEqual(header.appHash)
    expect(headerFrom(last.block.header).nextValidatorsHash).toEqual(header.validatorsHash)
  }
})

test('each commit is signed, and the next block takes its time from it', () => {
  for (const { last, next } of pairs) {
    const { header, lastCommit } = blockFrom(next.block)
    const set = validatorsFrom(last.validators)
    const blockId = blockIdFrom(last.block_id)
    verifyCommit({
      ...{ chainId: CHAIN, set, blockId, height: BigInt(last.height) },
      ...{ commit: lastCommit!, verify: verifyEd25519 },
    })
    expect(medianTimeNs(lastCommit!, set)).toBe(timestampToNs(header!.time))
  }
})

test('validator updates show two blocks later, with the priorities that Go keeps', () => {
  const first = validatorsFrom(heights[0]!.validators)
  let next = rotate(
    newValidatorSet(first.validators.map((validator) => ({ ...validator, proposerPriority: 0n }))),
  )
  for (const { last, next: row } of pairs) {
    expect(next.validators).toEqual(validatorsFrom(row.validators).validators)
    const changes = (last.block_results.validator_updates ?? []).map(({ pub_key, power }) =>
      validatorOf({ type: 'ed25519', bytes: base64(pub_key.Sum.value.ed25519) }, BigInt(power)),
    )
    next = rotate(updateValidators(next, changes))
  }
})

test('a light client follows the chain header by header and in one jump', () => {
  const end = timestampToNs(headerFrom(heights.at(-1)!.block.header).time)
  const options: LightOptions = {
    ...{ trustingPeriodNs: 10n ** 15n, nowNs: end, maxClockDriftNs: 10n ** 10n },
    ...{ trustLevel: DEFAULT_TRUST_LEVEL, verify: verifyEd25519 },
  }
  const verify = (from: number, to: number) => {
    const [trusted, row] = [heights[from]!, heights[to]!]
    const set = validatorsFrom(row.validators)
    verifyHeader(
      headerFrom(trusted.block.header),
      validatorsFrom(trusted.validators),
      signedHeader(row),
      set,
      options,
    )
  }
  for (let i = 1; i < heights.length; i++) verify(i - 1, i)
  expect(() => verify(0, heights.length - 1)).not.toThrow()
})

test('a changed tx changes the block id', () => {
  const row = heights.find(({ block }) => block.data.txs.length > 0)!
  const block = blockFrom(row.block)
  block.data!.txs[0] = fromHex('00')
  expect(blockIdFor(block, encodeBlock(block))).not.toEqual(blockIdFrom(row.block_id))
})
