// SHA-256 for the whole core. An own WebAssembly module, because the core is synchronous, knows no host, and
// hashes mostly short messages, where crossing into a host's library costs more than the hash itself. Trees
// hash thousands of messages at a time: those go four at once through SIMD lanes. The instance below is
// scratch space of pure functions: nothing in it outlives a call of `sha256` or of `Sha256Batch.run`.
import { base64 } from '@scure/base'
import type { Bytes } from '../bytes.ts'
import { WASM_BASE64 } from './sha256.wasm.ts'

type Memory = { readonly buffer: ArrayBuffer }
type Exports = {
  compress(state: number, at: number, blocks: number): void
  digest(at: number, rest: number, total: number, out: number): void
  lanes(at: number, groups: number, blocks: number, out: number): void
}
declare const WebAssembly: {
  Memory: new (limits: { initial: number; maximum: number }) => Memory
  Module: new (bytes: Bytes) => object
  Instance: new (module: object, imports: object) => { readonly exports: Exports }
}

// The memory, after the layout of tools/sha256-wat.ts: state and one digest in the first page, then the input
// of single messages, the messages of a batch and their digests.
const PAGE = 65_536
const STATE = 288
const OUT = 320
const INPUT = 512
const CHUNK = 60_032
const BATCH_BLOCKS = 2048
const BATCH_OUT = PAGE + 64 * BATCH_BLOCKS
const PAGES = (BATCH_OUT + 32 * BATCH_BLOCKS) / PAGE

const compiled = new WebAssembly.Module(base64.decode(WASM_BASE64))
const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES })
const { compress, digest, lanes } = new WebAssembly.Instance(compiled, { host: { memory } }).exports
const view = new Uint8Array(memory.buffer)
const words = new Int32Array(memory.buffer)

/** SHA-256 (FIPS 180-4) of the message; 32 bytes, the caller's own. */
export const sha256 = (message: Bytes): Bytes => {
  let at = 0
  for (; message.length - at > CHUNK; at += CHUNK) {
    view.set(message.subarray(at, at + CHUNK), INPUT)
    compress(STATE, INPUT, CHUNK / 64)
  }
  view.set(at === 0 ? message : message.subarray(at), INPUT)
  digest(INPUT, message.length - at, message.length, OUT)
  return view.slice(OUT, OUT + 32)
}

/** H(""): the root of nothing. */
export const EMPTY_HASH = sha256(new Uint8Array(0))

/** Blocks of 64 bytes that a message of this many bytes takes up once it is padded. */
export const paddedBlocks = (length: number): number => (length + 72) >>> 6

/** Messages of more blocks than this are not worth a lane. */
export const LANE_BLOCKS = 4

/**
 * Hashes many messages of at most LANE_BLOCKS blocks. The user writes message number i of a batch for
 * `blocks` blocks at `start(i, blocks)` of `bytes`, calls `pad`, and after `run` finds its digest at
 * `digestAt(i)` of `bytes`. A batch holds `capacity(blocks)` messages. Only one batch can be under way at a
 * time.
 */
export const sha256Lanes = {
  bytes: view,
  capacity: (blocks: number): number => (BATCH_BLOCKS / blocks) & ~3,
  start: (index: number, blocks: number): number => PAGE + index * blocks * 64,
  digestAt: (index: number): number => BATCH_OUT + index * 32,
  /** Pads the message at `start` that ends before `end`. */
  pad(start: number, end: number, blocks: number): void {
    const last = start + blocks * 64
    const bits = (end - start) << 3
    view[end] = 0x80
    let at = end + 1
    for (; at % 4 !== 0; at++) view[at] = 0
    for (let word = at >>> 2; word < last >>> 2; word++) words[word] = 0
    view[last - 2] = bits >>> 8
    view[last - 1] = bits
  },
  run: (count: number, blocks: number): void => lanes(PAGE, (count + 3) >>> 2, blocks, BATCH_OUT),
} as const
