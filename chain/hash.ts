// The hash functions of the chain, in one place so that a faster one replaces them all.
export { ripemd160 } from '@noble/hashes/legacy.js'
export { sha256 } from './store/sha256.ts'
