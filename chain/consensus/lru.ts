// Keeps what was read lately, up to a weight.

export type Lru<T> = {
  get(key: number): T | undefined
  /** Keeps the value unless it alone weighs more than everything may. */
  set(key: number, value: T, weight: number): void
  delete(key: number): void
}

/** `limit` is the greatest weight of all values together. */
export const createLru = <T>(limit: number): Lru<T> => {
  const entries = new Map<number, { value: T; weight: number }>()
  let total = 0
  const remove = (key: number): void => {
    total -= entries.get(key)?.weight ?? 0
    entries.delete(key)
  }
  return {
    get(key) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      entries.delete(key) // a Map lists what was inserted last at its end
      entries.set(key, entry)
      return entry.value
    },
    set(key, value, weight) {
      remove(key)
      if (weight > limit) return
      entries.set(key, { value, weight })
      total += weight
      for (const oldest of entries.keys()) {
        if (total <= limit) break
        remove(oldest)
      }
    },
    delete: remove,
  }
}
