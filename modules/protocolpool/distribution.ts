// Sharing out what the escrow account received: each continuous fund takes its percentage of every enabled
// denomination, rounded down, and the community pool takes the rest. Runs in begin block, so it must not fail
// for anything that a recipient can do (x/protocolpool/keeper/keeper.go DistributeFunds).
import {
  addCoins,
  type Coin,
  type Coins,
  type Ctx,
  coins,
  type Dec,
  decFromWire,
  decMulInt,
  decTruncateInt,
  isAnyNegative,
  isZeroCoins,
  sdk,
  subCoins,
} from '../../chain/module.ts'
import { instantNs } from '../../chain/time.ts'
import type { Auth } from '../auth/keeper.ts'
import type { Bank } from '../bank/keeper.ts'
import { ESCROW, NAME, type PoolState } from './state.ts'

/**
 * The SDK looks an amount up by halving a list that it takes to be sorted, but this one has the order of the
 * parameters: a denomination out of order is not found and counts as nothing. Kept: balances follow from it.
 */
const findAmount = (list: readonly Coin[], denom: string): bigint => {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2)
    const found = list[middle]!
    if (found.denom === denom) return found.amount
    if (denom < found.denom) high = middle
    else low = middle + 1
  }
  return 0n
}

/** A percentage (1 is all) of each amount, rounded down. */
export const percentageOf = (percentage: Dec, list: readonly Coin[]): Coins =>
  coins(
    ...list.map(({ denom }) => ({
      denom,
      amount: decTruncateInt(decMulInt(percentage, findAmount(list, denom))),
    })),
  )

type Keepers = {
  state: PoolState
  auth: Pick<Auth, 'moduleAccount'>
  bank: Pick<Bank, 'balance' | 'sendFromModule' | 'sendModuleToModule'>
}

export const distributeFunds = (ctx: Ctx, { state, auth, bank }: Keepers): void => {
  const escrow = auth.moduleAccount(ctx, ESCROW).address
  const { enabledDistributionDenoms } = state.params.require(ctx)
  const held = enabledDistributionDenoms.map((denom) => ({ denom, amount: bank.balance(ctx, escrow, denom) }))
  if (isZeroCoins(held)) return

  let remaining = coins(...held)
  for (const [recipient, fund] of [...state.funds.entries(ctx)]) {
    if (fund.expiry !== undefined && instantNs(fund.expiry) < ctx.block.timeNs) {
      state.funds.remove(ctx, recipient)
      continue
    }
    const share = percentageOf(decFromWire(fund.percentage), held)
    const rest = subCoins(remaining, share)
    if (isAnyNegative(rest)) throw new Error(`protocolpool: continuous funds take more than there is`)
    remaining = rest
    try {
      bank.sendFromModule(ctx, ESCROW, recipient, share)
    } catch (error) {
      // A recipient that may not receive any more loses its fund; the bank refuses before it writes.
      if (!sdk.unauthorized.is(error)) throw error
      remaining = addCoins(remaining, share)
      state.funds.remove(ctx, recipient)
    }
  }
  bank.sendModuleToModule(ctx, ESCROW, NAME, remaining)
}
