// A disk that forgets: what trees, blocks and indexes of a chain without a home directory are written to.
import { type Bytes, byteString } from '../bytes.ts'
import type { Disk } from './kv.ts'

/** An empty disk in memory. Keys and values given to it are kept, not copied. */
export const memoryDisk = (): Disk => {
  const values = new Map<string, Bytes>()
  return {
    get: (key) => values.get(byteString(key)),
    has: (key) => values.has(byteString(key)),
    write: (batch) => {
      for (const { key, value } of batch) {
        if (value === undefined) values.delete(byteString(key))
        else values.set(byteString(key), value)
      }
    },
    writePacked: (batch) => {
      for (let i = 0; i < batch.count; i++) {
        const value = batch.value(i)
        if (value === undefined) values.delete(byteString(batch.key(i)))
        else values.set(byteString(batch.key(i)), value.slice())
      }
    },
  }
}
