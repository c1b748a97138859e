// Questions to the state: gRPC methods by path, raw keys with proofs, and the few paths of the app itself.
// Codes, texts and heights are those of baseapp and of the SDK's rootmulti store, which clients depend on.
import { create, fromBinary, type Message, toBinary } from '@bufbuild/protobuf'
import { PairsSchema } from '../../../proto/gen/cosmos/store/internal/kv/v1beta1/kv_pb.ts'
import type { QueryRequest, QueryResponse } from '../../abci/application.ts'
import { type Bytes, prefixEnd, utf8 } from '../../bytes.ts'
import type { Context, View } from '../context.ts'
import { GrpcError, grpcCodes, panicError, sdk, storeErrors, TxError } from '../errors.ts'
import type { Route } from '../service.ts'
import { TRUNCATED } from '../wire.ts'
import { knownError } from './outcome.ts'
import type { ChainState } from './state.ts'

export type QueryParts = {
  chain: ChainState
  name: string
  version: string
  routes: ReadonlyMap<string, Route<View>>
  /** Volatile stores, which cannot be asked. */
  volatile: readonly string[]
  /** JSON of a simulation of raw bytes. Throws TxError. */
  simulateJson(raw: Bytes): string
  onBug: (error: unknown) => void
}

const NONE: Bytes = new Uint8Array()
const empty = (): QueryResponse => ({
  ...{ code: 0, log: '', info: '', index: 0n, key: NONE, value: NONE },
  ...{ proofOps: undefined, height: 0n, codespace: '' },
})
const failed = (error: TxError, height = 0n): QueryResponse => ({
  ...empty(),
  ...{ code: error.code, codespace: error.codespace, log: error.message, height },
})

export const answer = (parts: QueryParts, request: QueryRequest): QueryResponse => {
  try {
    return dispatch(parts, request)
  } catch (error) {
    if (error instanceof TxError) return failed(error)
    parts.onBug(error)
    return failed(panicError(error instanceof Error ? error.message : String(error)))
  }
}

const dispatch = (parts: QueryParts, request: QueryRequest): QueryResponse => {
  const height = request.height === 0n ? parts.chain.height : request.height
  if (request.path === '/cosmos.tx.v1beta1.Service/BroadcastTx')
    throw sdk.invalidRequest("can't route a broadcast tx message")
  const route = parts.routes.get(request.path)
  if (route !== undefined) return answerGrpc(parts, route, request, height)
  const path = request.path.split('/')
  if (path[0] === '') path.shift()
  if (path.length === 0) throw sdk.unknownRequest('no query path provided')
  if (path[0] === 'app') return answerApp(parts, path, request.data, height)
  if (path[0] === 'store') return answerStore(parts, path, { ...request, height })
  if (path[0] === 'p2p') return answerPeers(path)
  throw sdk.unknownRequest('unknown query path')
}

const answerGrpc = (parts: QueryParts, route: Route<View>, request: QueryRequest, height: bigint) => {
  const view = queryContext(parts, height, request.prove)
  try {
    return { ...empty(), height, value: callRoute(route, view, request.data) }
  } catch (error) {
    if (error instanceof GrpcError) return failed(grpcAsAbci(error), height)
    const known = knownError(error)
    if (known === undefined) throw error
    return failed(
      known.codespace === 'undefined' ? sdk.invalidRequest(known.message) : sdk.unknownRequest(known.message),
      height,
    )
  }
}

const callRoute = (route: Route<View>, view: View, data: Bytes): Bytes =>
  toBinary(route.output, route.run(view, decodeRequest(route, data)))

/** Bytes that are no request: an error without a code in ABCI; the gRPC server has its own words for it. */
class RequestError extends TxError {}

const decodeRequest = (route: Route<View>, data: Bytes): Message => {
  try {
    return fromBinary(route.input, data)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new RequestError('undefined', 1, reason === 'premature EOF' ? TRUNCATED : reason)
  }
}

/** One gRPC query by path. Throws GrpcError or TxError; height 0 is the last committed one. */
export const serve = (parts: QueryParts, path: string, data: Bytes, height: bigint) => {
  const route = parts.routes.get(path)
  if (route === undefined) throw new GrpcError(grpcCodes.Unimplemented, `unknown method ${path}`)
  const at = height === 0n ? parts.chain.height : height
  const view = queryContext(parts, at, false)
  try {
    return { value: callRoute(route, view, data), height: at }
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    throw new GrpcError(grpcCodes.Internal, `grpc: error unmarshalling request: ${error.message}`)
  }
}

