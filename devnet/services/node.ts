// cosmos.base.node.v1beta1.Service: how this node is set up and where its state stands (client/grpc/node).
import { timestampFromNs } from '../../chain/consensus/time.ts'
import { type QueryRoutes, queries } from '../../chain/module.ts'
import { Service } from '../../proto/gen/cosmos/base/node/v1beta1/query_pb.ts'

export type NodeSettings = {
  /** As sdk.DecCoins print: `0.001000000000000000utend`; empty accepts any fee. */
  minGasPrices: string
  pruning: { keepRecent: number; interval: number }
}

export const nodeQueries = ({ minGasPrices, pruning }: NodeSettings): QueryRoutes =>
  queries(Service, {
    config: () => ({
      minimumGasPrice: minGasPrices,
      pruningKeepRecent: `${pruning.keepRecent}`,
      pruningInterval: `${pruning.interval}`,
      haltHeight: 0n,
    }),
    status: ({ block }) => ({
      height: block.height,
      timestamp: timestampFromNs(block.timeNs),
      appHash: block.appHash,
      validatorHash: block.nextValidatorsHash,
    }),
  })
