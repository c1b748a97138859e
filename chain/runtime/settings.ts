// What every module of one chain is told: how its addresses are written, which module accounts it has and who
// governs. Settings are values that are handed down, so that chains with different ones run side by side.
import type { Bytes } from '../bytes.ts'
import { type AddressCodec, addressCodec, moduleAddress } from './address.ts'

/** What a module account may do with coins. */
export type Permission = 'minter' | 'burner' | 'staking'
/** Module accounts by name, with what they may do. */
export type ModuleAccounts = Readonly<Record<string, readonly Permission[]>>

export type ChainSettings = {
  readonly addresses: AddressCodec
  readonly accounts: ModuleAccounts
  /** The account, in bech32, whose messages may change parameters: that of the gov module. */
  readonly authority: string
  /** Names of module accounts to which users may send coins all the same. */
  readonly receivers: readonly string[]
}

/** Settings with the SDK's usual choices: gov governs, and only gov may be sent coins. */
export const chainSettings = (given: {
  prefix: string
  accounts: ModuleAccounts
  authority?: Bytes
  receivers?: readonly string[]
}): ChainSettings => {
  const addresses = addressCodec(given.prefix)
  const authority = addresses.text(given.authority ?? moduleAddress('gov'))
  return { addresses, accounts: given.accounts, authority, receivers: given.receivers ?? ['gov'] }
}
