// The genesis document: what a chain starts from. Two shapes are read, CometBFT's GenesisDoc and the SDK's
// AppGenesis, in which parameters and validators lie under `consensus`; one is written, CometBFT's
// (types/genesis.go, x/genutil/types/genesis.go).
import type { JsonValue } from '@bufbuild/protobuf'
import type { ConsensusParams } from '../../proto/gen/tendermint/types/params_pb.ts'
import type { PublicKey } from '../abci/application.ts'
import { fromBase64, toBase64 } from '../base64.ts'
import { type Bytes, fromHex, utf8 } from '../bytes.ts'
import { sha256 } from '../hash.ts'
import { upperHex } from './errors.ts'
import { MAX_CHAIN_ID_LENGTH } from './header.ts'
import { defaultConsensusParams, paramsJson, parseParamsJson, readInteger, readObject } from './params.ts'
import { formatTimeNs, parseTimeNs, ZERO_TIME_NS } from './time.ts'
import { keyAddress, keyJson, parseKeyJson } from './validator.ts'
import { MAX_TOTAL_POWER } from './valset.ts'

export type GenesisValidator = { address: Bytes; pubKey: PublicKey; power: bigint; name: string }

/** CometBFT's GenesisDoc, complete: defaults are filled in. */
export type GenesisDoc = {
  timeNs: bigint
  chainId: string
  initialHeight: number
  consensusParams: ConsensusParams
  validators: GenesisValidator[]
  appHash: Bytes
  /** The modules' genesis states by name. */
  appState: JsonValue
}

type JsonObject = Record<string, unknown>

/**
 * Reads the text of a genesis file, CometBFT's GenesisDoc or the SDK's AppGenesis. `defaultTimeNs` stands in
 * for a missing genesis_time. Throws an Error that names the field.
 */
export const parseGenesis = (text: string, defaultTimeNs?: bigint): GenesisDoc => {
  const json = parseObject(text)
  const isAppGenesis = json.consensus !== undefined && json.consensus !== null
  const consensus = isAppGenesis ? readObject(json, 'consensus', 'genesis') : json
  const paramsName = isAppGenesis ? 'params' : 'consensus_params'
  const path = isAppGenesis ? 'consensus' : 'genesis'
  const hasParams = consensus[paramsName] !== undefined && consensus[paramsName] !== null
  return {
    timeNs: readTime(json, defaultTimeNs),
    chainId: readChainId(json),
    initialHeight: readInitialHeight(json),
    consensusParams: hasParams
      ? parseParamsJson(readObject(consensus, paramsName, path), `${path}.${paramsName}`)
      : defaultConsensusParams(),
    validators: readValidators(consensus, path),
    appHash: readAppHash(json.app_hash, isAppGenesis),
    appState: (json.app_state ?? {}) as JsonValue,
  }
}

const parseObject = (text: string): JsonObject => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new Error(`the genesis is not JSON: ${(error as Error).message}`, { cause: error })
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new Error('the genesis must be a JSON object')
  return json as JsonObject
}

const readTime = ({ genesis_time: time }: JsonObject, defaultTimeNs: bigint | undefined): bigint => {
  const timeNs = time === undefined || time === null ? ZERO_TIME_NS : parseTimeNs(`${time as string}`)
  if (timeNs === undefined)
    throw new Error(`genesis_time must be RFC 3339, as 2025-01-01T00:00:00Z, not ${JSON.stringify(time)}`)
  if (timeNs !== ZERO_TIME_NS) return timeNs
  if (defaultTimeNs === undefined) throw new Error('genesis_time is missing')
  return defaultTimeNs
}

const readChainId = ({ chain_id: chainId }: JsonObject): string => {
  if (chainId === undefined || chainId === null || chainId === '')
    throw new Error('genesis doc must include non-empty chain_id')
  if (typeof chainId !== 'string') throw new Error(`chain_id must be a text, not ${JSON.stringify(chainId)}`)
  if (utf8(chainId).length > MAX_CHAIN_ID_LENGTH)
    throw new Error(`chain_id in genesis doc is too long (max: ${MAX_CHAIN_ID_LENGTH})`)
  return chainId
}

