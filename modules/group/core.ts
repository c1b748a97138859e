// What all pages of this module share: its state, its neighbours, the limits of texts, and the records that
// its rules ask for again and again.
import { type Bytes, uint64BE, utf8 } from '../../chain/bytes.ts'
import { type ChainSettings, type MessageRouter, sdk, type View } from '../../chain/module.ts'
import type { GroupInfo, GroupPolicyInfo, Proposal } from '../../proto/gen/cosmos/group/v1/types_pb.ts'
import type { Auth } from '../auth/keeper.ts'
import { err, wrapped } from './errors.ts'
import { groupState } from './state.ts'
import { lengthPrefixed } from './table.ts'

export type GroupKeepers = {
  auth: Pick<Auth, 'account' | 'numbered' | 'set'>
  router: MessageRouter
}
export type GroupOptions = {
  /** How long after its vote a proposal may be executed, in nanoseconds; two weeks unless told. */
  maxExecutionPeriodNs?: bigint
  /** Bytes of metadata; 255 unless told. A summary may have forty times as many. */
  maxMetadataLength?: number
}
export type Core = ReturnType<typeof groupCore>

const TWO_WEEKS_NS = 14n * 24n * 3600n * 1_000_000_000n

export const groupCore = (
  { addresses }: Pick<ChainSettings, 'addresses'>,
  { auth, router }: GroupKeepers,
  { maxExecutionPeriodNs = TWO_WEEKS_NS, maxMetadataLength = 255 }: GroupOptions = {},
) => {
  const state = groupState(addresses)
  const expectLength = (text: string, most: number, what: string) => {
    if (text !== '' && utf8(text).length > most) throw err.maxLimit(what)
  }
  return {
    ...{ state, addresses, auth, router, maxExecutionPeriodNs },

    /** Throws group 4. */
    expectShort: (text: string, what: string): void => expectLength(text, maxMetadataLength, what),
    expectSummary: (text: string): void =>
      expectLength(text, 40 * maxMetadataLength, 'proposal summary is too long'),
    /** Throws sdk 7, which says whose address it is. */
    addressOf: (text: string, what: string): Bytes => addresses.bytes(text, () => sdk.invalidAddress(what)),

    /** Throws sdk 38, as those below. */
    group: (view: View, id: bigint): GroupInfo => state.groups.require(view, uint64BE(id)),
    policy: (view: View, address: string): GroupPolicyInfo =>
      state.policies.require(view, lengthPrefixed(addresses.bytes(address))),
    proposal: (view: View, id: bigint): Proposal =>
      wrapped('load proposal', () => state.proposals.require(view, uint64BE(id))),
  }
}

/** Go compares addresses of admins without regard to case. */
export const isSameText = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
