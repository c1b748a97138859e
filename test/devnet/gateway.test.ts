// A client that knows REST and gRPC only, as cosmpy and mobile wallets do, on a living chain.
import { fromBinary, type JsonValue, toBinary } from '@bufbuild/protobuf'
import { DirectSecp256k1HdWallet } from '@cosmjs/proto-signing'
import { SigningStargateClient } from '@cosmjs/stargate'
import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { TxRaw } from 'cosmjs-types/cosmos/tx/v1beta1/tx'
import { fromJson, toJson } from '../../chain/runtime/json.ts'
import { type Devnet, startDevnet } from '../../devnet/devnet.ts'
import { type GrpcServer, startGrpc } from '../../devnet/grpc.ts'
import { type RestServer, startRest } from '../../devnet/rest.ts'
import { goRegistry } from '../descriptors.ts'

const registry = goRegistry()
const local = { host: '127.0.0.1', port: 0 }
let devnet: Devnet
let rest: RestServer
let grpc: GrpcServer
let client: Client

beforeAll(async () => {
  devnet = await startDevnet({ chainId: 'gateway-1' })
  rest = await startRest(devnet.node, local)
  grpc = await startGrpc(devnet.node, local)
  client = new Client(`127.0.0.1:${grpc.port}`, credentials.createInsecure())
})
afterAll(async () => {
  client.close()
  await Promise.all([rest.close(), grpc.close()])
  await devnet.stop()
})

type Answer = { status: number; json: never; headers: Headers }
const ask = async (path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
  const init = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) }
  const response = await fetch(`http://127.0.0.1:${rest.port}${path}`, init)
  return { status: response.status, json: (await response.json()) as never, headers: response.headers }
}

const same = (bytes: Uint8Array): Buffer => Buffer.from(bytes)
const call = (path: string, request: JsonValue): Promise<JsonValue> =>
  new Promise((resolve, reject) => {
    const [service, name] = path.split('/')
    const { input, output } = registry.getService(service!)!.methods.find((method) => method.name === name)!
    const data = toBinary(input, fromJson(input, request, registry))
    client.makeUnaryRequest(`/${path}`, same, same, data, new Metadata(), (error, value) =>
      error ? reject(error) : resolve(toJson(output, fromBinary(output, value!), registry)),
    )
  })

const address = (index: number) => devnet.accounts[index]!.address
const account = async () => {
  const { json } = await ask(`/cosmos/auth/v1beta1/account_info/${address(0)}`)
  const { info } = json as { info: { account_number: string; sequence: string } }
  return { accountNumber: BigInt(info.account_number), sequence: Number(info.sequence) }
}

/** A signed send of the first account to the second, in base64. */
const signedSend = async (amount: string, sequence?: number): Promise<string> => {
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(devnet.mnemonic, { prefix: 'tendril' })
  const offline = await SigningStargateClient.offline(wallet)
  const known = await account()
  const message = {
    typeUrl: '/cosmos.bank.v1beta1.MsgSend',
    value: { fromAddress: address(0), toAddress: address(1), amount: [{ denom: 'utend', amount }] },
  }
  const fee = { amount: [{ denom: 'utend', amount: '2000' }], gas: '200000' }
  const signer = { ...known, chainId: 'gateway-1', sequence: sequence ?? known.sequence }
  const signed = await offline.sign(address(0), [message], fee, 'by REST <only>', signer)
  return Buffer.from(TxRaw.encode(signed).finish()).toString('base64')
}

