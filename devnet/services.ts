// The services that belong to the node rather than to a module, and the gateway through which gRPC and REST reach
// them and the modules' queries.
import { parseDecCoins } from '../chain/module.ts'
import type { ChainNode } from './chain.ts'
import { createGateway, type Gateway } from './gateway.ts'
import { cometQueries } from './services/cometbft.ts'
import { nodeQueries, type NodeSettings } from './services/node.ts'
import { reflectionQueries } from './services/reflection.ts'
import { broadcast, txQueries } from './services/tx.ts'
