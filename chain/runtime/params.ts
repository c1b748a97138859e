// Where the consensus parameters live is the consensus module's business; the app only reads and writes them.
import type { ConsensusParams } from '../../proto/gen/tendermint/types/params_pb.ts'
import type { Ctx, View } from './context.ts'

export type ConsensusParamsStore = {
  get(view: View): ConsensusParams | undefined
  set(ctx: Ctx, params: ConsensusParams): void
}
