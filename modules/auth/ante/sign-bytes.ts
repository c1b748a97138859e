// What a signature covers, by mode (cosmossdk.io/x/tx/signing): the raw bytes of the transaction with chain
// and account (direct), the same without the fee for those who do not pay it (direct aux), or amino JSON
// (Ledger, multisigs).
import type { Registry } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import type { Bytes } from '../../../chain/bytes.ts'
import { ProtoWriter } from '../../../chain/consensus/wire.ts'
import { type AddressCodec, plainError, type Tx } from '../../../chain/module.ts'
import { AminoError, aminoSignBytes } from '../../../chain/runtime/amino.ts'
import { SignMode, SignModeSchema } from '../../../proto/gen/cosmos/tx/signing/v1beta1/signing_pb.ts'

/** The signer as the chain knows it. */
export type Signer = {
  address: string
  chainId: string
  accountNumber: bigint
  sequence: bigint
  publicKey: Any | undefined
}
/**
 * Throws TxError if the transaction cannot be signed in that mode: in the SDK's words, misspelled for one.
 */
export type SignBytes = (tx: Tx, mode: SignMode, signer: Signer) => Bytes

export const signBytes =
  (registry: Registry, addresses: AddressCodec): SignBytes =>
  (tx, mode, signer) => {
    if (mode === SignMode.DIRECT) return directBytes(tx, signer)
    if (mode === SignMode.DIRECT_AUX) return auxBytes(tx, signer, addresses)
    if (mode === SignMode.LEGACY_AMINO_JSON) return aminoBytes(tx, signer, registry)
    const name = SignModeSchema.value[mode]?.name ?? `${mode}`
    throw plainError(`${mode === SignMode.TEXTUAL ? 'unsuppored' : 'unsupported'} sign mode ${name}`)
  }

/** cosmos.tx.v1beta1.SignDoc */
const directBytes = (tx: Tx, { chainId, accountNumber }: Signer): Bytes => {
  const writer = new ProtoWriter(tx.raw.length)
  writer.bytes(1, tx.bodyBytes)
  writer.bytes(2, tx.authInfoBytes)
  writer.text(3, chainId)
  writer.uint(4, Number(accountNumber))
  return writer.finish()
}

/** cosmos.tx.v1beta1.SignDocDirectAux */
const auxBytes = (tx: Tx, signer: Signer, addresses: AddressCodec): Bytes => {
  const [first] = tx.msgs[0]?.signers() ?? []
  if (first === undefined) throw plainError('no signer found')
  const payer = tx.authInfo.fee?.payer || addresses.text(first)
  if (payer === signer.address)
    throw plainError(`fee payer ${payer} cannot sign with SIGN_MODE_DIRECT_AUX: unauthorized`)
  const writer = new ProtoWriter(tx.raw.length)
  writer.bytes(1, tx.bodyBytes)
  if (signer.publicKey !== undefined) {
    const start = writer.begin(2)
    writer.text(1, signer.publicKey.typeUrl)
    writer.bytes(2, signer.publicKey.value)
    writer.end(start)
  }
  writer.text(3, signer.chainId)
  writer.uint(4, Number(signer.accountNumber))
  writer.uint(5, Number(signer.sequence))
  return writer.finish()
}

const aminoBytes = (tx: Tx, signer: Signer, registry: Registry): Bytes => {
  const { body, authInfo } = tx
  if (tx.hasNonCritical) throw plainError('unknown fields cannot be signed in SIGN_MODE_LEGACY_AMINO_JSON')
  if (body.extensionOptions.length > 0 || body.nonCriticalExtensionOptions.length > 0)
    throw plainError(
      'SIGN_MODE_LEGACY_AMINO_JSON does not support protobuf extension options: invalid request',
    )
  if (authInfo.fee === undefined) throw plainError('fee cannot be nil when tipper is not signer')
  const { chainId, accountNumber, sequence } = signer
  const { messages: msgs, memo, timeoutHeight, unordered, timeoutTimestamp } = body
  try {
    return aminoSignBytes(
      {
        ...{ chainId, accountNumber, sequence, fee: authInfo.fee },
        ...{ msgs, memo, timeoutHeight, unordered, timeoutTimestamp },
      },
      registry,
    )
  } catch (error) {
    if (error instanceof AminoError) throw plainError(error.message)
    throw error
  }
}
