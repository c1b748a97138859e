// What clients can do to the RPC: whatever they send is answered or refused, and what they do not read is
// bounded.
import { request } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import WebSocket from 'ws'
import { method, type RpcServer } from '../../../devnet/rpc/server.ts'
import { randomFrom } from '../../random.ts'
import { type RecordedNode, recordedNode, serve } from './recorded.ts'

let node: RecordedNode
let server: RpcServer
let url: string
beforeAll(async () => {
  node = recordedNode(40)
  server = await serve(node, { limits: { maxConnections: 5000 } })
  url = `http://127.0.0.1:${server.port}`
})
afterAll(() => server.close())

const post = async (body: string | Uint8Array<ArrayBuffer>, to = url) => {
  const response = await fetch(to, { method: 'POST', body })
  return { status: response.status, text: await response.text() }
}
// biome-ignore lint/suspicious/noExplicitAny: answers
const getJson = async (to: string): Promise<any> => (await fetch(to)).json()
const isAlive = async () => expect((await fetch(`${url}/health`)).status).toBe(200)

describe('bodies', () => {
  test('of random bytes, random JSON and mutated requests are answered', async () => {
    const random = randomFrom('bodies')
    const seed = Buffer.from(
      '[{"jsonrpc":"2.0","id":1,"method":"tx_search",' +
        '"params":{"query":"tx.height>3","page":"1","prove":true}},' +
        '{"jsonrpc":"2.0","id":"a","method":"abci_query","params":["/p","00ff","0",false]}]',
    )
    for (let i = 0; i < 1500; i++) {
      const body = i % 3 === 0 ? random.bytes(random.below(200)) : new Uint8Array(seed)
      for (let change = random.below(5); i % 3 !== 0 && change >= 0; change--)
        body[random.below(body.length)] = random.below(256)
      const { status, text } = await post(new Uint8Array(body))
      expect([200, 500]).toContain(status)
      if (text !== '' && !text.startsWith('<html>')) JSON.parse(text)
    }
    await isAlive()
  })

  test('of any JSON are answered', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 4 }), async (body) => {
        expect([200, 500]).toContain((await post(body)).status)
      }),
      { numRuns: 300 },
    )
  })

  test.each([
    ['brackets', '['.repeat(900_000)],
    ['objects', '{"a":'.repeat(180_000)],
    ['nested params', `{"id":1,"method":"health","params":${'['.repeat(400_000)}${']'.repeat(400_000)}}`],
    ['nested ids', `{"id":${'['.repeat(9000)}${']'.repeat(9000)},"method":"health"}`],
    ['a long string', `{"id":1,"method":"block","params":{"height":"${'9'.repeat(900_000)}"}}`],
    ['many members', `{"id":1,"method":"block","params":{${'"a":1,'.repeat(100_000)}"height":"1"}}`],
  ])('with deep or long %s are answered in time', async (_, body) => {
    const start = performance.now()
    expect([200, 500]).toContain((await post(body)).status)
    expect(performance.now() - start).toBeLessThan(2000)
  })

  test('longer than the limit are refused, and the client can read why', async () => {
    const { status, text } = await post('x'.repeat(5_000_000))
    expect(status).toBe(400)
    expect(JSON.parse(text).error).toEqual({
      code: -32600,
      message: 'Invalid Request',
      data: 'error reading request body: http: request body too large',
    })
    await isAlive()
  })

  test('that never end and headers that are no HTTP hold up nobody', async () => {
    const half = request(`${url}/`, { method: 'POST', headers: { 'content-length': 1000 } })
    half.on('error', () => undefined)
    half.write('{')
    const garbage = connectTcp(server.port, '127.0.0.1', () => garbage.write('\0\0garbage\r\n\r\n'))
    garbage.on('error', () => undefined)
    await isAlive()
    half.destroy()
    garbage.destroy()
  })
})

