// Validators and their keys in the three forms that they take: ABCI, protobuf and CometBFT's JSON.
import { create } from '@bufbuild/protobuf'
import { type PublicKey as KeyMessage, PublicKeySchema } from '../../proto/gen/tendermint/crypto/keys_pb.ts'
import { type Validator, ValidatorSchema } from '../../proto/gen/tendermint/types/validator_pb.ts'
import type { PublicKey } from '../abci/application.ts'
import { fromBase64, toBase64 } from '../base64.ts'
import type { Bytes } from '../bytes.ts'
import { ripemd160, sha256 } from '../hash.ts'
import { upperHex } from './errors.ts'
import { ProtoWriter } from './wire.ts'

const ADDRESS_SIZE = 20
const KEY_SIZE = { ed25519: 32, secp256k1: 33 } as const
const JSON_TYPE = { ed25519: 'tendermint/PubKeyEd25519', secp256k1: 'tendermint/PubKeySecp256k1' } as const
const GO_NAME = { ed25519: 'PubKeyEd25519', secp256k1: 'PubKeySecp256k1' } as const

/** The 20-byte address of a consensus key (crypto/ed25519, crypto/secp256k1 of CometBFT). */
export const keyAddress = ({ type, bytes }: PublicKey): Bytes =>
  type === 'ed25519' ? sha256(bytes).subarray(0, ADDRESS_SIZE) : ripemd160(sha256(bytes))

/** Throws an Error if the key does not have its type's length. */
export const checkKey = ({ type, bytes }: PublicKey): void => {
  if (bytes.length !== KEY_SIZE[type])
    throw new Error(
      `invalid size for PubKey${type === 'ed25519' ? 'Ed25519' : 'Secp256k1'}. Got ${bytes.length}, ` +
        `expected ${KEY_SIZE[type]}`,
    )
}

export const keyMessage = ({ type, bytes }: PublicKey): KeyMessage =>
  create(PublicKeySchema, { sum: { case: type, value: bytes } })

/** Undefined for a key of a type that is not known here. */
export const keyOf = ({ pubKey }: Pick<Validator, 'pubKey'>): PublicKey | undefined =>
  pubKey?.sum.case === undefined ? undefined : { type: pubKey.sum.case, bytes: pubKey.sum.value }

/** As `keyOf`, for a validator of our own chain. Throws an Error if its key is of an unknown type. */
export const publicKeyOf = (validator: Validator): PublicKey => {
  const key = keyOf(validator)
  if (key === undefined)
    throw new Error(`validator ${upperHex(validator.address)} does not have a known type of public key`)
  return key
}

/** A validator that was not in a set yet. */
export const validatorOf = (key: PublicKey, votingPower: bigint): Validator =>
  create(ValidatorSchema, { address: keyAddress(key), pubKey: keyMessage(key), votingPower })

/**
 * tendermint.types.SimpleValidator, the leaf under a validators hash: neither address nor priority counts.
 */
export const simpleValidator = (validator: Validator): Bytes => {
  const writer = new ProtoWriter(64)
  const start = writer.begin(1)
  const key = keyOf(validator)
  if (key) writer.item(key.type === 'ed25519' ? 1 : 2, key.bytes)
  writer.end(start)
  writer.int64(2, validator.votingPower)
  return writer.finish()
}

/** As Go prints a validator in an error. */
export const describeValidator = (validator: Validator): string => {
  const key = keyOf(validator)
  const keyText = key ? `${GO_NAME[key.type]}{${upperHex(key.bytes)}}` : '<nil>'
  return (
    `Validator{${upperHex(validator.address)} ${keyText} VP:${validator.votingPower} ` +
    `A:${validator.proposerPriority}}`
  )
}

/** `{type, value}` as CometBFT's JSON has public keys. */
export const keyJson = ({ type, bytes }: PublicKey): { type: string; value: string } => ({
  type: JSON_TYPE[type],
  value: toBase64(bytes),
})

/** Reads `{type, value}`; `field` names the place in errors. Throws an Error. */
export const parseKeyJson = (value: unknown, field: string): PublicKey => {
  const { type: name, value: text } = (value ?? {}) as { type?: unknown; value?: unknown }
  const type = name === JSON_TYPE.ed25519 ? 'ed25519' : name === JSON_TYPE.secp256k1 ? 'secp256k1' : undefined
  if (type === undefined)
    throw new Error(
      `${field}.type is ${JSON.stringify(name)}: use ${JSON_TYPE.ed25519} or ${JSON_TYPE.secp256k1}`,
    )
  const bytes = typeof text === 'string' ? fromBase64(text) : undefined
  if (bytes?.length !== KEY_SIZE[type])
    throw new Error(`${field}.value must be the base64 of ${KEY_SIZE[type]} bytes`)
  return { type, bytes }
}
