// The .proto files behind a registry, as gRPC reflection and cosmos.reflection.v1 hand them out.
import type { DescFile, DescService, Registry } from '@bufbuild/protobuf'

/**
 * Every file of the registry and of the services, and what those import, by name
 * (`cosmos/bank/v1beta1/tx.proto`).
 */
export const filesOf = (registry: Registry, services: readonly DescService[]): Map<string, DescFile> => {
  const files = new Map<string, DescFile>()
  for (const type of registry) addFile(files, type.file)
  for (const service of services) addFile(files, service.file)
  return files
}

const addFile = (files: Map<string, DescFile>, file: DescFile): void => {
  if (files.has(file.proto.name)) return
  for (const dependency of file.dependencies) addFile(files, dependency)
  files.set(file.proto.name, file)
}

/** A file after everything that it imports. */
export const withDependencies = (file: DescFile): DescFile[] => {
  const files = new Map<string, DescFile>()
  addFile(files, file)
  return [...files.values()]
}
