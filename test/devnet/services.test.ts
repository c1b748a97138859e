import {
  create,
  createFileRegistry,
  type FileRegistry,
  fromBinary,
  type JsonValue,
  toBinary,
} from '@bufbuild/protobuf'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { ExecTxResult } from '../../chain/abci/application.ts'
import { fromBase64 } from '../../chain/base64.ts'
import { type Bytes, fromHex, toHex } from '../../chain/bytes.ts'
import { type BlockStore, MempoolError, type StoredBlock } from '../../chain/consensus/engine.ts'
import { timestampToNs } from '../../chain/consensus/time.ts'
import { sha256 } from '../../chain/hash.ts'
import { addressCodec, type QueryRoutes, type Simulated, sdk, type View } from '../../chain/module.ts'
import { fromJson, jsonText, toJson } from '../../chain/runtime/json.ts'
import type { ChainNode, Submitted } from '../../devnet/chain.ts'
import type { IndexedTx } from '../../devnet/indexer.ts'
import { type RestServer, startRest } from '../../devnet/rest.ts'
import { addNodeServices, gatewayOf } from '../../devnet/services.ts'
import { BlockSchema } from '../../proto/gen/tendermint/types/block_pb.ts'
import { BlockIDSchema } from '../../proto/gen/tendermint/types/types_pb.ts'
import { ValidatorSetSchema } from '../../proto/gen/tendermint/types/validator_pb.ts'
import { goRegistry, recordedRest, servicesOf } from '../descriptors.ts'
import { vectorText } from '../vectors.ts'

type RecordedBlock = {
  height: number
  block: string
  block_id: { hash: string; parts: { total: number; hash: string } }
  validators: {
    pub_key: { value: string }
    address: string
    voting_power: string
    proposer_priority: string
  }[]
  txs_results: RecordedResult[] | null
}
type RecordedResult = Omit<ExecTxResult, 'data' | 'gasWanted' | 'gasUsed' | 'events'> & {
  data: string | null
  gas_wanted: string
  gas_used: string
  events: ExecTxResult['events']
}

const recorded = new Map(
  vectorText('descriptors/blocks.jsonl.gz')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedBlock)
    .map((block) => [block.height, block]),
)
const LATEST = 260

const storedBlock = ({ block, block_id }: RecordedBlock): StoredBlock => ({
  block: fromBinary(BlockSchema, fromBase64(block)!),
  blockId: create(BlockIDSchema, {
    hash: fromHex(block_id.hash),
    partSetHeader: { total: block_id.parts.total, hash: fromHex(block_id.parts.hash) },
  }),
  size: 0,
})

const blocks: BlockStore = {
  base: 1,
  height: LATEST,
  block: (height) => (recorded.has(height) ? storedBlock(recorded.get(height)!) : undefined),
  heightOf: () => undefined,
  commit: () => undefined,
  results: () => undefined,
  txResult: () => undefined,
  validators(height) {
    const validators = recorded.get(height)?.validators.map((validator) => ({
      address: fromHex(validator.address),
      pubKey: { sum: { case: 'ed25519' as const, value: fromBase64(validator.pub_key.value)! } },
      votingPower: BigInt(validator.voting_power),
      proposerPriority: BigInt(validator.proposer_priority),
    }))
    return validators && create(ValidatorSetSchema, { validators })
  },
  consensusParams: () => undefined,
}

const transactions: IndexedTx[] = [...recorded.values()].flatMap(({ height, txs_results }) =>
  (txs_results ?? []).map((result, index): IndexedTx => {
    const tx = blocks.block(height)!.block.data!.txs[index]!
    return {
      ...{ height, index, hash: sha256(tx), tx },
      result: {
        ...result,
        data: fromBase64(result.data ?? '')!,
        gasWanted: BigInt(result.gas_wanted),
        gasUsed: BigInt(result.gas_used),
      },
    }
  }),
)

const search = (query: string, options: { orderBy?: 'asc' | 'desc'; page?: number; perPage: number }) => {
  if (query === 'foo') throw new Error('offset 3: EOF')
  const height = /^tx\.height=(\d+)$/.exec(query)?.[1]
  if (height !== undefined) {
    const txs = transactions.filter((tx) => tx.height === Number(height))
    return { txs, total: txs.length }
  }
  expect(options).toEqual({ orderBy: 'desc', page: 1, perPage: 2 })
  return { txs: [104, 103].map((at) => transactions.find((tx) => tx.height === at)!), total: 34 }
}

