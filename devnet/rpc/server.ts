// CometBFT 0.38's RPC for one chain, over HTTP and WebSocket.
import type { FastifyInstance } from 'fastify'
import type { ChainNode } from '../chain.ts'

/** What the RPC needs of a chain. */
export type RpcNode = Pick<
  ChainNode,
  'genesis' | 'engine' | 'app' | 'index' | 'info' | 'submit' | 'onBlock' | 'saving'
>

export type RpcLimits = {
  /** Requests in one batch; 0 is no limit. CometBFT's default is 10. */
  maxBatch: number
  maxBodyBytes: number
  maxSubscriptionClients: number
  maxSubscriptionsPerClient: number
  /** Bytes of events that may wait for one slow WebSocket client before it is cut off. */
  maxWaitingBytes: number
  timeoutBroadcastTxCommitMs: number
}

export type RpcOptions = {
  host: string
  /** 0 picks a free one. */
  port: number
  /** Origins that browsers may call from: `*`, a list, or none. */
  cors: '*' | readonly string[]
  limits?: Partial<RpcLimits>
  /** Methods beside CometBFT's, such as `dev_*`. */
  methods?: Record<string, unknown>
  /** Plain routes beside the methods, registered before the server listens. */
  routes?: (app: FastifyInstance) => void
}

export type RpcServer = { readonly address: string; readonly port: number; close(): Promise<void> }

/** Serves CometBFT's RPC until `close`. Rejects with an Error that names the port if it is taken. */
export declare const startRpc: (node: RpcNode, options: RpcOptions) => Promise<RpcServer>
