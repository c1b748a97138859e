// Consensus parameters: defaults, limits, hash and JSON (types/params.go). The four groups are always there
// in a complete set; in an update from the application a missing group stays as it is.
import { create, type JsonValue } from '@bufbuild/protobuf'
import { type Duration, DurationSchema } from '@bufbuild/protobuf/wkt'
import { type ConsensusParams, ConsensusParamsSchema } from '../../proto/gen/tendermint/types/params_pb.ts'
import type { Bytes } from '../bytes.ts'
import { sha256 } from '../hash.ts'
import { MAX_BLOCK_BYTES } from './block.ts'
import { ProtoWriter } from './wire.ts'

const NANOS = 1_000_000_000n
const KEY_TYPES = ['ed25519', 'secp256k1']

const durationFromNs = (ns: bigint): Duration =>
  create(DurationSchema, { seconds: ns / NANOS, nanos: Number(ns % NANOS) })

/** Nanoseconds of a protobuf Duration; a missing one is 0. */
export const durationNs = (duration: Duration | undefined): bigint =>
  duration === undefined ? 0n : duration.seconds * NANOS + BigInt(duration.nanos)

/** What CometBFT 0.38 and the SDK start with. */
export const defaultConsensusParams = (): ConsensusParams =>
  create(ConsensusParamsSchema, {
    block: { maxBytes: 22020096n, maxGas: -1n },
    evidence: {
      maxAgeNumBlocks: 100000n,
      maxAgeDuration: durationFromNs(48n * 3600n * NANOS),
      maxBytes: 1048576n,
    },
    validator: { pubKeyTypes: ['ed25519'] },
    version: { app: 0n },
    abci: { voteExtensionsEnableHeight: 0n },
  })

/** `consensus_hash` of a header: of block size and gas only, and no Merkle root. */
export const consensusParamsHash = ({ block }: ConsensusParams): Bytes => {
  const writer = new ProtoWriter(32)
  writer.int64(1, block?.maxBytes ?? 0n)
  writer.int64(2, block?.maxGas ?? 0n)
  return sha256(writer.finish())
}

/** The parameters with the groups that the update has (ConsensusParams.Update). */
export const updateParams = (
  params: ConsensusParams,
  update: ConsensusParams | undefined,
): ConsensusParams => {
  if (update === undefined) return params
  const next = { ...params }
  if (update.block) next.block = update.block
  if (update.evidence) next.evidence = update.evidence
  if (update.validator) next.validator = update.validator
  if (update.version) next.version = update.version
  if (update.abci) next.abci = update.abci
  return next
}

/** ConsensusParams.ValidateBasic. Throws an Error that names the parameter. */
export const checkParams = (params: ConsensusParams): void => {
  checkBlockParams(params)
  const { maxAgeNumBlocks = 0n, maxAgeDuration, maxBytes = 0n } = params.evidence ?? {}
  if (maxAgeNumBlocks <= 0n)
    throw new Error(`evidence.MaxAgeNumBlocks must be greater than 0. Got ${maxAgeNumBlocks}`)
  if (durationNs(maxAgeDuration) <= 0n)
    throw new Error(
      `evidence.MaxAgeDuration must be greater than 0 if provided, Got ${durationNs(maxAgeDuration)}ns`,
    )
  const blockBytes = params.block!.maxBytes
  if (maxBytes > (blockBytes === -1n ? BigInt(MAX_BLOCK_BYTES) : blockBytes))
    throw new Error(`evidence.MaxBytesEvidence is greater than upper bound, ${maxBytes} > ${blockBytes}`)
  if (maxBytes < 0n) throw new Error(`evidence.MaxBytes must be non negative. Got: ${maxBytes}`)
  const enableHeight = params.abci?.voteExtensionsEnableHeight ?? 0n
  if (enableHeight < 0n)
    throw new Error(`ABCI.VoteExtensionsEnableHeight cannot be negative. Got: ${enableHeight}`)
  const types = params.validator?.pubKeyTypes ?? []
  if (types.length === 0) throw new Error('len(Validator.PubKeyTypes) must be greater than 0')
  types.forEach((type, i) => {
    if (!KEY_TYPES.includes(type))
      throw new Error(`params.Validator.PubKeyTypes[${i}], ${type}, is an unknown pubkey type`)
  })
}

const checkBlockParams = ({ block }: ConsensusParams): void => {
  const { maxBytes = 0n, maxGas = 0n } = block ?? {}
  if (maxBytes === 0n) throw new Error('block.MaxBytes cannot be 0')
  if (maxBytes < -1n) throw new Error(`block.MaxBytes must be -1 or greater than 0. Got ${maxBytes}`)
  if (maxBytes > BigInt(MAX_BLOCK_BYTES))
    throw new Error(`block.MaxBytes is too big. ${maxBytes} > ${MAX_BLOCK_BYTES}`)
  if (maxGas < -1n) throw new Error(`block.MaxGas must be greater or equal to -1. Got ${maxGas}`)
}

