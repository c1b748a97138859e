// Protobuf's wire format, as far as the strict checks of transactions need it (google.golang.org/protobuf
// protowire).
import type { Bytes } from '../bytes.ts'

export const WIRE_NAMES = ['varint', 'fixed64', 'bytes', 'start_group', 'end_group', 'fixed32']
export const wireName = (type: number): string => WIRE_NAMES[type] ?? `unknown type: ${type}`

/** Why bytes do not parse; the message is Go's. */
export class WireError extends Error {}

export const TRUNCATED = 'unexpected EOF'
/** What Go's library begins its errors with. The kind of space depends on the build; this one is recorded. */
const PREFIX = 'proto:\u00a0'
const OVERFLOW = `${PREFIX}variable length integer overflow`
const FIELD_NUMBER = `${PREFIX}invalid field number`
const RESERVED = `${PREFIX}cannot parse reserved wire type`
const END_GROUP = `${PREFIX}mismatching end group marker`
const DEPTH = 10_000

/** Reads along bytes; throws WireError where Go's protowire gives an error. */
export class WireReader {
  readonly bytes: Bytes
  /** Narrowed while a part is read. */
  end: number
  at: number
  constructor(bytes: Bytes, at = 0, end = bytes.length) {
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  get done(): boolean {
    return this.at >= this.end
  }

  /** A varint of up to 64 bits; values over 2^53 lose their low digits, which no length or tag has. */
  varint(): number {
    const first = this.bytes[this.at]!
    if (first < 128 && this.at < this.end) {
      this.at++
      return first
    }
    let value = 0
    let scale = 1
    for (let i = 0; i < 10; i++) {
      if (this.at >= this.end) throw new WireError(TRUNCATED)
      const byte = this.bytes[this.at++]!
      if (i === 9 && byte > 1) throw new WireError(OVERFLOW)
      value += (byte & 127) * scale
      if (byte < 128) return value
      scale *= 128
    }
    throw new WireError(OVERFLOW)
  }

  /** Number times eight plus wire type. */
  tag(): number {
    const tag = this.varint()
    if (tag < 8 || tag > 0xffffffff) throw new WireError(FIELD_NUMBER)
    return tag
  }

  /** Moves behind a value whose tag was read; a group ends with its own end marker. */
  skip(number: number, type: number, depth = DEPTH): void {
    if (type === 0) this.varint()
    else if (type === 1) this.forward(8)
    else if (type === 5) this.forward(4)
    else if (type === 2) this.forward(this.varint())
    else if (type === 3) this.group(number, depth)
    else throw new WireError(type === 4 ? END_GROUP : RESERVED)
  }

  forward(count: number): void {
    if (count > this.end - this.at) throw new WireError(TRUNCATED)
    this.at += count
  }

  private group(number: number, depth: number): void {
    if (depth === 0) throw new WireError('parse error')
    for (;;) {
      const tag = this.tag()
      if ((tag & 7) === 4) {
        if (tag >>> 3 !== number) throw new WireError(END_GROUP)
        return
      }
      this.skip(tag >>> 3, tag & 7, depth - 1)
    }
  }
}
