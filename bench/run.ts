// npm run bench: runs every file of this folder that exports `run`, each in a process of its own (so that
// none inherits the heap or the warmed-up code of another), and prints what they measured.
import { fork } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * One thing measured. `peer` is what the Go chain (or another peer) reached in the same run, in the same
 * unit; `ratio` says how many times better we are, so that more is better whatever the unit.
 */
export type Figure = { name: string; value: number; unit: string; peer?: number; ratio?: number }
type BenchModule = { run?: () => Promise<Figure[]> }

const SELF = fileURLToPath(import.meta.url)
const load = (path: string): Promise<BenchModule> => import(pathToFileURL(path).href)

const benches = async (): Promise<string[]> => {
  const files = readdirSync(dirname(SELF)).filter(
    (name) => /^[^.]*\.mjs$/.test(name) && !name.startsWith('chunk-'),
  )
  const found: string[] = []
  for (const file of files.sort()) {
    const path = join(dirname(SELF), file)
    if (path !== SELF && (await load(path)).run !== undefined) found.push(basename(file, '.mjs'))
  }
  return found
}

/** Measures one bench in a process of its own. */
const measure = (name: string): Promise<Figure[]> =>
  new Promise((resolve, reject) => {
    const child = fork(SELF, ['--measure', name], {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 2, 2, 'ipc'],
    })
    let figures: Figure[] | undefined
    child.on('message', (message) => {
      figures = message as Figure[]
    })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (figures !== undefined) resolve(figures)
      else reject(new Error(`the bench ${name} ended with code ${code} before it gave its figures`))
    })
  })

const inThisProcess = async (name: string) => {
  const { run } = await load(join(dirname(SELF), `${name}.mjs`))
  const figures = (await run?.()) ?? []
  process.send?.(figures, () => process.exit(0))
}

const digits = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 4 })

const cells = ({ name, value, unit, peer, ratio }: Figure): string[] => [
  name,
  digits(value),
  unit,
  peer === undefined ? '' : digits(peer),
  ratio === undefined ? '' : `${digits(ratio)}x`,
]

const table = (figures: Figure[]): string => {
  const rows = [['name', 'value', 'unit', 'peer', 'ratio'], ...figures.map(cells)]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const numeric = [false, true, false, true, true]
  const pad = (text: string, column: number) =>
    numeric[column] ? text.padStart(widths[column]!) : text.padEnd(widths[column]!)
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}

const argument = (args: string[], flag: string): string | undefined =>
  args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined

const main = async (args: string[]): Promise<number> => {
  const only = argument(args, '--only')
  const all = await benches()
  if (only !== undefined && !all.includes(only)) {
    console.error(`No bench is called ${only}. There are: ${all.join(', ')}`)
    return 1
  }
  const figures: Figure[] = []
  let failures = 0
  for (const name of only === undefined ? all : [only]) {
    console.error(`measuring ${name} …`)
    const measured = await measure(name).catch((error: Error) => {
      failures++
      console.error(error.message)
      return []
    })
    if (args.includes('--json')) for (const figure of measured) console.log(JSON.stringify(figure))
    figures.push(...measured)
  }
  if (!args.includes('--json')) console.log(`\n${table(figures)}`)
  return failures === 0 ? 0 : 1
}

const args = process.argv.slice(2)
const measured = argument(args, '--measure')
if (measured !== undefined) await inThisProcess(measured)
else process.exitCode = await main(args)
