// CometBFT RPC over HTTP as a command line needs it: a call, a gRPC query through abci_query, and waiting for
// a transaction. Nothing in it is Tendril's own, so it works against any Cosmos chain.
import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf'
import { fromBase64, toBase64 } from '../../../chain/base64.ts'
import { type Bytes, toHex } from '../../../chain/bytes.ts'
import { OptionError } from '../../options.ts'

export const USUAL_NODE = 'http://127.0.0.1:26657'

/** The chain says no; codespace and code are the application's (empty and 0 if the node itself refused). */
export class Refusal extends OptionError {
  readonly codespace: string
  readonly code: number
  constructor(message: string, codespace = '', code = 0) {
    super(message)
    this.codespace = codespace
    this.code = code
  }
}

export type CommittedTx = {
  hash: string
  height: string
  tx_result: {
    code: number
    codespace: string
    log: string
    data: string | null
    gas_wanted: string
    gas_used: string
    events: { type: string; attributes: { key: string; value: string; index: boolean }[] }[]
  }
}

type Method<I extends DescMessage, O extends DescMessage> = DescMethod & { input: I; output: O }

export type Rpc = {
  readonly url: string
  call<T>(method: string, params: Record<string, unknown>): Promise<T>
  /** One gRPC query, by abci_query at a height (the latest one). Throws Refusal. */
  query<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    request: MessageInitShape<I>,
    height?: number,
  ): Promise<MessageShape<O>>
  /**
   * Hands a transaction in (broadcast_tx_sync). Throws Refusal if it does not pass CheckTx. Gives the hash.
   */
  broadcast(tx: Bytes): Promise<string>
  /** The transaction once it is in a block; undefined if it is not after so long. */
  committed(hash: string, timeoutMs: number): Promise<CommittedTx | undefined>
}

/** `tcp://` is what Cosmos configurations say. */
const urlOf = (node: string): string => {
  const url = node.replace(/^tcp:\/\//, 'http://')
  if (/^https?:\/\/[^/]/.test(url)) return url
  throw new OptionError(`--node is "${node}": it must be a URL such as ${USUAL_NODE}`)
}

/** fetch says only that it failed; the system's reason stands in the cause. */
const reasonOf = (error: unknown): string => {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message?: string }
  return cause?.code || cause?.message || message || String(error)
}

const post = async (url: string, body: object): Promise<{ result?: unknown; error?: RpcError }> => {
  const headers = { 'content-type': 'application/json' }
  let text: string
  try {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
    text = await response.text()
  } catch (error) {
    throw new OptionError(
      `${url} does not answer (${reasonOf(error)}). Is a chain running there? ` +
        '`tendril start` runs one; --node names another.',
    )
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new OptionError(`${url} does not answer as a CometBFT node does, but: ${text.slice(0, 100)}`)
  }
}

type RpcError = { code: number; message: string; data?: string }
type AbciAnswer = { response: { code?: number; codespace?: string; log?: string; value?: string | null } }
type Broadcast = { code: number; codespace: string; log: string; hash: string }

const NOT_FOUND = /not found/

export const openRpc = (node: string): Rpc => {
  const url = urlOf(node)
  const call = async <T>(method: string, params: Record<string, unknown>): Promise<T> => {
    const { result, error } = await post(url, { jsonrpc: '2.0', id: 1, method, params })
    if (error) throw new Refusal(`${method}: ${error.data || error.message}`)
    return result as T
  }
  return {
    url,
    call,
    async query(method, request, height) {
      const { input, output, parent, name } = method
      const path = `/${parent.typeName}/${name}`
      const data = toHex(toBinary(input, create(input, request)))
      const at = height === undefined ? {} : { height: String(height) }
      const { response } = await call<AbciAnswer>('abci_query', { path, data, prove: false, ...at })
      const { code = 0, codespace = '', log = '', value } = response
      if (code !== 0) throw new Refusal(`${name}: ${log} (${codespace} ${code})`, codespace, code)
      return fromBinary(output, fromBase64(value ?? '') ?? new Uint8Array())
    },
    async broadcast(tx) {
      const { code, codespace, log, hash } = await call<Broadcast>('broadcast_tx_sync', { tx: toBase64(tx) })
      if (code !== 0)
        throw new Refusal(`the transaction was refused: ${log} (${codespace} ${code})`, codespace, code)
      return hash
    },
    async committed(hash, timeoutMs) {
      const deadline = Date.now() + timeoutMs
      for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 1.5, 1000)) {
        try {
          const id = toBase64(Buffer.from(hash, 'hex'))
          return await call<CommittedTx>('tx', { hash: id, prove: false })
        } catch (error) {
          if (!(error instanceof Refusal && NOT_FOUND.test(error.message))) throw error
        }
        if (Date.now() + pauseMs > deadline) return undefined
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    },
  }
}
