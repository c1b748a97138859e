// What a chain starts from: a fresh development genesis, or somebody's own with validators that can sign
// here.
import type { JsonValue } from '@bufbuild/protobuf'
import type { Bytes } from '../chain/bytes.ts'
import type { Signer } from '../chain/consensus/engine.ts'
import { type GenesisDoc, parseGenesis } from '../chain/consensus/genesis.ts'
import { formatTimeNs } from '../chain/consensus/time.ts'
import { parsePrivValidatorKey, simulatedSeed } from '../chain/consensus/validator-keys.ts'
import { type AddressCodec, moduleAddress } from '../chain/module.ts'
import type { Profile } from './app.ts'
import {
  consensusAddress,
  consensusKeysOf,
  hastenGovernance,
  replaceKeys,
  stakeValidators,
} from './consensus-keys.ts'
import { ed25519Signer } from './keys.ts'
import { OptionError } from './options.ts'

/** Voting power of a validator that no genesis speaks of. */
const POWER = 100n

export type SimulatedValidators = {
  /** Those that start the chain. */
  ordered: Signer[]
  /** The signer of a validator by its 20-byte address; also of some that only join later. */
  signerOf(address: Bytes): Signer | undefined
}

/** Keys beyond the first validators that the simulation can sign with, should a module let them join. */
const SPARE = 32

/**
 * Keys of `count` validators, all derived from the seed but the first, if its `priv_validator_key.json` is
 * given. Throws OptionError if that file cannot be used.
 */
export const simulateValidators = (
  seed: string,
  chainId: string,
  count: number,
  keyFile?: string,
): SimulatedValidators => {
  const signerAt = (index: number) =>
    ed25519Signer(
      index === 0 && keyFile !== undefined ? seedOfKeyFile(keyFile) : simulatedSeed(seed, chainId, index),
    )
  const ordered = Array.from({ length: count }, (_, index) => signerAt(index))
  const byAddress = new Map(ordered.map((signer) => [hexOf(addressOf(signer)), signer]))
  let spare = false
  return {
    ordered,
    signerOf(address) {
      const known = byAddress.get(hexOf(address))
      if (known !== undefined || spare) return known
      spare = true
      for (let index = count; index < count + SPARE; index++) {
        const signer = signerAt(index)
        byAddress.set(hexOf(addressOf(signer)), signer)
      }
      return byAddress.get(hexOf(address))
    },
  }
}

const hexOf = (bytes: Bytes) => Buffer.from(bytes).toString('hex')
const addressOf = (signer: Signer): Bytes => consensusAddress(signer.publicKey)

const seedOfKeyFile = (text: string): Bytes => {
  try {
    return parsePrivValidatorKey(text).seed
  } catch (error) {
    throw new OptionError(`the validator key file cannot be used: ${(error as Error).message}`)
  }
}

export type FreshGenesis = {
  chainId: string
  profile: Profile
  addresses: AddressCodec
  validators: SimulatedValidators
  denom: string
  timeNs: bigint
  /** Addresses of the accounts to fund. */
  accounts: readonly Bytes[]
  balance: bigint
}

type BankState = { balances: JsonValue[]; supply: JsonValue[]; denom_metadata: JsonValue[] }
type AuthState = { accounts: JsonValue[] }

/** A genesis document as text: the modules' default states, the accounts funded. */
export const freshGenesis = (fresh: FreshGenesis, defaults: Record<string, JsonValue>): string => {
  const { chainId, denom, balance, addresses, timeNs } = fresh
  const accounts = fresh.accounts.map((address) => addresses.text(address))
  const auth = defaults.auth as unknown as AuthState
  const bank = defaults.bank as unknown as BankState
  auth.accounts = accounts.map((address, index) => ({
    '@type': '/cosmos.auth.v1beta1.BaseAccount',
    address,
    pub_key: null,
    account_number: String(index),
    sequence: '0',
  }))
  const amount = String(balance)
  if (balance > 0n) {
    bank.balances = accounts.map((address) => ({ address, coins: [{ denom, amount }] }))
    bank.supply = [{ denom, amount: String(balance * BigInt(accounts.length)) }]
  }
  bank.denom_metadata = [metadataOf(denom)]
  if (fresh.profile === 'sdk') stake(fresh, defaults)
  return JSON.stringify({
    genesis_time: formatTimeNs(timeNs),
    chain_id: chainId,
    initial_height: '1',
    app_hash: '',
    app_state: defaults,
  })
}

