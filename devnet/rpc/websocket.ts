// JSON-RPC over WebSocket (rpc/jsonrpc/server/ws_handler.go): requests are answered in their order, events
// come between. What a client does not read waits here up to a limit, and while it does not read, nothing
// more is read from it.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import type { Bus } from './bus.ts'
import { answer, isParamFault, methodNamed, Pipeline, type Readiness } from './dispatch.ts'
import { JsonSyntaxError, scanValue } from './json/scanner.ts'
import { faultText, internalError, NO_ID, parseError, parseRequest, type Request } from './jsonrpc.ts'
import type { Methods, Session } from './method.ts'
import { HandlerPanic } from './params.ts'

/** Bytes handed to a socket before the rest waits in our own queue, where events share their texts. */
const SOCKET_BYTES = 1 << 20
/** Requests of one client that may wait; then reading pauses. */
const MAX_INBOX = 64
/** CometBFT's ping period; a client that is silent for the time between two pings is gone. */
const PING_MS = 27_000
/** How long a client has to close its side when the server stops. */
const FAREWELL_MS = 500
/** RFC 6455 §7.4.1 */
const GOING_AWAY = 1001

export type SocketOptions = {
  methods: () => Methods
  bus: Bus
  ready: Readiness
  maxMessageBytes: number
  maxWaitingBytes: number
}

/** The end of the first value of a message, as Go's stream decoder finds it. */
const firstValue = (text: string): string => {
  if (text.trim() === '') throw new JsonSyntaxError('EOF')
  try {
    return text.slice(0, scanValue(text))
  } catch (error) {
    if (!(error instanceof JsonSyntaxError) || error.message !== 'unexpected end of JSON input') throw error
    throw new JsonSyntaxError('unexpected EOF')
  }
}

const textOf = (data: RawData): string => {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)
  return bytes.toString('latin1')
}

class SocketSession implements Session {
  readonly address: string
  isAlive = true

  readonly #socket: WebSocket
  readonly #options: SocketOptions
  readonly #pipeline = new Pipeline()
  readonly #inbox: string[] = []
  #isReading = false
  #replies: Promise<void> = Promise.resolve()
  #waiting: { size: number; text: () => string }[] = []
  #waitingBytes = 0

  constructor(socket: WebSocket, request: IncomingMessage, options: SocketOptions) {
    const { remoteAddress, remotePort } = request.socket
    this.address = `${remoteAddress}:${remotePort}`
    this.#socket = socket
    this.#options = options
    socket.on('message', (data) => this.#receive(textOf(data)))
    socket.on('pong', () => {
      this.isAlive = true
    })
    // A broken frame or connection: ws closes the socket, and `close` does the rest.
    socket.on('error', () => undefined)
  }

  ping(): void {
    if (this.isAlive) this.#socket.ping()
    else this.#socket.terminate()
    this.isAlive = false
  }

  reply(text: string): void {
    this.#push(text.length, () => text)
  }

  event(size: number, text: () => string): boolean {
    if (this.#waitingBytes + size > this.#options.maxWaitingBytes) return false
    this.#push(size, text)
    return true
  }

  #push(size: number, text: () => string): void {
    this.#waiting.push({ size, text })
    this.#waitingBytes += size
    // Replies are not refused as events are: whoever asks on without ever reading is cut off.
    if (this.#waitingBytes > 2 * this.#options.maxWaitingBytes) this.#socket.terminate()
    else this.#pump()
  }

  readonly #sent = (): void => this.#pump()

  #pump(): void {
    const socket = this.#socket
    let taken = 0
    while (taken < this.#waiting.length && socket.bufferedAmount < SOCKET_BYTES) {
      const { size, text } = this.#waiting[taken++]!
      this.#waitingBytes -= size
      if (socket.readyState === socket.OPEN) socket.send(text(), this.#sent)
    }
    if (taken > 0) this.#waiting.splice(0, taken)
    this.#readOn()
  }

  /** Reads while the client reads. */
  #readOn(): void {
    const isFull = this.#inbox.length >= MAX_INBOX || this.#waiting.length > 0
    if (isFull && !this.#socket.isPaused) this.#socket.pause()
    else if (!isFull && this.#socket.isPaused) this.#socket.resume()
  }

  #receive(text: string): void {
    this.isAlive = true
    this.#inbox.push(text)
    this.#readOn()
    if (!this.#isReading) void this.#read()
  }

  async #read(): Promise<void> {
    this.#isReading = true
    for (let text = this.#inbox.shift(); text !== undefined; text = this.#inbox.shift()) {
      const request = this.#parse(text)
      if (request?.id !== undefined) await this.#handle(request, request.id)
      this.#readOn()
    }
    this.#isReading = false
  }

  #parse(text: string): Request | undefined {
    try {
      return parseRequest(firstValue(text))
    } catch (error) {
      if (!isParamFault(error)) throw error
      this.reply(faultText(undefined, parseError(`error unmarshaling request: ${error.message}`)))
      return undefined
    }
  }

  async #handle(request: Request, id: string): Promise<void> {
    const { ready, methods } = this.#options
    const isPipelined = methodNamed(methods(), request.method)?.pipelined ?? false
    const caller = { address: this.address, id, session: this }
    const { task } = await this.#pipeline.run(isPipelined, () =>
      answer(methods(), request, caller, ready).then(({ text }) => text, panicText),
    )
    this.#replies = this.#replies.then(() => task).then((text) => this.reply(text))
    if (!isPipelined) await this.#replies
  }
}

/** CometBFT recovers from a panic with an answer of no id. */
const panicText = (error: unknown): string => {
  if (!(error instanceof HandlerPanic)) throw error
  return faultText(NO_ID, internalError(`WSJSONRPC: ${error.message}`))
}

export type SocketServer = {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Says goodbye to all clients; resolves when they are gone. */
  close(): Promise<void>
}

/** Closes a connection after what was sent on it; one whose client does not answer is cut off. */
const farewell = (socket: WebSocket): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => socket.terminate(), FAREWELL_MS)
    socket.once('close', () => {
      clearTimeout(cut)
      resolve()
    })
    socket.close(GOING_AWAY)
  })

export const createSocketServer = (options: SocketOptions): SocketServer => {
  const { bus, maxMessageBytes } = options
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    clientTracking: false,
  })
  const sessions = new Map<WebSocket, SocketSession>()
  const pings = setInterval(() => {
    for (const session of sessions.values()) session.ping()
  }, PING_MS)
  pings.unref()
  const open = (socket: WebSocket, request: IncomingMessage) => {
    const session = new SocketSession(socket, request, options)
    sessions.set(socket, session)
    socket.on('close', () => {
      sessions.delete(socket)
      if (bus.subscriptionsOf(session.address) > 0) bus.unsubscribeAll(session.address)
    })
  }
  return {
    upgrade: (request, socket, head) => server.handleUpgrade(request, socket, head, open),
    async close() {
      clearInterval(pings)
      await Promise.all([...sessions.keys()].map(farewell))
      server.close()
    },
  }
}
