import { fromBinary, type MessageInitShape } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import { beforeEach, describe, expect, test } from '@jest/globals'
import type { ExecTxResult } from '../../../chain/abci/application.ts'
import { toHex, utf8 } from '../../../chain/bytes.ts'
import { defaultConsensusParams } from '../../../chain/consensus/params.ts'
import { moduleAddress } from '../../../chain/module.ts'
import { group } from '../../../modules/group/module.ts'
import { MsgSendSchema } from '../../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import { TxMsgDataSchema } from '../../../proto/gen/cosmos/base/abci/v1beta1/abci_pb.ts'
import { Query } from '../../../proto/gen/cosmos/group/v1/query_pb.ts'
import {
  Exec,
  MsgCreateGroupSchema,
  MsgCreateGroupWithPolicyResponseSchema,
  MsgCreateGroupWithPolicySchema,
  MsgExecSchema,
  MsgLeaveGroupSchema,
  MsgSubmitProposalSchema,
  MsgUpdateGroupMembersSchema,
  MsgUpdateGroupPolicyMetadataSchema,
  MsgVoteSchema,
  MsgWithdrawProposalSchema,
} from '../../../proto/gen/cosmos/group/v1/tx_pb.ts'
import {
  PercentageDecisionPolicySchema,
  ProposalExecutorResult,
  ProposalStatus,
  ThresholdDecisionPolicySchema,
  VoteOption,
} from '../../../proto/gen/cosmos/group/v1/types_pb.ts'
import { vectorText } from '../../vectors.ts'
import { callQuery } from '../calls.ts'
import { driver, GENESIS_NS, type Person, pack, person, sign } from '../chain.ts'
import { genesisOf } from '../pair.ts'
import { buildGroups } from './chain.ts'

const [ann, bob, cat, dan] = ['ann', 'bob', 'cat', 'dan'].map((name) => person(name)) as [
  Person,
  Person,
  Person,
  Person,
]
const people = [ann, bob, cat, dan]

const open = () => {
  const parts = buildGroups({}, { maxExecutionPeriodNs: 10_000_000_000n })
  parts.app.initChain({
    ...{ chainId: 'test-1', timeNs: GENESIS_NS, validators: [], initialHeight: 1n },
    consensusParams: defaultConsensusParams(),
    appStateBytes: utf8(JSON.stringify({ ...genesisOf(...people), group: {} })),
  })
  const chain = { ...parts, ...driver(parts.app), chainId: 'test-1' }
  chain.block()
  return chain
}

let chain: ReturnType<typeof open>
beforeEach(() => {
  chain = open()
})

/** One transaction in a block of its own. */
const run = (who: Person, ...messages: Any[]): ExecTxResult => {
  const tx = sign(chain, who, messages, { fee: { gasLimit: 2_000_000n } })
  const [result] = chain.block(tx).txResults
  expect(chain.app.brokenInvariants()).toEqual([])
  return result!
}
const succeed = (who: Person, ...messages: Any[]): ExecTxResult => {
  const result = run(who, ...messages)
  expect(result.log).toBe('')
  return result
}
const codeOf = ({ codespace, code }: ExecTxResult) => `${codespace} ${code}`
const asking = () => callQuery(group(chain.group), Query, chain.app.view() as never)
const balance = (who: Person) => chain.bank.balance(chain.app.view(), who.address, 'stake')

const seconds = (count: number) => ({ seconds: BigInt(count) })
const threshold = (weight: string, votingS = 5, minS = 0) =>
  pack(ThresholdDecisionPolicySchema, {
    threshold: weight,
    windows: { votingPeriod: seconds(votingS), minExecutionPeriod: seconds(minS) },
  })
const percentage = (part: string) =>
  pack(PercentageDecisionPolicySchema, {
    percentage: part,
    windows: { votingPeriod: seconds(5), minExecutionPeriod: seconds(0) },
  })

