// The fastest secp256k1 verification that this machine has: libsecp256k1 as a native addon where a prebuilt
// one fits, else the same library as WebAssembly. Both accept exactly the low-S signatures that the SDK
// accepts.
import type { Bytes } from '../../chain/bytes.ts'

/**
 * Whether `signature` (64 bytes, r then s) over the 32-byte `digest` is by `publicKey` (33 bytes,
 * compressed).
 */
export type VerifyDigest = (publicKey: Bytes, digest: Bytes, signature: Bytes) => boolean
export type Secp256k1 = { readonly kind: 'native' | 'wasm'; readonly verify: VerifyDigest }

type NativeBinding = { ecdsaVerify(signature: Bytes, digest: Bytes, publicKey: Bytes): boolean }

/** The addon throws where a public key is no point of the curve; such a signature is simply not valid. */
const native = (binding: NativeBinding): Secp256k1 => ({
  kind: 'native',
  verify(publicKey, digest, signature) {
    try {
      return binding.ecdsaVerify(signature, digest, publicKey)
    } catch (error) {
      if (error instanceof Error) return false
      throw error
    }
  },
})

const wasm = async (): Promise<Secp256k1> => {
  const { instantiateSecp256k1 } = await import('@bitauth/libauth')
  const library = await instantiateSecp256k1()
  return {
    kind: 'wasm',
    verify: (publicKey, digest, signature) =>
      library.validatePublicKey(publicKey) &&
      library.verifySignatureCompactLowS(signature, publicKey, digest),
  }
}

/** `prefer` 'wasm' skips the addon, so that both ways can be tested on one machine. */
export const loadSecp256k1 = async (prefer: 'native' | 'wasm' = 'native'): Promise<Secp256k1> => {
  if (prefer === 'wasm') return wasm()
  let binding: NativeBinding
  try {
    const addon: { default: NativeBinding } = await import('secp256k1/bindings.js')
    binding = addon.default
  } catch (error) {
    if (error instanceof Error) return wasm() // no prebuilt addon for this platform
    throw error
  }
  return native(binding)
}
