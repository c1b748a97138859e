// Groups and their members (x/group/keeper/msg_server.go). A group's total weight is the sum of its members'
// weights; the group's version counts every change, and its admin makes them.
import { create } from '@bufbuild/protobuf'
import { uint64BE } from '../../chain/bytes.ts'
import { type Ctx, emitTyped, sdk } from '../../chain/module.ts'
import {
  EventCreateGroupSchema,
  EventLeaveGroupSchema,
  EventUpdateGroupSchema,
} from '../../proto/gen/cosmos/group/v1/events_pb.ts'
import type {
  MsgCreateGroup,
  MsgLeaveGroup,
  MsgUpdateGroupAdmin,
  MsgUpdateGroupMembers,
  MsgUpdateGroupMetadata,
} from '../../proto/gen/cosmos/group/v1/tx_pb.ts'
import {
  type GroupInfo,
  GroupInfoSchema,
  type GroupMember,
  GroupMemberSchema,
  type MemberRequest,
} from '../../proto/gen/cosmos/group/v1/types_pb.ts'
import { type Core, isSameText } from './core.ts'
import { err, wrapped } from './errors.ts'
import { policyOf } from './policy.ts'
import { memberOf } from './state.ts'
import { timestamp } from './time.ts'
import {
  addWeights,
  isZero,
  nonNegativeWeight,
  positiveWeight,
  subtractWeight,
  type Weight,
  weightText,
  ZERO,
} from './weight.ts'

type Fields<T> = Omit<T, '$typeName' | '$unknown'>
export type Groups = ReturnType<typeof groupRules>

