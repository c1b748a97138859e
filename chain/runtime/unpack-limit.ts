// How much may be packed in a message of a transaction: 100 Anys, ten deep (SDK codec/types,
// MaxUnpackAnySubCalls and MaxUnpackAnyRecursionDepth). Beyond, the transaction is refused when it is read.
import { sdk } from './errors.ts'

export class UnpackLimit {
  readonly #depth: number
  readonly #calls: { left: number }
  constructor(depth = 10, calls = { left: 100 }) {
    this.#depth = depth
    this.#calls = calls
  }

  /** Counts an Any; the result is the limit for what is packed in that. Throws sdk 2. */
  enter(): UnpackLimit {
    if (this.#depth <= 0) throw sdk.txDecode('max depth exceeded')
    if (this.#calls.left <= 0) throw sdk.txDecode('call limit exceeded')
    this.#calls.left--
    return new UnpackLimit(this.#depth - 1, this.#calls)
  }
}
