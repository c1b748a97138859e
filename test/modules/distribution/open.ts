// Distribution on a stage, with its default genesis, and a few words that its tests share.
import { create } from '@bufbuild/protobuf'
import type { Bytes } from '../../../chain/bytes.ts'
import { type Dec, type DecCoins, decCoinsText, decFromInt, type Module } from '../../../chain/module.ts'
import type { DistributionOptions } from '../../../modules/distribution/keeper.ts'
import { distribution } from '../../../modules/distribution/module.ts'
import { GenesisStateSchema } from '../../../proto/gen/cosmos/distribution/v1beta1/genesis_pb.ts'
import { Query } from '../../../proto/gen/cosmos/distribution/v1beta1/query_pb.ts'
import { Msg } from '../../../proto/gen/cosmos/distribution/v1beta1/tx_pb.ts'
import { callMessage, callQuery } from '../calls.ts'
import { openStage, settings, stakeOn } from '../stage.ts'

export const stake = (amount: bigint) => [{ denom: 'stake', amount }]
export const text = (set: DecCoins): string => decCoinsText(set)
export const operatorText = (operator: Bytes) => settings.addresses.validator.text(operator)
export const accountText = (address: Bytes) => settings.addresses.text(address)

export const openDistribution = (options?: DistributionOptions) => {
  const stage = openStage()
  const staked = stakeOn(stage)
  const keeper = distribution(settings, { ...stage, staking: staked.keeper }, options)
  staked.setHooks(keeper.hooks)
  const { module } = keeper
  const genesis = module.genesis!
  genesis.init(stage.ctx, create(GenesisStateSchema, genesis.default() as object))
  const { ctx } = stage

  return {
    ...stage,
    staked,
    keeper,
    module,
    msg: callMessage(module, Msg, ctx),
    query: callQuery(module, Query, ctx),
    /** Gives a validator whole tokens to share with its delegators, backed by coins. */
    reward(operator: Bytes, amount: bigint, denom = 'stake'): void {
      stage.giveModule('distribution', [{ denom, amount }])
      keeper.allocateToValidator(ctx, staked.validator(operator), [{ denom, amount: decFromInt(amount) }])
    },
    /** Lets blocks pass in which fees were collected and everybody voted. */
    collect(amount: bigint, denom = 'stake'): void {
      stage.giveModule('fee_collector', [{ denom, amount }])
      stage.advance(1, staked.votes())
      module.beginBlock!(ctx)
    },
    broken: (): string[] =>
      Object.entries(module.invariants as NonNullable<Module['invariants']>)
        .filter(([, holds]) => !holds(ctx))
        .map(([name]) => name),
  }
}
export type Opened = ReturnType<typeof openDistribution>
export type { Dec }
