// npm run check: everything that must hold before a change goes in, in the order of how fast it answers.
// Names as arguments run only these steps: npm run check -- lint tidy.
import { checkPackage } from './package.mjs'
import { binOf, ensureBuilt, ensureInstalled, runNode } from './ready.mjs'
import { runJest } from './test.mjs'

const steps = {
  lint: () => runNode([binOf('@biomejs/biome', 'biome'), 'check', '--error-on-warnings', '.']),
  tidy: () => runNode(['tools/bundle.mjs', 'tools/tidy.ts']),
  types: () => runNode([binOf('typescript', 'tsc'), '-p', '.']),
  generated: () => runNode(['tools/bundle.mjs', 'tools/gen.ts', '--check']),
  build: async () => ((await ensureBuilt()) ? 0 : 1),
  tests: () => runJest([]),
  package: checkPackage,
}

const main = async (names) => {
  const unknown = names.filter((name) => !(name in steps))
  if (unknown.length > 0) {
    console.error(`No step is called ${unknown.join(', ')}. There are: ${Object.keys(steps).join(', ')}`)
    return 1
  }
  ensureInstalled()
  const failed = []
  for (const [name, run] of Object.entries(steps)) {
    if (names.length > 0 && !names.includes(name)) continue
    console.log(`\n== ${name}`)
    if ((await run()) !== 0) failed.push(name)
  }
  console.log(failed.length === 0 ? '\nAll is well.' : `\nNot well: ${failed.join(', ')}`)
  return failed.length === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
