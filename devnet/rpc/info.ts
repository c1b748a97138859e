// What a node says of itself and of the state of consensus (rpc/core/status.go, net.go, health.go,
// consensus.go, abci.go).

import { create } from '@bufbuild/protobuf'
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { TimestampSchema } from '@bufbuild/protobuf/wkt'
import type { StoredBlock } from '../../chain/consensus/engine.ts'
import { genesisJson } from '../../chain/consensus/genesis.ts'
import { BLOCK_PROTOCOL } from '../../chain/consensus/header.ts'
import { publicKeyOf } from '../../chain/consensus/validator.ts'
import { roundStateText, simpleRoundStateText } from './consensus.ts'
import { publicKeyText } from './json/block.ts'
import { paramsText } from './json/results.ts'
import { base64, escapeHtml, hex, integer, object, quote, time } from './json/text.ts'
import { type Methods, method } from './method.ts'
import { heightOf, type RpcNode, uncommittedHeight } from './node.ts'

/** The version that CometBFT 0.38.21 reports; clients choose their dialect by it. */
const COMETBFT_VERSION = '0.38.19'
const P2P_PROTOCOL = 8
/** What a full node listens for among its peers; there are none here. */
const CHANNELS = '40202122233038606100'
/** Bytes of the genesis in one chunk. */
const GENESIS_CHUNK = 16 * 1024 * 1024

const NO_BYTES = new Uint8Array(0)
/** What Go prints for a block that is not there: its times are in unix nanoseconds. */
const EPOCH: Timestamp = create(TimestampSchema)

const nodeInfoText = ({ info, genesis }: RpcNode, address: string): string =>
  object({
    protocol_version: `{"p2p":"${P2P_PROTOCOL}","block":"${BLOCK_PROTOCOL}","app":"0"}`,
    id: quote(info.nodeId),
    listen_addr: quote('tcp://0.0.0.0:26656'),
    network: quote(genesis.chainId),
    version: quote(COMETBFT_VERSION),
    channels: quote(CHANNELS),
    moniker: quote(info.moniker),
    other: `{"tx_index":"on","rpc_address":${quote(address)}}`,
  })

const edgeText = (edge: 'latest' | 'earliest', stored: StoredBlock | undefined): Record<string, string> => {
  const header = stored?.block.header
  return {
    [`${edge}_block_hash`]: hex(stored?.blockId.hash ?? NO_BYTES),
    [`${edge}_app_hash`]: hex(header?.appHash ?? NO_BYTES),
    [`${edge}_block_height`]: integer(header?.height ?? 0),
    [`${edge}_block_time`]: time(header?.time ?? EPOCH),
  }
}

/** The first validator stands for the node's own. */
const validatorInfoText = (node: RpcNode): string => {
  const set = node.engine.blocks.validators(uncommittedHeight(node))
  const validator = set?.validators[0]
  return object({
    address: hex(validator?.address ?? NO_BYTES),
    pub_key: validator ? publicKeyText(publicKeyOf(validator)) : 'null',
    voting_power: integer(validator?.votingPower ?? 0),
  })
}

const statusText = (node: RpcNode, address: string): string => {
  const { blocks } = node.engine
  const sync = object({
    ...edgeText('latest', blocks.block(blocks.height)),
    ...edgeText('earliest', blocks.block(blocks.base)),
    catching_up: 'false',
  })
  const validator = validatorInfoText(node)
  return object({ node_info: nodeInfoText(node, address), sync_info: sync, validator_info: validator })
}

const genesisText = ({ genesis }: RpcNode): string => escapeHtml(JSON.stringify(genesisJson(genesis)))

const genesisChunk = (node: RpcNode, chunk: bigint): string => {
  const data = Buffer.from(genesisText(node), 'utf8')
  const total = Math.ceil(data.length / GENESIS_CHUNK)
  if (chunk > total - 1) throw new Error(`there are ${total - 1} chunks, ${chunk} is invalid`)
  const start = Number(chunk) * GENESIS_CHUNK
  const part = data.subarray(start, start + GENESIS_CHUNK)
  return `{"chunk":${integer(chunk)},"total":${integer(total)},"data":${base64(part)}}`
}

const abciInfoText = ({ app }: RpcNode): string => {
  const { data, version, appVersion, lastBlockHeight, lastBlockAppHash } = app.info()
  const response = object({
    data: data === '' ? undefined : quote(data),
    version: version === '' ? undefined : quote(version),
    app_version: appVersion === 0n ? undefined : integer(appVersion),
    last_block_height: lastBlockHeight === 0n ? undefined : integer(lastBlockHeight),
    last_block_app_hash: lastBlockAppHash.length === 0 ? undefined : base64(lastBlockAppHash),
  })
  return `{"response":${response}}`
}

/** `address` is where the RPC listens, as `tcp://host:port`. */
export const infoMethods = (node: RpcNode, address: () => string): Methods => {
  const { blocks, initialHeight } = node.engine
  return {
    health: method({}, () => '{}'),
    status: method({}, () => statusText(node, address())),
    net_info: method({}, () => '{"listening":true,"listeners":["Listener(@)"],"n_peers":"0","peers":[]}'),
    genesis: method(
      {},
      () => {
        const text = genesisText(node)
        if (Buffer.byteLength(text) > GENESIS_CHUNK)
          throw new Error('genesis response is large, please use the genesis_chunked API instead')
        return `{"genesis":${text}}`
      },
      { cacheable: [] },
    ),
    genesis_chunked: method({ chunk: 'uint' }, ({ chunk }) => genesisChunk(node, chunk), { cacheable: [] }),
    abci_info: method({}, () => abciInfoText(node), { cacheable: [] }),
    consensus_state: method({}, () => `{"round_state":${simpleRoundStateText(blocks, initialHeight)}}`),
    dump_consensus_state: method(
      {},
      () => `{"round_state":${roundStateText(blocks, initialHeight)},"peers":[]}`,
    ),
    consensus_params: method(
      { height: 'int64?' },
      (args) => {
        const height = heightOf(blocks, args.height, uncommittedHeight(node))
        const params = blocks.consensusParams(height)
        if (params === undefined) throw new Error(`could not find consensus params for height #${height}`)
        return `{"block_height":${integer(height)},"consensus_params":${paramsText(params)}}`
      },
      { cacheable: ['height'] },
    ),
  }
}
