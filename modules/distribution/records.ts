// How distribution's records lie in its store: protobuf, as the SDK's codec writes it. A few of them are read
// and written for every validator in every block, so the coins among them have a codec of their own here
// instead of the general one; it writes the same bytes (gogoproto: fields in order, zero numbers left out, a
// Dec always written, even a zero one).
import { type Bytes, fromUtf8 } from '../../chain/bytes.ts'
import {
  type Dec,
  type DecCoins,
  decFromWire,
  isZeroCoins,
  messageValue,
  type ValueCodec,
} from '../../chain/module.ts'
import {
  DelegatorStartingInfoSchema,
  type Params,
  ParamsSchema,
  ValidatorSlashEventSchema,
} from '../../proto/gen/cosmos/distribution/v1beta1/distribution_pb.ts'

/** What one token of stake has earned since the validator was created, at the end of a period. */
export type Historical = { readonly ratio: DecCoins; readonly references: number }
/** What the delegators of a validator have earned in the period that is still open. */
export type Current = { readonly rewards: DecCoins; readonly period: bigint }
/** Where a delegation's rewards begin: the period before it, and its stake (in tokens) then. */
export type StartingInfo = { readonly period: bigint; readonly stake: Dec; readonly height: bigint }
/** A slash closes a period and takes this fraction of every stake. */
export type Slash = { readonly period: bigint; readonly fraction: Dec }

type Counted = { readonly coins: DecCoins; readonly count: bigint }
/** Both fields are length-delimited: 1, 1; 1 a varint: 2. */
const [FIRST, SECOND, COUNT] = [0x0a, 0x12, 0x10]

const varintSize = (value: number): number => (value < 128 ? 1 : value < 16384 ? 2 : 3)
const writeVarint = (into: Bytes, at: number, value: number): number => {
  while (value > 127) {
    into[at++] = (value & 127) | 128
    value >>>= 7
  }
  into[at] = value
  return at + 1
}
const wideVarintSize = (value: bigint): number => {
  let size = 1
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) size++
  return size
}
const writeWideVarint = (into: Bytes, at: number, value: bigint): void => {
  for (; value > 127n; value >>= 7n) into[at++] = Number(value & 127n) | 128
  into[at] = Number(value)
}
const writeText = (into: Bytes, at: number, tag: number, text: string): number => {
  into[at] = tag
  at = writeVarint(into, at + 1, text.length)
  for (let i = 0; i < text.length; i++) into[at + i] = text.charCodeAt(i)
  return at + text.length
}
const textSize = (text: string): number => 1 + varintSize(text.length) + text.length

/** Field 1 repeated DecCoin, field 2 a number. Denominations are ASCII. */
const encodeCounted = (coins: DecCoins, count: bigint): Bytes => {
  const amounts = coins.map(({ amount }) => `${amount}`)
  const sizes = coins.map(({ denom }, i) => textSize(denom) + textSize(amounts[i]!))
  let size = count === 0n ? 0 : 1 + wideVarintSize(count)
  for (const part of sizes) size += 1 + varintSize(part) + part
  const bytes = new Uint8Array(size)
  let at = 0
  for (let i = 0; i < coins.length; i++) {
    bytes[at] = FIRST
    at = writeVarint(bytes, at + 1, sizes[i]!)
    at = writeText(bytes, at, FIRST, coins[i]!.denom)
    at = writeText(bytes, at, SECOND, amounts[i]!)
  }
  if (count !== 0n) {
    bytes[at] = COUNT
    writeWideVarint(bytes, at + 1, count)
  }
  return bytes
}

/** Reads what `encodeCounted` and the SDK write. */
class Reader {
  readonly #bytes: Bytes
  at = 0
  constructor(bytes: Bytes) {
    this.#bytes = bytes
  }

  get isDone(): boolean {
    return this.at >= this.#bytes.length
  }

  tag(): number {
    return this.#bytes[this.at++]!
  }

