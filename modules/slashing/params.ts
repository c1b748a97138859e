// The parameters of slashing (SDK x/slashing/types/params.go).
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import {
  type Dec,
  decFromWire,
  decMulInt,
  decRoundInt,
  decText,
  decToWire,
  decWithPlaces,
  ONE,
  plainError,
  type ValueCodec,
} from '../../chain/module.ts'
import { instant, instantNs } from '../../chain/time.ts'
import { type Params, ParamsSchema } from '../../proto/gen/cosmos/slashing/v1beta1/slashing_pb.ts'

export type SlashingParams = {
  /** Blocks over which signatures are counted. */
  readonly signedBlocksWindow: bigint
  /** Fraction of the window that must be signed. */
  readonly minSignedPerWindow: Dec
  readonly downtimeJailNs: bigint
  readonly slashFractionDoubleSign: Dec
  readonly slashFractionDowntime: Dec
}

const SECOND = 1_000_000_000n

export const defaultParams: SlashingParams = {
  signedBlocksWindow: 100n,
  minSignedPerWindow: decWithPlaces(5n, 1),
  downtimeJailNs: 600n * SECOND,
  slashFractionDoubleSign: decWithPlaces(5n, 2),
  slashFractionDowntime: decWithPlaces(1n, 2),
}
/** What a chain has whose parameters were never set. */
export const noParams: SlashingParams = {
  signedBlocksWindow: 0n,
  minSignedPerWindow: 0n,
  downtimeJailNs: 0n,
  slashFractionDoubleSign: 0n,
  slashFractionDowntime: 0n,
}

/** The three fractions are `bytes` on the wire, but hold digits all the same. */
const read = (digits: Uint8Array): Dec => decFromWire(String.fromCharCode(...digits))
const write = (value: Dec): Uint8Array => Uint8Array.from(decToWire(value), (digit) => digit.charCodeAt(0))

export const paramsFrom = (message: Params): SlashingParams => ({
  signedBlocksWindow: message.signedBlocksWindow,
  minSignedPerWindow: read(message.minSignedPerWindow),
  downtimeJailNs: message.downtimeJailDuration === undefined ? 0n : instantNs(message.downtimeJailDuration),
  slashFractionDoubleSign: read(message.slashFractionDoubleSign),
  slashFractionDowntime: read(message.slashFractionDowntime),
})
export const paramsTo = (params: SlashingParams): MessageInitShape<typeof ParamsSchema> => ({
  signedBlocksWindow: params.signedBlocksWindow,
  minSignedPerWindow: write(params.minSignedPerWindow),
  downtimeJailDuration: instant(params.downtimeJailNs),
  slashFractionDoubleSign: write(params.slashFractionDoubleSign),
  slashFractionDowntime: write(params.slashFractionDowntime),
})

export const paramsValue: ValueCodec<SlashingParams> = {
  encode: (params) => toBinary(ParamsSchema, create(ParamsSchema, paramsTo(params))),
  decode: (bytes) => paramsFrom(fromBinary(ParamsSchema, bytes)),
}

/** MinSignedPerWindow: blocks of the window, half to even. */
export const minSigned = ({ minSignedPerWindow, signedBlocksWindow }: SlashingParams): bigint =>
  decRoundInt(decMulInt(minSignedPerWindow, signedBlocksWindow))

/** Params.Validate: throws with Go's text. */
export const checkParams = (message: Params): SlashingParams => {
  const params = paramsFrom(message)
  if (params.signedBlocksWindow <= 0n)
    throw plainError(`signed blocks window must be positive: ${params.signedBlocksWindow}`)
  checkFraction('min signed per window', message.minSignedPerWindow)
  if (params.downtimeJailNs <= 0n)
    throw plainError(`downtime jail duration must be positive: ${params.downtimeJailNs / SECOND}s`)
  checkFraction('double sign slash fraction', message.slashFractionDoubleSign)
  checkFraction('downtime slash fraction', message.slashFractionDowntime)
  return params
}
const checkFraction = (name: string, digits: Uint8Array): void => {
  if (digits.length === 0) throw plainError(`${name} cannot be nil: <nil>`)
  const value = read(digits)
  if (value < 0n) throw plainError(`${name} cannot be negative: ${decText(value)}`)
  if (value > ONE) throw plainError(`${name} too large: ${decText(value)}`)
}
