// The key that stands in for one that a simulated transaction's account does not have yet (x/auth/ante
// sigverify.go).
import { create, toBinary } from '@bufbuild/protobuf'
import { AnySchema } from '@bufbuild/protobuf/wkt'
import { fromHex } from '../../../chain/bytes.ts'
import { publicKey } from '../../../chain/module.ts'
import { PubKeySchema } from '../../../proto/gen/cosmos/crypto/secp256k1/keys_pb.ts'

const key = fromHex('035ad6810a47f073553ff30d2fcc7e0d3b1c0b74b61a1aaa2582344037151e143a')

export const simulatedKey = publicKey(
  create(AnySchema, {
    typeUrl: `/${PubKeySchema.typeName}`,
    value: toBinary(PubKeySchema, create(PubKeySchema, { key })),
  }),
)
