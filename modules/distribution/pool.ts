// What distribution pays besides rewards: commissions of validators, and the community pool, whose coins lie
// in the module's own account and are counted apart (x/distribution/keeper/keeper.go, fee_pool.go).
import type { Bytes } from '../../chain/bytes.ts'
import {
  addDecCoins,
  type Coins,
  type Ctx,
  coinsText,
  isAnyNegative,
  isZeroCoins,
  subDecCoins,
} from '../../chain/module.ts'
import type { Bank } from '../bank/keeper.ts'
import { toDecCoins } from './allocation.ts'
import { type Periods, subtract } from './periods.ts'
import { type Rewards, splitWhole } from './rewards.ts'
import { type DistributionState, err, NAME } from './state.ts'

type Keepers = {
  state: DistributionState
  periods: Periods
  rewards: Rewards
  bank: Pick<Bank, 'sendToModule'>
  /** Pays out of this module's account. */
  pay(ctx: Ctx, to: Bytes, amount: Coins): void
}

export const poolRules = ({ state, periods, rewards, bank, pay }: Keepers) => {
  const { commissions, outstanding, feePool } = state
  return {
    /** Pays a validator's operator the whole coins of its commission. */
    withdrawCommission(ctx: Ctx, operator: Bytes): Coins {
      const commission = commissions.get(ctx, operator) ?? []
      if (isZeroCoins(commission)) throw err.noValidatorCommission()
      const { whole, rest } = splitWhole(commission)
      commissions.set(ctx, operator, rest)
      outstanding.set(ctx, operator, subtract(periods.outstandingOf(ctx, operator), toDecCoins(whole)))
      if (whole.length > 0) pay(ctx, rewards.withdrawAddress(ctx, operator), whole)
      ctx.emit('withdraw_commission', ['amount', coinsText(whole)])
      return whole
    },

    /** Moves an account's coins into the community pool. */
    fund(ctx: Ctx, amount: Coins, from: Bytes): void {
      bank.sendToModule(ctx, from, NAME, amount)
      feePool.set(ctx, addDecCoins(feePool.require(ctx), toDecCoins(amount)))
    },

    /** Pays out of the community pool. */
    spend(ctx: Ctx, amount: Coins, to: Bytes): void {
      const rest = subDecCoins(feePool.require(ctx), toDecCoins(amount))
      if (isAnyNegative(rest)) throw err.badDistribution()
      pay(ctx, to, amount)
      feePool.set(ctx, rest)
    },
  }
}
export type Pool = ReturnType<typeof poolRules>
