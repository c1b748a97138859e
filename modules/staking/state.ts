// What staking remembers. Keys are those of SDK 0.53 (x/staking/types/keys.go): addresses with their length
// in front, times as text, so that a walk over a queue is in the order of time.

import { type Bytes, concatBytes, uint64BE } from '../../chain/bytes.ts'
import { ProtoReader, ProtoWriter } from '../../chain/consensus/wire.ts'
import {
  type AddressCodec,
  addressKey,
  bytesKey,
  bytesValue,
  type KeyCodec,
  keyValue,
  pairKey,
  prefixedAddressKey,
  store,
  timeKey,
  tripleKey,
  uint64Key,
  uint64Value,
  type ValueCodec,
} from '../../chain/module.ts'
import { delegationValue, redelegationValue, unbondingDelegationValue } from './delegation-record.ts'
import { paramsValue } from './params.ts'
import { textsValue, tuplesValue } from './queue-record.ts'
import { validatorUpdatesValue } from './updates.ts'
import { validatorValue } from './validator-record.ts'

export const NAME = 'staking'
export const BONDED_POOL = 'bonded_tokens_pool'
export const NOT_BONDED_POOL = 'not_bonded_tokens_pool'

/** Kinds of unbonding operations, as the index of their ids names them. */
export const UNBONDING_DELEGATION = 1n
export const REDELEGATION = 2n
export const VALIDATOR_UNBONDING = 3n

/** A time with the length of its text in eight bytes before it. */
const prefixedTimeKey: KeyCodec<bigint> = {
  size: (key, last) => 8 + timeKey.size(key, last),
  write(into, at, key, last) {
    into.set(uint64BE(BigInt(timeKey.size(key, last))), at)
    return timeKey.write(into, at + 8, key, last)
  },
  read: (from, at, last) => timeKey.read(from, at + 8, last),
  show: timeKey.show,
}

/** An address with every bit turned: of equal powers the lower address comes first in a walk backwards. */
const invertedAddressKey: KeyCodec<Bytes> = {
  size: prefixedAddressKey.size,
  write: (into, at, key, last) => prefixedAddressKey.write(into, at, invert(key), last),
  read(from, at, last) {
    const [key, next] = prefixedAddressKey.read(from, at, last)
    return [invert(key), next]
  },
  show: bytesKey.show,
}
const invert = (address: Bytes): Bytes => address.map((byte) => byte ^ 0xff)

/** google.protobuf.Int64Value; a zero value has no bytes. */
const int64Record: ValueCodec<bigint> = {
  encode(value) {
    const writer = new ProtoWriter(11)
    writer.int64(1, value)
    return writer.finish()
  },
  decode(bytes) {
    const reader = new ProtoReader(bytes)
    return reader.field() === 1 ? reader.int64() : 0n
  },
}
/** cosmos.base.v1beta1.IntProto. */
const intRecord: ValueCodec<bigint> = {
  encode(value) {
    const writer = new ProtoWriter(24)
    writer.text(1, `${value}`)
    return writer.finish()
  },
  decode(bytes) {
    const reader = new ProtoReader(bytes)
    return reader.field() === 1 ? BigInt(reader.text()) : 0n
  },
}

export const stakingState = (addresses: AddressCodec) => {
  const kv = store(NAME)
  const redelegationIndex = tripleKey(prefixedAddressKey, prefixedAddressKey, prefixedAddressKey)
  const stakeKey = pairKey(prefixedAddressKey, prefixedAddressKey)
  return {
    /** The powers that the last block left consensus with, by operator. */
    lastPowers: kv.map(0x11, prefixedAddressKey, int64Record),
    lastTotalPower: kv.item(0x12, intRecord),
    validators: kv.map(0x21, prefixedAddressKey, validatorValue(addresses)),
    /** Operators by consensus address. */
    operators: kv.map(0x22, prefixedAddressKey, bytesValue),
    /** Operators by power; jailed validators are not in it. */
    powerIndex: kv.map(0x23, pairKey(uint64Key, invertedAddressKey), bytesValue),
    /** By delegator and operator. */
    delegations: kv.map(0x31, stakeKey, delegationValue(addresses)),
    /** By delegator and operator. */
    unbondings: kv.map(0x32, stakeKey, unbondingDelegationValue(addresses)),
    /** Operator, delegator. */
    unbondingsByValidator: kv.keySet(0x33, stakeKey),
    /** By delegator, source and target. */
    redelegations: kv.map(0x34, redelegationIndex, redelegationValue(addresses)),
    /** Source, delegator, target. */
    redelegationsBySource: kv.keySet(0x35, redelegationIndex),
    /** Target, delegator, source. */
    redelegationsByTarget: kv.keySet(0x36, redelegationIndex),
    /** The last id given to an unbonding operation. */
    unbondingId: kv.item(0x37, uint64Value),
    /** By unbonding id: the key of the record that the operation stands in. */
    unbondingIndex: kv.map(0x38, uint64Key, bytesValue),
    /** By unbonding id: its kind. */
    unbondingTypes: kv.map(0x39, uint64Key, keyValue(uint64Key)),
    /** By completion time: delegators and operators whose unbondings end then. */
    unbondingQueue: kv.map(0x41, timeKey, tuplesValue),
    /** By completion time: delegators, sources and targets. */
    redelegationQueue: kv.map(0x42, timeKey, tuplesValue),
    /** By completion time and height: operators whose validators will be unbonded. */
    validatorQueue: kv.map(0x43, pairKey(prefixedTimeKey, uint64Key), textsValue),
    /** By height: cosmos.staking.v1beta1.HistoricalInfo. */
    history: kv.map(0x50, uint64Key, bytesValue),
    params: kv.item(0x51, paramsValue),
    /** What the last end of a block told consensus. */
    validatorUpdates: kv.item(0x61, validatorUpdatesValue),
    /** Operator, delegator. */
    delegationsByValidator: kv.keySet(0x71, pairKey(addressKey, addressKey)),
  }
}
export type StakingState = ReturnType<typeof stakingState>

/** Keys of records as the index of unbonding ids holds them. */
export const validatorKey = (operator: Bytes): Bytes => recordKey(0x21, operator)
export const unbondingKey = (delegator: Bytes, operator: Bytes): Bytes => recordKey(0x32, delegator, operator)
export const redelegationKey = (delegator: Bytes, source: Bytes, target: Bytes): Bytes =>
  recordKey(0x34, delegator, source, target)

const recordKey = (prefix: number, ...parts: Bytes[]): Bytes =>
  concatBytes(new Uint8Array([prefix]), ...parts.flatMap((part) => [new Uint8Array([part.length]), part]))
