// Storms that a Go chain of the same modules (SDK 0.53.6) went through: proposals of all kinds, votes,
// deposits and their ends, valid and not. Everything that a block says must be equal, its gas and its roots
// too; then the exported genesis, and answers to queries, byte by byte. One of them ends in an upgrade that
// exchanges the code of the chain.
import { create } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import type { Event, FinalizeBlockRequest, ValidatorUpdate } from '../../../chain/abci/application.ts'
import { type Bytes, fromHex, toHex, utf8 } from '../../../chain/bytes.ts'
import { instantNs, parseTime } from '../../../chain/time.ts'
import { ConsensusParamsSchema } from '../../../proto/gen/tendermint/types/params_pb.ts'
import { vectorText } from '../../vectors.ts'
import { type Chain, openChain, versionsOf } from './chain.ts'

type EventText = [type: string, attributes: [key: string, value: string][]]
type Versions = Record<string, number>
type Start = { chainId: string; time: string; genesis: unknown; versions: Versions }
type Frame = {
  height: number
  time: string
  proposer: string
  votes: [address: string, power: number][] | null
}
type Recorded = Frame & {
  txs: string[] | null
  results:
    | { code: number; codespace: string; log: string; gas: number; data: string; events: EventText[] }[]
    | null
  events: EventText[]
  updates: string[]
  appHash: string
  roots: Record<string, string>
}
type Query = { query: string; data: string; code: number; codespace: string; log: string; value: string }
type Line =
  | Start
  | Recorded
  | (Frame & { halted: string })
  | { reopened: number; versions: Versions }
  | { exported: Record<string, unknown> }
  | Query

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

const versionNumbers = (code: 1 | 2): Versions =>
  Object.fromEntries(Object.entries(versionsOf(code)).map(([name, version]) => [name, Number(version)]))

const start = ({ chainId, time, genesis, versions }: Start): Chain => {
  expect(versionNumbers(1)).toEqual(versions)
  const chain = openChain()
  chain.app.initChain({
    ...{ chainId, consensusParams, validators: [], timeNs: ns(time), initialHeight: 1n },
    appStateBytes: utf8(JSON.stringify(genesis)),
  })
  return chain
}

const requestOf = (
  { height, time, votes, proposer }: Frame,
  txs: readonly string[],
): FinalizeBlockRequest => ({
  height: BigInt(height),
  timeNs: ns(time),
  txs: txs.map(base64),
  lastCommit: {
    round: 0,
    votes: (votes ?? []).map(([address, power]) => ({
      validator: { address: fromHex(address), power: BigInt(power) },
      blockIdFlag: 2,
    })),
  },
  misbehavior: [],
  nextValidatorsHash: new Uint8Array(32),
  proposerAddress: fromHex(proposer),
  hash: new Uint8Array(32),
})

const rootsOf = ({ stores }: Chain): Record<string, string> =>
  Object.fromEntries(
    stores.commitInfo(stores.version)!.storeInfos.map(({ name, commitId }) => [name, toHex(commitId!.hash)]),
  )

/** What a block said, in the form of the record. */
const runBlock = (chain: Chain, recorded: Recorded) => {
  const response = chain.app.finalizeBlock(requestOf(recorded, recorded.txs ?? []))
  chain.app.commit()
  return {
    height: recorded.height,
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

const expectedOf = ({ height, results, events, updates, appHash, roots }: Recorded) => ({
  ...{ height, events, updates, appHash, roots },
  results: (results ?? []).map((result) => ({ ...result, log: withoutStack(result.log) })),
})

const ask = ({ app }: Chain, { query, data }: Query) => {
  const response = app.query({ path: query, data: base64(data), height: 0n, prove: false })
  const { code, codespace, log } = response
  return { query, data, code, codespace, log, value: Buffer.from(response.value).toString('base64') }
}

const replay = (name: string) => {
  let chain: Chain | undefined
  const done = { blocks: 0, queries: 0, upgrades: 0 }
  for (const text of vectorText(`gov/${name}.jsonl.gz`).trim().split('\n')) {
    const line = JSON.parse(text) as Line
    if ('genesis' in line) chain = start(line)
    else if (chain === undefined) throw new Error('a recording begins with its genesis')
    else if ('exported' in line) expectExport(chain, line.exported)
    else if ('query' in line) {
      expect(ask(chain, line)).toEqual(line)
      done.queries++
    } else if ('halted' in line) {
      const { app } = chain
      expect(() => app.finalizeBlock(requestOf(line, []))).toThrow(new Error(line.halted))
    } else if ('reopened' in line) {
      expect(versionNumbers(2)).toEqual(line.versions)
      chain = openChain({ code: 2, disk: chain.disk })
      done.upgrades++
    } else {
      expect(runBlock(chain, line)).toEqual(expectedOf(line))
      if (++done.blocks % 20 === 0) expect(chain.app.brokenInvariants()).toEqual([])
    }
  }
  return done
}

/** Modules that a plain Go chain has besides. */
const expectExport = ({ app }: Chain, exported: Record<string, unknown>) => {
  const { genutil: _, nft: __, consensus: ___, ...rest } = exported
  expect(app.exportGenesis()).toEqual(rest)
}

describe('a recorded chain runs here to the same end', () => {
  test('from a genesis with open proposals to an upgrade', () => {
    expect(replay('upgrade')).toEqual({ blocks: 123, queries: 343, upgrades: 1 })
  })
  test('with two denominations, a part of the deposit at once, and burned deposits', () => {
    expect(replay('two')).toEqual({ blocks: 90, queries: 334, upgrades: 0 })
  })
  test('with many vetoes', () => {
    expect(replay('veto')).toEqual({ blocks: 90, queries: 334, upgrades: 0 })
  })
})
