// Gas: what a transaction pays for touching state. Costs and the places where they are charged are those of
// the SDK's store (gaskv, store/types/gas.go), because gas used is part of every recorded result. Gas is a JS
// number inside: a meter never gets near 2^53; limits from the wire may be greater and then only mean
// "enough".
import type { Bytes } from '../bytes.ts'
import type { Entry, Kv } from '../store/kv.ts'

/** Thrown by a meter; the runtime turns it into `sdk` code 11 and names the place. */
export class OutOfGas extends Error {
  readonly descriptor: string
  constructor(descriptor: string) {
    super(`out of gas in location: ${descriptor}`)
    this.descriptor = descriptor
  }
}

const UINT64 = 2 ** 64

export class GasMeter {
  readonly limit: number
  consumed = 0
  /** Without a limit nothing runs out (genesis, begin and end block, simulation). */
  constructor(limit = Number.POSITIVE_INFINITY) {
    this.limit = limit
  }

  consume(amount: number, descriptor: string): void {
    this.consumed += amount
    if (this.consumed > this.limit) throw new OutOfGas(descriptor)
    if (this.consumed >= UINT64) throw new Error(`gas overflow in location: ${descriptor}`)
  }

  refund(amount: number, descriptor: string): void {
    if (this.consumed < amount) throw new Error(`negative gas consumed: ${descriptor}`)
    this.consumed -= amount
  }

  get remaining(): number {
    return this.consumed > this.limit ? 0 : this.limit - this.consumed
  }
  /** What counts against the block: never more than the limit. */
  get consumedToLimit(): number {
    return this.consumed > this.limit ? this.limit : this.consumed
  }
  get isPastLimit(): boolean {
    return this.consumed > this.limit
  }
  get isOutOfGas(): boolean {
    return this.consumed >= this.limit
  }
}

export type GasConfig = {
  has: number
  delete: number
  readFlat: number
  readPerByte: number
  writeFlat: number
  writePerByte: number
  iterNextFlat: number
}

/** KVGasConfig of the SDK. */
export const kvGas: GasConfig = {
  has: 1000,
  delete: 1000,
  readFlat: 1000,
  readPerByte: 3,
  writeFlat: 2000,
  writePerByte: 30,
  iterNextFlat: 30,
}

/** TransientGasConfig of the SDK. */
export const transientGas: GasConfig = {
  has: 100,
  delete: 100,
  readFlat: 100,
  readPerByte: 0,
  writeFlat: 200,
  writePerByte: 3,
  iterNextFlat: 3,
}

/**
 * A store whose every use is paid for. `payer.gas` is read each time: the ante handler exchanges the meter.
 */
export class GasKv implements Kv {
  readonly #payer: { readonly gas: GasMeter }
  readonly #store: Kv
  readonly #costs: GasConfig
  constructor(store: Kv, payer: { readonly gas: GasMeter }, costs: GasConfig) {
    this.#store = store
    this.#payer = payer
    this.#costs = costs
  }

  get(key: Bytes): Bytes | undefined {
    const { gas } = this.#payer
    gas.consume(this.#costs.readFlat, 'ReadFlat')
    const value = this.#store.get(key)
    gas.consume(this.#costs.readPerByte * key.length, 'ReadPerByte')
    if (value !== undefined) gas.consume(this.#costs.readPerByte * value.length, 'ReadPerByte')
    return value
  }

  has(key: Bytes): boolean {
    this.#payer.gas.consume(this.#costs.has, 'Has')
    return this.#store.has(key)
  }

  set(key: Bytes, value: Bytes): void {
    const { gas } = this.#payer
    gas.consume(this.#costs.writeFlat, 'WriteFlat')
    gas.consume(this.#costs.writePerByte * key.length, 'WritePerByte')
    gas.consume(this.#costs.writePerByte * value.length, 'WritePerByte')
    this.#store.set(key, value)
  }

  delete(key: Bytes): void {
    this.#payer.gas.consume(this.#costs.delete, 'Delete')
    this.#store.delete(key)
  }

  iterate(start?: Bytes, end?: Bytes, reverse = false): IterableIterator<Entry> {
    return new GasIterator(this.#store.iterate(start, end, reverse), this.#payer, this.#costs)
  }
}

/**
 * As gaskv's iterator: an entry is paid for when it is reached first (at creation) and again when it is left.
 */
class GasIterator implements IterableIterator<Entry> {
  readonly #entries: IterableIterator<Entry>
  readonly #payer: { readonly gas: GasMeter }
  readonly #costs: GasConfig
  #current: Entry | undefined
  #started = false
  constructor(entries: IterableIterator<Entry>, payer: { readonly gas: GasMeter }, costs: GasConfig) {
    this.#entries = entries
    this.#payer = payer
    this.#costs = costs
    this.#current = this.#step()
    this.#pay()
  }

  #step(): Entry | undefined {
    const { done, value } = this.#entries.next()
    return done ? undefined : value
  }

  #pay(): void {
    const { gas } = this.#payer
    if (this.#current !== undefined) {
      gas.consume(this.#costs.readPerByte * this.#current[0].length, 'ValuePerByte')
      gas.consume(this.#costs.readPerByte * this.#current[1].length, 'ValuePerByte')
    }
    gas.consume(this.#costs.iterNextFlat, 'IterNextFlat')
  }

  next(): IteratorResult<Entry> {
    if (this.#started && this.#current !== undefined) {
      this.#pay()
      this.#current = this.#step()
    }
    this.#started = true
    return this.#current === undefined
      ? { done: true, value: undefined }
      : { done: false, value: this.#current }
  }

  return(): IteratorResult<Entry> {
    this.#current = undefined
    this.#entries.return?.()
    return { done: true, value: undefined }
  }

  [Symbol.iterator](): this {
    return this
  }
}
