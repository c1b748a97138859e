// A folder that keeps a chain: what it started from, how it was set up, and its database.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Profile } from './app.ts'
import { DEFAULTS, type DevnetOptions, OptionError } from './options.ts'

/** What must stay as it was for a chain to go on: it decides keys and addresses. */
export type Settings = {
  chainId: string
  profile: Profile
  prefix: string
  denom: string
  seed: string
  validators: number
  mnemonic: string
  accounts: number
  balance: string
}

export type Home = {
  readonly path: string
  readonly data: string
  /** Undefined in a new folder. */
  load(): { settings: Settings; genesis: string; validatorKey: string | undefined } | undefined
  save(settings: Settings, genesis: string, validatorKey: string | undefined): void
}

/**
 * Written whole under another name first, so that a killed process leaves either the old file or the new one.
 */
const write = (path: string, text: string) => {
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new OptionError(`cannot read ${path}: ${(error as Error).message}`)
  }
}

export const openHome = (path: string): Home => {
  const config = join(path, 'config')
  const settingsPath = join(config, 'tendril.json')
  const genesisPath = join(config, 'genesis.json')
  const keyPath = join(config, 'priv_validator_key.json')
  return {
    path,
    data: join(path, 'data'),
    load() {
      if (!existsSync(settingsPath)) return undefined
      return {
        settings: parseSettings(settingsPath, read(settingsPath)),
        genesis: read(genesisPath),
        validatorKey: existsSync(keyPath) ? read(keyPath) : undefined,
      }
    },
    save(settings, genesis, validatorKey) {
      try {
        mkdirSync(config, { recursive: true })
        write(genesisPath, genesis)
        if (validatorKey !== undefined) write(keyPath, validatorKey)
        write(settingsPath, `${JSON.stringify(settings, undefined, 2)}\n`)
      } catch (error) {
        throw new OptionError(`cannot write the home folder ${path}: ${(error as Error).message}`)
      }
    },
  }
}

const parseSettings = (path: string, text: string): Settings => {
  try {
    return JSON.parse(text) as Settings
  } catch (error) {
    throw new OptionError(`${path} is damaged: ${(error as Error).message}`)
  }
}

/** The settings of a new chain; whatever is not given takes its default. */
export const settingsOf = (options: DevnetOptions, mnemonic: string): Settings => ({
  chainId: options.chainId ?? DEFAULTS.chainId,
  profile: options.profile ?? DEFAULTS.profile,
  prefix: options.prefix ?? DEFAULTS.prefix,
  denom: options.denom ?? DEFAULTS.denom,
  seed: options.seed ?? DEFAULTS.seed,
  validators: options.validators ?? DEFAULTS.validators,
  mnemonic: options.mnemonic ?? mnemonic,
  accounts: options.accounts ?? DEFAULTS.accounts,
  balance: String(options.balance ?? DEFAULTS.balance),
})

/** A kept chain goes on as it was: throws OptionError if an option says otherwise. */
export const checkAgainst = (settings: Settings, options: DevnetOptions): void => {
  for (const name of [
    'chainId',
    'profile',
    'prefix',
    'denom',
    'seed',
    'validators',
    'mnemonic',
    'accounts',
  ] as const) {
    const given = options[name]
    if (given !== undefined && given !== settings[name])
      throw new OptionError(
        `the chain in ${options.home} has ${name} ${settings[name]}, not ${given}: ` +
          'leave the option out, or choose another home',
      )
  }
  if (options.genesis !== undefined)
    throw new OptionError(
      `${options.home} already holds the chain ${settings.chainId}: ` +
        'leave the genesis out to continue it, or choose another home',
    )
}