export const groupRules = (core: Core) => {
  const { state, addresses } = core

  /** A weight of zero is allowed here: it means that the member goes. */
  const checkMembers = (members: readonly MemberRequest[]): void => {
    const seen = new Set<string>()
    for (const { address, weight } of members) {
      if (seen.has(address)) throw err.duplicate(`address: ${address}`)
      wrapped(`member address ${address}`, () => addresses.bytes(address))
      wrapped('weight must be non negative', () => nonNegativeWeight(weight))
      seen.add(address)
    }
  }

  /** Every decision policy of the group must suit what it has become. */
  const checkPolicies = (ctx: Ctx, { id, totalWeight }: GroupInfo): void => {
    for (const [, { decisionPolicy }] of state.policiesByGroup.rows(ctx, uint64BE(id)))
      policyOf(decisionPolicy).suits(totalWeight, core.maxExecutionPeriodNs)
  }

  const change = (ctx: Ctx, id: bigint, admin: string, note: string, action: (group: GroupInfo) => void) => {
    const group = core.group(ctx, id)
    if (!isSameText(group.admin, admin))
      throw sdk.unauthorized(`not group admin; got ${admin}, expected ${group.admin}`)
    wrapped(note, () => action(group))
    emitTyped(ctx, EventUpdateGroupSchema, { groupId: id })
  }
  const next = (group: GroupInfo, changes: Partial<Fields<GroupInfo>>): GroupInfo => ({
    ...{ ...group, ...changes, version: group.version + 1n },
  })

  /** The total after one member's change. */
  const changeMember = (ctx: Ctx, groupId: bigint, request: MemberRequest, total: Weight): Weight => {
    core.expectShort(request.metadata, 'group member metadata')
    const { address, weight, metadata } = request
    const id = state.memberId(groupId, address)
    const old = state.members.get(ctx, id)
    const newWeight = nonNegativeWeight(weight)
    if (isZero(newWeight)) {
      if (old === undefined) throw sdk.notFound('unknown member')
      const rest = subtractWeight(total, positiveWeight(memberOf(old).weight))
      wrapped('delete member', () => state.members.remove(ctx, id))
      return rest
    }
    const rest = old === undefined ? total : subtractWeight(total, positiveWeight(memberOf(old).weight))
    const addedAt = old === undefined ? timestamp(ctx.block.timeNs) : memberOf(old).addedAt
    const row = create(GroupMemberSchema, { groupId, member: { address, weight, metadata, addedAt } })
    wrapped('add member', () => (old === undefined ? state.members.create : state.members.update)(ctx, row))
    return addWeights(rest, newWeight)
  }

  const firstTotal = (members: readonly MemberRequest[]): Weight => {
    let total = ZERO
    for (const { metadata, weight } of members) {
      core.expectShort(metadata, 'member metadata')
      total = addWeights(total, positiveWeight(weight))
    }
    return total
  }

  return {
    /** Returns the group's id. */
    create(ctx: Ctx, { admin, members, metadata }: Fields<MsgCreateGroup>): bigint {
      core.addressOf(admin, `invalid admin address: ${admin}`)
      wrapped('members', () => checkMembers(members))
      core.expectShort(metadata, 'group metadata')
      const totalWeight = weightText(firstTotal(members))
      const at = timestamp(ctx.block.timeNs)
      const group = create(GroupInfoSchema, {
        id: state.groupIds.current(ctx) + 1n,
        ...{ admin, metadata, version: 1n, totalWeight, createdAt: at },
      })
      const id = state.groupIds.next(ctx)
      wrapped('could not create group', () => state.groups.create(ctx, group))
      for (const [i, { address, weight, metadata }] of members.entries()) {
        const member = { address, weight, metadata, addedAt: at }
        const row = create(GroupMemberSchema, { groupId: id, member })
        wrapped(`could not store member ${i}`, () => state.members.create(ctx, row))
      }
      emitTyped(ctx, EventCreateGroupSchema, { groupId: id })
      return id
    },

    updateMembers(ctx: Ctx, { groupId, admin, memberUpdates }: Fields<MsgUpdateGroupMembers>): void {
      if (groupId === 0n) throw err.empty('group id')
      if (memberUpdates.length === 0) throw err.empty('member updates')
      wrapped('members', () => checkMembers(memberUpdates))
      change(ctx, groupId, admin, 'members updated', (group) => {
        let total = wrapped('group total weight', () => nonNegativeWeight(group.totalWeight))
        for (const request of memberUpdates) total = changeMember(ctx, groupId, request, total)
        if (isZero(total)) throw err.invalid('group must not be empty')
        const changed = next(group, { totalWeight: weightText(total) })
        checkPolicies(ctx, changed)
        state.groups.update(ctx, changed)
      })
    },

    updateAdmin(ctx: Ctx, { groupId, admin, newAdmin }: Fields<MsgUpdateGroupAdmin>): void {
      if (groupId === 0n) throw err.empty('group id')
      if (isSameText(admin, newAdmin)) throw err.invalid('new and old admin are the same')
      core.addressOf(admin, 'admin address')
      core.addressOf(newAdmin, 'new admin address')
      change(ctx, groupId, admin, 'admin updated', (group) =>
        state.groups.update(ctx, next(group, { admin: newAdmin })),
      )
    },

    updateMetadata(ctx: Ctx, { groupId, admin, metadata }: Fields<MsgUpdateGroupMetadata>): void {
      if (groupId === 0n) throw err.empty('group id')
      core.expectShort(metadata, 'group metadata')
      core.addressOf(admin, 'admin address')
      change(ctx, groupId, admin, 'metadata updated', (group) =>
        state.groups.update(ctx, next(group, { metadata })),
      )
    },

    leave(ctx: Ctx, { groupId, address }: Fields<MsgLeaveGroup>): void {
      if (groupId === 0n) throw err.empty('group-id')
      wrapped('group member', () => addresses.bytes(address))
      const group = wrapped('group', () => core.group(ctx, groupId))
      const total = nonNegativeWeight(group.totalWeight)
      const member = memberIn(ctx, core, groupId, address)
      const rest = subtractWeight(total, positiveWeight(memberOf(member).weight))
      wrapped('group member', () => state.members.remove(ctx, state.members.rowId(member)))
      const changed = next(group, { totalWeight: weightText(rest) })
      checkPolicies(ctx, changed)
      state.groups.update(ctx, changed)
      emitTyped(ctx, EventLeaveGroupSchema, { groupId, address })
    },
  }
}

const memberIn = (ctx: Ctx, { state }: Core, groupId: bigint, address: string): GroupMember => {
  const member = state.members.get(ctx, state.memberId(groupId, address))
  if (member === undefined) throw sdk.notFound(`${address} is not part of group ${groupId}`)
  return member
}
