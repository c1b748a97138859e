// Numbers of the state machine: whole ones as math.Int, fractions as math.LegacyDec with 18 places. A Dec is
// a bigint of 10^-18 units; every operation that can lose something has its rounding in its name or in its
// comment, as the Go library rounds (cosmossdk.io/math legacy_dec.go).

/** A decimal fraction in units of 10^-18. */
export type Dec = bigint

export const ONE: Dec = 10n ** 18n
const HALF = ONE / 2n
/** |Dec| < 2^256 whole units; beyond, Go panics. */
const DEC_LIMIT = 2n ** 256n * ONE
const INT_LIMIT = 2n ** 256n

const inRange = (value: Dec): Dec => {
  if (value >= DEC_LIMIT || value <= -DEC_LIMIT) throw new RangeError('Int overflow')
  return value
}
const abs = (value: bigint): bigint => (value < 0n ? -value : value)

/** Drops 18 places, half to even, the same for both signs. */
const chopHalfEven = (value: bigint): bigint => {
  if (value < 0n) return -chopHalfEven(-value)
  const quotient = value / ONE
  const rest = value % ONE
  if (rest < HALF) return quotient
  if (rest > HALF) return quotient + 1n
  return quotient + (quotient & 1n)
}
/** Drops 18 places, up for positive values and toward zero for negative ones. */
const chopUp = (value: bigint): bigint => (value >= 0n && value % ONE !== 0n ? value / ONE + 1n : value / ONE)

export const decFromInt = (whole: bigint): Dec => inRange(whole * ONE)
/** `value` in units of 10^-places, as LegacyNewDecWithPrec. */
export const decWithPlaces = (value: bigint, places: number): Dec => value * 10n ** BigInt(18 - places)

export const decMul = (a: Dec, b: Dec): Dec => inRange(chopHalfEven(a * b))
export const decMulTruncate = (a: Dec, b: Dec): Dec => inRange((a * b) / ONE)
export const decMulRoundUp = (a: Dec, b: Dec): Dec => inRange(chopUp(a * b))
export const decMulInt = (a: Dec, whole: bigint): Dec => inRange(a * whole)
/** Rounds half to even, after truncating at 36 places as Go does. */
export const decQuo = (a: Dec, b: Dec): Dec => inRange(chopHalfEven((a * ONE * ONE) / b))
export const decQuoTruncate = (a: Dec, b: Dec): Dec => inRange((a * ONE) / b)
export const decQuoRoundUp = (a: Dec, b: Dec): Dec => {
  const quotient = (a * ONE) / b
  const rest = (a * ONE) % b
  const negative = quotient < 0n
  const awayFromZero = (rest > 0n && negative === b < 0n) || (rest < 0n && negative !== b < 0n)
  return inRange(awayFromZero ? quotient + 1n : quotient)
}
/** Truncates. */
export const decQuoInt = (a: Dec, whole: bigint): Dec => a / whole

/** Half to even. */
export const decRoundInt = (value: Dec): bigint => chopHalfEven(value)
/** Toward zero. */
export const decTruncateInt = (value: Dec): bigint => value / ONE
export const decTruncate = (value: Dec): Dec => (value / ONE) * ONE
export const decCeil = (value: Dec): Dec => {
  const whole = value / ONE
  return inRange((value > 0n && value % ONE !== 0n ? whole + 1n : whole) * ONE)
}

/** By squaring, each step half to even. */
export const decPower = (base: Dec, power: bigint): Dec => {
  if (power === 0n) return ONE
  let rest = ONE
  for (let left = power; left > 1n; left /= 2n) {
    if (left % 2n !== 0n) rest = decMul(rest, base)
    base = decMul(base, base)
  }
  return decMul(base, rest)
}

