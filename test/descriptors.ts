// The descriptors of the whole Go stack, and what Go made of generated messages of all its types: JSON as the
// SDK prints it, the bytes after reading that JSON again, amino JSON.
import { readFileSync } from 'node:fs'
import { createFileRegistry, type DescService, type FileRegistry, fromBinary } from '@bufbuild/protobuf'
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { vectorText } from './vectors.ts'

export const goRegistry = (): FileRegistry =>
  createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync('proto/standard/descriptors.binpb')))

export const servicesOf = (registry: FileRegistry): DescService[] =>
  [...registry].filter((type): type is DescService => type.kind === 'service')

const lines = <T>(path: string): T[] =>
  vectorText(path)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T)

export type GoMessage = {
  type: string
  /** Base64 of the wire form. */
  bytes: string
  json: string
  /** Base64 of what Go encodes after reading `json`; absent if Go refuses to read it. */
  back?: string
  amino?: string
  aminoError?: string
}
export const goMessages = (): GoMessage[] => lines('descriptors/go.jsonl.gz')

export type RecordedRest = {
  name: string
  method: 'GET' | 'POST' | 'OPTIONS'
  path: string
  requestHeaders?: Record<string, string>
  body?: unknown
  status: number
  headers: Record<string, string>
  /** The exact body where it is short or an error; otherwise `response` is its JSON, printed compact. */
  text?: string
  response?: never
}
export const recordedRest = (): RecordedRest[] => lines('descriptors/rest.jsonl.gz')
