// Sends signed transactions to any CometBFT RPC as fast as it takes them, and waits until all are in blocks.
import { Agent, request } from 'node:http'

export type LoadResult = {
  accepted: number
  refused: string[]
  committed: number
  seconds: number
  blocks: number
}

type Reply = {
  id: number
  result?: { code: number; log: string }
  error?: { data?: string; message: string }
}

/** A client with `connections` kept-alive sockets to the RPC at `url`. */
export const rpcClient = (url: string, connections: number) => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const { hostname, port } = new URL(url)
  const post = (body: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
      const call = request({ hostname, port, method: 'POST', path: '/', agent, headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())))
      })
      call.on('error', reject)
      call.end(body)
    })
  return {
    async call<T>(method: string, params: object = {}): Promise<T> {
      const reply = (await post(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }))) as {
        result?: T
        error?: object
      }
      if (reply.result === undefined) throw new Error(`${method}: ${JSON.stringify(reply.error)}`)
      return reply.result
    },
    post,
    close: () => agent.destroy(),
  }
}
export type RpcClient = ReturnType<typeof rpcClient>

const batchBody = (txs: readonly string[]): string =>
  JSON.stringify(txs.map((tx, id) => ({ jsonrpc: '2.0', id, method: 'broadcast_tx_sync', params: { tx } })))

const countTxs = async (client: RpcClient, from: number, to: number): Promise<number> => {
  let total = 0
  for (let low = from; low <= to; low += 20) {
    const { block_metas } = await client.call<{ block_metas: { num_txs: string }[] }>('blockchain', {
      minHeight: String(low),
      maxHeight: String(Math.min(to, low + 19)),
    })
    for (const meta of block_metas) total += Number(meta.num_txs)
  }
  return total
}

const heightOf = async (client: RpcClient): Promise<number> => {
  const status = await client.call<{ sync_info: { latest_block_height: string } }>('status')
  return Number(status.sync_info.latest_block_height)
}

/**
 * Broadcasts `txs` (base64) in batches over `connections` sockets and waits, at most `patienceMs` without
 * progress, until the accepted ones are committed. The clock runs from the first request to the block with
 * the last tx.
 */
export const sendLoad = async (
  url: string,
  txs: readonly string[],
  { batch = 100, connections = 4, patienceMs = 30_000 } = {},
): Promise<LoadResult> => {
  const client = rpcClient(url, connections)
  const firstHeight = (await heightOf(client)) + 1
  const started = performance.now()
  const refused: string[] = []
  let accepted = 0
  let next = 0
  const send = async () => {
    while (next < txs.length) {
      const slice = txs.slice(next, next + batch)
      next += batch
      for (const { result, error } of (await client.post(batchBody(slice))) as Reply[]) {
        if (result?.code === 0) accepted += 1
        else refused.push(result?.log ?? error?.data ?? error?.message ?? 'no reason given')
      }
    }
  }
  await Promise.all(Array.from({ length: connections }, send))
  let committed = 0
  let height = firstHeight - 1
  let progress = performance.now()
  while (committed < accepted && performance.now() - progress < patienceMs) {
    const latest = await heightOf(client)
    if (latest > height) {
      committed += await countTxs(client, height + 1, latest)
      height = latest
      progress = performance.now()
    } else await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const seconds = (performance.now() - started) / 1000
  client.close()
  return { accepted, refused, committed, seconds, blocks: height - firstHeight + 1 }
}
