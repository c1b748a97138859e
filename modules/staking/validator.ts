// A validator as the rules see it, and the arithmetic between its tokens and the shares that delegators hold
// of them. Values are never changed in place: a rule makes a new validator and stores it. Rounding is in
// every name (SDK x/staking/types/validator.go).
import type { Any } from '@bufbuild/protobuf/wkt'
import type { Bytes } from '../../chain/bytes.ts'
import {
  type Dec,
  decFromInt,
  decMulInt,
  decQuo,
  decQuoInt,
  decQuoRoundUp,
  decQuoTruncate,
  decTruncateInt,
} from '../../chain/module.ts'
import { BondStatus } from '../../proto/gen/cosmos/staking/v1beta1/staking_pb.ts'
import { err } from './errors.ts'

export { BondStatus }

export type Description = {
  readonly moniker: string
  readonly identity: string
  readonly website: string
  readonly securityContact: string
  readonly details: string
}
export type Commission = {
  readonly rate: Dec
  readonly maxRate: Dec
  readonly maxChangeRate: Dec
  readonly updateTimeNs: bigint
}

export type Validator = {
  readonly operator: Bytes
  /** The operator in bech32, as the record holds it. */
  readonly operatorText: string
  readonly consensusPubkey: Any
  /** 20-byte address of the consensus key. */
  readonly consAddress: Bytes
  readonly jailed: boolean
  readonly status: BondStatus
  readonly tokens: bigint
  readonly delegatorShares: Dec
  readonly description: Description
  readonly unbondingHeight: bigint
  readonly unbondingTimeNs: bigint
  readonly commission: Commission
  readonly minSelfDelegation: bigint
  readonly unbondingOnHoldRefCount: bigint
  readonly unbondingIds: readonly bigint[]
}

export const isBonded = (validator: Validator): boolean => validator.status === BondStatus.BONDED
export const isUnbonding = (validator: Validator): boolean => validator.status === BondStatus.UNBONDING
export const isUnbonded = (validator: Validator): boolean => validator.status === BondStatus.UNBONDED

/** All tokens were slashed away while shares are left: nobody can delegate at such a rate. */
export const hasInvalidExRate = (validator: Validator): boolean =>
  validator.tokens === 0n && validator.delegatorShares > 0n

type Pot = Pick<Validator, 'tokens' | 'delegatorShares'>

/** Token worth of shares, half to even. */
export const tokensFromShares = (validator: Pot, shares: Dec): Dec =>
  decQuo(decMulInt(shares, validator.tokens), validator.delegatorShares)
export const tokensFromSharesTruncated = (validator: Pot, shares: Dec): Dec =>
  decQuoTruncate(decMulInt(shares, validator.tokens), validator.delegatorShares)
export const tokensFromSharesRoundUp = (validator: Pot, shares: Dec): Dec =>
  decQuoRoundUp(decMulInt(shares, validator.tokens), validator.delegatorShares)

/** Shares worth an amount. Throws staking 22 if the validator has no tokens. */
export const sharesFromTokens = (validator: Pot, amount: bigint): Dec => {
  if (validator.tokens === 0n) throw err.insufficientShares()
  return decQuoInt(decMulInt(validator.delegatorShares, amount), validator.tokens)
}
export const sharesFromTokensTruncated = (validator: Pot, amount: bigint): Dec => {
  if (validator.tokens === 0n) throw err.insufficientShares()
  return decQuoTruncate(decMulInt(validator.delegatorShares, amount), decFromInt(validator.tokens))
}

/** Tokens that count as bonded: none unless the validator is bonded. */
export const bondedTokens = (validator: Validator): bigint => (isBonded(validator) ? validator.tokens : 0n)
/** The power the validator would have if it were bonded. */
export const potentialPower = (validator: Pot, powerReduction: bigint): bigint =>
  validator.tokens / powerReduction
export const consensusPower = (validator: Validator, powerReduction: bigint): bigint =>
  isBonded(validator) ? potentialPower(validator, powerReduction) : 0n

/** Issues shares for new tokens; the first delegation sets the rate to one. */
export const addTokens = (validator: Validator, amount: bigint): { validator: Validator; shares: Dec } => {
  const shares = validator.delegatorShares === 0n ? decFromInt(amount) : sharesFromTokens(validator, amount)
  return {
    shares,
    validator: {
      ...validator,
      tokens: validator.tokens + amount,
      delegatorShares: validator.delegatorShares + shares,
    },
  }
}

/** Takes tokens and leaves the shares: what a slash does. */
export const removeTokens = (validator: Validator, amount: bigint): Validator => {
  if (amount < 0n) throw new Error(`should not happen: trying to remove negative tokens ${amount}`)
  if (validator.tokens < amount)
    throw new Error(`should not happen: only have ${validator.tokens} tokens, trying to remove ${amount}`)
  return { ...validator, tokens: validator.tokens - amount }
}

/** Redeems shares, rounding down; the last shares take what is left of the tokens. */
export const removeShares = (validator: Validator, shares: Dec): { validator: Validator; tokens: bigint } => {
  const delegatorShares = validator.delegatorShares - shares
  const tokens =
    delegatorShares === 0n ? validator.tokens : decTruncateInt(tokensFromShares(validator, shares))
  if (tokens > validator.tokens)
    throw new Error('attempting to remove more tokens than available in validator')
  return { tokens, validator: { ...validator, tokens: validator.tokens - tokens, delegatorShares } }
}
