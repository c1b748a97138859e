// Where bank keeps what (x/bank/types/keys.go).
import {
  addressKey,
  boolValue,
  indexedMap,
  intValue,
  messageValue,
  pairKey,
  prefixedAddressKey,
  reversePairIndex,
  store,
  textKey,
} from '../../chain/module.ts'
import { MetadataSchema, ParamsSchema } from '../../proto/gen/cosmos/bank/v1beta1/bank_pb.ts'

export const bankState = () => {
  const kv = store('bank')
  return {
    supply: kv.map(0, textKey, intValue),
    metadata: kv.map(1, textKey, messageValue(MetadataSchema)),
    /** By account and denomination; also findable by denomination. */
    balances: indexedMap(kv, 2, pairKey(addressKey, textKey), intValue, {
      denom: reversePairIndex(kv, 3, prefixedAddressKey, textKey),
    }),
    /** Only denominations that differ from the default need an entry. */
    sendEnabled: kv.map(4, textKey, boolValue),
    params: kv.item(5, messageValue(ParamsSchema)),
  }
}

export type BankState = ReturnType<typeof bankState>
