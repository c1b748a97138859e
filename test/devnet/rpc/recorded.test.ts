// Every recorded answer of CometBFT that the RPC decides is repeated to the byte.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { fromBase64 } from '../../../chain/base64.ts'
import type { RpcServer } from '../../../devnet/rpc/server.ts'
import { vectorText } from '../../vectors.ts'
import { type RecordedNode, recordedNode, serve, txResult } from './recorded.ts'

type Recorded = {
  name: string
  method: string
  path: string
  body?: string
  requestHeaders?: Record<string, string>
  status: number
  headers: Record<string, string>
  text?: string
  json?: { result?: Record<string, unknown>; error?: unknown }
}

const all: Recorded[] = vectorText('rpc/recorded.jsonl.gz')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
const named = (pattern: RegExp) => all.filter(({ name }) => pattern.test(name))

/** The latest block when most answers were recorded. */
const TIP = 260

let node: RecordedNode
let server: RpcServer
beforeAll(async () => {
  node = recordedNode(TIP)
  server = await serve(node)
})
afterAll(() => server.close())

/** Go escapes what HTML gives a meaning to. */
const goText = (json: unknown) =>
  JSON.stringify(json).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)
const expectedText = ({ text, json }: Recorded) =>
  (text ?? goText(json)).replaceAll('127.0.0.1:26657', `127.0.0.1:${server.port}`)
const resultOf = ({ json, text }: Recorded) => (json ?? JSON.parse(text!)).result

const ask = async ({ method, path, body, requestHeaders }: Recorded) => {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...requestHeaders },
    ...(body !== undefined && { body }),
  })
  const headers = ['content-type', 'cache-control', 'x-content-type-options'].flatMap((name) => {
    const value = response.headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  return { status: response.status, headers: Object.fromEntries(headers), text: await response.text() }
}

const expectSame = async (recorded: Recorded) => {
  const { status, headers } = recorded
  expect(await ask(recorded)).toEqual({ status, headers, text: expectedText(recorded) })
}

/** What only the application decides, and what depends on the moment. */
const FROM_APP = /^rpc_errors\/(abci_query|broadcast|check_tx)/
const LATER = /unconfirmed_txs_nonempty|dump_consensus_state|rpc_broadcast/
const fixed = all.filter(({ name }) => !FROM_APP.test(name) && !LATER.test(name))

describe('answers at height 260', () => {
  test.each(fixed.map((recorded) => [recorded.name, recorded] as const))('%s', (_, recorded) =>
    expectSame(recorded),
  )
})

describe('answers of the application are printed as Go prints them', () => {
  const cases = named(/^rpc_errors\/abci_query/)
  test.each(cases.map((recorded) => [recorded.name, recorded] as const))('%s', async (_, recorded) => {
    const response = resultOf(recorded).response as Record<string, string>
    node.queried = () => ({
      ...{ code: Number(response.code), log: response.log!, info: response.info!, index: 0n },
      ...{ key: fromBase64(response.key ?? '')!, value: fromBase64(response.value ?? '')! },
      ...{ proofOps: undefined, height: BigInt(response.height!), codespace: response.codespace! },
    })
    await expectSame(recorded)
  })

  const checks = named(/^rpc_errors\/(broadcast|check_tx)|^rpc_broadcast\/(sync|uri|pipeline)/)
  test.each(checks.map((recorded) => [recorded.name, recorded] as const))('%s', async (_, recorded) => {
    const result = resultOf(recorded)
    node.checked = () => txResult(result.check_tx ?? result)
    await expectSame(recorded)
  })
})

test('waiting transactions are counted and listed', async () => {
  const recorded = named(/unconfirmed_txs_nonempty/)
  const { txs } = recorded.map(resultOf).find((result) => result.txs)
  node.waiting = txs.map((tx: string) => fromBase64(tx))
  for (const each of recorded) await expectSame(each)
  node.waiting = []
})

test('a transaction that is in the cache is an internal error', async () => {
  node.checked = () => {
    throw new Error('tx already exists in cache')
  }
  for (const recorded of named(/^rpc_broadcast\/dup/)) await expectSame(recorded)
})

test('dump_consensus_state has the recorded structure and determined values', async () => {
  const [recorded] = named(/dump_consensus_state/)
  const moment = /"(start_time|commit_time)":"[^"]*"/g
  const plain = (text: string) => text.replace(moment, '"$1":""')
  expect(plain((await ask(recorded!)).text)).toBe(plain(expectedText(recorded!)))
})

test('consensus_state names the next height, its proposer, and no votes', async () => {
  const { text } = await ask({ name: '', method: 'GET', path: '/consensus_state', status: 200, headers: {} })
  expect(JSON.parse(text).result.round_state).toEqual({
    'height/round/step': '261/0/1',
    start_time: '2026-11-23T00:25:24.969593372Z',
    ...{ proposal_block_hash: '', locked_block_hash: '', valid_block_hash: '' },
    height_vote_set: [
      {
        round: 0,
        ...{ prevotes: ['nil-Vote'], prevotes_bit_array: 'BA{1:_} 0/503 = 0.00' },
        ...{ precommits: ['nil-Vote'], precommits_bit_array: 'BA{1:_} 0/503 = 0.00' },
      },
    ],
    proposer: { address: 'A7BBCF4FBAC75626042A69EA246C61A3C6BF91F6', index: 0 },
  })
})

describe('broadcast_tx_commit', () => {
  const cases = named(/^rpc_broadcast\/commit|broadcast_badbytes_commit/)
  test.each(cases.map((recorded) => [recorded.name, recorded] as const))('%s', async (_, recorded) => {
    const result = resultOf(recorded)
    const height = Number(result.height)
    const chain = recordedNode(height === 0 ? TIP : height - 1)
    chain.checked = () => {
      if (height > 0) setImmediate(() => chain.advance(height))
      return txResult(result.check_tx)
    }
    const own = await serve(chain)
    const url = `http://127.0.0.1:${own.port}${recorded.path}`
    const init = recorded.body === undefined ? {} : { method: 'POST', body: recorded.body }
    expect(await (await fetch(url, init)).text()).toBe(expectedText(recorded))
    await own.close()
  })
})
