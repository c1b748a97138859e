// REST as the SDK's grpc-gateway serves it, derived from the google.api.http annotations of the registered
// services: path and query into the request message, the response in the SDK's JSON, gRPC statuses as HTTP
// statuses. Routes are made when the first request comes. Plain node:http: the routes are not those of a web
// framework, whose loading would be the longest part of a start.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { ChainNode } from './chain.ts'
import { type Gateway, QueryFailure } from './gateway.ts'
import { answerRest, failure, HEIGHT, type RestAnswer } from './rest/answer.ts'
import { createRoutes, type Routes } from './rest/routes.ts'
import { gatewayOf } from './services.ts'

export type RestOptions = {
  host: string
  /** 0 picks a free one. */
  port: number
  /** Largest request body; the SDK's rpc-max-body-bytes. */
  maxBodyBytes?: number
  /** Told about throws that are our own fault. */
  bug?: (error: unknown) => void
}
export type RestServer = { readonly port: number; close(): Promise<void> }

const MAX_BODY = 1_000_000
/** Bytes of a refused body that are still taken, so that the client can read why it was refused. */
const DRAIN = 64 << 20

/** Starts the REST server. Rejects with the socket's error (EADDRINUSE) if the port is taken. */
export const startRest = (node: ChainNode, options: RestOptions): Promise<RestServer> =>
  serveRest(gatewayOf(node, options.bug), options)

export const serveRest = async (gateway: Gateway, options: RestOptions): Promise<RestServer> => {
  const { host, port, maxBodyBytes = MAX_BODY, bug = () => undefined } = options
  let routes: Routes | undefined
  const answer = async (request: IncomingMessage): Promise<RestAnswer> => {
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined)
      return preflight(request)
    routes ??= createRoutes(gateway.queryServices)
    const asked = request.headers[HEIGHT] ?? request.headers[`grpc-metadata-${HEIGHT}`]
    return answerRest(gateway, routes, {
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      height: asked === undefined ? undefined : `${asked}`,
      body: () => readBody(request, maxBodyBytes),
    })
  }
  const server = createServer((request, response) => {
    answer(request)
      .catch((error: unknown) => {
        bug(error)
        return failure({ code: 13, message: error instanceof Error ? error.message : `${error}` }, {})
      })
      .then((answered) => send(response, answered))
  })
  await listen(server, host, port)
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => close(server),
  }
}

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/** Browsers may call from anywhere, as they may with other devnets. */
const preflight = ({ headers }: IncomingMessage): RestAnswer => ({
  status: 204,
  headers: {
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
    'access-control-allow-headers': headers['access-control-request-headers'] ?? '*',
    'access-control-max-age': '86400',
  },
  body: '',
})

const send = (response: ServerResponse, { status, headers, body }: RestAnswer): void => {
  if (response.headersSent || response.destroyed) return
  const bytes = Buffer.from(body)
  response.writeHead(status, {
    ...headers,
    'access-control-allow-origin': '*',
    'access-control-expose-headers': '*',
    'x-server-time': `${Math.floor(Date.now() / 1000)}`,
    ...(status !== 204 && { 'content-length': `${bytes.length}` }),
  })
  response.end(bytes)
}

const readBody = (request: IncomingMessage, limit: number): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= limit) {
        chunks.push(chunk)
        return
      }
      chunks.length = 0
      reject(new QueryFailure(3, 'http: request body too large', undefined))
      if (length > limit + DRAIN) request.destroy()
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', reject)
    request.on('close', () => reject(new QueryFailure(1, 'the connection was closed', undefined)))
  })
