// Transactions of any number of signers, each in a mode of its own, for rules about who must sign and how.
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import type { Bytes } from '../../../chain/bytes.ts'
import { SignMode } from '../../../proto/gen/cosmos/tx/signing/v1beta1/signing_pb.ts'
import {
  AuthInfoSchema,
  SignDocDirectAuxSchema,
  SignDocSchema,
  TxBodySchema,
  TxRawSchema,
} from '../../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import type { Chain } from '../chain.ts'

export type Signing = {
  who: { address: Bytes; any: Any; sign(message: Bytes): Bytes }
  mode?: SignMode
  /** Left out of the transaction if null. */
  key?: Any | null
  sequence?: bigint
}

export type Envelope = {
  msgs: Any[]
  signers: Signing[]
  body?: Omit<MessageInitShape<typeof TxBodySchema>, '$typeName'>
  fee?: Omit<NonNullable<MessageInitShape<typeof AuthInfoSchema>['fee']>, '$typeName'>
}

/** Numbers and sequences are those of the accounts now, unless given. */
export const seal = (chain: Pick<Chain, 'app' | 'auth' | 'chainId'>, envelope: Envelope): Bytes => {
  const { chainId } = chain
  const signers = envelope.signers.map(({ who, mode = SignMode.DIRECT, key = who.any, sequence }) => {
    const base = chain.auth.account(chain.app.view(), who.address)?.base
    const accountNumber = base?.accountNumber ?? 0n
    return { who, mode, key, accountNumber, sequence: sequence ?? base?.sequence ?? 0n }
  })
  const bodyBytes = toBinary(
    TxBodySchema,
    create(TxBodySchema, { messages: envelope.msgs, ...envelope.body }),
  )
  const authInfo = create(AuthInfoSchema, {
    signerInfos: signers.map(({ key, mode, sequence }) => ({
      ...(key && { publicKey: key }),
      ...{ modeInfo: { sum: { case: 'single' as const, value: { mode } } }, sequence },
    })),
    fee: { gasLimit: 300_000n, ...envelope.fee },
  })
  const authInfoBytes = toBinary(AuthInfoSchema, authInfo)
  const signatures = signers.map(({ who, mode, accountNumber, sequence }) => {
    const aux = { bodyBytes, publicKey: who.any, chainId, accountNumber, sequence }
    const direct = { bodyBytes, authInfoBytes, chainId, accountNumber }
    return who.sign(
      mode === SignMode.DIRECT_AUX
        ? toBinary(SignDocDirectAuxSchema, create(SignDocDirectAuxSchema, aux))
        : toBinary(SignDocSchema, create(SignDocSchema, direct)),
    )
  })
  return toBinary(TxRawSchema, create(TxRawSchema, { bodyBytes, authInfoBytes, signatures }))
}
