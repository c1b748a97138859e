// gRPC for every query service of a chain, with server reflection. Messages pass through as bytes: the
// application decodes and encodes them.

import type { DescService } from '@bufbuild/protobuf'
import {
  type handleUnaryCall,
  logVerbosity,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type StatusObject,
  setLogVerbosity,
} from '@grpc/grpc-js'
import type { ChainNode } from './chain.ts'
import { type Gateway, QueryFailure } from './gateway.ts'
import { addReflection } from './grpc/reflection.ts'
import { gatewayOf } from './services.ts'

export type GrpcOptions = {
  host: string
  /** 0 picks a free one. */
  port: number
  /** Told about throws that are our own fault. */
  bug?: (error: unknown) => void
}
export type GrpcServer = { readonly port: number; close(): Promise<void> }

const HEIGHT = 'x-cosmos-block-height'
/** The SDK's max-recv-msg-size. */
const MAX_RECEIVE = 10 * 1024 * 1024
/** How long calls may go on after `close`. */
const GRACE_MS = 500

/** Starts the gRPC server. Rejects with an Error of the socket if the port is taken. */
export const startGrpc = async (node: ChainNode, { host, port, bug }: GrpcOptions): Promise<GrpcServer> =>
  serveGrpc(gatewayOf(node, bug), host, port)

export const serveGrpc = async (gateway: Gateway, host: string, port: number): Promise<GrpcServer> => {
  setLogVerbosity(logVerbosity.NONE) // a taken port is told by its error, once
  const server = new Server({
    'grpc.max_receive_message_length': MAX_RECEIVE,
    'grpc.max_send_message_length': -1,
    'grpc.enable_channelz': 0,
  })
  for (const service of gateway.queryServices)
    server.addService(definitionOf(service), handlersOf(service, gateway))
  addReflection(server, gateway.registry, gateway.queryServices)
  const name = host.includes(':') ? `[${host}]` : host
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${name}:${port}`, ServerCredentials.createInsecure(), (error, taken) =>
      error ? reject(error) : resolve(taken),
    )
  })
  return { port: bound, close: () => closeServer(server) }
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown()
      resolve()
    }, GRACE_MS)
    server.tryShutdown(() => {
      clearTimeout(timer)
      resolve()
    })
  })

const same = (bytes: Buffer): Buffer => bytes

const definitionOf = ({ typeName, methods }: DescService): ServiceDefinition =>
  Object.fromEntries(
    methods.map(({ name }) => [
      name,
      {
        path: `/${typeName}/${name}`,
        requestStream: false,
        responseStream: false,
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      },
    ]),
  )

const handlersOf = ({ typeName, methods }: DescService, gateway: Gateway) =>
  Object.fromEntries(methods.map(({ name }) => [name, handler(`/${typeName}/${name}`, gateway)]))

const handler =
  (path: string, gateway: Gateway): handleUnaryCall<Buffer, Buffer> =>
  (call, callback) => {
    const heights = call.metadata.get(HEIGHT)
    const asked = heights.length === 1 ? `${heights[0]}` : undefined
    const answered = ({ value, height }: { value: Uint8Array; height: bigint }) => {
      if (call.cancelled) return
      call.sendMetadata(heightMetadata(height))
      callback(null, Buffer.from(value.buffer, value.byteOffset, value.length))
    }
    const failed = (error: unknown) => {
      if (call.cancelled) return
      if (error instanceof QueryFailure && error.height !== undefined)
        call.sendMetadata(heightMetadata(error.height))
      callback(statusOf(error))
    }
    void gateway.call(path, call.request, asked).then(answered, failed)
  }

const heightMetadata = (height: bigint): Metadata => {
  const metadata = new Metadata()
  metadata.set(HEIGHT, `${height}`)
  return metadata
}

const statusOf = (error: unknown): Partial<StatusObject> => {
  if (error instanceof QueryFailure) return { code: error.code, details: error.message }
  return { code: 13, details: error instanceof Error ? error.message : `${error}` }
}
