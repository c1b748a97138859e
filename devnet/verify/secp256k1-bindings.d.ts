declare module 'secp256k1/bindings.js' {
  const binding: {
    ecdsaVerify(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean
  }
  export default binding
}
