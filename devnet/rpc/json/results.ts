// JSON of what the application answered (abci/types). Two Go encoders meet here: jsonpb with defaults for
// values with a MarshalJSON of their own, and the plain one, which leaves out what is empty.
import type {
  CheckTxResponse,
  Event,
  ExecTxResult,
  ValidatorUpdate,
} from '../../../chain/abci/application.ts'
import type { BlockResults } from '../../../chain/consensus/engine.ts'
import { durationNs } from '../../../chain/consensus/params.ts'
import type { ConsensusParams } from '../../../proto/gen/tendermint/types/params_pb.ts'
import { base64, base64OrNull, integer, list, listOrNull, object, quote } from './text.ts'

const attributesText = (event: Event): string => {
  let text = ''
  for (const { key, value, index } of event.attributes)
    text += `${text === '' ? '' : ','}{"key":${quote(key)},"value":${quote(value)},"index":${index}}`
  return `[${text}]`
}

const eventText = (event: Event): string =>
  `{"type":${quote(event.type)},"attributes":${attributesText(event)}}`

const plainEventText = (event: Event): string =>
  object({
    type: event.type === '' ? undefined : quote(event.type),
    attributes: event.attributes.length === 0 ? undefined : attributesText(event),
  })

/** Events of a block. */
export const blockEventsText = (events: readonly Event[]): string => list(events, plainEventText)
export const blockEventsOrNull = (events: readonly Event[]): string => listOrNull(events, plainEventText)

/**
 * A result of a transaction. `data` is Go's nil where it is empty, unless it comes straight from an
 * application that succeeded, which answers with an empty slice.
 */
const resultText = (result: ExecTxResult, data: string): string =>
  `{"code":${result.code},"data":${data},"log":${quote(result.log)},"info":${quote(result.info)},` +
  `"gas_wanted":${integer(result.gasWanted)},"gas_used":${integer(result.gasUsed)},` +
  `"events":${list(result.events, eventText)},"codespace":${quote(result.codespace)}}`

/** As it was read from the store. */
export const txResultText = (result: ExecTxResult): string => resultText(result, base64OrNull(result.data))

/** As the application gave it. */
export const freshResultText = (result: ExecTxResult | CheckTxResponse): string =>
  resultText(result, result.code === 0 ? base64(result.data) : base64OrNull(result.data))

const nonZero = (value: bigint): string | undefined => (value === 0n ? undefined : integer(value))
const nonEmpty = (text: string): string | undefined => (text === '' ? undefined : quote(text))

/** The result inside an event, where what is empty is left out. */
export const plainResultText = (result: ExecTxResult): string =>
  object({
    code: result.code === 0 ? undefined : `${result.code}`,
    data: result.data.length === 0 ? undefined : base64(result.data),
    log: nonEmpty(result.log),
    info: nonEmpty(result.info),
    gas_wanted: nonZero(result.gasWanted),
    gas_used: nonZero(result.gasUsed),
    events: result.events.length === 0 ? undefined : blockEventsText(result.events),
    codespace: nonEmpty(result.codespace),
  })

const SUMS = {
  ed25519: ['tendermint.crypto.PublicKey_Ed25519', 'ed25519'],
  secp256k1: ['tendermint.crypto.PublicKey_Secp256K1', 'secp256k1'],
} as const

const validatorUpdateText = ({ pubKey, power }: ValidatorUpdate): string => {
  const [type, name] = SUMS[pubKey.type]
  const key = `{"Sum":{"type":"${type}","value":{"${name}":${base64(pubKey.bytes)}}}}`
  return object({ pub_key: key, power: nonZero(power) })
}

/** An update of the parameters: groups and numbers that are not set are left out. */
const paramsUpdateText = (params: ConsensusParams | undefined): string => {
  if (params === undefined) return 'null'
  const { block, evidence, validator, version, abci } = params
  return object({
    block: block && object({ max_bytes: nonZero(block.maxBytes), max_gas: nonZero(block.maxGas) }),
    evidence:
      evidence &&
      object({
        max_age_num_blocks: nonZero(evidence.maxAgeNumBlocks),
        max_age_duration: integer(durationNs(evidence.maxAgeDuration)),
        max_bytes: nonZero(evidence.maxBytes),
      }),
    validator:
      validator &&
      object({
        pub_key_types: validator.pubKeyTypes.length === 0 ? undefined : list(validator.pubKeyTypes, quote),
      }),
    version: version && object({ app: nonZero(version.app) }),
    abci: abci && object({ vote_extensions_enable_height: nonZero(abci.voteExtensionsEnableHeight) }),
  })
}

/** What `block_results` answers. */
export const blockResultsText = (results: BlockResults): string =>
  object({
    height: integer(results.height),
    txs_results: listOrNull(results.txResults, txResultText),
    finalize_block_events: blockEventsOrNull(results.events),
    validator_updates: listOrNull(results.validatorUpdates, validatorUpdateText),
    consensus_param_updates: paramsUpdateText(results.consensusParamUpdates),
    app_hash: base64OrNull(results.appHash),
  })

/** `result_finalize_block` of the NewBlock event. */
export const finalizeBlockText = (results: BlockResults): string =>
  object({
    events: results.events.length === 0 ? undefined : blockEventsText(results.events),
    tx_results: results.txResults.length === 0 ? undefined : list(results.txResults, freshResultText),
    validator_updates: list(results.validatorUpdates, validatorUpdateText),
    consensus_param_updates: results.consensusParamUpdates && paramsUpdateText(results.consensusParamUpdates),
    app_hash: results.appHash.length === 0 ? undefined : base64(results.appHash),
  })

/** All parameters (types.ConsensusParams). */
export const paramsText = ({ block, evidence, validator, version, abci }: ConsensusParams): string =>
  object({
    block: `{"max_bytes":${integer(block?.maxBytes ?? 0)},"max_gas":${integer(block?.maxGas ?? 0)}}`,
    evidence:
      `{"max_age_num_blocks":${integer(evidence?.maxAgeNumBlocks ?? 0)},` +
      `"max_age_duration":${integer(durationNs(evidence?.maxAgeDuration))},` +
      `"max_bytes":${integer(evidence?.maxBytes ?? 0)}}`,
    validator: `{"pub_key_types":${list(validator?.pubKeyTypes ?? [], quote)}}`,
    version: `{"app":${integer(version?.app ?? 0)}}`,
    abci: `{"vote_extensions_enable_height":${integer(abci?.voteExtensionsEnableHeight ?? 0)}}`,
  })
