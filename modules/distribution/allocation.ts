// Sharing out what a block collected: fees and new tokens of the block before, by the power of those who were
// asked to sign it. What rounding and the community tax leave goes to the community pool. The loop over
// validators is consensus (one pair of events each); nothing here depends on the number of delegations
// (x/distribution/keeper/allocation.go).
import type { Bytes } from '../../chain/bytes.ts'
import {
  addDecCoins,
  type Coins,
  type Ctx,
  type DecCoins,
  decCoinsText,
  decFromInt,
  decFromWire,
  decMul,
  decMulTruncate,
  decQuoTruncate,
  isZeroCoins,
  mapDecCoins,
  ONE,
  type View,
} from '../../chain/module.ts'
import type { Auth } from '../auth/keeper.ts'
import type { Bank } from '../bank/keeper.ts'
import type { Validator } from '../staking/validator.ts'
import { type Periods, subtract } from './periods.ts'
import { splitWhole } from './rewards.ts'
import { type DistributionState, NAME } from './state.ts'

export const toDecCoins = (set: Coins): DecCoins =>
  set.map(({ denom, amount }) => ({ denom, amount: decFromInt(amount) }))

type Keepers = {
  state: DistributionState
  periods: Periods
  auth: Pick<Auth, 'moduleAccount'>
  bank: Pick<Bank, 'balances' | 'sendModuleToModule'>
  requireValidatorByConsAddress(view: View, consAddress: Bytes): Validator
  feeCollector: string
  /** Module that takes the whole coins of the community pool; none keeps them here. */
  externalPool: string | undefined
}

export const allocationRules = (keepers: Keepers) => {
  const { state, periods, auth, bank, requireValidatorByConsAddress, feeCollector, externalPool } = keepers
  const { current, commissions, outstanding, feePool, params, proposer } = state

  /** Gives a validator its commission and its delegators the rest. */
  const allocateTo = (ctx: Ctx, validator: Validator, tokens: DecCoins): void => {
    const { operator, operatorText } = validator
    const commission = mapDecCoins(tokens, (amount) => decMul(amount, validator.commission.rate))
    const shared = subtract(tokens, commission)
    ctx.emit('commission', ['amount', decCoinsText(commission)], ['validator', operatorText])
    commissions.set(ctx, operator, addDecCoins(commissions.get(ctx, operator) ?? [], commission))
    const { rewards, period } = periods.currentOf(ctx, operator)
    current.set(ctx, operator, { rewards: addDecCoins(rewards, shared), period })
    ctx.emit('rewards', ['amount', decCoinsText(tokens)], ['validator', operatorText])
    outstanding.set(ctx, operator, addDecCoins(periods.outstandingOf(ctx, operator), tokens))
  }

  /** Empties the fee collector. `totalPower` is that of all votes, also of those who did not sign. */
  const allocate = (ctx: Ctx, totalPower: bigint): void => {
    const collected = bank.balances(ctx, auth.moduleAccount(ctx, feeCollector).address)
    bank.sendModuleToModule(ctx, feeCollector, NAME, collected)
    const fees = toDecCoins(collected)
    const pool = feePool.require(ctx)
    if (totalPower === 0n) {
      feePool.set(ctx, addDecCoins(pool, fees))
      return
    }
    const tax = decFromWire(params.require(ctx).communityTax)
    const forValidators = mapDecCoins(fees, (amount) => decMulTruncate(amount, ONE - tax))
    const whole = decFromInt(totalPower)
    let remaining = fees
    for (const { validator: voter } of ctx.block.lastCommit.votes) {
      const validator = requireValidatorByConsAddress(ctx, voter.address)
      const share = decQuoTruncate(decFromInt(voter.power), whole)
      const reward = mapDecCoins(forValidators, (amount) => decMulTruncate(amount, share))
      allocateTo(ctx, validator, reward)
      remaining = subtract(remaining, reward)
    }
    feePool.set(ctx, addDecCoins(pool, remaining))
  }

  /** An external pool gets whole coins; their fractions wait here. */
  const passOn = (ctx: Ctx, pool: string): void => {
    const collected = feePool.require(ctx)
    if (isZeroCoins(collected)) return
    const { whole, rest } = splitWhole(collected)
    bank.sendModuleToModule(ctx, NAME, pool, whole)
    feePool.set(ctx, rest)
  }

  return {
    allocateTo,

    beginBlock(ctx: Ctx): void {
      const { height, lastCommit } = ctx.block
      if (height > 1n) {
        const totalPower = lastCommit.votes.reduce((sum, { validator }) => sum + validator.power, 0n)
        allocate(ctx, totalPower)
        if (externalPool !== undefined) passOn(ctx, externalPool)
      }
      proposer.set(ctx, ctx.block.proposer)
    },
  }
}
export type Allocation = ReturnType<typeof allocationRules>
