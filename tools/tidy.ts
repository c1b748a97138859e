// tidy: checks every source file against the house rules and exits 1 naming each line that breaks one.
// `--wrap` first breaks comments that are too wide; other arguments narrow the run to paths that begin so.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type Problem, tidy } from './tidy/rules.ts'
import { wrapComments } from './tidy/wrap.ts'

const ROOTS = ['proto', 'chain', 'modules', 'relayer', 'sim', 'devnet', 'tools', 'bench', 'test']
const SKIPPED = /(?:^|\/)(?:node_modules|vectors|proto\/gen)$/

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return SKIPPED.test(path) ? [] : sources(path)
    return /\.(?:ts|mjs)$/.test(entry.name) ? [path] : []
  })

const wrap = (path: string) => {
  const text = readFileSync(path, 'utf8')
  const wrapped = wrapComments(text)
  if (wrapped !== text) writeFileSync(path, wrapped)
}

const main = (args: string[]): number => {
  const only = args.filter((arg) => !arg.startsWith('--'))
  const wanted = (path: string) => only.length === 0 || only.some((start) => path.startsWith(start))
  const files = ROOTS.filter((root) => existsSync(root))
    .flatMap(sources)
    .filter(wanted)
  if (args.includes('--wrap')) files.forEach(wrap)
  const problems: Problem[] = files.flatMap((path) => tidy(path, readFileSync(path, 'utf8')))
  for (const { path, line, rule, why } of problems) console.error(`${path}:${line}: ${rule}: ${why}`)
  console.log(`tidy: ${files.length} files, ${problems.length} problems`)
  return problems.length === 0 ? 0 : 1
}

process.exitCode = main(process.argv.slice(2))
