// slashing: validators that do not sign lose stake and their place until they ask for it again (x/slashing of
// SDK 0.53). liveness.ts watches signatures, bitmap.ts holds what was missed, keeper.ts is what evidence and
// staking see.
import { create, fromBinary } from '@bufbuild/protobuf'
import {
  type Ctx,
  decTruncateInt,
  defineModule,
  type GenesisOf,
  invalidArgument,
  type MessageRoutes,
  type Module,
  messages,
  notFound,
  paginateRaw,
  type QueryRoutes,
  queries,
  sdk,
  type View,
} from '../../chain/module.ts'
import { instant, instantNs } from '../../chain/time.ts'
import { GenesisStateSchema } from '../../proto/gen/cosmos/slashing/v1beta1/genesis_pb.ts'
import { Query } from '../../proto/gen/cosmos/slashing/v1beta1/query_pb.ts'
import {
  ParamsSchema,
  type ValidatorSigningInfo,
  ValidatorSigningInfoSchema,
} from '../../proto/gen/cosmos/slashing/v1beta1/slashing_pb.ts'
import { Msg } from '../../proto/gen/cosmos/slashing/v1beta1/tx_pb.ts'
import { missedPlaces, setMissed } from './bitmap.ts'
import type { Slashing } from './keeper.ts'
import { liveness } from './liveness.ts'
import { checkParams, defaultParams, noParams, paramsFrom, paramsTo } from './params.ts'
import type { SigningInfo } from './signing-info.ts'
import { err, gov, NAME } from './state.ts'

export const slashing = (keeper: Slashing): Module => {
  const watch = liveness(keeper)
  return defineModule({
    name: NAME,
    stores: [NAME],
    genesis: slashingGenesis(keeper),
    beginBlock(ctx) {
      const params = keeper.params(ctx)
      for (const vote of ctx.block.lastCommit.votes) watch(ctx, vote, params)
    },
    messages: [slashingMessages(keeper)],
    queries: [slashingQueries(keeper)],
    invariants: {
      missedBlocksAddUp: (view) => missedBlocksAddUp(keeper, view),
    },
  })
}

const infoTo = (info: SigningInfo) => ({
  address: info.address,
  startHeight: info.startHeight,
  indexOffset: info.indexOffset,
  jailedUntil: instant(info.jailedUntilNs),
  tombstoned: info.tombstoned,
  missedBlocksCounter: info.missedBlocks,
})
const infoFrom = (message: ValidatorSigningInfo): SigningInfo => ({
  address: message.address,
  startHeight: message.startHeight,
  indexOffset: message.indexOffset,
  jailedUntilNs: message.jailedUntil === undefined ? 0n : instantNs(message.jailedUntil),
  tombstoned: message.tombstoned,
  missedBlocks: message.missedBlocksCounter,
})

const slashingGenesis = (keeper: Slashing): GenesisOf<typeof GenesisStateSchema> => {
  const { state, addresses, staking } = keeper
  const consAddress = addresses.consensus.bytes
  return {
    schema: GenesisStateSchema,
    default: () => ({ params: paramsTo(defaultParams) }),
    validate({ params }) {
      checkParams(params ?? create(ParamsSchema, paramsTo(noParams)))
    },
    init(ctx, { params, signingInfos, missedBlocks }) {
      for (const validator of staking.validators(ctx))
        keeper.addPublicKey(ctx, validator.consAddress, validator.consensusPubkey)
      for (const { address, validatorSigningInfo } of signingInfos)
        keeper.setSigningInfo(
          ctx,
          consAddress(address),
          infoFrom(validatorSigningInfo ?? create(ValidatorSigningInfoSchema)),
        )
      for (const { address, missedBlocks: places } of missedBlocks)
        for (const { index, missed } of places) setMissed(ctx, consAddress(address), index, missed)
      state.params.set(ctx, params === undefined ? noParams : paramsFrom(params))
    },
    export(view) {
      const infos = [...state.infos.entries(view)]
      return {
        params: paramsTo(keeper.params(view)),
        signingInfos: infos.map(([address, info]) => ({
          address: addresses.consensus.text(address),
          validatorSigningInfo: infoTo(info),
        })),
        missedBlocks: infos.map(([address]) => ({
          address: addresses.consensus.text(address),
          missedBlocks: missedPlaces(view, address).map((index) => ({ index, missed: true })),
        })),
      }
    },
  }
}

/** Lets a validator back in that has served its time and has something to lose. */
const unjail = ({ staking, signingInfo }: Slashing, ctx: Ctx, operator: Uint8Array): void => {
  const validator = staking.requireValidator(ctx, operator)
  const own = staking.requireDelegation(ctx, operator, operator)
  const tokens = decTruncateInt(staking.tokensFromShares(validator, own.shares))
  if (tokens < validator.minSelfDelegation)
    throw err.selfDelegationTooLowToUnjail(`${tokens} less than ${validator.minSelfDelegation}`)
  if (!validator.jailed) throw err.validatorNotJailed()
  // Without signing info it was never bonded, but jailed for too little stake of its own.
  const info = signingInfo(ctx, validator.consAddress)
  if (info?.tombstoned) throw err.validatorJailed()
  if (info !== undefined && ctx.block.timeNs < info.jailedUntilNs) throw err.validatorJailed()
  staking.unjail(ctx, validator.consAddress)
}

const slashingMessages = (keeper: Slashing): MessageRoutes => {
  const { authority, addresses, state } = keeper
  return messages(Msg, {
    unjail(ctx, { validatorAddr }) {
      const operator = addresses.validator.bytes(validatorAddr, (reason) =>
        sdk.invalidAddress(`validator input address: ${reason}`),
      )
      unjail(keeper, ctx, operator)
    },
    updateParams(ctx, message) {
      if (message.authority !== authority)
        throw gov.invalidSigner(`invalid authority; expected ${authority}, got ${message.authority}`)
      state.params.set(ctx, checkParams(message.params ?? create(ParamsSchema)))
    },
  })
}

const slashingQueries = (keeper: Slashing): QueryRoutes =>
  queries(Query, {
    params: (view) => ({ params: paramsTo(keeper.params(view)) }),
    signingInfo(view, { consAddress }) {
      if (consAddress === '') throw invalidArgument('invalid request')
      const info = keeper.signingInfo(view, keeper.addresses.consensus.bytes(consAddress))
      if (info === undefined) throw notFound(`SigningInfo not found for validator ${consAddress}`)
      return { valSigningInfo: infoTo(info) }
    },
    signingInfos(view, { pagination: request }) {
      const { prefix } = keeper.state.infos
      const { items, pagination } = paginateRaw(view, NAME, prefix, request, (_, value) =>
        fromBinary(ValidatorSigningInfoSchema, value),
      )
      return { info: items, pagination }
    },
  })

/** The counter of each validator is the number of its bits. */
const missedBlocksAddUp = ({ state }: Slashing, view: View): boolean => {
  for (const [address, { missedBlocks }] of state.infos.entries(view))
    if (BigInt(missedPlaces(view, address).length) !== missedBlocks) return false
  return true
}
