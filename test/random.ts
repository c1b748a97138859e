// Random numbers for tests: seeded, so that a failure can be repeated.
import { createHash } from 'node:crypto'

export type Random = {
  /** 0 <= n < limit */
  below(limit: number): number
  bytes(length: number): Uint8Array
  pick<T>(items: readonly T[]): T
}

/** The same seed gives the same numbers (SHA-256 in counter mode). */
export const randomFrom = (seed: string): Random => {
  let counter = 0
  let pool = Buffer.alloc(0)
  const bytes = (length: number): Uint8Array => {
    while (pool.length < length)
      pool = Buffer.concat([pool, createHash('sha256').update(`${seed}/${counter++}`).digest()])
    const taken = new Uint8Array(pool.subarray(0, length))
    pool = pool.subarray(length)
    return taken
  }
  const below = (limit: number) => Buffer.from(bytes(6)).readUIntBE(0, 6) % limit
  return { below, bytes, pick: (items) => items[below(items.length)]! }
}
