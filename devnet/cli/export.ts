// `tendril export`: the state of a kept chain as a genesis that Tendril and the Go tools start from.
import { exportHome } from '../devnet.ts'
import { OptionError } from '../options.ts'
import { type Flag, flagHelp, parseFlags } from './flags.ts'

const FLAGS: Flag[] = [
  { name: 'home', value: 'DIR', help: 'the folder given to `tendril start --home`' },
  { name: 'height', value: 'H', help: 'export the state after block H (the latest one)' },
  { name: 'help', help: 'this page' },
]

export const EXPORT_HELP = `tendril export: print the genesis of a chain kept with --home, as JSON

  tendril export --home ./chain > genesis.json

${flagHelp(FLAGS)}

The chain must not be running. What is printed starts again with \`tendril start --genesis genesis.json\`.
`

/** Prints the genesis; resolves to the process's exit code. */
export const exportGenesis = async (args: readonly string[]): Promise<number> => {
  const flags = parseFlags('export', FLAGS, args)
  if (flags.on('help')) {
    process.stdout.write(EXPORT_HELP)
    return 0
  }
  const home = flags.text('home')
  if (home === undefined) throw new OptionError('--home is missing: name the folder of the chain to export')
  process.stdout.write(`${JSON.stringify(await exportHome(home, flags.whole('height')), undefined, 2)}\n`)
  return 0
}
