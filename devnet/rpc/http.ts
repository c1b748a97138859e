// The HTTP side: reading a request as CometBFT's server does, and answering it.
import type { IncomingMessage, ServerResponse } from 'node:http'

/** A body that is longer than allowed. */
export class BodyTooLarge extends Error {}

/** Bytes of a refused body that are still taken, so that the client can read why it was refused. */
const DRAIN_LIMIT = 64 << 20

/** The whole body, one character a byte. Rejects with BodyTooLarge; what comes after that is thrown away. */
export const readBody = (request: IncomingMessage, limit: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= limit) chunks.push(chunk)
      else {
        chunks.length = 0
        reject(new BodyTooLarge('http: request body too large'))
        if (length > limit + DRAIN_LIMIT) request.destroy()
      }
    })
    request.on('end', () => resolve(Buffer.concat(chunks).toString('latin1')))
    request.on('error', reject)
    request.on('close', () => reject(new Error('the connection was closed')))
  })

export type Headers = Record<string, string>

const send = (response: ServerResponse, status: number, headers: Headers, body: string): void => {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

export const sendJson = (response: ServerResponse, status: number, json: string, more: Headers = {}): void =>
  send(response, status, { 'content-type': 'application/json', ...more }, json)

export const sendHtml = (response: ServerResponse, html: string): void =>
  send(response, 200, { 'content-type': 'text/html' }, html)

/** As Go's http.Error. */
export const sendText = (response: ServerResponse, status: number, text: string, more: Headers = {}): void =>
  send(
    response,
    status,
    { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...more },
    `${text}\n`,
  )

export const sendNotFound = (response: ServerResponse): void => sendText(response, 404, '404 page not found')

/** Nothing is answered to notifications. */
export const sendNothing = (response: ServerResponse): void => send(response, 200, {}, '')

/** Origins that browsers may call from: all, a list, or none. */
export type Cors = '*' | readonly string[]

const ALLOWED_METHODS = 'HEAD, GET, POST'

/**
 * Lets browsers of allowed origins in. A preflight request is answered here, and true returned; without CORS
 * it is a request like any other, as in CometBFT.
 */
export const applyCors = (cors: Cors, request: IncomingMessage, response: ServerResponse): boolean => {
  const { origin } = request.headers
  if (origin === undefined || (cors !== '*' && !cors.includes(origin))) return false
  response.setHeader('access-control-allow-origin', cors === '*' ? '*' : origin)
  response.setHeader('vary', 'Origin')
  const wanted = request.headers['access-control-request-method']
  if (request.method !== 'OPTIONS' || wanted === undefined) return false
  response.setHeader('access-control-allow-methods', ALLOWED_METHODS)
  const headers = request.headers['access-control-request-headers']
  if (headers !== undefined) response.setHeader('access-control-allow-headers', headers)
  response.setHeader('access-control-max-age', '86400')
  response.writeHead(204)
  response.end()
  return true
}
