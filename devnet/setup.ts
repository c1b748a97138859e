// What a chain is made of before it runs: settings, genesis and accounts, from a folder, a genesis file or
// the defaults.
import type { GenesisDoc } from '../chain/consensus/genesis.ts'
import { parseTimeNs } from '../chain/consensus/time.ts'
import { DEV_MNEMONIC, type DevAccount, devAccounts } from './accounts.ts'
import { defaultAppState } from './app.ts'
import { hostTimeNs } from './clock.ts'
import {
  freshGenesis,
  prefixOfGenesis,
  readGenesisText,
  type SimulatedValidators,
  simulatedGenesis,
  simulateValidators,
} from './genesis.ts'
import { checkAgainst, openHome, type Settings, settingsOf } from './home.ts'
import { DEFAULTS, type DevnetOptions, OptionError } from './options.ts'

export type Setup = {
  settings: Settings
  doc: GenesisDoc
  /** The genesis with validators that can sign here. */
  text: string
  validators: SimulatedValidators
  /** Genesis transactions that carry our keys are not signed for them. */
  replacedKeys: boolean
  accounts: DevAccount[]
  validatorKey: string | undefined
  notes: string[]
  /** It stands in the home folder already. */
  kept: boolean
}

/** Throws OptionError if the options contradict each other, the genesis, or the folder. */
export const prepare = async (options: DevnetOptions): Promise<Setup> => {
  const kept = options.home === undefined ? undefined : openHome(options.home).load()
  if (kept) checkAgainst(kept.settings, options)
  const settings = kept?.settings ?? settingsOf(options, DEV_MNEMONIC)
  const validatorKey = kept ? kept.validatorKey : options.validatorKey
  const given = kept?.genesis ?? genesisTextOf(options)
  if (given === undefined) return prepareFresh(options, settings, validatorKey)
  return prepareGiven(options, settings, given, validatorKey, kept !== undefined)
}

const prepareGiven = async (
  options: DevnetOptions,
  settings: Settings,
  text: string,
  keyFile: string | undefined,
  kept: boolean,
): Promise<Setup> => {
  const doc = readGenesisText(text, genesisTime(options))
  if (!kept && options.chainId !== undefined && options.chainId !== doc.chainId)
    throw new OptionError(
      `the genesis is of chain ${doc.chainId}, not ${options.chainId}: ` +
        'leave the chain id out, or change the genesis',
    )
  if (!kept) describeForeign(options, settings, doc)
  const { seed, prefix, validators: count } = settings
  const simulated = simulatedGenesis({ text, doc }, { seed, prefix, count, keyFile })
  settings.validators = simulated.validators.ordered.length
  const accounts = await devAccounts(settings.mnemonic, settings.accounts)
  const notes = simulated.note === undefined ? [] : [simulated.note]
  return {
    settings,
    ...simulated,
    accounts,
    validatorKey: keyFile,
    notes,
    kept,
    replacedKeys: notes.length > 0,
  }
}

/** What a genesis itself says of its chain. */
const describeForeign = (options: DevnetOptions, settings: Settings, doc: GenesisDoc) => {
  const { staking } = doc.appState as { staking?: { params?: { bond_denom?: string } } }
  settings.chainId = doc.chainId
  settings.prefix = options.prefix ?? prefixOfGenesis(doc) ?? settings.prefix
  settings.denom = options.denom ?? staking?.params?.bond_denom ?? settings.denom
  settings.profile = options.profile ?? (staking ? 'sdk' : 'base')
  settings.accounts = 0 // nobody here has the keys of the accounts in it
}

const prepareFresh = async (
  options: DevnetOptions,
  settings: Settings,
  validatorKey: string | undefined,
): Promise<Setup> => {
  const { profile, chainId, prefix, denom, seed } = settings
  const accounts = await devAccounts(settings.mnemonic, settings.accounts)
  const { addresses, state } = defaultAppState(profile, prefix, denom, options.modules)
  const validators = simulateValidators(seed, chainId, settings.validators, validatorKey)
  const text = freshGenesis(
    {
      ...{ profile, chainId, denom, addresses, validators },
      timeNs: genesisTime(options),
      accounts: accounts.map(({ address }) => address),
      balance: BigInt(settings.balance),
    },
    state,
  )
  const doc = readGenesisText(text, 0n)
  const simulated = simulatedGenesis(
    { text, doc },
    { ...settings, count: settings.validators, keyFile: validatorKey },
  )
  return { settings, ...simulated, accounts, validatorKey, notes: [], kept: false, replacedKeys: false }
}

const genesisTextOf = ({ genesis }: DevnetOptions): string | undefined =>
  genesis === undefined || typeof genesis === 'string' ? genesis : JSON.stringify(genesis)

/** When a fresh chain begins, in unix nanoseconds. */
export const genesisTime = ({ clock = 'real' }: DevnetOptions): bigint => {
  if (clock === 'real') return hostTimeNs()
  const startsAt = clock.startsAt ?? DEFAULTS.startsAt
  const timeNs = parseTimeNs(startsAt)
  if (timeNs === undefined)
    throw new OptionError(
      `the start of virtual time is "${startsAt}": it must be RFC 3339, as ${DEFAULTS.startsAt}`,
    )
  return timeNs
}
