// How a generated protobuf service is bound to the rules that answer it. A missing method, a wrong field or a
// write inside a query does not compile; routes, signers, gRPC, REST and amino all come from the same
// descriptors.
import {
  create,
  type DescMessage,
  type DescService,
  type Message,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf'
import type { GenService, GenServiceMethods } from '@bufbuild/protobuf/codegenv2'
import type { Ctx, View } from './context.ts'
import type { UnpackLimit } from './unpack-limit.ts'

/** A response without fields is no response: its rule returns nothing. */
type Rule<C, I extends DescMessage, O extends DescMessage> = [
  keyof Omit<MessageShape<O>, '$typeName' | '$unknown'>,
] extends [never]
  ? (ctx: C, request: MessageShape<I>) => void
  : (ctx: C, request: MessageShape<I>) => MessageInitShape<O>
type Rules<M extends GenServiceMethods, C> = {
  [K in keyof M]: Rule<C, M[K]['input'], M[K]['output']>
}
/**
 * What a message's fields alone can tell (the SDK's ValidateBasic): runs before the ante handler and again
 * before the rule.
 */
type Checks<M extends GenServiceMethods> = {
  [K in keyof M]?: (request: MessageShape<M[K]['input']>) => void
}

/** What looks into the Anys of a message whose types must be of some kind (the SDK's UnpackInterfaces). */
type Unpacks<M extends GenServiceMethods> = {
  [K in keyof M]?: (request: MessageShape<M[K]['input']>, limit: UnpackLimit) => void
}

export type Route<C> = {
  /** `/cosmos.bank.v1beta1.Query/Balance` */
  readonly path: string
  readonly input: DescMessage
  readonly output: DescMessage
  run(ctx: C, request: Message): Message
  validate?: ((request: Message) => void) | undefined
  /** Looks into what is packed inside of it, when a transaction is read. Throws TxError. */
  unpack?: ((request: Message, limit: UnpackLimit) => void) | undefined
}
export type Routes<C> = { readonly service: DescService; readonly routes: readonly Route<C>[] }
export type MessageRoutes = Routes<Ctx>
export type QueryRoutes = Routes<View>

const bind = <M extends GenServiceMethods, C>(
  service: GenService<M>,
  rules: Rules<M, C>,
  checks: Checks<M> = {},
  unpacks: Unpacks<M> = {},
): Routes<C> => {
  const descriptor = service as unknown as DescService
  const routes = descriptor.methods.map((method): Route<C> => {
    const rule = rules[method.localName] as unknown as (
      ctx: C,
      request: Message,
    ) => MessageInitShape<DescMessage>
    const { input, output } = method
    return {
      path: `/${descriptor.typeName}/${method.name}`,
      input,
      output,
      run: (ctx, request) => create(output, rule(ctx, request)),
      validate: checks[method.localName] as unknown as Route<C>['validate'],
      unpack: unpacks[method.localName] as unknown as Route<C>['unpack'],
    }
  })
  return { service: descriptor, routes }
}

/**
 * The rules of a Msg service: one per method, by the name that protobuf-es gives it (`updateParams`).
 * `unpacks` run when a transaction is read and throw sdk 2.
 */
export const messages = <M extends GenServiceMethods>(
  service: GenService<M>,
  rules: Rules<M, Ctx>,
  checks?: Checks<M>,
  unpacks?: Unpacks<M>,
): MessageRoutes => bind(service, rules, checks, unpacks)

/** The answers of a Query service. */
export const queries = <M extends GenServiceMethods>(
  service: GenService<M>,
  rules: Rules<M, View>,
): QueryRoutes => bind(service, rules)
