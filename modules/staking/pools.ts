// The two accounts that hold all stake: tokens of bonded validators in one, of the others and of unbondings
// in the other (SDK x/staking/keeper/pool.go).
import {
  type Coins,
  type Ctx,
  coin,
  coins,
  type Dec,
  decFromInt,
  decQuoInt,
  type View,
} from '../../chain/module.ts'
import { bondedPool, type Core } from './core.ts'
import { noParams, type StakingParams } from './params.ts'
import { BONDED_POOL, NOT_BONDED_POOL } from './state.ts'

export const pools = ({ state, bank }: Pick<Core, 'state' | 'bank'>) => {
  const params = (view: View): StakingParams => state.params.get(view) ?? noParams
  const bondDenom = (view: View): string => params(view).bondDenom
  const inBondDenom = (view: View, amount: bigint): Coins => coins(coin(bondDenom(view), amount))
  const totalBondedTokens = (view: View): bigint => bank.balance(view, bondedPool, bondDenom(view))
  const stakingTokenSupply = (view: View): bigint => bank.supply(view, bondDenom(view))
  return {
    params,
    bondDenom,
    inBondDenom,
    totalBondedTokens,
    stakingTokenSupply,
    /** Truncated; 0 where there are no tokens at all. */
    bondedRatio(view: View): Dec {
      const supply = stakingTokenSupply(view)
      return supply > 0n ? decQuoInt(decFromInt(totalBondedTokens(view)), supply) : 0n
    },
    bond(ctx: Ctx, tokens: bigint): void {
      bank.sendModuleToModule(ctx, NOT_BONDED_POOL, BONDED_POOL, inBondDenom(ctx, tokens))
    },
    release(ctx: Ctx, tokens: bigint): void {
      bank.sendModuleToModule(ctx, BONDED_POOL, NOT_BONDED_POOL, inBondDenom(ctx, tokens))
    },
    burnBonded(ctx: Ctx, tokens: bigint): void {
      if (tokens > 0n) bank.burn(ctx, BONDED_POOL, inBondDenom(ctx, tokens))
    },
    burnNotBonded(ctx: Ctx, tokens: bigint): void {
      if (tokens > 0n) bank.burn(ctx, NOT_BONDED_POOL, inBondDenom(ctx, tokens))
    },
  }
}
export type Pools = ReturnType<typeof pools>
