// What staking does on demand (SDK x/staking/keeper/msg_server.go). Checks come in Go's order, for the first
// that fails decides the error, and each read is paid for.
import { create } from '@bufbuild/protobuf'
import type { Bytes } from '../../chain/bytes.ts'
import {
  type Coin,
  type Ctx,
  coinText,
  coinTo,
  decText,
  GrpcError,
  grpcCodes,
  messages,
  ONE,
  plainError,
  sdk,
} from '../../chain/module.ts'
import { formatTime, instant } from '../../chain/time.ts'
import { ParamsSchema } from '../../proto/gen/cosmos/staking/v1beta1/staking_pb.ts'
import {
  Msg,
  type MsgEditValidator,
  type MsgUpdateParams,
} from '../../proto/gen/cosmos/staking/v1beta1/tx_pb.ts'
import { positiveCoin, requiredDec, requiredInt } from './amounts.ts'
import { checkNewRate, commissionText } from './commission.ts'
import { createValidator } from './creation.ts'
import { descriptionFrom, editDescription, isEmptyDescription } from './description.ts'
import { err, gov } from './errors.ts'
import type { Pages } from './keeper.ts'
import { checkParams, paramsFrom } from './params.ts'
import { BondStatus, hasInvalidExRate, type Validator } from './validator.ts'

/** How messages name accounts and validators; both throw sdk 7. */
export type Readers = { account(text: string): Bytes; operator(text: string, what?: string): Bytes }

const timeText = (timeNs: bigint): string => formatTime({ ...instant(timeNs), nanos: 0 })

export const stakingMessages = (pages: Pages, authority: string) => {
  const { core, pools, register, delegations, unbondings, redelegations } = pages
  const { addresses, state } = core
  const readers: Readers = {
    account: (text) =>
      addresses.bytes(text, (reason) => sdk.invalidAddress(`invalid delegator address: ${reason}`)),
    operator: (text, what = 'validator') =>
      addresses.validator.bytes(text, (reason) => sdk.invalidAddress(`invalid ${what} address: ${reason}`)),
  }
  const { account, operator } = readers
  const expectBondDenom = (ctx: Ctx, { denom }: Coin): void => {
    const bondDenom = pools.bondDenom(ctx)
    if (denom !== bondDenom)
      throw sdk.invalidRequest(`invalid coin denomination: got ${denom}, expected ${bondDenom}`)
  }

  return messages(Msg, {
    createValidator: (ctx, message) => createValidator(pages, readers, ctx, message),
    editValidator: (ctx, message) => editValidator(pages, readers, ctx, message),
    delegate(ctx, message) {
      const to = operator(message.validatorAddress)
      const from = account(message.delegatorAddress)
      const amount = positiveCoin(message.amount, 'invalid delegation amount')
      const validator = register.requireValidator(ctx, to)
      expectBondDenom(ctx, amount)
      const shares = delegations.delegate(ctx, from, amount.amount, BondStatus.UNBONDED, validator, true)
      ctx.emit(
        'delegate',
        ['validator', message.validatorAddress],
        ['delegator', message.delegatorAddress],
        ['amount', coinText(amount)],
        ['new_shares', decText(shares)],
      )
    },
    beginRedelegate(ctx, message) {
      const source = operator(message.validatorSrcAddress, 'source validator')
      const target = operator(message.validatorDstAddress, 'destination validator')
      const delegator = account(message.delegatorAddress)
      const amount = positiveCoin(message.amount, 'invalid shares amount')
      const shares = delegations.sharesToUnbond(ctx, delegator, source, amount.amount)
      expectBondDenom(ctx, amount)
      const completionNs = redelegations.redelegate(ctx, delegator, source, target, shares)
      ctx.emit(
        'redelegate',
        ['source_validator', message.validatorSrcAddress],
        ['destination_validator', message.validatorDstAddress],
        ['amount', coinText(amount)],
        ['completion_time', timeText(completionNs)],
      )
      return { completionTime: instant(completionNs) }
    },
    undelegate(ctx, message) {
      const from = operator(message.validatorAddress)
      const delegator = account(message.delegatorAddress)
      const amount = positiveCoin(message.amount, 'invalid shares amount')
      const shares = delegations.sharesToUnbond(ctx, delegator, from, amount.amount)
      expectBondDenom(ctx, amount)
      const unbonding = unbondings.undelegate(ctx, delegator, from, shares)
      const unbonded = { denom: amount.denom, amount: unbonding.amount }
      ctx.emit(
        'unbond',
        ['validator', message.validatorAddress],
        ['delegator', message.delegatorAddress],
        ['amount', coinText(unbonded)],
        ['completion_time', timeText(unbonding.completionTimeNs)],
      )
      return { completionTime: instant(unbonding.completionTimeNs), amount: coinTo(unbonded) }
    },
    cancelUnbondingDelegation(ctx, message) {
      const to = operator(message.validatorAddress)
      const delegator = account(message.delegatorAddress)
      const amount = positiveCoin(message.amount, 'invalid amount')
      if (message.creationHeight <= 0n) throw sdk.invalidRequest('invalid height')
      expectBondDenom(ctx, amount)
      const validator = register.requireValidator(ctx, to)
      if (hasInvalidExRate(validator)) throw err.delegatorShareExRateInvalid()
      if (validator.jailed) throw err.validatorJailed()
      cancelUnbonding(pages, ctx, { delegator, validator, amount: amount.amount, message })
      ctx.emit(
        'cancel_unbonding_delegation',
        ['amount', coinText(amount)],
        ['validator', message.validatorAddress],
        ['delegator', message.delegatorAddress],
        ['creation_height', `${message.creationHeight}`],
      )
    },
    updateParams(ctx, message) {
      state.params.set(ctx, newParams(message, authority))
    },
  })
}

