// Records of stake: cosmos.staking.v1beta1 Delegation, UnbondingDelegation and Redelegation.
import type { Bytes } from '../../chain/bytes.ts'
import { ProtoReader, ProtoWriter } from '../../chain/consensus/wire.ts'
import { type AddressCodec, type Dec, decFromWire, type ValueCodec } from '../../chain/module.ts'
import type { Delegation } from './keeper.ts'
import { readInt, readTime, writeTime } from './record.ts'

export type UnbondingEntry = {
  readonly creationHeight: bigint
  readonly completionTimeNs: bigint
  readonly initialBalance: bigint
  readonly balance: bigint
  readonly unbondingId: bigint
  readonly onHoldRefCount: bigint
}
export type UnbondingDelegation = {
  readonly delegator: Bytes
  readonly validator: Bytes
  readonly entries: readonly UnbondingEntry[]
}
export type RedelegationEntry = {
  readonly creationHeight: bigint
  readonly completionTimeNs: bigint
  readonly initialBalance: bigint
  readonly sharesDst: Dec
  readonly unbondingId: bigint
  readonly onHoldRefCount: bigint
}
export type Redelegation = {
  readonly delegator: Bytes
  readonly source: Bytes
  readonly target: Bytes
  readonly entries: readonly RedelegationEntry[]
}

export const delegationValue = (addresses: AddressCodec): ValueCodec<Delegation> => ({
  encode({ delegatorText, validatorText, shares }) {
    const writer = new ProtoWriter(160)
    writer.text(1, delegatorText)
    writer.text(2, validatorText)
    writer.text(3, `${shares}`)
    return writer.finish()
  },
  decode(bytes) {
    const texts = ['', '', '', '0']
    const reader = new ProtoReader(bytes)
    for (let field = reader.field(); field !== 0; field = reader.field()) {
      if (field <= 3) texts[field] = reader.text()
      else reader.skip()
    }
    const [, delegatorText, validatorText, shares] = texts as [string, string, string, string]
    return {
      delegator: addresses.bytes(delegatorText),
      validator: addresses.validator.bytes(validatorText),
      delegatorText,
      validatorText,
      shares: decFromWire(shares),
    }
  },
})

/** Both kinds of entries: only their fourth field differs, whose amount is `fourth` here. */
type Entry = {
  creationHeight: bigint
  completionTimeNs: bigint
  initialBalance: bigint
  fourth: bigint
  unbondingId: bigint
  onHoldRefCount: bigint
}
const writeEntry = (writer: ProtoWriter, field: number, entry: Entry): void => {
  const start = writer.begin(field)
  writer.int64(1, entry.creationHeight)
  writeTime(writer, 2, entry.completionTimeNs)
  writer.text(3, `${entry.initialBalance}`)
  writer.text(4, `${entry.fourth}`)
  writer.int64(5, entry.unbondingId)
  writer.int64(6, entry.onHoldRefCount)
  writer.end(start)
}
const readEntry = (reader: ProtoReader): Entry => {
  const numbers = [0n, 0n, 0n, 0n, 0n, 0n, 0n]
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 2) numbers[2] = readTime(reader.message())
    else if (field === 3 || field === 4) numbers[field] = readInt(reader)
    else if (field <= 6) numbers[field] = reader.int64()
    else reader.skip()
  }
  return {
    creationHeight: numbers[1]!,
    completionTimeNs: numbers[2]!,
    initialBalance: numbers[3]!,
    fourth: numbers[4]!,
    unbondingId: numbers[5]!,
    onHoldRefCount: numbers[6]!,
  }
}

/** A record of some addresses (fields 1 to `count`) and entries after them. */
const encodeEntries = (texts: readonly string[], entries: readonly Entry[]): Bytes => {
  const writer = new ProtoWriter(256)
  texts.forEach((text, i) => {
    writer.text(i + 1, text)
  })
  for (const entry of entries) writeEntry(writer, texts.length + 1, entry)
  return writer.finish()
}
const decodeEntries = (bytes: Bytes, count: number): { texts: string[]; entries: Entry[] } => {
  const texts: string[] = new Array(count).fill('')
  const entries: Entry[] = []
  const reader = new ProtoReader(bytes)
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field <= count) texts[field - 1] = reader.text()
    else if (field === count + 1) entries.push(readEntry(reader.message()))
    else reader.skip()
  }
  return { texts, entries }
}

export const unbondingDelegationValue = (addresses: AddressCodec): ValueCodec<UnbondingDelegation> => ({
  encode: ({ delegator, validator, entries }) =>
    encodeEntries(
      [addresses.text(delegator), addresses.validator.text(validator)],
      entries.map(({ balance, ...entry }) => ({ ...entry, fourth: balance })),
    ),
  decode(bytes) {
    const { texts, entries } = decodeEntries(bytes, 2)
    return {
      delegator: addresses.bytes(texts[0]!),
      validator: addresses.validator.bytes(texts[1]!),
      entries: entries.map(({ fourth, ...entry }) => ({ ...entry, balance: fourth })),
    }
  },
})

export const redelegationValue = (addresses: AddressCodec): ValueCodec<Redelegation> => ({
  encode: ({ delegator, source, target, entries }) =>
    encodeEntries(
      [addresses.text(delegator), addresses.validator.text(source), addresses.validator.text(target)],
      entries.map(({ sharesDst, ...entry }) => ({ ...entry, fourth: sharesDst })),
    ),
  decode(bytes) {
    const { texts, entries } = decodeEntries(bytes, 3)
    return {
      delegator: addresses.bytes(texts[0]!),
      source: addresses.validator.bytes(texts[1]!),
      target: addresses.validator.bytes(texts[2]!),
      entries: entries.map(({ fourth, ...entry }) => ({ ...entry, sharesDst: fourth })),
    }
  },
})
