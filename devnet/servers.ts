// The three doors of a chain: CometBFT RPC, REST and gRPC. The RPC opens first, so that a start is not kept
// waiting by what only some clients use.
import type { ChainNode } from './chain.ts'
import { OptionError, type Ports } from './options.ts'
import { startRpc } from './rpc/server.ts'

type Server = { readonly port: number; close(): Promise<void> }
export type Servers = {
  readonly urls: { rpc: string; rest: string; grpc: string }
  close(): Promise<void>
}

/**
 * Opens what can be opened. Throws OptionError that names a taken port and its flag; then none stays open.
 */
export const startServers = async (node: ChainNode, ports: Ports, host: string): Promise<Servers> => {
  const started = await Promise.allSettled([
    opened('rpc', ports.rpc, () =>
      startRpc(node, { host, port: ports.rpc, cors: '*', limits: { maxBatch: 0 } }),
    ),
    opened('rest', ports.rest, async () =>
      (await import('./rest.ts')).startRest(node, { host, port: ports.rest }),
    ),
    opened('grpc', ports.grpc, async () =>
      (await import('./grpc.ts')).startGrpc(node, { host, port: ports.grpc }),
    ),
  ])
  const servers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()))
  }
  const failure = started.find((result) => result.status === 'rejected')
  if (failure) {
    await close()
    throw failure.reason
  }
  const [rpc, rest, grpc] = servers as [Server, Server, Server]
  const name = host.includes(':') ? `[${host}]` : host
  return {
    urls: {
      rpc: `http://${name}:${rpc.port}`,
      rest: `http://${name}:${rest.port}`,
      grpc: `${name}:${grpc.port}`,
    },
    close,
  }
}

const opened = async (door: keyof Ports, port: number, open: () => Promise<Server>): Promise<Server> => {
  try {
    return await open()
  } catch (error) {
    const { code } = error as { code?: string }
    const taken = code === 'EADDRINUSE' || /EADDRINUSE|in use|bind/.test(String((error as Error).message))
    if (!taken && code !== 'EACCES') throw error
    const reason = code === 'EACCES' ? 'must not be opened by this user' : 'is taken'
    throw new OptionError(
      `port ${port} ${reason}: choose another with --${door}-port PORT (0 picks a free one), ` +
        'or stop what listens there',
    )
  }
}
