// consensus: keeps the parameters of consensus in state, so that governance can change them. The app reads
// them from here for every block and tells the engine what changed.
import { create } from '@bufbuild/protobuf'
import {
  checkParams,
  checkParamsUpdate,
  defaultConsensusParams,
  updateParams,
} from '../../chain/consensus/params.ts'
import {
  type ChainSettings,
  type ConsensusParamsStore,
  compactText,
  defineModule,
  internal,
  type Module,
  messages,
  messageValue,
  plainError,
  queries,
  store,
  TxError,
} from '../../chain/module.ts'
import { Query } from '../../proto/gen/cosmos/consensus/v1/query_pb.ts'
import { Msg, type MsgUpdateParams } from '../../proto/gen/cosmos/consensus/v1/tx_pb.ts'
import {
  ABCIParamsSchema,
  type ConsensusParams,
  ConsensusParamsSchema,
} from '../../proto/gen/tendermint/types/params_pb.ts'

const NAME = 'consensus'
const GO_PACKAGE = 'github.com/cosmos/gogoproto'

/** As gov's ErrInvalidSigner. */
const invalidSigner = (detail: string) =>
  new TxError('gov', 13, `${detail}: expected gov account as only signer for proposal message`)

export const consensus = ({ authority }: Pick<ChainSettings, 'authority'>) => {
  const kv = store(NAME)
  const params = kv.item<ConsensusParams>('Consensus', messageValue(ConsensusParamsSchema))

  const paramsStore: ConsensusParamsStore = {
    get: (view) => params.get(view),
    set: (ctx, value) => params.set(ctx, value),
  }

  const module: Module = defineModule({
    name: NAME,
    stores: [NAME],
    messages: [
      messages(Msg, {
        updateParams(ctx, message) {
          if (message.authority !== authority)
            throw invalidSigner(`invalid authority; expected ${authority}, got ${message.authority}`)
          const wanted = wantedParams(message)
          const current = withVersion(params.require(ctx))
          const next = withVersion(updateParams(current, wanted))
          plainly(() => checkParams(next))
          plainly(() => checkParamsUpdate(current, wanted, ctx.block.height))
          params.set(ctx, { ...next, abci: next.abci ?? create(ABCIParamsSchema) })
          ctx.emit(
            'update_consensus_params',
            ['authority', message.authority],
            ['parameters', compactText(ConsensusParamsSchema, wanted)],
          )
          return undefined
        },
      }),
    ],
    queries: [
      queries(Query, {
        params(view) {
          const value = params.get(view)
          if (value === undefined)
            throw internal(
              `collections: not found: key 'no_key' of type ${GO_PACKAGE}/${ConsensusParamsSchema.typeName}`,
            )
          return { params: value }
        },
      }),
    ],
  })
  return { module, params: paramsStore }
}

/**
 * MsgUpdateParams.ToProtoConsensusParams: the version of the app is not its business and is sent as the
 * default.
 */
const wantedParams = ({ block, evidence, validator, abci }: MsgUpdateParams): ConsensusParams => {
  if (!block || !evidence || !validator) throw plainError('all parameters must be present')
  const { version } = defaultConsensusParams()
  const wanted = { ...defaultConsensusParams(), block, evidence, validator }
  delete wanted.abci
  if (version) wanted.version = version
  if (abci) wanted.abci = abci
  return wanted
}

const withVersion = (params: ConsensusParams): ConsensusParams => ({
  ...params,
  version: params.version ?? defaultConsensusParams().version!,
})

/** What CometBFT's checks throw, as the Go module returns it: an error without a code of its own. */
const plainly = (check: () => void): void => {
  try {
    check()
  } catch (error) {
    if (error instanceof Error) throw plainError(error.message)
    throw error
  }
}
