// Storms that a Go chain of the same modules (SDK 0.53.6) went through: validators that come and go, sign
// twice or not at all, delegators that move stake at random, valid and not. Everything that a block says must
// be equal, its gas and its roots too; then the exported genesis, and answers to queries, byte by byte.
import { create } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import type { Event, FinalizeBlockRequest, ValidatorUpdate } from '../../../chain/abci/application.ts'
import { type Bytes, fromHex, toHex, utf8 } from '../../../chain/bytes.ts'
import { instantNs, parseTime } from '../../../chain/time.ts'
import { ConsensusParamsSchema } from '../../../proto/gen/tendermint/types/params_pb.ts'
import { vectorText } from '../../vectors.ts'
import { type Chain, openChain } from './chain.ts'

type EventText = [type: string, attributes: [key: string, value: string][]]
type Start = {
  chainId: string
  time: string
  genesis: unknown
  updates: string[]
  initialHeight: number
}
type Recorded = {
  height: number
  time: string
  txs: string[] | null
  votes: { address: string; power: number; flag: 1 | 2 | 3 }[] | null
  misbehavior: { type: 1 | 2; address: string; power: number; height: number; time: string }[] | null
  proposer: string
  nextValidatorsHash: string
  hash: string
  results:
    | { code: number; codespace: string; log: string; gas: number; data: string; events: EventText[] }[]
    | null
  events: EventText[]
  updates: string[]
  appHash: string
  roots: Record<string, string>
}
type Query = { query: string; data: string; code: number; codespace: string; log: string; value: string }
type Line = Start | Recorded | { exported: Record<string, unknown> } | Query

const base64 = (text: string): Bytes => new Uint8Array(Buffer.from(text, 'base64'))
const ns = (text: string): bigint => instantNs(parseTime(text)!)
const eventTexts = (events: readonly Event[]): EventText[] =>
  events.map(({ type, attributes }) => [type, attributes.map(({ key, value }) => [key, value])])
const updateText = ({ pubKey, power }: ValidatorUpdate): string => `${toHex(pubKey.bytes)}:${power}`
/** Go's stack is no part of what we answer. */
const withoutStack = (log: string): string => log.replace(/stack:.*: panic$/s, ': panic')

const consensusParams = create(ConsensusParamsSchema, {
  block: { maxBytes: 4_194_304n, maxGas: -1n },
  evidence: { maxAgeNumBlocks: 12n, maxAgeDuration: { seconds: 30n }, maxBytes: 10_000n },
  validator: { pubKeyTypes: ['ed25519'] },
  version: {},
  abci: {},
})

const start = ({ chainId, time, genesis, updates, initialHeight }: Start): Chain => {
  const chain = openChain({ initialHeight })
  const response = chain.app.initChain({
    ...{ chainId, consensusParams, validators: [], timeNs: ns(time) },
    appStateBytes: utf8(JSON.stringify(genesis)),
    initialHeight: BigInt(initialHeight),
  })
  expect(response.validators.map(updateText)).toEqual(updates)
  return chain
}

const requestOf = (recorded: Recorded): FinalizeBlockRequest => ({
  height: BigInt(recorded.height),
  timeNs: ns(recorded.time),
  txs: (recorded.txs ?? []).map(base64),
  lastCommit: {
    round: 0,
    votes: (recorded.votes ?? []).map(({ address, power, flag }) => ({
      validator: { address: fromHex(address), power: BigInt(power) },
      blockIdFlag: flag,
    })),
  },
  misbehavior: (recorded.misbehavior ?? []).map(({ type, address, power, height, time }) => ({
    type: type === 1 ? 'duplicate vote' : 'light client attack',
    validator: { address: fromHex(address), power: BigInt(power) },
    height: BigInt(height),
    timeNs: ns(time),
    totalVotingPower: 100n,
  })),
  nextValidatorsHash: fromHex(recorded.nextValidatorsHash),
  proposerAddress: fromHex(recorded.proposer),
  hash: fromHex(recorded.hash),
})

const rootsOf = ({ stores }: Chain): Record<string, string> =>
  Object.fromEntries(
    stores.commitInfo(stores.version)!.storeInfos.map(({ name, commitId }) => [name, toHex(commitId!.hash)]),
  )

/** What a block said, in the form of the record. */
const runBlock = (chain: Chain, recorded: Recorded) => {
  const response = chain.app.finalizeBlock(requestOf(recorded))
  chain.app.commit()
  return {
    results: response.txResults.map(({ code, codespace, log, gasUsed, data, events }) => ({
      ...{ code, codespace, log: withoutStack(log), gas: Number(gasUsed) },
      data: Buffer.from(data).toString('base64'),
      events: eventTexts(events),
    })),
    events: eventTexts(response.events),
    updates: response.validatorUpdates.map(updateText),
    appHash: toHex(response.appHash),
    roots: rootsOf(chain),
  }
}

const expectedOf = ({ results, events, updates, appHash, roots }: Recorded) => ({
  ...{ events, updates, appHash, roots },
  results: (results ?? []).map((result) => ({ ...result, log: withoutStack(result.log) })),
})

const ask = ({ app }: Chain, { query, data }: Query) => {
  const response = app.query({ path: query, data: base64(data), height: 0n, prove: false })
  const { code, codespace, log } = response
  return { code, codespace, log, value: Buffer.from(response.value).toString('base64') }
}

const replay = (name: string) => {
  let chain: Chain | undefined
  const done = { blocks: 0, queries: 0 }
  for (const text of vectorText(`staking/${name}.jsonl.gz`).trim().split('\n')) {
    const line = JSON.parse(text) as Line
    if ('genesis' in line) chain = start(line)
    else if (chain === undefined) throw new Error('a recording begins with its genesis')
    else if ('exported' in line) expect(chain.app.exportGenesis()).toEqual(line.exported)
    else if ('query' in line) {
      const { query, data, ...answer } = line
      expect({ query, data, ...ask(chain, line) }).toEqual({ query, data, ...answer })
      done.queries++
    } else {
      expect(runBlock(chain, line)).toEqual(expectedOf(line))
      if (++done.blocks % 20 === 0) expect(chain.app.brokenInvariants()).toEqual([])
    }
  }
  return done
}

describe('a recorded chain runs here to the same end', () => {
  test('with the usual parameters', () => {
    expect(replay('mild')).toEqual({ blocks: 110, queries: 360 })
  })
  test('with double signs that cost everything, and again from its exported genesis', () => {
    expect(replay('harsh')).toEqual({ blocks: 120, queries: 360 })
  })
  test('with few delegators who may have one unbonding at a time', () => {
    expect(replay('few')).toEqual({ blocks: 110, queries: 360 })
  })
})