let submit: (tx: Bytes) => Promise<Submitted>
let simulate: (tx: Bytes) => Simulated
const registry: FileRegistry = goRegistry()
const routes: QueryRoutes[] = []
const header = blocks.block(LATEST)!.block.header!
const view = {
  block: {
    height: BigInt(LATEST),
    timeNs: timestampToNs(header.time),
    appHash: header.appHash,
    nextValidatorsHash: header.nextValidatorsHash,
  },
} as View

const node = {
  engine: { chainId: 'corpus-1', blocks },
  info: { moniker: 'node0', version: '0.1.0', nodeId: 'dfc13fcf2ca0916b4fe1bbc28a25277da5b8185e' },
  index: {
    tx: (hash: Bytes) => transactions.find((tx) => toHex(tx.hash) === toHex(hash)),
    searchTxs: search,
  },
  saving: undefined,
  submit: (tx: Bytes) => submit(tx),
  app: {
    registry,
    name: 'tendril',
    addresses: addressCodec('wasm'),
    msgServices: servicesOf(registry).filter(({ typeName }) => typeName.endsWith('.Msg')),
    get queryServices() {
      return routes.map(({ service }) => service)
    },
    addQueries: (...added: QueryRoutes[]) => routes.push(...added),
    info: () => ({ appVersion: 0n }),
    query: ({
      path,
      data,
      height,
      prove,
    }: {
      path: string
      data: Bytes
      height: bigint
      prove: boolean
    }) => ({
      ...{ code: 0, log: `${path} ${prove}`, info: '', index: 0n, key: data, value: new Uint8Array() },
      ...{ proofOps: [{ type: 'ics23:iavl', key: data, data }], height, codespace: '' },
    }),
    simulate: (tx: Bytes) => simulate(tx),
    serve(path: string, data: Bytes) {
      const route = routes.flatMap((service) => service.routes).find((candidate) => candidate.path === path)!
      const value = toBinary(route.output, route.run(view, fromBinary(route.input, data)))
      return { value, height: BigInt(LATEST) }
    },
  },
} as unknown as ChainNode

let server: RestServer
beforeAll(async () => {
  addNodeServices(node, { minGasPrices: '0.001stake' })
  server = await startRest(node, { host: '127.0.0.1', port: 0 })
})
afterAll(() => server.close())

const get = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init)
  return { status: response.status, text: await response.text(), headers: response.headers }
}
const post = (path: string, body: unknown) => get(path, { method: 'POST', body: JSON.stringify(body) })
const recordedAnswer = (name: string) => recordedRest().find((answer) => answer.name === name)!

const SAME = [
  'blocks_2 blocks_latest blocks_bad blocks_future validatorsets_2 validatorsets_latest',
  'node_config node_status',
  'tx_by_hash_failed txs_block txs_block_empty txs_query txs_query_height txs_query_bad txs_query_none',
  'txs_events_legacy reflection_ifaces reflection_fds autocli app_config',
].join(' ')

