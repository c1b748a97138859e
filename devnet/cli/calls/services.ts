// Services as commands: `tendril tx MODULE MESSAGE`, `tendril query MODULE METHOD`. Names come from the
// descriptors: the module is the last part of the package, the method is in kebab case. Where the Go command
// line says something else, its word is understood too.
import type { DescMethod, DescService } from '@bufbuild/protobuf'
import { OptionError } from '../../options.ts'
import { GO_NAMES } from './go-names.ts'

export type Kind = 'tx' | 'query'
export type CallModule = { readonly name: string; readonly service: DescService }

/** `cosmos.gov.v1beta1` as `gov` and 1beta1 as a rank: v1 stands before v1beta1. */
const packageOf = ({ file }: DescService): { name: string; version: string; rank: number } => {
  const parts = file.proto.package.split('.')
  const version = /^v\d/.test(parts.at(-1)!) ? parts.pop()! : ''
  const name = parts[0] === 'ibc' && parts.length > 1 ? `ibc-${parts.at(-1)}` : parts.at(-1)!
  const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? []
  const stages = { alpha: 0, beta: 1 }
  const rank = Number(major ?? 0) * 1000 + (stage ? stages[stage as 'alpha'] * 100 + Number(minor) - 500 : 0)
  return { name: name.replaceAll('_', '-'), version, rank }
}

const kindOf = ({ name }: DescService): Kind => (name === 'Msg' ? 'tx' : 'query')

/** The modules that have such a service, by name; of two versions the newer one has the short name. */
export const modulesOf = (kind: Kind, services: readonly DescService[]): ReadonlyMap<string, CallModule> => {
  const ranked = services
    .filter((service) => kindOf(service) === kind)
    .map((service) => ({ service, ...packageOf(service) }))
    .sort((a, b) => b.rank - a.rank)
  const modules = new Map<string, CallModule>()
  for (const { service, name, version } of ranked) {
    const free = modules.has(name) ? `${name}-${version}` : name
    if (!modules.has(free)) modules.set(free, { name: free, service })
  }
  return new Map([...modules].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** `MultiSend` as `multi-send`, `NFTsByOwner` as `nfts-by-owner`. */
export const kebab = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z]{2})/g, '$1-$2')
    .toLowerCase()

const squashed = (name: string): string => name.replace(/[-_]/g, '').toLowerCase()

/** What a method is called here, and what else is understood. */
export const namesOf = (method: DescMethod): readonly string[] => {
  const go = GO_NAMES[method.parent.typeName]?.[method.name]
  return go === undefined ? [kebab(method.name)] : [kebab(method.name), go]
}

/** A method by its name, or by the Go command line's where no method has that name. */
export const methodOf = ({ name, service }: CallModule, given: string, kind: Kind): DescMethod => {
  const found =
    service.methods.find((method) => squashed(method.name) === squashed(given)) ??
    service.methods.find((method) => namesOf(method).includes(given))
  if (found !== undefined) return found
  const known = service.methods.flatMap(namesOf)
  throw new OptionError(
    `${service.typeName} has no method "${given}"${suggestion(given, known)}. ` +
      `Run \`tendril ${kind} ${name} --help\` for what it has.`,
  )
}

/** ` (did you mean "send"?)`, or nothing if no name is near. */
export const suggestion = (given: string, names: readonly string[]): string => {
  const near = names
    .map((name) => ({ name, distance: distanceOf(given.toLowerCase(), name) }))
    .filter(({ name, distance }) => distance <= Math.max(2, name.length / 3) || name.includes(given))
    .sort((a, b) => a.distance - b.distance)
  return near[0] === undefined ? '' : ` (did you mean "${near[0].name}"?)`
}

/** Levenshtein's. */
const distanceOf = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length]!
}
