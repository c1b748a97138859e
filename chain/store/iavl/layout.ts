// The record of a node in memory: 28 words, so that keys and hashes are copied word by word and a record is
// addressed by its number. Memory is slow and hashing a node reads its sibling, so a node's name and hash
// stand together at the front. The first 32 bytes of the key are in the record itself, as big-endian words
// with the sign bit flipped, so that word order is byte order; only what goes beyond them needs a look at the
// whole key elsewhere.

export const VERSION = 0 // of a saved node
export const NONCE = 1 // 0 unsaved, FREE in an unused record
export const META = 2 // height, and from bit 8 on the length of the key
export const SIZE = 3 // 0 in a leaf without a hash: the disk does not hold it
export const HASH = 4
export const LEFT = 12 // the slot; the two words behind it are the child's version and nonce
export const RIGHT = 15
export const VALUE = 12 // leaves only
export const KEY_HASH = 13 // leaves only: where LeafIndex looks first
export const KEY_REF = 18 // the whole key in the heap if it is longer than KEY_BYTES
export const USED = 19
export const KEY = 20
export const WORDS = 28

export const KEY_WORDS = 8
export const KEY_BYTES = 4 * KEY_WORDS
export const HASH_WORDS = 8
export const SIGN = 0x80000000
/** In NONCE: nobody uses this record. */
export const FREE = -1

/** Either of LEFT and RIGHT. */
export type Side = typeof LEFT | typeof RIGHT

/** The number of a record; 0 is none. */
export type Slot = number
