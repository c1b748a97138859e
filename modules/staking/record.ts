// What the codecs of staking's records share. Records are protobuf as gogoproto writes it: fields in order,
// zero scalars left out, amounts and embedded messages always written. A hundred validators are read in every
// block, so a record is decoded once for each value that the store hands out: neither bytes nor records
// change in place.
import type { Bytes } from '../../chain/bytes.ts'
import type { ProtoReader, ProtoWriter } from '../../chain/consensus/wire.ts'
import { decFromWire, type ValueCodec } from '../../chain/module.ts'
import { instant, instantNs } from '../../chain/time.ts'

/** Remembers what bytes decode to as long as the store keeps them. */
export const remembered = <V extends object>({ encode, decode }: ValueCodec<V>): ValueCodec<V> => {
  const known = new WeakMap<Bytes, V>()
  return {
    encode(value) {
      const bytes = encode(value)
      known.set(bytes, value)
      return bytes
    },
    decode(bytes) {
      let value = known.get(bytes)
      if (value === undefined) known.set(bytes, (value = decode(bytes)))
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
