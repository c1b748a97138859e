// A disk that forgets: what trees, blocks and indexes of a chain without a home directory are written to.
import type { Bytes } from '../bytes.ts'
import type { Disk } from './kv.ts'

/** Arguments that one call may spread. */
const SPREAD = 4096

/** One character a byte (latin-1), so that equal keys are equal strings and string order is byte order. */
export const byteString = (bytes: Bytes): string => {
  if (bytes.length <= SPREAD) return String.fromCharCode.apply(undefined, bytes as unknown as number[])
  let text = ''
  for (let at = 0; at < bytes.length; at += SPREAD) text += byteString(bytes.subarray(at, at + SPREAD))
  return text
}

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
