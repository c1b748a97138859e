// What a light client accepts (light/verifier.go): from a header that it trusts and the validators of that
// header, whether a later header follows. IBC's 07-tendermint asks the same of the headers that relayers
// bring.
import type { Header, SignedHeader } from '../../proto/gen/tendermint/types/types_pb.ts'
import type { ValidatorSet } from '../../proto/gen/tendermint/types/validator_pb.ts'
import { equalBytes } from '../bytes.ts'
import {
  checkCommit,
  type Fraction,
  type VerifySignature,
  verifyCommitLight,
  verifyCommitLightTrusting,
} from './commit.ts'
import { NotEnoughPowerError, upperHex, VerificationError } from './errors.ts'
import { checkHeader, hashHeader } from './header.ts'
import { formatTimeNs, formatTimestamp, timestampToNs } from './time.ts'
import { hashValidators } from './valset.ts'

/** One correct validator among those trusted is enough. */
export const DEFAULT_TRUST_LEVEL: Fraction = { numerator: 1n, denominator: 3n }

/** The trusted validators signed too little of the new header: a header in between must be verified first. */
export class UntrustedSetError extends VerificationError {}
/** The trusted header is older than the trusting period. */
export class ExpiredHeaderError extends VerificationError {}

/** What is needed of a trusted header; `nextValidatorsHash` only where the new one is its neighbour. */
export type TrustedHeader = Pick<Header, 'chainId' | 'height' | 'time' | 'nextValidatorsHash'>

export type LightOptions = {
  /** How long validators can be held to what they signed. */
  trustingPeriodNs: bigint
  nowNs: bigint
  /** How far a header's time may lie ahead of now. */
  maxClockDriftNs: bigint
  trustLevel: Fraction
  verify: VerifySignature
}

/**
 * SignedHeader.ValidateBasic: the header and the commit belong together and to this chain. Throws
 * VerificationError.
 */
export const checkSignedHeader = (signed: SignedHeader, chainId: string): void => {
  const { header, commit } = signed
  if (header === undefined) throw new VerificationError('missing header')
  if (commit === undefined) throw new VerificationError('missing commit')
  within('invalid header', () => checkHeader(header))
  within('invalid commit', () => checkCommit(commit))
  if (header.chainId !== chainId)
    throw new VerificationError(
      `header belongs to another chain ${JSON.stringify(header.chainId)}, not ${JSON.stringify(chainId)}`,
    )
  if (commit.height !== header.height)
    throw new VerificationError(`header and commit height mismatch: ${header.height} vs ${commit.height}`)
  const hash = hashHeader(header)
  if (!equalBytes(hash, commit.blockId!.hash))
    throw new VerificationError(
      `commit signs block ${upperHex(commit.blockId!.hash)}, header is block ${upperHex(hash)}`,
    )
}

/** Runs a check and puts `context` before its reason. */
const within = (context: string, check: () => void): void => {
  try {
    check()
  } catch (error) {
    if (error instanceof VerificationError)
      throw new VerificationError(`${context}: ${error.message}`, { cause: error })
    throw error
  }
}

/** A trust level is between one third and one (ValidateTrustLevel). Throws VerificationError. */
export const checkTrustLevel = ({ numerator, denominator }: Fraction): void => {
  if (numerator * 3n < denominator || numerator > denominator || denominator === 0n)
    throw new VerificationError(`trustLevel must be within [1/3, 1], given ${numerator}/${denominator}`)
}

/** Whether a header's validators can no longer be held to it. */
export const isExpired = (
  header: Pick<Header, 'time'>,
  { trustingPeriodNs, nowNs }: Pick<LightOptions, 'trustingPeriodNs' | 'nowNs'>,
): boolean => timestampToNs(header.time) + trustingPeriodNs <= nowNs

const checkNotExpired = (trusted: TrustedHeader, options: LightOptions): void => {
  if (!isExpired(trusted, options)) return
  const expired = formatTimeNs(timestampToNs(trusted.time) + options.trustingPeriodNs)
  throw new ExpiredHeaderError(`old header has expired at ${expired} (now: ${formatTimeNs(options.nowNs)})`)
}

