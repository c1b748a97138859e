// `tendril start`: flags in, a running chain out, until Ctrl-C.
import { readFileSync } from 'node:fs'
import { toHex } from '../../chain/bytes.ts'
import type { ProducedBlock } from '../../chain/consensus/engine.ts'
import { type Devnet, startDevnet } from '../devnet.ts'
import { type DevnetOptions, OptionError, USUAL_PORTS } from '../options.ts'
import { banner, startReport } from './banner.ts'
import { type Flag, flagHelp, type Parsed, parseFlags } from './flags.ts'
import { type Paint, paintFor } from './terminal.ts'

const CHAIN_FLAGS: Flag[] = [
  { name: 'chain-id', value: 'ID', help: 'name of the chain (tendril-1)' },
  {
    name: 'profile',
    value: 'NAME',
    help: 'sdk: a plain Cosmos SDK chain; base: accounts and coins only (sdk)',
  },
  { name: 'prefix', value: 'TEXT', help: 'bech32 prefix of addresses (tendril)' },
  { name: 'denom', value: 'DENOM', help: 'base denomination (utend)' },
  { name: 'accounts', value: 'N', help: 'funded accounts (10)' },
  {
    name: 'balance',
    value: 'AMOUNT',
    help: 'coins of each account, in the base denomination (1000000000000)',
  },
  { name: 'mnemonic', value: 'WORDS', help: 'derive the accounts from your own words' },
  { name: 'validators', value: 'N', help: 'simulated validators (4)' },
  { name: 'validator-key', value: 'FILE', help: 'a priv_validator_key.json for the first validator' },
  { name: 'seed', value: 'TEXT', help: 'everything random derives from it (tendril)' },
]
const TIME_FLAGS: Flag[] = [
  { name: 'block-time', value: 'TIME', help: 'instant, manual, or a duration such as 500ms or 2s (instant)' },
  {
    name: 'virtual-time',
    value: 'START',
    help: [
      'a clock of its own that starts at an RFC 3339 time and moves one second a',
      'block: the same transactions then give the same block hashes',
    ].join('\n'),
  },
]
const STATE_FLAGS: Flag[] = [
  {
    name: 'home',
    value: 'DIR',
    help: 'keep the chain in DIR and continue it next time (in memory otherwise)',
  },
  { name: 'genesis', value: 'FILE', help: 'start from the genesis of a Cosmos SDK chain' },
  { name: 'skip-unknown-modules', help: 'leave out what the genesis has for modules that are not supported' },
  { name: 'pruning', value: 'HOW', help: 'default, nothing or everything, as in the SDK (default)' },
]
const SERVER_FLAGS: Flag[] = [
  {
    name: 'rpc-port',
    value: 'PORT',
    help: `CometBFT RPC and WebSocket (${USUAL_PORTS.rpc}); 0 picks a free port`,
  },
  { name: 'rest-port', value: 'PORT', help: `REST (${USUAL_PORTS.rest})` },
  { name: 'grpc-port', value: 'PORT', help: `gRPC (${USUAL_PORTS.grpc})` },
  { name: 'host', value: 'ADDRESS', help: 'address to listen on (127.0.0.1)' },
  {
    name: 'min-gas-prices',
    value: 'PRICES',
    help: 'such as 0.001utend; transactions that pay less are refused',
  },
]
const OUTPUT_FLAGS: Flag[] = [
  { name: 'quiet', help: 'no banner and no block log' },
  {
    name: 'json',
    help: [
      'first line: one JSON object with every endpoint and account, once the',
      'first block can be queried; then one object a block',
    ].join('\n'),
  },
  { name: 'help', help: 'this page' },
]
const FLAGS = [...CHAIN_FLAGS, ...TIME_FLAGS, ...STATE_FLAGS, ...SERVER_FLAGS, ...OUTPUT_FLAGS]

export const START_HELP = `tendril start: run a chain that real Cosmos clients can use

  tendril start                              instant blocks, ten funded accounts, nothing left behind
  tendril start --home ./chain               keep it, and continue it the next time
  tendril start --block-time 1s              a block a second, as a live chain would
  tendril start --genesis genesis.json       from the genesis of an SDK chain
  tendril start --rpc-port 0 --rest-port 0 --grpc-port 0 --json    for scripts: free ports, printed as JSON

Chain
${flagHelp(CHAIN_FLAGS)}

Time
${flagHelp(TIME_FLAGS)}

State
${flagHelp(STATE_FLAGS)}

Servers
${flagHelp(SERVER_FLAGS)}

Output
${flagHelp(OUTPUT_FLAGS)}
`

const readText = (flag: string, path: string | undefined): string | undefined => {
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new OptionError(`--${flag} ${path}: ${(error as Error).message}`)
  }
}

