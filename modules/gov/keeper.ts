// Governance as other modules see it, and what it needs of them. Each page of rules takes the core; reads and
// writes are those of the SDK's keeper, one for one, since transactions pay for them.
import type { AddressCodec, ChainSettings, MessageRouter } from '../../chain/module.ts'
import type { Auth } from '../auth/keeper.ts'
import type { Bank } from '../bank/keeper.ts'
import type { Distribution } from '../distribution/keeper.ts'
import type { Staking } from '../staking/keeper.ts'
import { type Deposits, deposits } from './deposits.ts'
import { callHooks, type GovHooks, type HookCalls } from './hooks.ts'
import { type LegacyContent, legacyContents } from './legacy.ts'
import { type Proposals, proposals } from './proposals.ts'
import { type GovState, govState } from './state.ts'
import { type Tallies, tallies } from './tally.ts'
import { type Votes, votes } from './votes.ts'

export type GovKeepers = {
  auth: Pick<Auth, 'moduleAccount' | 'moduleAddress' | 'moduleAccountNames' | 'set'>
  bank: Pick<Bank, 'balances' | 'sendToModule' | 'sendFromModule' | 'burn'>
  staking: Pick<Staking, 'bondedValidatorsByPower' | 'delegationsOf' | 'totalBondedTokens'>
  /** Takes what a cancelled proposal costs, where the parameters send it to the community pool. */
  distribution: Pick<Distribution, 'fundCommunityPool'>
  router: MessageRouter
}
export type GovOptions = {
  /** Greatest length of metadata and titles in bytes; summaries may have 40 times that. */
  maxMetadataLength?: number
  /** Contents of old proposals besides those of gov and distribution. */
  contents?: readonly LegacyContent[]
  /** Denomination of the default genesis. */
  denom?: string
}

/** What every page of governance's rules works with. */
export type Core = GovKeepers & {
  readonly state: GovState
  readonly addresses: AddressCodec
  /** Who may change parameters, in bech32. */
  readonly authority: string
  /** Read at each use: a chain sets its hooks after its keepers were made. */
  readonly hooks: HookCalls
  readonly maxMetadataLength: number
  /** By type URL. */
  readonly contents: ReadonlyMap<string, LegacyContent>
}

export type Gov = {
  readonly core: Core
  readonly denom: string
  readonly proposals: Proposals
  readonly deposits: Deposits
  readonly votes: Votes
  readonly tallies: Tallies
  /** Who is told about proposals, in this order; to be called once, before the first block. */
  setHooks(...hooks: GovHooks[]): void
}

export const govKeeper = (
  { addresses, authority }: ChainSettings,
  keepers: GovKeepers,
  { maxMetadataLength = 255, contents = [], denom = 'stake' }: GovOptions = {},
): Gov => {
  const listeners: GovHooks[] = []
  const core: Core = {
    ...keepers,
    ...{ state: govState(), addresses, authority, maxMetadataLength },
    hooks: callHooks(listeners),
    contents: legacyContents(contents),
  }
  const register = proposals(core)
  const funds = deposits(core, register)
  return {
    ...{ core, denom, proposals: register, deposits: funds },
    votes: votes(core, register),
    tallies: tallies(core),
    setHooks(...hooks) {
      if (listeners.length > 0) throw new Error('the hooks of governance are set already')
      listeners.push(...hooks)
    },
  }
}
