// The plainest store there can be: what cleverer ones are compared with.
import { type Bytes, compareBytes, toHex } from '../../../chain/bytes.ts'
import type { Entry, Kv } from '../../../chain/store/kv.ts'

export const sortedKv = (): Kv & { readonly size: number } => {
  const values = new Map<string, Entry>()
  return {
    get size() {
      return values.size
    },
    get: (key) => values.get(toHex(key))?.[1],
    has: (key) => values.has(toHex(key)),
    set: (key, value) => void values.set(toHex(key), [key, value]),
    delete: (key) => void values.delete(toHex(key)),
    iterate(start?: Bytes, end?: Bytes, reverse = false) {
      const within = [...values.values()]
        .filter(([key]) => (!start || compareBytes(key, start) >= 0) && (!end || compareBytes(key, end) < 0))
        .sort(([a], [b]) => compareBytes(a, b))
      return (reverse ? within.reverse() : within)[Symbol.iterator]()
    },
  }
}