const blockTimeOf = (text: string | undefined): DevnetOptions['blockTime'] => {
  if (text === undefined || text === 'instant' || text === 'manual') return text
  const match = /^(\d+(?:\.\d{1,3})?)(ms|s)?$/.exec(text)
  if (match === null)
    throw new OptionError(
      `--block-time is "${text}": it must be instant, manual, or a duration such as 500ms or 2s`,
    )
  return Math.round(Number(match[1]) * (match[2] === 's' ? 1000 : 1))
}

const balanceOf = (text: string | undefined): bigint | undefined => {
  if (text === undefined) return undefined
  if (!/^\d{1,30}$/.test(text)) throw new OptionError(`--balance is "${text}": it must be a whole number`)
  return BigInt(text)
}

const pruningOf = (text: string | undefined): DevnetOptions['pruning'] => {
  if (text === undefined || text === 'default' || text === 'nothing' || text === 'everything') return text
  throw new OptionError(`--pruning is "${text}": it must be default, nothing or everything`)
}

/** Only what was given: absent options take the library's defaults. */
const defined = <T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never

const optionsOf = (flags: Parsed): DevnetOptions => {
  const startsAt = flags.text('virtual-time')
  return {
    ports: {
      rpc: flags.whole('rpc-port') ?? USUAL_PORTS.rpc,
      rest: flags.whole('rest-port') ?? USUAL_PORTS.rest,
      grpc: flags.whole('grpc-port') ?? USUAL_PORTS.grpc,
    },
    ...defined({
      chainId: flags.text('chain-id'),
      profile: flags.text('profile') as DevnetOptions['profile'],
      prefix: flags.text('prefix'),
      denom: flags.text('denom'),
      accounts: flags.whole('accounts'),
      balance: balanceOf(flags.text('balance')),
      mnemonic: flags.text('mnemonic'),
      validators: flags.whole('validators'),
      validatorKey: readText('validator-key', flags.text('validator-key')),
      seed: flags.text('seed'),
      blockTime: blockTimeOf(flags.text('block-time')),
      clock: startsAt === undefined ? undefined : { startsAt },
      home: flags.text('home'),
      genesis: readText('genesis', flags.text('genesis')),
      skipUnknownModules: flags.on('skip-unknown-modules') || undefined,
      pruning: pruningOf(flags.text('pruning')),
      host: flags.text('host'),
      minGasPrices: flags.text('min-gas-prices'),
    }),
  }
}

const clockText = () => new Date().toTimeString().slice(0, 8)

/** One line a block that has transactions; empty blocks overwrite one line, and only on a terminal. */
const logBlocks = (devnet: Devnet, paint: Paint): (() => void) => {
  let transient = false
  const line = ({ results, block }: ProducedBlock) => {
    const failed = results.txResults.filter((result) => result.code !== 0).length
    const count = block.data?.txs.length ?? 0
    const what = count === 0 ? paint.dim('empty') : `${count} tx${count === 1 ? '' : 's'}`
    const bad = failed > 0 ? paint.red(` (${failed} failed)`) : ''
    const app = paint.dim(`app ${toHex(results.appHash).slice(0, 12).toUpperCase()}`)
    return `  ${paint.dim(clockText())}  ${String(results.height).padStart(8)}  ${what}${bad}  ${app}`
  }
  return devnet.node.onBlock((produced) => {
    const empty = (produced.block.data?.txs.length ?? 0) === 0
    if (empty && !paint.colour) return
    const back = transient ? '\u001b[1A\u001b[2K' : ''
    process.stdout.write(`${back}${line(produced)}\n`)
    transient = empty
  })
}

const logJson = (devnet: Devnet): (() => void) =>
  devnet.node.onBlock(({ block, results }) => {
    const report = {
      height: String(results.height),
      txs: block.data?.txs.length ?? 0,
      failed: results.txResults.filter((result) => result.code !== 0).length,
      app_hash: toHex(results.appHash).toUpperCase(),
    }
    process.stdout.write(`${JSON.stringify(report)}\n`)
  })

const untilInterrupted = (devnet: Devnet): Promise<Error | undefined> =>
  new Promise((resolve) => {
    const stop = () => resolve(undefined)
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
    devnet.node.onHalt(resolve)
  })

/** Runs until Ctrl-C; resolves to the process's exit code. */
export const start = async (args: readonly string[]): Promise<number> => {
  const flags = parseFlags('start', FLAGS, args)
  if (flags.on('help')) {
    process.stdout.write(START_HELP)
    return 0
  }
  const devnet = await startDevnet(optionsOf(flags))
  const paint = paintFor(process.stdout)
  if (flags.on('json')) process.stdout.write(`${JSON.stringify(startReport(devnet))}\n`)
  else if (!flags.on('quiet')) process.stdout.write(`${banner(devnet, paint)}\n`)
  if (!flags.on('quiet')) flags.on('json') ? logJson(devnet) : logBlocks(devnet, paint)
  const reason = await untilInterrupted(devnet)
  if (reason)
    process.stderr.write(`${paintFor(process.stderr).red('The chain has halted:')} ${reason.message}\n`)
  await devnet.stop()
  return reason ? 1 : 0
}
