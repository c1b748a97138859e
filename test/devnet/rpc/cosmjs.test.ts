// The clients of @cosmjs/tendermint-rpc, unmodified, decode every answer.
import { sha256 } from '@cosmjs/crypto'
import { fromBase64, fromHex } from '@cosmjs/encoding'
import {
  Comet38Client,
  type CometClient,
  connectComet,
  HttpBatchClient,
  HttpClient,
  Tendermint37Client,
  WebsocketClient,
} from '@cosmjs/tendermint-rpc'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { RpcServer } from '../../../devnet/rpc/server.ts'
import { type RecordedNode, recordedNode, serve, txResult } from './recorded.ts'

const TX_HASH = fromHex('00FD885627179D3C94C6C58C4E8D398DA6CC727193D12A013F19EF4A20292B38')
const BLOCK_HASH = fromHex('762200B31B152A1DE82D9E4AAAB06D0D2C96844B707EA6C11C894CA7ED9777B8')

let node: RecordedNode
let server: RpcServer
let url: string
beforeAll(async () => {
  node = recordedNode(260)
  server = await serve(node)
  url = `127.0.0.1:${server.port}`
  node.queried = () => ({
    ...{ code: 0, log: '', info: '', index: 0n, key: new Uint8Array(0), value: fromBase64('AQI=') },
    ...{ proofOps: undefined, height: 260n, codespace: '' },
  })
  node.checked = () => txResult({ code: 0, gas_wanted: '5', gas_used: '3' })
})
const sockets: WebsocketClient[] = []
const connectSocket = (to: string) => {
  const socket = new WebsocketClient(to)
  sockets.push(socket)
  return Comet38Client.create(socket)
}
/** CosmJS goes on to reconnect after `disconnect`, so it is told once more. */
const hangUp = async () => {
  for (const { socket } of sockets as unknown as { socket: { reconnectTimeout?: NodeJS.Timeout } }[]) {
    while (!socket.reconnectTimeout) await new Promise((resolve) => setTimeout(resolve, 5))
    clearTimeout(socket.reconnectTimeout)
  }
}

afterAll(async () => {
  await hangUp()
  await server.close()
})

const clients: [string, () => Promise<CometClient>][] = [
  ['Comet38Client over HTTP', async () => Comet38Client.create(new HttpClient(`http://${url}`))],
  ['Comet38Client in batches', async () => Comet38Client.create(new HttpBatchClient(`http://${url}`))],
  ['Comet38Client over WebSocket', async () => connectSocket(`ws://${url}`)],
  ['Tendermint37Client', () => Tendermint37Client.connect(`http://${url}`)],
]

describe.each(clients)('%s', (name, create) => {
  let client: CometClient
  beforeAll(async () => {
    client = await create()
  })
  afterAll(() => client.disconnect())

  test('reads what the node says of itself', async () => {
    const status = await client.status()
    expect(status.nodeInfo).toMatchObject({ network: 'corpus-1', version: '0.38.19' })
    expect(status.syncInfo).toMatchObject({ latestBlockHeight: 260, catchingUp: false })
    expect(status.validatorInfo.votingPower).toBe(503n)
    expect(await client.health()).toBeNull()
    expect((await client.genesis()).chainId).toBe('corpus-1')
    expect((await client.abciInfo()).lastBlockHeight).toBe(260)
    expect(await client.numUnconfirmedTxs()).toEqual({ total: 0, totalBytes: 0 })
  })

  test('reads blocks, headers, commits and validators', async () => {
    expect((await client.block(35)).block.txs).toHaveLength(1)
    expect((await client.block(1)).block.lastCommit).toBeNull()
    expect((await client.blockchain(2, 4)).blockMetas.map(({ header }) => header.height)).toEqual([4, 3, 2])
    expect((await client.commit(35)).canonical).toBe(true)
    expect((await client.commit()).canonical).toBe(false)
    expect((await client.validatorsAll(35)).validators).toHaveLength(1)
    const { blocks } = await client.blockSearch({ query: 'block.height=35' })
    expect(blocks.map(({ blockId }) => blockId.hash)).toEqual([BLOCK_HASH])
  })

  test('reads results of blocks, where its dialect is that of 0.38', async () => {
    if (client instanceof Tendermint37Client) return // its begin and end of a block do not exist any more
    const { results } = await (client as Comet38Client).blockResults(35)
    expect(results.map(({ code, gasUsed }) => [code, gasUsed])).toEqual([[0, 85081n]])
  })

  test('finds transactions, with proof', async () => {
    const { tx, height, proof } = await client.tx({ hash: TX_HASH, prove: true })
    expect(height).toBe(35)
    expect(sha256(tx)).toEqual(TX_HASH)
    expect(proof?.rootHash).toEqual((await client.block(35)).block.header.dataHash)
    const { totalCount, txs } = await client.txSearchAll({
      query: "message.action='/cosmos.bank.v1beta1.MsgSend'",
    })
    expect([totalCount, txs.length]).toEqual([6, 6])
  })

  test('asks the application and sends transactions', async () => {
    const { value } = await client.abciQuery({ path: '/any', data: new Uint8Array([1]) })
    expect(value).toEqual(new Uint8Array([1, 2]))
    const tx = new TextEncoder().encode(name)
    expect(await client.broadcastTxSync({ tx })).toMatchObject({ code: 0, hash: sha256(tx) })
    expect(await client.broadcastTxAsync({ tx })).toMatchObject({ hash: sha256(tx) })
  })
})

test('the version that a chain reports selects the client for 0.38', async () => {
  const client = await connectComet(`http://${url}`)
  expect(client).toBeInstanceOf(Comet38Client)
  client.disconnect()
})

describe('subscriptions', () => {
  test('of blocks, headers and transactions by WebSocket', async () => {
    const chain = recordedNode(262)
    const own = await serve(chain)
    const client = connectSocket(`ws://127.0.0.1:${own.port}`)
    const seen = { blocks: [] as number[], headers: [] as number[], txs: [] as number[] }
    const done = new Promise<void>((resolve, reject) => {
      const error = reject
      client
        .subscribeNewBlock()
        .addListener({ next: ({ header }) => void seen.blocks.push(header.height), error })
      client.subscribeTx().addListener({ next: ({ height }) => void seen.txs.push(height), error })
      client.subscribeNewBlockHeader().addListener({
        next: ({ height }) => {
          seen.headers.push(height)
          if (height === 265) resolve()
        },
        error,
      })
    })
    await client.status() // answered after the subscriptions
    chain.advance(265)
    await done
    expect(seen).toEqual({ blocks: [263, 264, 265], headers: [263, 264, 265], txs: [264] })
    client.disconnect()
    await own.close()
  })
})
