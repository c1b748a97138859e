// What staking tells consensus at the end of a block, as it also keeps it
// (cosmos.staking.v1beta1.ValidatorUpdates).
import type { ValidatorUpdate } from '../../chain/abci/application.ts'
import { keyOf } from '../../chain/consensus/validator.ts'
import { ProtoWriter } from '../../chain/consensus/wire.ts'
import { messageValue, type ValueCodec } from '../../chain/module.ts'
import { ValidatorUpdatesSchema } from '../../proto/gen/cosmos/staking/v1beta1/staking_pb.ts'

const FIELD = { ed25519: 1, secp256k1: 2 } as const

export const validatorUpdatesValue: ValueCodec<readonly ValidatorUpdate[]> = {
  encode(updates) {
    const writer = new ProtoWriter(64)
    for (const { pubKey, power } of updates) {
      const start = writer.begin(1)
      const key = writer.begin(1)
      writer.item(FIELD[pubKey.type], pubKey.bytes)
      writer.end(key)
      writer.int64(2, power)
      writer.end(start)
    }
    return writer.finish()
  },
  decode: (bytes) =>
    messageValue(ValidatorUpdatesSchema)
      .decode(bytes)
      .updates.map(({ pubKey, power }) => {
        const key = keyOf({ pubKey })
        if (key === undefined) throw new Error('a validator update has a key of an unknown type')
        return { pubKey: key, power }
      }),
}
