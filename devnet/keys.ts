// Ed25519 keys of the simulated validators, on the host's OpenSSL: importing a key costs as much as a
// signature, so each is imported once.
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { type Bytes, concatBytes, fromHex } from '../chain/bytes.ts'
import type { Signer } from '../chain/consensus/engine.ts'

/** DER head of an ed25519 private key (RFC 8410); the 32-byte seed follows. */
const PKCS8_HEAD = fromHex('302e020100300506032b657004220420')
/** DER head of an ed25519 public key; the 32-byte key follows. */
const SPKI_HEAD_LENGTH = 12

/** A signer from a 32-byte ed25519 seed. */
export const ed25519Signer = (seed: Bytes): Signer => {
  const privateKey = createPrivateKey({
    key: Buffer.from(concatBytes(PKCS8_HEAD, seed)),
    format: 'der',
    type: 'pkcs8',
  })
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const publicKey = new Uint8Array(spki.subarray(SPKI_HEAD_LENGTH))
  return { publicKey, sign: (message) => new Uint8Array(sign(null, message, privateKey)) }
}