describe("the node's services", () => {
  test.each(SAME.split(' '))('lcd/%s is answered as the Go node did', async (name) => {
    const { path, status, text, response } = recordedAnswer(`lcd/${name}`)
    const answer = await get(path)
    expect(answer.text).toBe(text ?? jsonText(response as unknown as JsonValue))
    expect(answer.status).toBe(status)
  })

  test('node_info says network, versions and node id', async () => {
    const { text } = await get('/cosmos/base/tendermint/v1beta1/node_info')
    expect(JSON.parse(text)).toMatchObject({
      default_node_info: {
        protocol_version: { p2p: '8', block: '11', app: '0' },
        default_node_id: 'dfc13fcf2ca0916b4fe1bbc28a25277da5b8185e',
        network: 'corpus-1',
        version: '0.38.19',
        channels: 'QCAhIiMwOGBhAA==',
        moniker: 'node0',
      },
      application_version: { app_name: 'tendril', cosmos_sdk_version: 'v0.53.6' },
    })
    expect((await get('/cosmos/base/tendermint/v1beta1/syncing')).text).toBe('{"syncing":false}')
  })

  test('ABCI queries pass, but not by gRPC path', async () => {
    const abci = '/cosmos/base/tendermint/v1beta1/abci_query'
    expect(
      JSON.parse((await get(`${abci}?path=/store/bank/key&data=AA==&prove=true&height=7`)).text),
    ).toMatchObject({
      log: '/store/bank/key true',
      key: 'AA==',
      value: null,
      proof_ops: { ops: [{ type: 'ics23:iavl', key: 'AA==', data: 'AA==' }] },
      height: '7',
    })
    const refused = await get(`${abci}?path=/cosmos.bank.v1beta1.Query/Params`)
    expect([refused.status, JSON.parse(refused.text).message]).toEqual([
      400,
      'unsupported ABCI query path: /cosmos.bank.v1beta1.Query/Params',
    ])
  })

  test.each([
    ['blocks/0', 500, 'height must be greater than 0, but got 0'],
    ['validatorsets/0', 500, 'height must be greater than 0, but got 0'],
    ['validatorsets/2?pagination.offset=100', 500, 'page should be within [1, 1] range, given 2'],
    ['validatorsets/261', 400, 'requested block height is bigger then the chain length'],
  ])('%s is refused as CometBFT refuses it', async (path, status, message) => {
    const answer = await get(`/cosmos/base/tendermint/v1beta1/${path}`)
    expect([answer.status, JSON.parse(answer.text).message]).toEqual([status, message])
  })

  test.each([
    ['txs/zz', 500, "encoding/hex: invalid byte: U+007A 'z'"],
    ['txs/ABC', 500, 'encoding/hex: odd length hex string'],
    ['txs/ABAB', 404, 'tx not found: ABAB'],
    [
      'txs/block/261',
      500,
      'codespace sdk code 26: invalid height: requested height 261 but height must not be less than 1 ' +
        'or greater than the current height 260',
    ],
    [
      'txs/block/35?pagination.offset=9&pagination.limit=1',
      500,
      'codespace sdk code 18: invalid request: out of range: ' +
        'cannot paginate 1 txs with offset 9 and limit 1',
    ],
  ])('%s is refused as the SDK refuses it', async (path, status, message) => {
    const answer = await get(`/cosmos/tx/v1beta1/${path}`)
    expect([answer.status, JSON.parse(answer.text).message]).toEqual([status, message])
    expect(answer.headers.get('grpc-metadata-x-cosmos-block-height')).toBe('260')
  })

  test('a transaction decodes to JSON and encodes back to its bytes', async () => {
    const { tx } = transactions.find(({ height }) => height === 35)!
    const txBytes = Buffer.from(tx).toString('base64')
    const decoded = await post('/cosmos/tx/v1beta1/decode', { tx_bytes: txBytes })
    expect(decoded.status).toBe(200)
    const encoded = await post('/cosmos/tx/v1beta1/encode', JSON.parse(decoded.text))
    expect(JSON.parse(encoded.text)).toEqual({ tx_bytes: txBytes })
    const { path, body, text, status } = recordedAnswer('lcd_post/decode_garbage')
    expect(await post(path, body)).toMatchObject({ text, status })
  })

  test('amino binary transactions are not supported, and it says so', async () => {
    const answer = await post('/cosmos/tx/v1beta1/encode/amino', { amino_json: '{}' })
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([501, 12])
  })

  const submitted = (fields: Partial<Submitted>, tx: Bytes): Submitted => ({
    ...{ code: 0, data: new Uint8Array(), log: '', info: '', gasWanted: 0n, gasUsed: 0n, events: [] },
    ...{ codespace: '', hash: sha256(tx), ...fields },
  })

  test.each(['async', 'sync', 'sync_dup', 'wrongseq', 'bad', 'nomode'])(
    'lcd_post/broadcast_%s is answered as recorded, without metadata',
    async (name) => {
      const { path, body, status, text } = recordedAnswer(`lcd_post/broadcast_${name}`)
      submit = async (tx) => {
        if (name === 'sync_dup') throw new MempoolError('tx already exists in cache')
        const { code, codespace, raw_log: log } = JSON.parse(text!).tx_response
        return submitted({ code, codespace, log }, tx)
      }
      const answer = await post(path, body)
      expect(answer).toMatchObject({ text, status })
      expect(answer.headers.get('x-cosmos-block-height')).toBeNull()
    },
  )

  test.each([
    ['mempool is full: number of txs 5000 (max: 5000)', 20],
    ['Tx too large. Max size is 1048576, but got 2000000', 21],
  ])('the refusal "%s" has a code of the SDK', async (message, code) => {
    submit = async () => {
      throw new MempoolError(message)
    }
    const { text } = await post('/cosmos/tx/v1beta1/txs', { tx_bytes: 'AA==', mode: 'BROADCAST_MODE_SYNC' })
    expect(JSON.parse(text).tx_response).toMatchObject({ code, codespace: 'sdk', raw_log: '' })
  })

  test('a simulation reports gas and events without index marks, a failing one its error', async () => {
    const events = [{ type: 'transfer', attributes: [{ key: 'amount', value: '1stake', index: true }] }]
    simulate = () => ({
      gasWanted: 2n ** 64n - 1n,
      gasUsed: 67335n,
      result: { data: Uint8Array.of(1), log: '', events, msgResponses: [] },
    })
    const { text } = await post('/cosmos/tx/v1beta1/simulate', { tx_bytes: 'AA==' })
    expect(JSON.parse(text)).toEqual({
      gas_info: { gas_wanted: '18446744073709551615', gas_used: '67335' },
      result: {
        data: 'AQ==',
        log: '',
        events: [{ type: 'transfer', attributes: [{ key: 'amount', value: '1stake', index: false }] }],
        msg_responses: [],
      },
    })
    simulate = () => {
      throw Object.assign(sdk.wrongSequence('account sequence mismatch, expected 41, got 44'), {
        gasUsed: 32154n,
      })
    }
    const failed = await post('/cosmos/tx/v1beta1/simulate', { tx_bytes: 'AA==' })
    expect([failed.status, JSON.parse(failed.text)]).toEqual([
      500,
      {
        code: 2,
        message:
          "account sequence mismatch, expected 41, got 44: incorrect account sequence with gas used: '32154'",
        details: [],
      },
    ])
    const { path, body, text: empty } = recordedAnswer('lcd_post/simulate_empty')
    expect((await post(path, body)).text).toBe(empty)
  })
})

