// What a transaction must be before anyone pays for it: well formed, in time, not too long (x/auth/ante
// ext.go, basic.go).
import { utf8 } from '../../../chain/bytes.ts'
import {
  type AddressCodec,
  type AnteStep,
  aminoKey,
  type Ctx,
  coinsFrom,
  coinsText,
  isAnyNegative,
  type SignatureData,
  sdk,
  type Tx,
} from '../../../chain/module.ts'
import { formatTime, type Instant, instant, instantNs } from '../../../chain/time.ts'
import { keyOf } from '../account.ts'
import type { Auth } from '../keeper.ts'
import { simulatedKey } from './simulated.ts'

/** No extension is known. */
export const extensionOptions: AnteStep = (_, { body }) => {
  if (body.extensionOptions.length > 0) throw sdk.unknownExtensionOptions()
}

const MAX_GAS = 2n ** 63n - 1n

/** What the fields alone tell; it was told already when a transaction is checked again. */
export const validateBasic =
  (addresses: AddressCodec): AnteStep =>
  (ctx, tx) => {
    if (ctx.mode === 'recheck') return
    const { gasLimit, amount, payer } = tx.authInfo.fee!
    if (gasLimit > MAX_GAS) throw sdk.invalidRequest(`invalid gas supplied; ${gasLimit} > ${MAX_GAS}`)
    if (amount.some((coin) => coin.amount === '')) throw sdk.insufficientFee('invalid fee provided: null')
    const fee = coinsFrom(amount)
    if (isAnyNegative(fee)) throw sdk.insufficientFee(`invalid fee provided: ${coinsText(fee)}`)
    if (payer !== '')
      addresses.bytes(payer, (why) => sdk.invalidAddress(`Invalid fee payer address (${why})`))
    if (tx.signatures.length === 0) throw sdk.noSignatures()
    const signers = tx.signers()
    if (tx.signatures.length !== signers.length)
      throw sdk.unauthorized(
        `wrong number of signers; expected ${signers.length}, got ${tx.signatures.length}`,
      )
  }

/** `2025-01-01 00:00:00 +0000 UTC`, as Go prints a time. */
const goTime = (time: Instant): string => formatTime(time).replace('T', ' ').replace('Z', ' +0000 UTC')

/** When a transaction's time is up; undefined if it never is. */
export const timeoutNs = ({ body }: Tx): bigint | undefined => {
  const { timeoutTimestamp } = body
  return timeoutTimestamp === undefined || timeoutTimestamp.seconds === 0n
    ? undefined
    : instantNs(timeoutTimestamp)
}

export const timeout: AnteStep = ({ block }, tx) => {
  const { timeoutHeight } = tx.body
  if (timeoutHeight > 0n && block.height > timeoutHeight)
    throw sdk.txTimeoutHeight(`block height: ${block.height}, timeout height: ${timeoutHeight}`)
  const until = timeoutNs(tx)
  if (until !== undefined && until < block.timeNs)
    throw sdk.txTimeout(
      `block time: ${goTime(instant(block.timeNs))}, timeout timestamp: ${goTime(instant(until))}`,
    )
}

export const memo =
  (auth: Pick<Auth, 'params'>): AnteStep =>
  (ctx, tx) => {
    const length = tx.body.memo === '' ? 0 : utf8(tx.body.memo).length
    if (length === 0) return
    const { maxMemoCharacters } = auth.params(ctx)
    if (BigInt(length) > maxMemoCharacters)
      throw sdk.memoTooLarge(
        `maximum number of characters is ${maxMemoCharacters} but received ${length} characters`,
      )
  }

/** Each byte of a transaction costs gas; in a simulation also those of signatures that are still to come. */
export const sizeGas =
  (auth: Pick<Auth, 'params' | 'account'>): AnteStep =>
  (ctx, tx) => {
    const { txSizeCostPerByte, txSigLimit } = auth.params(ctx)
    const cost = Number(txSizeCostPerByte)
    ctx.gas.consume(cost * ctx.txBytes.length, 'txSize')
    if (ctx.mode !== 'simulate') return
    const signatures = tx.signerSignatures()
    for (const [i, signer] of tx.signers().entries()) {
      if (i < signatures.length && isComplete(signatures[i]!.data)) continue
      ctx.gas.consume(cost * signatureSize(ctx, auth, signer, Number(txSigLimit)), 'txSize')
    }
  }

const isComplete = (data: SignatureData | undefined): boolean => {
  if (data === undefined) return false
  if (data.kind === 'single') return data.signature.length > 0
  return data.parts.length > 0 && data.parts.every(isComplete)
}

/** Bytes of an amino StdSignature with the account's key, and six more that Go adds. */
const signatureSize = (ctx: Ctx, auth: Pick<Auth, 'account'>, signer: Uint8Array, limit: number): number => {
  const account = auth.account(ctx, signer)
  const key = (account && keyOf(account)) ?? simulatedKey
  const length = aminoKey(key).length
  const size = 1 + varintSize(length) + length + 2 + 64 + 6
  return key.type === 'multisig' ? size * limit : size
}
const varintSize = (value: number): number => (value < 128 ? 1 : 1 + varintSize(value >>> 7))
