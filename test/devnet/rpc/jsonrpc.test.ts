// JSON-RPC and GET parameters are read as CometBFT's own server reads them: about 2,000 requests that were
// sent to it (with methods that answer with their arguments), mutated JSON among them.
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createHandler } from '../../../devnet/rpc/handler.ts'
import { type Methods, method } from '../../../devnet/rpc/server.ts'
import { vectorText } from '../../vectors.ts'

type Exchange = {
  method: string
  path: string
  body: string
  type?: string
  status: number
  contentType: string
  cacheControl?: string
  out: string
}

const shown = (value: unknown): string => {
  if (value === undefined) return 'nil'
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex').toUpperCase() : `${value}`
}
const goText = (text: string) =>
  JSON.stringify(text).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)
const echo = (args: Record<string, unknown>) =>
  `{"args":[${Object.values(args)
    .map((value) => goText(shown(value)))
    .join(',')}]}`

const LATEST = { cacheable: ['height'] }
const ALWAYS = { cacheable: [] }
const methods: Methods = {
  subscribe: method({ query: 'string' }, echo, { webSocketOnly: true }),
  health: method({}, echo),
  genesis: method({}, echo, ALWAYS),
  blockchain: method({ minHeight: 'int64', maxHeight: 'int64' }, echo, ALWAYS),
  genesis_chunked: method({ chunk: 'uint' }, echo, ALWAYS),
  block: method({ height: 'int64?' }, echo, LATEST),
  block_by_hash: method({ hash: 'bytes' }, echo, ALWAYS),
  header_by_hash: method({ hash: 'hex' }, echo, ALWAYS),
  tx: method({ hash: 'bytes', prove: 'bool' }, echo, ALWAYS),
  check_tx: method({ tx: 'tx' }, echo),
  tx_search: method(
    { query: 'string', prove: 'bool', page: 'int?', per_page: 'int?', order_by: 'string' },
    echo,
  ),
  validators: method({ height: 'int64?', page: 'int?', per_page: 'int?' }, echo, LATEST),
  abci_query: method({ path: 'string', data: 'hex', height: 'int64', prove: 'bool' }, echo),
  broadcast_evidence: method({ evidence: 'evidence' }, () => {
    throw new Error('no evidence was provided')
  }),
}

let server: Server
let port: number
beforeAll(async () => {
  const handler = createHandler({
    ...{ methods: () => methods, routes: new Map(), ready: () => undefined, cors: [] },
    ...{ maxBatch: 10, maxBodyBytes: 1_000_000 },
  })
  server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const ask = ({ method: verb, path, body, type }: Exchange) =>
  new Promise<Omit<Exchange, 'method' | 'path' | 'body' | 'type'>>((resolve, reject) => {
    const headers = { ...(type && { 'content-type': type }), 'content-length': Buffer.byteLength(body) }
    const sent = request({ host: '127.0.0.1', port, method: verb, path, headers }, (response) => {
      let out = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => (out += chunk))
      response.on('end', () => {
        const cache = response.headers['cache-control']
        resolve({
          status: response.statusCode!,
          contentType: response.headers['content-type'] ?? '',
          ...(cache && { cacheControl: cache }),
          out: out.replaceAll(`127.0.0.1:${port}`, 'HOST'),
        })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })

test('every exchange is repeated to the byte', async () => {
  const exchanges: Exchange[] = vectorText('rpc/jsonrpc.jsonl.gz')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const wrong: unknown[] = []
  for (const { status, contentType, cacheControl, out, ...sent } of exchanges) {
    const got = await ask({ status, contentType, out, ...sent })
    const isTyped = out !== '' // Go gives an empty answer no type
    const same =
      got.status === status &&
      got.out === out &&
      got.cacheControl === cacheControl &&
      (!isTyped || got.contentType === contentType)
    if (!same) wrong.push({ sent: { ...sent, body: sent.body.slice(0, 200) }, wanted: out, got })
  }
  expect(exchanges.length).toBeGreaterThan(1900)
  expect(wrong).toEqual([])
})
