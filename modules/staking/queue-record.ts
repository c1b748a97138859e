// Slots of staking's queues: the addresses of what ends at one time (cosmos.staking.v1beta1 DVPairs,
// DVVTriplets and ValAddresses). Undelegations of a whole block join one slot, so these are read and written
// by hand.
import { utf8 } from '../../chain/bytes.ts'
import { ProtoReader, ProtoWriter } from '../../chain/consensus/wire.ts'
import type { ValueCodec } from '../../chain/module.ts'

/** Each element is a message of texts in fields 1, 2 and so on. */
export const tuplesValue: ValueCodec<readonly (readonly string[])[]> = {
  encode(tuples) {
    const writer = new ProtoWriter(128 * tuples.length)
    for (const texts of tuples) {
      const start = writer.begin(1)
      texts.forEach((text, i) => {
        writer.text(i + 1, text)
      })
      writer.end(start)
    }
    return writer.finish()
  },
  decode(bytes) {
    const tuples: string[][] = []
    const reader = new ProtoReader(bytes)
    while (reader.field() === 1) {
      const texts: string[] = []
      const inner = reader.message()
      for (let field = inner.field(); field !== 0; field = inner.field()) texts[field - 1] = inner.text()
      tuples.push(texts)
    }
    return tuples
  },
}

/** `repeated string` in field 1. */
export const textsValue: ValueCodec<readonly string[]> = {
  encode(texts) {
    const writer = new ProtoWriter(64 * texts.length)
    for (const text of texts) writer.item(1, utf8(text))
    return writer.finish()
  },
  decode(bytes) {
    const texts: string[] = []
    const reader = new ProtoReader(bytes)
    while (reader.field() === 1) texts.push(reader.text())
    return texts
  },
}