/** Validators belong to the first accounts; those beyond have an account that nobody can use. */
const stake = (fresh: FreshGenesis, state: Record<string, JsonValue>) => {
  const { addresses, accounts, denom, validators } = fresh
  const operators = validators.ordered.map((signer, index) => {
    const address = accounts[index] ?? consensusAddress(signer.publicKey)
    return { account: addresses.text(address), validator: addresses.validator.text(address) }
  })
  const pool = addresses.text(moduleAddress('not_bonded_tokens_pool'))
  stakeValidators(state, {
    ...{ denom, operators, pool },
    signers: validators.ordered,
    time: formatTimeNs(fresh.timeNs),
  })
  hastenGovernance(state)
}

/** `utend` is a millionth of `tend`, as wallets expect; any other denomination is shown as it is. */
const metadataOf = (denom: string): JsonValue => {
  const micro = denom.startsWith('u') && denom.length > 3
  const display = micro ? denom.slice(1) : denom
  return {
    description: 'The token of this development chain',
    denom_units: micro
      ? [
          { denom, exponent: 0, aliases: [] },
          { denom: display, exponent: 6, aliases: [] },
        ]
      : [{ denom, exponent: 0, aliases: [] }],
    base: denom,
    display,
    name: display,
    symbol: display.toUpperCase(),
    uri: '',
    uri_hash: '',
  }
}

/** The bech32 prefix of the first address that stands in a genesis; undefined if none does. */
export const prefixOfGenesis = (doc: GenesisDoc): string | undefined => {
  const state = doc.appState as {
    auth?: { accounts?: unknown[] }
    bank?: { balances?: { address?: string }[] }
  }
  const holder = state.bank?.balances?.[0]?.address
  const text =
    holder ?? /"address":"([a-z0-9]+1[02-9ac-hj-np-z]{38,})"/.exec(JSON.stringify(state.auth ?? null))?.[1]
  return text?.slice(0, text.lastIndexOf('1'))
}

/** Reads a genesis file's text. Throws OptionError that says what is wrong with it. */
export const readGenesisText = (text: string, defaultTimeNs: bigint): GenesisDoc => {
  try {
    return parseGenesis(text, defaultTimeNs)
  } catch (error) {
    throw new OptionError(`the genesis cannot be used: ${(error as Error).message}`)
  }
}

export type SimulatedGenesis = {
  text: string
  doc: GenesisDoc
  validators: SimulatedValidators
  note: string | undefined
}

/**
 * A genesis whose validators can sign here: keys that stand in it are replaced by simulated ones, one that
 * names no validators at all gets `count` of them with equal power. The note says what was done.
 */
export const simulatedGenesis = (
  given: { text: string; doc: GenesisDoc },
  {
    seed,
    prefix,
    count,
    keyFile,
  }: { seed: string; prefix: string; count: number; keyFile: string | undefined },
): SimulatedGenesis => {
  const keys = consensusKeysOf(given.doc)
  const validators = simulateValidators(seed, given.doc.chainId, keys.length || count, keyFile)
  const { ordered } = validators
  if (keys.length === 0) {
    const hasStaking = 'staking' in (given.doc.appState as object)
    return {
      ...given,
      doc: hasStaking ? given.doc : withValidators(given.doc, ordered),
      validators,
      note: undefined,
    }
  }
  const own = new Set(ordered.map(({ publicKey }) => Buffer.from(publicKey).toString('base64')))
  if (keys.every((key) => own.has(key))) return { ...given, validators, note: undefined }
  const text = replaceKeys(given.text, keys, ordered, prefix)
  const whose = keys.length === 1 ? 'the validator' : `the ${keys.length} validators`
  const note = `The consensus keys of ${whose} in the genesis were replaced by simulated ones.`
  return { text, doc: readGenesisText(text, given.doc.timeNs), validators, note }
}

const withValidators = (doc: GenesisDoc, signers: readonly Signer[]): GenesisDoc => ({
  ...doc,
  validators: signers.map((signer, index) => ({
    address: consensusAddress(signer.publicKey),
    pubKey: { type: 'ed25519' as const, bytes: signer.publicKey },
    power: POWER,
    name: `validator-${index}`,
  })),
})
