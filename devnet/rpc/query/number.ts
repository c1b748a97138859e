// Numbers of any size, compared as Go's math/big compares them: whole numbers exactly, fractions after
// rounding to the 125 bits that CometBFT gives them (libs/pubsub/query/query.go, state/txindex/kv/kv.go).

/** mantissa * 2^exponent, or an infinity. */
export type BigNumber = { readonly mantissa: bigint; readonly exponent: number } | 'Infinity' | '-Infinity'

const PRECISION = 125
const ZERO: BigNumber = { mantissa: 0n, exponent: 0 }
/**
 * Beyond this many decimal places a number is zero or infinite to every number that a query can hold (512
 * characters).
 */
const MAX_DECIMAL_EXPONENT = 5000

/**
 * Digits looked at; what follows cannot matter (see above), and reading millions of them would take seconds.
 */
const MAX_DIGITS = 5000

/** A whole number from digits with an optional sign. */
const whole = (text: string): BigNumber => {
  const [, sign, digits] = /^([+-]?)0*(\d*)$/.exec(text)!
  if (digits!.length > MAX_DIGITS) return sign === '-' ? '-Infinity' : 'Infinity'
  const mantissa = BigInt(digits || '0')
  return { mantissa: sign === '-' ? -mantissa : mantissa, exponent: 0 }
}

const bitLength = (value: bigint): number => {
  const hex = value.toString(16)
  return hex.length * 4 - (Math.clz32(Number.parseInt(hex[0]!, 16)) - 28)
}

/** numerator / denominator (both positive) rounded half to even. */
const rounded = (numerator: bigint, denominator: bigint): { mantissa: bigint; exponent: number } => {
  const shift = PRECISION + 1 - (bitLength(numerator) - bitLength(denominator))
  const scaled = shift >= 0 ? numerator << BigInt(shift) : numerator
  const divisor = shift >= 0 ? denominator : denominator << BigInt(-shift)
  const quotient = scaled / divisor
  const drop = BigInt(bitLength(quotient) - PRECISION)
  const kept = quotient >> drop
  const rest = quotient - (kept << drop)
  const half = 1n << (drop - 1n)
  const isExact = scaled === quotient * divisor
  const up = rest > half || (rest === half && (!isExact || (kept & 1n) === 1n))
  return { mantissa: up ? kept + 1n : kept, exponent: Number(drop) - shift }
}

/** digits * 10^scale as a float of 125 bits. */
const float = (negative: boolean, digits: bigint, scale: number): BigNumber => {
  if (digits === 0n) return ZERO
  const { mantissa, exponent } =
    scale >= 0 ? rounded(digits * 10n ** BigInt(scale), 1n) : rounded(digits, 10n ** BigInt(-scale))
  return { mantissa: negative ? -mantissa : mantissa, exponent }
}

const decimal = (negative: boolean, integer: string, fraction: string, exponent: number): BigNumber => {
  const lead = integer.replace(/^0+/, '')
  const tail = fraction.slice(0, MAX_DIGITS)
  if (lead.length > MAX_DIGITS) return negative ? '-Infinity' : 'Infinity'
  const digits = BigInt(`${lead}${tail}` || '0')
  const scale = exponent - tail.length
  if (digits !== 0n && scale + `${digits}`.length > MAX_DECIMAL_EXPONENT)
    return negative ? '-Infinity' : 'Infinity'
  if (scale < -2 * MAX_DECIMAL_EXPONENT && scale + `${digits}`.length < -MAX_DECIMAL_EXPONENT) return ZERO
  return float(negative, digits, scale)
}

/** A number of a query: digits with an optional fraction. */
export const queryNumber = (text: string): BigNumber => {
  const [integer, fraction] = text.split('.') as [string, string | undefined]
  return fraction === undefined ? whole(integer) : decimal(false, integer, fraction, 0)
}

/**
 * The number that a subscription sees in an attribute: its leading digits, so that `8stake` is 8; undefined
 * if none.
 */
export const leadingNumber = (text: string): BigNumber | undefined => {
  const match = /^(\d+)(?:\.(\d+))?/.exec(text)
  if (match === null) return undefined
  return match[0] === text && match[2] === undefined
    ? whole(text)
    : decimal(false, match[1]!, match[2] ?? '', 0)
}

/** Go reads no number with a larger exponent. */
const MAX_EXPONENT = 2 ** 31 - 1
const GO_FLOAT = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d{1,18}))?$/

/** The number that a search sees in an attribute: the whole text must be one; undefined if it is not. */
export const wholeNumber = (text: string): BigNumber | undefined => {
  if (/^[+-]?\d+$/.test(text)) return whole(text)
  const infinity = /^([+-]?)[iI]nf$/.exec(text)
  if (infinity) return infinity[1] === '-' ? '-Infinity' : 'Infinity'
  const match = GO_FLOAT.exec(text)
  if (match === null) return undefined
  const [, sign, integer = '', fraction = '', bareFraction = '', exponent = '0'] = match
  if (Math.abs(Number(exponent)) > MAX_EXPONENT) return undefined
  return decimal(sign === '-', integer, `${fraction}${bareFraction}`, Number(exponent))
}

/** Negative, zero or positive. */
export const compareNumbers = (a: BigNumber, b: BigNumber): number => {
  if (a === b) return 0
  if (a === 'Infinity' || b === '-Infinity') return 1
  if (a === '-Infinity' || b === 'Infinity') return -1
  const least = a.exponent < b.exponent ? a.exponent : b.exponent
  const left = a.mantissa << BigInt(a.exponent - least)
  const right = b.mantissa << BigInt(b.exponent - least)
  return left < right ? -1 : left > right ? 1 : 0
}
