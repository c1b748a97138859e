// What became of a transaction, and how it is told to consensus.
import type { Any } from '@bufbuild/protobuf/wkt'
import type { Event, ExecTxResult } from '../../abci/application.ts'
import { type Bytes, concatBytes, utf8 } from '../../bytes.ts'
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

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]
const field = (number: number, bytes: Bytes): Bytes =>
  concatBytes(new Uint8Array([number * 8 + 2, ...varint(bytes.length)]), bytes)

/** TxMsgData with its responses: the data of a result. */
export const txData = (responses: readonly Any[]): Bytes =>
  concatBytes(
    ...responses.map(({ typeUrl, value }) =>
      field(2, concatBytes(field(1, utf8(typeUrl)), ...(value.length > 0 ? [field(2, value)] : []))),
    ),
  )
