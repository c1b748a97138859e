// Public keys of accounts: what an Any of a known key type holds, the address it has, and its amino form,
// from which multisig addresses and simulated sizes come.
import { fromBinary } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import { LegacyAminoPubKeySchema } from '../../proto/gen/cosmos/crypto/multisig/keys_pb.ts'
import { PubKeySchema } from '../../proto/gen/cosmos/crypto/secp256k1/keys_pb.ts'
import { type Bytes, concatBytes, fromHex, utf8 } from '../bytes.ts'
import { ripemd160, sha256 } from '../hash.ts'
import { hashAddress } from './address.ts'
import { GoPanic, plainError } from './errors.ts'

export type KeyType = 'secp256k1' | 'ed25519' | 'secp256r1' | 'multisig'

export class PublicKey {
  readonly type: KeyType
  /** As it stands in transactions and accounts. */
  readonly any: Any
  /** The raw key; empty for a multisig. */
  readonly bytes: Bytes
  /** A multisig's; 0 and none for others. */
  readonly threshold: number
  readonly keys: readonly PublicKey[]
  #address: Bytes | undefined
  constructor(type: KeyType, any: Any, bytes: Bytes, threshold = 0, keys: readonly PublicKey[] = NO_KEYS) {
    this.type = type
    this.any = any
    this.bytes = bytes
    this.threshold = threshold
    this.keys = keys
  }

  /** Throws GoPanic for a key of the wrong length. */
  address(): Bytes {
    this.#address ??= addressOf(this)
    return this.#address
  }
}
const NO_KEYS: readonly PublicKey[] = []

const types: Record<string, KeyType> = {
  '/cosmos.crypto.secp256k1.PubKey': 'secp256k1',
  '/cosmos.crypto.ed25519.PubKey': 'ed25519',
  '/cosmos.crypto.secp256r1.PubKey': 'secp256r1',
  '/cosmos.crypto.multisig.LegacyAminoPubKey': 'multisig',
}

export const isKnownKey = (typeUrl: string): boolean => typeUrl in types

/** How deep multisigs may nest (the SDK's limit on unpacking Any). */
const DEPTH = 10

/** The type URL must be a known one. Throws an Error if the value is no such key. */
export const publicKey = (any: Any, depth = DEPTH): PublicKey => {
  const type = types[any.typeUrl]
  if (type === undefined)
    throw plainError(
      `no concrete type registered for type URL ${any.typeUrl} against interface *types.PubKey`,
    )
  return type === 'multisig' ? multisig(any, depth) : new PublicKey(type, any, singleKey(any.value))
}

/** The one field of a single key's message. */
const singleKey = (value: Bytes): Bytes =>
  value[0] === 0x0a && value[1] === value.length - 2 && value.length < 130
    ? value.subarray(2)
    : fromBinary(PubKeySchema, value).key

const multisig = (any: Any, depth: number): PublicKey => {
  if (depth === 0) throw plainError('max depth exceeded')
  const { threshold, publicKeys } = fromBinary(LegacyAminoPubKeySchema, any.value)
  const keys = publicKeys.map((inner) => publicKey(inner, depth - 1))
  return new PublicKey('multisig', any, new Uint8Array(), threshold, keys)
}

const addressOf = (key: PublicKey): Bytes => {
  switch (key.type) {
    case 'secp256k1':
      if (key.bytes.length !== 33) throw new GoPanic('length of pubkey is incorrect')
      return ripemd160(sha256(key.bytes))
    case 'ed25519':
      if (key.bytes.length !== 32) throw new GoPanic('pubkey is incorrect size')
      return sha256(key.bytes).subarray(0, 20)
    case 'secp256r1':
      return hashAddress(utf8('cosmos.crypto.secp256r1.PubKey'), key.bytes)
    case 'multisig':
      return sha256(aminoKey(key)).subarray(0, 20)
  }
}

const prefixes: Record<KeyType, Bytes> = {
  secp256k1: fromHex('eb5ae987'),
  ed25519: fromHex('1624de64'),
  multisig: fromHex('22c1f7e2'),
  secp256r1: new Uint8Array(),
}

const varint = (value: number): Bytes => {
  const bytes: number[] = []
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128)
  return new Uint8Array([...bytes, value])
}

/** Amino binary of a key: its type's prefix, then its bytes, or threshold and keys. */
export const aminoKey = (key: PublicKey): Bytes => {
  if (key.type === 'secp256r1') throw new GoPanic('unregistered concrete type secp256r1.PubKey')
  if (key.type !== 'multisig') return concatBytes(prefixes[key.type], varint(key.bytes.length), key.bytes)
  const threshold = key.threshold === 0 ? [] : [new Uint8Array([8]), varint(key.threshold)]
  const keys = key.keys.map(aminoKey)
  const fields = keys.flatMap((inner) => [new Uint8Array([18]), varint(inner.length), inner])
  return concatBytes(prefixes.multisig, ...threshold, ...fields)
}

/** How many single keys a key holds in all. */
export const countKeys = (key: PublicKey | undefined): number => {
  if (key === undefined) return 0
  return key.type === 'multisig' ? key.keys.reduce((sum, inner) => sum + countKeys(inner), 0) : 1
}
