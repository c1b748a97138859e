// The stores of a chain seen as one: a branch of all of them costs only what it touches.
import type { Kv, ReadKv } from '../store/kv.ts'
import { CacheKv } from './cache.ts'

export class Stores {
  readonly #open: (name: string) => ReadKv
  readonly #transient: ReadonlySet<string>
  readonly #lower: Stores | undefined
  /** Those touched, side by side: they are few, and branches many. */
  readonly #names: string[] = []
  readonly #caches: CacheKv[] = []

  /** `open` gives a mounted store by name and throws for an unknown one. */
  constructor(open: (name: string) => ReadKv, transient: ReadonlySet<string>, lower?: Stores) {
    this.#open = open
    this.#transient = transient
    this.#lower = lower
  }

  isTransient(name: string): boolean {
    return this.#transient.has(name)
  }

  branch(): Stores {
    return new Stores(this.#open, this.#transient, this)
  }

  /** Moves all writes one branch down; the lowest branch writes to the stores that `target` names. */
  write(target?: (name: string) => Kv): void {
    for (const [i, cache] of this.#caches.entries()) if (cache.isDirty) cache.write(target?.(this.#names[i]!))
  }

  /** The branch of one store; made when it is first asked for. */
  cache(name: string): CacheKv {
    const at = this.#names.indexOf(name)
    if (at >= 0) return this.#caches[at]!
    const cache = this.#lower?.cache(name).branch() ?? new CacheKv(this.#open(name), true)
    this.#names.push(name)
    this.#caches.push(cache)
    return cache
  }
}
