// Messages are written as Go writes them, whatever bytes they came in.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { AnySchema } from '@bufbuild/protobuf/wkt'
import { describe, expect, test } from '@jest/globals'
import { concatBytes, fromHex, toHex, utf8 } from '../../../chain/bytes.ts'
import { goBytes, goForm } from '../../../chain/module.ts'
import { MsgSendSchema } from '../../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import { DecCoinSchema } from '../../../proto/gen/cosmos/base/v1beta1/coin_pb.ts'
import { CompactBitArraySchema } from '../../../proto/gen/cosmos/crypto/multisig/v1beta1/multisig_pb.ts'
import { MsgExecLegacyContentSchema } from '../../../proto/gen/cosmos/gov/v1/tx_pb.ts'
import { VoteSchema } from '../../../proto/gen/cosmos/gov/v1beta1/gov_pb.ts'
import { ModeInfoSchema } from '../../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import { MsgSoftwareUpgradeSchema } from '../../../proto/gen/cosmos/upgrade/v1beta1/tx_pb.ts'
import { PlanSchema } from '../../../proto/gen/cosmos/upgrade/v1beta1/upgrade_pb.ts'

describe('the bytes of a message', () => {
  // 0a02 7632 · 12 0b = time of the year 1 · 18 05
  test('have the time that Go writes for none', () => {
    expect(toHex(goBytes(PlanSchema, { name: 'v2', height: 5n }))).toBe(
      '0a027632120b088092b8c398feffffff011805',
    )
  })

  test('have structs that are no pointers even where nothing is in them', () => {
    const bytes = goBytes(MsgSoftwareUpgradeSchema, { authority: 'a' })
    expect(toHex(bytes)).toBe('0a0161' + '120d' + '120b088092b8c398feffffff01')
  })

  test('write numbers in one way', () => {
    const text = (amount: string) => goForm(DecCoinSchema, { denom: 'd', amount }).amount
    expect(['', '0', '+5', '-0', '007', '0x10'].map(text)).toEqual(['0', '0', '5', '0', '7', '16'])
    const votes = goForm(VoteSchema, { options: [{ option: 1 }, { weight: '10' }] })
    expect(votes.options.map(({ weight }) => weight)).toEqual(['0', '10'])
  })

  test('are in the order of fields, without those that are unknown', () => {
    const odd = concatBytes(
      toBinary(MsgSendSchema, create(MsgSendSchema, { toAddress: 'b' })),
      fromHex('983f01'),
      toBinary(MsgSendSchema, create(MsgSendSchema, { fromAddress: 'a' })),
    )
    const read = fromBinary(MsgSendSchema, odd)
    expect(toHex(toBinary(MsgSendSchema, read))).toContain('983f01')
    expect(toHex(goBytes(MsgSendSchema, read))).toBe('0a0161120162')
  })

  test('keep what is packed', () => {
    const content = create(AnySchema, { typeUrl: '/x', value: utf8('anything') })
    const message = create(MsgExecLegacyContentSchema, { content, authority: 'a' })
    expect(goBytes(MsgExecLegacyContentSchema, message)).toEqual(
      toBinary(MsgExecLegacyContentSchema, message),
    )
  })

  test('keep the choice of a oneof', () => {
    const bitarray = create(CompactBitArraySchema, { extraBitsStored: 1, elems: Uint8Array.of(128) })
    const modeInfos = [{ sum: { case: 'single' as const, value: { mode: 1 } } }]
    const mode = create(ModeInfoSchema, { sum: { case: 'multi', value: { bitarray, modeInfos } } })
    expect(goBytes(ModeInfoSchema, mode)).toEqual(toBinary(ModeInfoSchema, mode))
  })
})
