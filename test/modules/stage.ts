// A stage for rules of modules: real stores, real accounts and a real bank, blocks that a test makes one by
// one, and staking reduced to what the rules of others ask of it, so that any stake can be set up in a line.
import { type Bytes, toHex } from '../../chain/bytes.ts'
import {
  type BlockInfo,
  type Coins,
  Context,
  chainSettings,
  type Dec,
  decFromInt,
  errors,
  moduleAddress,
  ONE,
  sdk,
} from '../../chain/module.ts'
import { Stores } from '../../chain/runtime/stores.ts'
import type { ReadKv } from '../../chain/store/kv.ts'
import { authKeeper } from '../../modules/auth/keeper.ts'
import { bankKeeper } from '../../modules/bank/keeper.ts'
import type { StakingHooks } from '../../modules/staking/hooks.ts'
import type { Delegation, Staking } from '../../modules/staking/keeper.ts'
import { addTokens, BondStatus, removeShares, type Validator } from '../../modules/staking/validator.ts'

export const settings = chainSettings({
  prefix: 'cosmos',
  accounts: {
    fee_collector: [],
    distribution: [],
    protocolpool: [],
    protocolpool_escrow: [],
    mint: ['minter'],
    bonded_tokens_pool: ['burner', 'staking'],
    not_bonded_tokens_pool: ['burner', 'staking'],
    gov: ['burner'],
  },
})
const empty: ReadKv = { get: () => undefined, has: () => false, iterate: () => [][Symbol.iterator]() }
const NONE = new Uint8Array()
const START_NS = 1_700_000_000n * ONE
const SECOND = 1_000_000_000n

/** A 20-byte address that a test can tell by its number. */
export const person = (number: number): Bytes => new Uint8Array(20).fill(number)

const blockAt = (height: bigint, timeNs: bigint): BlockInfo => ({
  chainId: 'stage-1',
  height,
  timeNs,
  headerHash: NONE,
  appHash: NONE,
  proposer: person(0xee),
  nextValidatorsHash: NONE,
  lastCommit: { round: 0, votes: [] },
  misbehavior: [],
  consensusParams: undefined,
})

export const openStage = () => {
  const ctx = new Context(
    new Stores(() => empty, new Set()),
    blockAt(1n, (START_NS / ONE) * SECOND),
    'finalize',
  )
  const auth = authKeeper(settings)
  const bank = bankKeeper(settings, { auth })

  return {
    ctx,
    auth,
    bank,
    settings,
    /** Coins out of nothing. */
    give(to: Bytes, set: Coins): void {
      bank.mint(ctx, 'mint', set)
      bank.sendFromModule(ctx, 'mint', to, set)
    },
    giveModule(name: string, set: Coins): void {
      bank.mint(ctx, 'mint', set)
      bank.sendModuleToModule(ctx, 'mint', name, set)
    },
    balance: (of: Bytes | string, denom = 'stake'): bigint =>
      bank.balance(ctx, typeof of === 'string' ? moduleAddress(of) : of, denom),
    /** Moves on by some blocks of a second each; votes are consensus addresses with their power. */
    advance(blocks = 1, votes: readonly (readonly [address: Bytes, power: bigint])[] = []): void {
      const { height, timeNs } = ctx.block
      ctx.events.length = 0
      ctx.block = {
        ...blockAt(height + BigInt(blocks), timeNs + BigInt(blocks) * SECOND),
        lastCommit: {
          round: 0,
          votes: votes.map(([address, power]) => ({ validator: { address, power }, blockIdFlag: 2 })),
        },
      }
    },
  }
}
export type Stage = ReturnType<typeof openStage>

const stakingErrors = errors('staking', { noValidatorFound: [3, 'validator does not exist'] })

