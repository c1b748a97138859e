// A transaction, decoded once.
import type { Message, Registry } from '@bufbuild/protobuf'
import type { AuthInfo, TxBody } from '../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import type { Bytes } from '../bytes.ts'
import type { AddressCodec } from './address.ts'

export type Tx = {
  readonly raw: Bytes
  readonly body: TxBody
  readonly authInfo: AuthInfo
  readonly bodyBytes: Bytes
  readonly authInfoBytes: Bytes
  readonly signatures: readonly Bytes[]
  /** The unpacked messages, in order. */
  readonly msgs: readonly Message[]
  /** Addresses that must sign: each message's signers in order, each once, then a fee payer that is not among them. */
  signers(): readonly Bytes[]
}

/** Decodes and checks a TxRaw (ADR-027, unknown fields). Throws TxError `sdk` 2 with the SDK's text. */
export const decodeTx = (_raw: Bytes, _registry: Registry, _addresses: AddressCodec): Tx => {
  throw new Error('decodeTx: not built yet')
}
