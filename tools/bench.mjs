// npm run bench: bundles the benchmarks and runs them. `-- --json` one object a line, `-- --only NAME` one of
// them.
import { readdirSync, rmSync } from 'node:fs'
import { bundleConstants } from './build.mjs'
import { settings } from './bundle.mjs'
import { at, ensureBuilt, ensureInstalled, runNode } from './ready.mjs'

ensureInstalled()
if (!(await ensureBuilt())) process.exit(1)
const { build } = await import('esbuild')
const outdir = at('.cache', 'bench')
rmSync(outdir, { recursive: true, force: true })
await build({
  ...settings,
  entryPoints: readdirSync(at('bench'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `bench/${name}`),
  outdir,
  outExtension: { '.js': '.mjs' },
  splitting: true,
  chunkNames: 'chunk-[hash]',
  packages: 'external',
  define: bundleConstants(at('dist', 'index.js')),
})
process.exitCode = runNode([at('.cache', 'bench', 'run.mjs'), ...process.argv.slice(2)])
