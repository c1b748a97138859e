// cosmos.tx.v1beta1.Service: simulate, broadcast, find, encode and decode transactions (SDK
// x/auth/tx/service.go).
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import type { Bytes } from '../../chain/bytes.ts'
import { sha256 } from '../../chain/hash.ts'
import {
  GrpcError,
  grpcCodes,
  internal,
  invalidArgument,
  notFound,
  plainError,
  type QueryRoutes,
  queries,
  sdk,
  type TxDecoder,
  TxError,
  txDecoder,
} from '../../chain/module.ts'
import type { PageRequest } from '../../proto/gen/cosmos/base/query/v1beta1/pagination_pb.ts'
import {
  BroadcastMode,
  type BroadcastTxRequest,
  BroadcastTxRequestSchema,
  BroadcastTxResponseSchema,
  type GetTxsEventRequest,
  OrderBy,
  Service,
} from '../../proto/gen/cosmos/tx/v1beta1/service_pb.ts'
import {
  AuthInfoSchema,
  type Tx,
  TxBodySchema,
  TxRawSchema,
  TxSchema,
} from '../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import type { ChainNode } from '../chain.ts'
import { blockAt } from './cometbft.ts'
import { broadcastResponse, refusalResponse, txResponse } from './tx-response.ts'

const MAX_PER_PAGE = 100
/** query.DefaultLimit, which is also the most. */
const DEFAULT_LIMIT = 100n

export const txQueries = (node: ChainNode): QueryRoutes => {
  const decode = decoderOf(node)
  return queries(Service, {
    simulate: (_view, { tx, txBytes }) => simulate(node, txBytes.length === 0 && tx ? encodeTx(tx) : txBytes),
    getTx: (_view, { hash }) => findTx(node, decode, hash),
    getTxsEvent: (_view, request) => searchTxs(node, decode, request),
    getBlockWithTxs: (view, { height, pagination }) =>
      blockWithTxs(node, decode, height, view.block.height, pagination),
    broadcastTx: () => {
      throw sdk.invalidRequest("can't route a broadcast tx message") // a query cannot wait: see `broadcast`
    },
    txDecode(_view, { txBytes }) {
      if (txBytes.length === 0) throw invalidArgument('invalid empty tx bytes')
      return { tx: decode(txBytes) }
    },
    txEncode(_view, { tx }) {
      if (tx === undefined) throw invalidArgument('invalid empty tx')
      return { txBytes: encodeTx(tx) }
    },
    txEncodeAmino: () => noAminoBinary(),
    txDecodeAmino: () => noAminoBinary(),
  })
}

/** Amino's binary form of transactions has no user left: no chain of SDK 0.40 or later accepts it. */
const noAminoBinary = (): never => {
  throw new GrpcError(grpcCodes.Unimplemented, 'amino binary transactions are not supported: use TxEncode')
}

type Decode = (raw: Bytes) => Tx

/** Transactions as the chain itself decodes them, put together again as one message. Throws TxError. */
const decoderOf = ({ app }: ChainNode): Decode => {
  let decoder: TxDecoder | undefined
  return (raw) => {
    decoder ??= txDecoder(app.registry, app.addresses, messageNames(app))
    const { body, authInfo, signatures } = decoder(raw)
    return create(TxSchema, { body, authInfo, signatures: [...signatures] })
  }
}

const messageNames = ({ msgServices }: ChainNode['app']): ((typeUrl: string) => boolean) => {
  const names = new Set(
    msgServices.flatMap(({ methods }) => methods.map(({ input }) => `/${input.typeName}`)),
  )
  return (typeUrl) => names.has(typeUrl)
}

const encodeTx = ({ body, authInfo, signatures }: Tx): Bytes =>
  toBinary(
    TxRawSchema,
    create(TxRawSchema, {
      bodyBytes: body === undefined ? new Uint8Array() : toBinary(TxBodySchema, body),
      authInfoBytes: authInfo === undefined ? new Uint8Array() : toBinary(AuthInfoSchema, authInfo),
      signatures,
    }),
  )

const simulate = ({ app }: ChainNode, txBytes: Bytes) => {
  if (txBytes.length === 0) throw invalidArgument('empty txBytes is not allowed')
  try {
    const { gasWanted, gasUsed, result } = app.simulate(txBytes)
    const events = result.events.map(({ type, attributes }) => ({
      type,
      attributes: attributes.map(({ key, value }) => ({ key, value, index: false })),
    }))
    return { gasInfo: { gasWanted, gasUsed }, result: { ...result, events } }
  } catch (error) {
    if (!(error instanceof TxError)) throw error
    const { gasUsed = 0n } = error as { gasUsed?: bigint }
    throw new GrpcError(grpcCodes.Unknown, `${error.message} with gas used: '${gasUsed}'`)
  }
}

