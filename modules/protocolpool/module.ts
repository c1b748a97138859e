// protocolpool: the community pool as a module of its own, with funds that take a share of what flows into
// it. With it distribution keeps no community pool (x/protocolpool of SDK 0.53, which has no budgets any
// more).
import { create } from '@bufbuild/protobuf'
import type { Bytes } from '../../chain/bytes.ts'
import {
  type ChainSettings,
  type Coins,
  type Ctx,
  coinsTo,
  decFromWire,
  defineModule,
  invalidArgument,
  type Module,
  notFound,
  ONE,
  queries,
  type View,
} from '../../chain/module.ts'
import { instantNs } from '../../chain/time.ts'
import { type GenesisState, GenesisStateSchema } from '../../proto/gen/cosmos/protocolpool/v1/genesis_pb.ts'
import { Query } from '../../proto/gen/cosmos/protocolpool/v1/query_pb.ts'
import { ParamsSchema } from '../../proto/gen/cosmos/protocolpool/v1/types_pb.ts'
import type { Auth } from '../auth/keeper.ts'
import type { Bank } from '../bank/keeper.ts'
import { distributeFunds } from './distribution.ts'
import { poolMessages } from './messages.ts'
import { ESCROW, fundProblem, NAME, type PoolState, paramsProblem, poolState } from './state.ts'

export type ProtocolPoolOptions = {
  /** Denomination of the default genesis. */
  denom?: string
}
export type ProtocolPoolKeepers = {
  auth: Pick<Auth, 'moduleAccount'>
  bank: Pick<
    Bank,
    'balance' | 'balances' | 'isBlocked' | 'sendFromModule' | 'sendModuleToModule' | 'sendToModule'
  >
}
export type ProtocolPool = {
  readonly module: Module
  /** Module account that distribution is to pay the community pool into. */
  readonly communityPoolModule: string
  /** Makes the module's account if it is not there, as Go does. */
  communityPool(ctx: Ctx): Coins
  fundCommunityPool(ctx: Ctx, amount: Coins, from: Bytes): void
  distributeFromCommunityPool(ctx: Ctx, amount: Coins, to: Bytes): void
}

const validateGenesis = (genesis: GenesisState): void => {
  const seen = new Set<string>()
  let total = 0n
  for (const fund of genesis.continuousFunds) {
    const problem = fundProblem(fund)
    if (problem !== undefined) throw new Error(problem)
    if (seen.has(fund.recipient))
      throw new Error(`duplicated continuous fund recipient address: ${fund.recipient}`)
    seen.add(fund.recipient)
    total += decFromWire(fund.percentage)
  }
  if (total > ONE) throw new Error('total percentage cannot be greater than 100')
  const problem = paramsProblem(genesis.params ?? create(ParamsSchema))
  if (problem !== undefined) throw new Error(problem)
}

const allFunds = (view: View, state: PoolState) => Array.from(state.funds.entries(view), ([, fund]) => fund)

export const protocolPool = (
  { addresses, authority }: ChainSettings,
  { auth, bank }: ProtocolPoolKeepers,
  { denom = 'stake' }: ProtocolPoolOptions = {},
): ProtocolPool => {
  const state = poolState()
  const defaultParams = () =>
    create(ParamsSchema, { enabledDistributionDenoms: [denom], distributionFrequency: 1n })

  const init = (ctx: Ctx, genesis: GenesisState): void => {
    state.params.set(ctx, genesis.params ?? defaultParams())
    for (const fund of genesis.continuousFunds) {
      const recipient = addresses.bytes(fund.recipient)
      if (bank.isBlocked(recipient))
        throw new Error(`recipient is blocked in the bank keeper: ${fund.recipient}`)
      const hasExpired = fund.expiry !== undefined && instantNs(fund.expiry) < ctx.block.timeNs
      if (!hasExpired) state.funds.set(ctx, recipient, fund)
    }
  }
  const communityPool = (ctx: Ctx): Coins => bank.balances(ctx, auth.moduleAccount(ctx, NAME).address)

  const module = defineModule({
    name: NAME,
    stores: [NAME],
    genesis: {
      schema: GenesisStateSchema,
      default: () => ({ params: defaultParams() }),
      validate: validateGenesis,
      init,
      export: (view) => ({ continuousFunds: allFunds(view, state), params: state.params.require(view) }),
    },
    beginBlock(ctx) {
      const { distributionFrequency } = state.params.require(ctx)
      if (ctx.block.height % distributionFrequency === 0n) distributeFunds(ctx, { state, auth, bank })
    },
    messages: [poolMessages({ state, addresses, authority, bank })],
    queries: [
      queries(Query, {
        communityPool: (view) => ({ pool: coinsTo(view.scratch(communityPool)) }),
        continuousFund(view, { recipient }) {
          const address = addresses.bytes(recipient, (reason) =>
            invalidArgument(`invalid address: ${reason}`),
          )
          const continuousFund = state.funds.get(view, address)
          if (continuousFund === undefined) throw notFound(`not found ${recipient}`)
          return { continuousFund }
        },
        continuousFunds: (view) => ({ continuousFunds: allFunds(view, state) }),
        params(view) {
          const params = state.params.get(view)
          if (params === undefined) throw notFound('params not found')
          return { params }
        },
      }),
    ],
    invariants: {
      fundsTakeAtMostEverything: (view) =>
        allFunds(view, state).reduce((sum, fund) => sum + decFromWire(fund.percentage), 0n) <= ONE,
    },
  })

  return {
    module,
    communityPoolModule: ESCROW,
    communityPool,
    fundCommunityPool: (ctx, amount, from) => bank.sendToModule(ctx, from, NAME, amount),
    distributeFromCommunityPool: (ctx, amount, to) => bank.sendFromModule(ctx, NAME, to, amount),
  }
}
