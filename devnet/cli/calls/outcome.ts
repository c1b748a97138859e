// What became of a transaction: as the SDK's TxResponse for programs, in a few lines for people.
import { create, fromBinary, type Registry } from '@bufbuild/protobuf'
import { fromBase64 } from '../../../chain/base64.ts'
import { type Bytes, toHex } from '../../../chain/bytes.ts'
import { JsonError, toJson, toJsonText } from '../../../chain/runtime/json.ts'
import { TxMsgDataSchema, TxResponseSchema } from '../../../proto/gen/cosmos/base/abci/v1beta1/abci_pb.ts'
import type { CommittedTx } from './rpc.ts'
import { yamlText } from './yaml.ts'

const dataOf = ({ tx_result }: CommittedTx): Bytes => fromBase64(tx_result.data ?? '') ?? new Uint8Array()

/** One line of JSON; a transaction that is in no block yet has height 0. */
export const outcomeJson = (hash: string, committed: CommittedTx | undefined, registry: Registry): string => {
  const result = committed?.tx_result
  const response = create(TxResponseSchema, {
    txhash: hash,
    height: BigInt(committed?.height ?? 0),
    ...(result && {
      codespace: result.codespace,
      code: result.code,
      rawLog: result.log,
      data: toHex(dataOf(committed)).toUpperCase(),
      gasWanted: BigInt(result.gas_wanted),
      gasUsed: BigInt(result.gas_used),
      events: result.events,
    }),
  })
  return `${toJsonText(TxResponseSchema, response, registry)}\n`
}

/** What the messages answered, if they said anything. */
const responses = (committed: CommittedTx, registry: Registry): string[] => {
  const { msgResponses } = fromBinary(TxMsgDataSchema, dataOf(committed))
  return msgResponses.flatMap(({ typeUrl, value }) => {
    const schema = registry.getMessage(typeUrl.slice(typeUrl.lastIndexOf('/') + 1))
    if (schema === undefined || value.length === 0) return []
    try {
      const text = yamlText(toJson(schema, fromBinary(schema, value), registry))
      return text.trimEnd().split('\n')
    } catch (error) {
      if (error instanceof JsonError) return [`${schema.name}: ${error.message}`]
      throw error
    }
  })
}

/** A few lines; ends with a line feed. */
export const outcomeText = (hash: string, committed: CommittedTx | undefined, registry: Registry): string => {
  if (committed === undefined) return `tx       ${hash}\n`
  const { code, codespace, log, gas_used, gas_wanted } = committed.tx_result
  const rows = [
    `tx       ${hash}`,
    `block    ${committed.height}`,
    `gas      ${gas_used} of ${gas_wanted}`,
    code === 0 ? 'result   ok' : `result   failed (${codespace} ${code}): ${log}`,
    ...responses(committed, registry).map((line, at) => `${at === 0 ? 'answer' : ''}`.padEnd(9) + line),
  ]
  return `${rows.join('\n')}\n`
}
