// Queries to the application (rpc/core/abci.go).
import type { ProofOp, QueryResponse } from '../../chain/abci/application.ts'
import { base64OrNull, integer, list, object, quote } from './json/text.ts'
import { type Methods, method } from './method.ts'
import type { RpcNode } from './node.ts'

/** ProofOp is printed by jsonpb, with what is empty. */
const opText = ({ type, key, data }: ProofOp): string =>
  `{"type":${quote(type)},"key":${base64OrNull(key)},"data":${base64OrNull(data)}}`

const responseText = (response: QueryResponse): string =>
  object({
    code: `${response.code}`,
    log: quote(response.log),
    info: quote(response.info),
    index: integer(response.index),
    key: base64OrNull(response.key),
    value: base64OrNull(response.value),
    proofOps: response.proofOps ? `{"ops":${list(response.proofOps, opText)}}` : 'null',
    height: integer(response.height),
    codespace: quote(response.codespace),
  })

export const abciMethods = ({ app }: RpcNode): Methods => ({
  abci_query: method(
    { path: 'string', data: 'hex', height: 'int64', prove: 'bool' },
    (query) => `{"response":${responseText(app.query(query))}}`,
  ),
})
