// What a list of modules adds up to: message and query routes, the registry of types, the order of each hook.
import {
  createRegistry,
  type DescFile,
  type DescMessage,
  type DescService,
  type Registry,
} from '@bufbuild/protobuf'
import { file_google_protobuf_any } from '@bufbuild/protobuf/wkt'
import { file_cosmos_crypto_ed25519_keys } from '../../../proto/gen/cosmos/crypto/ed25519/keys_pb.ts'
import { file_cosmos_crypto_multisig_keys } from '../../../proto/gen/cosmos/crypto/multisig/keys_pb.ts'
import { file_cosmos_crypto_secp256k1_keys } from '../../../proto/gen/cosmos/crypto/secp256k1/keys_pb.ts'
import { file_cosmos_crypto_secp256r1_keys } from '../../../proto/gen/cosmos/crypto/secp256r1/keys_pb.ts'
import { file_cosmos_tx_v1beta1_tx } from '../../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import type { Ctx, View } from '../context.ts'
import type { Module } from '../definition.ts'
import type { QueryRoutes, Route } from '../service.ts'

export type Catalog = {
  readonly modules: readonly Module[]
  readonly registry: Registry
  readonly msgServices: readonly DescService[]
  readonly queryServices: DescService[]
  /** By type URL. */
  readonly messages: ReadonlyMap<string, Route<Ctx>>
  /** By gRPC path. */
  readonly queries: Map<string, Route<View>>
  addQueries(...services: QueryRoutes[]): void
}

/** Throws an Error if two modules share a name, a store or a route. */
export const catalog = (modules: readonly Module[]): Catalog => {
  unique(
    'module',
    modules.map((m) => m.name),
  )
  unique(
    'store',
    modules.flatMap((m) => [...(m.stores ?? []), ...(m.transient ?? []), ...(m.memory ?? [])]),
  )
  const messageServices = modules.flatMap((m) => m.messages ?? [])
  const queryServices: DescService[] = []
  const queries = new Map<string, Route<View>>()
  const addQueries = (...services: QueryRoutes[]) => {
    for (const { service, routes } of services) {
      queryServices.push(service)
      for (const route of routes) {
        if (queries.has(route.path)) throw new Error(`query ${route.path} is answered twice`)
        queries.set(route.path, route)
      }
    }
  }
  addQueries(...modules.flatMap((m) => m.queries ?? []))
  const routes = messageServices.flatMap((s) => s.routes)
  unique(
    'message',
    routes.map((route) => route.input.typeName),
  )
  return {
    ...{ modules, queries, queryServices, addQueries },
    registry: registryOf(modules),
    msgServices: messageServices.map((s) => s.service),
    messages: new Map(routes.map((route) => [`/${route.input.typeName}`, route])),
  }
}

const unique = (what: string, names: string[]) => {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new Error(`${what} ${twice} is there twice`)
}

/** Types of every chain, whatever its modules are. */
const always = [
  file_google_protobuf_any,
  file_cosmos_tx_v1beta1_tx,
  file_cosmos_crypto_secp256k1_keys,
  file_cosmos_crypto_secp256r1_keys,
  file_cosmos_crypto_ed25519_keys,
  file_cosmos_crypto_multisig_keys,
]

/**
 * All types of the files that the modules' services and genesis are written in, and of those that they
 * import.
 */
const registryOf = (modules: readonly Module[]): Registry => {
  const files = new Set<DescFile>()
  const messages: DescMessage[] = []
  const add = (file: DescFile) => {
    if (files.has(file)) return
    files.add(file)
    file.dependencies.forEach(add)
  }
  always.forEach(add)
  for (const module of modules) {
    for (const { service } of [...(module.messages ?? []), ...(module.queries ?? [])]) add(service.file)
    if (module.genesis !== undefined) add(module.genesis.schema.file)
    for (const type of module.types ?? []) type.kind === 'file' ? add(type) : messages.push(type)
  }
  return createRegistry(...files, ...messages)
}

/** The modules in the order that a chain gives; those it does not name follow as they are listed. */
export const ordered = (modules: readonly Module[], names: readonly string[] = []): Module[] => {
  const rank = (module: Module) => {
    const at = names.indexOf(module.name)
    return at < 0 ? names.length : at
  }
  return [...modules].sort((a, b) => rank(a) - rank(b))
}
