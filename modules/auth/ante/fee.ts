// Who pays for a transaction, and how much (x/auth/ante fee.go, validator_tx_fee.go).
import { type Bytes, equalBytes, fromRawUtf8 } from '../../../chain/bytes.ts'
import {
  type AddressCodec,
  type AnteStep,
  type Coins,
  type Ctx,
  coinsFrom,
  coinsText,
  decCeil,
  decFromInt,
  decMul,
  decTruncateInt,
  GoPanic,
  isAnyGte,
  isValidCoins,
  isZeroCoins,
  parseDecCoins,
  sdk,
  type Tx,
  TxError,
} from '../../../chain/module.ts'
import type { Bank } from '../../bank/keeper.ts'
import { type Auth, FEE_COLLECTOR } from '../keeper.ts'

/** Allowances by which others pay. Throws TxError if there is none for this fee. */
export type FeeGrants = { use(ctx: Ctx, granter: Bytes, grantee: Bytes, fee: Coins, tx: Tx): void }

export type FeeKeepers = {
  auth: Pick<Auth, 'account'>
  bank: Pick<Bank, 'sendToModule'>
  feegrant?: FeeGrants | undefined
}

/** `minGasPrices` is a node's own minimum: it is asked for when a transaction comes in, never in a block. */
export const deductFee = (
  { auth, bank, feegrant }: FeeKeepers,
  addresses: AddressCodec,
  minGasPrices: string,
): AnteStep => {
  const prices = parseDecCoins(minGasPrices)
  const required = (gasLimit: bigint): Coins =>
    prices.map(({ denom, amount }) => ({
      denom,
      amount: decTruncateInt(decCeil(decMul(amount, decFromInt(gasLimit)))),
    }))
  return (ctx, tx) => {
    const { gasLimit, amount, payer, granter } = tx.authInfo.fee!
    if (ctx.mode !== 'simulate' && ctx.block.height > 0n && gasLimit === 0n)
      throw sdk.invalidGasLimit('must provide positive gas')
    const fee = coinsFrom(amount)
    if (prices.length > 0 && (ctx.mode === 'check' || ctx.mode === 'recheck'))
      expectFee(fee, required(gasLimit))
    const feePayer = payer === '' ? tx.signers()[0]! : addresses.bytes(payer, (why) => new GoPanic(why))
    const source = granter === '' ? feePayer : addresses.bytes(granter, (why) => new GoPanic(why))
    if (granter !== '') {
      if (feegrant === undefined) throw sdk.invalidRequest('fee grants are not enabled')
      if (!equalBytes(source, feePayer)) useGrant(feegrant, ctx, source, feePayer, fee, tx)
    }
    if (auth.account(ctx, source) === undefined)
      throw sdk.unknownAddress(`fee payer address: ${fromRawUtf8(source)} does not exist`)
    if (!isZeroCoins(fee)) collect(bank, ctx, source, fee)
    ctx.emit('tx', ['fee', coinsText(fee)], ['fee_payer', addresses.text(source)])
  }
}

const expectFee = (fee: Coins, required: Coins) => {
  if (!isAnyGte(fee, required))
    throw sdk.insufficientFee(`insufficient fees; got: ${coinsText(fee)} required: ${coinsText(required)}`)
}

/** Go prints both addresses as raw bytes here. */
const useGrant = (grants: FeeGrants, ctx: Ctx, granter: Bytes, grantee: Bytes, fee: Coins, tx: Tx) => {
  try {
    grants.use(ctx, granter, grantee, fee, tx)
  } catch (error) {
    if (!(error instanceof TxError)) throw error
    throw error.wrap(`${fromRawUtf8(granter)} does not allow to pay fees for ${fromRawUtf8(grantee)}`)
  }
}

const collect = (bank: FeeKeepers['bank'], ctx: Ctx, source: Bytes, fee: Coins) => {
  if (!isValidCoins(fee)) throw sdk.insufficientFee(`invalid fee amount: ${coinsText(fee)}`)
  try {
    bank.sendToModule(ctx, source, FEE_COLLECTOR, fee)
  } catch (error) {
    if (!(error instanceof TxError)) throw error
    throw sdk.insufficientFunds(error.message)
  }
}
