// Consensus keys in a genesis. Nobody here has those of somebody else's validators: simulated ones take their
// place wherever a key or its address stands, so that each validator keeps its power, its stake and its
// history.
import type { JsonValue } from '@bufbuild/protobuf'
import { bech32 } from '@scure/base'
import { type Bytes, toHex } from '../chain/bytes.ts'
import type { Signer } from '../chain/consensus/engine.ts'
import type { GenesisDoc } from '../chain/consensus/genesis.ts'
import { sha256 } from '../chain/hash.ts'

export const consensusAddress = (publicKey: Bytes): Bytes => sha256(publicKey).subarray(0, 20)

type PackedKey = { key?: string } | null | undefined
type States = {
  staking?: { validators?: { consensus_pubkey?: PackedKey }[] }
  genutil?: { gen_txs?: { body?: { messages?: { pubkey?: PackedKey }[] } }[] }
}

/**
 * The consensus keys that a genesis speaks of: of its validators, of the staking module, of its genesis
 * transactions.
 */
export const consensusKeysOf = (doc: GenesisDoc): string[] => {
  const { staking, genutil } = doc.appState as States
  const listed = doc.validators.map(({ pubKey }) => Buffer.from(pubKey.bytes).toString('base64'))
  const staked = (staking?.validators ?? []).map((validator) => validator.consensus_pubkey?.key)
  const created = (genutil?.gen_txs ?? [])
    .flatMap((tx) => tx.body?.messages ?? [])
    .map(({ pubkey }) => pubkey?.key)
  const keys = [...listed, ...staked, ...created].filter((key) => key !== undefined)
  return [...new Set(keys)]
}

/**
 * Every way in which a key is written in a genesis: as base64, and its address as bech32 and as hexadecimal.
 */
const forms = (publicKey: Bytes, prefix: string): string[] => {
  const address = consensusAddress(publicKey)
  const hex = toHex(address)
  return [
    Buffer.from(publicKey).toString('base64'),
    bech32.encodeFromBytes(`${prefix}valcons`, address),
    hex.toUpperCase(),
    hex,
    Buffer.from(address).toString('base64'),
  ]
}

/** The genesis text with each of `keys` (base64) replaced by the signer at the same place. */
export const replaceKeys = (
  text: string,
  keys: readonly string[],
  signers: readonly Signer[],
  prefix: string,
): string => {
  const replacements = new Map<string, string>()
  keys.forEach((key, index) => {
    const theirs = forms(new Uint8Array(Buffer.from(key, 'base64')), prefix)
    const ours = forms(signers[index]!.publicKey, prefix)
    theirs.forEach((form, i) => {
      replacements.set(form, ours[i]!)
    })
  })
  return text.replace(/"([A-Za-z0-9+/=]{20,128})"/g, (quoted, value: string) => {
    const replacement = replacements.get(value)
    return replacement === undefined ? quoted : `"${replacement}"`
  })
}

export type StakeOptions = {
  denom: string
  signers: readonly Signer[]
  /** The account behind each validator. */
  operators: readonly { account: string; validator: string }[]
  /** Address of the pool that holds what is not bonded yet. */
  pool: string
  time: string
}

/** What each simulated validator has staked: 100 of the display unit, so that its power is 100. */
const STAKE = 100_000_000n
const ONE = '000000000000000000'

type StakingState = { params: Record<string, JsonValue>; validators: JsonValue[]; delegations: JsonValue[] }
type BankState = { balances: JsonValue[]; supply: { denom: string; amount: string }[] }

/** Gives the fresh states of staking and bank their first validators; the first block bonds them. */
export const stakeValidators = (state: Record<string, JsonValue>, options: StakeOptions): void => {
  const { denom, signers, operators, pool, time } = options
  const staking = state.staking as unknown as StakingState
  const bank = state.bank as unknown as BankState
  const shares = `${STAKE}.${ONE}`
  staking.params.bond_denom = denom
  staking.validators = signers.map((signer, index) => ({
    operator_address: operators[index]!.validator,
    consensus_pubkey: {
      '@type': '/cosmos.crypto.ed25519.PubKey',
      key: Buffer.from(signer.publicKey).toString('base64'),
    },
    jailed: false,
    status: 'BOND_STATUS_UNBONDED',
    tokens: String(STAKE),
    delegator_shares: shares,
    description: {
      moniker: `validator-${index}`,
      identity: '',
      website: '',
      security_contact: '',
      details: '',
    },
    unbonding_height: '0',
    unbonding_time: '1970-01-01T00:00:00Z',
    commission: {
      commission_rates: {
        rate: `0.1${ONE.slice(1)}`,
        max_rate: `0.2${ONE.slice(1)}`,
        max_change_rate: `0.01${ONE.slice(2)}`,
      },
      update_time: time,
    },
    min_self_delegation: '1',
    unbonding_on_hold_ref_count: '0',
    unbonding_ids: [],
  }))
  staking.delegations = operators.slice(0, signers.length).map(({ account, validator }) => ({
    delegator_address: account,
    validator_address: validator,
    shares,
  }))
  const bonded = STAKE * BigInt(signers.length)
  bank.balances.push({ address: pool, coins: [{ denom, amount: String(bonded) }] })
  const [supply] = bank.supply
  bank.supply = [{ denom, amount: String(BigInt(supply?.amount ?? 0) + bonded) }]
}

type GovState = { params: Record<string, JsonValue> }

/** Governance in minutes instead of days: this is a chain to try things on. */
export const hastenGovernance = (state: Record<string, JsonValue>): void => {
  const gov = state.gov as unknown as GovState
  Object.assign(gov.params, {
    max_deposit_period: '120s',
    voting_period: '60s',
    expedited_voting_period: '30s',
  })
}
