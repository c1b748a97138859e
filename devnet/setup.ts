// What a chain is made of before it runs: settings, genesis and accounts, from a folder, a genesis file or the defaults.
import type { GenesisDoc } from '../chain/consensus/genesis.ts'
import { parseTimeNs } from '../chain/consensus/time.ts'
import { DEV_MNEMONIC, type DevAccount, devAccounts } from './accounts.ts'
import { defaultAppState } from './app.ts'
import { hostTimeNs } from './clock.ts'
import { freshGenesis, prefixOfGenesis, readGenesisText } from './genesis.ts'
import { checkAgainst, openHome, type Settings, settingsOf } from './home.ts'
import { DEFAULTS, type DevnetOptions, OptionError } from './options.ts'

export type Setup = {
  settings: Settings
  doc: GenesisDoc
  genesisText: string
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
  const doc = readGenesisText(given, genesisTime(options))
  if (!kept && options.chainId !== undefined && options.chainId !== doc.chainId)
    throw new OptionError(
      `the genesis is of chain ${doc.chainId}, not ${options.chainId}: leave the chain id out, or change the genesis`,
    )
  settings.chainId = doc.chainId
  if (!kept) settings.prefix = options.prefix ?? prefixOfGenesis(doc) ?? settings.prefix
  const foreign = options.genesis !== undefined || (kept !== undefined && settings.accounts === 0)
  if (foreign) settings.accounts = 0 // nobody here has the keys of the accounts in it
  const validators = kept || doc.validators.length === 0 ? settings.validators : doc.validators.length
  settings.validators = validators
  const accounts = await devAccounts(settings.mnemonic, settings.accounts)
  return { settings, doc, genesisText: given, accounts, validatorKey, notes: [], kept: kept !== undefined }
}

const prepareFresh = async (
  options: DevnetOptions,
  settings: Settings,
  validatorKey: string | undefined,
): Promise<Setup> => {
  const accounts = await devAccounts(settings.mnemonic, settings.accounts)
  const { addresses, state } = defaultAppState(settings.prefix, options.modules)
  const genesisText = freshGenesis(
    {
      chainId: settings.chainId,
      denom: settings.denom,
      timeNs: genesisTime(options),
      accounts: accounts.map(({ address }) => addresses.text(address)),
      balance: BigInt(settings.balance),
    },
    state,
  )
  const doc = readGenesisText(genesisText, 0n)
  return { settings, doc, genesisText, accounts, validatorKey, notes: [], kept: false }
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
