// distribution: what a block collects is owed to the validators that secure it and to those who delegate to
// them, by F1: no rule loops over delegations (x/distribution of SDK 0.53). The pages: allocation.ts shares
// out, periods.ts counts, rewards.ts and pool.ts pay, hooks.ts follows stake, queries.ts and messages.ts
// answer, genesis.ts reads and writes.
import type { Bytes } from '../../chain/bytes.ts'
import {
  type ChainSettings,
  type Coins,
  type Ctx,
  defineModule,
  errors,
  type View,
} from '../../chain/module.ts'
import * as proto from '../../proto/gen/cosmos/distribution/v1beta1/distribution_pb.ts'
import type { Delegation } from '../staking/keeper.ts'
import type { Validator } from '../staking/validator.ts'
import { allocationRules } from './allocation.ts'
import { distributionGenesis } from './genesis.ts'
import { stakingHooks } from './hooks.ts'
import { distributionInvariants } from './invariants.ts'
import type { Distribution, DistributionKeepers, DistributionOptions } from './keeper.ts'
import { distributionMessages } from './messages.ts'
import { periodRules } from './periods.ts'
import { poolRules } from './pool.ts'
import { distributionQueries } from './queries.ts'
import { rewardRules } from './rewards.ts'
import { distributionState, NAME } from './state.ts'

/** What the SDK's staking keeper returns where ours says undefined. */
const stakingErrors = errors('staking', {
  noValidatorFound: [3, 'validator does not exist'],
  noDelegation: [19, 'no delegation for (address, validator) tuple'],
})

/** Staking that throws where something is missing. */
const strict = (staking: DistributionKeepers['staking']) => ({
  requireDelegation(view: View, delegator: Bytes, operator: Bytes): Delegation {
    const delegation = staking.delegation(view, delegator, operator)
    if (delegation === undefined) throw stakingErrors.noDelegation()
    return delegation
  },
  requireValidatorByConsAddress(view: View, consAddress: Bytes): Validator {
    const validator = staking.validatorByConsAddress(view, consAddress)
    if (validator === undefined) throw stakingErrors.noValidatorFound()
    return validator
  },
})

export const distribution = (
  { addresses, authority }: ChainSettings,
  { auth, bank, staking }: DistributionKeepers,
  { feeCollector = 'fee_collector', externalPool, baseDenom = 'stake' }: DistributionOptions = {},
): Distribution => {
  const { requireDelegation, requireValidatorByConsAddress } = strict(staking)
  const hasExternalPool = externalPool !== undefined
  const pay = (ctx: Ctx, to: Bytes, amount: Coins): void => bank.sendFromModule(ctx, NAME, to, amount)

  const state = distributionState()
  const periods = periodRules(state, staking)
  const base = { state, periods, addresses, auth, bank, staking, requireDelegation, pay }
  const rewards = rewardRules({ ...base, baseDenom })
  const pool = poolRules({ ...base, rewards })
  const allocation = allocationRules({ ...base, requireValidatorByConsAddress, feeCollector, externalPool })

  const module = defineModule({
    name: NAME,
    stores: [NAME],
    // Stands in governance proposals of the old kind.
    types: [proto.CommunityPoolSpendProposalSchema],
    genesis: distributionGenesis(base),
    beginBlock: allocation.beginBlock,
    messages: [distributionMessages({ ...base, rewards, allocation, pool, authority, hasExternalPool })],
    queries: [distributionQueries({ ...base, rewards, hasExternalPool })],
    invariants: distributionInvariants({ ...base, rewards, pool, account: auth.moduleAddress(NAME) }),
  })

  return {
    module,
    hooks: stakingHooks({ ...base, rewards }),
    withdrawAddress: rewards.withdrawAddress,
    communityPool: (view) => state.feePool.require(view),
    fundCommunityPool: pool.fund,
    distributeFromFeePool: pool.spend,
    withdrawDelegationRewards: rewards.withdraw,
    withdrawValidatorCommission: pool.withdrawCommission,
    allocateToValidator: allocation.allocateTo,
  }
}
