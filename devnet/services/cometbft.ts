// cosmos.base.tendermint.v1beta1.Service: what the SDK tells about its node, its blocks and its validators
// (client/grpc/cmtservice).
import { create, toBinary } from '@bufbuild/protobuf'
import type { Bytes } from '../../chain/bytes.ts'
import { fromHex } from '../../chain/bytes.ts'
import type { StoredBlock } from '../../chain/consensus/engine.ts'
import { invalidArgument, plainError, type QueryRoutes, queries } from '../../chain/module.ts'
import type { PageRequest } from '../../proto/gen/cosmos/base/query/v1beta1/pagination_pb.ts'
import { Service } from '../../proto/gen/cosmos/base/tendermint/v1beta1/query_pb.ts'
import { PubKeySchema } from '../../proto/gen/cosmos/crypto/ed25519/keys_pb.ts'
import type { ChainNode } from '../chain.ts'

/** The versions of the protocol that Tendril speaks, as a node of the Go stack names them. */
const COMETBFT_VERSION = '0.38.19'
const SDK_VERSION = 'v0.53.6'
const CHANNELS = fromHex('40202122233038606100')

const MAX_PER_PAGE = 100

export const cometQueries = (node: ChainNode): QueryRoutes =>
  queries(Service, {
    getNodeInfo: () => nodeInfo(node),
    getSyncing: () => ({ syncing: false }),
    getLatestBlock: () => blockAnswer(node, blockAt(node, node.engine.blocks.height)),
    getBlockByHeight(_view, { height }) {
      notAbove(node, height)
      return blockAnswer(node, blockAt(node, Number(height)))
    },
    getLatestValidatorSet: (_view, { pagination }) =>
      validatorsAt(node, node.engine.blocks.height + 1, pagination),
    getValidatorSetByHeight(_view, { height, pagination }) {
      const page = pageOf(pagination)
      notAbove(node, height)
      return validatorsAt(node, Number(height), pagination, page)
    },
    aBCIQuery(_view, { path, data, height, prove }) {
      if (path === '') throw invalidArgument('empty query path')
      const [first] = path.replace(/^\//, '').split('/')
      if (!['app', 'store', 'p2p', 'custom'].includes(first!))
        throw invalidArgument(`unsupported ABCI query path: ${path}`)
      const { proofOps, ...answer } = node.app.query({ path, data, height, prove })
      return proofOps === undefined ? answer : { ...answer, proofOps: { ops: proofOps } }
    },
  })

const nodeInfo = ({ info, engine, app }: ChainNode) => ({
  defaultNodeInfo: {
    protocolVersion: { p2p: 8n, block: 11n, app: app.info().appVersion },
    defaultNodeId: info.nodeId,
    listenAddr: 'tcp://0.0.0.0:26656',
    network: engine.chainId,
    version: COMETBFT_VERSION,
    channels: CHANNELS,
    moniker: info.moniker,
    other: { txIndex: 'on', rpcAddress: 'tcp://0.0.0.0:26657' },
  },
  applicationVersion: {
    name: app.name,
    appName: app.name,
    version: info.version,
    goVersion: `node ${process.version}`,
    cosmosSdkVersion: SDK_VERSION,
  },
})

const notAbove = ({ engine }: ChainNode, height: bigint): void => {
  if (height > BigInt(engine.blocks.height))
    throw invalidArgument('requested block height is bigger then the chain length')
}

const checkHeight = ({ engine }: ChainNode, height: number): void => {
  const { base } = engine.blocks
  if (height <= 0) throw plainError(`height must be greater than 0, but got ${height}`)
  if (height < base) throw plainError(`height ${height} is not available, lowest height is ${base}`)
}

/** Throws TxError with CometBFT's text if the block is not kept. */
export const blockAt = (node: ChainNode, height: number): StoredBlock => {
  checkHeight(node, height)
  const stored = node.engine.blocks.block(height)
  if (stored === undefined) throw plainError('nil Block')
  return stored
}

const blockAnswer = ({ app }: ChainNode, { block, blockId }: StoredBlock) => {
  const { header, data, evidence, lastCommit } = block
  const { $typeName: _name, proposerAddress, ...rest } = header!
  return {
    blockId,
    block,
    sdkBlock: {
      header: { ...rest, proposerAddress: app.addresses.consensus.text(proposerAddress) },
      ...(data && { data }),
      ...(evidence && { evidence }),
      ...(lastCommit && { lastCommit }),
    },
  }
}

/** Page and size as the SDK reads them off a PageRequest (query.ParsePagination). */
const pageOf = (request: PageRequest | undefined): { page: number; limit: number } => {
  const offset = Number(BigInt.asIntN(64, request?.offset ?? 0n))
  const limit = Number(BigInt.asIntN(64, request?.limit ?? 0n))
  if (offset < 0) throw invalidArgument('offset must greater than 0')
  if (limit < 0) throw invalidArgument('limit must greater than 0')
  const size = limit === 0 ? MAX_PER_PAGE : limit
  return { page: Math.floor(offset / size) + 1, limit: size > MAX_PER_PAGE ? MAX_PER_PAGE : size }
}

const validatorsAt = (
  node: ChainNode,
  height: number,
  request: PageRequest | undefined,
  { page, limit } = pageOf(request),
) => {
  checkHeight(node, height)
  const set = node.engine.blocks.validators(height)
  if (set === undefined) throw plainError(`could not find validator set for height #${height}`)
  const { validators } = set
  const pages = Math.max(1, Math.ceil(validators.length / limit))
  if (page > pages) throw plainError(`page should be within [1, ${pages}] range, given ${page}`)
  return {
    blockHeight: BigInt(height),
    validators: validators.slice((page - 1) * limit, page * limit).map((validator) => ({
      address: node.app.addresses.consensus.text(validator.address),
      pubKey: ed25519Key(validator.pubKey?.sum.value ?? new Uint8Array()),
      votingPower: validator.votingPower,
      proposerPriority: validator.proposerPriority,
    })),
    pagination: { total: BigInt(validators.length) },
  }
}

const ed25519Key = (key: Bytes): { typeUrl: string; value: Bytes } => ({
  typeUrl: `/${PubKeySchema.typeName}`,
  value: toBinary(PubKeySchema, create(PubKeySchema, { key })),
})