const checkNewHeader = (
  trusted: TrustedHeader,
  signed: SignedHeader,
  set: ValidatorSet,
  { nowNs, maxClockDriftNs }: LightOptions,
): void => {
  within('untrustedHeader.ValidateBasic failed', () => checkSignedHeader(signed, trusted.chainId))
  const header = signed.header!
  if (header.height <= trusted.height)
    throw new VerificationError(
      `expected new header height ${header.height} to be greater than one of old header ${trusted.height}`,
    )
  const timeNs = timestampToNs(header.time)
  if (timeNs <= timestampToNs(trusted.time))
    throw new VerificationError(
      `expected new header time ${formatTimeNs(timeNs)} to be after old header time ` +
        `${formatTimestamp(trusted.time)}`,
    )
  if (timeNs >= nowNs + maxClockDriftNs)
    throw new VerificationError(
      `new header has a time from the future ${formatTimeNs(timeNs)} (now: ${formatTimeNs(nowNs)}; max ` +
        `clock drift: ${maxClockDriftNs}ns)`,
    )
  const hash = hashValidators(set)
  if (!equalBytes(header.validatorsHash, hash))
    throw new VerificationError(
      `expected new header validators (${upperHex(header.validatorsHash)}) to match those that were ` +
        `supplied (${upperHex(hash)}) at height ${header.height}`,
    )
}

const checkOwnCommit = (signed: SignedHeader, set: ValidatorSet, options: LightOptions): void => {
  const { chainId, height } = signed.header!
  const commit = signed.commit!
  within('invalid header', () =>
    verifyCommitLight({
      ...{ chainId, set, height, commit, blockId: commit.blockId! },
      verify: options.verify,
    }),
  )
}

/** The header right after the trusted one: its validators were announced. Throws VerificationError. */
export const verifyAdjacent = (
  trusted: TrustedHeader,
  signed: SignedHeader,
  set: ValidatorSet,
  options: LightOptions,
): void => {
  if (signed.header?.height !== trusted.height + 1n)
    throw new VerificationError('headers must be adjacent in height')
  checkNotExpired(trusted, options)
  within('invalid header', () => checkNewHeader(trusted, signed, set, options))
  const { validatorsHash } = signed.header
  if (!equalBytes(validatorsHash, trusted.nextValidatorsHash))
    throw new VerificationError(
      `expected old header next validators (${upperHex(trusted.nextValidatorsHash)}) to match those ` +
        `from new header (${upperHex(validatorsHash)})`,
    )
  checkOwnCommit(signed, set, options)
}

/**
 * A header further on: enough of `trustedSet`, the set of the trusted header's height or the next, signed it
 * too. Throws UntrustedSetError if not enough did, VerificationError if something is wrong.
 */
export const verifyNonAdjacent = (
  trusted: TrustedHeader,
  trustedSet: ValidatorSet,
  signed: SignedHeader,
  set: ValidatorSet,
  options: LightOptions,
): void => {
  if (signed.header?.height === trusted.height + 1n)
    throw new VerificationError('headers must be non adjacent in height')
  checkNotExpired(trusted, options)
  within('invalid header', () => checkNewHeader(trusted, signed, set, options))
  const { chainId } = trusted
  try {
    const { verify, trustLevel } = options
    verifyCommitLightTrusting({ chainId, set: trustedSet, commit: signed.commit!, verify }, trustLevel)
  } catch (error) {
    if (error instanceof NotEnoughPowerError)
      throw new UntrustedSetError(`cant trust new val set: ${error.message}`, { cause: error })
    throw error
  }
  checkOwnCommit(signed, set, options)
}

/** `verifyAdjacent` or `verifyNonAdjacent`, as the heights demand. */
export const verifyHeader = (
  trusted: TrustedHeader,
  trustedSet: ValidatorSet,
  signed: SignedHeader,
  set: ValidatorSet,
  options: LightOptions,
): void => {
  if (signed.header?.height === trusted.height + 1n) verifyAdjacent(trusted, signed, set, options)
  else verifyNonAdjacent(trusted, trustedSet, signed, set, options)
}

/** The header right before a trusted one: the trusted one names its hash. Throws VerificationError. */
export const verifyBackwards = (header: Header, trusted: Header): void =>
  within('invalid header', () => {
    checkHeader(header)
    if (header.chainId !== trusted.chainId) throw new VerificationError('header belongs to another chain')
    if (timestampToNs(header.time) >= timestampToNs(trusted.time))
      throw new VerificationError(
        `expected older header time ${formatTimestamp(header.time)} to be before new header time ` +
          `${formatTimestamp(trusted.time)}`,
      )
    const hash = hashHeader(header)
    const lastHash = trusted.lastBlockId?.hash ?? new Uint8Array(0)
    if (!equalBytes(hash, lastHash))
      throw new VerificationError(
        `older header hash ${upperHex(hash)} does not match trusted header's last block ` +
          `${upperHex(lastHash)}`,
      )
  })
