// From a request to its answer, whatever way it came.
import { HexError } from './hex.ts'
import { ParamError } from './json/raw.ts'
import { JsonSyntaxError } from './json/scanner.ts'
import {
  type Fault,
  faultText,
  internalError,
  invalidParams,
  METHOD_NOT_FOUND,
  type Request,
  resultText,
} from './jsonrpc.ts'
import { type Caller, isCacheable, type Method, type Methods } from './method.ts'
import { HandlerPanic, readParams } from './params.ts'

export type Answer = { text: string; cacheable: boolean }

/** Whether an error is about what a client sent. */
export const isParamFault = (error: unknown): error is Error =>
  error instanceof ParamError || error instanceof JsonSyntaxError || error instanceof HexError

const failed = (id: string, fault: Fault): Answer => ({ text: faultText(id, fault), cacheable: false })

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : `${error}`)

/** The method of that name; undefined for names that only objects have, too. */
export const methodNamed = (methods: Methods, name: string): Method | undefined =>
  Object.hasOwn(methods, name) ? methods[name] : undefined

/** What a read waits for: the block that is being saved. */
export type Readiness = () => Promise<void> | undefined

/** Calls a method once what it reads is safe. */
export const callMethod = async (
  method: Method,
  args: Record<string, unknown>,
  caller: Caller,
  ready: Readiness,
): Promise<string> => {
  if (!method.pipelined) await ready()
  return method.call(args, caller)
}

/** Go calls a method whose parameters are missing altogether with too few arguments, and recovers. */
const TOO_FEW = 'reflect: Call with too few input arguments'

const argumentsOf = (method: Method, params: string | undefined): Record<string, unknown> => {
  if (params !== undefined) return readParams(method.params, params)
  if (Object.keys(method.params).length > 0) throw new HandlerPanic(TOO_FEW)
  return {}
}

/**
 * The answer to a request that has an id. `overWebSocket` decides which methods there are and how bad
 * parameters are told. Rejects with HandlerPanic alone.
 */
export const answer = async (
  methods: Methods,
  { method: name, params }: Request,
  caller: Caller,
  ready: Readiness,
): Promise<Answer> => {
  const { id, session } = caller
  const method = methodNamed(methods, name)
  if (method === undefined || (method.webSocketOnly && session === undefined))
    return failed(id, METHOD_NOT_FOUND)
  let args: Record<string, unknown>
  try {
    args = argumentsOf(method, params)
  } catch (error) {
    if (!isParamFault(error)) throw error
    const data = `error converting json params to arguments: ${error.message}`
    return failed(id, session ? internalError(data) : invalidParams(data))
  }
  try {
    const result = await callMethod(method, args, caller, ready)
    return { text: resultText(id, result), cacheable: isCacheable(method, args) }
  } catch (error) {
    return failed(id, internalError(messageOf(error)))
  }
}

/** Tasks of one client that run at the same time. */
const MAX_PENDING = 1024

/**
 * Runs tasks in their order: a pipelined one starts when those before it have started, any other when those
 * before it are done. So a batch of transactions is checked together, and what reads after them sees them.
 */
export class Pipeline {
  #pending: Promise<unknown>[] = []

  /**
   * Resolves when the task has started, or is done if it is not pipelined; its outcome is the task's alone.
   */
  async run<T>(pipelined: boolean, start: () => Promise<T>): Promise<{ task: Promise<T> }> {
    if (!pipelined || this.#pending.length >= MAX_PENDING) await this.#idle()
    const task = start()
    this.#pending.push(task.catch(() => undefined)) // whoever holds the task sees its failure
    if (!pipelined) await this.#idle()
    return { task }
  }

  async #idle(): Promise<void> {
    const pending = this.#pending
    this.#pending = []
    await Promise.all(pending)
  }
}
