// npm start: a chain from this working copy. Arguments after `--` go to `tendril start`.
import { pathToFileURL } from 'node:url'
import { at, ensureBuilt, ensureInstalled } from './ready.mjs'

ensureInstalled()
if (!(await ensureBuilt())) process.exit(1)
// In this very process: another one would cost 40 ms and would have to be sent every signal.
process.argv = [process.argv[0], at('dist', 'tendril.js'), 'start', ...process.argv.slice(2)]
await import(pathToFileURL(at('dist', 'tendril.js')).href)