/** Newton's method as in Go, up to 300 steps; throws RangeError where Go reports "out of bounds". */
export const decApproxRoot = (value: Dec, root: bigint): Dec => {
  if (root === 0n) return ONE
  if (value < 0n) return -decApproxRoot(-value, root)
  if (root === 1n || value === 0n || value === ONE) return value
  let guess = ONE
  for (let i = 0; i < 300; i++) {
    const previous = decPower(guess, root - 1n)
    const delta = (decQuo(value, previous === 0n ? 1n : previous) - guess) / root
    guess = inRange(guess + delta)
    if (abs(delta) <= 1n) break
  }
  return guess
}
export const decApproxSqrt = (value: Dec): Dec => decApproxRoot(value, 2n)

/** All 18 places: `0.025000000000000000`. */
export const decText = (value: Dec): string => {
  const digits = `${abs(value)}`.padStart(19, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -18)}.${digits.slice(-18)}`
}

/** Reads `1`, `-0.5`; throws an Error with Go's text. */
export const parseDec = (text: string): Dec => {
  const negative = text.startsWith('-')
  const rest = negative ? text.slice(1) : text
  if (rest === '') throw new Error('decimal string cannot be empty')
  const parts = rest.split('.')
  const [whole = '', places = ''] = parts
  if (parts.length === 2 && (whole === '' || places === '')) throw new Error('invalid decimal length')
  if (parts.length > 2) throw new Error('invalid decimal string')
  if (places.length > 18)
    throw new Error(
      `value '${rest}' exceeds max precision by ${18 - places.length} decimal places: max precision 18`,
    )
  const digits = whole + places.padEnd(18, '0')
  if (!/^[+-]?\d+$/.test(digits)) throw new Error(`failed to set decimal string with base 10: ${digits}`)
  const value = (negative ? -1n : 1n) * BigInt(digits.replace('+', ''))
  if (abs(value) >= DEC_LIMIT) throw new Error('out of range: invalid decimal string')
  return value
}

/** A Dec as protobuf fields of that custom type hold it: digits without a point. Empty reads as zero. */
export const decFromWire = (text: string): Dec => (text === '' ? 0n : BigInt(text))
export const decToWire = (value: Dec): string => `${value}`

/**
 * A whole number as Go's big.Int reads it from text: sign, `0x`, `0o`, `0b` or leading-zero octal,
 * underscores between digits. Undefined if it is none or passes 256 bits.
 */
export const parseInt256 = (text: string): bigint | undefined => {
  const small = smallNatural(text)
  if (small >= 0) return BigInt(small)
  const value = /^[1-9][0-9]*$/.test(text) ? BigInt(text) : parseOddInt(text)
  return value === undefined || abs(value) >= INT_LIMIT ? undefined : value
}

/** Most amounts are this: up to 15 digits that begin with no zero. -1 for anything else. */
const smallNatural = (text: string): number => {
  const { length } = text
  if (length === 0 || length > 15) return -1
  let value = 0
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return text.charCodeAt(0) === 48 && length > 1 ? -1 : value
}

const NUMERAL = /0x(?:_?[\da-f])+|0b(?:_?[01])+|0o(?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?\d)*/
const ODD_INT = new RegExp(`^([+-]?)(${NUMERAL.source})$`, 'i')

const parseOddInt = (text: string): bigint | undefined => {
  const match = ODD_INT.exec(text)
  if (match === null) return undefined
  const digits = match[2]!.replaceAll('_', '').toLowerCase()
  const octal = /^0[0-7]+$/.test(digits)
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits)
  return match[1] === '-' ? -value : value
}

/** An amount in decimal digits; throws an Error that names it. For our own modules and settings. */
export const parseAmount = (text: string): bigint => {
  if (!/^(0|[1-9][0-9]{0,77})$/.test(text)) throw new Error(`not an amount: ${text}`)
  return BigInt(text)
}

export const minBig = (a: bigint, b: bigint): bigint => (a < b ? a : b)
export const maxBig = (a: bigint, b: bigint): bigint => (a > b ? a : b)
/** a * b / c; all are natural numbers. */
export const mulDivDown = (a: bigint, b: bigint, c: bigint): bigint => (a * b) / c
export const mulDivUp = (a: bigint, b: bigint, c: bigint): bigint => (a * b + c - 1n) / c
