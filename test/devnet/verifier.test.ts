import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { loadSecp256k1 } from '../../devnet/verify/secp256k1.ts'
import { createVerifier } from '../../devnet/verify/verifier.ts'

const signed = (text: string) => {
  const privateKey = createHash('sha256').update(`key of ${text}`).digest()
  const message = new TextEncoder().encode(text)
  const signature = secp256k1.sign(message, privateKey, { prehash: true, lowS: true })
  return { publicKey: secp256k1.getPublicKey(privateKey, true), message, signature }
}
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const withHighS = (signature: Uint8Array): Uint8Array => {
  const s = ORDER - BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`)
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')])
}

describe.each(['native', 'wasm'] as const)('secp256k1 by the %s library', (kind) => {
  test('accepts what was signed and nothing else', async () => {
    const { verify } = createVerifier(await loadSecp256k1(kind))
    const { publicKey, message, signature } = signed('one')
    expect(verify(publicKey, message, signature)).toBe(true)
    expect(verify(publicKey, new TextEncoder().encode('two'), signature)).toBe(false)
    expect(verify(signed('three').publicKey, message, signature)).toBe(false)
    expect(verify(publicKey, message, withHighS(signature))).toBe(false) // malleable: the SDK refuses it
    expect(verify(new Uint8Array(33), message, signature)).toBe(false)
    expect(verify(publicKey, message, new Uint8Array(64))).toBe(false)
    expect(verify(publicKey, message, new Uint8Array(64).fill(255))).toBe(false)
  })
})

test('signatures verified ahead give the same verdicts as those verified on the spot', async () => {
  const library = await loadSecp256k1()
  const checks = Array.from({ length: 40 }, (_, i) => {
    const check = signed(`tx ${i}`)
    return i % 3 === 0 ? { ...check, signature: new Uint8Array(randomBytes(64)) } : check
  })
  const ahead = createVerifier(library)
  await ahead.prepare(checks)
  const asked = createVerifier({
    ...library,
    verify: () => {
      throw new Error('asked again')
    },
  })
  expect(() => asked.verify(checks[0]!.publicKey, checks[0]!.message, checks[0]!.signature)).toThrow(
    'asked again',
  )
  checks.forEach(({ publicKey, message, signature }, i) => {
    expect(ahead.verify(publicKey, message, signature)).toBe(i % 3 !== 0)
  })
})
