// Evidence as a parameter of broadcast_evidence: `{type, value}` with Go's names of the members.
import { create } from '@bufbuild/protobuf'
import { type Timestamp, TimestampSchema } from '@bufbuild/protobuf/wkt'
import { fromBase64 } from '../../../chain/base64.ts'
import { type Bytes, fromHex } from '../../../chain/bytes.ts'
import { parseTimeNs, timestampFromNs } from '../../../chain/consensus/time.ts'
import { type Evidence, EvidenceSchema } from '../../../proto/gen/tendermint/types/evidence_pb.ts'
import {
  type BlockID,
  BlockIDSchema,
  type Vote,
  VoteSchema,
} from '../../../proto/gen/tendermint/types/types_pb.ts'
import { goQuoted, jsonString, jsonType, ParamError, utf8Text } from './raw.ts'
import { checkJson, pieces } from './scanner.ts'

type Json = Record<string, unknown>

const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}

const readInteger = (value: unknown): bigint => {
  if (value === undefined || value === null) return 0n
  if (typeof value === 'string' && /^-?\d{1,19}$/.test(value)) return BigInt(value)
  throw new ParamError(`invalid 64-bit integer encoding ${goQuoted(JSON.stringify(value))}, expected string`)
}

const readNumber = (value: unknown): number => {
  if (value === undefined || value === null) return 0
  if (Number.isInteger(value) && Math.abs(value as number) < 2 ** 31) return value as number
  throw new ParamError(
    `json: cannot unmarshal ${jsonType(JSON.stringify(value))} into Go value of type int32`,
  )
}

const readHex = (value: unknown): Bytes => {
  if (value === undefined || value === null) return new Uint8Array(0)
  if (typeof value === 'string' && /^([0-9a-fA-F]{2})*$/.test(value)) return fromHex(value)
  throw new ParamError(`invalid hex string: ${JSON.stringify(value)}`)
}

const readBytes = (value: unknown): Bytes => {
  if (value === undefined || value === null) return new Uint8Array(0)
  const bytes = typeof value === 'string' ? fromBase64(value) : undefined
  if (bytes === undefined) throw new ParamError(`illegal base64 data: ${JSON.stringify(value)}`)
  return bytes
}

const readTime = (value: unknown): Timestamp => {
  if (value === undefined || value === null) return create(TimestampSchema, { seconds: -62135596800n })
  const timeNs = typeof value === 'string' ? parseTimeNs(value) : undefined
  if (timeNs === undefined)
    throw new ParamError(`JSON time must be an RFC3339 string, but got ${goQuoted(JSON.stringify(value))}`)
  return timestampFromNs(timeNs)
}

const readBlockId = (value: unknown): BlockID => {
  const { hash, parts } = asObject(value)
  const { total, hash: partsHash } = asObject(parts)
  return create(BlockIDSchema, {
    hash: readHex(hash),
    partSetHeader: { total: readNumber(total), hash: readHex(partsHash) },
  })
}

const readVote = (value: unknown): Vote | undefined => {
  if (value === undefined || value === null) return undefined
  const vote = asObject(value)
  return create(VoteSchema, {
    type: readNumber(vote.type),
    height: readInteger(vote.height),
    round: readNumber(vote.round),
    blockId: readBlockId(vote.block_id),
    timestamp: readTime(vote.timestamp),
    validatorAddress: readHex(vote.validator_address),
    validatorIndex: readNumber(vote.validator_index),
    signature: readBytes(vote.signature),
    extension: readBytes(vote.extension),
    extensionSignature: readBytes(vote.extension_signature),
  })
}

const readDuplicateVote = (value: Json): Evidence => {
  const voteA = readVote(value.vote_a)
  const voteB = readVote(value.vote_b)
  return create(EvidenceSchema, {
    sum: {
      case: 'duplicateVoteEvidence',
      value: {
        ...(voteA && { voteA }),
        ...(voteB && { voteB }),
        totalVotingPower: readInteger(value.TotalVotingPower),
        validatorPower: readInteger(value.ValidatorPower),
        timestamp: readTime(value.Timestamp),
      },
    },
  })
}

/** Members of a raw object that hold a string or anything else, by name. */
const membersOf = (raw: string): Map<string, string> => {
  const found = pieces(raw)
  const members = new Map<string, string>()
  for (let i = 0; i < found.length; i += 2) members.set(jsonString(found[i]!), found[i + 1]!)
  return members
}

const nameIn = (raw: string | undefined): string => {
  if (raw === undefined || jsonType(raw) === 'null') return ''
  if (jsonType(raw) === 'string') return jsonString(raw)
  throw new ParamError(
    `json: cannot unmarshal ${jsonType(raw)} into Go struct field interfaceWrapper.type of type string`,
  )
}

/**
 * Reads evidence from raw JSON. Of an attack on a light client only the kind is read: this chain takes none,
 * since no fork of it can exist. Throws ParamError or JsonSyntaxError.
 */
export const readEvidence = (raw: string): Evidence => {
  checkJson(raw)
  if (jsonType(raw) !== 'object')
    throw new ParamError(
      `json: cannot unmarshal ${jsonType(raw)} into Go value of type json.interfaceWrapper`,
    )
  const members = membersOf(raw)
  const name = nameIn(members.get('type'))
  const value = members.get('value')
  if (name === '') throw new ParamError('interface type cannot be empty')
  if (value === undefined) throw new ParamError('interface value cannot be empty')
  if (name === 'tendermint/LightClientAttackEvidence')
    return create(EvidenceSchema, { sum: { case: 'lightClientAttackEvidence', value: {} } })
  if (name !== 'tendermint/DuplicateVoteEvidence') throw new ParamError(`unknown type ${goQuoted(name)}`)
  return readDuplicateVote(asObject(JSON.parse(utf8Text(value))))
}