/**
 * Whether vote extensions may change as this update of block `height` wants (ValidateUpdate). Throws an
 * Error.
 */
export const checkParamsUpdate = (params: ConsensusParams, update: ConsensusParams, height: bigint): void => {
  if (update.abci === undefined) return
  const wanted = update.abci.voteExtensionsEnableHeight
  const current = params.abci?.voteExtensionsEnableHeight ?? 0n
  if (wanted < 0n) throw new Error('VoteExtensionsEnableHeight must be positive')
  if (wanted === current || (current <= 0n && wanted === 0n)) return
  const heights = `enable height: ${wanted === 0n ? current : wanted}, current height ${height}`
  if (wanted === 0n) {
    if (current <= height) throw new Error(`vote extensions cannot be disabled once enabled, ${heights}`)
    return
  }
  if (wanted <= height)
    throw new Error(`vote extensions cannot be updated to a past or current height, ${heights}`)
  if (current > 0n && current <= height)
    throw new Error(`vote extensions cannot be modified once enabled, ${heights}`)
}

/** As `/consensus_params`, `/genesis` and genesis files show them. */
export const paramsJson = (params: ConsensusParams): JsonValue => ({
  block: {
    max_bytes: `${params.block?.maxBytes ?? 0n}`,
    max_gas: `${params.block?.maxGas ?? 0n}`,
  },
  evidence: {
    max_age_num_blocks: `${params.evidence?.maxAgeNumBlocks ?? 0n}`,
    max_age_duration: `${durationNs(params.evidence?.maxAgeDuration)}`,
    max_bytes: `${params.evidence?.maxBytes ?? 0n}`,
  },
  validator: { pub_key_types: params.validator?.pubKeyTypes ?? [] },
  version: { app: `${params.version?.app ?? 0n}` },
  abci: { vote_extensions_enable_height: `${params.abci?.voteExtensionsEnableHeight ?? 0n}` },
})

/**
 * Reads a whole number of 64 bits, text or number, from `object[name]`; 0 if it is not there. Throws an
 * Error.
 */
export const readInteger = (object: Record<string, unknown>, name: string, path: string): bigint => {
  const value = object[name]
  if (value === undefined || value === null) return 0n
  const isInteger =
    typeof value === 'number' ? Number.isSafeInteger(value) : /^-?\d+$/.test(`${value as string}`)
  const number = isInteger && typeof value !== 'object' ? BigInt(value as string | number) : undefined
  if (number === undefined || BigInt.asIntN(64, number) !== number)
    throw new Error(`${path}.${name} must be a whole number of 64 bits, not ${JSON.stringify(value)}`)
  return number
}

/** Reads the JSON object `value[name]`; an empty one if it is not there. Throws an Error. */
export const readObject = (
  object: Record<string, unknown>,
  name: string,
  path: string,
): Record<string, unknown> => {
  const value = object[name] ?? {}
  if (typeof value !== 'object' || Array.isArray(value))
    throw new Error(`${path}.${name} must be an object, not ${JSON.stringify(value)}`)
  return value as Record<string, unknown>
}

/** Reads what `paramsJson` writes and checks it; `path` names the place in errors. Throws an Error. */
export const parseParamsJson = (json: Record<string, unknown>, path: string): ConsensusParams => {
  const block = readObject(json, 'block', path)
  const evidence = readObject(json, 'evidence', path)
  const { pub_key_types: pubKeyTypes = [] } = readObject(json, 'validator', path)
  if (!Array.isArray(pubKeyTypes) || pubKeyTypes.some((type) => typeof type !== 'string'))
    throw new Error(
      `${path}.validator.pub_key_types must be a list of texts, not ${JSON.stringify(pubKeyTypes)}`,
    )
  const params = create(ConsensusParamsSchema, {
    block: {
      maxBytes: readInteger(block, 'max_bytes', `${path}.block`),
      maxGas: readInteger(block, 'max_gas', `${path}.block`),
    },
    evidence: {
      maxAgeNumBlocks: readInteger(evidence, 'max_age_num_blocks', `${path}.evidence`),
      maxAgeDuration: durationFromNs(readInteger(evidence, 'max_age_duration', `${path}.evidence`)),
      maxBytes: readInteger(evidence, 'max_bytes', `${path}.evidence`),
    },
    validator: { pubKeyTypes },
    version: { app: readInteger(readObject(json, 'version', path), 'app', `${path}.version`) },
    abci: {
      voteExtensionsEnableHeight: readInteger(
        readObject(json, 'abci', path),
        'vote_extensions_enable_height',
        `${path}.abci`,
      ),
    },
  })
  try {
    checkParams(params)
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error })
  }
  return params
}
