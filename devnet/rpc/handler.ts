// HTTP requests: JSON-RPC at `/`, each method under its name, and whatever routes were added.
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Answer,
  answer,
  callMethod,
  isParamFault,
  messageOf,
  methodNamed,
  Pipeline,
  type Readiness,
} from './dispatch.ts'
import {
  applyCors,
  BodyTooLarge,
  type Cors,
  readBody,
  sendHtml,
  sendJson,
  sendNotFound,
  sendNothing,
  sendText,
} from './http.ts'
import {
  faultText,
  internalError,
  invalidParams,
  invalidRequest,
  METHOD_NOT_FOUND,
  NO_ID,
  parseError,
  parseRequests,
  type Request,
  resultText,
} from './jsonrpc.ts'
import { isCacheable, type Method, type Methods } from './method.ts'
import { parseForm, readUriParams } from './uri.ts'

/** Answers a request to a path of its own. */
export type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

export type HandlerOptions = {
  methods: () => Methods
  routes: ReadonlyMap<string, Route>
  ready: Readiness
  cors: Cors
  maxBatch: number
  maxBodyBytes: number
}

const CACHE = { 'cache-control': 'public, max-age=86400' }

const addressOf = ({ socket }: IncomingMessage): string => `${socket.remoteAddress}:${socket.remotePort}`

/** The page that a browser sees at `/`. */
const endpointsPage = (methods: Methods, host: string): string => {
  const links = Object.entries(methods)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { params }]) => {
      const query = Object.keys(params).map((param) => `${param}=_`)
      const link = `//${host}/${name}?${query.join('&')}`
      return `<a href="${link}">${link}</a></br>`
    })
  const heads = '<br>Available endpoints:<br><br>Endpoints that require arguments:<br>'
  return `<html><body>${heads}${links.join('')}</body></html>`
}

/** `host` comes from the client and goes into a page. */
const escapedHost = (host: string | undefined): string => (host ?? '').replace(/[<>&"']/g, '')

/** A path as Go's router sees it; undefined if it is broken. */
const decodedPath = (url: string): string | undefined => {
  const path = url.split('?', 1)[0]!
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path)
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

const answerUri = async (
  method: Method,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
  ready: Readiness,
): Promise<void> => {
  if (method.webSocketOnly) return sendJson(response, 404, faultText(NO_ID, METHOD_NOT_FOUND))
  const query = parseForm(request.url!.split('?').slice(1).join('?'))
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  let args: Record<string, unknown>
  try {
    args = readUriParams(method.params, query, isForm ? parseForm(body) : new Map())
  } catch (error) {
    if (!isParamFault(error)) throw error
    const data = `error converting http params to arguments: ${error.message}`
    return sendJson(response, 500, faultText(NO_ID, invalidParams(data)))
  }
  try {
    const result = await callMethod(method, args, { address: addressOf(request), id: NO_ID }, ready)
    sendJson(response, 200, resultText(NO_ID, result), isCacheable(method, args) ? CACHE : {})
  } catch (error) {
    sendJson(response, 500, faultText(NO_ID, internalError(messageOf(error))))
  }
}

const answerAll = async (
  requests: readonly Request[],
  methods: Methods,
  address: string,
  ready: Readiness,
): Promise<Answer[]> => {
  const pipeline = new Pipeline()
  const answers: Promise<Answer>[] = []
  for (const request of requests) {
    const { id, method } = request
    if (id === undefined) continue
    const pipelined = methodNamed(methods, method)?.pipelined ?? false
    const { task } = await pipeline.run(pipelined, () => answer(methods, request, { address, id }, ready))
    answers.push(task)
  }
  return Promise.all(answers)
}

const tooManyText = (most: number): string =>
  faultText(undefined, invalidRequest(`batch request exceeds maximum (${most}) allowed number of requests`))

const answerJson = async (
  { methods, ready, maxBatch }: HandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): Promise<void> => {
  if (body === '') return sendHtml(response, endpointsPage(methods(), escapedHost(request.headers.host)))
  let parsed: ReturnType<typeof parseRequests>
  try {
    parsed = parseRequests(body)
  } catch (error) {
    if (!isParamFault(error)) throw error
    const fault = parseError(`error unmarshaling request: ${error.message}`)
    return sendJson(response, 500, faultText(undefined, fault))
  }
  const { requests } = parsed
  if (maxBatch > 0 && requests.length > maxBatch) return sendJson(response, 200, tooManyText(maxBatch))
  const answers = await answerAll(requests, methods(), addressOf(request), ready)
  if (answers.length === 0) return sendNothing(response)
  const texts = answers.map(({ text }) => text)
  const json = texts.length === 1 ? texts[0]! : `[${texts.join(',')}]`
  sendJson(response, 200, json, answers.every(({ cacheable }) => cacheable) ? CACHE : {})
}

const respond = async (
  options: HandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const path = decodedPath(request.url!)
  if (path === undefined) return sendText(response, 400, '400 Bad Request')
  const route = options.routes.get(path)
  if (route) return route(request, response)
  const body = await readBody(request, options.maxBodyBytes)
  if (path === '/') return answerJson(options, request, response, body)
  const method = methodNamed(options.methods(), path.slice(1))
  if (method) return answerUri(method, request, response, body, options.ready)
  if (path === '/websocket') return sendText(response, 400, 'Bad Request', { 'sec-websocket-version': '13' })
  sendNotFound(response)
}

/**
 * Answers for what went wrong on the way: a body too long, a panic that CometBFT would have, a bug of ours.
 */
const recover = (response: ServerResponse, error: unknown): void => {
  if (error instanceof BodyTooLarge) {
    const fault = invalidRequest(`error reading request body: ${error.message}`)
    sendJson(response, 400, faultText(undefined, fault), { connection: 'close' })
  } else sendJson(response, 500, faultText(NO_ID, internalError(messageOf(error))))
}

export const createHandler =
  (options: HandlerOptions) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    response.setHeader('x-server-time', `${Math.floor(Date.now() / 1000)}`)
    if (applyCors(options.cors, request, response)) return
    respond(options, request, response).catch((error: unknown) => recover(response, error))
  }
