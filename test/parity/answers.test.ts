// Recorded answers of a Go chain, value by value: our chain in the same situation gives the same status,
// headers and bytes, whether it is asked by CometBFT RPC (state with its proofs, transactions checked and
// sent), REST or gRPC.
import { beforeAll, describe, expect, test } from '@jest/globals'
import { vectorJson } from '../vectors.ts'
import { type Answer, askAll, expected, type RecordedAnswer } from './answers.ts'
import { openRecording } from './chain.ts'
import type { Replay } from './replay.ts'

/**
 * What was recorded too and is not asked here. Blocks, results, searches and the state of consensus come from
 * what the engine keeps, not from the application: test/devnet/rpc/recorded.test.ts has their answers.
 */
const LEFT_OUT: Record<string, string> = {
  'lcd/wasm_*, grpc/call_wasm_smart': 'queries of x/wasm, which is not here',
  'lcd/ibc_*, lcd/ica_*, grpc/call_ibc_clients': 'queries of ibc-go, which is not here',
  'grpc/call_refl_*, grpc/call_autocli': 'list every type, method and command of wasmd, ours others',
  'lcd/swagger': 'a page of the SDK for people',
  'lcd/options_cors': 'the Go chain ran without CORS; ours lets browsers in (test/devnet/rest.test.ts)',
}

/** Names of questions that belong to a module. */
const OF_MODULE: Record<string, RegExp> = { group: /^lcd\/group_/, nft: /^lcd\/nft_/ }

const chain = openRecording()
const elsewhere = (name: string) => chain.missing.some((module) => OF_MODULE[module]?.test(name))
const covered = vectorJson<RecordedAnswer[]>('wasmd/answers.json.gz').filter(({ name }) => !elsewhere(name))

/** Go tells in which line of its own source a simulation failed; that is no line of ours. */
const withoutSource = (answer: Answer): Answer => ({
  ...answer,
  text: answer.text.replace(/ \[[\w./@-]+\.go:\d+\]/, ''),
})

let answers: Map<string, Answer>
let replay: Replay
beforeAll(async () => {
  ;({ answers, replay } = await askAll(chain, covered))
}, 120_000)

describe('recorded answers', () => {
  test.each(covered.map((answer) => [answer.name, answer] as const))('%s', (name, answer) => {
    expect(answers.get(name)).toEqual(withoutSource(expected(chain.app, answer)))
  })

  test('asking changes nothing: the chain goes on as it was recorded', () => {
    expect(replay.differences).toEqual([])
  })

  test('what is left out was left out of the vectors, and the rest is asked', () => {
    const patterns = Object.keys(LEFT_OUT).flatMap((names) => names.split(', '))
    const left = covered.filter(({ name }) =>
      patterns.some((pattern) => new RegExp(`^${pattern.replace('*', '.*')}$`).test(name)),
    )
    expect(left).toEqual([])
    expect(covered.length).toBeGreaterThanOrEqual(192)
  })
})
