// Makes proto/gen: the types of the Go stack from proto/standard/descriptors.binpb and ours from
// proto/tendril, in one run of one locked generator. `--check` makes them in a temporary folder and says
// whether proto/gen is the same.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { type FileDescriptorSet, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { printStub } from './proto/stub.ts'

const STANDARD = 'proto/standard/descriptors.binpb'
const OURS = 'proto/tendril'
const GENERATED = 'proto/gen'
/** The folder that buf.yaml names beside proto, so that our protos can import the standard ones. */
const STUBS = '.cache/protos'
const BUF = 'node_modules/@bufbuild/buf/bin/buf'

const readSet = (path: string): FileDescriptorSet =>
  fromBinary(FileDescriptorSetSchema, new Uint8Array(readFileSync(path)))

const buf = (args: string[]): { ok: boolean; output: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BUF, ...args], { encoding: 'utf8' })
  return { ok: status === 0, output: `${stdout ?? ''}${stderr ?? ''}`.trim() }
}

const must = ({ ok, output }: { ok: boolean; output: string }) => {
  if (!ok) throw new Error(`buf: ${output}`)
}

const filesUnder = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).replaceAll('\\', '/'))
        .sort()
    : []

/** The compiler brings google/protobuf along. */
const writeStubs = ({ file }: FileDescriptorSet) => {
  rmSync(STUBS, { recursive: true, force: true })
  for (const descriptor of file) {
    if (descriptor.name.startsWith('google/protobuf/')) continue
    const path = join(STUBS, descriptor.name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, printStub(descriptor))
  }
}

/** Descriptors of our own files, with their comments. */
const compileOurs = (standard: FileDescriptorSet, work: string): FileDescriptorSet => {
  if (!filesUnder(OURS).some((path) => path.endsWith('.proto'))) return create(FileDescriptorSetSchema)
  writeStubs(standard)
  const image = join(work, 'ours.binpb')
  must(buf(['build', '--path', OURS, '--exclude-imports', '--as-file-descriptor-set', '-o', image]))
  return readSet(image)
}

/** Writes `<base>/proto/gen`. */
const generate = (base: string, work: string) => {
  const standard = readSet(STANDARD)
  const all = create(FileDescriptorSetSchema, {
    file: [...standard.file, ...compileOurs(standard, work).file],
  })
  const image = join(work, 'all.binpb')
  writeFileSync(image, toBinary(FileDescriptorSetSchema, all))
  must(buf(['generate', image, '--exclude-path', 'google/protobuf', '-o', base]))
}

/** The paths that are not the same in both folders. */
const differences = (left: string, right: string): string[] => {
  const relative = (folder: string) => filesUnder(folder).map((path) => path.slice(folder.length + 1))
  const paths = [...new Set([...relative(left), ...relative(right)])]
  const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)
  return paths.filter((path) => read(join(left, path)) !== read(join(right, path)))
}

const check = (work: string): number => {
  generate(work, work)
  const different = differences(join(work, GENERATED).replaceAll('\\', '/'), GENERATED)
  for (const path of different.slice(0, 20))
    console.error(`${GENERATED}/${path} is not what the generator makes`)
  if (different.length > 0) console.error('Run `npm run gen` and commit what it changes.')
  return different.length === 0 ? 0 : 1
}

const main = (args: string[]): number => {
  const runs = buf(['--version'])
  if (!runs.ok) {
    console.error(`Skipped: buf does not run on this machine (${runs.output.split('\n')[0]})`)
    return args.includes('--check') ? 0 : 1
  }
  mkdirSync('.cache', { recursive: true })
  const work = mkdtempSync(join('.cache', 'gen-'))
  try {
    if (args.includes('--check')) return check(work)
    generate('.', work)
    return 0
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

process.exitCode = main(process.argv.slice(2))
