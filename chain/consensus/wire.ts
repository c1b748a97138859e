// Protobuf by hand for what a block consists of: thousands of results and events, headers, votes. It writes
// what gogoproto writes (fields in order, zero scalars left out) and lets the caller decide which empty
// messages are written, which the generated code cannot. Measured on 20,000 recorded results: 30 times as
// fast to write as protobuf-es, 4 times to read.
import { type Bytes, textBetween, utf8 } from '../bytes.ts'

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5

/** Above this the length of a text or a message needs a second byte. */
const ONE_BYTE = 0x7f

/** Writes one message. Field numbers up to 15 only, so that every tag is one byte. */
export class ProtoWriter {
  #bytes: Bytes
  #length = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
  }

  /** What was written so far; the writer must not be used again. */
  finish(): Bytes {
    return this.#bytes.length < 2 * this.#length
      ? this.#bytes.subarray(0, this.#length)
      : this.#bytes.slice(0, this.#length)
  }

  /** uint32, uint64, int32, enum or bool as 1; whole numbers >= 0 below 2^53; 0 is left out. */
  uint(field: number, value: number): void {
    if (value === 0) return
    this.#room(11)
    this.#bytes[this.#length++] = (field << 3) | VARINT
    this.#varint(value)
  }

  /** int64; 0 is left out, a negative value takes ten bytes. */
  int64(field: number, value: bigint): void {
    if (value === 0n) return
    this.#room(11)
    this.#bytes[this.#length++] = (field << 3) | VARINT
    if (value > 0n && value <= 0x1fffffffffffffn) {
      this.#varint(Number(value))
      return
    }
    for (value = BigInt.asUintN(64, value); value > 0x7fn; value >>= 7n)
      this.#bytes[this.#length++] = Number(value & 0x7fn) | 0x80
    this.#bytes[this.#length++] = Number(value)
  }

  /** sfixed64; 0 is left out. */
  sfixed64(field: number, value: bigint): void {
    if (value === 0n) return
    this.#room(9)
    this.#bytes[this.#length++] = (field << 3) | FIXED64
    for (let i = 0n; i < 64n; i += 8n) this.#bytes[this.#length++] = Number((value >> i) & 0xffn)
  }

  /** bytes; an empty value is left out. */
  bytes(field: number, value: Bytes): void {
    if (value.length > 0) this.item(field, value)
  }

  /** An element of `repeated bytes`, or a message that is encoded already: written even if empty. */
  item(field: number, value: Bytes): void {
    this.#room(11 + value.length)
    this.#bytes[this.#length++] = (field << 3) | BYTES
    this.#varint(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
  }

  /** string; an empty value is left out. */
  text(field: number, value: string): void {
    const length = value.length
    if (length === 0) return
    if (length > ONE_BYTE) {
      this.item(field, utf8(value))
      return
    }
    this.#room(2 + length)
    const bytes = this.#bytes
    let at = this.#length + 2
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i)
      if (code > 0x7f) {
        this.item(field, utf8(value))
        return
      }
      bytes[at++] = code
    }
    bytes[this.#length] = (field << 3) | BYTES
    bytes[this.#length + 1] = length
    this.#length = at
  }

  /**
   * Starts an embedded message; what is written until `end` is its content. Written even if it stays empty.
   */
  begin(field: number): number {
    this.#room(2)
    this.#bytes[this.#length] = (field << 3) | BYTES
    this.#length += 2
    return this.#length
  }

  /**
   * Ends the message whose `begin` returned `start`. One byte was kept for its length; a longer length moves
   * it.
   */
  end(start: number): void {
    let size = this.#length - start
    if (size > ONE_BYTE) {
      let extra = 0
      for (let rest = size; rest > ONE_BYTE; rest = Math.floor(rest / 128)) extra++
      this.#room(extra)
      this.#bytes.copyWithin(start + extra, start, this.#length)
      this.#length += extra
    }
    let at = start - 1
    for (; size > ONE_BYTE; size = Math.floor(size / 128)) this.#bytes[at++] = (size % 128) | 0x80
    this.#bytes[at] = size
  }

  #varint(value: number): void {
    for (; value > 0x7fffffff; value = Math.floor(value / 128))
      this.#bytes[this.#length++] = (value % 128) | 0x80
    for (; value > 0x7f; value >>>= 7) this.#bytes[this.#length++] = (value & 0x7f) | 0x80
    this.#bytes[this.#length++] = value
  }

  #room(size: number): void {
    const needed = this.#length + size
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}

/**
 * Reads one message field by field. Bytes handed out are views of the message. Throws an Error on a broken
 * message.
 */
export class ProtoReader {
  readonly #bytes: Bytes
  #at: number
  readonly #end: number

  constructor(bytes: Bytes, start = 0, end = bytes.length) {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  /** Where the next byte is read. */
  get position(): number {
    return this.#at
  }

  /** The next field's number, or 0 at the end of the message; its value must be read or skipped. */
  field(): number {
    if (this.#at >= this.#end) return 0
    this.#type = this.#bytes[this.#at]! & 7
    return Math.floor(this.uint() / 8)
  }
  #type = 0

  /** A varint below 2^53. */
  uint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined || this.#at > this.#end || scale > 2 ** 49) throw broken(this.#at)
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }

  /** A signed varint of 64 bits. */
  int64(): bigint {
    const start = this.#at
    let last = start
    while (this.#bytes[last]! >= 0x80) last++
    if (last - start < 7) return BigInt(this.uint())
    if (last >= this.#end || last - start > 9) throw broken(last)
    let value = 0n
    for (let at = last; at >= start; at--) value = (value << 7n) | BigInt(this.#bytes[at]! & 0x7f)
    this.#at = last + 1
    return BigInt.asIntN(64, value)
  }

  bytes(): Bytes {
    const start = this.skipBytes()
    return this.#bytes.subarray(start, this.#at)
  }

  text(): string {
    const start = this.skipBytes()
    return textBetween(this.#bytes, start, this.#at)
  }

  /** The reader of an embedded message. */
  message(): ProtoReader {
    const start = this.skipBytes()
    return new ProtoReader(this.#bytes, start, this.#at)
  }

  /** Passes over a length-delimited value; returns where its content starts. */
  skipBytes(): number {
    const length = this.uint()
    const start = this.#at
    this.#at += length
    if (this.#at > this.#end) throw broken(start)
    return start
  }

  /** Passes over a value of any wire type. */
  skip(): void {
    if (this.#type === VARINT) while (this.#bytes[this.#at++]! >= 0x80);
    else if (this.#type === BYTES) this.skipBytes()
    else if (this.#type === FIXED64) this.#at += 8
    else if (this.#type === FIXED32) this.#at += 4
    else throw broken(this.#at)
  }
}

const broken = (at: number) => new Error(`broken protobuf message at byte ${at}`)
