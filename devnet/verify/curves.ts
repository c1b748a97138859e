// Signatures of the curves that few accounts use.
import { createPublicKey, verify as verifyWithKey } from 'node:crypto'
import { p256 } from '@noble/curves/nist.js'
import { type Bytes, concatBytes, fromHex } from '../../chain/bytes.ts'
import type { CurveVerifier } from '../../chain/module.ts'

/** DER head of an ed25519 public key (RFC 8410). */
const SPKI_HEAD = fromHex('302a300506032b6570032100')

/** By OpenSSL; it differs from ZIP-215 only for keys and points of small order, which no honest key has. */
export const verifyEd25519 = (publicKey: Bytes, message: Bytes, signature: Bytes): boolean => {
  if (publicKey.length !== 32 || signature.length !== 64) return false
  const der = Buffer.from(concatBytes(SPKI_HEAD, publicKey))
  return verifyWithKey(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature)
}

const verifySecp256r1 = (publicKey: Bytes, message: Bytes, signature: Bytes): boolean => {
  if (publicKey.length !== 33 || signature.length !== 64 || !p256.utils.isValidPublicKey(publicKey, true))
    return false
  return p256.verify(signature, message, publicKey, { lowS: true, prehash: true })
}

export const verifyCurve: CurveVerifier = (type, publicKey, message, signature) =>
  type === 'ed25519'
    ? verifyEd25519(publicKey, message, signature)
    : verifySecp256r1(publicKey, message, signature)
