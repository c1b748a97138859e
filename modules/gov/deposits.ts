// Deposits: what it takes to have a proposal voted on, what comes back and what is burned
// (x/gov/keeper/deposit.go).
import { create } from '@bufbuild/protobuf'
import type { Bytes } from '../../chain/bytes.ts'
import {
  addCoins,
  amountOf,
  type Coins,
  type Ctx,
  coin,
  coinsFrom,
  coinsText,
  coinsTo,
  coinText,
  coinTo,
  decFromInt,
  decMul,
  decRoundInt,
  decTruncateInt,
  isAllGte,
  isValidCoins,
  isZeroCoins,
  sdk,
} from '../../chain/module.ts'
import { instantNs } from '../../chain/time.ts'
import { CoinSchema } from '../../proto/gen/cosmos/base/v1beta1/coin_pb.ts'
import { DepositSchema, type Params, type Proposal } from '../../proto/gen/cosmos/gov/v1/gov_pb.ts'
import { decOf, err, NAME } from './errors.ts'
import type { Core } from './keeper.ts'
import { minDepositOf } from './params.ts'
import { ProposalStatus, type Proposals } from './proposals.ts'

export type Deposits = ReturnType<typeof deposits>

/** IsAllGTE: nothing reaches no wanted coin, even one of zero. */
const reachesAll = (given: Coins, wanted: Coins): boolean =>
  wanted.length === 0 || (given.length > 0 && isAllGte(given, wanted))

/** The part of an amount that a ratio makes, rounded down. */
const partDown = (amount: bigint, ratio: bigint): bigint => decTruncateInt(decMul(decFromInt(amount), ratio))

/** A set of coins of a record, in order and without zeros. */
const sorted = (set: Coins): Coins =>
  set.filter(({ amount }) => amount !== 0n).sort((a, b) => (a.denom < b.denom ? -1 : 1))

/** Throws gov 23 for a denomination that the minimum deposit does not name. */
export const checkDenoms = (params: Params, amount: Coins): void => {
  const denoms = params.minDeposit.map(({ denom }) => denom)
  if (amount.every(({ denom }) => denoms.includes(denom))) return
  throw err.invalidDepositDenom(
    `deposited ${coinsText(amount)}, but gov accepts only the following denom(s): [${denoms.join(' ')}]`,
  )
}

/** What a proposer must bring along: a part of the minimum deposit, rounded half to even. Throws gov 16. */
export const checkInitial = (params: Params, amount: Coins, expedited: boolean): void => {
  if (!isValidCoins(amount)) throw sdk.invalidCoins(coinsText(amount))
  const ratio = decOf(params.minInitialDepositRatio)
  if (ratio === 0n) return
  const wanted = minDepositOf(params, { expedited }).map((c) =>
    coin(c.denom, decRoundInt(decMul(decFromInt(c.amount), ratio))),
  )
  if (!reachesAll(amount, wanted))
    throw err.minDepositTooSmall(`was (${coinsText(amount)}), need (${coinsText(wanted)})`)
}

/** A single deposit must be a part of the minimum in one denomination at least. Throws gov 16. */
const checkPart = (minimum: Coins, ratio: bigint, amount: Coins): void => {
  if (ratio === 0n) return
  const thresholds: Coins = minimum.map((c) => coin(c.denom, partDown(c.amount, ratio)))
  const isReached = thresholds.some(
    ({ denom, amount: wanted }) => amount.some((c) => c.denom === denom) && amountOf(amount, denom) >= wanted,
  )
  if (!isReached)
    throw err.minDepositTooSmall(
      `received ${coinsText(amount)} but need at least one of the following: ` +
        thresholds.map(coinText).join(','),
    )
}

export const isOpen = ({ status }: Pick<Proposal, 'status'>): boolean =>
  status === ProposalStatus.DEPOSIT_PERIOD || status === ProposalStatus.VOTING_PERIOD