type Included = { tx_response: { height: string; code: number; txhash: string } }
const included = async (hash: string): Promise<Included> => {
  for (;;) {
    const { status, json } = await ask(`/cosmos/tx/v1beta1/txs/${hash}`)
    if (status === 200) return json
    expect(json).toEqual({ code: 5, message: `tx not found: ${hash}`, details: [] })
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
const balance = async (height?: string): Promise<bigint> => {
  const path = `/cosmos/bank/v1beta1/balances/${address(1)}/by_denom?denom=utend`
  const { json } = await ask(path, undefined, height === undefined ? {} : { 'x-cosmos-block-height': height })
  return BigInt((json as { balance: { amount: string } }).balance.amount)
}

describe('a client without the RPC', () => {
  test('simulates, broadcasts, finds its transaction, and gRPC tells the same', async () => {
    const before = await balance()
    const tx_bytes = await signedSend('777')
    const simulated = await ask('/cosmos/tx/v1beta1/simulate', { tx_bytes })
    const { gas_info } = simulated.json as { gas_info: { gas_wanted: string; gas_used: string } }
    expect(gas_info.gas_wanted).toBe('18446744073709551615')
    expect(Number(gas_info.gas_used)).toBeGreaterThan(50_000)

    const sent = await ask('/cosmos/tx/v1beta1/txs', { tx_bytes, mode: 'BROADCAST_MODE_SYNC' })
    const { tx_response } = sent.json as Included
    expect(tx_response.code).toBe(0)
    const found = await included(tx_response.txhash)
    expect(found.tx_response.code).toBe(0)
    expect(await balance()).toBe(before + 777n)
    expect(await balance(`${Number(found.tx_response.height) - 1}`)).toBe(before)

    const { txhash, height } = found.tx_response
    expect(await call('cosmos.tx.v1beta1.Service/GetTx', { hash: txhash })).toEqual(found)
    const search = await ask(`/cosmos/tx/v1beta1/txs?query=tx.height%3D${height}`)
    expect(search.json).toMatchObject({ total: '1', tx_responses: [found.tx_response] })
    const inBlock = await ask(`/cosmos/tx/v1beta1/txs/block/${height}`)
    expect(inBlock.json).toMatchObject({
      txs: [{ body: { memo: 'by REST <only>' } }],
      pagination: { total: '1' },
      block: { header: { chain_id: 'gateway-1', height } },
    })
  })

  test('is told why a transaction is refused', async () => {
    const tx_bytes = await signedSend('1', 99)
    const { json } = await ask('/cosmos/tx/v1beta1/txs', { tx_bytes, mode: 'BROADCAST_MODE_SYNC' })
    const { sequence } = await account()
    const raw_log = `account sequence mismatch, expected ${sequence}, got 99: incorrect account sequence`
    expect(json).toMatchObject({ tx_response: { code: 32, codespace: 'sdk', raw_log, height: '0' } })
    const simulated = await ask('/cosmos/tx/v1beta1/simulate', { tx_bytes })
    expect(simulated.status).toBe(500)
    expect((simulated.json as { message: string }).message).toContain(raw_log)
    const garbage = await ask('/cosmos/tx/v1beta1/txs', { tx_bytes: '3q2+7w==', mode: 'BROADCAST_MODE_SYNC' })
    expect(garbage.json).toMatchObject({ tx_response: { code: 2, codespace: 'sdk' } })
  })

  test('broadcasts by gRPC; the same transaction again is refused by the mempool', async () => {
    const request = { tx_bytes: await signedSend('5'), mode: 'BROADCAST_MODE_SYNC' }
    const { tx_response } = (await call('cosmos.tx.v1beta1.Service/BroadcastTx', request)) as Included
    expect(tx_response.code).toBe(0)
    expect((await included(tx_response.txhash)).tx_response.code).toBe(0)
    const again = await call('cosmos.tx.v1beta1.Service/BroadcastTx', request)
    expect(again).toMatchObject({ tx_response: { code: 19, codespace: 'sdk', txhash: tx_response.txhash } })
  })

  test('sees the latest height in the headers of every answer', async () => {
    const { headers, json } = await ask('/cosmos/base/node/v1beta1/status')
    const height = `${devnet.node.engine.blocks.height}`
    expect(headers.get('x-cosmos-block-height')).toBe(height)
    expect(json).toMatchObject({ height })
    const future = await ask('/cosmos/bank/v1beta1/params', undefined, {
      'x-cosmos-block-height': '99999999',
    })
    expect([future.status, future.json]).toEqual([
      500,
      {
        code: 2,
        message:
          'codespace sdk code 26: invalid height: ' +
          'cannot query with height in the future; please provide a valid height',
        details: [],
      },
    ])
  })

  test('cannot broadcast through an abci_query', () => {
    const path = '/cosmos.tx.v1beta1.Service/BroadcastTx'
    const answer = devnet.node.app.query({ path, data: new Uint8Array(), height: 0n, prove: false })
    expect([answer.code, answer.log]).toEqual([18, "can't route a broadcast tx message: invalid request"])
  })
})
