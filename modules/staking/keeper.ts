// What staking offers to other modules. A module that needs some of it takes `Pick<Staking, …>`. Each method
// reads and writes the store exactly as the SDK's keeper method of that name, since that is paid for.
import type { PublicKey, ValidatorUpdate } from '../../chain/abci/application.ts'
import type { Bytes } from '../../chain/bytes.ts'
import type { ChainSettings, Ctx, Dec, View } from '../../chain/module.ts'
import type { Auth } from '../auth/keeper.ts'
import type { Core, StakingBank } from './core.ts'
import { type Delegations, delegations } from './delegations.ts'
import { err } from './errors.ts'
import { holds } from './hold.ts'
import { callHooks, type StakingHooks } from './hooks.ts'
import { publicKey } from './keys.ts'
import type { StakingParams } from './params.ts'
import { type Pools, pools } from './pools.ts'
import { type Redelegations, redelegations } from './redelegations.ts'
import { type Registry, registry } from './registry.ts'
import { slashing } from './slash.ts'
import { stakingState } from './state.ts'
import { type Transitions, transitions } from './transitions.ts'
import { type Unbondings, unbondings } from './unbonding.ts'
import { type BondStatus, tokensFromShares, type Validator } from './validator.ts'

export type Delegation = {
  readonly delegator: Bytes
  /** The operator's address. */
  readonly validator: Bytes
  /** Both in bech32, as the record holds them. */
  readonly delegatorText: string
  readonly validatorText: string
  readonly shares: Dec
}

/** Addresses of validators are those of their operators unless they are named `consAddress`. */
export type Staking = {
  /** Tokens for one unit of voting power. */
  readonly powerReduction: bigint
  /** GetParams: one read each time it is called. */
  params(view: View): StakingParams
  /** BondDenom: reads the parameters. */
  bondDenom(view: View): string

  /** GetValidator; undefined where Go returns ErrNoValidatorFound. */
  validator(view: View, operator: Bytes): Validator | undefined
  /** GetValidator; throws staking 3. */
  requireValidator(view: View, operator: Bytes): Validator
  /** GetValidatorByConsAddr: two reads if the key is known. */
  validatorByConsAddress(view: View, consAddress: Bytes): Validator | undefined
  /** As `validatorByConsAddress`; throws staking 3. */
  requireValidatorByConsAddress(view: View, consAddress: Bytes): Validator
  /** IsValidatorJailed; throws staking 3. */
  isJailed(view: View, consAddress: Bytes): boolean
  /** GetPubKeyByConsAddr; throws staking 3. */
  consensusKey(view: View, consAddress: Bytes): PublicKey
  /** IterateValidators, by operator address. */
  validators(view: View): IterableIterator<Validator>
  /** IterateBondedValidatorsByPower: greatest power first, at most max validators of them. */
  bondedValidatorsByPower(view: View): IterableIterator<Validator>
  /** IterateLastValidators: the set that the last block was left with, by operator address. */
  lastValidators(view: View): IterableIterator<Validator>
  /** GetLastValidatorPower; 0 if the operator is not in that set. */
  lastValidatorPower(view: View, operator: Bytes): bigint
  /** GetLastTotalPower */
  lastTotalPower(view: View): bigint

  /** GetDelegation; undefined where Go returns ErrNoDelegation. */
  delegation(view: View, delegator: Bytes, operator: Bytes): Delegation | undefined
  /** GetDelegation; throws staking 19. */
  requireDelegation(view: View, delegator: Bytes, operator: Bytes): Delegation
  /** What shares of a validator are worth in tokens, half to even. */
  tokensFromShares(validator: Pick<Validator, 'tokens' | 'delegatorShares'>, shares: Dec): Dec
  /** IterateDelegations: those of a delegator, by operator address. */
  delegationsOf(view: View, delegator: Bytes): IterableIterator<Delegation>
  /** GetAllSDKDelegations, IterateAllDelegations: by delegator, then by operator. */
  allDelegations(view: View): IterableIterator<Delegation>
  /** GetValidatorDelegations, by delegator. */
  validatorDelegations(view: View, operator: Bytes): IterableIterator<Delegation>
  /** GetDelegatorBonded: worth of the shares, half to even at the end. */
  delegatorBonded(view: View, delegator: Bytes): bigint
  /** GetDelegatorUnbonding */
  delegatorUnbonding(view: View, delegator: Bytes): bigint

  /** TotalBondedTokens: the balance of the bonded pool. */
  totalBondedTokens(view: View): bigint
  /** StakingTokenSupply */
  stakingTokenSupply(view: View): bigint
  /** BondedRatio: truncated. */
  bondedRatio(view: View): Dec

  /** Delegate: returns the new shares. Without `takeCoins` it moves what staking holds in `source`. */
  delegate(
    ctx: Ctx,
    delegator: Bytes,
    amount: bigint,
    source: BondStatus,
    validator: Validator,
    takeCoins: boolean,
  ): Dec
  /** Unbond: redeems shares and leaves the tokens in the pool. Returns the tokens. */
  unbond(ctx: Ctx, delegator: Bytes, operator: Bytes, shares: Dec): bigint
  /** Undelegate: begins unbonding. */
  undelegate(
    ctx: Ctx,
    delegator: Bytes,
    operator: Bytes,
    shares: Dec,
  ): { completionTimeNs: bigint; amount: bigint }
  /** BeginRedelegation: returns the completion time, Go's zero time if it is complete at once. */
  beginRedelegation(ctx: Ctx, delegator: Bytes, source: Bytes, target: Bytes, shares: Dec): bigint

  /** Slash: burns `fraction` of what `power` stands for. Returns what the validator itself lost of it. */
  slash(ctx: Ctx, consAddress: Bytes, infractionHeight: bigint, power: bigint, fraction: Dec): bigint
  /** Jail; throws staking 7 if it is jailed already. */
  jail(ctx: Ctx, consAddress: Bytes): void
  unjail(ctx: Ctx, consAddress: Bytes): void

  /** PutUnbondingOnHold */
  putUnbondingOnHold(ctx: Ctx, id: bigint): void
  /** UnbondingCanComplete */
  unbondingCanComplete(ctx: Ctx, id: bigint): void

  /** Who is told about changes of stake, in this order; to be called once, before the first block. */
  setHooks(...hooks: StakingHooks[]): void
}