  length(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.at++]!
      value |= (byte & 127) << shift
      if (byte < 128) return value
    }
  }

  wide(): bigint {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#bytes[this.at++]!
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }

  text(): string {
    const length = this.length()
    const end = this.at + length
    if (length > 64) {
      const text = fromUtf8(this.#bytes.subarray(this.at, end))
      this.at = end
      return text
    }
    let text = ''
    while (this.at < end) text += String.fromCharCode(this.#bytes[this.at++]!)
    return text
  }
}

const decodeCounted = (bytes: Bytes): Counted => {
  const reader = new Reader(bytes)
  const coins: { denom: string; amount: Dec }[] = []
  let count = 0n
  while (!reader.isDone) {
    const tag = reader.tag()
    if (tag === COUNT) count = reader.wide()
    else if (tag === FIRST) coins.push(decodeCoin(reader))
    else throw new Error(`distribution: field tag ${tag} in a record of rewards`)
  }
  return { coins, count }
}
const decodeCoin = (reader: Reader): { denom: string; amount: Dec } => {
  const coin = { denom: '', amount: 0n }
  const end = reader.length() + reader.at
  while (reader.at < end) {
    const tag = reader.tag()
    if (tag === FIRST) coin.denom = reader.text()
    else if (tag === SECOND) coin.amount = decFromWire(reader.text())
    else throw new Error(`distribution: field tag ${tag} in a decimal coin`)
  }
  return coin
}

/** FeePool and ValidatorOutstandingRewards: coins alone. */
export const decCoinsValue: ValueCodec<DecCoins> = {
  encode: (coins) => encodeCounted(coins, 0n),
  decode: (bytes) => decodeCounted(bytes).coins,
}
/** ValidatorAccumulatedCommission; one of zeros alone is written empty. */
export const commissionValue: ValueCodec<DecCoins> = {
  encode: (coins) => encodeCounted(isZeroCoins(coins) ? [] : coins, 0n),
  decode: decCoinsValue.decode,
}
export const historicalValue: ValueCodec<Historical> = {
  encode: ({ ratio, references }) => encodeCounted(ratio, BigInt(references)),
  decode(bytes) {
    const { coins, count } = decodeCounted(bytes)
    return { ratio: coins, references: Number(count) }
  },
}
export const currentValue: ValueCodec<Current> = {
  encode: ({ rewards, period }) => encodeCounted(rewards, period),
  decode(bytes) {
    const { coins, count } = decodeCounted(bytes)
    return { rewards: coins, period: count }
  },
}

const startingInfoMessage = messageValue(DelegatorStartingInfoSchema)
export const startingInfoValue: ValueCodec<StartingInfo> = {
  encode: ({ period, stake, height }) =>
    startingInfoMessage.encode({ previousPeriod: period, stake: `${stake}`, height }),
  decode(bytes) {
    const { previousPeriod, stake, height } = startingInfoMessage.decode(bytes)
    return { period: previousPeriod, stake: decFromWire(stake), height }
  },
}
const slashMessage = messageValue(ValidatorSlashEventSchema)
export const slashValue: ValueCodec<Slash> = {
  encode: ({ period, fraction }) => slashMessage.encode({ validatorPeriod: period, fraction: `${fraction}` }),
  decode(bytes) {
    const { validatorPeriod, fraction } = slashMessage.decode(bytes)
    return { period: validatorPeriod, fraction: decFromWire(fraction) }
  },
}

const paramsMessage = messageValue(ParamsSchema)
/** The two retired rates are written as zero where a message left them out. */
export const paramsValue: ValueCodec<Params> = {
  encode: (params) =>
    paramsMessage.encode({
      ...params,
      communityTax: params.communityTax || '0',
      baseProposerReward: params.baseProposerReward || '0',
      bonusProposerReward: params.bonusProposerReward || '0',
    }),
  decode: paramsMessage.decode,
}

/** google.protobuf.BytesValue around an address; an empty one is empty. */
export const wrappedBytesValue: ValueCodec<Bytes> = {
  encode(value) {
    if (value.length === 0) return value
    const bytes = new Uint8Array(1 + varintSize(value.length) + value.length)
    bytes[0] = FIRST
    bytes.set(value, writeVarint(bytes, 1, value.length))
    return bytes
  },
  decode(bytes) {
    if (bytes.length === 0) return bytes
    const reader = new Reader(bytes)
    reader.tag()
    const length = reader.length()
    return bytes.subarray(reader.at, reader.at + length)
  },
}
