// Waiting for a transaction to get into a block (rpc/core/mempool.go BroadcastTxCommit). As in CometBFT
// whoever waits is a subscriber on the event bus and counts as one.
import type { ExecTxResult } from '../../chain/abci/application.ts'
import type { Bytes } from '../../chain/bytes.ts'
import { upperHex } from '../../chain/consensus/errors.ts'
import { sha256 } from '../../chain/hash.ts'
import type { Submitted } from '../chain.ts'
import type { Bus } from './bus.ts'
import type { RpcNode } from './node.ts'
import { parseQuery, type Query } from './query/parser.ts'

export type Committed = { height: number; result: ExecTxResult }
export type Commits = {
  /**
   * `committed` is undefined for a transaction that CheckTx refused. Rejects if there is no block with it in
   * time.
   */
  submit(tx: Bytes, address: string): Promise<{ checked: Submitted; committed: Committed | undefined }>
}

export type SubscriptionLimits = { maxSubscriptionClients: number; maxSubscriptionsPerClient: number }

/** Throws if this client may not subscribe to anything more. */
export const checkSubscriptions = (bus: Bus, client: string, limits: SubscriptionLimits): void => {
  if (bus.clients >= limits.maxSubscriptionClients)
    throw new Error(`max_subscription_clients ${limits.maxSubscriptionClients} reached`)
  if (bus.subscriptionsOf(client) >= limits.maxSubscriptionsPerClient)
    throw new Error(`max_subscriptions_per_client ${limits.maxSubscriptionsPerClient} reached`)
}

type Wait = { readonly done: Promise<void>; stop(): void }

/**
 * Subscribes to a transaction; `done` resolves when it is in a block and rejects when waiting has no use any
 * more.
 */
const waitFor = (bus: Bus, client: string, query: Query, timeoutMs: number): Wait => {
  let timer: NodeJS.Timeout | undefined
  const done = new Promise<void>((resolve, reject) => {
    bus.subscribe(client, query, {
      event: () => resolve(),
      ended: (reason) => reject(new Error(`txSub was canceled (reason: ${reason})`)),
    })
    timer = setTimeout(
      () => reject(new Error('timed out waiting for tx to be included in a block')),
      timeoutMs,
    )
  })
  // Nobody listens yet if CheckTx refuses the transaction.
  done.catch(() => undefined)
  const stop = () => {
    clearTimeout(timer)
    bus.drop(client, query)
  }
  return { done, stop }
}

const failure = (prefix: string, error: unknown): Error =>
  new Error(`${prefix}${error instanceof Error ? error.message : error}`, { cause: error })

export const createCommits = (
  node: RpcNode,
  bus: Bus,
  limits: SubscriptionLimits & { timeoutBroadcastTxCommitMs: number },
): Commits => ({
  async submit(tx, address) {
    checkSubscriptions(bus, address, limits)
    const hash = sha256(tx)
    const query = parseQuery(`tm.event='Tx' AND tx.hash='${upperHex(hash)}'`)
    const wait = subscribed(() => waitFor(bus, address, query, limits.timeoutBroadcastTxCommitMs))
    try {
      const checked = await node.submit(tx).catch((error: unknown) => {
        throw failure('error on broadcastTxCommit: ', error)
      })
      if (checked.code !== 0) return { checked, committed: undefined }
      await wait.done
      const found = node.index.tx(hash)
      if (found === undefined) throw new Error(`tx (${upperHex(hash)}) not found`)
      return { checked, committed: { height: found.height, result: found.result } }
    } finally {
      wait.stop()
    }
  },
})

const subscribed = (subscribe: () => Wait): Wait => {
  try {
    return subscribe()
  } catch (error) {
    throw failure('failed to subscribe to tx: ', error)
  }
}
