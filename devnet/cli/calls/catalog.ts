// Where the descriptors of a command come from: our generated files, or, for a module that is not among them,
// what the chain says about itself (cosmos.reflection.v1), so that any chain's own modules have commands too.
import {
  createFileRegistry,
  createRegistry,
  type DescFile,
  type DescService,
  type Registry,
} from '@bufbuild/protobuf'
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt'
import { ReflectionService } from '../../../proto/gen/cosmos/reflection/v1/reflection_pb.ts'
import { OptionError } from '../../options.ts'
import { Refusal, type Rpc } from './rpc.ts'

export type Catalog = {
  readonly services: readonly DescService[]
  /** Every type of these services' files and of what they import. */
  readonly registry: Registry
}

const catalogOf = (files: Iterable<DescFile>): Catalog => {
  const seen = new Set<DescFile>()
  const services: DescService[] = []
  const add = (file: DescFile) => {
    if (seen.has(file)) return
    seen.add(file)
    services.push(...file.services)
    file.dependencies.forEach(add)
  }
  for (const file of files) add(file)
  return { services, registry: createRegistry(...seen) }
}

/** The modules that we know. */
export const ownCatalog = async (): Promise<Catalog> => {
  const { SERVICE_FILES, TYPE_FILES } = await import('./files.ts')
  return catalogOf([...SERVICE_FILES, ...TYPE_FILES])
}

/**
 * Imports before what imports them. A file that a chain does not tell is left out, with all that needs it.
 */
const ordered = (files: readonly FileDescriptorProto[]): FileDescriptorProto[] => {
  const byName = new Map(files.map((file) => [file.name, file]))
  const placed = new Map<string, boolean>()
  const order: FileDescriptorProto[] = []
  const place = (name: string): boolean => {
    const known = placed.get(name)
    if (known !== undefined) return known
    const file = byName.get(name)
    placed.set(name, false)
    if (file === undefined || !file.dependency.every(place)) return false
    order.push(file)
    placed.set(name, true)
    return true
  }
  for (const { name } of files) place(name)
  return order
}

/** What the chain at a node is made of. Throws OptionError if it does not tell. */
export const chainCatalog = async (rpc: Rpc): Promise<Catalog> => {
  try {
    const { files } = await rpc.query(ReflectionService.method.fileDescriptors, {})
    const registry = createFileRegistry({
      $typeName: 'google.protobuf.FileDescriptorSet',
      file: ordered(files),
    })
    return catalogOf(registry.files)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new OptionError(`the chain at ${rpc.url} does not tell its services (${error.message})`)
  }
}
