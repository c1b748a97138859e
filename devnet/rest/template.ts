// Path templates of google.api.http (`/cosmos/nft/v1beta1/owner/{owner}/{class_id}`, `{denom=**}`), matched
// on decoded path segments as grpc-gateway v1 matches them.

type Segment = string | typeof ONE | typeof REST
const ONE = Symbol('*')
const REST = Symbol('**')

export type PathTemplate = {
  segments: Segment[]
  /** Field path and the range of segments that it captures. */
  variables: { field: string; from: number; to: number }[]
  verb: string
}

const segmentOf = (text: string): Segment => (text === '*' ? ONE : text === '**' ? REST : text)

/** Throws an Error on a template that the grammar of google.api.http does not allow. */
export const parseTemplate = (text: string): PathTemplate => {
  const [, path, verb] = /^\/((?:\{[^}]*\}|[^{}:])*)(?::([^/{}:]+))?$/.exec(text) ?? []
  if (path === undefined) throw new Error(`not a path template: ${text}`)
  const template: PathTemplate = { segments: [], variables: [], verb: verb ?? '' }
  for (const part of path.match(/\{[^}]*\}|[^/{}]+/g) ?? []) {
    const from = template.segments.length
    if (!part.startsWith('{')) {
      template.segments.push(segmentOf(part))
      continue
    }
    const [field, pattern = '*'] = part.slice(1, -1).split('=')
    template.segments.push(...pattern.split('/').map(segmentOf))
    template.variables.push({ field: field!, from, to: template.segments.length })
  }
  return template
}

/**
 * A template without a verb takes colons as part of the last segment (grpc-gateway's AssumeColonVerb false).
 */
const withoutVerb = (path: readonly string[], verb: string): readonly string[] | undefined => {
  if (verb === '') return path
  const last = path[path.length - 1]!
  return last.endsWith(`:${verb}`) ? [...path.slice(0, -1), last.slice(0, -verb.length - 1)] : undefined
}

/**
 * What each variable captured, or undefined if the path does not fit. `**` takes none, one or many segments.
 */
export const matchTemplate = (
  template: PathTemplate,
  asked: readonly string[],
): [field: string, value: string][] | undefined => {
  const path = withoutVerb(asked, template.verb)
  if (path === undefined) return undefined
  const { segments } = template
  const deep = segments.indexOf(REST)
  const deepLength = path.length - segments.length + 1
  if (deep < 0 ? path.length !== segments.length : deepLength < 0) return undefined
  const taken = segments.map((_, index): [from: number, to: number] => {
    if (deep < 0 || index < deep) return [index, index + 1]
    if (index === deep) return [index, index + deepLength]
    return [index + deepLength - 1, index + deepLength]
  })
  for (const [index, segment] of segments.entries())
    if (typeof segment === 'string' && path[taken[index]![0]] !== segment) return undefined
  return template.variables.map(({ field, from, to }) => [
    field,
    path.slice(taken[from]![0], taken[to - 1]![1]).join('/'),
  ])
}
