// Tables of rows with secondary indexes, laid out and paid for as x/group/internal/orm does it: rows under
// two bytes of prefix, an index entry (key part, then row id) with an empty value under one byte. Each write
// asks for the row before it, which costs gas, so the order of these calls is part of the protocol.
import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf'
import { type Bytes, concatBytes, equalBytes, fromUint64BE, prefixEnd, uint64BE } from '../../chain/bytes.ts'
import { type Ctx, goBytes, sdk, type View } from '../../chain/module.ts'
import type { Entry } from '../../chain/store/kv.ts'
import { NAME, ormErrors } from './errors.ts'

const NONE: Bytes = new Uint8Array()

/** Part of a key that others follow: its length, then its bytes. */
export const lengthPrefixed = (bytes: Bytes): Bytes => concatBytes(Uint8Array.of(bytes.length), bytes)

export type Rows<T> = IterableIterator<readonly [rowId: Bytes, row: T]>

export type Index<T> = {
  readonly prefix: number
  /** Rows under a key part, from the row id `from` on. */
  rows(view: View, part: Bytes, from?: Bytes): Rows<T>
  /** Rows whose part is below `end`, in the order of their parts. */
  below(view: View, end: Bytes): Rows<T>
  /** All entries as they lie in the store: part and row id. */
  entries(view: View): IterableIterator<Bytes>
  partOf(row: T): Bytes
}

export type Table<T> = {
  readonly rowId: (row: T) => Bytes
  has(view: View, rowId: Bytes): boolean
  get(view: View, rowId: Bytes): T | undefined
  /** Throws sdk 38. */
  require(view: View, rowId: Bytes): T
  /** Throws legacy_orm 13 if the row is there. */
  create(ctx: Ctx, row: T): void
  /** Throws sdk 38 if the row is not there. */
  update(ctx: Ctx, row: T): void
  remove(ctx: Ctx, rowId: Bytes): void
  /** All rows; from and to (exclusive) narrow it. */
  rows(view: View, from?: Bytes, to?: Bytes): Rows<T>
  readonly indexes: readonly Index<T>[]
}

type IndexOf<T> = {
  prefix: number
  /** The encoded key part of a row. */
  part: (row: T) => Bytes
  /** How long that part is in an entry. */
  length: (entry: Bytes) => number
}

export type TableOf<S extends DescMessage> = {
  schema: S
  /** Both bytes of a table's prefix; the second is always 0. */
  prefix: number
  rowId: (row: MessageShape<S>) => Bytes
  /** What a row must satisfy to be stored. Throws TxError. */
  check: (row: MessageShape<S>) => void
  indexes: readonly IndexOf<MessageShape<S>>[]
}

export const byNumber = <T>(prefix: number, number: (row: T) => bigint): IndexOf<T> => ({
  ...{ prefix, part: (row) => uint64BE(number(row)), length: () => 8 },
})
export const byBytes = <T>(prefix: number, bytes: (row: T) => Bytes): IndexOf<T> => ({
  ...{ prefix, part: (row) => lengthPrefixed(bytes(row)), length: (entry) => 1 + entry[0]! },
})

