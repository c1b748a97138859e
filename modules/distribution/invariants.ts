// What must hold of distribution after every block: those of the SDK's older
// x/distribution/keeper/invariants.go. The first two are cheap; the others walk over all delegations and are
// for tests and rehearsals.
import type { Bytes } from '../../chain/bytes.ts'
import {
  addDecCoins,
  type DecCoins,
  equalCoins,
  isAnyNegative,
  isZeroCoins,
  type View,
} from '../../chain/module.ts'
import type { Bank } from '../bank/keeper.ts'
import type { Staking } from '../staking/keeper.ts'
import type { Periods } from './periods.ts'
import type { Pool } from './pool.ts'
import { type Rewards, splitWhole } from './rewards.ts'
import type { DistributionState } from './state.ts'

type Keepers = {
  state: DistributionState
  periods: Periods
  rewards: Rewards
  pool: Pool
  account: Bytes
  bank: Pick<Bank, 'balances'>
  staking: Pick<Staking, 'validators' | 'allDelegations' | 'validatorDelegations'>
}

const count = (entries: Iterable<unknown>): number => {
  let total = 0
  for (const _ of entries) total++
  return total
}

export const distributionInvariants = (keepers: Keepers) => {
  const { state, periods, rewards, pool, account, bank, staking } = keepers
  const { outstanding, feePool, commissions, historical, slashes } = state

  /** On a scratch branch everybody takes what is owed; nothing may be missing at the end. */
  const canWithdraw = (view: View, operator: Bytes): boolean =>
    view.scratch((ctx) => {
      if (!isZeroCoins(commissions.get(ctx, operator) ?? [])) pool.withdrawCommission(ctx, operator)
      const delegators = Array.from(staking.validatorDelegations(ctx, operator), (each) => each.delegator)
      for (const delegator of delegators) rewards.withdraw(ctx, delegator, operator)
      return !isAnyNegative(periods.outstandingOf(ctx, operator))
    })

  return {
    outstandingIsNotNegative(view: View): boolean {
      for (const [, owed] of outstanding.entries(view)) if (isAnyNegative(owed)) return false
      return true
    },

    accountHoldsWhatIsOwed(view: View): boolean {
      let owed: DecCoins = feePool.require(view)
      for (const [, part] of outstanding.entries(view)) owed = addDecCoins(owed, part)
      return equalCoins(bank.balances(view, account), splitWhole(owed).whole)
    },

    everybodyCanWithdraw(view: View): boolean {
      for (const { operator } of staking.validators(view)) if (!canWithdraw(view, operator)) return false
      return true
    },

    referencesAreThoseThatExist(view: View): boolean {
      let references = 0
      for (const [, history] of historical.entries(view)) references += history.references
      const holders =
        count(staking.validators(view)) + count(staking.allDelegations(view)) + count(slashes.entries(view))
      return references === holders
    },
  }
}
