// What proposals, deposits and votes do to balances and to the chain.

import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { AnySchema } from '@bufbuild/protobuf/wkt'
import { describe, expect, test } from '@jest/globals'
import { coinsTo, plainError, sdk } from '../../../chain/module.ts'
import { MsgSendSchema } from '../../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import { MsgExecLegacyContentSchema } from '../../../proto/gen/cosmos/gov/v1/tx_pb.ts'
import { TextProposalSchema } from '../../../proto/gen/cosmos/gov/v1beta1/gov_pb.ts'
import { Msg as OldMsg } from '../../../proto/gen/cosmos/gov/v1beta1/tx_pb.ts'
import { callMessage } from '../calls.ts'
import {
  ann,
  ben,
  cat,
  DAY,
  dan,
  eve,
  GOV,
  openGov,
  ProposalStatus,
  pack,
  payment,
  stake,
  text,
  VoteOption,
  zoe,
} from './open.ts'

const { YES, NO, NO_WITH_VETO, ABSTAIN } = VoteOption

describe('a proposal that passes', () => {
  test('is carried out with the gov account, and its deposits come back', () => {
    const chain = openGov()
    chain.giveModule('gov', stake(50n))
    const before = chain.balance(ann)
    const id = chain.propose({ messages: [payment(zoe, 30n), payment(zoe, 20n)] })
    expect(chain.balance(ann)).toBe(before - 100n)
    chain.vote(ann, id, YES)
    chain.vote(ben, id, YES)
    chain.pass(2 * DAY)
    expect(chain.proposal(id)).toMatchObject({
      status: ProposalStatus.PASSED,
      finalTallyResult: { yesCount: '800', noCount: '0' },
    })
    expect(chain.balance(zoe)).toBe(50n)
    expect(chain.balance(ann)).toBe(before)
    expect(chain.balance('gov')).toBe(0n)
    expect(chain.events('active_proposal')).toEqual([
      { proposal_id: '1', proposal_result: 'proposal_passed', proposal_log: 'passed' },
    ])
    expect(chain.events('transfer')).toHaveLength(3)
  })

  test('has none of its effects if its last message fails', () => {
    const chain = openGov()
    chain.giveModule('gov', stake(50n))
    const id = chain.propose({ messages: [payment(zoe, 30n), payment(zoe, 9999n)] })
    chain.vote(ann, id, YES)
    chain.pass(2 * DAY)
    expect(chain.balance(zoe)).toBe(0n)
    expect(chain.proposal(id)).toMatchObject({
      status: ProposalStatus.FAILED,
      failedReason: 'spendable balance 20stake is smaller than 9999stake: insufficient funds',
    })
    expect(chain.events('active_proposal')[0]!.proposal_log).toBe(
      'passed, but msg 1 (/cosmos.bank.v1beta1.MsgSend) failed on execution: ' +
        'spendable balance 20stake is smaller than 9999stake: insufficient funds',
    )
    expect(chain.bugs).toEqual([])
  })

  test('fails, and the chain goes on, where a message hits a bug of ours, which is told', () => {
    const chain = openGov()
    const id = chain.propose({ messages: [payment(zoe, 1n)] })
    chain.vote(ann, id, YES)
    chain.bank.restrictSends((_ctx, _from, to) => {
      if (text(to) === text(zoe)) throw new RangeError('a bug')
      return to
    })
    chain.pass(2 * DAY)
    expect(chain.proposal(id)!.failedReason).toContain('PANICKED: a bug')
    expect(chain.bugs).toEqual([new RangeError('a bug')])
  })
})