export const table = <S extends DescMessage>(options: TableOf<S>): Table<MessageShape<S>> => {
  type Row = MessageShape<S>
  const { schema, rowId, check } = options
  const prefix = Uint8Array.of(options.prefix, 0)
  const keyOf = (id: Bytes): Bytes => concatBytes(prefix, id)
  const has = (view: View, id: Bytes) => id.length > 0 && view.store(NAME).has(keyOf(id))
  const get = (view: View, id: Bytes): Row | undefined => {
    if (id.length === 0) return undefined
    const bytes = view.store(NAME).get(keyOf(id))
    return bytes === undefined || bytes.length === 0 ? undefined : fromBinary(schema, bytes)
  }
  const require = (view: View, id: Bytes): Row => {
    const row = get(view, id)
    if (row === undefined) throw sdk.notFound()
    return row
  }

  const put = (ctx: Ctx, id: Bytes, row: Row): void => {
    if (id.length === 0) throw ormErrors.emptyKey()
    check(row)
    const old = has(ctx, id) ? get(ctx, id) : undefined
    ctx.store(NAME).set(keyOf(id), goBytes(schema, row as never))
    for (const index of options.indexes) reindex(ctx, index, id, row, old)
  }

  return {
    rowId,
    has,
    get,
    require,
    create(ctx, row) {
      const id = rowId(row)
      if (has(ctx, id)) throw ormErrors.uniqueConstraint()
      put(ctx, id, row)
    },
    update(ctx, row) {
      const id = rowId(row)
      if (!has(ctx, id)) throw sdk.notFound()
      put(ctx, id, row)
    },
    remove(ctx, id) {
      const row = get(ctx, id)
      if (row === undefined) throw sdk.notFound().wrap('load old value')
      ctx.store(NAME).delete(keyOf(id))
      for (const { prefix: first, part } of options.indexes)
        ctx.store(NAME).delete(concatBytes(Uint8Array.of(first), part(row), id))
    },
    *rows(view, from = NONE, to) {
      const entries = view.store(NAME).iterate(keyOf(from), to === undefined ? prefixEnd(prefix) : keyOf(to))
      for (const id of rowIds(entries, prefix.length)) yield [id, require(view, id)]
    },
    indexes: options.indexes.map((index) => openIndex(index, require)),
  }
}

/** Writes the entry of a row if it has a new one, and forgets the old one. */
const reindex = <T>(ctx: Ctx, { prefix, part }: IndexOf<T>, id: Bytes, row: T, old: T | undefined): void => {
  const before = old && part(old)
  const now = part(row)
  if (before !== undefined && equalBytes(before, now)) return
  const first = Uint8Array.of(prefix)
  if (before !== undefined) ctx.store(NAME).delete(concatBytes(first, before, id))
  ctx.store(NAME).set(concatBytes(first, now, id), NONE)
}

/** Keys below a prefix. As in Go, an iterator has moved on before the row of its key is read. */
function* rowIds(entries: IterableIterator<Entry>, length: number): IterableIterator<Bytes> {
  let current = entries.next()
  while (!current.done) {
    const [key] = current.value
    current = entries.next()
    yield key.subarray(length)
  }
}

const openIndex = <T>(
  { prefix, part, length }: IndexOf<T>,
  require: (view: View, id: Bytes) => T,
): Index<T> => {
  const first = Uint8Array.of(prefix)
  const walk = function* (view: View, start: Bytes, end: Bytes | undefined): Rows<T> {
    for (const entry of rowIds(view.store(NAME).iterate(start, end), first.length)) {
      const id = entry.subarray(length(entry))
      yield [id, require(view, id)]
    }
  }
  return {
    prefix,
    partOf: part,
    rows: (view, wanted, from = NONE) =>
      walk(view, concatBytes(first, wanted, from), prefixEnd(concatBytes(first, wanted))),
    below: (view, end) => walk(view, first, concatBytes(first, end)),
    entries: (view) => rowIds(view.store(NAME).iterate(first, prefixEnd(first)), first.length),
  }
}

export type Counter = {
  /** The last number that was given; 0 if none was. */
  current(view: View): bigint
  next(ctx: Ctx): bigint
  /** Throws legacy_orm 13 if it was set before. */
  begin(ctx: Ctx, value: bigint): void
}

/** Numbers from 1 on, under the prefix and one more byte. */
export const counter = (prefix: number): Counter => {
  const key = Uint8Array.of(prefix, 1)
  const current = (view: View) => {
    const bytes = view.store(NAME).get(key)
    return bytes === undefined ? 0n : fromUint64BE(bytes)
  }
  return {
    current,
    next(ctx) {
      const value = current(ctx) + 1n
      ctx.store(NAME).set(key, uint64BE(value))
      return value
    },
    begin(ctx, value) {
      if (ctx.store(NAME).has(key)) throw ormErrors.uniqueConstraint('already initialized')
      ctx.store(NAME).set(key, uint64BE(value))
    },
  }
}