describe('parameters', () => {
  test('of absurd size are refused or cut', async () => {
    const max = '9223372036854775807'
    for (const path of [
      `/block?height=${max}`,
      `/validators?height=1&page=${max}&per_page=${max}`,
      `/tx_search?query="tx.height>0"&page=${max}`,
      `/tx_search?query="tx.height>0"&per_page=-${max}`,
      `/blockchain?minHeight=-1&maxHeight=${max}`,
      `/genesis_chunked?chunk=${max}`,
      `/unconfirmed_txs?limit=${max}`,
      `/block_search?query="${'a=1 AND '.repeat(3000)}a=1"`,
      `/tx_search?query="${'a'.repeat(600)}=1"`,
    ])
      expect([200, 500]).toContain((await fetch(url + path)).status)
    await isAlive()
  })

  test('a page of validators is at most 100 long', async () => {
    const { result } = await getJson(`${url}/blockchain?minHeight=1&maxHeight=100000`)
    expect(result.block_metas).toHaveLength(20)
  })
})

describe('batches', () => {
  const batch = (count: number) =>
    JSON.stringify(Array.from({ length: count }, (_, id) => ({ jsonrpc: '2.0', id, method: 'health' })))

  test('may be longer where the limit is raised or lifted', async () => {
    const lifted = await serve(recordedNode(1), { limits: { maxBatch: 0 } })
    const answers = JSON.parse((await post(batch(1000), `http://127.0.0.1:${lifted.port}`)).text)
    expect(answers.map(({ id }: { id: number }) => id)).toEqual(Array.from({ length: 1000 }, (_, id) => id))
    await lifted.close()
  })

  test('check their transactions together, and what reads after them waits for them', async () => {
    const order: string[] = []
    const chain = recordedNode(1)
    const own = await serve(
      Object.assign(chain, {
        submit: async (tx: Uint8Array) => {
          order.push(`in ${tx[0]}`)
          await new Promise((resolve) => setTimeout(resolve, 20))
          order.push(`out ${tx[0]}`)
          return { ...{ code: 0, data: new Uint8Array(0), log: '', info: '', events: [] }, hash: tx }
        },
      }) as unknown as RecordedNode,
      { methods: { look: method({}, () => `${order.push('look')}`) } },
    )
    const call = (id: number, name: string, params = {}) => ({ jsonrpc: '2.0', id, method: name, params })
    const sends = ['AQ==', 'Ag==', 'Aw=='].map((tx, id) => call(id, 'broadcast_tx_sync', { tx }))
    await post(JSON.stringify([...sends, call(9, 'look')]), `http://127.0.0.1:${own.port}`)
    expect(order).toEqual(['in 1', 'in 2', 'in 3', 'out 1', 'out 2', 'out 3', 'look'])
    await own.close()
  })
})

