// How signatures travel to the worker: one after the other in one buffer, and one byte for each on the way
// back.
import type { Bytes } from '../../chain/bytes.ts'
import type { VerifyDigest } from './secp256k1.ts'

/** publicKey (33) ‖ digest (32) ‖ signature (64). */
export const CHECK_LENGTH = 33 + 32 + 64

export const writeCheck = (packet: Bytes, at: number, publicKey: Bytes, digest: Bytes, signature: Bytes) => {
  packet.set(publicKey, at)
  packet.set(digest, at + 33)
  packet.set(signature, at + 65)
}

/** One byte a check: 1 where the signature holds. */
export const verifyPacket = (packet: Bytes, verify: VerifyDigest): Bytes => {
  const count = packet.length / CHECK_LENGTH
  const verdicts = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const at = i * CHECK_LENGTH
    const publicKey = packet.subarray(at, at + 33)
    const digest = packet.subarray(at + 33, at + 65)
    verdicts[i] = verify(publicKey, digest, packet.subarray(at + 65, at + CHECK_LENGTH)) ? 1 : 0
  }
  return verdicts
}
