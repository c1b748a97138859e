// The rules of cosmos.distribution.v1beta1.Msg (x/distribution/keeper/msg_server.go).
import type { Bytes } from '../../chain/bytes.ts'
import {
  type AddressCodec,
  addDecCoins,
  type Coins,
  type Ctx,
  coinsFrom,
  coinsProblem,
  coinsText,
  coinsTo,
  errors,
  messages,
  plainError,
  sdk,
} from '../../chain/module.ts'
import { Msg } from '../../proto/gen/cosmos/distribution/v1beta1/tx_pb.ts'
import type { Bank } from '../bank/keeper.ts'
import type { Staking } from '../staking/keeper.ts'
import { type Allocation, toDecCoins } from './allocation.ts'
import { hasProposerReward, paramsProblem } from './params.ts'
import { isInRange, type Periods } from './periods.ts'
import type { Pool } from './pool.ts'
import type { Rewards } from './rewards.ts'
import { type DistributionState, err, NAME } from './state.ts'

const gov = errors('gov', {
  invalidSigner: [13, 'expected gov account as only signer for proposal message'],
})

type Keepers = {
  state: DistributionState
  periods: Periods
  rewards: Rewards
  allocation: Allocation
  pool: Pool
  addresses: AddressCodec
  /** Who may change parameters and spend the community pool, in bech32. */
  authority: string
  bank: Pick<Bank, 'isBlocked' | 'sendToModule'>
  staking: Pick<Staking, 'requireValidator'>
  hasExternalPool: boolean
}

/** The coins of a message, if they are a valid set that is not empty. */
const validAmount = (amount: readonly { denom: string; amount: string }[]): Coins => {
  if (amount.length === 0) throw sdk.invalidCoins('amount cannot be nil')
  const set = coinsFrom(amount)
  if (coinsProblem(set) !== undefined) throw sdk.invalidCoins(coinsText(set))
  return set
}

export const distributionMessages = (keepers: Keepers) => {
  const { state, periods, rewards, allocation, pool, addresses, authority, bank, staking } = keepers
  const { hasExternalPool } = keepers

  const accountOf = (text: string, who: string): Bytes =>
    addresses.bytes(text, (reason) => sdk.invalidAddress(`invalid ${who} address: ${reason}`))
  const operatorOf = (text: string): Bytes =>
    addresses.validator.bytes(text, (reason) => sdk.invalidAddress(`invalid validator address: ${reason}`))
  const checkAuthority = (text: string): void => {
    accountOf(text, 'authority')
    if (text !== authority) throw gov.invalidSigner(`invalid authority; expected ${authority}, got ${text}`)
  }

  /** A deposit must not make the rewards of one token so great that the next period cannot be counted. */
  const checkRoom = (ctx: Ctx, operator: Bytes): void => {
    const { rewards: open, period } = periods.currentOf(ctx, operator)
    const { ratio } = periods.historyAt(ctx, operator, period - 1n)
    if (ratio.length > 0 && !isInRange(addDecCoins(ratio, open)))
      throw plainError('unable to deposit coins: deposit is too large: Int overflow')
  }

  return messages(Msg, {
    setWithdrawAddress(ctx, { delegatorAddress, withdrawAddress }) {
      const delegator = accountOf(delegatorAddress, 'delegator')
      const to = accountOf(withdrawAddress, 'withdraw')
      if (bank.isBlocked(to))
        throw sdk.unauthorized(`${addresses.text(to)} is not allowed to receive external funds`)
      if (!state.params.require(ctx).withdrawAddrEnabled) throw err.setWithdrawAddrDisabled()
      ctx.emit('set_withdraw_address', ['withdraw_address', addresses.text(to)])
      state.withdrawAddresses.set(ctx, delegator, to)
    },

    withdrawDelegatorReward(ctx, { delegatorAddress, validatorAddress }) {
      const operator = operatorOf(validatorAddress)
      const delegator = accountOf(delegatorAddress, 'delegator')
      return { amount: coinsTo(rewards.withdraw(ctx, delegator, operator)) }
    },

    withdrawValidatorCommission: (ctx, { validatorAddress }) => ({
      amount: coinsTo(pool.withdrawCommission(ctx, operatorOf(validatorAddress))),
    }),

    fundCommunityPool(ctx, { depositor, amount }) {
      if (hasExternalPool)
        throw sdk.invalidRequest(
          'external community pool is enabled - ' +
            'use the FundCommunityPool method exposed by the external community pool',
        )
      const from = accountOf(depositor, 'depositor')
      pool.fund(ctx, validAmount(amount), from)
    },

    updateParams(ctx, { authority: signer, params }) {
      checkAuthority(signer)
      if (params !== undefined && hasProposerReward(params))
        throw sdk.invalidRequest(
          'cannot update base or bonus proposer reward because these are deprecated fields',
        )
      const problem = paramsProblem(params)
      if (params === undefined || problem !== undefined) throw plainError(problem ?? 'no parameters')
      state.params.set(ctx, params)
    },

    communityPoolSpend(ctx, { authority: signer, amount, recipient }) {
      if (hasExternalPool)
        throw sdk.invalidRequest(
          'external community pool is enabled -  ' +
            'use the DistributFromCommunityPool method exposed by the external community pool',
        )
      checkAuthority(signer)
      const set = validAmount(amount)
      const to = addresses.bytes(recipient)
      if (bank.isBlocked(to)) throw sdk.unauthorized(`${recipient} is not allowed to receive external funds`)
      pool.spend(ctx, set, to)
    },

    depositValidatorRewardsPool(ctx, { depositor, validatorAddress, amount }) {
      const from = addresses.bytes(depositor)
      const set = coinsFrom(amount)
      bank.sendToModule(ctx, from, NAME, set)
      const operator = addresses.validator.bytes(validatorAddress)
      const validator = staking.requireValidator(ctx, operator)
      allocation.allocateTo(ctx, validator, toDecCoins(set))
      if (validator.tokens !== 0n) checkRoom(ctx, operator)
    },
  })
}
