import { fromBinary, type JsonValue, toBinary } from '@bufbuild/protobuf'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bytes } from '../../chain/bytes.ts'
import { type GrpcCode, GrpcError, sdk, TxError } from '../../chain/module.ts'
import { fromJson, jsonText, toJson } from '../../chain/runtime/json.ts'
import { createGateway } from '../../devnet/gateway.ts'
import { createRoutes } from '../../devnet/rest/routes.ts'
import { type RestServer, serveRest } from '../../devnet/rest.ts'
import { goRegistry, type RecordedRest, recordedRest, servicesOf } from '../descriptors.ts'

const registry = goRegistry()
const services = servicesOf(registry).filter(({ typeName }) => !typeName.startsWith('cosmos.params.'))
const routes = createRoutes(services)

/** What the next query is answered with, and the last one that came. */
let reply: (path: string) => Bytes = () => new Uint8Array()
let asked: { path: string; data: Bytes; height: bigint | undefined } | undefined
let server: RestServer

const HEIGHT = 260n

beforeAll(async () => {
  const gateway = createGateway({
    app: {
      registry,
      queryServices: services,
      msgServices: [],
      serve(path, data, height) {
        asked = { path, data, height }
        return { value: reply(path), height: height || HEIGHT }
      },
    },
    asyncMethods: new Map([['/cosmos.tx.v1beta1.Service/BroadcastTx', async () => reply('broadcast')]]),
    height: () => HEIGHT,
    settled: () => undefined,
    bug: () => undefined,
  })
  server = await serveRest(gateway, { host: '127.0.0.1', port: 0, maxBodyBytes: 20_000 })
})
afterAll(() => server.close())

const url = (path: string) => `http://127.0.0.1:${server.port}${path}`
const METADATA = [
  'grpc-metadata-content-type',
  'grpc-metadata-x-cosmos-block-height',
  'x-cosmos-block-height',
]

const send = ({ method, path, requestHeaders, body }: Partial<RecordedRest> & { path: string }) =>
  fetch(url(path), {
    method: method ?? 'GET',
    headers: requestHeaders ?? {},
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })

const fail = (error: Error) => {
  reply = () => {
    throw error
  }
}

/** Lets the chain answer as the recorded one did. */
const answerAs = ({ method, path, status, text, response, headers }: RecordedRest) => {
  const output = routes.find(method, path.split('?')[0]!)?.route.method.output
  if (status === 200) {
    const json = text === undefined ? (response as unknown as JsonValue) : (JSON.parse(text) as JsonValue)
    reply = () => toBinary(output!, fromJson(output!, json, registry))
    return
  }
  const { code, message } = JSON.parse(text!) as { code: GrpcCode; message: string }
  const coded = /^codespace (\w+) code (\d+): ([^:]+): (.*)$/.exec(message)
  if (coded !== null) fail(new TxError(coded[1]!, Number(coded[2]), `${coded[4]}: ${coded[3]}`))
  else if (headers['grpc-metadata-content-type'] !== undefined || method === 'POST')
    fail(new GrpcError(code, message))
  else fail(new Error('this request must not reach the chain'))
}

