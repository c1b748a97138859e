// Amino JSON from descriptors: what SIGN_MODE_LEGACY_AMINO_JSON signs. The rules are those of
// cosmossdk.io/x/tx/signing/aminojson and the amino.* options of the messages; no message is known by name but
// the well-known types.

import type { DescMessage, JsonValue, MessageShape, Registry } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import type { Fee } from '../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import type { Bytes } from '../bytes.ts'

/** What an amino signer signs. Numbers are the account's; `msgs` are the packed messages of the tx body. */
export type AminoSignDoc = {
  chainId: string
  accountNumber: bigint
  sequence: bigint
  fee: Fee
  msgs: Any[]
  memo: string
  timeoutHeight: bigint
}

/** Amino JSON of one message, `{"type": …, "value": …}` if it has an amino name. Key order is field order. */
export const aminoJson = <S extends DescMessage>(
  _schema: S,
  _message: MessageShape<S>,
  _registry: Registry,
): JsonValue => {
  throw new Error('aminoJson: not built yet')
}

/** The bytes that SIGN_MODE_LEGACY_AMINO_JSON signs: sorted keys, compact, escaped as Go does. */
export const aminoSignBytes = (_doc: AminoSignDoc, _registry: Registry): Bytes => {
  throw new Error('aminoSignBytes: not built yet')
}
