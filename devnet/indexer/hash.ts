// Names of postings: 64 bits of `tag = value`. They are compared instead of texts, so that indexing a
// thousand transactions is a sort of numbers. Two names are equal by accident once in 2^64; somebody who
// makes them equal on purpose (the function is no secret) only puts a transaction of his into somebody's
// list.

/**
 * What the events of transactions and those of blocks are searched by stands in separate halves of the index.
 */
export type Half = 'tx' | 'block'

const { imul } = Math
const PRIME_A = 0x9e3779b1
const PRIME_B = 0x5f356495

/** The hash after a tag was read; the hashes of the tag's values go on from here. */
export class TagState {
  readonly a: number
  readonly b: number
  /** The last height at which the tag was seen, so that a block is listed under it once. */
  lastHeight = -1

  constructor(half: Half, tag: string) {
    let a = half === 'tx' ? 0x1b873593 : 0x51ed270b
    let b = 0x85ebca77
    for (let i = 0; i < tag.length; i++) {
      const code = tag.charCodeAt(i)
      a = imul(a ^ code, PRIME_A)
      b = imul(b ^ code, PRIME_B)
    }
    this.a = a
    this.b = b
  }
}

/** Mixes both halves of a state, so that each bit of the result depends on all of the text. */
const finish = (a: number, b: number): number => {
  a = imul(a ^ (a >>> 16), 0x85ebca6b)
  b = imul(b ^ (b >>> 13), 0xc2b2ae35)
  return (a ^ b ^ (b >>> 16)) >>> 0
}

export type Name = { readonly high: number; readonly low: number }

/** The name of a tag itself, under which the blocks that have it are listed. */
export const tagName = ({ a, b }: TagState): Name => ({ high: finish(a, ~b), low: finish(~b, a) })

/** The name of `tag = value`. */
export const valueName = (state: TagState, value: string): Name => {
  let { a, b } = state
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    a = imul(a ^ code, PRIME_A)
    b = imul(b ^ code, PRIME_B)
  }
  return { high: finish(a, b), low: finish(b, a) }
}

const SLASH = 47

/**
 * Calls `each` with the name of `tag = value` and, with `prefixes`, with those of the parts of the value
 * before each slash: CometBFT's tx index finds `a/b` under `a` too, since a slash also ends the value in its
 * keys.
 */
export const eachName = (
  state: TagState,
  value: string,
  prefixes: boolean,
  each: (high: number, low: number) => void,
): void => {
  let { a, b } = state
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    if (code === SLASH && prefixes) each(finish(a, b), finish(b, a))
    a = imul(a ^ code, PRIME_A)
    b = imul(b ^ code, PRIME_B)
  }
  each(finish(a, b), finish(b, a))
}
