// What became of a transaction, and how it is told to consensus.
import type { Any } from '@bufbuild/protobuf/wkt'
import type { Event, ExecTxResult } from '../../abci/application.ts'
import type { Bytes } from '../../bytes.ts'
import { ProtoWriter } from '../../consensus/wire.ts'
import { GrpcError, panicError, plainError, TxError } from '../errors.ts'

export type Outcome = {
  /** 2^64-1 where there is no limit. */
  gasWanted: bigint
  gasUsed: number
  /** Of the ante handler alone if the messages failed; none if it refused. */
  events: Event[]
  data: Bytes
  responses: Any[]
  error: TxError | undefined
}

const NONE: Bytes = new Uint8Array()

export const execResult = (outcome: Outcome): ExecTxResult => {
  const { error } = outcome
  return {
    code: error?.code ?? 0,
    data: error === undefined ? outcome.data : NONE,
    log: error?.message ?? '',
    info: '',
    gasWanted: BigInt.asIntN(64, outcome.gasWanted),
    gasUsed: BigInt(outcome.gasUsed),
    events: outcome.events,
    codespace: error?.codespace ?? '',
  }
}

/** An error that the protocol knows; undefined for a bug of ours. */
export const knownError = (error: unknown): TxError | undefined => {
  if (error instanceof TxError) return error
  if (error instanceof GrpcError) return plainError(error.text)
  return undefined
}

/** What a bug looks like on chain, as the SDK's recovery prints it. */
export const bugError = (error: unknown): TxError => {
  const [message, stack] = error instanceof Error ? [error.message, error.stack ?? ''] : [String(error), '']
  return panicError(`recovered: ${message}\nstack:\n${stack}`)
}

/** TxMsgData with its responses: the data of a result. */
export const txData = (responses: readonly Any[]): Bytes => {
  const writer = new ProtoWriter(64 * responses.length)
  for (const { typeUrl, value } of responses) {
    const start = writer.begin(2)
    writer.text(1, typeUrl)
    writer.bytes(2, value)
    writer.end(start)
  }
  return writer.finish()
}
