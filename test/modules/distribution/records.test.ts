import { create, toBinary } from '@bufbuild/protobuf'
import { expect, test } from '@jest/globals'
import type { DecCoins } from '../../../chain/module.ts'
import {
  commissionValue,
  currentValue,
  decCoinsValue,
  historicalValue,
  paramsValue,
  startingInfoValue,
  wrappedBytesValue,
} from '../../../modules/distribution/records.ts'
import { decCoinsTo } from '../../../modules/distribution/state.ts'
import {
  FeePoolSchema,
  ParamsSchema,
  ValidatorCurrentRewardsSchema,
  ValidatorHistoricalRewardsSchema,
} from '../../../proto/gen/cosmos/distribution/v1beta1/distribution_pb.ts'
import { randomFrom } from '../../random.ts'

test('the own codec writes what the general one writes, and reads it back', () => {
  const random = randomFrom('records of rewards')
  for (let round = 0; round < 500; round++) {
    const coins: DecCoins = Array.from({ length: random.below(4) }, (_, i) => ({
      denom: `ibc/${'A'.repeat(random.below(120) + 1)}${i}`,
      amount: BigInt(`0x${Buffer.from(random.bytes(random.below(32) + 1)).toString('hex')}`),
    }))
    const messages = decCoinsTo(coins)
    const period = BigInt(random.below(2 ** 40)) ** BigInt(random.below(2))
    const references = random.below(3)
    const pairs = [
      [
        decCoinsValue.encode(coins),
        toBinary(FeePoolSchema, create(FeePoolSchema, { communityPool: messages })),
      ],
      [
        currentValue.encode({ rewards: coins, period }),
        toBinary(
          ValidatorCurrentRewardsSchema,
          create(ValidatorCurrentRewardsSchema, { rewards: messages, period }),
        ),
      ],
      [
        historicalValue.encode({ ratio: coins, references }),
        toBinary(
          ValidatorHistoricalRewardsSchema,
          create(ValidatorHistoricalRewardsSchema, {
            cumulativeRewardRatio: messages,
            referenceCount: references,
          }),
        ),
      ],
    ]
    for (const [own, general] of pairs) expect(own).toEqual(general)
    expect(currentValue.decode(currentValue.encode({ rewards: coins, period }))).toEqual({
      rewards: coins,
      period,
    })
    expect(historicalValue.decode(historicalValue.encode({ ratio: coins, references }))).toEqual({
      ratio: coins,
      references,
    })
  }
})

test('zeros are written as Go writes them', () => {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  // A zero Dec is "0", a zero number is left out, a commission of zeros is empty.
  expect(hex(startingInfoValue.encode({ period: 0n, stake: 0n, height: 1n }))).toBe('1201301801')
  expect(hex(commissionValue.encode([{ denom: 'stake', amount: 0n }]))).toBe('')
  expect(hex(wrappedBytesValue.encode(new Uint8Array()))).toBe('')
  const params = create(ParamsSchema, { communityTax: '0', withdrawAddrEnabled: true })
  expect(hex(paramsValue.encode(params))).toBe('0a01301201301a01302001')
})
