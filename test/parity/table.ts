// npm run parity: replays the recorded Go chain and prints, module by module, how much of it is equal. `--
// --json` prints one object a module; `-- --write` also keeps the table in docs/parity.md, where it can only
// rise.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { replayRecording } from './chain.ts'
import type { Tally } from './replay.ts'

const PAGE = join(process.cwd(), 'docs', 'parity.md')
const FIELDS = ['txs', 'results', 'events', 'gas', 'roots', 'heights'] as const

const HEAD = `# Parity with the Go chain

The recorded chain (wasmd 0.61.14: Cosmos SDK 0.53.6, CometBFT 0.38.21) has 491 blocks. \`npm run parity\`
replays them and counts what is equal: results (code, codespace, data, log), events (types, keys, values,
order) and gas of each transaction, and the root of each module's store at each height. \`npm test\` fails
if anything differs. Row \`(block)\`: the events of begin and end block.

Transactions of modules that are not here (wasm) are left out, and what their blocks changed is taken from
the recording; wasmd's own step of the ante handler, which counts the transactions of a block, stands in
the replay's set-up.

`

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`

const table = (tallies: ReadonlyMap<string, Tally>): string =>
  [
    row(['module', ...FIELDS]),
    row(['---', ...FIELDS.map(() => '---:')]),
    ...[...tallies]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, counts]) => row([name, ...FIELDS.map((field) => counts[field])])),
  ].join('\n')

/** The counts that stand on the page, by module. */
const readPage = (): Map<string, number[]> => {
  const rows = readFileSync(PAGE, 'utf8').matchAll(/^\| (\S+) \| ([\d |]+) \|$/gm)
  return new Map(Array.from(rows, ([, name, cells]) => [name!, cells!.split(' | ').map(Number)]))
}

const fallen = (tallies: ReadonlyMap<string, Tally>): string[] => {
  const kept = readPage()
  return [...kept].flatMap(([name, counts]) =>
    FIELDS.flatMap((field, i) => {
      const now = tallies.get(name)?.[field] ?? 0
      return now < counts[i]! ? [`${name}: ${field} fell from ${counts[i]} to ${now}`] : []
    }),
  )
}

const main = () => {
  const args = process.argv.slice(2)
  const { tallies, differences } = replayRecording()
  const write = args.includes('--write')
  const losses = write ? [] : fallen(tallies)
  if (args.includes('--json'))
    for (const [module, counts] of tallies) process.stdout.write(`${JSON.stringify({ module, ...counts })}\n`)
  else process.stdout.write(`${table(tallies)}\n\n${differences.length} differences\n`)
  for (const { height, what, expected, found } of differences.slice(0, 20))
    process.stderr.write(`height ${height}, ${what}\n  recorded ${expected}\n  here     ${found}\n`)
  for (const loss of losses) process.stderr.write(`${loss}\n`)
  if (write) writeFileSync(PAGE, `${HEAD}${table(tallies)}\n`)
  process.exitCode = losses.length > 0 ? 1 : 0
}

main()
