// Distribution as other modules see it, and what it needs of them.
import type { Bytes } from '../../chain/bytes.ts'
import type { Coins, Ctx, DecCoins, Module, View } from '../../chain/module.ts'
import type { Auth } from '../auth/keeper.ts'
import type { Bank } from '../bank/keeper.ts'
import type { StakingHooks } from '../staking/hooks.ts'
import type { Staking } from '../staking/keeper.ts'
import type { Allocation } from './allocation.ts'

export type DistributionOptions = {
  /** Module account that fees and new tokens are collected in. */
  feeCollector?: string
  /** Module account that takes the community pool's coins (`protocolpool_escrow`); none keeps them here. */
  externalPool?: string
  /** Denomination in which an empty withdrawal is reported; Go's sdk.DefaultBondDenom. */
  baseDenom?: string
}

export type DistributionKeepers = {
  auth: Pick<Auth, 'moduleAccount' | 'moduleAddress'>
  bank: Pick<Bank, 'balances' | 'isBlocked' | 'sendModuleToModule' | 'sendFromModule' | 'sendToModule'>
  staking: Pick<
    Staking,
    | 'requireValidator'
    | 'validatorByConsAddress'
    | 'delegation'
    | 'delegationsOf'
    | 'validators'
    | 'allDelegations'
    | 'validatorDelegations'
  >
}

export type Distribution = {
  readonly module: Module
  /** To be given to staking, before those of slashing. */
  readonly hooks: StakingHooks
  /** Where a delegator's rewards go: to itself unless it named another address. */
  withdrawAddress(view: View, delegator: Bytes): Bytes
  /** The community pool that is kept here; with an external pool only fractions. */
  communityPool(view: View): DecCoins
  /** Moves an account's coins into the community pool that is kept here. */
  fundCommunityPool(ctx: Ctx, amount: Coins, from: Bytes): void
  /** Pays out of the community pool that is kept here. Throws distribution 9. */
  distributeFromFeePool(ctx: Ctx, amount: Coins, to: Bytes): void
  /** Pays a delegation its rewards and lets it begin anew; a zero coin if it was nothing. */
  withdrawDelegationRewards(ctx: Ctx, delegator: Bytes, operator: Bytes): Coins
  /** Throws distribution 7 if there is none. */
  withdrawValidatorCommission(ctx: Ctx, operator: Bytes): Coins
  /** Gives tokens that this module's account holds to a validator and its delegators. */
  allocateToValidator: Allocation['allocateTo']
}
