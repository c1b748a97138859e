// Transactions: sending, finding and waiting ones (rpc/core/mempool.go, tx.go, and block_search of
// blocks.go).

import type { ExecTxResult } from '../../chain/abci/application.ts'
import type { Bytes } from '../../chain/bytes.ts'
import { proveTx } from '../../chain/consensus/block.ts'
import { upperHex } from '../../chain/consensus/errors.ts'
import type { IndexedTx } from '../indexer.ts'
import type { Commits } from './commits.ts'
import { storedBlockText } from './json/block.ts'
import { freshResultText, txResultText } from './json/results.ts'
import { base64, hex, integer, list, object, quote } from './json/text.ts'
import { type Methods, method } from './method.ts'
import { perPageOf, type RpcNode } from './node.ts'
import { parseQuery } from './query/parser.ts'

/** Longer queries are refused before they are read. */
export const MAX_QUERY_LENGTH = 512

/** Milliseconds that a search may take before others have a turn. */
const TURN_MS = 8

/** Runs a search to its end without holding up everybody else. */
const inTurns = async <T>(steps: Generator<void, T>): Promise<T> => {
  for (let start = performance.now(); ; ) {
    const step = steps.next()
    if (step.done) return step.value
    if (performance.now() - start < TURN_MS) continue
    await new Promise((resolve) => setImmediate(resolve))
    start = performance.now()
  }
}

const proofText = ({ engine }: RpcNode, { height, index, tx }: IndexedTx): string | undefined => {
  const txs = engine.blocks.block(height)?.block.data?.txs
  if (txs === undefined) return undefined
  const { rootHash, proof } = proveTx(txs, index)
  const inner = object({
    total: integer(proof?.total ?? 0),
    index: integer(proof?.index ?? 0),
    leaf_hash: base64(proof?.leafHash ?? new Uint8Array(0)),
    aunts: list(proof?.aunts ?? [], base64),
  })
  return `{"root_hash":${hex(rootHash)},"data":${base64(tx)},"proof":${inner}}`
}

const txText = (node: RpcNode, found: IndexedTx, prove: boolean): string =>
  object({
    hash: hex(found.hash),
    height: integer(found.height),
    index: `${found.index}`,
    tx_result: txResultText(found.result),
    tx: base64(found.tx),
    proof: prove ? proofText(node, found) : undefined,
  })

const txByHash = (node: RpcNode, hash: Bytes, prove: boolean): string => {
  if (hash.length === 0) throw new Error('transaction hash cannot be empty')
  const found = node.index.tx(hash)
  if (found === undefined) throw new Error(`tx (${upperHex(hash)}) not found`)
  return txText(node, found, prove)
}

type Pages = { page: bigint | undefined; per_page: bigint | undefined; order_by: string }
const searchOptions = ({ page, per_page, order_by }: Pages) => ({
  orderBy: order_by,
  perPage: perPageOf(per_page),
  ...(page !== undefined && { page }),
})

const PAGES = { page: 'int?', per_page: 'int?', order_by: 'string' } as const

const searchMethods = (node: RpcNode): Methods => ({
  tx: method({ hash: 'bytes', prove: 'bool' }, ({ hash, prove }) => txByHash(node, hash, prove), {
    cacheable: [],
  }),
  tx_search: method({ query: 'string', prove: 'bool', ...PAGES }, async ({ query, prove, ...pages }) => {
    if (Buffer.byteLength(query) > MAX_QUERY_LENGTH) throw new Error('maximum query length exceeded')
    const { txs, total } = await inTurns(node.index.txSearch(parseQuery(query), searchOptions(pages)))
    return `{"txs":${list(txs, (tx) => txText(node, tx, prove))},"total_count":${integer(total)}}`
  }),
  block_search: method({ query: 'string', ...PAGES }, async ({ query, ...pages }) => {
    const { heights, total } = await inTurns(node.index.blockSearch(parseQuery(query), searchOptions(pages)))
    const blocks = heights.flatMap((height) => node.engine.blocks.block(height) ?? [])
    return `{"blocks":${list(blocks, storedBlockText)},"total_count":${integer(total)}}`
  }),
})

const waitingMethods = ({ engine: { mempool } }: RpcNode): Methods => ({
  unconfirmed_txs: method({ limit: 'int?' }, ({ limit }) => {
    const waiting = mempool.list(perPageOf(limit))
    return (
      `{"n_txs":${integer(waiting.length)},"total":${integer(mempool.count)},` +
      `"total_bytes":${integer(mempool.totalBytes)},"txs":${list(waiting, ({ tx }) => base64(tx))}}`
    )
  }),
  num_unconfirmed_txs: method({}, () => {
    const count = integer(mempool.count)
    return `{"n_txs":${count},"total":${count},"total_bytes":${integer(mempool.totalBytes)},"txs":null}`
  }),
})

type Sent = { code: number; data: Bytes; log: string; codespace: string; hash: Bytes }
const sentText = ({ code, data, log, codespace, hash }: Sent): string =>
  `{"code":${code},"data":${hex(data)},"log":${quote(log)},"codespace":${quote(codespace)},` +
  `"hash":${hex(hash)}}`

/** What `broadcast_tx_commit` gives for a transaction that did not get into a block. */
const NO_RESULT: ExecTxResult = {
  code: 0,
  data: new Uint8Array(0),
  log: '',
  info: '',
  gasWanted: 0n,
  gasUsed: 0n,
  events: [],
  codespace: '',
}

const sendMethods = (node: RpcNode, commits: Commits): Methods => ({
  broadcast_tx_sync: method({ tx: 'tx' }, async ({ tx }) => sentText(await node.submit(tx)), {
    pipelined: true,
  }),
  broadcast_tx_async: method(
    { tx: 'tx' },
    async ({ tx }) => {
      const { hash } = await node.submit(tx)
      return sentText({ code: 0, data: new Uint8Array(0), log: '', codespace: '', hash })
    },
    { pipelined: true },
  ),
  broadcast_tx_commit: method({ tx: 'tx' }, async ({ tx }, { address }) => {
    const { checked, committed } = await commits.submit(tx, address)
    const result = committed ? freshResultText(committed.result) : txResultText(NO_RESULT)
    return (
      `{"check_tx":${freshResultText(checked)},"tx_result":${result},` +
      `"hash":${hex(checked.hash)},"height":${integer(committed?.height ?? 0)}}`
    )
  }),
  check_tx: method({ tx: 'tx' }, ({ tx }) => freshResultText(node.app.checkTx({ tx, type: 'new' }))),
})

export const txMethods = (node: RpcNode, commits: Commits): Methods => ({
  ...searchMethods(node),
  ...waitingMethods(node),
  ...sendMethods(node, commits),
})
