// What distribution remembers. Keys are those of SDK 0.53 (x/distribution/types/keys.go), addresses with
// their length in front; periods are little endian there, so a walk over the historical rewards is not in the
// order of periods.
import {
  bytesValue,
  type DecCoins,
  decFromWire,
  errors,
  type KeyCodec,
  pairKey,
  prefixedAddressKey,
  store,
  tripleKey,
  uint64Key,
} from '../../chain/module.ts'
import {
  commissionValue,
  currentValue,
  decCoinsValue,
  historicalValue,
  paramsValue,
  slashValue,
  startingInfoValue,
  wrappedBytesValue,
} from './records.ts'

export const NAME = 'distribution'

export const err = errors(NAME, {
  emptyDelegatorAddr: [2, 'delegator address is empty'],
  emptyWithdrawAddr: [3, 'withdraw address is empty'],
  emptyValidatorAddr: [4, 'validator address is empty'],
  emptyDelegationDistInfo: [5, 'no delegation distribution info'],
  noValidatorDistInfo: [6, 'no validator distribution info'],
  noValidatorCommission: [7, 'no validator commission to withdraw'],
  setWithdrawAddrDisabled: [8, 'set withdraw address disabled'],
  badDistribution: [9, 'community pool does not have sufficient coins to distribute'],
  invalidProposalAmount: [10, 'invalid community pool spend proposal amount'],
  emptyProposalRecipient: [11, 'invalid community pool spend proposal recipient'],
  noValidatorExists: [12, 'validator does not exist'],
  noDelegationExists: [13, 'delegation does not exist'],
})

const uint64LittleKey: KeyCodec<bigint> = {
  size: () => 8,
  write(into, at, key) {
    new DataView(into.buffer, into.byteOffset).setBigUint64(at, key, true)
    return at + 8
  },
  read: (from, at) => [new DataView(from.buffer, from.byteOffset).getBigUint64(at, true), at + 8],
  show: uint64Key.show,
}

export const distributionState = () => {
  const kv = store(NAME)
  return {
    /** The community's share; with an external pool only the fractions of coins that could not go there. */
    feePool: kv.item(0, decCoinsValue),
    /** Consensus address of the last block's proposer. */
    proposer: kv.item(1, wrappedBytesValue),
    /** By validator: everything that is owed to it and to its delegators. */
    outstanding: kv.map(2, prefixedAddressKey, decCoinsValue),
    /** By delegator: where rewards go instead of to itself. */
    withdrawAddresses: kv.map(3, prefixedAddressKey, bytesValue),
    /** By validator and delegator. */
    startingInfos: kv.map(4, pairKey(prefixedAddressKey, prefixedAddressKey), startingInfoValue),
    /** By validator and period. */
    historical: kv.map(5, pairKey(prefixedAddressKey, uint64LittleKey), historicalValue),
    /** By validator. */
    current: kv.map(6, prefixedAddressKey, currentValue),
    /** By validator: its own part of what is outstanding. */
    commissions: kv.map(7, prefixedAddressKey, commissionValue),
    /** By validator, height and period. */
    slashes: kv.map(8, tripleKey(prefixedAddressKey, uint64Key, uint64Key), slashValue),
    params: kv.item(9, paramsValue),
  }
}
export type DistributionState = ReturnType<typeof distributionState>

/** Decimal coins as messages and JSON hold them: digits of 10^-18 units. */
export const decCoinsTo = (set: DecCoins): { denom: string; amount: string }[] =>
  set.map(({ denom, amount }) => ({ denom, amount: `${amount}` }))
export const decCoinsFrom = (messages: readonly { denom: string; amount: string }[]): DecCoins =>
  messages.map(({ denom, amount }) => ({ denom, amount: decFromWire(amount) }))
