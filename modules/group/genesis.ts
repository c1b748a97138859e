// Groups in a genesis file, in and out (x/group/genesis.go, keeper/genesis.go). Each table is written row by
// row; counters stand where they stood.
import type { MessageInitShape } from '@bufbuild/protobuf'
import { type AddressCodec, type Ctx, sdk, TxError, type View } from '../../chain/module.ts'
import { type GenesisState, GenesisStateSchema } from '../../proto/gen/cosmos/group/v1/genesis_pb.ts'
import { wrapped } from './errors.ts'
import type { Group } from './keeper.ts'
import { rowChecks } from './state.ts'
import type { Table } from './table.ts'

/** What belongs to something must belong to something that is there. */
const checkGenesis = (genesis: GenesisState, addresses: AddressCodec): void => {
  const checks = rowChecks(addresses)
  for (const group of genesis.groups) wrapped('Group validation failed', () => checks.group(group))
  const groups = new Set(genesis.groups.map(({ id }) => id))
  for (const policy of genesis.groupPolicies) {
    if (!groups.has(policy.groupId)) throw sdk.notFound(`group with GroupId ${policy.groupId} doesn't exist`)
    wrapped('GroupPolicy validation failed', () => checks.policy(policy))
  }
  for (const member of genesis.groupMembers) {
    if (!groups.has(member.groupId))
      throw sdk.notFound(`group member with GroupId ${member.groupId} doesn't exist`)
    wrapped('GroupMember validation failed', () => checks.member(member))
  }
  const accounts = new Set(genesis.groupPolicies.map(({ address }) => address))
  for (const proposal of genesis.proposals) {
    const { groupPolicyAddress } = proposal
    if (!accounts.has(groupPolicyAddress))
      throw sdk.notFound(
        `group policy account with address ${groupPolicyAddress} doesn't correspond to proposal address`,
      )
    wrapped('Proposal validation failed', () => checks.proposal(proposal))
  }
  const proposals = new Set(genesis.proposals.map(({ id }) => id))
  for (const vote of genesis.votes) {
    wrapped('Vote validation failed', () => checks.vote(vote))
    if (!proposals.has(vote.proposalId))
      throw sdk.notFound(`proposal with ProposalId ${vote.proposalId} doesn't exist`)
  }
}

const rowsOf = <T>(view: View, table: Table<T>): T[] => [...table.rows(view)].map(([, row]) => row)

export const groupGenesis = ({ core }: Group) => {
  const { state, addresses } = core
  const fill = <T>(ctx: Ctx, what: string, table: Table<T>, rows: readonly T[]): void => {
    for (const row of rows) wrapped(what, () => table.create(ctx, row))
  }
  return {
    schema: GenesisStateSchema,
    default: (): MessageInitShape<typeof GenesisStateSchema> => ({}),
    validate(genesis: GenesisState): void {
      try {
        checkGenesis(genesis, addresses)
      } catch (error) {
        throw error instanceof TxError ? new Error(error.message) : error
      }
    },
    init(ctx: Ctx, genesis: GenesisState): void {
      state.groupIds.begin(ctx, genesis.groupSeq)
      fill(ctx, 'groups', state.groups, genesis.groups)
      fill(ctx, 'group members', state.members, genesis.groupMembers)
      fill(ctx, 'group policies', state.policies, genesis.groupPolicies)
      state.policyNumbers.begin(ctx, genesis.groupPolicySeq)
      state.proposalIds.begin(ctx, genesis.proposalSeq)
      fill(ctx, 'proposals', state.proposals, genesis.proposals)
      fill(ctx, 'votes', state.votes, genesis.votes)
    },
    export: (view: View): MessageInitShape<typeof GenesisStateSchema> => ({
      groupSeq: state.groupIds.current(view),
      groups: rowsOf(view, state.groups),
      groupMembers: rowsOf(view, state.members),
      groupPolicySeq: state.policyNumbers.current(view),
      groupPolicies: rowsOf(view, state.policies),
      proposalSeq: state.proposalIds.current(view),
      proposals: rowsOf(view, state.proposals),
      votes: rowsOf(view, state.votes),
    }),
  }
}
