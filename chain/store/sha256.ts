// SHA-256 for the whole core. An own WebAssembly module, because the core is synchronous, knows no host, and hashes
// mostly short messages, where crossing into a host's library costs more than the hash itself. The instance below is
// scratch space of a pure function: nothing in it outlives a call.
import { base64 } from '@scure/base'
import type { Bytes } from '../bytes.ts'
import { WASM_BASE64 } from './sha256.wasm.ts'

type Memory = { readonly buffer: ArrayBuffer; grow(pages: number): number }
type Exports = {
  compress(state: number, at: number, blocks: number): void
  digest(at: number, rest: number, total: number, out: number): void
}
declare const WebAssembly: {
  Memory: new (limits: { initial: number; maximum?: number }) => Memory
  Module: new (bytes: Bytes) => object
  Instance: new (module: object, imports: object) => { readonly exports: Exports }
}

const STATE = 288 // layout of tools/sha256-wat.ts
const OUT = 320
const INPUT = 384
const CHUNK = 60_000 // a multiple of 64 would waste nothing; what matters is INPUT + CHUNK + 72 < one page
const WHOLE = CHUNK - (CHUNK % 64)

const module = new WebAssembly.Module(base64.decode(WASM_BASE64))
const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 })
const { compress, digest } = new WebAssembly.Instance(module, { host: { memory } }).exports
const view = new Uint8Array(memory.buffer)

/** SHA-256 (FIPS 180-4) of the message; 32 bytes, the caller's own. */
export const sha256 = (message: Bytes): Bytes => {
  let at = 0
  for (; message.length - at > WHOLE; at += WHOLE) {
    view.set(message.subarray(at, at + WHOLE), INPUT)
    compress(STATE, INPUT, WHOLE / 64)
  }
  view.set(at === 0 ? message : message.subarray(at), INPUT)
  digest(INPUT, message.length - at, message.length, OUT)
  return view.slice(OUT, OUT + 32)
}
