// The answers of cosmos.distribution.v1beta1.Query. A reward that was not withdrawn yet is computed as a
// withdrawal would: the validator's period is ended on a scratch branch
// (x/distribution/keeper/grpc_query.go).
import type { Bytes } from '../../chain/bytes.ts'
import {
  type AddressCodec,
  addDecCoins,
  type DecCoins,
  invalidArgument,
  queries,
  sdk,
  type View,
} from '../../chain/module.ts'
import { Query } from '../../proto/gen/cosmos/distribution/v1beta1/query_pb.ts'
import type { Delegation, Staking } from '../staking/keeper.ts'
import type { Periods } from './periods.ts'
import type { Rewards } from './rewards.ts'
import { slashPage } from './slash-page.ts'
import { type DistributionState, decCoinsTo } from './state.ts'

type Keepers = {
  state: DistributionState
  periods: Periods
  rewards: Rewards
  addresses: AddressCodec
  staking: Pick<Staking, 'requireValidator' | 'delegationsOf'>
  requireDelegation(view: View, delegator: Bytes, operator: Bytes): Delegation
  hasExternalPool: boolean
}

export const distributionQueries = (keepers: Keepers) => {
  const { state, periods, rewards, addresses, staking, requireDelegation, hasExternalPool } = keepers

  const delegatorOf = ({ delegatorAddress }: { delegatorAddress: string }): Bytes => {
    if (delegatorAddress === '') throw invalidArgument('empty delegator address')
    return addresses.bytes(delegatorAddress)
  }
  const operatorOf = ({ validatorAddress }: { validatorAddress: string }): Bytes => {
    if (validatorAddress === '') throw invalidArgument('empty validator address')
    return addresses.validator.bytes(validatorAddress)
  }
  /** An operator that is a validator. */
  const validatorOf = (view: View, request: { validatorAddress: string }): Bytes =>
    staking.requireValidator(view, operatorOf(request)).operator

  const pending = (view: View, delegation: Delegation): DecCoins =>
    view.scratch((ctx) => {
      const validator = staking.requireValidator(ctx, delegation.validator)
      return rewards.earned(ctx, validator, delegation, periods.endPeriod(ctx, validator))
    })

  return queries(Query, {
    params: (view) => ({ params: state.params.require(view) }),

    validatorDistributionInfo(view, request) {
      const operator = validatorOf(view, request)
      const own = pending(view, requireDelegation(view, operator, operator))
      return {
        operatorAddress: addresses.text(operator),
        selfBondRewards: decCoinsTo(own),
        commission: decCoinsTo(state.commissions.get(view, operator) ?? []),
      }
    },

    validatorOutstandingRewards: (view, request) => ({
      rewards: { rewards: decCoinsTo(periods.outstandingOf(view, validatorOf(view, request))) },
    }),

    validatorCommission: (view, request) => ({
      commission: { commission: decCoinsTo(state.commissions.get(view, validatorOf(view, request)) ?? []) },
    }),

    validatorSlashes(view, { validatorAddress, startingHeight, endingHeight, pagination: page }) {
      if (validatorAddress === '') throw invalidArgument('empty validator address')
      if (endingHeight < startingHeight)
        throw invalidArgument(
          `starting height greater than ending height (${startingHeight} > ${endingHeight})`,
        )
      const operator = addresses.validator.bytes(validatorAddress, () =>
        invalidArgument('invalid validator address'),
      )
      // The SDK compares these heights with numbers of periods.
      const between = { low: startingHeight, high: endingHeight }
      const { items, pagination } = slashPage(view, state.slashes, operator, between, page)
      return {
        slashes: items.map(({ period, fraction }) => ({ validatorPeriod: period, fraction: `${fraction}` })),
        pagination,
      }
    },

    delegationRewards(view, request) {
      if (request.delegatorAddress === '') throw invalidArgument('empty delegator address')
      const operator = validatorOf(view, request)
      const delegator = delegatorOf(request)
      return { rewards: decCoinsTo(pending(view, requireDelegation(view, delegator, operator))) }
    },

    delegationTotalRewards(view, request) {
      let total: DecCoins = []
      const paid = Array.from(staking.delegationsOf(view, delegatorOf(request)), (delegation) => {
        const reward = pending(view, delegation)
        total = addDecCoins(total, reward)
        return {
          validatorAddress: delegation.validatorText,
          reward: decCoinsTo(reward),
        }
      })
      return { rewards: paid, total: decCoinsTo(total) }
    },

    delegatorValidators: (view, request) => ({
      validators: Array.from(
        staking.delegationsOf(view, delegatorOf(request)),
        (delegation) => delegation.validatorText,
      ),
    }),

    delegatorWithdrawAddress: (view, request) => ({
      withdrawAddress: addresses.text(rewards.withdrawAddress(view, delegatorOf(request))),
    }),

    communityPool(view) {
      if (hasExternalPool)
        throw sdk.invalidRequest(
          'external community pool is enabled - ' +
            'use the CommunityPool query exposed by the external community pool',
        )
      return { pool: decCoinsTo(state.feePool.require(view)) }
    },
  })
}
