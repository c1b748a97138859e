// Signatures are verified once, and before the state machine asks: batches go to a worker thread, single ones
// are done in place, verdicts are remembered by public key, digest and signature. The state machine's own
// question is then a look-up; whatever was not foreseen is verified on the spot, so a verdict never depends
// on the timing of threads.
import { hash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { Bytes } from '../../chain/bytes.ts'
import { CHECK_LENGTH, verifyPacket, writeCheck } from './packet.ts'
import type { Secp256k1 } from './secp256k1.ts'

export type SignatureCheck = { publicKey: Bytes; message: Bytes; signature: Bytes }
export type Verifier = {
  readonly kind: Secp256k1['kind']
  /** The answer that the state machine uses: synchronous, from memory where the signature was foreseen. */
  verify(publicKey: Bytes, message: Bytes, signature: Bytes): boolean
  /** Verifies ahead. Resolves when every verdict is known. */
  prepare(checks: readonly SignatureCheck[]): Promise<void>
  close(): Promise<void>
}

/**
 * Below this many, handing them over costs more than it saves (measured: 16 and more cost under 8 % more
 * CPU).
 */
const WORTH_A_WORKER = 16
/** Two generations of this many verdicts are kept, some 6 MB each. */
const GENERATION = 32_768

const keyOf = (check: Bytes) => Buffer.from(check.buffer, check.byteOffset, check.length).toString('latin1')
const digestOf = (message: Bytes): Bytes => hash('sha256', message, 'buffer')

/**
 * `workerPath` is the bundled worker (dist/verify-worker.js); without it everything runs on the calling
 * thread.
 */
export const createVerifier = (secp256k1: Secp256k1, workerPath?: string | URL): Verifier => {
  let young = new Map<string, boolean>()
  let old = new Map<string, boolean>()
  const remember = (key: string, verdict: boolean) => {
    if (young.size >= GENERATION) {
      old = young
      young = new Map()
    }
    young.set(key, verdict)
  }
  const worker = workerPath === undefined ? undefined : startWorker(workerPath)
  const pack = (checks: readonly SignatureCheck[]): Uint8Array<ArrayBuffer> => {
    const packet = new Uint8Array(checks.length * CHECK_LENGTH)
    checks.forEach(({ publicKey, message, signature }, i) => {
      writeCheck(packet, i * CHECK_LENGTH, publicKey, digestOf(message), signature)
    })
    return packet
  }
  const settle = (keys: string[], verdicts: Bytes) => {
    keys.forEach((key, i) => {
      remember(key, verdicts[i] === 1)
    })
  }
  return {
    kind: secp256k1.kind,
    verify(publicKey, message, signature) {
      const check = new Uint8Array(CHECK_LENGTH)
      writeCheck(check, 0, publicKey, digestOf(message), signature)
      const key = keyOf(check)
      const known = young.get(key) ?? old.get(key)
      if (known !== undefined) return known
      const verdict = verifyPacket(check, secp256k1.verify)[0] === 1
      remember(key, verdict)
      return verdict
    },
    async prepare(checks) {
      if (checks.length === 0) return
      const packet = pack(checks)
      const keys = checks.map((_, i) => keyOf(packet.subarray(i * CHECK_LENGTH, (i + 1) * CHECK_LENGTH)))
      const remote = worker !== undefined && checks.length >= WORTH_A_WORKER
      const verdicts = remote ? await worker.ask(packet) : undefined
      settle(keys, verdicts ?? verifyPacket(remote ? pack(checks) : packet, secp256k1.verify))
    },
    close: async () => worker?.stop(),
  }
}

const startWorker = (path: string | URL) => {
  let waiting: ((verdicts: Bytes | undefined) => void)[] = []
  let thread: Worker | undefined
  const start = () => {
    const started = new Worker(path)
    started.unref()
    started.on('message', (verdicts: Bytes) => waiting.shift()?.(verdicts))
    started.on('exit', () => {
      thread = undefined
      for (const resolve of waiting) resolve(undefined)
      waiting = []
    })
    // An 'exit' follows, and whoever waited verifies on its own thread.
    started.on('error', (error) => process.emitWarning(`signature worker stopped: ${error.message}`))
    return started
  }
  return {
    /** Undefined if the worker stopped before it answered. */
    ask(packet: Uint8Array<ArrayBuffer>): Promise<Bytes | undefined> {
      thread ??= start()
      thread.postMessage(packet, [packet.buffer])
      return new Promise((resolve) => waiting.push(resolve))
    },
    async stop() {
      await thread?.terminate()
    },
  }
}
