// Makes `dist`: the command, the library (ES module and CommonJS) and the worker that verifies signatures.
// With `--types` also the type declarations and the licences of what is bundled, which only a package needs.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { REQUIRE_IN_ESM, settings } from './bundle.mjs'
import { at, binOf, ensureInstalled, fingerprint, isMain, runNode, STAMP } from './ready.mjs'

/** Native addons load their binary from their own folder, so they stay packages. */
const EXTERNAL = ['classic-level', 'secp256k1', 'secp256k1/*']

/** The ES modules share chunks, so that a part which is imported lazily is also read lazily. */
const ESM = {
  cli: 'devnet/cli/main.ts',
  index: 'devnet/index.ts',
  'verify-worker': 'devnet/verify/worker.ts',
}
const CJS = { index: 'devnet/index.ts' }

const present = (entries) =>
  Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(at(path))))

/**
 * What the source cannot know: the version, and where its own bundle and the worker's lie (all in one
 * folder).
 */
const constants = (bundleUrl) => ({
  TENDRIL_VERSION: JSON.stringify(JSON.parse(readFileSync(at('package.json'), 'utf8')).version),
  TENDRIL_WORKER: JSON.stringify('./verify-worker.js'),
  TENDRIL_BUNDLE_URL: bundleUrl,
})

/** The same for a bundle that lies elsewhere but runs as if it were `path`. */
export const bundleConstants = (path) => constants(JSON.stringify(pathToFileURL(path).href))

const bundles = (esbuild) => {
  const shared = { ...settings, external: EXTERNAL, outdir: at('dist'), write: false, metafile: true }
  const esm = {
    ...shared,
    entryPoints: present(ESM),
    splitting: true,
    chunkNames: '[name]-[hash]',
    banner: { js: REQUIRE_IN_ESM },
    define: constants('import.meta.url'),
  }
  const cjs = {
    ...shared,
    entryPoints: present(CJS),
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    banner: { js: "const tendrilBundleUrl = require('node:url').pathToFileURL(__filename).href" },
    define: constants('tendrilBundleUrl'),
  }
  const wanted = [esm, cjs].filter(({ entryPoints }) => Object.keys(entryPoints).length > 0)
  return Promise.all(wanted.map((options) => esbuild.build(options)))
}

/**
 * Two builds may run at once, and a program may start meanwhile: each file appears whole, chunks before
 * entries.
 */
const writeWhole = (path, bytes) => {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, bytes)
  renameSync(draft, path)
}

const isEntry = (file) =>
  Object.keys(ESM).some((name) => [`${name}.js`, `${name}.cjs`].includes(basename(file.path)))

/**
 * The `tendril` command. From Node 22 on, compiled code is kept beside the bundle, which saves a quarter of
 * the CPU time of loading it; a folder that cannot be written is no error.
 */
const COMMAND = `#!/usr/bin/env node
import module from 'node:module'
import { fileURLToPath } from 'node:url'

module.enableCompileCache?.(fileURLToPath(new URL('.compiled', import.meta.url)))
await import('./cli.js')
`

const removeStale = (outputs) => {
  const kept = new Set(['tendril.js', ...outputs.map((file) => basename(file.path))])
  rmSync(at('dist', '.compiled'), { recursive: true, force: true })
  for (const name of readdirSync(at('dist')))
    if (/\.c?js$/.test(name) && !kept.has(name)) rmSync(at('dist', name), { force: true })
}

export class BuildFailed extends Error {}

/** @returns esbuild's metafiles */
export const build = async () => {
  ensureInstalled()
  const before = fingerprint()
  const results = await bundles(await import('esbuild')).catch((error) => {
    if (error.errors === undefined) throw error
    throw new BuildFailed() // esbuild has printed each error with its place
  })
  const outputs = results.flatMap((result) => result.outputFiles)
  for (const file of outputs.filter((file) => !isEntry(file))) writeWhole(file.path, file.contents)
  for (const file of outputs.filter(isEntry)) writeWhole(file.path, file.contents)
  if ('cli' in present(ESM)) writeWhole(at('dist', 'tendril.js'), COMMAND)
  removeStale(outputs)
  writeWhole(STAMP, before)
  return results.map((result) => result.metafile)
}

const packagesOf = (metafiles) => {
  const folders = new Set()
  for (const { inputs } of metafiles)
    for (const path of Object.keys(inputs)) {
      const folder = path.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//)?.[1]
      if (folder !== undefined) folders.add(folder)
    }
  return [...folders].sort()
}

/** Most licences ask that their text goes along with every copy. */
const writeLicences = (metafiles) => {
  const texts = packagesOf(metafiles).map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(at(folder, 'package.json'), 'utf8'))
    const file = readdirSync(at(folder)).find((entry) => /^licen[cs]e/i.test(entry))
    const text = file === undefined ? '' : readFileSync(at(folder, file), 'utf8').trim()
    return `${name} ${version} (${license})\n\n${text}\n`
  })
  writeWhole(at('dist', 'THIRD-PARTY-LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`))
}

/** The compiler leaves `.ts` in the specifiers of declarations, where a consumer's compiler needs `.js`. */
const renameSpecifiers = (folder) => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) renameSpecifiers(path)
    else
      writeFileSync(path, readFileSync(path, 'utf8').replace(/(['"])(\.{1,2}\/[^'"\n]*)\.ts\1/g, '$1$2.js$1'))
  }
}

const writeTypes = () => {
  if (!existsSync(at('devnet/index.ts'))) return 0
  const draft = at('.cache', `types-${process.pid}`)
  const status = runNode([binOf('typescript', 'tsc'), '-p', 'tools/tsconfig.types.json', '--outDir', draft])
  if (status === 0) {
    renameSpecifiers(draft)
    rmSync(at('dist', 'types'), { recursive: true, force: true })
    cpSync(draft, at('dist', 'types'), { recursive: true })
  }
  rmSync(draft, { recursive: true, force: true })
  return status
}

const main = async (withTypes) => {
  const started = performance.now()
  const metafiles = await build()
  if (withTypes) {
    writeLicences(metafiles)
    process.exitCode = writeTypes()
  }
  console.error(
    `Built ${relative(process.cwd(), at('dist')) || '.'} in ${Math.round(performance.now() - started)} ms`,
  )
}

if (isMain(import.meta.url))
  await main(process.argv.includes('--types')).catch((error) => {
    if (!(error instanceof BuildFailed)) throw error
    process.exitCode = 1
  })
