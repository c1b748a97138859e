// What must hold of all stake after every block.
import { equalBytes, toHex } from '../../chain/bytes.ts'
import type { View } from '../../chain/module.ts'
import { bondedPool, notBondedPool } from './core.ts'
import type { StakingKeeper } from './keeper.ts'
import { isBonded, potentialPower } from './validator.ts'

export const stakingInvariants = (keeper: StakingKeeper) => {
  const { core, pools, register, delegations } = keeper.pages
  const { state, bank, powerReduction } = core

  /** The pools hold what validators and unbondings say, and nothing else of it. */
  const poolsHoldAllStake = (view: View): boolean => {
    let [bonded, notBonded] = [0n, 0n]
    for (const validator of register.validators(view)) {
      if (isBonded(validator)) bonded += validator.tokens
      else notBonded += validator.tokens
    }
    for (const [, { entries }] of state.unbondings.entries(view))
      for (const { balance } of entries) notBonded += balance
    const denom = pools.bondDenom(view)
    return (
      bank.balance(view, bondedPool, denom) === bonded &&
      bank.balance(view, notBondedPool, denom) === notBonded
    )
  }

  /** Each validator that is not jailed stands in the index once, by the power that its tokens give it. */
  const powerIndexIsTrue = (view: View): boolean => {
    let indexed = 0
    for (const [[power, address], operator] of state.powerIndex.entries(view)) {
      const validator = register.validator(view, operator)
      if (validator === undefined || validator.jailed || validator.tokens < 0n) return false
      if (!equalBytes(address, operator) || power !== potentialPower(validator, powerReduction)) return false
      indexed++
    }
    return indexed === [...register.validators(view)].filter(({ jailed }) => !jailed).length
  }

  const delegationsArePositive = (view: View): boolean => {
    for (const { shares } of delegations.allDelegations(view)) if (shares <= 0n) return false
    return true
  }

  const sharesAddUp = (view: View): boolean => {
    const sums = new Map<string, bigint>()
    for (const { validator, shares } of delegations.allDelegations(view))
      sums.set(toHex(validator), (sums.get(toHex(validator)) ?? 0n) + shares)
    for (const { operator, delegatorShares } of register.validators(view)) {
      if ((sums.get(toHex(operator)) ?? 0n) !== delegatorShares) return false
      sums.delete(toHex(operator))
    }
    return sums.size === 0
  }

  /** Every way to a record that is not its own key leads to one. */
  const indexesAreTrue = (view: View): boolean => {
    const count = (entries: Iterable<unknown>) => [...entries].length
    for (const [operator, delegator] of state.delegationsByValidator.keysOf(view))
      if (!state.delegations.has(view, [delegator, operator])) return false
    for (const [operator, delegator] of state.unbondingsByValidator.keysOf(view))
      if (!state.unbondings.has(view, [delegator, operator])) return false
    for (const [source, delegator, target] of state.redelegationsBySource.keysOf(view))
      if (!state.redelegations.has(view, [delegator, source, target])) return false
    return (
      count(state.delegationsByValidator.keysOf(view)) === count(state.delegations.entries(view)) &&
      count(state.unbondingsByValidator.keysOf(view)) === count(state.unbondings.entries(view)) &&
      count(state.redelegationsBySource.keysOf(view)) === count(state.redelegations.entries(view)) &&
      count(state.redelegationsByTarget.keysOf(view)) === count(state.redelegations.entries(view))
    )
  }

  return { poolsHoldAllStake, powerIndexIsTrue, delegationsArePositive, sharesAddUp, indexesAreTrue }
}
