// The table of a differential run, and what is not equal below it.
import type { Run, Unequal } from './run.ts'

const FIELDS = ['txs', 'results', 'events', 'gas', 'roots', 'heights'] as const
const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
const short = (text: string) => (text.length > 600 ? `${text.slice(0, 600)}…` : text)

/** How often each outcome occurred in the blocks. */
const outcomes = ({ recording }: Run): string => {
  const counts = new Map<string, number>()
  for (const { block_results } of recording.heights)
    for (const { code, codespace } of block_results.txs_results ?? []) {
      const name = code === 0 ? 'ok' : `${codespace}/${code}`
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
}

export const report = (run: Run, seed: string): string => {
  const { replay, recording, sent, probes, exports, contents, again } = run
  const updates = recording.heights.filter(({ block_results }) => block_results.validator_updates?.length)
  const evidence = recording.heights.filter(({ block }) => block.evidence.evidence.length > 0)
  const modules = [...replay.tallies].sort(([a], [b]) => (a < b ? -1 : 1))
  const names: Record<string, string> = { acc: 'auth' }
  const exportOf = (name: string) => {
    const module = names[name] ?? name
    return exports.has(module) ? (exports.get(module) === undefined ? 'equal' : 'differs') : ''
  }
  const unequal: Unequal[] = [
    ...replay.differences.map(({ height, what, ...rest }) => ({
      what: `height ${height}, ${what}`,
      ...rest,
    })),
    ...probes.unequal,
    ...[...exports.values()].flatMap((difference) => (difference === undefined ? [] : [difference])),
    ...[...contents.values()].flat(),
    ...again.map(({ height, what, ...rest }) => ({
      what: `started again, height ${height}, ${what}`,
      ...rest,
    })),
  ]
  return [
    '',
    `Seed ${seed}: ${recording.heights.length} blocks, ${updates.length} with validator updates, ` +
      `${evidence.length} with evidence.`,
    `Taken ${sent.taken}; refused: ${Object.entries(sent.refused)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}.`,
    `In blocks: ${outcomes(run)}.`,
    '',
    row(['module', ...FIELDS, 'export']),
    row(['---', ...FIELDS.map(() => '---:'), '---']),
    ...modules.map(([name, counts]) => row([name, ...FIELDS.map((field) => counts[field]), exportOf(name)])),
    '',
    `CheckTx of ${probes.total} malformed or plain transactions: ` +
      `${probes.total - probes.unequal.length} equal.`,
    `Started again from our export: ${again.length} differences from height ${run.againFrom} on.`,
    `${unequal.length} differences`,
    ...unequal
      .slice(0, 60)
      .map(
        ({ what, expected, found, reason }) =>
          `${what}\n  Go   ${short(expected)}\n  ours ${short(found)}${reason ? `\n  why  ${reason}` : ''}`,
      ),
    '',
  ].join('\n')
}
