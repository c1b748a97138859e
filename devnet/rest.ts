// REST as the SDK's grpc-gateway serves it, derived from the google.api.http annotations of the registered
// services: path and query into the request message, the response in the SDK's JSON, gRPC statuses as HTTP
// statuses.
import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { reflect } from '@bufbuild/protobuf/reflect'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { fromUtf8 } from '../chain/bytes.ts'
import { GrpcError, grpcCodes } from '../chain/runtime/errors.ts'
import { fromJsonText, JsonError, JsonTextError, toJsonText } from '../chain/runtime/json.ts'
import { readField } from '../chain/runtime/json-read.ts'
import { parseJson } from '../chain/runtime/json-text.ts'
import type { ChainNode } from './chain.ts'
import { type Gateway, QueryFailure } from './gateway.ts'
import { parseQuery, setPathField, setQueryFields } from './rest/parameters.ts'
import { createRoutes, type RouteMatch, type Routes } from './rest/routes.ts'
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

/** google.rpc.Code to HTTP status, as grpc-gateway maps them. */
const HTTP_STATUS: Record<number, number> = {
  [grpcCodes.OK]: 200,
  [grpcCodes.Canceled]: 408,
  [grpcCodes.InvalidArgument]: 400,
  [grpcCodes.DeadlineExceeded]: 504,
  [grpcCodes.NotFound]: 404,
  [grpcCodes.AlreadyExists]: 409,
  [grpcCodes.PermissionDenied]: 403,
  [grpcCodes.Unauthenticated]: 401,
  [grpcCodes.ResourceExhausted]: 429,
  [grpcCodes.FailedPrecondition]: 400,
  [grpcCodes.Aborted]: 409,
  [grpcCodes.OutOfRange]: 400,
  [grpcCodes.Unimplemented]: 501,
  [grpcCodes.Unavailable]: 503,
}

const MAX_BODY = 1_000_000
const METADATA = 'grpc-metadata-'
const HEIGHT = 'x-cosmos-block-height'

/** The SDK's client broadcasts by itself instead of over gRPC, so that its answer carries no metadata. */
const WITHOUT_METADATA = 'cosmos.tx.v1beta1.Service/BroadcastTx'

/** Starts the REST server. Rejects with the socket's error (EADDRINUSE) if the port is taken. */
export const startRest = (node: ChainNode, options: RestOptions): Promise<RestServer> =>
  serveRest(gatewayOf(node, options.bug), options)

export const serveRest = async (gateway: Gateway, options: RestOptions): Promise<RestServer> => {
  const { host, port } = options
  const app = Fastify({
    bodyLimit: options.maxBodyBytes ?? MAX_BODY,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 65536, ignoreDuplicateSlashes: false },
  })
  let routes: Routes | undefined
  const findRoute = (verb: string, path: string) =>
    (routes ??= createRoutes(gateway.queryServices)).find(verb, path)

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-server-time', `${Math.floor(Date.now() / 1000)}`)
    allowAllOrigins(request, reply)
  })
  app.setErrorHandler((error: Error & { code?: string; statusCode?: number }, _request, reply) => {
    const tooLarge = error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
    sendFailure(
      reply,
      new QueryFailure(3, tooLarge ? 'http: request body too large' : error.message, undefined),
    )
  })
  app.setNotFoundHandler((request, reply) => answer(request, reply, gateway, findRoute))
  await app.listen({ host, port })
  const address = app.server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => app.close(),
  }
}

/** Browsers may call from anywhere, as they may with other devnets; a preflight is answered here. */
const allowAllOrigins = (request: FastifyRequest, reply: FastifyReply): void => {
  reply.header('access-control-allow-origin', '*')
  if (request.headers.origin === undefined) return
  reply.header('access-control-expose-headers', '*')
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return
  reply.header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE, OPTIONS')
  reply.header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*')
  reply.header('access-control-max-age', '86400')
  reply.code(204).send()
}

