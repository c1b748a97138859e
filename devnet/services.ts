// The services that belong to the node rather than to a module, and the gateway through which gRPC and REST
// reach them and the modules' queries.
import { decCoinsText, parseDecCoins } from '../chain/module.ts'
import type { ChainNode } from './chain.ts'
import { createGateway, type Gateway } from './gateway.ts'
import { cometQueries } from './services/cometbft.ts'
import { nodeQueries } from './services/node.ts'
import { reflectionQueries } from './services/reflection.ts'
import { broadcast, txQueries } from './services/tx.ts'

export type ServiceSettings = {
  /** As the app has them: `0.025utend`; default any fee. */
  minGasPrices?: string
  pruning?: { keepRecent: number; interval: number }
}

/** Adds the node's own services to its application. Once for each node, before clients come. */
export const addNodeServices = (node: ChainNode, settings: ServiceSettings = {}): void => {
  const { minGasPrices = '', pruning = { keepRecent: 0, interval: 0 } } = settings
  node.app.addQueries(
    txQueries(node),
    cometQueries(node),
    nodeQueries({ minGasPrices: decCoinsText(parseDecCoins(minGasPrices)), pruning }),
    ...reflectionQueries(node),
  )
}

/** The way from gRPC and REST into a node. `bug` is told about throws that are our own fault. */
export const gatewayOf = (node: ChainNode, bug: (error: unknown) => void = () => undefined): Gateway =>
  createGateway({
    app: node.app,
    asyncMethods: new Map([['/cosmos.tx.v1beta1.Service/BroadcastTx', (data) => broadcast(node, data)]]),
    height: () => BigInt(node.engine.blocks.height),
    settled: () => node.saving,
    bug,
  })