type Group = { groupId: bigint; groupPolicyAddress: string }
/** A group of ann with its account, which has 1000 stake. */
const create = (decisionPolicy: Any, ...weights: [Person, string][]): Group => {
  const members = weights.map(([{ text }, weight]) => ({ address: text, weight, metadata: '' }))
  const message = pack(MsgCreateGroupWithPolicySchema, { admin: ann.text, members, decisionPolicy })
  const { msgResponses } = fromBinary(TxMsgDataSchema, succeed(ann, message).data)
  const made = fromBinary(MsgCreateGroupWithPolicyResponseSchema, msgResponses[0]!.value)
  succeed(ann, transfer(ann.text, made.groupPolicyAddress, '1000'))
  return made
}
const transfer = (fromAddress: string, toAddress: string, amount: string) =>
  pack(MsgSendSchema, { fromAddress, toAddress, amount: [{ denom: 'stake', amount }] })

/** A proposal that the group pays dan. */
const propose = (
  { groupPolicyAddress }: Group,
  who: Person,
  more: Omit<MessageInitShape<typeof MsgSubmitProposalSchema>, '$typeName'> = {},
) =>
  pack(MsgSubmitProposalSchema, {
    ...{ groupPolicyAddress, proposers: [who.text], title: 't', summary: 's' },
    messages: [transfer(groupPolicyAddress, dan.text, '300')],
    ...more,
  })
const vote = (who: Person, option: VoteOption, exec = Exec.UNSPECIFIED, proposalId = 1n) =>
  pack(MsgVoteSchema, { proposalId, voter: who.text, option, exec })
const execute = (who: Person, proposalId = 1n) => pack(MsgExecSchema, { proposalId, executor: who.text })
const proposal = (proposalId = 1n) => asking().proposal({ proposalId }).proposal!

describe('a group decides by its policy', () => {
  test('a threshold passes with enough weight, and whoever likes executes', () => {
    const made = create(threshold('2'), [ann, '1'], [bob, '1'], [cat, '1'])
    succeed(ann, propose(made, ann))
    succeed(ann, vote(ann, VoteOption.YES))
    succeed(dan, execute(dan))
    expect(proposal().status).toBe(ProposalStatus.SUBMITTED)
    succeed(bob, vote(bob, VoteOption.YES))
    const before = balance(dan)
    succeed(dan, execute(dan))
    expect(balance(dan)).toBe(before + 300n)
    expect(() => proposal()).toThrow('load proposal: not found')
  })

  test('a percentage counts all members, also those who do not vote', () => {
    const made = create(percentage('0.5'), [ann, '1'], [bob, '1'], [cat, '2.5'])
    succeed(ann, propose(made, ann))
    const before = balance(dan)
    succeed(ann, vote(ann, VoteOption.YES))
    succeed(bob, vote(bob, VoteOption.YES, Exec.TRY))
    expect(balance(dan)).toBe(before)
    succeed(cat, vote(cat, VoteOption.YES, Exec.TRY))
    expect(balance(dan)).toBe(before + 300n)
  })

  test('a proposal that can no longer pass is rejected at once', () => {
    const made = create(threshold('2'), [ann, '1'], [bob, '1'])
    succeed(ann, propose(made, ann))
    succeed(bob, vote(bob, VoteOption.NO, Exec.TRY))
    expect(proposal()).toMatchObject({
      status: ProposalStatus.REJECTED,
      finalTallyResult: { yesCount: '0', noCount: '1' },
    })
    expect(codeOf(run(ann, vote(ann, VoteOption.YES)))).toBe('group 6')
    expect(codeOf(run(ann, execute(ann)))).toBe('group 6')
  })

  test('a proposer who tries it at once needs no votes of others if the own is enough', () => {
    const made = create(threshold('1'), [ann, '1'], [bob, '1'])
    const before = balance(dan)
    const { events } = succeed(bob, propose(made, bob, { exec: Exec.TRY }))
    expect(balance(dan)).toBe(before + 300n)
    const own = events.map(({ type }) => type).filter((type) => type.startsWith('cosmos.group'))
    expect(own.map((type) => type.slice('cosmos.group.v1.Event'.length))).toEqual([
      ...['SubmitProposal', 'Vote', 'ProposalPruned', 'Exec'],
    ])
  })

  test('where members left, all who stayed are enough', () => {
    const made = create(threshold('2'), [ann, '1'], [bob, '1'])
    succeed(bob, pack(MsgLeaveGroupSchema, { address: bob.text, groupId: made.groupId }))
    expect(asking().groupInfo({ groupId: made.groupId }).info).toMatchObject({
      totalWeight: '1',
      version: 2n,
    })
    succeed(ann, propose(made, ann, { exec: Exec.TRY }))
    expect(() => proposal()).toThrow('not found')
  })
})

