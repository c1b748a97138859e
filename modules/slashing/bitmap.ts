// The blocks of its window that a validator missed: one bit a block, in chunks of 1024, so that a change
// rewrites little (SDK x/slashing/keeper/signing_info.go). A chunk is what Go's bitset writes: its length in
// bits as eight bytes, then words of 64 bits, all big endian.
import { type Bytes, concatBytes, prefixEnd, uint64BE } from '../../chain/bytes.ts'
import type { Ctx, View } from '../../chain/module.ts'
import { NAME } from './state.ts'

export const CHUNK_BITS = 1024n
const HEADER = 8
const CHUNK_BYTES = HEADER + 1024 / 8

const chunksOf = (consAddress: Bytes): Bytes =>
  concatBytes(new Uint8Array([0x02, consAddress.length]), consAddress)

/** The number of a chunk is little endian, as in Go. */
const chunkKey = (consAddress: Bytes, index: bigint): Bytes =>
  concatBytes(chunksOf(consAddress), uint64BE(index / CHUNK_BITS).reverse())

/** Where a bit stands in its chunk: words are big endian, so their first bit is in their last byte. */
const place = (index: bigint): [byte: number, mask: number] => {
  const bit = Number(index % CHUNK_BITS)
  const word = Math.floor(bit / 64)
  const inWord = bit % 64
  return [HEADER + word * 8 + 7 - Math.floor(inWord / 8), 1 << (inWord % 8)]
}

const emptyChunk = (): Bytes => {
  const chunk = new Uint8Array(CHUNK_BYTES)
  chunk.set(uint64BE(CHUNK_BITS))
  return chunk
}

/** Whether the block at this place of the window was missed. */
export const isMissed = (view: View, consAddress: Bytes, index: bigint): boolean => {
  const chunk = view.store(NAME).get(chunkKey(consAddress, index))
  if (chunk === undefined) return false
  const [byte, mask] = place(index)
  return (chunk[byte]! & mask) !== 0
}

export const setMissed = (ctx: Ctx, consAddress: Bytes, index: bigint, missed: boolean): void => {
  const kv = ctx.store(NAME)
  const key = chunkKey(consAddress, index)
  const chunk = kv.get(key)?.slice() ?? emptyChunk()
  const [byte, mask] = place(index)
  if (missed) chunk[byte]! |= mask
  else chunk[byte]! &= ~mask
  kv.set(key, chunk)
}

export const clearMissed = (ctx: Ctx, consAddress: Bytes): void => {
  const kv = ctx.store(NAME)
  const prefix = chunksOf(consAddress)
  for (const [key] of [...kv.iterate(prefix, prefixEnd(prefix))]) kv.delete(key)
}

/** Places of the window that were missed. Go counts on from chunk to chunk, whatever their numbers are. */
export const missedPlaces = (view: View, consAddress: Bytes): bigint[] => {
  const places: bigint[] = []
  const prefix = chunksOf(consAddress)
  let first = 0n
  for (const [, chunk] of view.store(NAME).iterate(prefix, prefixEnd(prefix))) {
    for (let bit = 0n; bit < CHUNK_BITS; bit++) {
      const [byte, mask] = place(bit)
      if ((chunk[byte]! & mask) !== 0) places.push(first + bit)
    }
    first += CHUNK_BITS
  }
  return places
}
