// A new validator: its promises are checked, its keys must be new, and it begins with its own stake (SDK
// x/staking/keeper/msg_server.go CreateValidator, types/msg.go).
import { type Ctx, coinText, decText, sdk } from '../../chain/module.ts'
import type { CommissionRates } from '../../proto/gen/cosmos/staking/v1beta1/staking_pb.ts'
import type { MsgCreateValidator } from '../../proto/gen/cosmos/staking/v1beta1/tx_pb.ts'
import { positiveCoin, requiredDec, requiredInt } from './amounts.ts'
import { checkRates } from './commission.ts'
import { checkLengths, descriptionFrom, isEmptyDescription } from './description.ts'
import { err } from './errors.ts'
import type { Pages } from './keeper.ts'
import { consAddressOf, keyType, packKey, publicKey } from './keys.ts'
import type { Readers } from './messages.ts'
import { BondStatus, type Commission, type Validator } from './validator.ts'

const ratesFrom = (message: CommissionRates | undefined): Omit<Commission, 'updateTimeNs'> => {
  if (
    message === undefined ||
    (message.rate === '' && message.maxRate === '' && message.maxChangeRate === '')
  )
    throw sdk.invalidRequest('empty commission')
  const rates = {
    maxRate: requiredDec(message.maxRate),
    rate: requiredDec(message.rate),
    maxChangeRate: requiredDec(message.maxChangeRate),
  }
  checkRates(rates)
  return rates
}

/** MsgCreateValidator.Validate: what the message alone can tell. */
const readMessage = (message: MsgCreateValidator) => {
  const { pubkey } = message
  if (pubkey === undefined) throw err.emptyValidatorPubKey()
  const value = positiveCoin(message.value, 'invalid delegation amount')
  const description = descriptionFrom(message.description)
  if (isEmptyDescription(description)) throw sdk.invalidRequest('empty description')
  const rates = ratesFrom(message.commission)
  const minSelfDelegation = requiredInt(message.minSelfDelegation)
  if (minSelfDelegation <= 0n) throw sdk.invalidRequest('minimum self delegation must be a positive integer')
  if (value.amount < minSelfDelegation) throw err.selfDelegationBelowMinimum()
  return { pubkey, value, description, rates, minSelfDelegation }
}

const expectKeyType = (ctx: Ctx, type: string): void => {
  const known = ctx.block.consensusParams?.validator?.pubKeyTypes
  if (known !== undefined && !known.includes(type))
    throw err.validatorPubKeyTypeNotSupported(`got: ${type}, expected: [${known.join(' ')}]`)
}

export const createValidator = (
  { pools, core, register, delegations }: Pages,
  readers: Readers,
  ctx: Ctx,
  message: MsgCreateValidator,
): void => {
  const operator = readers.operator(message.validatorAddress)
  const { pubkey, value, description, rates, minSelfDelegation } = readMessage(message)
  const least = pools.params(ctx).minCommissionRate
  if (rates.rate < least)
    throw err.commissionLTMinRate(
      `cannot set validator commission to less than minimum rate of ${decText(least)}`,
    )
  if (register.validator(ctx, operator) !== undefined) throw err.validatorOwnerExists()
  const type = keyType(pubkey)
  const consAddress = consAddressOf(pubkey)
  if (register.validatorByConsAddress(ctx, consAddress) !== undefined) throw err.validatorPubKeyExists()
  const bondDenom = pools.bondDenom(ctx)
  if (value.denom !== bondDenom)
    throw sdk.invalidRequest(`invalid coin denomination: got ${value.denom}, expected ${bondDenom}`)
  checkLengths(description)
  expectKeyType(ctx, type)
  const validator: Validator = {
    operator,
    operatorText: message.validatorAddress,
    consensusPubkey: { ...pubkey, ...packKey(publicKey(pubkey)) },
    consAddress,
    jailed: false,
    status: BondStatus.UNBONDED,
    tokens: 0n,
    delegatorShares: 0n,
    description,
    unbondingHeight: 0n,
    unbondingTimeNs: 0n,
    commission: { ...rates, updateTimeNs: ctx.block.timeNs },
    minSelfDelegation,
    unbondingOnHoldRefCount: 0n,
    unbondingIds: [],
  }
  register.register(ctx, validator)
  core.hooks.afterValidatorCreated(ctx, operator)
  delegations.delegate(ctx, operator, value.amount, BondStatus.UNBONDED, validator, true)
  ctx.emit('create_validator', ['validator', message.validatorAddress], ['amount', coinText(value)])
}