describe('messages of a proposal', () => {
  test('run all or none; a failed one may be tried again', () => {
    const made = create(threshold('1'), [ann, '1'])
    const { groupPolicyAddress: account } = made
    const messages = [transfer(account, dan.text, '300'), transfer(account, dan.text, '900')]
    const before = balance(dan)
    succeed(ann, propose(made, ann, { messages, exec: Exec.TRY }))
    expect(proposal()).toMatchObject({
      ...{ status: ProposalStatus.ACCEPTED, executorResult: ProposalExecutorResult.FAILURE },
    })
    expect(balance(dan)).toBe(before)
    succeed(ann, transfer(ann.text, account, '200'))
    succeed(bob, execute(bob))
    expect(balance(dan)).toBe(before + 1200n)
  })

  test('wait for the execution period, and not longer than the chain keeps them', () => {
    const made = create(threshold('1', 4, 6), [ann, '1'])
    succeed(ann, propose(made, ann, { exec: Exec.TRY }))
    const { executorResult } = proposal()
    expect(executorResult).toBe(ProposalExecutorResult.FAILURE)
    chain.block()
    const early = succeed(ann, execute(ann)).events.find(({ type }) => type.endsWith('EventExec'))!
    expect(early.attributes[0]!.value).toMatch(/must wait until 2023-11-14 22:13:\d\d \+0000 UTC to execute/)
    chain.skip(4n)
    const before = balance(dan)
    succeed(ann, execute(ann))
    expect(balance(dan)).toBe(before + 300n)
    succeed(ann, propose(made, ann, { exec: Exec.TRY }))
    chain.skip(15n)
    chain.block()
    expect(() => proposal(2n)).toThrow('not found')
  })

  test('must be signed by the account of the group alone', () => {
    const made = create(threshold('1'), [ann, '1'])
    const theft = propose(made, ann, { messages: [transfer(bob.text, ann.text, '5')] })
    expect(codeOf(run(ann, theft))).toBe('sdk 4')
  })
})

describe('the end of a block', () => {
  test('counts the votes of a proposal whose time is over, and forgets them', () => {
    const made = create(threshold('2'), [ann, '1'], [bob, '1'], [cat, '1'])
    succeed(ann, propose(made, ann))
    succeed(bob, vote(bob, VoteOption.ABSTAIN))
    chain.skip(10n)
    chain.block()
    expect(proposal()).toMatchObject({
      status: ProposalStatus.REJECTED,
      finalTallyResult: { abstainCount: '1', yesCount: '0' },
    })
    expect(asking().votesByProposal({ proposalId: 1n }).votes).toEqual([])
    expect(codeOf(run(cat, vote(cat, VoteOption.YES)))).toBe('group 6')
  })

  test('forgets what was withdrawn, with its votes', () => {
    const made = create(threshold('2'), [ann, '1'], [bob, '1'])
    succeed(bob, propose(made, bob))
    succeed(bob, vote(bob, VoteOption.YES))
    const withdraw = (who: Person) => pack(MsgWithdrawProposalSchema, { proposalId: 1n, address: who.text })
    expect(codeOf(run(cat, withdraw(cat)))).toBe('group 7')
    succeed(bob, withdraw(bob))
    expect(() => asking().tallyResult({ proposalId: 1n })).toThrow(
      "can't get the tally of a proposal with status",
    )
    chain.skip(10n)
    const { events } = chain.block()
    expect(events.at(-1)!.attributes.map(({ key, value }) => [key, value])).toEqual([
      ...[
        ['proposal_id', '"1"'],
        ['status', '"PROPOSAL_STATUS_WITHDRAWN"'],
        ['tally_result', 'null'],
      ],
      ['mode', 'EndBlock'],
    ])
    expect(asking().votesByVoter({ voter: bob.text }).votes).toEqual([])
  })
})

