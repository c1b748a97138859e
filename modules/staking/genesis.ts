// Staking's part of a genesis (SDK x/staking/keeper/genesis.go, genesis.go). Records lie in the store as the
// messages of the genesis, so each goes through its own codec.
import {
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf'
import type { ValidatorUpdate } from '../../chain/abci/application.ts'
import { fromUtf8, toHex, utf8 } from '../../chain/bytes.ts'
import {
  type Ctx,
  coin,
  coins,
  coinsText,
  equalCoins,
  type GenesisOf,
  parseInt256,
  type ValueCodec,
  type View,
} from '../../chain/module.ts'
import { type GenesisState, GenesisStateSchema } from '../../proto/gen/cosmos/staking/v1beta1/genesis_pb.ts'
import {
  DelegationSchema,
  RedelegationSchema,
  UnbondingDelegationSchema,
  ValidatorSchema,
} from '../../proto/gen/cosmos/staking/v1beta1/staking_pb.ts'
import { delegationValue, redelegationValue, unbondingDelegationValue } from './delegation-record.ts'
import type { StakingKeeper } from './keeper.ts'
import { publicKey } from './keys.ts'
import { checkParams, defaultParams, noParams, paramsFrom, paramsTo } from './params.ts'
import { BONDED_POOL, NOT_BONDED_POOL } from './state.ts'
import { isBonded, isUnbonding, type Validator } from './validator.ts'
import { validatorValue } from './validator-record.ts'

type Form<S extends DescMessage, V> = {
  from(message: MessageShape<S>): V
  to(value: V): MessageShape<S>
}
const form = <S extends DescMessage, V>(schema: S, codec: ValueCodec<V>): Form<S, V> => ({
  from: (message) => codec.decode(toBinary(schema, message)),
  to: (value) => fromBinary(schema, codec.encode(value)),
})

const totalPowerOf = ({ lastTotalPower }: GenesisState): bigint => {
  if (lastTotalPower.length === 0) return 0n
  const power = parseInt256(fromUtf8(lastTotalPower))
  if (power === undefined) throw new Error('staking: last_total_power is not an integer')
  return power
}

export const stakingGenesis = (keeper: StakingKeeper): GenesisOf<typeof GenesisStateSchema> => {
  const { core, register, delegations, unbondings, redelegations, transitions } = keeper.pages
  const { state, addresses, bank, hooks } = core
  const validatorForm = form(ValidatorSchema, validatorValue(addresses))
  const delegationForm = form(DelegationSchema, delegationValue(addresses))
  const unbondingForm = form(UnbondingDelegationSchema, unbondingDelegationValue(addresses))
  const redelegationForm = form(RedelegationSchema, redelegationValue(addresses))

  /** Returns the tokens in each pool. */
  const initValidators = (ctx: Ctx, { validators, exported }: GenesisState): [bigint, bigint] => {
    let bonded = 0n
    let notBonded = 0n
    for (const message of validators) {
      const validator = validatorForm.from(message)
      register.register(ctx, validator)
      if (!exported) hooks.afterValidatorCreated(ctx, validator.operator)
      if (isUnbonding(validator)) transitions.enqueue(ctx, validator)
      if (isBonded(validator)) bonded += validator.tokens
      else notBonded += validator.tokens
    }
    return [bonded, notBonded]
  }
  const initDelegations = (ctx: Ctx, genesis: GenesisState): void => {
    for (const message of genesis.delegations) {
      const value = delegationForm.from(message)
      if (!genesis.exported) hooks.beforeDelegationCreated(ctx, value.delegator, value.validator)
      delegations.set(ctx, value)
      if (!genesis.exported) hooks.afterDelegationModified(ctx, value.delegator, value.validator)
    }
  }
  /** Returns the tokens that are on their way out. */
  const initUnbondings = (ctx: Ctx, genesis: GenesisState): bigint => {
    let leaving = 0n
    for (const message of genesis.unbondingDelegations) {
      const value = unbondingForm.from(message)
      unbondings.set(ctx, value)
      for (const { completionTimeNs, balance } of value.entries) {
        unbondings.enqueue(ctx, value, completionTimeNs)
        leaving += balance
      }
    }
    for (const message of genesis.redelegations) {
      const value = redelegationForm.from(message)
      redelegations.set(ctx, value)
      for (const { completionTimeNs } of value.entries) redelegations.enqueue(ctx, value, completionTimeNs)
    }
    return leaving
  }
  const expectPool = (ctx: Ctx, name: string, called: string, denom: string, tokens: bigint): void => {
    const expected = coins(coin(denom, tokens))
    const held = bank.balances(ctx, keeper.auth.moduleAccount(ctx, name).address)
    if (!equalCoins(held, expected))
      throw new Error(
        `${called} pool balance is different from ${called} coins: ` +
          `${coinsText(held)} <-> ${coinsText(expected)}`,
      )
  }
  /** An exported chain goes on with the powers of its last block. */
  const resume = (ctx: Ctx, { lastValidatorPowers }: GenesisState): ValidatorUpdate[] =>
    lastValidatorPowers.map(({ address, power }) => {
      const operator = addresses.validator.bytes(address)
      state.lastPowers.set(ctx, operator, power)
      const validator = register.validator(ctx, operator)
      if (validator === undefined) throw new Error(`validator ${address} not found`)
      return { pubKey: publicKey(validator.consensusPubkey), power }
    })

  return {
    schema: GenesisStateSchema,
    default: () => ({ params: paramsTo(defaultParams) }),
    validate(genesis) {
      checkValidators(genesis.validators.map(validatorForm.from))
      checkParams(genesis.params === undefined ? noParams : paramsFrom(genesis.params))
    },
    init(given, genesis) {
      const ctx = beforeFirstBlock(given)
      const params = genesis.params === undefined ? noParams : paramsFrom(genesis.params)
      state.params.set(ctx, params)
      state.lastTotalPower.set(ctx, totalPowerOf(genesis))
      const [bonded, notBonded] = initValidators(ctx, genesis)
      initDelegations(ctx, genesis)
      const leaving = initUnbondings(ctx, genesis)
      expectPool(ctx, BONDED_POOL, 'bonded', params.bondDenom, bonded)
      expectPool(ctx, NOT_BONDED_POOL, 'not bonded', params.bondDenom, notBonded + leaving)
      return genesis.exported ? resume(ctx, genesis) : transitions.applyUpdates(ctx)
    },
    export: (view): MessageInitShape<typeof GenesisStateSchema> => ({
      params: paramsTo(keeper.params(view)),
      lastTotalPower: utf8(`${keeper.lastTotalPower(view)}`),
      lastValidatorPowers: lastPowers(keeper, view),
      validators: Array.from(register.validators(view), validatorForm.to),
      delegations: Array.from(delegations.allDelegations(view), delegationForm.to),
      unbondingDelegations: Array.from(state.unbondings.entries(view), ([, value]) =>
        unbondingForm.to(value),
      ),
      redelegations: Array.from(state.redelegations.entries(view), ([, value]) => redelegationForm.to(value)),
      exported: true,
    }),
  }
}

/**
 * A genesis counts as the block before the first one, whatever height the chain begins at: who is bonded by
 * it has to sign from height 0 on.
 */
const beforeFirstBlock = (ctx: Ctx): Ctx => ({
  ...{ block: { ...ctx.block, height: 0n }, mode: ctx.mode, txBytes: ctx.txBytes, events: ctx.events },
  gas: ctx.gas,
  store: (name) => ctx.store(name),
  emit: (type, ...attributes) => ctx.emit(type, ...attributes),
  branch: (body) => ctx.branch((inner) => body(beforeFirstBlock(inner))),
  metered: (gas, body) => ctx.metered(gas, (inner) => body(beforeFirstBlock(inner))),
  scratch: (body) => ctx.scratch((inner) => body(beforeFirstBlock(inner))),
})

const lastPowers = ({ pages: { core } }: StakingKeeper, view: View) =>
  Array.from(core.state.lastPowers.entries(view), ([operator, power]) => ({
    address: core.addresses.validator.text(operator),
    power,
  }))

/** ValidateGenesis */
const checkValidators = (validators: readonly Validator[]): void => {
  const seen = new Set<string>()
  for (const validator of validators) {
    const key = toHex(validator.consAddress)
    const who = `moniker ${validator.description.moniker}, address ${key.toUpperCase()}`
    if (seen.has(key)) throw new Error(`duplicate validator in genesis state: ${who}`)
    if (validator.jailed && isBonded(validator))
      throw new Error(`validator is bonded and jailed in genesis state: ${who}`)
    if (validator.delegatorShares === 0n && !isUnbonding(validator))
      throw new Error(`bonded/unbonded genesis validator cannot have zero delegator shares: ${who}`)
    seen.add(key)
  }
}