describe('a proposal that does not pass', () => {
  test('burns its deposits if more than a third vote with veto', () => {
    const chain = openGov()
    const supply = chain.supply()
    const id = chain.propose()
    chain.vote(ann, id, YES)
    chain.vote(ben, id, NO_WITH_VETO)
    chain.vote(cat, id, NO_WITH_VETO)
    chain.pass(2 * DAY)
    expect(chain.proposal(id)!.status).toBe(ProposalStatus.REJECTED)
    expect(chain.supply()).toBe(supply - 100n)
    expect(chain.balance('gov')).toBe(0n)
  })

  test('gives its deposits back without a quorum, unless the parameters burn them', () => {
    for (const [burnVoteQuorum, kept] of [
      [false, 1000n],
      [true, 900n],
    ] as const) {
      const chain = openGov({ burnVoteQuorum, quorum: '0.5' })
      const id = chain.propose()
      chain.vote(cat, id, YES)
      chain.pass(2 * DAY)
      expect(chain.proposal(id)!.status).toBe(ProposalStatus.REJECTED)
      expect(chain.balance(ann)).toBe(kept)
    }
  })

  test('is rejected if everybody abstains', () => {
    const chain = openGov()
    const id = chain.propose()
    chain.vote(ann, id, ABSTAIN)
    chain.vote(ben, id, ABSTAIN)
    chain.pass(2 * DAY)
    expect(chain.proposal(id)!.finalTallyResult).toMatchObject({ abstainCount: '800', yesCount: '0' })
    expect(chain.proposal(id)!.status).toBe(ProposalStatus.REJECTED)
  })

  test('goes on as a regular one with its deposits if it was expedited, and votes are cast anew', () => {
    const chain = openGov()
    const id = chain.propose({ expedited: true })
    chain.vote(ann, id, YES)
    chain.vote(ben, id, NO)
    chain.vote(cat, id, NO)
    chain.pass(DAY)
    expect(chain.proposal(id)).toMatchObject({ status: ProposalStatus.VOTING_PERIOD, expedited: false })
    expect(chain.balance('gov')).toBe(150n)
    expect(chain.events('active_proposal')[0]).toMatchObject({
      proposal_result: 'expedited_proposal_rejected',
    })
    chain.vote(ann, id, YES)
    chain.pass(DAY)
    expect(chain.proposal(id)).toMatchObject({
      status: ProposalStatus.PASSED,
      finalTallyResult: { yesCount: '500', noCount: '0' },
    })
    expect(chain.balance(ann)).toBe(1000n)
  })
})

describe('votes', () => {
  test('of a delegator are taken from its validator', () => {
    const chain = openGov()
    const id = chain.propose()
    chain.vote(ann, id, YES)
    chain.vote(dan, id, NO)
    chain.pass(2 * DAY)
    expect(chain.proposal(id)!.finalTallyResult).toMatchObject({ yesCount: '400', noCount: '100' })
  })

  test('may be split and changed; those without stake count nothing', () => {
    const chain = openGov()
    const id = chain.propose()
    chain.vote(ann, id, NO_WITH_VETO)
    chain.vote(eve, id, NO)
    chain.msg.voteWeighted({
      ...{ voter: text(ann), proposalId: id },
      options: [
        { option: YES, weight: '0.7' },
        { option: ABSTAIN, weight: '0.3' },
      ],
    })
    chain.pass(2 * DAY)
    expect(chain.proposal(id)!.finalTallyResult).toMatchObject({
      ...{ yesCount: '350', abstainCount: '150', noCount: '0', noWithVetoCount: '0' },
    })
  })

  test('are refused before the deposit is there and after the end', () => {
    const chain = openGov()
    const id = chain.propose({ initialDeposit: coinsTo(stake(10n)) })
    expect(() => chain.vote(ann, id, YES)).toThrow('1: inactive proposal')
    chain.msg.deposit({ depositor: text(ben), proposalId: id, amount: coinsTo(stake(90n)) })
    chain.vote(ann, id, YES)
    chain.pass(2 * DAY)
    expect(() => chain.vote(ann, id, YES)).toThrow('1: inactive proposal')
    expect(chain.balance(ben)).toBe(1000n)
  })
})