/** The rules of one chain's staking, page by page. */
export type Pages = {
  readonly core: Core
  readonly pools: Pools
  readonly register: Registry
  readonly delegations: Delegations
  readonly unbondings: Unbondings
  readonly redelegations: Redelegations
  readonly transitions: Transitions
}
export type StakingKeeper = Staking & {
  readonly pages: Pages
  readonly authority: string
  readonly auth: StakingAuth
  /** ApplyAndReturnValidatorSetUpdates, for stake given outside of blocks, by genesis transactions. */
  applyUpdates(ctx: Ctx): ValidatorUpdate[]
}
export type StakingAuth = Pick<Auth, 'moduleAccount'>

/** sdk.DefaultPowerReduction. */
const MILLION = 1_000_000n

export const stakingKeeper = (
  { addresses, authority }: ChainSettings,
  { auth, bank }: { auth: StakingAuth; bank: StakingBank },
  powerReduction = MILLION,
): StakingKeeper => {
  const listeners: StakingHooks[] = []
  const hooks = callHooks(listeners)
  const core: Core = { state: stakingState(addresses), addresses, bank, powerReduction, hooks }
  const { state } = core
  const pool = pools(core)
  const register = registry(core, pool)
  const stake = delegations(core, pool, register)
  const leaving = unbondings(core, pool, register, stake)
  const moving = redelegations(core, pool, register, stake)
  const change = transitions(core, pool, register)
  const requireByConsAddress = (view: View, consAddress: Bytes): Validator => {
    const validator = register.validatorByConsAddress(view, consAddress)
    if (validator === undefined) throw err.noValidatorFound()
    return validator
  }
  return {
    ...{ powerReduction, authority, auth },
    pages: {
      ...{ core, pools: pool, register, delegations: stake },
      ...{ unbondings: leaving, redelegations: moving, transitions: change },
    },
    ...pool,
    ...register,
    ...stake,
    ...slashing(core, pool, register, stake, leaving, moving),
    ...holds(core, pool, register, leaving, moving),
    requireValidatorByConsAddress: requireByConsAddress,
    requireDelegation(view, delegator, operator) {
      const delegation = stake.delegation(view, delegator, operator)
      if (delegation === undefined) throw err.noDelegation()
      return delegation
    },
    tokensFromShares,
    isJailed: (view, consAddress) => requireByConsAddress(view, consAddress).jailed,
    consensusKey: (view, consAddress) => publicKey(requireByConsAddress(view, consAddress).consensusPubkey),
    lastValidatorPower: (view, operator) => state.lastPowers.get(view, operator) ?? 0n,
    lastTotalPower: (view) => state.lastTotalPower.get(view) ?? 0n,
    delegatorUnbonding: leaving.delegatorUnbonding,
    undelegate: leaving.undelegate,
    beginRedelegation: moving.redelegate,
    jail: (ctx, consAddress) => register.jail(ctx, requireByConsAddress(ctx, consAddress)),
    unjail: (ctx, consAddress) => register.unjail(ctx, requireByConsAddress(ctx, consAddress)),
    applyUpdates: change.applyUpdates,
    setHooks(...hooks) {
      if (listeners.length > 0) throw new Error('the hooks of staking are set already; set them once')
      listeners.push(...hooks)
    },
  }
}
