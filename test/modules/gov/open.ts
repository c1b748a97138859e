// A stage for governance: three validators, two delegators, and messages that a test can put into proposals.
import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { type Any, AnySchema } from '@bufbuild/protobuf/wkt'
import type { Bytes } from '../../../chain/bytes.ts'
import { type Coins, coin, coinsTo, MessageRouter, moduleAddress, ONE } from '../../../chain/module.ts'
import { catalog } from '../../../chain/runtime/app/catalog.ts'
import { bank } from '../../../modules/bank/module.ts'
import { type GovOptions, govKeeper } from '../../../modules/gov/keeper.ts'
import { gov } from '../../../modules/gov/module.ts'
import { ParamsSchema as BankParamsSchema } from '../../../proto/gen/cosmos/bank/v1beta1/bank_pb.ts'
import { MsgSendSchema } from '../../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import { CoinSchema } from '../../../proto/gen/cosmos/base/v1beta1/coin_pb.ts'
import { GenesisStateSchema } from '../../../proto/gen/cosmos/gov/v1/genesis_pb.ts'
import {
  type Params as GovParams,
  ProposalStatus,
  VoteOption,
} from '../../../proto/gen/cosmos/gov/v1/gov_pb.ts'
import { Msg } from '../../../proto/gen/cosmos/gov/v1/tx_pb.ts'
import { callMessage } from '../calls.ts'
import { openStage, person, settings, stakeOn } from '../stage.ts'

export { ProposalStatus, VoteOption }
export const text = (address: Bytes): string => settings.addresses.text(address)
export const GOV = text(moduleAddress('gov'))
export const stake = (amount: bigint): Coins => [coin('stake', amount)]

const amounts = (amount: bigint) => [create(CoinSchema, { denom: 'stake', amount: `${amount}` })]

export const pack = <S extends DescMessage>(schema: S, init: MessageInitShape<S>): Any =>
  create(AnySchema, { typeUrl: `/${schema.typeName}`, value: toBinary(schema, create(schema, init)) })
/** A message by which the gov account sends coins. */
export const payment = (to: Bytes, amount: bigint): Any =>
  pack(MsgSendSchema, { fromAddress: GOV, toAddress: text(to), amount: coinsTo(stake(amount)) })

/** People: three validators with their stake, and two who delegate to the first. */
export const [ann, ben, cat, dan, eve, zoe] = [1, 2, 3, 4, 5, 9].map(person) as [
  Bytes,
  Bytes,
  Bytes,
  Bytes,
  Bytes,
  Bytes,
]
const RICH = 1_000n

type Params = Partial<Omit<GovParams, '$typeName'>>

export const openGov = (params: Params = {}, options: GovOptions = {}) => {
  const stage = openStage()
  const staked = stakeOn(stage)
  const { ctx, auth, bank: coins } = stage
  coins.state.params.set(ctx, create(BankParamsSchema, { defaultSendEnabled: true }))
  for (const who of [ann, ben, cat, dan, eve]) stage.give(who, stake(RICH))
  staked.create(ann, 400n, 0n)
  staked.create(ben, 300n, 0n)
  staked.create(cat, 200n, 0n)
  staked.delegate(dan, ann, 100n)
  const funded: { amount: Coins; from: Bytes }[] = []
  const router = new MessageRouter()
  const bugs: unknown[] = []
  const keeper = govKeeper(
    settings,
    {
      ...{ auth, bank: coins, router },
      staking: {
        delegationsOf: staked.keeper.delegationsOf,
        bondedValidatorsByPower: staked.keeper.validators,
        totalBondedTokens: (view) => {
          let sum = 0n
          for (const { tokens } of staked.keeper.validators(view)) sum += tokens
          return sum
        },
      },
      distribution: {
        fundCommunityPool(within, amount, from) {
          funded.push({ amount, from })
          coins.sendToModule(within, from, 'distribution', amount)
        },
      },
    },
    options,
  )
  const module = gov(keeper)
  const { messages, registry } = catalog([module, bank(coins)])
  router.bind({ routes: messages, registry, addresses: settings.addresses, onBug: (bug) => bugs.push(bug) })
  const genesis = module.genesis!.default() as MessageInitShape<typeof GenesisStateSchema>
  const given = create(GenesisStateSchema, {
    ...genesis,
    params: {
      ...(genesis.params as GovParams),
      minDeposit: amounts(100n),
      expeditedMinDeposit: amounts(150n),
      ...params,
    },
  })
  module.genesis!.validate!(given)
  module.genesis!.init(ctx, given)
  const msg = callMessage(module, Msg, ctx)
  const propose = (
    fields: MessageInitShape<(typeof Msg)['method']['submitProposal']['input']> = {},
  ): bigint =>
    msg.submitProposal({
      ...{ title: 'a title', summary: 'a summary', metadata: 'm', proposer: text(ann) },
      initialDeposit: coinsTo(stake(fields.expedited ? 150n : 100n)),
      ...fields,
    }).proposalId
  const vote = (who: Bytes, proposalId: bigint, option: VoteOption) =>
    msg.vote({ voter: text(who), proposalId, option })
  return {
    ...{ ...stage, staked, keeper, module, msg, funded, bugs, router, propose, vote },
    proposal: (id: bigint) => keeper.core.state.proposals.get(ctx, id),
    /** Moves on by seconds and ends that block. */
    pass(seconds: number): void {
      stage.advance(seconds)
      module.endBlock!(ctx)
    },
    supply: () => coins.supply(ctx, 'stake'),
    events: (type: string) =>
      ctx.events
        .filter((event) => event.type === type)
        .map(({ attributes }) => Object.fromEntries(attributes.map(({ key, value }) => [key, value]))),
  }
}
export type Open = ReturnType<typeof openGov>
export const DAY = 86_400
export { ONE }
