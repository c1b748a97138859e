// Replays a storm that a Go chain went through: lines of JSON with its genesis, its blocks with all that they
// said, the exported genesis at the end, and answers to queries. Everything must be equal here.
import { create } from '@bufbuild/protobuf'
import { expect } from '@jest/globals'
import type { Event, FinalizeBlockRequest } from '../../chain/abci/application.ts'
import { type Bytes, toHex, utf8 } from '../../chain/bytes.ts'
import type { App } from '../../chain/module.ts'
import type { MultiStore } from '../../chain/store/multistore.ts'
import { instantNs, parseTime } from '../../chain/time.ts'
import { ConsensusParamsSchema } from '../../proto/gen/tendermint/types/params_pb.ts'
import { vectorText } from '../vectors.ts'

type EventText = [type: string, attributes: [key: string, value: string][]]
type Start = { chainId: string; time: string; genesis: unknown }
type Result = { code: number; codespace: string; log: string; gas: number; data: string; events: EventText[] }
type Recorded = {
  height: number
  time: string
  txs: string[] | null
  results: Result[] | null
  events: EventText[]
  appHash: string
  roots: Record<string, string>
}
type Query = { query: string; data: string; code: number; codespace: string; log: string; value: string }
type Line = Start | Recorded | { exported: Record<string, unknown> } | Query
export type StormChain = { app: App; stores: MultiStore }

const base64 = (text: string): Bytes => new Uint8Array(Buffer.from(text, 'base64'))
const ns = (text: string): bigint => instantNs(parseTime(text)!)
const eventTexts = (events: readonly Event[]): EventText[] =>
  events.map(({ type, attributes }) => [type, attributes.map(({ key, value }) => [key, value])])
/** Go's stack is no part of what we answer, nor where in its code an error was made. */
const withoutStack = (log: string): string =>
  log.replace(/stack:.*: panic$/s, ': panic').replace(/ \[[^\]]*\.go:\d+\]/, '')

const consensusParams = create(ConsensusParamsSchema, {
  block: { maxBytes: 4_194_304n, maxGas: -1n },
  evidence: { maxAgeNumBlocks: 12n, maxAgeDuration: { seconds: 30n }, maxBytes: 10_000n },
  validator: { pubKeyTypes: ['ed25519'] },
  version: {},
  abci: {},
})

const start = (chain: StormChain, { chainId, time, genesis }: Start): void => {
  chain.app.initChain({
    ...{ chainId, consensusParams, validators: [], timeNs: ns(time), initialHeight: 1n },
    appStateBytes: utf8(JSON.stringify(genesis)),
  })
}

const requestOf = ({ height, time, txs }: Recorded): FinalizeBlockRequest => ({
  ...{ height: BigInt(height), timeNs: ns(time), txs: (txs ?? []).map(base64), misbehavior: [] },
  ...{ lastCommit: { round: 0, votes: [] }, nextValidatorsHash: new Uint8Array(32) },
  ...{ proposerAddress: new Uint8Array(20), hash: new Uint8Array(32) },
})

const rootsOf = ({ stores }: StormChain): Record<string, string> =>
  Object.fromEntries(
    stores.commitInfo(stores.version)!.storeInfos.map(({ name, commitId }) => [name, toHex(commitId!.hash)]),
  )

/** What a block said, in the form of the record. */
const runBlock = (chain: StormChain, recorded: Recorded) => {
  const response = chain.app.finalizeBlock(requestOf(recorded))
  chain.app.commit()
  return {
    height: recorded.height,
    results: response.txResults.map(({ code, codespace, log, gasUsed, data, events }) => ({
      ...{ code, codespace, log: withoutStack(log), gas: Number(gasUsed) },
      data: Buffer.from(data).toString('base64'),
      events: eventTexts(events),
    })),
    events: eventTexts(response.events),
    appHash: toHex(response.appHash),
    roots: rootsOf(chain),
  }
}

const expectedOf = ({ height, results, events, appHash, roots }: Recorded) => ({
  ...{ height, events, appHash, roots },
  results: (results ?? []).map((result) => ({ ...result, log: withoutStack(result.log) })),
})

const ask = ({ app }: StormChain, { query, data }: Query) => {
  const response = app.query({ path: query, data: base64(data), height: 0n, prove: false })
  const { code, codespace, log } = response
  return { query, data, code, codespace, log, value: Buffer.from(response.value).toString('base64') }
}

/** Modules that a plain Go chain has besides. */
const expectExport = ({ app }: StormChain, exported: Record<string, unknown>) => {
  const { genutil: _, consensus: __, ...rest } = exported
  expect(app.exportGenesis()).toEqual(rest)
}

/** Replays `test/vectors/<path>`; returns how much of it there was. */
export const replayStorm = (path: string, open: () => StormChain) => {
  const chain = open()
  const done = { blocks: 0, txs: 0, queries: 0 }
  for (const text of vectorText(path).trim().split('\n')) {
    const line = JSON.parse(text) as Line
    if ('genesis' in line) start(chain, line)
    else if ('exported' in line) expectExport(chain, line.exported)
    else if ('query' in line) {
      expect(ask(chain, line)).toEqual(line)
      done.queries++
    } else {
      expect(runBlock(chain, line)).toEqual(expectedOf(line))
      done.txs += line.txs?.length ?? 0
      if (++done.blocks % 10 === 0) expect(chain.app.brokenInvariants()).toEqual([])
    }
  }
  return done
}
