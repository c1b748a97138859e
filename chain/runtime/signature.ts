// What a signer info and its signature bytes say: one signature in one mode, or a multisig's tree of them
// (x/auth/tx ModeInfoAndSigToSignatureData).
import { fromBinary } from '@bufbuild/protobuf'
import {
  type CompactBitArray,
  MultiSignatureSchema,
} from '../../proto/gen/cosmos/crypto/multisig/v1beta1/multisig_pb.ts'
import { SignMode } from '../../proto/gen/cosmos/tx/signing/v1beta1/signing_pb.ts'
import type { ModeInfo, SignerInfo } from '../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import type { Bytes } from '../bytes.ts'
import { GoPanic, plainError } from './errors.ts'

export type SignatureData =
  | { readonly kind: 'single'; readonly mode: SignMode; readonly signature: Bytes }
  | {
      readonly kind: 'multi'
      readonly bits: CompactBitArray | undefined
      /** One for each bit that is set; one without a mode of its own is undefined. */
      readonly parts: readonly (SignatureData | undefined)[]
      /** As it stood in the transaction: an encoded MultiSignature. */
      readonly signature: Bytes
    }

/** One signer's part of a transaction. Data is undefined where the signer info has no mode. */
export type TxSignature = { readonly sequence: bigint; readonly data: SignatureData | undefined }

/** The signatures of all signer infos. Throws TxError, or an Error where Go panics. */
export const readSignatures = (infos: readonly SignerInfo[], signatures: readonly Bytes[]): TxSignature[] =>
  infos.map(({ modeInfo, sequence }, i) =>
    modeInfo === undefined
      ? { sequence: 0n, data: undefined }
      : { sequence, data: signatureData(modeInfo, element(signatures, i)) },
  )

const signatureData = ({ sum }: ModeInfo, signature: Bytes): SignatureData => {
  if (sum.case === 'single') return { kind: 'single', mode: sum.value.mode, signature }
  if (sum.case !== 'multi') throw new GoPanic('unexpected ModeInfo data type <nil>')
  const { bitarray: bits, modeInfos } = sum.value
  const signatures = splitSignatures(signature)
  const parts: (SignatureData | undefined)[] = signatures.map(() => undefined)
  for (const [i, modeInfo] of modeInfos.entries()) parts[i] = signatureData(modeInfo, element(signatures, i))
  return { kind: 'multi', bits, parts, signature }
}

const splitSignatures = (bytes: Bytes): readonly Bytes[] => {
  const { signatures, $unknown } = decodeMulti(bytes)
  if ($unknown !== undefined && $unknown.length > 0)
    throw plainError('rejecting unrecognized fields found in MultiSignature')
  return signatures
}

const decodeMulti = (bytes: Bytes) => {
  try {
    return fromBinary(MultiSignatureSchema, bytes)
  } catch (error) {
    throw plainError(error instanceof Error ? error.message : String(error))
  }
}

/** An element that Go would take without looking: it panics if there is none. */
export const element = <T>(list: readonly T[], index: number): T => {
  if (index >= list.length)
    throw new GoPanic(`runtime error: index out of range [${index}] with length ${list.length}`)
  return list[index] as T
}

/** How many bits there are. */
export const bitCount = (bits: CompactBitArray | undefined): number => {
  if (bits === undefined) return 0
  const { extraBitsStored: extra, elems } = bits
  return extra === 0 ? elems.length * 8 : (elems.length - 1) * 8 + extra
}
export const bitAt = (bits: CompactBitArray | undefined, index: number): boolean =>
  bits !== undefined && index < bitCount(bits) && ((bits.elems[index >> 3]! >> (7 - (index % 8))) & 1) === 1
/** How many of the first bits are set. */
export const bitsSet = (bits: CompactBitArray | undefined): number => {
  let set = 0
  for (let i = 0; i < bitCount(bits); i++) if (bitAt(bits, i)) set++
  return set
}

/** Every signature in it is of the amino mode. */
export const isAminoOnly = (data: SignatureData | undefined): boolean => {
  if (data === undefined) return false
  if (data.kind === 'single') return data.mode === SignMode.LEGACY_AMINO_JSON
  return data.parts.every(isAminoOnly)
}