describe('deposits', () => {
  test('come back if they are too few in time, unless the parameters burn them', () => {
    for (const [burnProposalDepositPrevote, kept] of [
      [false, 1000n],
      [true, 990n],
    ] as const) {
      const chain = openGov({ burnProposalDepositPrevote })
      const id = chain.propose({ initialDeposit: coinsTo(stake(10n)) })
      chain.pass(2 * DAY - 1)
      expect(chain.proposal(id)).toBeDefined()
      chain.pass(1)
      expect(chain.proposal(id)).toBeUndefined()
      expect(chain.balance(ann)).toBe(kept)
      expect(chain.events('inactive_proposal')).toEqual([
        { proposal_id: '1', proposal_result: 'proposal_dropped' },
      ])
    }
  })

  test('of a cancelled proposal come back in part; the rest is burned', () => {
    const chain = openGov({ proposalCancelRatio: '0.333' })
    const supply = chain.supply()
    const id = chain.propose()
    chain.msg.deposit({ depositor: text(ben), proposalId: id, amount: coinsTo(stake(50n)) })
    chain.vote(ann, id, YES)
    expect(() => chain.msg.cancelProposal({ proposalId: id, proposer: text(ben) })).toThrow(
      'invalid proposer',
    )
    chain.msg.cancelProposal({ proposalId: id, proposer: text(ann) })
    expect(chain.balance(ann)).toBe(1000n - 33n)
    expect(chain.balance(ben)).toBe(1000n - 16n)
    expect(chain.supply()).toBe(supply - 49n)
    expect(chain.proposal(id)).toBeUndefined()
    expect(Object.values(chain.module.invariants!).every((holds) => holds(chain.ctx))).toBe(true)
  })

  test('of a cancelled proposal go where the parameters say', () => {
    const pool = openGov({ proposalCancelDest: text(openGov().auth.moduleAddress('distribution')) })
    pool.msg.cancelProposal({ proposalId: pool.propose(), proposer: text(ann) })
    expect(pool.funded.map(({ amount }) => amount)).toEqual([stake(50n)])
    expect(pool.balance('distribution')).toBe(50n)
    const somebody = openGov({ proposalCancelDest: text(zoe) })
    somebody.msg.cancelProposal({ proposalId: somebody.propose(), proposer: text(ann) })
    expect(somebody.balance(zoe)).toBe(50n)
  })

  test('must be a part of the minimum and of its denominations', () => {
    const chain = openGov({ minDepositRatio: '0.1', minInitialDepositRatio: '0.2' })
    chain.give(ann, [{ denom: 'other', amount: 5n }])
    expect(() => chain.propose({ initialDeposit: coinsTo(stake(19n)) })).toThrow(
      'was (19stake), need (20stake): minimum deposit is too small',
    )
    const id = chain.propose({ initialDeposit: coinsTo(stake(20n)) })
    const deposit = (denom: string, amount: string) =>
      chain.msg.deposit({ depositor: text(ann), proposalId: id, amount: [{ denom, amount }] })
    expect(() => deposit('stake', '9')).toThrow(
      'received 9stake but need at least one of the following: 10stake: minimum deposit is too small',
    )
    expect(() => deposit('other', '5')).toThrow(
      'deposited 5other, but gov accepts only the following denom(s): [stake]: invalid deposit denom',
    )
    expect(() => deposit('stake', '0')).toThrow('0stake: invalid coins')
  })
})

