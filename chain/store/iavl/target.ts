// A key that is searched for, made ready to be compared with records.
import type { Bytes } from '../../bytes.ts'
import { KEY_BYTES, KEY_WORDS, SIGN } from './layout.ts'

/**
 * Writes the first 32 bytes of bytes[from, to) as words of a record's key; shorter keys are filled up with
 * zeros.
 */
export const putKeyWords = (bytes: Bytes, from: number, to: number, words: Int32Array, at: number): void => {
  const end = to - from > KEY_BYTES ? from + KEY_BYTES : to
  for (let i = 0; i < KEY_WORDS; i++, from += 4) {
    let word = 0
    if (from + 4 <= end)
      word = (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!
    else for (let j = 0; j < 4; j++) word = (word << 8) | (from + j < end ? bytes[from + j]! : 0)
    words[at + i] = word ^ SIGN
  }
}

/**
 * Of the words of a key, and of its other bytes if it has more. Spread, because its low bits choose a place.
 */
export const hashKey = (words: Int32Array, at: number, bytes: Bytes, from: number, to: number): number => {
  let hash = to - from
  for (let i = 0; i < KEY_WORDS; i++) {
    hash = Math.imul(hash ^ words[at + i]!, 0x9e3779b1)
    hash ^= hash >>> 15
  }
  for (let i = from + KEY_BYTES; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return hash ^ (hash >>> 13)
}

/** The key of the search that is under way; a tree has one at a time. */
export class Target {
  readonly words = new Int32Array(KEY_WORDS)
  key: Bytes = new Uint8Array(0)
  hash = 0

  aim(key: Bytes): void {
    this.key = key
    putKeyWords(key, 0, key.length, this.words, 0)
    this.hash = hashKey(this.words, 0, key, 0, key.length)
  }
}
