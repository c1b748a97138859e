// genutil: the transactions of a genesis, by which its first validators create themselves (x/genutil of SDK
// 0.53). They take the same way as any other transaction: signatures, fees and all.
import { create, createRegistry, type JsonValue, toBinary } from '@bufbuild/protobuf'
import { type Bytes, fromUtf8 } from '../../chain/bytes.ts'
import { defineModule, type Module } from '../../chain/module.ts'
import { fromJson, JsonError } from '../../chain/runtime/json.ts'
import { file_cosmos_crypto_ed25519_keys } from '../../proto/gen/cosmos/crypto/ed25519/keys_pb.ts'
import { file_cosmos_crypto_multisig_keys } from '../../proto/gen/cosmos/crypto/multisig/keys_pb.ts'
import { file_cosmos_crypto_secp256k1_keys } from '../../proto/gen/cosmos/crypto/secp256k1/keys_pb.ts'
import { file_cosmos_crypto_secp256r1_keys } from '../../proto/gen/cosmos/crypto/secp256r1/keys_pb.ts'
import { GenesisStateSchema } from '../../proto/gen/cosmos/genutil/v1beta1/genesis_pb.ts'
import { file_cosmos_staking_v1beta1_tx } from '../../proto/gen/cosmos/staking/v1beta1/tx_pb.ts'
import {
  AuthInfoSchema,
  TxBodySchema,
  TxRawSchema,
  TxSchema,
} from '../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import type { StakingKeeper } from '../staking/keeper.ts'

const CREATE_VALIDATOR = '/cosmos.staking.v1beta1.MsgCreateValidator'

/** What a genesis transaction can hold: keys and the one message. */
const types = createRegistry(
  file_cosmos_staking_v1beta1_tx,
  file_cosmos_crypto_ed25519_keys,
  file_cosmos_crypto_secp256k1_keys,
  file_cosmos_crypto_secp256r1_keys,
  file_cosmos_crypto_multisig_keys,
)

/** The transaction of one JSON text. Throws an Error that names what is wrong with it. */
const readTx = (json: Bytes) => {
  const text = fromUtf8(json)
  try {
    return fromJson(TxSchema, JSON.parse(text) as JsonValue, types)
  } catch (error) {
    if (error instanceof JsonError || error instanceof SyntaxError)
      throw new Error(`failed to decode gentx: ${text}, error: ${error.message}`)
    throw error
  }
}

/** A genesis transaction in the bytes that its signer signed. Throws an Error that names what is wrong. */
export const genesisTx = (json: Bytes): Bytes => {
  const { body, authInfo, signatures } = readTx(json)
  return toBinary(
    TxRawSchema,
    create(TxRawSchema, {
      bodyBytes: toBinary(TxBodySchema, body ?? create(TxBodySchema)),
      authInfoBytes: toBinary(AuthInfoSchema, authInfo ?? create(AuthInfoSchema)),
      signatures,
    }),
  )
}

/** DefaultMessageValidator: one message, and that a new validator. */
const checkTx = (json: Bytes): void => {
  const messages = readTx(json).body?.messages ?? []
  if (messages.length !== 1)
    throw new Error(`unexpected number of GenTx messages; got: ${messages.length}, expected: 1`)
  const [message] = messages
  if (message!.typeUrl !== CREATE_VALIDATOR)
    throw new Error(`unexpected GenTx message type; expected: MsgCreateValidator, got: ${message!.typeUrl}`)
}

export type GenutilOptions = {
  staking: Pick<StakingKeeper, 'applyUpdates'>
  /** Runs a transaction in the state of the genesis. Throws an Error if it fails. */
  deliverTx(tx: Bytes): void
}

export const genutil = ({ staking, deliverTx }: GenutilOptions): Module =>
  defineModule({
    name: 'genutil',
    genesis: {
      schema: GenesisStateSchema,
      default: () => ({ genTxs: [] }),
      validate({ genTxs }) {
        for (const json of genTxs) checkTx(json)
      },
      init(ctx, { genTxs }) {
        for (const json of genTxs) deliverTx(genesisTx(json))
        return genTxs.length === 0 ? [] : staking.applyUpdates(ctx)
      },
      /** What the transactions did is in the states of the other modules. */
      export: () => ({ genTxs: [] }),
    },
  })