export const deposits = (core: Core, proposals: Proposals) => {
  const { state, addresses, auth, bank, distribution, hooks } = core

  /** AddDeposit: returns whether voting began with it. */
  const add = (ctx: Ctx, id: bigint, depositor: Bytes, amount: Coins): boolean => {
    const proposal = proposals.require(ctx, id)
    if (!isOpen(proposal)) throw err.inactiveProposal(`${id}`)
    const params = proposals.params(ctx)
    const minimum = minDepositOf(params, proposal)
    const ratio = decOf(params.minDepositRatio)
    checkDenoms(params, amount)
    checkPart(minimum, ratio, amount)
    bank.sendToModule(ctx, depositor, NAME, amount)
    const total = addCoins(sorted(coinsFrom(proposal.totalDeposit)), amount)
    const paid = { ...proposal, totalDeposit: total.map((part) => create(CoinSchema, coinTo(part))) }
    proposals.set(ctx, paid)
    const activates = proposal.status === ProposalStatus.DEPOSIT_PERIOD && reachesAll(total, minimum)
    if (activates) proposals.activate(ctx, paid)
    record(ctx, id, depositor, amount)
    return activates
  }
  const record = (ctx: Ctx, id: bigint, depositor: Bytes, amount: Coins): void => {
    const before = state.deposits.get(ctx, [id, depositor])
    const sum = before === undefined ? amount : addCoins(sorted(coinsFrom(before.amount)), amount)
    hooks.afterProposalDeposit(ctx, id, depositor)
    const text = addresses.text(depositor)
    ctx.emit('proposal_deposit', ['depositor', text], ['amount', coinsText(amount)], ['proposal_id', `${id}`])
    const deposit = create(DepositSchema, { proposalId: id, depositor: text, amount: coinsTo(sum) })
    state.deposits.set(ctx, [id, depositor], deposit)
  }

  /** ChargeDeposit: returns the deposits less a part, which is burned or goes where the parameters say. */
  const charge = (ctx: Ctx, id: bigint, { proposalCancelDest, proposalCancelRatio }: Params): void => {
    const ratio = decOf(proposalCancelRatio)
    const held = [...state.deposits.entries(ctx, { prefix: [id] })]
    let charged: Coins = []
    for (const [key, deposit] of held) {
      let rest: Coins = []
      for (const { denom, amount } of coinsFrom(deposit.amount)) {
        const part = partDown(amount, ratio)
        rest = addCoins(rest, [coin(denom, amount - part)])
        charged = addCoins(charged, [coin(denom, part)])
      }
      if (!isZeroCoins(rest)) bank.sendFromModule(ctx, NAME, key[1], rest)
      state.deposits.remove(ctx, key)
    }
    if (!isZeroCoins(charged)) spend(ctx, proposalCancelDest, charged)
  }
  const spend = (ctx: Ctx, target: string, charged: Coins): void => {
    if (target === '') bank.burn(ctx, NAME, charged)
    else if (target === distributionText())
      distribution.fundCommunityPool(ctx, charged, auth.moduleAddress(NAME))
    else bank.sendFromModule(ctx, NAME, addresses.bytes(target), charged)
  }
  const distributionText = (): string | undefined =>
    auth.moduleAccountNames().includes('distribution')
      ? addresses.text(auth.moduleAddress('distribution'))
      : undefined

  return {
    add,

    /** CancelProposal */
    cancel(ctx: Ctx, id: bigint, proposer: string): void {
      const proposal = proposals.require(ctx, id)
      if (proposal.proposer === '')
        throw err.invalidProposal(`proposal ${id} doesn't have proposer ${proposer}, so cannot be canceled`)
      if (proposal.proposer !== proposer) throw err.invalidProposer(`invalid proposer ${proposer}`)
      if (!isOpen(proposal)) throw err.invalidProposal('proposal should be in the deposit or voting period')
      const { votingEndTime: end } = proposal
      if (end !== undefined && instantNs(end) < ctx.block.timeNs)
        throw err.votingPeriodEnded(`voting period is already ended for this proposal ${id}`)
      charge(ctx, id, proposals.params(ctx))
      if (proposal.votingStartTime !== undefined) state.votes.clear(ctx, { prefix: [id] })
      proposals.remove(ctx, id)
    },

    /** DeleteAndBurnDeposits */
    burn(ctx: Ctx, id: bigint): void {
      let sum: Coins = []
      for (const [key, deposit] of state.deposits.entries(ctx, { prefix: [id] })) {
        sum = addCoins(sum, coinsFrom(deposit.amount))
        state.deposits.remove(ctx, key)
      }
      bank.burn(ctx, NAME, sum)
    },

    /** RefundAndDeleteDeposits */
    refund(ctx: Ctx, id: bigint): void {
      for (const [key, deposit] of state.deposits.entries(ctx, { prefix: [id] })) {
        bank.sendFromModule(ctx, NAME, key[1], coinsFrom(deposit.amount))
        state.deposits.remove(ctx, key)
      }
    },
  }
}