describe('messages of a proposal', () => {
  test('must be signed by the gov account alone', () => {
    const chain = openGov()
    const foreign = pack(MsgSendSchema, {
      ...{ fromAddress: text(ben), toAddress: text(ann), amount: coinsTo(stake(1n)) },
    })
    expect(() => chain.propose({ messages: [foreign] })).toThrow(
      `${text(ben)}: expected gov account as only signer for proposal message`,
    )
  })

  test('are written as Go writes them when they are proposed, and never again', () => {
    const chain = openGov()
    const odd = create(AnySchema, {
      typeUrl: `/${MsgSendSchema.typeName}`,
      // amount before the addresses, an amount with zeros in front, and a field that nobody knows
      value: new Uint8Array([
        ...toBinary(MsgSendSchema, create(MsgSendSchema, { amount: [{ denom: 'stake', amount: '007' }] })),
        ...toBinary(MsgSendSchema, create(MsgSendSchema, { fromAddress: GOV, toAddress: text(zoe) })),
        ...[0x98, 0x3f, 1],
      ]),
    })
    const id = chain.propose({ messages: [odd] })
    const stored = () => chain.proposal(id)!.messages[0]!.value
    expect(stored()).toEqual(payment(zoe, 7n).value)
    chain.vote(ann, id, NO)
    chain.pass(2 * DAY)
    expect(stored()).toEqual(payment(zoe, 7n).value)
  })

  test('keep what is packed inside of them to the byte', () => {
    const chain = openGov()
    const content = pack(TextProposalSchema, { title: 't', description: 'd' })
    // description before title
    const turned = new Uint8Array([...content.value.slice(3), ...content.value.slice(0, 3)])
    const message = pack(MsgExecLegacyContentSchema, {
      content: { ...content, value: turned },
      authority: GOV,
    })
    const stored = chain.proposal(chain.propose({ messages: [message] }))!.messages[0]!
    expect(fromBinary(MsgExecLegacyContentSchema, stored.value).content!.value).toEqual(turned)
  })

  test('of v1beta1 become one message that has the content handled', () => {
    const chain = openGov()
    const old = callMessage(chain.module, OldMsg, chain.ctx)
    const content = pack(TextProposalSchema, { title: 'old', description: 'older' })
    const { proposalId } = old.submitProposal({
      ...{ content, proposer: text(ann), initialDeposit: coinsTo(stake(100n)) },
    })
    expect(chain.proposal(proposalId)).toMatchObject({ title: 'old', summary: 'older' })
    old.vote({ proposalId, voter: text(ann), option: 1 })
    chain.pass(2 * DAY)
    expect(chain.proposal(proposalId)!.status).toBe(ProposalStatus.PASSED)
  })
})

describe('hooks', () => {
  test('are told of each step; one that fails at an end is undone and stops nothing', () => {
    const chain = openGov()
    const told: string[] = []
    chain.keeper.setHooks({
      afterProposalSubmission: (_, id) => void told.push(`submitted ${id}`),
      afterProposalDeposit: (_, id, who) => void told.push(`deposit ${id} of ${text(who) === text(ann)}`),
      afterProposalVote: (_, id) => void told.push(`vote ${id}`),
      afterProposalVotingPeriodEnded(ctx, id) {
        told.push(`ended ${id}`)
        ctx.emit('undone')
        throw sdk.logic('no')
      },
      afterProposalFailedMinDeposit(_, id) {
        told.push(`dropped ${id}`)
        throw plainError('no')
      },
    })
    const id = chain.propose()
    chain.propose({ initialDeposit: coinsTo(stake(1n)) })
    chain.vote(ann, id, YES)
    chain.pass(2 * DAY)
    expect(told).toEqual([
      ...['submitted 1', 'deposit 1 of true', 'submitted 2', 'deposit 2 of true'],
      ...['vote 1', 'dropped 2', 'ended 1'],
    ])
    expect(chain.events('undone')).toEqual([])
    expect(chain.proposal(id)!.status).toBe(ProposalStatus.PASSED)
  })

  test('that refuse a vote undo it', () => {
    const chain = openGov()
    chain.keeper.setHooks({
      afterProposalVote() {
        throw plainError('not you')
      },
    })
    const id = chain.propose()
    expect(() => chain.vote(ann, id, YES)).toThrow('not you')
    expect([...chain.keeper.core.state.votes.entries(chain.ctx)]).toEqual([])
    expect(() => chain.keeper.setHooks()).toThrow('are set already')
  })
})
