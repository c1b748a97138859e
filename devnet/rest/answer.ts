// One REST request answered: route, request message, query, JSON. Knows nothing of sockets.
import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { reflect } from '@bufbuild/protobuf/reflect'
import { fromUtf8 } from '../../chain/bytes.ts'
import { GrpcError, grpcCodes } from '../../chain/runtime/errors.ts'
import { fromJsonText, JsonError, JsonTextError, toJsonText } from '../../chain/runtime/json.ts'
import { readField } from '../../chain/runtime/json-read.ts'
import { parseJson } from '../../chain/runtime/json-text.ts'
import { type Gateway, QueryFailure } from '../gateway.ts'
import { parseQuery, setPathField, setQueryFields } from './parameters.ts'
import type { RouteMatch, Routes } from './routes.ts'

export type RestRequest = {
  method: string
  /** As it stands in the request line. */
  url: string
  /** The text of x-cosmos-block-height, if it was sent. */
  height: string | undefined
  /** Reads the body; rejects with QueryFailure if it is too large. */
  body(): Promise<Uint8Array>
}
export type RestAnswer = { status: number; headers: Record<string, string>; body: string }

/** google.rpc.Code to HTTP status, as grpc-gateway maps them; 500 for the others. */
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

export const HEIGHT = 'x-cosmos-block-height'

/** The SDK's client broadcasts by itself instead of over gRPC, so that its answer carries no metadata. */
const WITHOUT_METADATA = 'cosmos.tx.v1beta1.Service/BroadcastTx'

/** Never rejects but for a bug of ours. */
export const answerRest = async (
  gateway: Gateway,
  routes: Routes,
  request: RestRequest,
): Promise<RestAnswer> => {
  const at = request.url.indexOf('?')
  const [path, query] = at < 0 ? [request.url, ''] : [request.url.slice(0, at), request.url.slice(at + 1)]
  try {
    const clean = path.replace(/\/{2,}/g, '/') // Go's router redirects doubled slashes
    if (clean !== path) {
      const location = query === '' ? clean : `${clean}?${query}`
      return { status: 301, headers: { location }, body: '' }
    }
    const found = routes.find(request.method, decodePath(path))
    if (found === undefined) throw new QueryFailure(grpcCodes.Unimplemented, 'Not Implemented', undefined)
    return await forward(gateway, found, query, request)
  } catch (error) {
    if (error instanceof QueryFailure) return failure(error, {})
    if (error instanceof GrpcError) return failure(error, {})
    throw error
  }
}

const decodePath = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch (error) {
    if (error instanceof URIError) throw new QueryFailure(3, `invalid URL escape in ${path}`, undefined)
    throw error
  }
}

const forward = async (
  gateway: Gateway,
  { route, variables }: RouteMatch,
  query: string,
  request: RestRequest,
): Promise<RestAnswer> => {
  const { method } = route
  const message = readBody(gateway, route, route.body === '' ? '' : fromUtf8(await request.body()))
  for (const [field, value] of variables) setPathField(message, field, value)
  if (route.body !== '*') {
    const taken = [...variables.map(([field]) => field), ...(route.body === '' ? [] : [route.body])]
    setQueryFields(message, parseQuery(query), taken)
  }
  const path = `${method.parent.typeName}/${method.name}`
  const metadata = (height: bigint | undefined): Record<string, string> =>
    height === undefined || path === WITHOUT_METADATA
      ? {}
      : {
          'grpc-metadata-content-type': 'application/grpc+cosmos-sdk-grpc-codec',
          [`grpc-metadata-${HEIGHT}`]: `${height}`,
        }
  try {
    const { value, height } = await gateway.call(
      `/${path}`,
      toBinary(method.input, message.message),
      request.height,
    )
    const body = toJsonText(method.output, fromBinary(method.output, value), gateway.registry)
    const headers = metadata(height)
    if (path !== WITHOUT_METADATA) headers[HEIGHT] = `${height}`
    return { status: 200, headers: { 'content-type': 'application/json', ...headers }, body }
  } catch (error) {
    if (error instanceof QueryFailure) return failure(error, metadata(error.height))
    if (error instanceof JsonError) return failure({ code: grpcCodes.Unknown, message: error.message }, {})
    throw error
  }
}

const readBody = (gateway: Gateway, { method, body }: RouteMatch['route'], text: string) => {
  const { input } = method
  if (text.trim() === '') return reflect(input)
  try {
    if (body === '*')
      return reflect(input, fromJsonText(input, text, gateway.registry, { ignoreUnknown: true }))
    const message = reflect(input)
    const field = input.fields.find(({ name }) => name === body)
    if (field !== undefined) readField(message, field, parseJson(text).value, gateway.registry)
    return message
  } catch (error) {
    if (error instanceof JsonError || error instanceof JsonTextError)
      throw new QueryFailure(3, error.message, undefined)
    throw error
  }
}

/** The body of an error has a space after each comma, as protojson left it in the recorded answers. */
export const failure = (
  { code, message }: { code: number; message: string },
  headers: Record<string, string>,
): RestAnswer => ({
  status: HTTP_STATUS[code] ?? 500,
  headers: { 'content-type': 'application/json', ...headers },
  body: `{"code":${code}, "message":${JSON.stringify(message)}, "details":[]}`,
})