const findTx = (node: ChainNode, decode: Decode, hash: string) => {
  if (hash === '') throw invalidArgument('tx hash cannot be empty')
  const found = node.index.tx(hashBytes(hash))
  if (found === undefined) throw notFound(`tx not found: ${hash}`)
  const tx = decode(found.tx)
  return { tx, txResponse: txResponse(node, found, toBinary(TxSchema, tx)) }
}

/** Reads hexadecimal with the complaints of Go's encoding/hex. */
const hashBytes = (text: string): Bytes => {
  const bad = /[^0-9a-fA-F]/u.exec(text)
  if (bad !== null) {
    const code = bad[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
    throw plainError(`encoding/hex: invalid byte: U+${code} '${bad[0]}'`)
  }
  if (text.length % 2 !== 0) throw plainError('encoding/hex: odd length hex string')
  return Buffer.from(text, 'hex')
}

const searchTxs = (node: ChainNode, decode: Decode, request: GetTxsEventRequest) => {
  if (request.query === '') throw internal('query cannot be empty')
  const { txs, total } = search(node, request)
  const decoded = txs.map(({ tx }) => decode(tx))
  return {
    txs: decoded,
    txResponses: txs.map((found, i) => txResponse(node, found, toBinary(TxSchema, decoded[i]!))),
    total: BigInt(total),
  }
}

const search = (node: ChainNode, { query, page, limit, orderBy }: GetTxsEventRequest) => {
  try {
    return node.index.searchTxs(query, {
      orderBy: orderBy === OrderBy.DESC ? 'desc' : 'asc',
      page: page === 0n ? 1 : Number(page),
      perPage: limit === 0n || limit > BigInt(MAX_PER_PAGE) ? MAX_PER_PAGE : Number(limit),
    })
  } catch (error) {
    throw internal(`failed to search for txs: ${error instanceof Error ? error.message : error}`)
  }
}

const blockWithTxs = (
  node: ChainNode,
  decode: Decode,
  height: bigint,
  current: bigint,
  request: PageRequest | undefined,
) => {
  if (height < 1n || height > current)
    throw sdk.invalidHeight(
      `requested height ${height} but height must not be less than 1 ` +
        `or greater than the current height ${current}`,
    )
  const { block, blockId } = blockAt(node, Number(height))
  const all = block.data?.txs ?? []
  const { offset, limit: asked, reverse } = request ?? { offset: 0n, limit: DEFAULT_LIMIT, reverse: false }
  const limit = asked > DEFAULT_LIMIT ? DEFAULT_LIMIT : asked
  const total = BigInt(all.length)
  if (offset >= total && total !== 0n)
    throw sdk.invalidRequest(
      `out of range: cannot paginate ${total} txs with offset ${offset} and limit ${limit}`,
    )
  const from = Number(offset)
  // Backwards the SDK stops before the first transaction.
  const wanted = reverse ? all.slice(1, from + 1).reverse() : all.slice(from)
  return {
    txs: wanted.slice(0, Number(limit)).flatMap((raw) => decodable(decode, raw)),
    blockId,
    block,
    pagination: { total },
  }
}

/** A block may hold bytes that are no transaction; they are left out. */
const decodable = (decode: Decode, raw: Bytes): Tx[] => {
  try {
    return [decode(raw)]
  } catch (error) {
    if (error instanceof TxError) return []
    throw error
  }
}

type BroadcastInit = MessageInitShape<typeof BroadcastTxResponseSchema>

const checkRequest = ({ txBytes, mode }: BroadcastTxRequest): void => {
  if (txBytes.length === 0) throw invalidArgument('invalid empty tx')
  if (mode !== BroadcastMode.SYNC && mode !== BroadcastMode.ASYNC)
    throw plainError('unsupported return type unspecified; supported types: sync, async')
}

/**
 * Over gRPC and REST: waits for CheckTx. An asynchronous broadcast tells only what kept it out of the
 * mempool.
 */
export const broadcast = async (node: ChainNode, data: Bytes): Promise<Bytes> => {
  const request = fromBinary(BroadcastTxRequestSchema, data)
  checkRequest(request)
  const answer = (response: BroadcastInit) =>
    toBinary(BroadcastTxResponseSchema, create(BroadcastTxResponseSchema, response))
  try {
    const submitted = await node.submit(request.txBytes)
    const isSync = request.mode === BroadcastMode.SYNC
    return answer({
      txResponse: isSync ? broadcastResponse(submitted) : { txhash: broadcastResponse(submitted).txhash! },
    })
  } catch (error) {
    const refusal = refusalResponse(error, sha256(request.txBytes))
    if (refusal !== undefined) return answer({ txResponse: refusal })
    throw plainError(error instanceof Error ? error.message : `${error}`)
  }
}