const answer = async (
  request: FastifyRequest,
  reply: FastifyReply,
  gateway: Gateway,
  findRoute: (verb: string, path: string) => RouteMatch | undefined,
): Promise<FastifyReply> => {
  const [rawPath = '/', query = ''] = splitUrl(request.raw.url ?? '/')
  try {
    const clean = cleanPath(rawPath)
    if (clean !== rawPath) return reply.redirect(query === '' ? clean : `${clean}?${query}`, 301)
    const found = findRoute(request.method, decodePath(rawPath))
    if (found === undefined) throw new QueryFailure(grpcCodes.Unimplemented, 'Not Implemented', undefined)
    return await forward(request, reply, gateway, found, query)
  } catch (error) {
    if (error instanceof QueryFailure) return sendFailure(reply, error)
    if (error instanceof GrpcError)
      return sendFailure(reply, new QueryFailure(error.code, error.message, undefined))
    throw error
  }
}

const splitUrl = (url: string): [path: string, query: string] => {
  const at = url.indexOf('?')
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)]
}

/** Doubled slashes are answered with a redirect, as Go's router does. */
const cleanPath = (path: string): string => path.replace(/\/{2,}/g, '/')

const decodePath = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch (error) {
    if (error instanceof URIError) throw new QueryFailure(3, `invalid URL escape in ${path}`, undefined)
    throw error
  }
}

const forward = async (
  request: FastifyRequest,
  reply: FastifyReply,
  gateway: Gateway,
  { route, variables }: RouteMatch,
  query: string,
): Promise<FastifyReply> => {
  const { method } = route
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const message = readBody(gateway, route, body)
  for (const [field, value] of variables) setPathField(message, field, value)
  if (route.body !== '*') {
    const taken = [...variables.map(([field]) => field), ...(route.body === '' ? [] : [route.body])]
    setQueryFields(message, parseQuery(query), taken)
  }
  const path = `${method.parent.typeName}/${method.name}`
  const asked = request.headers[HEIGHT] ?? request.headers[METADATA + HEIGHT]
  const data = toBinary(method.input, message.message)
  const withMetadata = path !== WITHOUT_METADATA
  try {
    const { value, height } = await gateway.call(`/${path}`, data, `${asked ?? ''}`)
    const text = toJsonText(method.output, fromBinary(method.output, value), gateway.registry)
    if (withMetadata) sendMetadata(reply, height).header(HEIGHT, `${height}`)
    return reply.code(200).header('content-type', 'application/json').send(Buffer.from(text))
  } catch (error) {
    if (error instanceof JsonError) throw new QueryFailure(grpcCodes.Unknown, error.message, undefined)
    if (error instanceof QueryFailure && error.height !== undefined && withMetadata)
      sendMetadata(reply, error.height)
    throw error
  }
}

const readBody = (gateway: Gateway, route: RouteMatch['route'], body: Uint8Array) => {
  const { input } = route.method
  const text = fromUtf8(body)
  if (route.body === '' || text.trim() === '') return reflect(input)
  try {
    if (route.body === '*')
      return reflect(input, fromJsonText(input, text, gateway.registry, { ignoreUnknown: true }))
    const message = reflect(input)
    const field = input.fields.find(({ name }) => name === route.body)
    if (field !== undefined) readField(message, field, parseJson(text).value, gateway.registry)
    return message
  } catch (error) {
    if (error instanceof JsonError || error instanceof JsonTextError)
      throw new QueryFailure(3, error.message, undefined)
    throw error
  }
}

const sendMetadata = (reply: FastifyReply, height: bigint): FastifyReply =>
  reply
    .header('grpc-metadata-content-type', 'application/grpc+cosmos-sdk-grpc-codec')
    .header(METADATA + HEIGHT, `${height}`)

/** The body of an error has a space after each comma, as protojson left it in the recorded answers. */
const sendFailure = (reply: FastifyReply, { code, message }: QueryFailure): FastifyReply =>
  reply
    .code(HTTP_STATUS[code] ?? 500)
    .header('content-type', 'application/json')
    .send(Buffer.from(`{"code":${code}, "message":${JSON.stringify(message)}, "details":[]}`))
