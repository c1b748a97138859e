// What a user may say about a chain, with the defaults and the checks that the library and the command line
// share.
import type { Module } from '../chain/module.ts'
import type { UpgradeHandler } from '../modules/upgrade/keeper.ts'
import type { Profile } from './app.ts'
import type { BlockMode } from './blocks.ts'

export type DevnetOptions = {
  /** Default `tendril-1`. With `genesis` or an existing `home` it must be the one that stands there. */
  chainId?: string
  /**
   * The list of modules: `sdk` (default) is a plain Cosmos SDK chain, `base` has accounts and coins only. A
   * genesis says its own by the modules in it.
   */
  profile?: Profile
  /** Bech32 prefix of addresses, default `tendril`; a genesis says its own by its addresses. */
  prefix?: string
  /** Base denomination, default `utend`. */
  denom?: string
  /** Number of simulated validators, default 4. */
  validators?: number
  /** Text of a `priv_validator_key.json`: the first validator's key. */
  validatorKey?: string
  /** Everything random (validator keys) derives from it, default `tendril`. */
  seed?: string
  /** Number of funded accounts, default 10. */
  accounts?: number
  mnemonic?: string
  /** What each account gets, in `denom`, default 1,000,000,000,000 (a million TEND). */
  balance?: bigint
  /** `instant` (default), `manual`, or milliseconds between blocks. */
  blockTime?: 'instant' | 'manual' | number
  /**
   * A virtual clock starts at `startsAt` (RFC 3339, default 2026-01-01T00:00:00Z); each block is `stepMs`
   * (1000) later.
   */
  clock?: 'real' | { startsAt?: string; stepMs?: number }
  /** Genesis of an SDK or CometBFT chain, as text or as its parsed JSON. */
  genesis?: string | object
  /** Start from a genesis without the modules of it that are not supported. */
  skipUnknownModules?: boolean
  /** Folder that keeps the chain; without it the chain lives in memory and leaves nothing behind. */
  home?: string
  /** Modules of your own, after ours; their genesis states stand in `genesis`, or are their defaults. */
  modules?: readonly Module[]
  /** What the code of this run brings to software upgrades, by the name of their plans. */
  upgradeHandlers?: Readonly<Record<string, UpgradeHandler>>
  /** Told about bugs of ours that failed a transaction or query; by default the process warns of them. */
  onBug?: (error: unknown) => void
  /** Such as `0.001utend`; default none. */
  minGasPrices?: string
  /** Ports of the servers: `true` for the usual ones, 0 for a free one; none are opened without it. */
  ports?: boolean | { rpc?: number; rest?: number; grpc?: number }
  /** Address that the servers listen on, default 127.0.0.1. */
  host?: string
  /** Versions of the state that are kept: `default` (362880), `nothing` (all) or `everything` (2). */
  pruning?: 'default' | 'nothing' | 'everything'
}

export type Ports = { rpc: number; rest: number; grpc: number }
export const USUAL_PORTS: Ports = { rpc: 26657, rest: 1317, grpc: 9090 }

export const DEFAULTS = {
  chainId: 'tendril-1',
  profile: 'sdk',
  prefix: 'tendril',
  denom: 'utend',
  validators: 4,
  seed: 'tendril',
  accounts: 10,
  balance: 1_000_000_000_000n,
  startsAt: '2026-01-01T00:00:00Z',
  stepMs: 1000,
} as const

/** An option that cannot be used; the message names it, says what was wrong and what is allowed. */
export class OptionError extends Error {}

const complain = (name: string, value: unknown, wanted: string): never => {
  throw new OptionError(`${name} is ${JSON.stringify(String(value))}: it must be ${wanted}`)
}

const whole = (name: string, value: number | undefined, least: number, most: number) => {
  if (value === undefined) return
  if (!Number.isInteger(value) || value < least || value > most)
    complain(name, value, `a whole number from ${least} to ${most}`)
}

const matching = (name: string, value: string | undefined, pattern: RegExp, wanted: string) => {
  if (value !== undefined && !pattern.test(value)) complain(name, value, wanted)
}

const PROFILES: readonly string[] = ['sdk', 'base'] satisfies Profile[]
/** CometBFT allows 50 characters; slashes and spaces would break file names and routes. */
const CHAIN_ID = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,49}$/
const PREFIX = /^[a-z][a-z0-9]{0,19}$/
/** As the SDK's `ValidateDenom`. */
const DENOM = /^[a-zA-Z][a-zA-Z0-9/:._-]{2,127}$/

/** Throws OptionError for the first option that cannot be used. */
export const checkOptions = (options: DevnetOptions): void => {
  matching('chain id', options.chainId, CHAIN_ID, '1 to 50 letters, digits, dots, dashes or underscores')
  if (options.profile !== undefined && !PROFILES.includes(options.profile))
    complain('profile', options.profile, PROFILES.join(' or '))
  matching('prefix', options.prefix, PREFIX, '1 to 20 lower-case letters and digits, a letter first')
  matching('denom', options.denom, DENOM, '3 to 128 letters, digits or /:._- with a letter first')
  whole('number of validators', options.validators, 1, 100)
  whole('number of accounts', options.accounts, 1, 10_000)
  if (options.balance !== undefined && options.balance < 0n)
    complain('balance', options.balance, 'zero or more')
  if (typeof options.blockTime === 'number') whole('block time in ms', options.blockTime, 1, 3_600_000)
  if (options.home === '') complain('home', '', 'the path of a folder')
  const ports = options.ports
  if (typeof ports === 'object')
    for (const name of ['rpc', 'rest', 'grpc'] as const) whole(`${name} port`, ports[name], 0, 65_535)
}

export const blockModeOf = (options: DevnetOptions): BlockMode => {
  const { blockTime = 'instant' } = options
  return typeof blockTime === 'number' ? { kind: 'interval', ms: blockTime } : { kind: blockTime }
}

/** The ports to open; undefined if none. */
export const portsOf = (options: DevnetOptions): Ports | undefined => {
  const { ports = false } = options
  if (ports === false) return undefined
  return ports === true ? USUAL_PORTS : { rpc: 0, rest: 0, grpc: 0, ...ports }
}
