// The ante handler of the SDK 0.53, step by step. A chain may put steps of its own between them (circuit
// breakers, counters): the order is what decides which error a bad transaction gets, and how much it has paid
// by then.
import type { AnteFactory, AnteStep } from '../../../chain/module.ts'
import type { Bank } from '../../bank/keeper.ts'
import type { Auth } from '../keeper.ts'
import { extensionOptions, memo, sizeGas, timeout, validateBasic } from './basic.ts'
import { deductFee, type FeeGrants } from './fee.ts'
import { setPublicKeys, signatureCount, signatureGas } from './keys.ts'
import { incrementSequences, signatureChecks, verifySignatures } from './signatures.ts'

export type AnteKeepers = {
  auth: Auth
  bank: Pick<Bank, 'sendToModule'>
  feegrant?: FeeGrants
  /** Steps that run before all others. */
  first?: readonly AnteStep[]
  /** Steps that run after all others. */
  last?: readonly AnteStep[]
}

export const anteHandler =
  ({ auth, bank, feegrant, first = [], last = [] }: AnteKeepers): AnteFactory =>
  (tools) => ({
    steps: [
      ...first,
      extensionOptions,
      validateBasic(auth.addresses),
      timeout,
      memo(auth),
      sizeGas(auth),
      deductFee({ auth, bank, feegrant }, auth.addresses, tools.minGasPrices),
      setPublicKeys(auth),
      signatureCount(auth),
      signatureGas(auth),
      verifySignatures(auth, tools),
      incrementSequences(auth),
      ...last,
    ],
    signatureChecks: signatureChecks(auth, tools),
  })
