// REST routes from the google.api.http annotations of services. No route is written by hand.
import { type DescMethod, type DescService, getOption, hasOption } from '@bufbuild/protobuf'
import { http } from '../../proto/gen/google/api/annotations_pb.ts'
import type { HttpRule } from '../../proto/gen/google/api/http_pb.ts'
import { matchTemplate, type PathTemplate, parseTemplate } from './template.ts'

export type Route = {
  method: DescMethod
  template: PathTemplate
  /** '' none, '*' the whole request, otherwise the field that the body is. */
  body: string
}
export type RouteMatch = { route: Route; variables: [field: string, value: string][] }

const rulesOf = (rule: HttpRule): HttpRule[] => [rule, ...rule.additionalBindings]

const verbAndPath = ({ pattern }: HttpRule): [verb: string, path: string] | undefined => {
  if (pattern.case === undefined) return undefined
  if (pattern.case === 'custom') return [pattern.value.kind.toUpperCase(), pattern.value.path]
  return [pattern.case.toUpperCase(), pattern.value]
}

/** Services whose annotations the SDK serves over gRPC only: it registers no gateway for them. */
const GRPC_ONLY = /^cosmos\.(base\.reflection|reflection|autocli|app)\./

/** Finds the route of a request. The first that fits wins, in order of declaration, as in grpc-gateway. */
export const createRoutes = (services: readonly DescService[]) => {
  const byVerb = new Map<string, Route[]>()
  for (const service of services.filter(({ typeName }) => !GRPC_ONLY.test(typeName)))
    for (const method of service.methods) {
      if (!hasOption(method, http)) continue
      for (const rule of rulesOf(getOption(method, http))) {
        const [verb, path] = verbAndPath(rule) ?? []
        if (verb === undefined || path === undefined) continue
        byVerb.set(verb, [
          ...(byVerb.get(verb) ?? []),
          { method, template: parseTemplate(path), body: rule.body },
        ])
      }
    }
  return {
    /** `path` is decoded and starts with a slash. */
    find(verb: string, path: string): RouteMatch | undefined {
      const segments = path.slice(1).split('/')
      for (const route of byVerb.get(verb) ?? []) {
        const variables = matchTemplate(route.template, segments)
        if (variables !== undefined) return { route, variables }
      }
      return undefined
    },
  }
}
export type Routes = ReturnType<typeof createRoutes>
