// The consensus versions of the Go modules that our chains speak for: SDK 0.53, ibc-go 10, wasmd 0.61. A new
// chain writes those of its own modules into the upgrade store.
import type { VersionMap } from './state.ts'

const KNOWN: VersionMap = {
  '07-tendermint': 0n,
  auth: 5n,
  authz: 2n,
  bank: 4n,
  circuit: 1n,
  consensus: 1n,
  distribution: 3n,
  epochs: 1n,
  evidence: 1n,
  feegrant: 2n,
  genutil: 1n,
  gov: 5n,
  group: 2n,
  ibc: 8n,
  interchainaccounts: 3n,
  mint: 2n,
  nft: 1n,
  protocolpool: 1n,
  slashing: 4n,
  staking: 5n,
  transfer: 6n,
  upgrade: 2n,
  vesting: 1n,
  wasm: 4n,
}

/** Versions of these modules; one that Go does not have is at its first. */
export const moduleVersions = (names: readonly string[]): VersionMap =>
  Object.fromEntries(names.map((name) => [name, KNOWN[name] ?? 1n]))
