// Subscriptions over WebSocket say what CometBFT said on the recorded chain, and end as they end there.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import WebSocket from 'ws'
import type { RpcServer } from '../../../devnet/rpc/server.ts'
import { vectorJson } from '../../vectors.ts'
import { type RecordedNode, recordedNode, serve } from './recorded.ts'

// biome-ignore lint/suspicious/noExplicitAny: recorded JSON
type Frame = any
type Vectors = {
  sent: { id: number; method: string; params: { query?: string } }[]
  frames: Frame[]
  single: Record<string, { request: { id: number; params: { query: string } }; first_frames: Frame[] }>
}
const recorded = vectorJson<Vectors>('rpc/websocket.json.gz')

const open: WebSocket[] = []
/** A client that keeps what it receives; `until` waits for a frame. */
const connect = async (port: number) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/websocket`)
  open.push(socket)
  const frames: Frame[] = []
  let arrived = () => {}
  socket.on('message', (data) => {
    frames.push(JSON.parse(data.toString()))
    arrived()
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const until = async (isWanted: (frame: Frame) => boolean): Promise<Frame> => {
    for (;;) {
      const found = frames.find(isWanted)
      if (found) return found
      await new Promise<void>((resolve) => (arrived = resolve))
    }
  }
  const call = (id: number | string, method: string, params: unknown = {}) => {
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    return until((frame) => frame.id === id)
  }
  return { socket, frames, until, call }
}
afterEach(() => {
  for (const socket of open.splice(0)) socket.terminate()
})

const heightIn = ({ result }: Frame): number => {
  const { value } = result?.data ?? {}
  const height =
    value?.block?.header.height ?? value?.header?.height ?? value?.TxResult?.height ?? value?.height
  return Number(height)
}

describe('the recorded session', () => {
  let node: RecordedNode
  let server: RpcServer
  beforeAll(async () => {
    node = recordedNode(262)
    server = await serve(node)
  })
  afterAll(() => server.close())

  test('every frame is repeated, with the id of its subscription', async () => {
    const { call, frames, until } = await connect(server.port)
    const say = ({ id, method, params }: Vectors['sent'][number]) => call(id, method, params)
    for (const sent of recorded.sent.filter(({ id }) => id <= 90)) await say(sent)
    node.advance(266)
    await until((frame) => frame.id === 3 && heightIn(frame) === 266)
    await say(recorded.sent.find(({ id }) => id === 93)!)
    node.advance(267)
    await until((frame) => frame.id === 2 && heightIn(frame) === 267)
    for (const sent of recorded.sent.filter(({ id }) => id > 93)) await say(sent)
    const key = (frame: Frame) =>
      `${frame.id}/${heightIn(frame)}/${Object.keys(frame.result ?? {}).length > 0}`
    const sorted = (all: Frame[]) => [...all].sort((a, b) => key(a).localeCompare(key(b)))
    const known = recorded.frames.filter(({ id }) => id !== 91 && id !== 92)
    expect(sorted(frames)).toEqual(sorted(known))
  })

  test('events of a block come in the order in which it is decided, executed and told', async () => {
    const { call, frames, until } = await connect(server.port)
    await call(1, 'subscribe', { query: 'tm.event EXISTS' })
    const next = node.tip + 1
    node.advance(next)
    await until((frame) => frame.result?.data?.value.step === 'RoundStepNewHeight')
    const kinds = frames.slice(1).map(({ result }) => {
      const { step } = result.data.value
      return `${result.events['tm.event'][0]}${step ? ` ${step.slice(9)}` : ''}`
    })
    expect(kinds).toEqual([
      ...['NewRound NewRound', 'NewRoundStep Propose', 'CompleteProposal Propose', 'NewRoundStep Prevote'],
      ...['Polka Prevote', 'Lock Prevote', 'NewRoundStep Precommit', 'Vote', 'NewRoundStep Commit'],
      ...['NewBlock', 'NewBlockHeader', 'NewBlockEvents', 'NewRoundStep NewHeight'],
    ])
  })
})

describe('recorded subscriptions to one kind of event', () => {
  test.each(Object.entries(recorded.single))('%s', async (_, { request, first_frames }) => {
    const node = recordedNode(320)
    const server = await serve(node)
    const { call, frames } = await connect(server.port)
    await call(request.id, 'subscribe', request.params)
    node.advance(324)
    await call('done', 'health')
    // Prevotes are not told: the simulated validators sign none.
    const wanted = first_frames.filter((frame) => frame.result.data?.value.Vote?.type !== 1)
    const got = frames.filter(({ id }) => id === request.id)
    expect(got.slice(0, wanted.length)).toEqual(wanted)
    await server.close()
  })
})

describe('a WebSocket client', () => {
  let node: RecordedNode
  let server: RpcServer
  beforeAll(async () => {
    node = recordedNode(30)
    server = await serve(node, { limits: { maxSubscriptionClients: 3 } })
  })
  afterAll(() => server.close())

  test('calls every method, with string ids and params by position', async () => {
    const { call } = await connect(server.port)
    expect((await call('a<b', 'block', ['2'])).result.block.header.height).toBe('2')
    expect((await call(7, 'nope')).error).toEqual({ code: -32601, message: 'Method not found' })
  })

  test('gets wrong parameters told as an internal error, and missing ones as a panic', async () => {
    const { call, socket, until } = await connect(server.port)
    expect((await call(1, 'block', { height: 2 })).error).toEqual({
      code: -32603,
      message: 'Internal error',
      data: 'error converting json params to arguments: invalid 64-bit integer encoding "2", expected string',
    })
    socket.send('{"id":2,"method":"block"}')
    expect((await until(({ id }) => id === -1)).error.data).toBe(
      'WSJSONRPC: reflect: Call with too few input arguments',
    )
  })

  test('gets bad JSON told and is not cut off', async () => {
    const { call, socket, until } = await connect(server.port)
    for (const text of [
      '',
      '  ',
      '{',
      'hello',
      '[1]',
      '{"id":true,"method":"health"}',
      '{"method":"health"}',
    ])
      socket.send(text)
    await call(9, 'health')
    await until(({ error }) => error?.data === 'error unmarshaling request: EOF')
    await until(({ error }) => error?.data === 'error unmarshaling request: unexpected EOF')
    await until(({ error }) => /json-rpc ID \(true\)/.test(error?.data))
  })

  test('subscribes to a query once, and under its canonical form unsubscribes', async () => {
    const { call } = await connect(server.port)
    expect(await call(1, 'subscribe', { query: "tm.event='NewBlock'" })).toMatchObject({ result: {} })
    expect((await call(2, 'subscribe', { query: "tm.event = 'NewBlock'" })).error.data).toBe(
      'already subscribed',
    )
    expect(await call(3, 'unsubscribe', { query: "tm.event  =  'NewBlock'" })).toMatchObject({ result: {} })
    expect((await call(4, 'unsubscribe_all')).error.data).toBe('subscription not found')
    expect((await call(5, 'subscribe', { query: 'tm.event=' })).error.data).toBe(
      'failed to parse query: offset 9: EOF',
    )
    expect((await call(6, 'subscribe', { query: 'x'.repeat(513) })).error.data).toBe(
      'maximum query length exceeded',
    )
  })

  test('is refused if too many others are subscribed, until one of them leaves', async () => {
    const query = { query: "tm.event='Tx'" }
    const clients = await Promise.all([1, 2, 3, 4].map(() => connect(server.port)))
    const replies = []
    for (const { call } of clients) replies.push(await call(1, 'subscribe', query))
    expect(replies.at(-1).error.data).toBe('max_subscription_clients 3 reached')
    clients[0]!.socket.terminate()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await clients[3]!.call(2, 'subscribe', query)).toMatchObject({ result: {} })
  })

  test('hears that the server stops', async () => {
    const own = await serve(recordedNode(30))
    const { call, until } = await connect(own.port)
    await call(1, 'subscribe', { query: "tm.event='Tx'" })
    const told = until(({ error }) => error !== undefined)
    await own.close()
    expect((await told).error.data).toBe('subscription was canceled (reason: CometBFT exited)')
  })
})
