// How TypeScript becomes JavaScript here: the settings that the build, the benchmarks and the tools share,
// and a way to run a TypeScript file.
import { mkdirSync, rmSync } from 'node:fs'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { at, ensureInstalled, isMain } from './ready.mjs'

/** CommonJS packages inside an ES module bundle call `require` for what Node brings along. */
export const REQUIRE_IN_ESM = [
  "import { createRequire as tendrilRequire } from 'node:module'",
  'const require = tendrilRequire(import.meta.url)',
].join('\n')

export const settings = {
  absWorkingDir: at(),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
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
