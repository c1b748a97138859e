// Accounts of groups (x/group/keeper/msg_server.go): each has a decision policy, an address of its own that
// nobody has a key for, and an admin. A change of its terms aborts the proposals that people were voting on.
import { create } from '@bufbuild/protobuf'
import { AnySchema } from '@bufbuild/protobuf/wkt'
import { type Bytes, equalBytes, uint64BE } from '../../chain/bytes.ts'
import { type Ctx, emitTyped, goBytes, moduleAddress, sdk } from '../../chain/module.ts'
import { BaseAccountSchema, ModuleCredentialSchema } from '../../proto/gen/cosmos/auth/v1beta1/auth_pb.ts'
import {
  EventCreateGroupPolicySchema,
  EventUpdateGroupPolicySchema,
} from '../../proto/gen/cosmos/group/v1/events_pb.ts'
import type {
  MsgCreateGroupPolicy,
  MsgUpdateGroupPolicyAdmin,
  MsgUpdateGroupPolicyDecisionPolicy,
  MsgUpdateGroupPolicyMetadata,
} from '../../proto/gen/cosmos/group/v1/tx_pb.ts'
import {
  type GroupPolicyInfo,
  GroupPolicyInfoSchema,
  ProposalStatus,
} from '../../proto/gen/cosmos/group/v1/types_pb.ts'
import { type Core, isSameText } from './core.ts'
import { err, NAME, wrapped } from './errors.ts'
import { policyOf } from './policy.ts'
import { POLICY_PREFIX } from './state.ts'
import { lengthPrefixed } from './table.ts'
import { timestamp } from './time.ts'

type Fields<T> = Omit<T, '$typeName' | '$unknown'>
export type Policies = ReturnType<typeof policyRules>

export const policyRules = (core: Core) => {
  const { state, addresses, auth } = core

  /** An account that no key opens, at the next address that is free. */
  const openAccount = (ctx: Ctx): Bytes => {
    for (;;) {
      const derivationKeys = [Uint8Array.of(POLICY_PREFIX), uint64BE(state.policyNumbers.next(ctx))]
      const address = moduleAddress(NAME, ...derivationKeys)
      if (auth.account(ctx, address) !== undefined) continue
      const value = goBytes(ModuleCredentialSchema, { moduleName: NAME, derivationKeys })
      const pubKey = create(AnySchema, { typeUrl: `/${ModuleCredentialSchema.typeName}`, value })
      const base = create(BaseAccountSchema, { address: addresses.text(address), pubKey })
      auth.set(ctx, auth.numbered(ctx, { address, base, schema: BaseAccountSchema, message: base }))
      return address
    }
  }

  const abortProposals = (ctx: Ctx, address: Bytes): void => {
    const rows = [...state.proposalsByPolicy.rows(ctx, lengthPrefixed(address))]
    for (const [, proposal] of rows)
      if (proposal.status === ProposalStatus.SUBMITTED)
        state.proposals.update(ctx, { ...proposal, status: ProposalStatus.ABORTED })
  }

  const change = (
    ctx: Ctx,
    request: { groupPolicyAddress: string; admin: string },
    note: string,
    action: (policy: GroupPolicyInfo) => Partial<Fields<GroupPolicyInfo>>,
  ): void => {
    const address = wrapped('group policy address', () => addresses.bytes(request.groupPolicyAddress))
    wrapped('group policy admin', () => addresses.bytes(request.admin))
    const policy = wrapped('load group policy', () => core.policy(ctx, request.groupPolicyAddress))
    if (request.admin !== policy.admin) throw sdk.unauthorized('not group policy admin')
    wrapped(note, () => {
      const changes = action(policy)
      state.policies.update(ctx, { ...policy, ...changes, version: policy.version + 1n })
    })
    abortProposals(ctx, address)
    emitTyped(ctx, EventUpdateGroupPolicySchema, { address: policy.address })
  }

  return {
    /** Returns the new account's address. */
    create(ctx: Ctx, { groupId, admin, metadata, decisionPolicy }: Fields<MsgCreateGroupPolicy>): string {
      if (groupId === 0n) throw err.empty('group id')
      core.expectShort(metadata, 'group policy metadata')
      const policy = wrapped('request decision policy', () => policyOf(decisionPolicy))
      wrapped('decision policy', () => policy.validate())
      const asking = wrapped('request admin', () => addresses.bytes(admin))
      const group = core.group(ctx, groupId)
      const groupAdmin = wrapped('group admin', () => addresses.bytes(group.admin))
      if (!equalBytes(groupAdmin, asking)) throw sdk.unauthorized('not group admin')
      policy.suits(group.totalWeight, core.maxExecutionPeriodNs)
      const address = addresses.text(openAccount(ctx))
      const row = create(GroupPolicyInfoSchema, {
        ...{ address, groupId, admin: addresses.text(asking), metadata, version: 1n },
        decisionPolicy: policy.pack(),
        createdAt: timestamp(ctx.block.timeNs),
      })
      wrapped('could not create group policy', () => state.policies.create(ctx, row))
      emitTyped(ctx, EventCreateGroupPolicySchema, { address })
      return address
    },

    updateAdmin(ctx: Ctx, request: Fields<MsgUpdateGroupPolicyAdmin>): void {
      const { admin, newAdmin } = request
      if (isSameText(admin, newAdmin)) throw err.invalid('new and old admin are same')
      core.addressOf(newAdmin, 'new admin address')
      change(ctx, request, 'group policy admin updated', () => ({ admin: newAdmin }))
    },

    updateDecision(ctx: Ctx, request: Fields<MsgUpdateGroupPolicyDecisionPolicy>): void {
      const policy = wrapped('decision policy', () => policyOf(request.decisionPolicy))
      wrapped('decision policy', () => policy.validate())
      change(ctx, request, "group policy's decision policy updated", ({ groupId }) => {
        policy.suits(core.group(ctx, groupId).totalWeight, core.maxExecutionPeriodNs)
        return { decisionPolicy: policy.pack() }
      })
    },

    updateMetadata(ctx: Ctx, request: Fields<MsgUpdateGroupPolicyMetadata>): void {
      const { metadata } = request
      core.expectShort(metadata, 'group policy metadata')
      change(ctx, request, 'group policy metadata updated', () => ({ metadata }))
    },
  }
}
