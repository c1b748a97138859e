// What slashing remembers. Keys are those of SDK 0.53 (x/slashing/types/keys.go); the bits of missed blocks
// are in bitmap.ts.
import { bytesValue, errors, prefixedAddressKey, store } from '../../chain/module.ts'
import { paramsValue } from './params.ts'
import { signingInfoValue } from './signing-info.ts'

export const NAME = 'slashing'

export const err = errors(NAME, {
  noValidatorForAddress: [2, 'address is not associated with any known validator'],
  badValidatorAddr: [3, 'validator does not exist for that address'],
  validatorJailed: [4, 'validator still jailed; cannot be unjailed'],
  validatorNotJailed: [5, 'validator not jailed; cannot be unjailed'],
  missingSelfDelegation: [6, 'validator has no self-delegation; cannot be unjailed'],
  selfDelegationTooLowToUnjail: [7, "validator's self delegation less than minimum; cannot be unjailed"],
  noSigningInfoFound: [8, 'no validator signing info found'],
  validatorTombstoned: [9, 'validator already tombstoned'],
})

/** What a message to change parameters gets from anyone but governance. */
export const gov = errors('gov', {
  invalidSigner: [13, 'expected gov account as only signer for proposal message'],
})

export const slashingState = () => {
  const kv = store(NAME)
  const state = {
    params: kv.item(0x00, paramsValue),
    /** By consensus address. */
    infos: kv.map(0x01, prefixedAddressKey, signingInfoValue),
    /** By consensus address: the packed key (an Any). */
    publicKeys: kv.map(0x03, prefixedAddressKey, bytesValue),
  }
  kv.claim(0x02)
  return state
}
export type SlashingState = ReturnType<typeof slashingState>