/** The state to ask, as baseapp's CreateQueryContext finds it. */
const queryContext = ({ chain, name }: QueryParts, height: bigint, prove: boolean): Context => {
  if (height < 0n) throw sdk.invalidRequest('cannot query with height < 0; please provide a valid height')
  if (chain.height === 0n) throw sdk.invalidHeight(`${name} is not ready; please wait for first block`)
  if (height > chain.height)
    throw sdk.invalidHeight('cannot query with height in the future; please provide a valid height')
  if (height === 1n && prove) throw tooLowForProof()
  const view = chain.at(height)
  if (view !== undefined) return view
  throw sdk.notFound(
    `failed to load state at height ${height}; version mismatch on immutable IAVL tree; ` +
      'version does not exist. Version has either been pruned, or is for a future block height ' +
      `(latest height: ${chain.height})`,
  )
}

const tooLowForProof = () =>
  sdk.invalidRequest('cannot query with proof when height <= 1; please provide a valid height')

/** baseapp's gRPCErrorToSDKError. */
const grpcAsAbci = (error: GrpcError): TxError => {
  const { text } = error
  if (error.code === grpcCodes.NotFound) return sdk.keyNotFound(text)
  if (error.code === grpcCodes.InvalidArgument || error.code === grpcCodes.FailedPrecondition)
    return sdk.invalidRequest(text)
  if (error.code === grpcCodes.Unauthenticated) return sdk.unauthorized(text)
  return sdk.unknownRequest(text)
}

const answerApp = (parts: QueryParts, path: string[], data: Bytes, height: bigint): QueryResponse => {
  const value = (text: string) => ({ ...empty(), codespace: 'sdk', height, value: utf8(text) })
  if (path.length < 2)
    throw sdk.unknownRequest(
      "expected second parameter to be either 'simulate' or 'version', neither was present",
    )
  if (path[1] === 'version') return value(parts.version)
  if (path[1] !== 'simulate') throw sdk.unknownRequest(`unknown query: [${path.join(' ')}]`)
  try {
    return value(parts.simulateJson(data))
  } catch (error) {
    if (error instanceof TxError) throw error.wrap('failed to simulate tx')
    throw error
  }
}

const answerPeers = (path: string[]): QueryResponse => {
  if (path.length < 4) throw sdk.unknownRequest('path should be p2p filter <addr|id> <parameter>')
  if (path[1] !== 'filter') throw sdk.unknownRequest("expected second parameter to be 'filter'")
  return empty()
}

const answerStore = (parts: QueryParts, path: string[], request: QueryRequest): QueryResponse => {
  const { height, prove, data } = request
  if (height <= 1n && prove) throw tooLowForProof()
  const [name = '', ...rest] = path.slice(1)
  const subpath = rest.length === 0 ? '' : `/${rest.join('/')}`
  const { multistore } = parts.chain
  if (parts.volatile.includes(name))
    throw storeErrors.unknownRequest(`store ${name} (type *transient.Store) doesn't support queries`)
  if (!multistore.names.includes(name)) throw storeErrors.unknownRequest(`no such store: ${name}`)
  if (data.length === 0) throw storeErrors.txDecode('query cannot be zero length')
  if (subpath === '/subspace')
    return { ...empty(), height, key: data, value: subspace(parts.chain, name, data) }
  if (subpath !== '/key') throw storeErrors.unknownRequest(`unexpected query path: ${subpath}`)
  return answerKey(parts.chain, name, data, height, prove)
}

const answerKey = (
  chain: ChainState,
  name: string,
  key: Bytes,
  height: bigint,
  prove: boolean,
): QueryResponse => {
  const version = chain.multistore.at(Number(height))
  const proofs =
    prove && version !== undefined ? chain.multistore.prove(name, key, Number(height)) : undefined
  if (prove && proofs === undefined)
    throw storeErrors.invalidRequest('proof is unexpectedly empty; ensure height has not been pruned')
  const found = { ...empty(), key, height }
  if (version === undefined) return { ...found, log: 'version does not exist' }
  const value = version.store(name).get(key) ?? NONE
  if (proofs === undefined) return { ...found, value }
  const [iavl, simple] = proofs as [Bytes, Bytes]
  const proofOps = [
    { type: 'ics23:iavl', key, data: iavl },
    { type: 'ics23:simple', key: utf8(name), data: simple },
  ]
  return { ...found, value, proofOps }
}

/** All entries below a prefix of the latest state, as kv.Pairs. */
const subspace = (chain: ChainState, name: string, prefix: Bytes): Bytes => {
  const entries =
    chain.multistore.at(chain.multistore.version)?.store(name).iterate(prefix, prefixEnd(prefix)) ?? []
  const pairs = [...entries].map(([key, value]) => ({ key, value }))
  return toBinary(PairsSchema, create(PairsSchema, { pairs }))
}
