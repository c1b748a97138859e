// What a proposer puts into a block: the mempool's transactions in its order, as far as bytes and gas allow
// (the SDK's default handler without an application mempool). Every proposal of others is accepted.
import type { Bytes } from '../../bytes.ts'
import { TxError } from '../errors.ts'
import type { TxDecoder } from '../tx.ts'

/** If one does not decode, all are proposed as they are: it fails in the block. `maxGas` -1 is no limit. */
export const selectTxs = (txs: Bytes[], maxBytes: bigint, maxGas: bigint, decode: TxDecoder): Bytes[] => {
  const room = Number(maxBytes)
  const selected: Bytes[] = []
  let bytes = 0
  let gas = 0n
  for (const raw of txs) {
    const wanted = gasOf(raw, decode)
    if (wanted === undefined) return txs
    const size = protoSize(raw)
    if (bytes + size <= room && (maxGas <= 0n || gas + wanted <= maxGas)) {
      bytes += size
      gas += wanted
      selected.push(raw)
    }
    if (bytes >= room || (maxGas > 0n && gas >= maxGas)) break
  }
  return selected
}

const gasOf = (raw: Bytes, decode: TxDecoder): bigint | undefined => {
  try {
    return decode(raw).authInfo.fee?.gasLimit
  } catch (error) {
    if (error instanceof TxError) return undefined
    throw error
  }
}

/** Length as a repeated field of tendermint.types.Data. */
const protoSize = (raw: Bytes): number => {
  let size = 2 + raw.length
  for (let rest = raw.length; rest >= 128; rest >>>= 7) size++
  return size
}
