// The `tendril` command. Each subcommand is a file that is loaded when it is asked for, so that help and
// errors are instant and `start` loads nothing that it does not run.
import { OptionError } from '../options.ts'
import { VERSION } from '../version.ts'
import { paintFor } from './terminal.ts'

const HELP = `Tendril ${VERSION}: a Cosmos chain on your machine, in one command

  tendril start      run a chain that real Cosmos clients can use
  tendril tx         sign a message of any module and send it
  tendril query      ask any module of a chain
  tendril export     print the genesis of a chain kept with --home
  tendril version    print the version
  tendril help       this page; tendril COMMAND --help has the flags of a command

Start here:
  tendril start
  curl http://127.0.0.1:26657/status
  tendril tx bank send 0 1 10utend
  tendril query bank balances 1
`

type Command = (args: readonly string[]) => Promise<number>

const print = (text: string): Promise<number> => {
  process.stdout.write(text)
  return Promise.resolve(0)
}

const COMMANDS = new Map<string, Command>([
  ['start', async (args) => (await import('./start.ts')).start(args)],
  ['tx', async (args) => (await import('./tx.ts')).tx(args)],
  ['query', async (args) => (await import('./query.ts')).query(args)],
  ['export', async (args) => (await import('./export.ts')).exportGenesis(args)],
  ['version', () => print(`${VERSION}\n`)],
  ['help', () => print(HELP)],
])
const ALIASES: Record<string, string> = {
  '--help': 'help',
  '-h': 'help',
  '--version': 'version',
  '-v': 'version',
  q: 'query',
}

const run = (args: readonly string[]): Promise<number> => {
  const [given = 'help', ...rest] = args
  const command = COMMANDS.get(ALIASES[given] ?? given)
  if (command === undefined)
    throw new OptionError(`There is no command "${given}". Run \`tendril help\` for the commands.`)
  return command(rest)
}

/** Prints what went wrong: one line for what a user can mend, the stack for what is our own fault. */
const report = (error: unknown): number => {
  const paint = paintFor(process.stderr)
  const known = error instanceof OptionError || (error instanceof Error && error.cause !== undefined)
  const text =
    error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error)
  process.stderr.write(`${paint.red('tendril:')} ${text}\n`)
  return 1
}

const main = async () => {
  process.exitCode = await Promise.resolve()
    .then(() => run(process.argv.slice(2)))
    .catch(report)
}

main()
