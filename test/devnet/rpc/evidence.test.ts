// Evidence that clients report is read, checked and answered as CometBFT does; blocks with evidence print it.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { EvidenceError } from '../../../chain/consensus/engine.ts'
import { hashEvidence } from '../../../chain/consensus/evidence.ts'
import { evidenceText } from '../../../devnet/rpc/json/block.ts'
import { readEvidence } from '../../../devnet/rpc/json/evidence.ts'
import type { RpcServer } from '../../../devnet/rpc/server.ts'
import type { Evidence } from '../../../proto/gen/tendermint/types/evidence_pb.ts'
import { vectorJson } from '../../vectors.ts'
import { recordedNode, serve } from './recorded.ts'

/** Two votes made, encoded and hashed with the Go library. */
const { text, hash } = vectorJson<{ text: string; hash: string }>('rpc/evidence.json')

let server: RpcServer
let added: Evidence[] = []
beforeAll(async () => {
  const node = recordedNode(10)
  const addEvidence = (evidence: Evidence) => {
    if (evidence.sum.case !== 'duplicateVoteEvidence') throw new EvidenceError('not of this kind')
    added.push(evidence)
  }
  server = await serve(Object.assign(node, { engine: Object.assign(node.engine, { addEvidence }) }))
})
afterAll(() => server.close())

const broadcast = async (evidence: string) => {
  added = []
  const body = `{"jsonrpc":"2.0","id":1,"method":"broadcast_evidence","params":{"evidence":${evidence}}}`
  return JSON.parse(await (await fetch(`http://127.0.0.1:${server.port}`, { method: 'POST', body })).text())
}

test('JSON of the Go library is read and printed again, with the same hash', () => {
  const evidence = readEvidence(text)
  expect(evidenceText(evidence)).toBe(text)
  expect(Buffer.from(hashEvidence(evidence)).toString('hex').toUpperCase()).toBe(hash)
})

describe('broadcast_evidence', () => {
  test('hands sound evidence to the engine and answers with its hash', async () => {
    expect((await broadcast(text)).result).toEqual({ hash: Buffer.from(hash, 'hex').toString('base64') })
    expect(added).toHaveLength(1)
  })

  test.each([
    ['null', 'no evidence was provided'],
    [
      text.replace('"block_id":{"hash":"01', '"block_id":{"hash":"03'),
      'evidence.ValidateBasic failed: duplicate votes in invalid order',
    ],
    [
      '{"type":"tendermint/LightClientAttackEvidence","value":{}}',
      'failed to add evidence: not of this kind',
    ],
  ])('refuses what is unsound (%#)', async (evidence, data) => {
    expect((await broadcast(evidence)).error).toEqual({ code: -32603, message: 'Internal error', data })
    expect(added).toEqual([])
  })

  test.each([
    ['5', 'json: cannot unmarshal number into Go value of type json.interfaceWrapper'],
    ['{}', 'interface type cannot be empty'],
    ['{"type":"a"}', 'interface value cannot be empty'],
    ['{"type":"a","value":{}}', 'unknown type "a"'],
    [text.replace('"height":"5"', '"height":5'), 'invalid 64-bit integer encoding "5", expected string'],
  ])('refuses what is no evidence (%#)', async (evidence, reason) => {
    expect((await broadcast(evidence)).error).toEqual({
      ...{ code: -32602, message: 'Invalid params' },
      data: `error converting json params to arguments: ${reason}`,
    })
  })
})
