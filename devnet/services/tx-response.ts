// cosmos.base.abci.v1beta1.TxResponse of a transaction, in its block or on its way there (SDK
// types/result.go).
import type { MessageInitShape } from '@bufbuild/protobuf'
import { type Bytes, toHex } from '../../chain/bytes.ts'
import { MempoolError } from '../../chain/consensus/engine.ts'
import { sdk } from '../../chain/module.ts'
import { formatTime } from '../../chain/time.ts'
import type { TxResponseSchema } from '../../proto/gen/cosmos/base/abci/v1beta1/abci_pb.ts'
import type { ChainNode, Submitted } from '../chain.ts'
import type { IndexedTx } from '../indexer.ts'
import { blockAt } from './cometbft.ts'

export type TxResponseInit = MessageInitShape<typeof TxResponseSchema>

const upperHex = (bytes: Bytes): string => toHex(bytes).toUpperCase()

/** `tx` is the decoded transaction's bytes again, as an Any holds them. */
export const txResponse = (
  node: ChainNode,
  { height, hash, result }: IndexedTx,
  tx: Bytes,
): TxResponseInit => {
  const { time } = blockAt(node, height).block.header!
  return {
    height: BigInt(height),
    txhash: upperHex(hash),
    codespace: result.codespace,
    code: result.code,
    data: upperHex(result.data),
    rawLog: result.log,
    info: result.info,
    gasWanted: result.gasWanted,
    gasUsed: result.gasUsed,
    tx: { typeUrl: '/cosmos.tx.v1beta1.Tx', value: tx },
    timestamp: formatTime({ seconds: time!.seconds, nanos: 0 }),
    events: result.events,
  }
}

/** What CheckTx said. */
export const broadcastResponse = ({ code, codespace, data, log, hash }: Submitted): TxResponseInit => ({
  code,
  codespace,
  data: upperHex(data),
  rawLog: log,
  txhash: upperHex(hash),
})

/** The mempool's refusals have codes of the SDK; any other error is undefined (client.CheckCometError). */
export const refusalResponse = (error: unknown, hash: Bytes): TxResponseInit | undefined => {
  if (!(error instanceof MempoolError)) return undefined
  const text = error.message.toLowerCase()
  const kind = text.includes('tx already exists in cache')
    ? sdk.txInMempoolCache
    : text.includes('mempool is full')
      ? sdk.mempoolIsFull
      : text.includes('tx too large')
        ? sdk.txTooLarge
        : undefined
  return kind && { code: kind.code, codespace: kind.codespace, txhash: upperHex(hash) }
}