const newParams = (message: MsgUpdateParams, authority: string) => {
  if (message.authority !== authority)
    throw gov.invalidSigner(`invalid authority; expected ${authority}, got ${message.authority}`)
  const wanted = message.params ?? create(ParamsSchema)
  const params = paramsFrom(wanted)
  checkParams(params)
  if (wanted.minCommissionRate === '') throw plainError('minimum commission rate cannot be nil: <nil>')
  return params
}

const editValidator = (
  { core, pools, register }: Pages,
  { operator }: Readers,
  ctx: Ctx,
  message: MsgEditValidator,
): void => {
  const address = operator(message.validatorAddress)
  const edit = descriptionFrom(message.description)
  if (isEmptyDescription(edit)) throw sdk.invalidRequest('empty description')
  const promise = message.minSelfDelegation === '' ? undefined : requiredInt(message.minSelfDelegation)
  if (promise !== undefined && promise <= 0n)
    throw sdk.invalidRequest('minimum self delegation must be a positive integer')
  const rate = message.commissionRate === '' ? undefined : requiredDec(message.commissionRate)
  if (rate !== undefined) {
    if (rate > ONE || rate < 0n)
      throw sdk.invalidRequest('commission rate must be between 0 and 1 (inclusive)')
    const least = pools.params(ctx).minCommissionRate
    if (rate < least)
      throw sdk.invalidRequest(
        `commission rate cannot be less than the min commission rate ${decText(least)}`,
      )
  }
  let validator: Validator = register.requireValidator(ctx, address)
  validator = { ...validator, description: editDescription(validator.description, edit) }
  if (rate !== undefined) {
    checkNewRate(validator.commission, rate, ctx.block.timeNs)
    const least = pools.params(ctx).minCommissionRate
    if (rate < least)
      throw plainError(`cannot set validator commission to less than minimum rate of ${decText(least)}`)
    core.hooks.beforeValidatorModified(ctx, address)
    validator = {
      ...validator,
      commission: { ...validator.commission, rate, updateTimeNs: ctx.block.timeNs },
    }
  }
  if (promise !== undefined) {
    if (promise <= validator.minSelfDelegation) throw err.minSelfDelegationDecreased()
    if (promise > validator.tokens) throw err.selfDelegationBelowMinimum()
    validator = { ...validator, minSelfDelegation: promise }
  }
  register.set(ctx, validator)
  ctx.emit(
    'edit_validator',
    ['commission_rate', commissionText(validator.commission)],
    ['min_self_delegation', `${validator.minSelfDelegation}`],
  )
}

type Cancellation = {
  delegator: Bytes
  validator: Validator
  amount: bigint
  message: { delegatorAddress: string; validatorAddress: string; creationHeight: bigint }
}

/** Takes stake back from an unbonding; the first entry of that height is meant. */
const cancelUnbonding = (
  { delegations, unbondings }: Pages,
  ctx: Ctx,
  { delegator, validator, amount, message }: Cancellation,
): void => {
  const { delegatorAddress, validatorAddress, creationHeight } = message
  const before = unbondings.get(ctx, delegator, validator.operator)
  if (before === undefined) {
    const pair = `delegator ${delegatorAddress} not found for validator ${validatorAddress}`
    const reason = `unbonding delegation with ${pair}`
    throw plainError(new GrpcError(grpcCodes.NotFound, reason).text)
  }
  const index = before.entries.findIndex((entry) => entry.creationHeight === creationHeight)
  const entry = before.entries[index]
  if (entry === undefined)
    throw sdk.notFound(`unbonding delegation entry is not found at block height ${creationHeight}`)
  if (entry.balance < amount)
    throw sdk.invalidRequest('amount is greater than the unbonding delegation entry balance')
  if (entry.completionTimeNs < ctx.block.timeNs)
    throw sdk.invalidRequest('unbonding delegation is already processed')
  delegations.delegate(ctx, delegator, amount, BondStatus.UNBONDING, validator, false)
  const rest = {
    ...entry,
    balance: entry.balance - amount,
    initialBalance: entry.initialBalance - amount,
  }
  const entries = before.entries.flatMap((other, i) =>
    i !== index ? [other] : rest.balance === 0n ? [] : [rest],
  )
  unbondings.store(ctx, { ...before, entries })
}
