// CometBFT 0.38's RPC for one chain, over HTTP and WebSocket on one port. It stands on node:http alone: two
// routes (all methods under their names, JSON-RPC at `/`) need no framework, and loading one would take a
// tenth of the time in which a chain should start.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ProducedBlock } from '../../chain/consensus/engine.ts'
import { abciMethods } from './abci.ts'
import { blockMethods } from './blocks.ts'
import { Bus } from './bus.ts'
import { createCommits } from './commits.ts'
import { blockEvents } from './events.ts'
import { evidenceMethods } from './evidence.ts'
import { createHandler, type Route } from './handler.ts'
import type { Cors } from './http.ts'
import { infoMethods } from './info.ts'
import type { Methods } from './method.ts'
import type { RpcNode } from './node.ts'
import { subscriptionMethods } from './subscriptions.ts'
import { txMethods } from './txs.ts'
import { createSocketServer } from './websocket.ts'

export type { Route } from './handler.ts'
export { type Method, type Methods, method } from './method.ts'
export type { RpcNode } from './node.ts'

export type RpcLimits = {
  /**
   * Requests in one batch; 0 is no limit. The default is CometBFT's: a batch is answered as a whole, so its
   * size bounds what one request can make the node hold. Who loads a chain through batches raises it.
   */
  maxBatch: number
  /** Bytes of one request, over HTTP or WebSocket. */
  maxBodyBytes: number
  /** Connections open at once. */
  maxConnections: number
  maxSubscriptionClients: number
  maxSubscriptionsPerClient: number
  /** Bytes of events that may wait for one slow WebSocket client before its subscription ends. */
  maxWaitingBytes: number
  timeoutBroadcastTxCommitMs: number
}

/** CometBFT's defaults; in place of its 200 events a slow client may leave bytes waiting. */
export const DEFAULT_LIMITS: RpcLimits = {
  maxBatch: 10,
  maxBodyBytes: 1_000_000,
  maxConnections: 900,
  maxSubscriptionClients: 100,
  maxSubscriptionsPerClient: 5,
  maxWaitingBytes: 32 << 20,
  timeoutBroadcastTxCommitMs: 10_000,
}

export type RpcOptions = {
  host: string
  /** 0 picks a free one. */
  port: number
  /** Default none. */
  cors?: Cors
  limits?: Partial<RpcLimits>
  /** Methods beside CometBFT's, such as `dev_*`. */
  methods?: Methods
  /** Plain routes by path, such as `/explorer`. */
  routes?: Readonly<Record<string, Route>>
}

export type RpcServer = {
  readonly address: string
  readonly port: number
  /** Adds methods to those that are served; one of the same name is replaced. */
  addMethods(methods: Methods): void
  addRoute(path: string, route: Route): void
  close(): Promise<void>
}

const listen = (server: Server, port: number, host: string): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve(server.address() as AddressInfo)
    })
  })

const refuseUpgrade = (socket: Duplex): void => {
  socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
}

/** Milliseconds for the headers of a request, for all of it, and between two on one connection. */
const TIMEOUTS = { headersTimeout: 15_000, requestTimeout: 30_000, keepAliveTimeout: 75_000 }

type Parts = {
  handle: (request: IncomingMessage, response: ServerResponse) => void
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  maxConnections: number
}
const httpServer = ({ handle, upgrade, maxConnections }: Parts): Server => {
  const server = createServer({ maxHeaderSize: 1 << 20, ...TIMEOUTS }, handle)
  server.maxConnections = maxConnections
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    if (request.url?.split('?')[0] === '/websocket') upgrade(request, socket, head)
    else refuseUpgrade(socket)
  })
  return server
}

const publishTo = (bus: Bus, node: RpcNode) => (produced: ProducedBlock) => {
  if (bus.isIdle) return
  for (const event of blockEvents(produced, node.engine.blocks)) bus.publish(event)
}

/**
 * Serves CometBFT's RPC until `close`. Rejects with node's error (`code` EADDRINUSE, EACCES) if the port
 * cannot be opened.
 */
export const startRpc = async (node: RpcNode, options: RpcOptions): Promise<RpcServer> => {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const bus = new Bus()
  let address = ''
  let methods: Methods = {
    ...infoMethods(node, () => address),
    ...blockMethods(node),
    ...txMethods(node, createCommits(node, bus, limits)),
    ...abciMethods(node),
    ...evidenceMethods(node),
    ...subscriptionMethods(bus, limits),
    ...options.methods,
  }
  const routes = new Map(Object.entries(options.routes ?? {}))
  const ready = () => node.saving
  const sockets = createSocketServer({
    ...{ methods: () => methods, bus, ready, maxMessageBytes: limits.maxBodyBytes },
    maxWaitingBytes: limits.maxWaitingBytes,
  })
  const handle = createHandler({
    ...{ methods: () => methods, routes, ready, cors: options.cors ?? [] },
    maxBatch: limits.maxBatch,
    maxBodyBytes: limits.maxBodyBytes,
  })
  const { maxConnections } = limits
  const server = httpServer({ handle, upgrade: sockets.upgrade, maxConnections })
  const bound = await listen(server, options.port, options.host)
  address = `tcp://${bound.address.includes(':') ? `[${bound.address}]` : bound.address}:${bound.port}`
  const stopPublishing = node.onBlock(publishTo(bus, node))
  return {
    address,
    port: bound.port,
    addMethods(more) {
      methods = { ...methods, ...more }
    },
    addRoute: (path, route) => void routes.set(path, route),
    async close() {
      stopPublishing()
      bus.close()
      await sockets.close()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
