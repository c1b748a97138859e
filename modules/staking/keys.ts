// Consensus keys: a validator's record holds its key as an Any; consensus knows it as a type, bytes and a
// 20-byte address.
import type { Any } from '@bufbuild/protobuf/wkt'
import type { PublicKey } from '../../chain/abci/application.ts'
import type { Bytes } from '../../chain/bytes.ts'
import { keyAddress } from '../../chain/consensus/validator.ts'
import { ProtoReader, ProtoWriter } from '../../chain/consensus/wire.ts'
import { sdk } from '../../chain/module.ts'

/** The key types of the SDK by type URL, with what their Type() says. */
const TYPES: Record<string, string> = {
  '/cosmos.crypto.ed25519.PubKey': 'ed25519',
  '/cosmos.crypto.secp256k1.PubKey': 'secp256k1',
  '/cosmos.crypto.secp256r1.PubKey': 'secp256r1',
  '/cosmos.crypto.multisig.LegacyAminoPubKey': 'PubKeyMultisigThreshold',
}

/** The SDK's name of a packed key's type. Throws sdk 29 for what is no key. */
export const keyType = ({ typeUrl }: Any): string => {
  const type = TYPES[typeUrl]
  if (type === undefined) throw sdk.invalidType(`Expecting cryptotypes.PubKey, got ${typeUrl}`)
  return type
}

/** A packed key as consensus knows it. Throws an Error for a type that CometBFT does not have. */
export const publicKey = (packed: Any): PublicKey => {
  const type = TYPES[packed.typeUrl]
  if (type !== 'ed25519' && type !== 'secp256k1')
    throw new Error(`consensus cannot use a key of type ${packed.typeUrl}; use ed25519 or secp256k1`)
  const reader = new ProtoReader(packed.value)
  let bytes: Bytes = new Uint8Array()
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) bytes = reader.bytes()
    else reader.skip()
  }
  return { type, bytes }
}

/** The inverse of `publicKey`. */
export const packKey = ({ type, bytes }: PublicKey): { typeUrl: string; value: Bytes } => {
  const writer = new ProtoWriter(40)
  writer.bytes(1, bytes)
  return { typeUrl: `/cosmos.crypto.${type}.PubKey`, value: writer.finish() }
}

/**
 * The address of a packed key. Keys that consensus cannot use have one too, since the store is asked for it
 * before they are refused; it is never written, so only its length counts.
 */
export const consAddressOf = (packed: Any): Bytes => {
  const type = keyType(packed)
  if (type === 'ed25519' || type === 'secp256k1') return keyAddress(publicKey(packed))
  return new Uint8Array(type === 'secp256r1' ? 32 : 20).fill(0xff)
}
