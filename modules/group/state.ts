// What groups keep: groups, their members, their policies, proposals and votes, each a table with its indexes
// (x/group/keeper/keeper.go, x/group/types.go). Nothing is stored that does not pass the checks of this page.
import { type Bytes, concatBytes, uint64BE, utf8 } from '../../chain/bytes.ts'
import { type AddressCodec, sortableTime } from '../../chain/module.ts'
import {
  type GroupInfo,
  GroupInfoSchema,
  type GroupMember,
  GroupMemberSchema,
  type GroupPolicyInfo,
  GroupPolicyInfoSchema,
  type Member,
  type Proposal,
  ProposalSchema,
  type Vote,
  VoteOption,
  VoteOptionSchema,
  VoteSchema,
} from '../../proto/gen/cosmos/group/v1/types_pb.ts'
import { err, wrapped } from './errors.ts'
import { policyOf } from './policy.ts'
import { byBytes, byNumber, counter, lengthPrefixed, table } from './table.ts'
import { checkCounts } from './tally.ts'
import { nsOf } from './time.ts'
import { nonNegativeWeight } from './weight.ts'

export type State = ReturnType<typeof groupState>

/** The bytes of a policy's prefix are part of its account's address. */
export const POLICY_PREFIX = 0x20

/** A member of a row, which has one. */
export const memberOf = ({ groupId, member }: GroupMember): Member => {
  if (member === undefined) throw new Error(`a member of group ${groupId} has no data`)
  return member
}

export const groupState = (addresses: AddressCodec) => {
  const checks = rowChecks(addresses)
  const memberId = (groupId: bigint, address: string): Bytes =>
    concatBytes(uint64BE(groupId), addresses.bytes(address))
  const voteId = (proposalId: bigint, voter: string): Bytes =>
    concatBytes(uint64BE(proposalId), addresses.bytes(voter))

  const groups = table({
    ...{ schema: GroupInfoSchema, prefix: 0x00, check: checks.group },
    rowId: ({ id }) => uint64BE(id),
    indexes: [byBytes(0x02, ({ admin }: GroupInfo) => addresses.bytes(admin))],
  })
  const members = table({
    ...{ schema: GroupMemberSchema, prefix: 0x10, check: checks.member },
    rowId: (row) => memberId(row.groupId, memberOf(row).address),
    indexes: [
      byNumber(0x11, ({ groupId }: GroupMember) => groupId),
      byBytes(0x12, (row: GroupMember) => addresses.bytes(memberOf(row).address)),
    ],
  })
  const policies = table({
    ...{ schema: GroupPolicyInfoSchema, prefix: POLICY_PREFIX, check: checks.policy },
    rowId: ({ address }) => lengthPrefixed(addresses.bytes(address)),
    indexes: [
      byNumber(0x22, ({ groupId }: GroupPolicyInfo) => groupId),
      byBytes(0x23, ({ admin }: GroupPolicyInfo) => addresses.bytes(admin)),
    ],
  })
  const proposals = table({
    ...{ schema: ProposalSchema, prefix: 0x30, check: checks.proposal },
    rowId: ({ id }) => uint64BE(id),
    indexes: [
      byBytes(0x32, ({ groupPolicyAddress }: Proposal) => addresses.bytes(groupPolicyAddress)),
      byBytes(0x33, ({ votingPeriodEnd }: Proposal) => timePart(nsOf(votingPeriodEnd))),
    ],
  })
  const votes = table({
    ...{ schema: VoteSchema, prefix: 0x40, check: checks.vote },
    rowId: (row) => voteId(row.proposalId, row.voter),
    indexes: [
      byNumber(0x41, ({ proposalId }: Vote) => proposalId),
      byBytes(0x42, ({ voter }: Vote) => addresses.bytes(voter)),
    ],
  })
  return {
    ...{ groups, members, policies, proposals, votes, memberId, voteId },
    groupIds: counter(0x01),
    policyNumbers: counter(0x21),
    proposalIds: counter(0x31),
    groupsByAdmin: groups.indexes[0]!,
    membersByGroup: members.indexes[0]!,
    membersByAddress: members.indexes[1]!,
    policiesByGroup: policies.indexes[0]!,
    policiesByAdmin: policies.indexes[1]!,
    proposalsByPolicy: proposals.indexes[0]!,
    proposalsByEnd: proposals.indexes[1]!,
    votesByProposal: votes.indexes[0]!,
    votesByVoter: votes.indexes[1]!,
  }
}

/** Unix nanoseconds as they stand in the index of ends (sdk.FormatTimeBytes). */
export const timePart = (timeNs: bigint): Bytes => utf8(sortableTime(timeNs))

/** The ValidateBasic of each kind of row. */
export const rowChecks = (addresses: AddressCodec) => ({
  group({ id, admin, totalWeight, version }: GroupInfo): void {
    if (id === 0n) throw err.empty("group's GroupId")
    wrapped('admin', () => addresses.bytes(admin))
    wrapped('total weight', () => nonNegativeWeight(totalWeight))
    if (version === 0n) throw err.empty('version')
  },
  member(row: GroupMember): void {
    if (row.groupId === 0n) throw err.empty("group member's group id")
    const { address, weight } = memberOf(row)
    wrapped("group member's address", () => addresses.bytes(address))
    wrapped('weight must be non negative', () => nonNegativeWeight(weight))
  },
  policy({ admin, address, groupId, version, decisionPolicy }: GroupPolicyInfo): void {
    wrapped('group policy admin', () => addresses.bytes(admin))
    wrapped('group policy account address', () => addresses.bytes(address))
    if (groupId === 0n) throw err.empty("group policy's group id")
    if (version === 0n) throw err.empty('group policy version')
    const policy = wrapped('group policy decision policy', () => policyOf(decisionPolicy))
    wrapped("group policy's decision policy", () => policy.validate())
  },
  proposal({ id, groupPolicyAddress, groupVersion, groupPolicyVersion, finalTallyResult }: Proposal): void {
    if (id === 0n) throw err.empty('proposal id')
    wrapped('proposal group policy address', () => addresses.bytes(groupPolicyAddress))
    if (groupVersion === 0n) throw err.empty('proposal group version')
    if (groupPolicyVersion === 0n) throw err.empty('proposal group policy version')
    checkCounts(finalTallyResult)
  },
  vote({ voter, proposalId, option }: Vote): void {
    wrapped('voter', () => addresses.bytes(voter))
    if (proposalId === 0n) throw err.empty('voter ProposalId')
    if (option === VoteOption.UNSPECIFIED) throw err.empty('voter vote option')
    if (!isVoteOption(option)) throw err.invalid('vote option')
  },
})

export const isVoteOption = (option: VoteOption): boolean => VoteOptionSchema.value[option] !== undefined
