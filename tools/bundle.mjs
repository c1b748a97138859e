// How TypeScript becomes JavaScript here: the settings that the build, the benchmarks and the tools share,
// and a way to run a TypeScript file.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fileDesc } from './file-desc.mjs'
import { at, ensureInstalled, isMain } from './ready.mjs'

/** CommonJS packages inside an ES module bundle call `require` for what Node brings along. */
export const REQUIRE_IN_ESM = [
  "import { createRequire as tendrilRequire } from 'node:module'",
  'const require = tendrilRequire(import.meta.url)',
].join('\n')

const WALK = 'addFile(file, skipTypes, withDeps) {'
/**
 * Reading the descriptor of a generated file, protobuf-es 2.13 visits the files it imports once for each path
 * that leads to them. Visiting each once gives the same registry and saves a fifth of the time that
 * descriptors take at start.
 */
const visitImportsOnce = {
  name: 'visit-imports-once',
  setup(build) {
    build.onLoad({ filter: /@bufbuild[\\/]protobuf[\\/]dist[\\/]esm[\\/]registry\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      if (!text.includes(WALK))
        throw new Error(`${path} has changed: look whether visitImportsOnce is needed still`)
      return { contents: text.replace(WALK, `${WALK} if (withDeps && files.has(file.proto.name)) return;`) }
    })
  },
}

export const settings = {
  absWorkingDir: at(),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
  plugins: [visitImportsOnce, fileDesc],
  // libauth's index instantiates every algorithm in a top-level await, which a CommonJS bundle cannot hold
  // (and which costs start-up time); its secp256k1 is all that we use.
  alias: { '@bitauth/libauth': '@bitauth/libauth/build/lib/crypto/secp256k1.js' },
}

/** Bundles one TypeScript file for use inside this working copy and imports it. `process.argv` is its own. */
export const runTypeScript = async (path, args) => {
  ensureInstalled()
  const { build } = await import('esbuild')
  const outfile = at('.cache', 'run', `${basename(path, '.ts')}-${process.pid}.mjs`)
  mkdirSync(at('.cache', 'run'), { recursive: true })
  await build({ ...settings, entryPoints: [path], outfile, packages: 'external' })
  process.on('exit', () => rmSync(outfile, { force: true }))
  process.argv = [process.argv[0], at(path), ...args]
  return import(pathToFileURL(outfile).href)
}

if (isMain(import.meta.url)) await runTypeScript(process.argv[2], process.argv.slice(3))
