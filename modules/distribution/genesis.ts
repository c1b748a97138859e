// Distribution's part of a genesis file, in and out (x/distribution/keeper/genesis.go).
import type { MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import {
  type AddressCodec,
  addDecCoins,
  type Ctx,
  coinsText,
  type DecCoins,
  decCoinsText,
  decFromWire,
  equalCoins,
  isAnyNegative,
  type View,
} from '../../chain/module.ts'
import { GenesisStateSchema } from '../../proto/gen/cosmos/distribution/v1beta1/genesis_pb.ts'
import type { Auth } from '../auth/keeper.ts'
import type { Bank } from '../bank/keeper.ts'
import { defaultParams, paramsProblem } from './params.ts'
import { splitWhole } from './rewards.ts'
import { type DistributionState, decCoinsFrom, decCoinsTo, NAME } from './state.ts'

type Genesis = MessageShape<typeof GenesisStateSchema>
const NONE = new Uint8Array()

type Keepers = {
  state: DistributionState
  addresses: AddressCodec
  auth: Pick<Auth, 'moduleAccount'>
  bank: Pick<Bank, 'balances'>
}

export const distributionGenesis = ({ state, addresses, auth, bank }: Keepers) => {
  const operatorOf = (record: { validatorAddress: string }) =>
    addresses.validator.bytes(record.validatorAddress)

  const readRecords = (ctx: Ctx, genesis: Genesis): void => {
    for (const { delegatorAddress, withdrawAddress } of genesis.delegatorWithdrawInfos)
      state.withdrawAddresses.set(ctx, addresses.bytes(delegatorAddress), addresses.bytes(withdrawAddress))
    for (const record of genesis.validatorAccumulatedCommissions)
      state.commissions.set(ctx, operatorOf(record), decCoinsFrom(record.accumulated?.commission ?? []))
    for (const record of genesis.validatorHistoricalRewards) {
      const { cumulativeRewardRatio = [], referenceCount = 0 } = record.rewards ?? {}
      const history = { ratio: decCoinsFrom(cumulativeRewardRatio), references: referenceCount }
      state.historical.set(ctx, [operatorOf(record), record.period], history)
    }
    for (const record of genesis.validatorCurrentRewards) {
      const { rewards = [], period = 0n } = record.rewards ?? {}
      state.current.set(ctx, operatorOf(record), { rewards: decCoinsFrom(rewards), period })
    }
    for (const record of genesis.delegatorStartingInfos) {
      const { previousPeriod = 0n, stake = '', height = 0n } = record.startingInfo ?? {}
      const key = [operatorOf(record), addresses.bytes(record.delegatorAddress)] as const
      state.startingInfos.set(ctx, key, { period: previousPeriod, stake: decFromWire(stake), height })
    }
    for (const record of genesis.validatorSlashEvents) {
      const { validatorPeriod = 0n, fraction = '' } = record.validatorSlashEvent ?? {}
      const slash = { period: validatorPeriod, fraction: decFromWire(fraction) }
      state.slashes.set(ctx, [operatorOf(record), record.height, record.period], slash)
    }
  }

  const init = (ctx: Ctx, genesis: Genesis): void => {
    const pool = decCoinsFrom(genesis.feePool?.communityPool ?? [])
    state.feePool.set(ctx, pool)
    state.params.set(ctx, genesis.params ?? defaultParams())
    const { previousProposer } = genesis
    state.proposer.set(ctx, previousProposer === '' ? NONE : addresses.consensus.bytes(previousProposer))
    let holdings: DecCoins = pool
    for (const record of genesis.outstandingRewards) {
      const owed = decCoinsFrom(record.outstandingRewards)
      state.outstanding.set(ctx, operatorOf(record), owed)
      holdings = addDecCoins(holdings, owed)
    }
    readRecords(ctx, genesis)
    const { whole } = splitWhole(holdings)
    const balances = bank.balances(ctx, auth.moduleAccount(ctx, NAME).address)
    if (!equalCoins(balances, whole))
      throw new Error(
        'distribution module balance does not match the module holdings: ' +
          `${coinsText(balances)} <-> ${coinsText(whole)}`,
      )
  }

  const exportRecords = (view: View) => {
    const validator = addresses.validator.text
    return {
      delegatorWithdrawInfos: [...state.withdrawAddresses.entries(view)].map(([delegator, to]) => ({
        delegatorAddress: addresses.text(delegator),
        withdrawAddress: addresses.text(to),
      })),
      outstandingRewards: [...state.outstanding.entries(view)].map(([operator, owed]) => ({
        validatorAddress: validator(operator),
        outstandingRewards: decCoinsTo(owed),
      })),
      validatorAccumulatedCommissions: [...state.commissions.entries(view)].map(([operator, commission]) => ({
        validatorAddress: validator(operator),
        accumulated: { commission: decCoinsTo(commission) },
      })),
      validatorHistoricalRewards: [...state.historical.entries(view)].map(
        ([[operator, period], history]) => ({
          validatorAddress: validator(operator),
          period,
          rewards: {
            cumulativeRewardRatio: decCoinsTo(history.ratio),
            referenceCount: history.references,
          },
        }),
      ),
      validatorCurrentRewards: [...state.current.entries(view)].map(([operator, { rewards, period }]) => ({
        validatorAddress: validator(operator),
        rewards: { rewards: decCoinsTo(rewards), period },
      })),
      delegatorStartingInfos: [...state.startingInfos.entries(view)].map(
        ([[operator, delegator], start]) => ({
          validatorAddress: validator(operator),
          delegatorAddress: addresses.text(delegator),
          startingInfo: { previousPeriod: start.period, stake: `${start.stake}`, height: start.height },
        }),
      ),
      validatorSlashEvents: [...state.slashes.entries(view)].map(([[operator, height], slash]) => ({
        validatorAddress: validator(operator),
        height,
        period: slash.period,
        validatorSlashEvent: { validatorPeriod: slash.period, fraction: `${slash.fraction}` },
      })),
    }
  }

  return {
    schema: GenesisStateSchema,
    default: (): MessageInitShape<typeof GenesisStateSchema> => ({ params: defaultParams(), feePool: {} }),
    validate(genesis: Genesis): void {
      const problem = paramsProblem(genesis.params)
      if (problem !== undefined) throw new Error(problem)
      const pool = decCoinsFrom(genesis.feePool?.communityPool ?? [])
      if (isAnyNegative(pool))
        throw new Error(`negative CommunityPool in distribution fee pool, is ${decCoinsText(pool)}`)
    },
    init,
    export: (view: View): MessageInitShape<typeof GenesisStateSchema> => ({
      params: state.params.require(view),
      feePool: { communityPool: decCoinsTo(state.feePool.require(view)) },
      previousProposer: addresses.consensus.text(state.proposer.get(view) ?? NONE),
      ...exportRecords(view),
    }),
  }
}
