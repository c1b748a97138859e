// What the codecs of staking's records share. Records are protobuf as gogoproto writes it: fields in order,
// zero scalars left out, amounts and embedded messages always written. A hundred validators are read in every
// block, and hardly any changes, so what was decoded is remembered; neither bytes nor records ever change.
import { type Bytes, equalBytes } from '../../chain/bytes.ts'
import type { ProtoReader, ProtoWriter } from '../../chain/consensus/wire.ts'
import { decFromWire, type ValueCodec } from '../../chain/module.ts'
import { instant, instantNs } from '../../chain/time.ts'

const SLOTS = 1024
const SAMPLES = 24

/** A number from some of the bytes, spread over the whole record. */
const sampled = (bytes: Bytes): number => {
  const step = Math.max(1, Math.floor(bytes.length / SAMPLES))
  let hash = bytes.length
  for (let at = bytes.length - 1; at >= 0; at -= step) hash = Math.imul(hash ^ bytes[at]!, 0x01000193)
  return (hash ^ (hash >>> 15)) & (SLOTS - 1)
}

/**
 * Remembers what records decode to. The store hands out other bytes in each block, so they are compared; of
 * two records that fall into one slot the later stays.
 */
export const remembered = <V extends object>({ encode, decode }: ValueCodec<V>): ValueCodec<V> => {
  const slots: ({ bytes: Bytes; value: V } | undefined)[] = new Array(SLOTS).fill(undefined)
  return {
    encode(value) {
      const bytes = encode(value)
      slots[sampled(bytes)] = { bytes, value }
      return bytes
    },
    decode(bytes) {
      const slot = sampled(bytes)
      const known = slots[slot]
      if (known !== undefined && (known.bytes === bytes || equalBytes(known.bytes, bytes))) {
        known.bytes = bytes
        return known.value
      }
      const value = decode(bytes)
      slots[slot] = { bytes, value }
      return value
    },
  }
}

export const writeTime = (writer: ProtoWriter, field: number, timeNs: bigint): void => {
  const { seconds, nanos } = instant(timeNs)
  const start = writer.begin(field)
  writer.int64(1, seconds)
  writer.uint(2, nanos)
  writer.end(start)
}
export const readTime = (reader: ProtoReader): bigint => {
  let seconds = 0n
  let nanos = 0
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) seconds = reader.int64()
    else if (field === 2) nanos = reader.uint()
    else reader.skip()
  }
  return instantNs({ seconds, nanos })
}
export const readInt = (reader: ProtoReader): bigint => decFromWire(reader.text())
