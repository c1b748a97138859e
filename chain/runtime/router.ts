// Messages that do not come as a transaction of their own: those of a proposal, a grant, a group, another
// chain. Modules take a router as an argument, and the app binds it to the rules of all modules once these
// are known (the SDK's MsgServiceRouter). A guard that it has (the circuit breaker) also stands before the
// messages of transactions.
import { create, fromBinary, type Message, type Registry, toBinary } from '@bufbuild/protobuf'
import { type Any, AnySchema } from '@bufbuild/protobuf/wkt'
import type { AddressCodec } from './address.ts'
import type { Ctx } from './context.ts'
import { sdk } from './errors.ts'
import { goBytes } from './go-form.ts'
import type { Route } from './service.ts'
import { signersOf } from './signers.ts'
import type { TxMessage } from './tx.ts'
import { UnpackLimit } from './unpack-limit.ts'

/** Throws to keep a message of this type from being run. Pays for what it reads. */
export type MessageGuard = (ctx: Ctx, typeUrl: string) => void

export type RoutedMessage = TxMessage & {
  /** Looks into what is packed inside of it. Throws sdk 2. */
  unpack(limit: UnpackLimit): void
  /** What its fields alone can tell (ValidateBasic). Throws TxError. */
  validate(): void
  /**
   * Validates it, asks the guard and runs its rule; events go to `ctx`. Returns the packed response. What was
   * written before it throws stays: run it on a branch if it may fail.
   */
  run(ctx: Ctx): Any
  /** The message packed anew, in Go's bytes (NewAnyWithValue). */
  pack(): Any
}

export type RouterParts = {
  /** By type URL. */
  routes: ReadonlyMap<string, Route<Ctx>>
  registry: Registry
  addresses: AddressCodec
  /** Told about bugs of ours that the caller of a message survives. */
  onBug: (error: unknown) => void
}

export class MessageRouter {
  #parts: RouterParts | undefined
  #guard: MessageGuard | undefined
  #signers: ReturnType<typeof signersOf> | undefined

  /** To be called once, before the first block. */
  setGuard(guard: MessageGuard): void {
    if (this.#guard !== undefined) throw new Error('the message router has a guard already')
    this.#guard = guard
  }

  /** Called by the app. Returns the routes with the guard before each rule. */
  bind(parts: RouterParts): ReadonlyMap<string, Route<Ctx>> {
    if (this.#parts !== undefined) throw new Error('a message router belongs to one app: it is bound already')
    this.#signers = signersOf(parts.addresses)
    const guarded = [...parts.routes].map(
      ([typeUrl, route]) => [typeUrl, this.#guarded(typeUrl, route)] as const,
    )
    const routes = new Map(guarded)
    this.#parts = { ...parts, routes }
    return routes
  }

  /** Whether a rule of this chain answers messages of this type. */
  has(typeUrl: string): boolean {
    return this.#bound().routes.has(typeUrl)
  }

  /**
   * Reads a message; undefined if this chain has no rule for its type. Throws an Error for bytes that are no
   * such message.
   */
  open(any: Any): RoutedMessage | undefined {
    const { routes } = this.#bound()
    const route = routes.get(any.typeUrl)
    return route && this.#routed(any.typeUrl, route, fromBinary(route.input, any.value))
  }

  /**
   * As `open`, for one that stands inside of another message when a transaction is read: also looks into it.
   * Throws sdk 2 for what is no message of this chain.
   */
  unpack(any: Any, limit = new UnpackLimit()): RoutedMessage {
    const inner = limit.enter()
    const message = this.open(any)
    if (message === undefined)
      throw sdk.txDecode(
        `no concrete type registered for type URL ${any.typeUrl} against interface *proto.Message`,
      )
    message.unpack(inner)
    return message
  }

  /** As `open`, for a message that is read already. */
  of(message: Message): RoutedMessage | undefined {
    const typeUrl = `/${message.$typeName}`
    const route = this.#bound().routes.get(typeUrl)
    return route && this.#routed(typeUrl, route, message)
  }

  /** For an error that the caller of a message survives although the protocol does not know it. */
  report(error: unknown): void {
    this.#bound().onBug(error)
  }

  #routed(typeUrl: string, route: Route<Ctx>, message: Message): RoutedMessage {
    const desc = route.input
    return {
      ...{ typeUrl, desc, message },
      signers: () => this.#signers!(desc, message),
      unpack: (limit) => route.unpack?.(message, limit),
      validate: () => route.validate?.(message),
      run(ctx) {
        route.validate?.(message)
        const reply = route.run(ctx, message)
        const { output } = route
        return create(AnySchema, { typeUrl: `/${output.typeName}`, value: toBinary(output, reply) })
      },
      pack: () => create(AnySchema, { typeUrl, value: goBytes(desc, message) }),
    }
  }

  #guarded(typeUrl: string, route: Route<Ctx>): Route<Ctx> {
    return {
      ...route,
      run: (ctx, request) => {
        this.#guard?.(ctx, typeUrl)
        return route.run(ctx, request)
      },
    }
  }

  #bound(): RouterParts {
    if (this.#parts === undefined)
      throw new Error('the message router is not bound to an app yet: give it to createApp')
    return this.#parts
  }
}
