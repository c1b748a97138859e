// The people of the differential run: keys derived from a seed, transactions signed by them in direct or
// amino mode.
import { create, type Registry, toBinary } from '@bufbuild/protobuf'
import { type Any, AnySchema } from '@bufbuild/protobuf/wkt'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { type Bytes, utf8 } from '../../../chain/bytes.ts'
import type { Signer } from '../../../chain/consensus/engine.ts'
import { ripemd160, sha256 } from '../../../chain/hash.ts'
import type { AddressCodec } from '../../../chain/module.ts'
import { aminoSignBytes } from '../../../chain/runtime/amino.ts'
import { ed25519Signer } from '../../../devnet/keys.ts'
import { CoinSchema } from '../../../proto/gen/cosmos/base/v1beta1/coin_pb.ts'
import { PubKeySchema } from '../../../proto/gen/cosmos/crypto/secp256k1/keys_pb.ts'
import { SignMode } from '../../../proto/gen/cosmos/tx/signing/v1beta1/signing_pb.ts'
import {
  AuthInfoSchema,
  SignDocSchema,
  SignerInfoSchema,
  TxBodySchema,
  TxRawSchema,
} from '../../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'

export type Person = {
  privateKey: Bytes
  publicKey: Bytes
  address: Bytes
  /** Bech32 of the account, and of the same bytes as a validator. */
  account: string
  validator: string
  /** Signs blocks if this person becomes a validator. */
  consensus: Signer
  number: bigint
  /** Of the next transaction. */
  sequence: bigint
}

export const personOf = (seed: string, index: number, addresses: AddressCodec): Person => {
  const privateKey = sha256(utf8(`${seed}/account/${index}`))
  const publicKey = secp256k1.getPublicKey(privateKey, true)
  const address = ripemd160(sha256(publicKey))
  return {
    ...{ privateKey, publicKey, address, number: BigInt(index), sequence: 0n },
    account: addresses.text(address),
    validator: addresses.validator.text(address),
    consensus: ed25519Signer(sha256(utf8(`${seed}/consensus/${index}`))),
  }
}

export type Draft = {
  messages: Any[]
  signers: Person[]
  chainId: string
  gas: bigint
  fee: { denom: string; amount: string }[]
  /** Sequences other than the signers' next ones. */
  sequences?: bigint[] | undefined
  numbers?: bigint[] | undefined
  memo?: string
  payer?: string | undefined
  granter?: string | undefined
  timeoutHeight?: bigint
  unordered?: boolean
  extensionOptions?: Any[]
  nonCriticalExtensionOptions?: Any[]
  amino?: Registry | undefined
  /** Spoils what was signed. */
  forge?: (signature: Bytes, index: number) => Bytes
}

const bodyOf = (draft: Draft) =>
  create(TxBodySchema, {
    messages: draft.messages,
    memo: draft.memo ?? '',
    timeoutHeight: draft.timeoutHeight ?? 0n,
    unordered: draft.unordered ?? false,
    extensionOptions: draft.extensionOptions ?? [],
    nonCriticalExtensionOptions: draft.nonCriticalExtensionOptions ?? [],
  })

const authInfoOf = (draft: Draft, sequences: readonly bigint[]) => {
  const mode = draft.amino ? SignMode.LEGACY_AMINO_JSON : SignMode.DIRECT
  return create(AuthInfoSchema, {
    signerInfos: draft.signers.map(({ publicKey }, i) =>
      create(SignerInfoSchema, {
        publicKey: create(AnySchema, {
          typeUrl: '/cosmos.crypto.secp256k1.PubKey',
          value: toBinary(PubKeySchema, create(PubKeySchema, { key: publicKey })),
        }),
        modeInfo: { sum: { case: 'single', value: { mode } } },
        sequence: sequences[i]!,
      }),
    ),
    fee: {
      amount: draft.fee.map((coin) => create(CoinSchema, coin)),
      gasLimit: draft.gas,
      payer: draft.payer ?? '',
      granter: draft.granter ?? '',
    },
  })
}

/** The bytes of a signed transaction. */
export const signTx = (draft: Draft): Bytes => {
  const sequences = draft.signers.map(({ sequence }, i) => draft.sequences?.[i] ?? sequence)
  const body = bodyOf(draft)
  const authInfo = authInfoOf(draft, sequences)
  const bodyBytes = toBinary(TxBodySchema, body)
  const authInfoBytes = toBinary(AuthInfoSchema, authInfo)
  const signatures = draft.signers.map((signer, i) => {
    const accountNumber = draft.numbers?.[i] ?? signer.number
    const { chainId } = draft
    const { messages: msgs, memo, timeoutHeight, unordered, timeoutTimestamp } = body
    const message = draft.amino
      ? aminoSignBytes(
          {
            ...{ chainId, accountNumber, sequence: sequences[i]!, fee: authInfo.fee! },
            ...{ msgs, memo, timeoutHeight, unordered, timeoutTimestamp },
          },
          draft.amino,
        )
      : toBinary(SignDocSchema, create(SignDocSchema, { bodyBytes, authInfoBytes, chainId, accountNumber }))
    const signature = secp256k1.sign(message, signer.privateKey)
    return draft.forge ? draft.forge(signature, i) : signature
  })
  return toBinary(TxRawSchema, create(TxRawSchema, { bodyBytes, authInfoBytes, signatures }))
}
