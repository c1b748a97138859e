// JSON-RPC 2.0 as CometBFT reads and answers it (rpc/jsonrpc/types, http_json_handler.go).

import { jsonString, jsonType, ParamError, utf8Text } from './json/raw.ts'
import { checkJson, pieces } from './json/scanner.ts'
import { quote } from './json/text.ts'

/** `id` is JSON text, undefined in a notification; `params` is raw JSON. */
export type Request = { id: string | undefined; method: string; params: string | undefined }

/** The id of answers to requests that have none of their own: GET requests and panics. */
export const NO_ID = '-1'

export const resultText = (id: string, result: string): string =>
  `{"jsonrpc":"2.0","id":${id},"result":${result}}`

export type Fault = { code: number; message: string; data?: string }
export const parseError = (data: string): Fault => ({
  code: -32700,
  message: 'Parse error. Invalid JSON',
  data,
})
export const invalidRequest = (data: string): Fault => ({ code: -32600, message: 'Invalid Request', data })
export const METHOD_NOT_FOUND: Fault = { code: -32601, message: 'Method not found' }
export const invalidParams = (data: string): Fault => ({ code: -32602, message: 'Invalid params', data })
export const internalError = (data: string): Fault => ({ code: -32603, message: 'Internal error', data })
export const serverError = (data: string): Fault => ({ code: -32000, message: 'Server error', data })

/** `id` undefined leaves it out. */
export const faultText = (id: string | undefined, { code, message, data }: Fault): string =>
  `{"jsonrpc":"2.0"${id === undefined ? '' : `,"id":${id}`},"error":{"code":${code},` +
  `"message":${quote(message)}${data ? `,"data":${quote(data)}` : ''}}}`

/** How Go prints the type that a request is read into. */
const REQUEST_TYPE =
  'struct { JSONRPC string "json:\\"jsonrpc\\""; ID interface {} "json:\\"id,omitempty\\""; ' +
  'Method string "json:\\"method\\""; Params json.RawMessage "json:\\"params\\"" }'

const MOST_NEGATIVE = -(2n ** 63n)

/** A number id as Go converts it: a float cut to an int of 64 bits. */
const numberId = (raw: string): string => {
  const value = Number(raw)
  if (!Number.isFinite(value))
    throw new ParamError(`json: cannot unmarshal number ${raw} into Go struct field .id of type float64`)
  const whole = BigInt(Math.trunc(value))
  return `${whole >= -MOST_NEGATIVE || whole < MOST_NEGATIVE ? MOST_NEGATIVE : whole}`
}

const GO_TYPES = { bool: 'bool', array: '[]interface {}', object: 'map[string]interface {}' }

/** What Go prints of a value that is no id. Only the outermost level is turned into Go's form. */
const goValue = (raw: string): string => {
  const type = jsonType(raw)
  if (type === 'array') return `[${pieces(raw).map(goScalar).join(' ')}]`
  if (type !== 'object') return raw
  const found = pieces(raw).map(goScalar)
  const members = found.flatMap((name, i) => (i % 2 === 0 ? [`${name}:${found[i + 1]}`] : []))
  return `map[${members.sort().join(' ')}]`
}
const goScalar = (raw: string): string =>
  jsonType(raw) === 'string' ? jsonString(raw) : jsonType(raw) === 'null' ? '<nil>' : utf8Text(raw)

const readId = (raw: string): string | undefined => {
  const type = jsonType(raw)
  if (type === 'null') return undefined
  if (type === 'string') return quote(jsonString(raw))
  if (type === 'number') return numberId(raw)
  throw new ParamError(`json-rpc ID (${goValue(raw)}) is of unknown type (${GO_TYPES[type]})`)
}

const FIELDS = ['jsonrpc', 'id', 'method', 'params'] as const
type Field = (typeof FIELDS)[number]

const readText = (field: Field, raw: string | undefined): string => {
  if (raw === undefined) return ''
  const type = jsonType(raw)
  if (type === 'string') return jsonString(raw)
  if (type === 'null') return ''
  throw new ParamError(`json: cannot unmarshal ${type} into Go struct field .${field} of type string`)
}

/** Reads one request from checked raw JSON; names of members may have any case. Throws ParamError. */
const readRequest = (raw: string): Request => {
  const type = jsonType(raw)
  if (type === 'null') return { id: undefined, method: '', params: undefined }
  if (type !== 'object')
    throw new ParamError(`json: cannot unmarshal ${type} into Go value of type ${REQUEST_TYPE}`)
  const members: Partial<Record<Field, string>> = {}
  const found = pieces(raw)
  for (let i = 0; i < found.length; i += 2) {
    const name = jsonString(found[i]!).toLowerCase()
    const field = FIELDS.find((known) => known === name)
    if (field !== undefined) members[field] = found[i + 1]!
  }
  readText('jsonrpc', members.jsonrpc)
  const method = readText('method', members.method)
  const id = members.id === undefined ? undefined : readId(members.id)
  return { id, method, params: members.params }
}

/**
 * The request in a WebSocket message, whose checked JSON value ends before the message does. Throws
 * ParamError.
 */
export const parseRequest = readRequest

/**
 * The requests in a body that holds one character a byte: one, or a batch. Throws JsonSyntaxError or
 * ParamError; a batch with one bad request is refused as a whole.
 */
export const parseRequests = (body: string): { requests: Request[]; isBatch: boolean } => {
  checkJson(body)
  const type = jsonType(body)
  if (type === 'null') return { requests: [], isBatch: false }
  if (type !== 'array') return { requests: [readRequest(body)], isBatch: false }
  try {
    return { requests: pieces(body).map(readRequest), isBatch: true }
  } catch (error) {
    if (!(error instanceof ParamError)) throw error
    throw new ParamError(`json: cannot unmarshal array into Go value of type ${REQUEST_TYPE}`)
  }
}
