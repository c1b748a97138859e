// What every page of staking's rules works with.
import { type AddressCodec, moduleAddress, TxError } from '../../chain/module.ts'
import type { Bank } from '../bank/keeper.ts'
import type { HookCalls } from './hooks.ts'
import { BONDED_POOL, NOT_BONDED_POOL, type StakingState } from './state.ts'

export type StakingBank = Pick<
  Bank,
  | 'balance'
  | 'balances'
  | 'supply'
  | 'sendModuleToModule'
  | 'delegateToModule'
  | 'undelegateFromModule'
  | 'burn'
>

export type Core = {
  readonly state: StakingState
  readonly addresses: AddressCodec
  readonly bank: StakingBank
  readonly powerReduction: bigint
  /** Read at each use: a chain sets its hooks after its keepers were made. */
  readonly hooks: HookCalls
}

export const bondedPool = moduleAddress(BONDED_POOL)
export const notBondedPool = moduleAddress(NOT_BONDED_POOL)

/** Runs a hook whose failure Go only logs. What it wrote before it failed stays, as in Go. */
export const tolerate = (hook: () => void): void => {
  try {
    hook()
  } catch (error) {
    if (!(error instanceof TxError)) throw error
  }
}
