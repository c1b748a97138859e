// Puts the names of a block's events into the tail: each indexed attribute under its value, each tag once a
// block.
import type { Event } from '../../chain/abci/application.ts'
import { eachName, type Half, type Name, TagState, tagName } from './hash.ts'
import { HEIGHT_TAGS, RESERVED } from './match.ts'
import type { Tail } from './postings.ts'

/** Tags remembered with their hash; contracts can make up any number of them. */
const MAX_TAGS = 4096

export class Names {
  readonly #tags = new Map<string, Map<string, TagState | undefined>>()
  readonly #half: Half
  readonly #tail: Tail
  readonly #heightName: Name
  #count = 0

  constructor(half: Half, tail: Tail) {
    this.#half = half
    this.#tail = tail
    this.#heightName = tagName(new TagState(half, HEIGHT_TAGS[half]))
  }

  /** Says that a block stands in the index, with how many things to find in it. */
  addHeight(height: number, count: number): void {
    this.#tail.push(this.#heightName.high, this.#heightName.low, height, count, 0)
  }

  add(events: readonly Event[], height: number, index: number): void {
    const tail = this.#tail
    const withPrefixes = this.#half === 'tx'
    let number = 0
    const push = (high: number, low: number) => tail.push(high, low, height, index, number)
    for (const { type, attributes } of events) {
      number++
      if (type === '') continue
      for (const { key, value, index: indexed } of attributes) {
        if (!indexed || key === '') continue
        const state = this.#tagState(type, key)
        if (state === undefined) continue
        if (state.lastHeight !== height) {
          state.lastHeight = height
          const { high, low } = tagName(state)
          tail.push(high, low, height, 0, 0)
        }
        eachName(state, value, withPrefixes, push)
      }
    }
  }

  /** Forgets which tags were listed for which block, so that a block can be indexed again. */
  reset(): void {
    this.#tags.clear()
    this.#count = 0
  }

  /** Undefined for a tag that only the index itself may use. */
  #tagState(type: string, key: string): TagState | undefined {
    const ofType = this.#tags.get(type)
    const known = ofType?.get(key)
    if (known !== undefined || ofType?.has(key)) return known
    if (this.#count++ === MAX_TAGS) {
      this.#tags.clear()
      this.#count = 1
    }
    const tag = `${type}.${key}`
    const state = RESERVED[this.#half].includes(tag) ? undefined : new TagState(this.#half, tag)
    const keys = this.#tags.get(type) ?? new Map<string, TagState | undefined>()
    this.#tags.set(type, keys.set(key, state))
    return state
  }
}
