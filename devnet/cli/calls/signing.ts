// A transaction of one message: with which number and sequence it is signed, how much gas it may use and what
// it pays, and the signature (SIGN_MODE_DIRECT).
import { create, type Message, type Registry, toBinary } from '@bufbuild/protobuf'
import { AnySchema } from '@bufbuild/protobuf/wkt'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { Bytes } from '../../../chain/bytes.ts'
import {
  type Coins,
  coinsTo,
  type Dec,
  type DecCoins,
  decCeil,
  decMulInt,
  decTruncateInt,
} from '../../../chain/module.ts'
import { Query as AuthQuery } from '../../../proto/gen/cosmos/auth/v1beta1/query_pb.ts'
import { PubKeySchema } from '../../../proto/gen/cosmos/crypto/secp256k1/keys_pb.ts'
import { SignMode } from '../../../proto/gen/cosmos/tx/signing/v1beta1/signing_pb.ts'
import { Service as TxService } from '../../../proto/gen/cosmos/tx/v1beta1/service_pb.ts'
import {
  type AuthInfo,
  AuthInfoSchema,
  SignDocSchema,
  type TxBody,
  TxBodySchema,
  TxRawSchema,
} from '../../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import { OptionError } from '../../options.ts'
import { Refusal, type Rpc } from './rpc.ts'

export type Terms = {
  chainId: string
  accountNumber: bigint
  sequence: bigint
}
export type Price = { fees: Coins } | { gasPrices: DecCoins }
export type FeeTerms = { gasLimit: bigint; price: Price; granter: string }

/** A message as it stands in a transaction. */
export const bodyOf = (message: Message, registry: Registry, memo: string, timeoutHeight: bigint): TxBody => {
  const schema = registry.getMessage(message.$typeName)!
  const any = create(AnySchema, { typeUrl: `/${message.$typeName}`, value: toBinary(schema, message) })
  return create(TxBodySchema, { messages: [any], memo, timeoutHeight })
}

/** Signer info and fee; without a key as an unsigned transaction has them. */
export const authInfoOf = (fee: FeeTerms, signer?: { publicKey: Bytes; sequence: bigint }): AuthInfo =>
  create(AuthInfoSchema, {
    signerInfos: signer ? [signerInfoOf(signer.publicKey, signer.sequence)] : [],
    fee: { amount: coinsTo(feeOf(fee)), gasLimit: fee.gasLimit, granter: fee.granter },
  })

const signerInfoOf = (key: Bytes, sequence: bigint) => ({
  publicKey: create(AnySchema, {
    typeUrl: `/${PubKeySchema.typeName}`,
    value: toBinary(PubKeySchema, create(PubKeySchema, { key })),
  }),
  modeInfo: { sum: { case: 'single' as const, value: { mode: SignMode.DIRECT } } },
  sequence,
})

/** Prices are rounded up, as the ante handler asks for them (x/auth/tx FeesFromGasPrices). */
const feeOf = ({ gasLimit, price }: FeeTerms): Coins => {
  if ('fees' in price) return price.fees
  return price.gasPrices
    .map(({ denom, amount }) => ({ denom, amount: decTruncateInt(decCeil(decMulInt(amount, gasLimit))) }))
    .filter(({ amount }) => amount > 0n)
}

/** Number and sequence of an account, as the chain has them. Throws OptionError if there is none. */
export const accountOf = async (
  rpc: Rpc,
  address: string,
): Promise<{ accountNumber: bigint; sequence: bigint }> => {
  try {
    const { info } = await rpc.query(AuthQuery.method.accountInfo, { address })
    return { accountNumber: info?.accountNumber ?? 0n, sequence: info?.sequence ?? 0n }
  } catch (error) {
    if (!(error instanceof Refusal && /not found/.test(error.message))) throw error
    throw new OptionError(`${address} has no account on the chain at ${rpc.url}: send it some coins first`)
  }
}

/**
 * Gas that the transaction uses now, times `adjustment`, rounded up. Throws Refusal with the reason if it
 * would fail.
 */
export const estimateGas = async (
  rpc: Rpc,
  body: TxBody,
  publicKey: Bytes,
  sequence: bigint,
  adjustment: Dec,
): Promise<bigint> => {
  const authInfo = authInfoOf({ gasLimit: 0n, price: { fees: [] }, granter: '' }, { publicKey, sequence })
  const txBytes = toBinary(
    TxRawSchema,
    create(TxRawSchema, {
      bodyBytes: toBinary(TxBodySchema, body),
      authInfoBytes: toBinary(AuthInfoSchema, authInfo),
      signatures: [new Uint8Array()],
    }),
  )
  const { gasInfo } = await rpc.query(TxService.method.simulate, { txBytes }).catch(wouldFail)
  return decTruncateInt(decCeil(decMulInt(adjustment, gasInfo?.gasUsed ?? 0n)))
}

/** The signed transaction. */
export const signTx = (body: TxBody, authInfo: AuthInfo, terms: Terms, privateKey: Bytes): Bytes => {
  const bodyBytes = toBinary(TxBodySchema, body)
  const authInfoBytes = toBinary(AuthInfoSchema, authInfo)
  const { chainId, accountNumber } = terms
  const doc = toBinary(
    SignDocSchema,
    create(SignDocSchema, { bodyBytes, authInfoBytes, chainId, accountNumber }),
  )
  const signatures = [secp256k1.sign(doc, privateKey, { lowS: true })]
  return toBinary(TxRawSchema, create(TxRawSchema, { bodyBytes, authInfoBytes, signatures }))
}

/** Go's gRPC status stands before the reason. */
const wouldFail = (error: unknown): never => {
  if (!(error instanceof Refusal)) throw error
  const reason = error.message.replace(/^Simulate: (?:rpc error: code = \w+ desc = )?/, '')
  throw new Refusal(`the transaction would fail: ${reason}`, error.codespace, error.code)
}
