// A method of the RPC: its parameters by name, in the order in which an array gives them, and what it
// answers. Methods answer with JSON text, since CometBFT's order of keys and encodings are part of the
// answer.
import { type Arguments, isOptional, type Kind, type Kinds } from './params.ts'

/**
 * Who calls: over HTTP every request is a caller of its own connection, over WebSocket the session is there.
 */
export type Caller = {
  /** `host:port` of the client, by which CometBFT tells subscribers apart. */
  readonly address: string
  /** The request's id as JSON text. */
  readonly id: string
  readonly session?: Session
}

/** A WebSocket connection, as methods see it. */
export type Session = {
  /** Sends an answer. */
  reply(text: string): void
  /**
   * Sends an event when the client has taken what came before it; the text is made then, so that waiting
   * events of many clients share what they have in common. False if too many bytes (`size` counts for this
   * one) wait already.
   */
  event(size: number, text: () => string): boolean
}

export type MethodOptions = {
  /**
   * Answers may be cached for a day, except where one of the named parameters has its zero value (and so
   * stands for the latest block).
   */
  cacheable?: readonly string[]
  /** Only over WebSocket. */
  webSocketOnly?: boolean
  /** Requests of one batch do not wait for each other's answers. */
  pipelined?: boolean
}

/** A method with its parameters' types forgotten, as the server keeps it. */
export type Method = MethodOptions & {
  readonly params: Kinds
  /** Throws or rejects with an Error whose message is the `data` of an internal error. */
  call(args: Record<string, unknown>, caller: Caller): string | Promise<string>
}
export type Methods = Readonly<Record<string, Method>>

/** Declares a method; `params` gives names, kinds and order. */
export const method = <const P extends Kinds>(
  params: P,
  call: (args: Arguments<P>, caller: Caller) => string | Promise<string>,
  options: MethodOptions = {},
): Method => ({ ...options, params, call: (args, caller) => call(args as Arguments<P>, caller) })

const isZero = (value: unknown): boolean =>
  value === undefined || value === 0n || value === '' || value === false || (value as Uint8Array).length === 0

/** A parameter that may be missing is zero only where it is. */
const isDefault = (kind: Kind, value: unknown): boolean =>
  isOptional(kind) ? value === undefined : isZero(value)

/** Whether the answer to these arguments may be cached. */
export const isCacheable = ({ cacheable, params }: Method, args: Record<string, unknown>): boolean =>
  cacheable?.every((name) => !isDefault(params[name]!, args[name])) ?? false