describe('changes of a group', () => {
  test('a policy that changes aborts what was open', () => {
    const made = create(threshold('2'), [ann, '1'], [bob, '1'])
    succeed(ann, propose(made, ann))
    const { groupPolicyAddress } = made
    const change = { admin: ann.text, groupPolicyAddress, metadata: 'new' }
    succeed(ann, pack(MsgUpdateGroupPolicyMetadataSchema, change))
    expect(proposal().status).toBe(ProposalStatus.ABORTED)
  })

  test('a weight of zero removes a member, but never the last one', () => {
    const { groupId } = create(threshold('1'), [ann, '1'], [bob, '2.50'])
    const remove = ({ text }: Person, admin = ann.text) => {
      const memberUpdates = [{ address: text, weight: '0', metadata: '' }]
      return pack(MsgUpdateGroupMembersSchema, { admin, groupId, memberUpdates })
    }
    expect(asking().groupInfo({ groupId }).info!.totalWeight).toBe('3.50')
    succeed(ann, remove(bob))
    expect(
      asking()
        .groupMembers({ groupId })
        .members.map(({ member }) => member!.address),
    ).toEqual([ann.text])
    expect(asking().groupInfo({ groupId }).info!.totalWeight).toBe('1.00')
    expect(run(ann, remove(ann)).log).toContain('group must not be empty: invalid value')
    expect(run(ann, remove(cat)).log).toContain('unknown member: not found')
    expect(codeOf(run(bob, remove(ann, bob.text)))).toBe('sdk 4')
  })

  test('its account has the address of its number, and a credential in the place of a key', () => {
    const { groupPolicyAddress } = create(threshold('1'), [ann, '1'])
    const address = moduleAddress('group', Uint8Array.of(0x20), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1))
    expect(chain.settings.addresses.text(address)).toBe(groupPolicyAddress)
    const { base } = chain.auth.account(chain.app.view(), address)!
    expect(base.pubKey!.typeUrl).toBe('/cosmos.auth.v1beta1.ModuleCredential')
    expect(base.accountNumber).toBeGreaterThan(3n)
  })
})

describe('what is no group message', () => {
  test('a policy of another kind is refused when the transaction is read', () => {
    const members = [{ address: ann.text, weight: '1', metadata: '' }]
    const decisionPolicy = transfer(ann.text, bob.text, '1')
    const message = pack(MsgCreateGroupWithPolicySchema, { admin: ann.text, members, decisionPolicy })
    expect(codeOf(run(ann, message))).toBe('sdk 2')
  })

  test('a member twice, a weight that is none, too much metadata', () => {
    const make = (metadata: string, ...weights: string[]) =>
      pack(MsgCreateGroupSchema, {
        admin: ann.text,
        metadata,
        members: weights.map((weight) => ({ address: bob.text, weight, metadata: '' })),
      })
    expect(codeOf(run(ann, make('', '1', '2')))).toBe('group 3')
    expect(codeOf(run(ann, make('', '-1')))).toBe('math 10')
    expect(codeOf(run(ann, make('', '0')))).toBe('math 10')
    expect(codeOf(run(ann, make('x'.repeat(256), '1')))).toBe('group 4')
    succeed(ann, make('x'.repeat(255), '1'))
  })
})

test('an empty genesis leaves three counters, as in the recorded database', () => {
  const recorded = vectorText('wasmd/application_db_raw_kv.txt.gz')
    .split('\n')
    .filter((line) => line.startsWith('"s/k:group/f'))
    .map((line) => line.slice(line.indexOf('= ') + 2))
  const entries = [...chain.app.view().store('group').iterate()]
  expect(entries.map(([key]) => toHex(key))).toEqual(['0101', '2101', '3101'])
  // A fast node is its version, the length of its value, and that.
  expect(entries.map(([, value]) => `0208${toHex(value)}`)).toEqual(recorded)
})
