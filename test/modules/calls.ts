// Calls of a module's messages and queries by method name, as the app would route them, without a transaction
// around.
import { create, type MessageInitShape, type MessageShape } from '@bufbuild/protobuf'
import type { GenService, GenServiceMethods } from '@bufbuild/protobuf/codegenv2'
import type { Ctx, Module, Routes, View } from '../../chain/module.ts'

type Calls<M extends GenServiceMethods> = {
  [K in keyof M]: (request: MessageInitShape<M[K]['input']>) => MessageShape<M[K]['output']>
}

const bind = <M extends GenServiceMethods, C>(
  routes: readonly Routes<C>[] | undefined,
  service: GenService<M>,
  run: (body: (ctx: C) => unknown) => unknown,
): Calls<M> => {
  const found = routes?.find((each) => each.service.typeName === service.typeName)
  if (found === undefined) throw new Error(`the module does not answer ${service.typeName}`)
  const calls: Record<string, (request: object) => unknown> = {}
  service.methods.forEach((method, index) => {
    const route = found.routes[index]!
    calls[method.localName] = (fields) => {
      const request = create(route.input, fields as Record<string, unknown>)
      route.validate?.(request)
      return run((ctx) => route.run(ctx, request))
    }
  })
  return calls as unknown as Calls<M>
}

/** A message that throws leaves nothing behind, as in a transaction. */
export const callMessage = <M extends GenServiceMethods>(module: Module, service: GenService<M>, ctx: Ctx) =>
  bind(module.messages, service, (body: (ctx: Ctx) => unknown) => ctx.branch(body))

export const callQuery = <M extends GenServiceMethods>(module: Module, service: GenService<M>, view: View) =>
  bind(module.queries, service, (body: (view: View) => unknown) => body(view))
