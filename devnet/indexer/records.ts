// What the index keeps on the disk beside its segments: which segments there are, and where each transaction
// stands.
import { type Bytes, utf8 } from '../../chain/bytes.ts'
import { heightOf, indexOf, placeOf, type Segment } from './postings.ts'

export const META_KEY = utf8('xm')
export const HASH_PREFIX = utf8('xh')
export const REPEAT_PREFIX = utf8('xr')

export const placeBytes = (place: number): Bytes => {
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, heightOf(place))
  view.setUint32(4, indexOf(place))
  return bytes
}
export const readPlace = (bytes: Bytes): number => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8)
  return placeOf(view.getUint32(0), view.getUint32(4))
}

/** Segments in ascending order, and how many transactions were seen again after they had failed. */
export type Meta = { segments: Segment[]; repeats: number }

export const metaBytes = ({ segments, repeats }: Meta): Bytes => {
  const numbers = [repeats, ...segments.flatMap(({ from, to }) => [from, to])]
  const bytes = new Uint8Array(4 * numbers.length)
  const view = new DataView(bytes.buffer)
  numbers.forEach((number, i) => {
    view.setUint32(4 * i, number)
  })
  return bytes
}
export const readMeta = (bytes: Bytes | undefined): Meta => {
  if (bytes === undefined) return { segments: [], repeats: 0 }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const segments: Segment[] = []
  for (let at = 4; at < bytes.length; at += 8)
    segments.push({ from: view.getUint32(at), to: view.getUint32(at + 4) })
  return { segments, repeats: view.getUint32(0) }
}
