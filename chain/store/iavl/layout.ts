// The record of a node in memory: twenty words, so that a hash is copied as eight words and a record is addressed by its
// number.

// Words of a record. Records begin and end on a word, so a hash can be copied as eight words.
export const VERSION = 0 // of an unsaved node: not 0 once its hash is known
export const NONCE = 1 // 0 unsaved, FREE in an unused record
export const HEIGHT = 2
export const SIZE = 3
export const KEY = 4
export const LEFT = 5 // the slot; the two words behind it are the child's version and nonce
export const RIGHT = 8
export const VALUE = 5 // leaves only
export const KEY_HASH = 6 // leaves only, as in LeafIndex
export const HASHED = 8 // leaves only: 0 after loading, since the disk does not hold a leaf's hash
export const USED = 11
export const HASH = 12
export const WORDS = 20
/** Either of LEFT and RIGHT. */
export type Side = typeof LEFT | typeof RIGHT

/** The number of a record; 0 is none. */
export type Slot = number
