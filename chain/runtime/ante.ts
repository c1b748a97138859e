// What stands between a decoded transaction and its messages: fees, signatures, sequences. The steps
// themselves belong to modules/auth; here is only what the app needs to know of them.
import type { Registry } from '@bufbuild/protobuf'
import type { Bytes } from '../bytes.ts'
import type { AddressCodec } from './address.ts'
import type { Ctx, View } from './context.ts'
import type { KeyType } from './public-key.ts'
import type { Tx } from './tx.ts'

/** 33-byte compressed secp256k1 key, the signed bytes (not hashed), 64-byte signature. */
export type SignatureCheck = { publicKey: Bytes; message: Bytes; signature: Bytes }
/** For secp256k1. A signature whose S is in the upper half of the order must be refused. */
export type SignatureVerifier = (publicKey: Bytes, message: Bytes, signature: Bytes) => boolean
/** For the rare keys of other curves: ed25519 by ZIP-215, secp256r1 over SHA-256 with a low S. */
export type CurveVerifier = (
  type: Exclude<KeyType, 'secp256k1' | 'multisig'>,
  publicKey: Bytes,
  message: Bytes,
  signature: Bytes,
) => boolean

/** One decorator of the SDK's ante handler; throws to refuse the transaction. */
export type AnteStep = (ctx: Ctx, tx: Tx) => void
export type Ante = {
  readonly steps: readonly AnteStep[]
  signatureChecks(view: View, tx: Tx): SignatureCheck[]
}
/** What the app lends to the steps. */
export type AnteTools = {
  registry: Registry
  addresses: AddressCodec
  verifier: SignatureVerifier
  verifyOther: CurveVerifier
  /** As in app.toml: `0.025stake`. */
  minGasPrices: string
}
export type AnteFactory = (tools: AnteTools) => Ante