const readInitialHeight = (json: JsonObject): number => {
  const height = readInteger(json, 'initial_height', 'genesis')
  if (height < 0n) throw new Error(`initial_height cannot be negative (got ${height})`)
  if (height > BigInt(Number.MAX_SAFE_INTEGER))
    throw new Error(`initial_height ${height} is too large: heights above 2^53 - 1 are not supported`)
  return height === 0n ? 1 : Number(height)
}

const readValidators = ({ validators }: JsonObject, path: string): GenesisValidator[] => {
  if (validators === undefined || validators === null) return []
  if (!Array.isArray(validators)) throw new Error(`${path}.validators must be a list`)
  return validators.map((validator, i) => readValidator(validator as JsonObject, `${path}.validators[${i}]`))
}

const readValidator = (json: JsonObject, path: string): GenesisValidator => {
  if (typeof json !== 'object' || json === null) throw new Error(`${path} must be an object`)
  const pubKey = parseKeyJson(json.pub_key, `${path}.pub_key`)
  const power = readInteger(json, 'power', path)
  if (power === 0n)
    throw new Error(`${path}.power is 0: the genesis file cannot contain validators with no voting power`)
  if (power < 0n || power > MAX_TOTAL_POWER)
    throw new Error(`${path}.power is ${power}: it must be between 1 and ${MAX_TOTAL_POWER}`)
  const address = keyAddress(pubKey)
  const given = json.address ?? ''
  if (given !== '' && !isHexOf(given, address))
    throw new Error(`${path}.address is ${JSON.stringify(given)}, should be ${upperHex(address)}`)
  return { address, pubKey, power, name: `${(json.name as string | undefined) ?? ''}` }
}

const isHexOf = (text: unknown, address: Bytes): boolean =>
  typeof text === 'string' && text.toUpperCase() === upperHex(address)

/** Hexadecimal in CometBFT's shape, base64 in the SDK's, because there it is a plain byte slice. */
const readAppHash = (value: unknown, isAppGenesis: boolean): Bytes => {
  if (value === undefined || value === null || value === '') return new Uint8Array(0)
  if (typeof value !== 'string') throw new Error(`app_hash must be a text, not ${JSON.stringify(value)}`)
  if (!isAppGenesis && value.length % 2 === 0 && !/[^0-9a-fA-F]/.test(value)) return fromHex(value)
  const bytes = isAppGenesis ? fromBase64(value) : undefined
  if (bytes === undefined)
    throw new Error(
      `app_hash must be ${isAppGenesis ? 'base64' : 'hexadecimal'}, not ${JSON.stringify(value)}`,
    )
  return bytes
}

/** The `genesis` object of CometBFT's `/genesis`; `parseGenesis` reads it back. */
export const genesisJson = (doc: GenesisDoc): JsonValue => ({
  genesis_time: formatTimeNs(doc.timeNs),
  chain_id: doc.chainId,
  initial_height: `${doc.initialHeight}`,
  consensus_params: paramsJson(doc.consensusParams),
  ...(doc.validators.length === 0 ? {} : { validators: doc.validators.map(validatorJson) }),
  app_hash: upperHex(doc.appHash),
  app_state: doc.appState,
})

const validatorJson = ({ address, pubKey, power, name }: GenesisValidator): JsonValue => ({
  address: upperHex(address),
  pub_key: keyJson(pubKey),
  power: `${power}`,
  name,
})

/** The genesis file that the SDK's tools write (AppGenesis); `parseGenesis` reads it back. */
export const appGenesisJson = (doc: GenesisDoc, appName: string, appVersion: string): JsonValue => ({
  app_name: appName,
  app_version: appVersion,
  genesis_time: formatTimeNs(doc.timeNs),
  chain_id: doc.chainId,
  initial_height: doc.initialHeight,
  app_hash: doc.appHash.length === 0 ? null : toBase64(doc.appHash),
  app_state: doc.appState,
  consensus: {
    ...(doc.validators.length === 0 ? {} : { validators: doc.validators.map(validatorJson) }),
    params: paramsJson(doc.consensusParams),
  },
})

/** A hash that tells one genesis from another. */
export const genesisHash = (doc: GenesisDoc): Bytes => sha256(utf8(JSON.stringify(genesisJson(doc))))
