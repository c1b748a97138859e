// What distribution does when stake changes. Rewards are paid out before shares change, since a reward is a
// product with one stake (x/distribution/keeper/hooks.go).
import type { Bytes } from '../../chain/bytes.ts'
import { addDecCoins, type Coins, type Ctx, isZeroCoins, type View } from '../../chain/module.ts'
import type { StakingHooks } from '../staking/hooks.ts'
import type { Delegation, Staking } from '../staking/keeper.ts'
import { type Periods, subtract } from './periods.ts'
import { type Rewards, splitWhole } from './rewards.ts'
import type { DistributionState } from './state.ts'

type Keepers = {
  state: DistributionState
  periods: Periods
  rewards: Rewards
  staking: Pick<Staking, 'requireValidator'>
  requireDelegation(view: View, delegator: Bytes, operator: Bytes): Delegation
  /** Pays out of this module's account. */
  pay(ctx: Ctx, to: Bytes, amount: Coins): void
}

export const stakingHooks = (keepers: Keepers): StakingHooks => {
  const { state, periods, rewards, staking, requireDelegation, pay } = keepers
  const { outstanding, commissions, slashes, historical, current, feePool } = state

  /** Pays the commission of a validator that goes; its dust stays. */
  const payLastCommission = (ctx: Ctx, operator: Bytes): void => {
    let owed = periods.outstandingOf(ctx, operator)
    const commission = commissions.get(ctx, operator) ?? []
    if (!isZeroCoins(commission)) {
      owed = subtract(owed, commission)
      const { whole, rest } = splitWhole(commission)
      feePool.set(ctx, addDecCoins(feePool.require(ctx), rest))
      if (whole.length > 0) pay(ctx, rewards.withdrawAddress(ctx, operator), whole)
    }
    // A validator goes when its last delegation is gone, so what is still owed is dust.
    feePool.set(ctx, addDecCoins(feePool.require(ctx), owed))
  }

  return {
    afterValidatorCreated(ctx, operator) {
      periods.begin(ctx, staking.requireValidator(ctx, operator).operator)
    },
    afterValidatorRemoved(ctx, _consAddress, operator) {
      payLastCommission(ctx, operator)
      outstanding.remove(ctx, operator)
      commissions.remove(ctx, operator)
      slashes.clear(ctx, { prefix: [operator] })
      historical.clear(ctx, { prefix: [operator] })
      current.remove(ctx, operator)
    },
    beforeDelegationCreated(ctx, _delegator, operator) {
      periods.endPeriod(ctx, staking.requireValidator(ctx, operator))
    },
    beforeDelegationSharesModified(ctx, delegator, operator) {
      const validator = staking.requireValidator(ctx, operator)
      rewards.payOut(ctx, validator, requireDelegation(ctx, delegator, operator))
    },
    afterDelegationModified(ctx, delegator, operator) {
      rewards.begin(ctx, operator, delegator)
    },
    beforeValidatorSlashed(ctx, operator, fraction) {
      periods.recordSlash(ctx, operator, fraction)
    },
  }
}
