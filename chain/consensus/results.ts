// What a block's execution left behind: its wire form is tendermint.abci.ResponseFinalizeBlock, byte for byte
// as gogoproto writes it, and its deterministic part is the last_results_hash of the next header.
import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { ConsensusParamsSchema } from '../../proto/gen/tendermint/types/params_pb.ts'
import type { Event, EventAttribute, ExecTxResult, PublicKey, ValidatorUpdate } from '../abci/application.ts'
import type { Bytes } from '../bytes.ts'
import { merkleRoot } from '../merkle.ts'
import type { BlockResults } from './engine.ts'
import { ProtoReader, ProtoWriter } from './wire.ts'

const NO_BYTES: Bytes = new Uint8Array(0)

/**
 * Merkle root over the results' code, data, gas wanted and gas used; the rest may differ between nodes
 * (types/results.go).
 */
export const lastResultsHash = (results: readonly ExecTxResult[]): Bytes =>
  merkleRoot(results.map(deterministicResult))

/** The leaf of one result under `lastResultsHash`. */
export const deterministicResult = ({ code, data, gasWanted, gasUsed }: ExecTxResult): Bytes => {
  const writer = new ProtoWriter(32 + data.length)
  writer.uint(1, code)
  writer.bytes(2, data)
  writer.int64(5, gasWanted)
  writer.int64(6, gasUsed)
  return writer.finish()
}

const writeEvent = (writer: ProtoWriter, field: number, event: Event): void => {
  const start = writer.begin(field)
  writer.text(1, event.type)
  for (const attribute of event.attributes) {
    const inner = writer.begin(2)
    writer.text(1, attribute.key)
    writer.text(2, attribute.value)
    if (attribute.index) writer.uint(3, 1)
    writer.end(inner)
  }
  writer.end(start)
}

const writeResult = (writer: ProtoWriter, result: ExecTxResult): void => {
  writer.uint(1, result.code)
  writer.bytes(2, result.data)
  writer.text(3, result.log)
  writer.text(4, result.info)
  writer.int64(5, result.gasWanted)
  writer.int64(6, result.gasUsed)
  for (const event of result.events) writeEvent(writer, 7, event)
  writer.text(8, result.codespace)
}

/** tendermint.abci.ExecTxResult. */
export const encodeTxResult = (result: ExecTxResult): Bytes => {
  const writer = new ProtoWriter(2048)
  writeResult(writer, result)
  return writer.finish()
}

/** tendermint.abci.ResponseFinalizeBlock. */
export const encodeResults = (results: BlockResults): Bytes => {
  const writer = new ProtoWriter(1024 + 1536 * results.txResults.length)
  for (const event of results.events) writeEvent(writer, 1, event)
  for (const result of results.txResults) {
    const start = writer.begin(2)
    writeResult(writer, result)
    writer.end(start)
  }
  for (const { pubKey, power } of results.validatorUpdates) {
    const start = writer.begin(3)
    const key = writer.begin(1)
    writer.item(pubKey.type === 'ed25519' ? 1 : 2, pubKey.bytes)
    writer.end(key)
    writer.int64(2, power)
    writer.end(start)
  }
  if (results.consensusParamUpdates)
    writer.item(4, toBinary(ConsensusParamsSchema, results.consensusParamUpdates))
  writer.bytes(5, results.appHash)
  return writer.finish()
}

const readAttribute = (reader: ProtoReader): EventAttribute => {
  const attribute: EventAttribute = { key: '', value: '', index: false }
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) attribute.key = reader.text()
    else if (field === 2) attribute.value = reader.text()
    else if (field === 3) attribute.index = reader.uint() !== 0
    else reader.skip()
  }
  return attribute
}

const readEvent = (reader: ProtoReader): Event => {
  const event: Event = { type: '', attributes: [] }
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) event.type = reader.text()
    else if (field === 2) event.attributes.push(readAttribute(reader.message()))
    else reader.skip()
  }
  return event
}

const readResult = (reader: ProtoReader): ExecTxResult => {
  const result: ExecTxResult = {
    ...{ code: 0, data: NO_BYTES, log: '', info: '', gasWanted: 0n, gasUsed: 0n, events: [], codespace: '' },
  }
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) result.code = reader.uint()
    else if (field === 2) result.data = reader.bytes()
    else if (field === 3) result.log = reader.text()
    else if (field === 4) result.info = reader.text()
    else if (field === 5) result.gasWanted = reader.int64()
    else if (field === 6) result.gasUsed = reader.int64()
    else if (field === 7) result.events.push(readEvent(reader.message()))
    else if (field === 8) result.codespace = reader.text()
    else reader.skip()
  }
  return result
}

const readPublicKey = (reader: ProtoReader): PublicKey => {
  const type = reader.field() === 2 ? 'secp256k1' : 'ed25519'
  return { type, bytes: reader.bytes() }
}

const readValidatorUpdate = (reader: ProtoReader): ValidatorUpdate => {
  const update: ValidatorUpdate = { pubKey: { type: 'ed25519', bytes: NO_BYTES }, power: 0n }
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) update.pubKey = readPublicKey(reader.message())
    else if (field === 2) update.power = reader.int64()
    else reader.skip()
  }
  return update
}

/** Reads one tendermint.abci.ExecTxResult. */
export const decodeTxResult = (bytes: Bytes): ExecTxResult => readResult(new ProtoReader(bytes))

/** Reads tendermint.abci.ResponseFinalizeBlock. */
export const decodeResults = (height: number, bytes: Bytes): BlockResults => {
  const results: BlockResults = {
    ...{ height, txResults: [], events: [], validatorUpdates: [] },
    ...{ consensusParamUpdates: undefined, appHash: NO_BYTES },
  }
  const reader = new ProtoReader(bytes)
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) results.events.push(readEvent(reader.message()))
    else if (field === 2) results.txResults.push(readResult(reader.message()))
    else if (field === 3) results.validatorUpdates.push(readValidatorUpdate(reader.message()))
    else if (field === 4) results.consensusParamUpdates = fromBinary(ConsensusParamsSchema, reader.bytes())
    else if (field === 5) results.appHash = reader.bytes()
    else reader.skip()
  }
  return results
}
