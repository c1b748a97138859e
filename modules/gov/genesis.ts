// Governance's part of a genesis file, in and out (x/gov/genesis.go). Proposals of an export go on where they
// stood.
import { create, type MessageInitShape, type MessageShape } from '@bufbuild/protobuf'
import {
  addCoins,
  type Coins,
  type Ctx,
  coinsFrom,
  coinsText,
  equalCoins,
  isZeroCoins,
  type View,
} from '../../chain/module.ts'
import { GenesisStateSchema } from '../../proto/gen/cosmos/gov/v1/genesis_pb.ts'
import { type Deposit, ParamsSchema, type Proposal, type Vote } from '../../proto/gen/cosmos/gov/v1/gov_pb.ts'
import { NAME } from './errors.ts'
import type { Gov } from './keeper.ts'
import { defaultParams, paramsProblem } from './params.ts'
import { ProposalStatus } from './proposals.ts'
import { nsOf } from './state.ts'

type Genesis = MessageShape<typeof GenesisStateSchema>

/** Deposits and votes belong to a proposal, and a person has one of each. */
const checkRecords = (kind: 'deposit' | 'vote', ids: Set<bigint>, records: readonly (Deposit | Vote)[]) => {
  const seen = new Set<string>()
  for (const record of records) {
    const person = record.$typeName === 'cosmos.gov.v1.Deposit' ? record.depositor : record.voter
    const name = `${kind} of ${person} on proposal ${record.proposalId}`
    if (!ids.has(record.proposalId))
      throw new Error(`${name} has non-existent proposal id: ${record.proposalId}`)
    if (seen.has(name)) throw new Error(`duplicate ${kind}: ${name}`)
    seen.add(name)
  }
}

export const govGenesis = ({ core, denom, proposals }: Gov) => {
  const { state, addresses, auth, bank } = core

  const enqueue = (ctx: Ctx, { id, status, depositEndTime, votingEndTime }: Proposal): void => {
    if (status === ProposalStatus.DEPOSIT_PERIOD)
      state.inactive.set(ctx, [nsOf(depositEndTime, 'an end of deposits'), id], id)
    if (status === ProposalStatus.VOTING_PERIOD)
      state.active.set(ctx, [nsOf(votingEndTime, 'an end of voting'), id], id)
  }

  const init = (ctx: Ctx, genesis: Genesis): void => {
    state.nextId.set(ctx, genesis.startingProposalId)
    state.params.set(ctx, genesis.params ?? create(ParamsSchema))
    state.constitution.set(ctx, genesis.constitution)
    const account = auth.moduleAccount(ctx, NAME)
    let total: Coins = []
    for (const deposit of genesis.deposits) {
      state.deposits.set(ctx, [deposit.proposalId, addresses.bytes(deposit.depositor)], deposit)
      total = addCoins(total, coinsFrom(deposit.amount))
    }
    for (const vote of genesis.votes)
      state.votes.set(ctx, [vote.proposalId, addresses.bytes(vote.voter)], vote)
    for (const proposal of genesis.proposals) {
      enqueue(ctx, proposal)
      proposals.set(ctx, proposal)
    }
    const held = bank.balances(ctx, account.address)
    if (isZeroCoins(held)) auth.set(ctx, account)
    if (!equalCoins(held, total))
      throw new Error(`expected module account was ${coinsText(held)} but we got ${coinsText(total)}`)
  }

  return {
    schema: GenesisStateSchema,
    default: (): MessageInitShape<typeof GenesisStateSchema> => ({
      startingProposalId: 1n,
      params: defaultParams(denom),
    }),
    validate(genesis: Genesis): void {
      if (genesis.startingProposalId === 0n) throw new Error('starting proposal id must be greater than 0')
      const ids = new Set<bigint>()
      for (const { id } of genesis.proposals) {
        if (ids.has(id)) throw new Error(`duplicate proposal id: ${id}`)
        ids.add(id)
      }
      checkRecords('deposit', ids, genesis.deposits)
      checkRecords('vote', ids, genesis.votes)
      const problem = paramsProblem(genesis.params ?? create(ParamsSchema), addresses)
      if (problem !== undefined) throw new Error(problem)
    },
    init,
    export: (view: View): MessageInitShape<typeof GenesisStateSchema> => ({
      startingProposalId: state.nextId.peek(view),
      deposits: Array.from(state.deposits.entries(view), ([, deposit]) => deposit),
      votes: Array.from(state.votes.entries(view), ([, vote]) => vote),
      proposals: Array.from(state.proposals.entries(view), ([, proposal]) => proposal),
      params: proposals.params(view),
      constitution: state.constitution.get(view) ?? '',
    }),
  }
}
