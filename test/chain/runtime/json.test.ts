import { create, fromBinary, type JsonValue, toBinary } from '@bufbuild/protobuf'
import { AnySchema, TimestampSchema } from '@bufbuild/protobuf/wkt'
import { describe, expect, test } from '@jest/globals'
import { fromBase64, toBase64 } from '../../../chain/base64.ts'
import {
  fromJson,
  fromJsonText,
  JsonError,
  jsonText,
  toJson,
  toJsonText,
} from '../../../chain/runtime/json.ts'
import { createRoutes } from '../../../devnet/rest/routes.ts'
import { MsgSendSchema } from '../../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import { type Coin, CoinSchema, DecCoinSchema } from '../../../proto/gen/cosmos/base/v1beta1/coin_pb.ts'
import { ParamsSchema } from '../../../proto/gen/cosmos/staking/v1beta1/staking_pb.ts'
import { goMessages, goRegistry, recordedRest, servicesOf } from '../../descriptors.ts'

const registry = goRegistry()

describe('JSON of messages', () => {
  test('prints every message type as gogoproto does', () => {
    const wrong: string[] = []
    for (const { type, bytes, json } of goMessages()) {
      const schema = registry.getMessage(type)!
      const message = fromBinary(schema, fromBase64(bytes)!)
      const text = toJsonText(schema, message, registry)
      if (text !== json) wrong.push(`${type}\n  ${text}\n  ${json}`)
    }
    expect(wrong).toEqual([])
  })

  test('reads what Go prints into the bytes that Go encodes', () => {
    let read = 0
    for (const { type, json, back } of goMessages()) {
      if (back === undefined) continue
      const schema = registry.getMessage(type)!
      const message = fromJsonText(schema, json, registry)
      expect([type, toBase64(toBinary(schema, message))]).toEqual([type, back])
      read++
    }
    expect(read).toBeGreaterThan(3000)
  })

  test('every recorded REST answer survives reading, encoding and printing', () => {
    const routes = createRoutes(servicesOf(registry))
    const answers = recordedRest().filter(({ status }) => status === 200)
    expect(answers.length).toBeGreaterThan(80)
    for (const { name, method, path, response, text } of answers) {
      const { output } = routes.find(method, path.split('?')[0]!)!.route.method
      const body = text ?? jsonText(response as unknown as JsonValue)
      const message = fromJson(output, JSON.parse(body), registry)
      const decoded = fromBinary(output, toBinary(output, message))
      expect([name, toJsonText(output, decoded, registry)]).toEqual([name, body])
    }
  })

  test('a decimal keeps its eighteen places and an absent one is 0', () => {
    const dec = (amount: string) => toJson(DecCoinSchema, create(DecCoinSchema, { amount }), registry)
    expect(dec('100000000000000000')).toEqual({ denom: '', amount: '0.100000000000000000' })
    expect(dec('-1')).toEqual({ denom: '', amount: '-0.000000000000000001' })
    expect(dec('')).toEqual({ denom: '', amount: '0' })
    const read = fromJson(DecCoinSchema, { denom: 'stake', amount: '12.5' }, registry)
    expect(read.amount).toBe('12500000000000000000')
  })

  test('both names of a field are read, and numbers with or without quotes', () => {
    for (const json of [
      { unbonding_time: '30s', max_validators: 7, min_commission_rate: '0.1' },
      { unbondingTime: '30s', maxValidators: '7', minCommissionRate: '0.1' },
    ]) {
      const params = fromJson(ParamsSchema, json, registry)
      expect([params.maxValidators, params.unbondingTime?.seconds]).toEqual([7, 30n])
    }
  })

  test('an error names the path to the field', () => {
    const amount = { denom: 'stake', amount: 'many' }
    const json = { from_address: 'a', amount: [{ denom: 'stake', amount: '1' }, amount] }
    expect(() => fromJson(MsgSendSchema, json, registry)).toThrow(
      'amount[1].amount: expected an integer in a string, got "many"',
    )
    expect(() => fromJson(CoinSchema, { denom: 5 }, registry)).toThrow('denom: expected a string, got 5')
    expect(() => fromJson(CoinSchema, { denum: 'x' }, registry)).toThrow(
      'denum: unknown field in cosmos.base.v1beta1.Coin',
    )
    expect(() => fromJson(AnySchema, { '@type': '/no.Such' }, registry)).toThrow(JsonError)
  })

  test('unknown fields are skipped where a REST body is read', () => {
    const read = fromJson(CoinSchema, { denom: 'stake', denum: 'x' }, registry, { ignoreUnknown: true })
    expect(read).toMatchObject({ denom: 'stake', amount: '0' } satisfies Partial<Coin>)
  })

  test('an integer that lost digits is refused, not rounded', () => {
    expect(() => fromJson(TimestampSchema, 5, registry)).toThrow('expected a time of RFC 3339, got 5')
    expect(() => fromJson(ParamsSchema, { max_validators: 2 ** 60 }, registry)).toThrow(
      'max_validators: the number is beyond 2^53 and lost digits: write it as a string',
    )
    expect(() => fromJson(ParamsSchema, { max_validators: '4294967296' }, registry)).toThrow(/max_validators/)
  })

  test('Anys nested without end are refused', () => {
    let any = create(AnySchema, { typeUrl: '/google.protobuf.Any' })
    for (let i = 0; i < 200; i++)
      any = create(AnySchema, { typeUrl: '/google.protobuf.Any', value: toBinary(AnySchema, any) })
    expect(() => toJson(AnySchema, any, registry)).toThrow('messages are nested deeper than 100')
    const json = `${'{"@type":"/google.protobuf.Any","value":'.repeat(5000)}{}${'}'.repeat(5000)}`
    expect(() => fromJson(AnySchema, JSON.parse(json), registry)).toThrow(/nested deeper than 100 messages/)
  })
})