describe('reflection of the SDK', () => {
  const call = async (path: string, request: JsonValue = {}) => {
    const [service, name] = path.split('/')
    const { input, output } = registry.getService(service!)!.methods.find((method) => method.name === name)!
    const data = toBinary(input, fromJson(input, request, registry))
    const { value } = await gatewayOf(node).call(`/${path}`, data, undefined)
    return toJson(output, fromBinary(output, value), registry)
  }

  test('names interfaces and their implementations', async () => {
    const interfaces = 'cosmos.base.reflection.v1beta1.ReflectionService'
    expect(await call(`${interfaces}/ListAllInterfaces`)).toMatchObject({
      interface_names: expect.arrayContaining(['cosmos.base.v1beta1.Msg', 'cosmos.auth.v1beta1.AccountI']),
    })
    const implementations = (name: string) =>
      call(`${interfaces}/ListImplementations`, { interface_name: name })
    expect(await implementations('cosmos.base.v1beta1.Msg')).toMatchObject({
      implementation_message_names: expect.arrayContaining(['/cosmos.bank.v1beta1.MsgSend']),
    })
    expect(await implementations('cosmos.crypto.PubKey')).toMatchObject({
      implementation_message_names: expect.arrayContaining(['/cosmos.crypto.secp256k1.PubKey']),
    })
    await expect(implementations('')).rejects.toThrow('invalid interface name')
  })

  test('describes services, prefix, sign modes and messages', async () => {
    const app = 'cosmos.base.reflection.v2alpha1.ReflectionService'
    expect(await call(`${app}/GetConfigurationDescriptor`)).toEqual({
      config: { bech32_account_address_prefix: 'wasm' },
    })
    expect(await call(`${app}/GetQueryServicesDescriptor`)).toMatchObject({
      queries: {
        query_services: expect.arrayContaining([
          expect.objectContaining({ fullname: 'cosmos.base.node.v1beta1.Service' }),
        ]),
      },
    })
    expect(await call(`${app}/GetTxDescriptor`)).toMatchObject({ tx: { fullname: 'cosmos.tx.v1beta1.Tx' } })
    expect(await call('cosmos.autocli.v1.Query/AppOptions')).toMatchObject({
      module_options: { bank: { tx: { service: 'cosmos.bank.v1beta1.Msg' } } },
    })
  })

  test('the files it hands out describe themselves completely', async () => {
    const { value } = await gatewayOf(node).call(
      '/cosmos.reflection.v1.ReflectionService/FileDescriptors',
      new Uint8Array(),
      undefined,
    )
    const { input, output } = registry.getService('cosmos.reflection.v1.ReflectionService')!.methods[0]!
    expect(input.fields).toHaveLength(0)
    const { files } = fromBinary(output, value) as unknown as { files: never[] }
    const rebuilt = createFileRegistry({ $typeName: 'google.protobuf.FileDescriptorSet', file: files })
    expect([...rebuilt.files].length).toBeGreaterThan(200)
    expect(rebuilt.getService('cosmos.bank.v1beta1.Msg')?.methods.length).toBeGreaterThan(2)
  })
})