describe('CORS', () => {
  const preflight = {
    method: 'OPTIONS',
    headers: {
      origin: 'http://wallet.test',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  }
  const allowed = (response: Response) => response.headers.get('access-control-allow-origin')

  test('lets browsers of any or of named origins in', async () => {
    for (const [cors, origin] of [
      ['*', '*'],
      [['http://wallet.test'], 'http://wallet.test'],
    ] as const) {
      const own = await serve(recordedNode(1), { cors })
      const to = `http://127.0.0.1:${own.port}/`
      const answer = await fetch(to, preflight)
      expect([answer.status, allowed(answer)]).toEqual([204, origin])
      expect(answer.headers.get('access-control-allow-headers')).toBe('content-type')
      expect(allowed(await fetch(to, { headers: { origin: 'http://wallet.test' } }))).toBe(origin)
      await own.close()
    }
  })

  test('lets nobody in by default', async () => {
    expect(allowed(await fetch(`${url}/health`, { headers: { origin: 'http://wallet.test' } }))).toBeNull()
  })
})

describe('WebSocket clients', () => {
  const connect = async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/websocket`)
    socket.on('error', () => undefined)
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return socket
  }
  const closed = (socket: WebSocket) => new Promise((resolve) => socket.once('close', resolve))

  test('by the hundred with thousands of subscriptions get limits, not memory', async () => {
    const sockets = await Promise.all(Array.from({ length: 300 }, connect))
    const replies = { ok: 0, refused: 0 }
    await Promise.all(
      sockets.map(
        (socket) =>
          new Promise<void>((resolve) => {
            let left = 10
            socket.on('message', (data) => {
              if (data.toString().includes('"error"')) replies.refused++
              else replies.ok++
              if (--left === 0) resolve()
            })
            for (let id = 0; id < 10; id++)
              socket.send(JSON.stringify({ id, method: 'subscribe', params: { query: `a.b=${id}` } }))
          }),
      ),
    )
    // 100 clients with 5 queries each at most; none of them may add a query once there are 100
    expect(replies.ok).toBeGreaterThanOrEqual(100)
    expect(replies.ok).toBeLessThanOrEqual(500)
    expect(replies.refused).toBe(3000 - replies.ok)
    for (const socket of sockets) socket.terminate()
    await isAlive()
  })

  test('that send random frames are answered or closed', async () => {
    const random = randomFrom('frames')
    const socket = await connect()
    for (let i = 0; i < 500; i++) socket.send(random.bytes(random.below(100)))
    const gone = closed(socket)
    socket.send('x'.repeat(2_000_000))
    await gone
    await isAlive()
  })

  test('that do not read lose their subscription, and the chain goes on', async () => {
    const chain = recordedNode(200)
    const own = await serve(chain, { limits: { maxWaitingBytes: 100_000 } })
    const socket = new WebSocket(`ws://127.0.0.1:${own.port}/websocket`)
    const texts: string[] = []
    socket.on('message', (data) => texts.push(data.toString()))
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send(JSON.stringify({ id: 1, method: 'subscribe', params: { query: 'tm.event EXISTS' } }))
    await new Promise((resolve) => setTimeout(resolve, 30))
    socket.pause()
    for (let round = 0; round < 40; round++) {
      chain.tip = 200
      chain.advance(230)
      await new Promise((resolve) => setImmediate(resolve))
    }
    socket.resume()
    const isEnd = (text: string) => text.includes('internal subscription event buffer is out of capacity')
    while (!texts.some(isEnd)) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(JSON.parse(texts.find(isEnd)!)).toMatchObject({
      id: 1,
      error: { code: -32000, message: 'Server error' },
    })
    socket.terminate()
    await own.close()
  })

  test('cannot upgrade elsewhere', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/other`)
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve))
    expect(error.message).toContain('404')
  })
})

describe('methods and routes of others', () => {
  test('are served beside those of CometBFT', async () => {
    const own = await serve(recordedNode(1), {
      methods: { dev_echo: method({ value: 'json' }, ({ value }) => JSON.stringify(value ?? null)) },
      routes: { '/page': (_, response) => void response.end('a page') },
    })
    const to = `http://127.0.0.1:${own.port}`
    const ask = JSON.stringify({ id: 1, method: 'dev_echo', params: [{ a: [1, 'b'] }] })
    expect(JSON.parse((await post(ask, to)).text).result).toEqual({ a: [1, 'b'] })
    expect((await getJson(`${to}/dev_echo?value=[1]`)).result).toEqual([1])
    expect(await (await fetch(`${to}/page`)).text()).toBe('a page')
    own.addMethods({ dev_now: method({}, () => '5') })
    expect((await getJson(`${to}/dev_now`)).result).toBe(5)
    await own.close()
  })

  test('names that only objects have are no methods', async () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
      expect(
        JSON.parse((await post(JSON.stringify({ id: 1, method: name, params: {} }))).text).error.code,
      ).toBe(-32601)
  })
})

test('a port that is taken is an error with its code', async () => {
  await expect(serve(recordedNode(1), { port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
