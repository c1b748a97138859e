// The record of a validator: cosmos.staking.v1beta1.Validator.
import type { Any } from '@bufbuild/protobuf/wkt'
import type { Bytes } from '../../chain/bytes.ts'
import { ProtoReader, ProtoWriter } from '../../chain/consensus/wire.ts'
import type { AddressCodec, ValueCodec } from '../../chain/module.ts'
import { consAddressOf } from './keys.ts'
import { readInt, readTime, remembered, writeTime } from './record.ts'
import type { Commission, Description, Validator } from './validator.ts'

const writeDescription = (writer: ProtoWriter, field: number, description: Description): void => {
  const start = writer.begin(field)
  writer.text(1, description.moniker)
  writer.text(2, description.identity)
  writer.text(3, description.website)
  writer.text(4, description.securityContact)
  writer.text(5, description.details)
  writer.end(start)
}
const readDescription = (reader: ProtoReader): Description => {
  const texts = ['', '', '', '', '', '']
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field <= 5) texts[field] = reader.text()
    else reader.skip()
  }
  const [, moniker, identity, website, securityContact, details] = texts as [
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  return { moniker, identity, website, securityContact, details }
}

const writeCommission = (writer: ProtoWriter, field: number, commission: Commission): void => {
  const start = writer.begin(field)
  const rates = writer.begin(1)
  writer.text(1, `${commission.rate}`)
  writer.text(2, `${commission.maxRate}`)
  writer.text(3, `${commission.maxChangeRate}`)
  writer.end(rates)
  writeTime(writer, 2, commission.updateTimeNs)
  writer.end(start)
}
const readCommission = (reader: ProtoReader): Commission => {
  const rates = [0n, 0n, 0n, 0n]
  let updateTimeNs = 0n
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) {
      const inner = reader.message()
      for (let rate = inner.field(); rate !== 0; rate = inner.field()) rates[rate] = readInt(inner)
    } else if (field === 2) updateTimeNs = readTime(reader.message())
    else reader.skip()
  }
  const [, rate, maxRate, maxChangeRate] = rates as [bigint, bigint, bigint, bigint]
  return { rate, maxRate, maxChangeRate, updateTimeNs }
}

const encodeAny = ({ typeUrl, value }: Any): Bytes => {
  const writer = new ProtoWriter(128)
  writer.text(1, typeUrl)
  writer.bytes(2, value)
  return writer.finish()
}
const readAny = (reader: ProtoReader): Any => {
  const any: Any = { $typeName: 'google.protobuf.Any', typeUrl: '', value: new Uint8Array() }
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) any.typeUrl = reader.text()
    else if (field === 2) any.value = reader.bytes()
    else reader.skip()
  }
  return any
}

const encodeValidator = (validator: Validator): Bytes => {
  const writer = new ProtoWriter(512)
  writer.text(1, validator.operatorText)
  writer.item(2, encodeAny(validator.consensusPubkey))
  writer.uint(3, validator.jailed ? 1 : 0)
  writer.uint(4, validator.status)
  writer.text(5, `${validator.tokens}`)
  writer.text(6, `${validator.delegatorShares}`)
  writeDescription(writer, 7, validator.description)
  writer.int64(8, validator.unbondingHeight)
  writeTime(writer, 9, validator.unbondingTimeNs)
  writeCommission(writer, 10, validator.commission)
  writer.text(11, `${validator.minSelfDelegation}`)
  writer.int64(12, validator.unbondingOnHoldRefCount)
  if (validator.unbondingIds.length > 0) writer.item(13, packed(validator.unbondingIds))
  return writer.finish()
}

/** A packed `repeated uint64`. */
const packed = (values: readonly bigint[]): Bytes => {
  const bytes: number[] = []
  for (let value of values) {
    for (; value > 0x7fn; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80)
    bytes.push(Number(value))
  }
  return new Uint8Array(bytes)
}
const readPacked = (reader: ProtoReader, end: number): bigint[] => {
  const values: bigint[] = []
  while (reader.position < end) values.push(BigInt.asUintN(64, reader.int64()))
  return values
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const emptyValidator = (): Mutable<Validator> => ({
  operator: new Uint8Array(),
  operatorText: '',
  consensusPubkey: { $typeName: 'google.protobuf.Any', typeUrl: '', value: new Uint8Array() },
  consAddress: new Uint8Array(),
  jailed: false,
  status: 0,
  tokens: 0n,
  delegatorShares: 0n,
  description: { moniker: '', identity: '', website: '', securityContact: '', details: '' },
  unbondingHeight: 0n,
  unbondingTimeNs: 0n,
  commission: { rate: 0n, maxRate: 0n, maxChangeRate: 0n, updateTimeNs: 0n },
  minSelfDelegation: 0n,
  unbondingOnHoldRefCount: 0n,
  unbondingIds: [],
})

const readValidatorField = (validator: Mutable<Validator>, field: number, reader: ProtoReader): void => {
  if (field === 1) validator.operatorText = reader.text()
  else if (field === 2) validator.consensusPubkey = readAny(reader.message())
  else if (field === 3) validator.jailed = reader.uint() === 1
  else if (field === 4) validator.status = reader.uint()
  else if (field === 5) validator.tokens = readInt(reader)
  else if (field === 6) validator.delegatorShares = readInt(reader)
  else if (field === 7) validator.description = readDescription(reader.message())
  else if (field === 8) validator.unbondingHeight = reader.int64()
  else if (field === 9) validator.unbondingTimeNs = readTime(reader.message())
  else if (field === 10) validator.commission = readCommission(reader.message())
  else if (field === 11) validator.minSelfDelegation = readInt(reader)
  else if (field === 12) validator.unbondingOnHoldRefCount = reader.int64()
  else if (field === 13) {
    const length = reader.uint()
    validator.unbondingIds = readPacked(reader, reader.position + length)
  } else reader.skip()
}

export const validatorValue = (addresses: AddressCodec): ValueCodec<Validator> =>
  remembered({
    encode: encodeValidator,
    decode(bytes) {
      const reader = new ProtoReader(bytes)
      const validator = emptyValidator()
      for (let field = reader.field(); field !== 0; field = reader.field())
        readValidatorField(validator, field, reader)
      validator.operator = addresses.validator.bytes(validator.operatorText)
      validator.consAddress = consAddressOf(validator.consensusPubkey)
      return validator
    },
  })