/** Validators and delegations in maps, with the hooks called as staking calls them. */
export const stakeOn = ({ ctx }: Pick<Stage, 'ctx'>, denom = 'stake') => {
  const validators = new Map<string, Validator>()
  const delegations = new Map<string, Map<string, Delegation>>()
  let hooks: StakingHooks = {}
  const find = (operator: Bytes) => validators.get(toHex(operator))
  const must = (operator: Bytes): Validator => {
    const found = find(operator)
    if (found === undefined) throw stakingErrors.noValidatorFound()
    return found
  }
  const delegation = (delegator: Bytes, operator: Bytes) =>
    delegations.get(toHex(operator))?.get(toHex(delegator))
  const put = (validator: Validator) => validators.set(toHex(validator.operator), validator)
  const sorted = <V>(map: Map<string, V>): V[] =>
    [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
  const ofValidator = (operator: Bytes) =>
    sorted(delegations.get(toHex(operator)) ?? new Map<string, Delegation>())

  const keeper: Pick<
    Staking,
    | 'requireValidator'
    | 'validator'
    | 'validatorByConsAddress'
    | 'delegation'
    | 'delegationsOf'
    | 'validators'
    | 'allDelegations'
    | 'validatorDelegations'
  > = {
    requireValidator: (_, operator) => must(operator),
    validator: (_, operator) => find(operator),
    validatorByConsAddress: (_, address) =>
      sorted(validators).find((v) => toHex(v.consAddress) === toHex(address)),
    delegation: (_, delegator, operator) => delegation(delegator, operator),
    delegationsOf: (_, delegator) =>
      sorted(validators)
        .flatMap(({ operator }) => delegation(delegator, operator) ?? [])
        .values(),
    validators: () => sorted(validators).values(),
    allDelegations: () =>
      sorted(validators)
        .flatMap(({ operator }) => ofValidator(operator))
        .values(),
    validatorDelegations: (_, operator) => ofValidator(operator).values(),
  }

  const delegate = (delegator: Bytes, operator: Bytes, amount: bigint): void => {
    const held = delegation(delegator, operator)
    if (held === undefined) hooks.beforeDelegationCreated?.(ctx, delegator, operator)
    else hooks.beforeDelegationSharesModified?.(ctx, delegator, operator)
    const { validator, shares } = addTokens(must(operator), amount)
    put(validator)
    const whole = {
      delegator,
      delegatorText: settings.addresses.text(delegator),
      validator: operator,
      validatorText: validator.operatorText,
      shares: (held?.shares ?? 0n) + shares,
    }
    const all = delegations.get(toHex(operator)) ?? new Map<string, Delegation>()
    delegations.set(toHex(operator), all.set(toHex(delegator), whole))
    hooks.afterDelegationModified?.(ctx, delegator, operator)
  }

  return {
    keeper,
    denom,
    validator: must,
    delegate,
    setHooks(given: StakingHooks) {
      hooks = given
    },
    /** A validator with its operator's delegation. The operator's address is its consensus address too. */
    create(operator: Bytes, amount: bigint, rate: Dec): void {
      put({
        operator,
        operatorText: settings.addresses.validator.text(operator),
        consensusPubkey: { $typeName: 'google.protobuf.Any', typeUrl: '', value: NONE },
        consAddress: operator,
        jailed: false,
        status: BondStatus.BONDED,
        tokens: 0n,
        delegatorShares: 0n,
        description: { moniker: '', identity: '', website: '', securityContact: '', details: '' },
        unbondingHeight: 0n,
        unbondingTimeNs: 0n,
        commission: { rate, maxRate: ONE, maxChangeRate: ONE, updateTimeNs: 0n },
        minSelfDelegation: 1n,
        unbondingOnHoldRefCount: 0n,
        unbondingIds: [],
      })
      hooks.afterValidatorCreated?.(ctx, operator)
      delegate(operator, operator, amount)
    },
    /** Takes shares back; the tokens are gone. A validator without shares is removed. */
    undelegate(delegator: Bytes, operator: Bytes, shares: Dec): void {
      const held = delegation(delegator, operator)
      if (held === undefined || held.shares < shares) throw sdk.invalidRequest('not enough shares')
      hooks.beforeDelegationSharesModified?.(ctx, delegator, operator)
      const rest = held.shares - shares
      if (rest === 0n) {
        hooks.beforeDelegationRemoved?.(ctx, delegator, operator)
        delegations.get(toHex(operator))!.delete(toHex(delegator))
      } else {
        delegations.get(toHex(operator))!.set(toHex(delegator), { ...held, shares: rest })
        hooks.afterDelegationModified?.(ctx, delegator, operator)
      }
      const { validator } = removeShares(must(operator), shares)
      put(validator)
      if (validator.delegatorShares === 0n) {
        validators.delete(toHex(operator))
        hooks.afterValidatorRemoved?.(ctx, operator, operator)
      }
    },
    /** Burns a fraction of the tokens, rounded down, and tells the fraction that this really is. */
    slash(operator: Bytes, fraction: Dec): void {
      const before = must(operator)
      const burned = (before.tokens * fraction) / ONE
      const real = before.tokens === 0n ? 0n : (decFromInt(burned) + before.tokens - 1n) / before.tokens
      hooks.beforeValidatorSlashed?.(ctx, operator, real > ONE ? ONE : real)
      put({ ...before, tokens: before.tokens - burned })
    },
    /** Every validator votes with its tokens as power. */
    votes: () => sorted(validators).map(({ consAddress, tokens }) => [consAddress, tokens] as const),
  }
}
export type Stake = ReturnType<typeof stakeOn>