describe('REST', () => {
  const heightOf = (headers: Record<string, string>) => headers['grpc-metadata-x-cosmos-block-height']

  test.each(recordedRest().filter(({ method }) => method !== 'OPTIONS'))(
    '$name is answered as recorded',
    async (recorded) => {
      answerAs(recorded)
      const response = await send(recorded)
      const body = await response.text()
      expect(body).toBe(recorded.text ?? jsonText(recorded.response as unknown as JsonValue))
      expect(response.status).toBe(recorded.status)
      expect(response.headers.get('content-type')).toBe('application/json')
      for (const name of METADATA) {
        const height = heightOf(recorded.headers) === '290' ? '290' : '260'
        const value = response.headers.get(name)?.replace('260', height) ?? undefined
        expect([name, value]).toEqual([name, recorded.headers[name]])
      }
    },
  )

  const requestOf = async (path: string, init: RequestInit = {}) => {
    asked = undefined
    reply = () => new Uint8Array()
    const response = await fetch(url(path), init)
    if (response.status !== 200) return { status: response.status, body: await response.text() }
    const { path: method, data } = asked!
    const [service, name] = method.slice(1).split('/')
    const { input } = registry.getService(service!)!.methods.find((m) => m.name === name)!
    return { method, request: toJson(input, fromBinary(input, data), registry) }
  }

  test('pagination is read from the query string', async () => {
    const { request } = await requestOf(
      '/cosmos/auth/v1beta1/accounts?pagination.limit=2&pagination.countTotal=true&pagination.reverse=1' +
        '&pagination.key=AQL%2F&pagination.offset=0x10',
    )
    expect(request).toEqual({
      pagination: { key: 'AQL/', offset: '16', limit: '2', count_total: true, reverse: true },
    })
    const url64 = await requestOf('/cosmos/auth/v1beta1/accounts?pagination.key=AQL_&unknown=1&other.x=2')
    expect(url64.request).toMatchObject({ pagination: { key: 'AQL/' } })
  })

  test('variables of the path may hold slashes, and static routes come before them', async () => {
    expect(await requestOf('/cosmos/bank/v1beta1/denoms_metadata/ibc/ABC')).toEqual({
      method: '/cosmos.bank.v1beta1.Query/DenomMetadata',
      request: { denom: 'ibc/ABC' },
    })
    expect(await requestOf('/cosmos/bank/v1beta1/balances/a%2Fb')).toEqual({
      status: 501,
      body: '{"code":12, "message":"Not Implemented", "details":[]}',
    })
    const latest = await requestOf('/cosmos/base/tendermint/v1beta1/blocks/latest')
    expect(latest.method).toBe('/cosmos.base.tendermint.v1beta1.Service/GetLatestBlock')
  })

  test('repeated fields, enums by name or number, and variables that the query cannot override', async () => {
    const { request } = await requestOf(
      '/cosmos/gov/v1/proposals?proposal_status=PROPOSAL_STATUS_PASSED&voter=a%20b%2Bc+d',
    )
    expect(request).toMatchObject({ proposal_status: 'PROPOSAL_STATUS_PASSED', voter: 'a b+c d' })
    const events = await requestOf('/cosmos/tx/v1beta1/txs?events=a&events=b&order_by=2&page=3')
    expect(events.request).toMatchObject({ events: ['a', 'b'], order_by: 'ORDER_BY_DESC', page: '3' })
    const balance = await requestOf('/cosmos/bank/v1beta1/balances/me/by_denom?denom=x&address=you')
    expect(balance.request).toEqual({ address: 'me', denom: 'x' })
  })

  test.each([
    ['pagination.limit=abc', 'strconv.ParseUint: parsing "abc": invalid syntax'],
    ['pagination.limit=-1', 'strconv.ParseUint: parsing "-1": invalid syntax'],
    [
      'pagination.limit=18446744073709551616',
      'strconv.ParseUint: parsing "18446744073709551616": value out of range',
    ],
    ['pagination.reverse=yes', 'strconv.ParseBool: parsing "yes": invalid syntax'],
    ['pagination.key=$', 'illegal base64 data at input byte 0'],
    ['pagination=x', 'field type *v1beta1.PageRequest is not supported in query parameters'],
    ['pagination.limit.x=1', 'unexpected nested field x in pagination.limit'],
    ['a=%zz', 'invalid URL escape "%zz"'],
    ['a=1;b=2', 'invalid semicolon separator in query'],
  ])('the query %s is refused', async (query, message) => {
    const { status, body } = await requestOf(`/cosmos/auth/v1beta1/accounts?${query}`)
    expect(body).toBe(`{"code":3, "message":${JSON.stringify(message)}, "details":[]}`)
    expect(status).toBe(400)
  })

  test('the asked height goes to the chain and comes back', async () => {
    reply = () => new Uint8Array()
    const response = await send({
      path: '/cosmos/bank/v1beta1/params',
      requestHeaders: { 'x-cosmos-block-height': '7' },
    })
    expect(asked!.height).toBe(7n)
    expect(response.headers.get('x-cosmos-block-height')).toBe('7')
    const wrong = await send({
      path: '/cosmos/bank/v1beta1/params',
      requestHeaders: { 'x-cosmos-block-height': 'seven' },
    })
    expect(await wrong.text()).toContain('codespace sdk code 18: invalid request')
    expect(wrong.status).toBe(500)
  })

  test('bodies: fields in either case, unknown ones skipped, an empty body is an empty request', async () => {
    const post = (body: string) => requestOf('/cosmos/tx/v1beta1/simulate', { method: 'POST', body })
    const { request } = await post('{"txBytes":"AQI=","nonsense":[1,{}]}')
    expect(request).toEqual({ tx: null, tx_bytes: 'AQI=' })
    expect((await post('')).request).toEqual({ tx: null, tx_bytes: null })
    expect(await post('{"tx_bytes":"AQI"}')).toMatchObject({ status: 400 })
    expect(await post('{"tx_bytes":')).toMatchObject({
      status: 400,
      body: expect.stringContaining('"code":3'),
    })
  })

  test('a body that is too large is refused without being read', async () => {
    const body = JSON.stringify({ tx_bytes: 'A'.repeat(40_000) })
    expect(await requestOf('/cosmos/tx/v1beta1/simulate', { method: 'POST', body })).toEqual({
      status: 400,
      body: '{"code":3, "message":"http: request body too large", "details":[]}',
    })
  })

  test('browsers may call from anywhere', async () => {
    const preflight = await fetch(url('/cosmos/tx/v1beta1/txs'), {
      method: 'OPTIONS',
      headers: {
        origin: 'http://x.test',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type')
    reply = () => new Uint8Array()
    const response = await send({ path: '/cosmos/bank/v1beta1/params' })
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('doubled slashes are redirected, wrong methods and escapes are errors', async () => {
    reply = () => new Uint8Array()
    const doubled = await fetch(url('//cosmos//bank/v1beta1/params?x=1'), { redirect: 'manual' })
    expect([doubled.status, doubled.headers.get('location')]).toEqual([
      301,
      '/cosmos/bank/v1beta1/params?x=1',
    ])
    for (const method of ['PUT', 'DELETE', 'POST', 'PATCH'])
      expect((await fetch(url('/cosmos/bank/v1beta1/params'), { method })).status).toBe(501)
    expect((await fetch(url('/cosmos/bank/%zz'))).status).toBe(400)
  })

  test('our own bugs are internal errors, and a missing state has no height', async () => {
    fail(new RangeError('oops'))
    const bug = await send({ path: '/cosmos/bank/v1beta1/params' })
    expect([bug.status, await bug.text()]).toEqual([500, '{"code":13, "message":"oops", "details":[]}'])
    fail(sdk.notFound('failed to load state at height 3; pruned (latest height: 9)'))
    const pruned = await send({ path: '/cosmos/bank/v1beta1/params' })
    expect(await pruned.text()).toBe(
      '{"code":2, "message":"codespace sdk code 38: not found: failed to load state at height 3; ' +
        'pruned (latest height: 9)", "details":[]}',
    )
    expect(pruned.headers.get('x-cosmos-block-height')).toBeNull()
  })
})
