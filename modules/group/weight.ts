// Weights, counts and thresholds of groups: decimals of any length, added exactly (x/group/internal/math,
// which is cockroachdb/apd without precision). A sum keeps the places of its longer part, and that text goes
// into state: "1.50" and "2" are "3.50".
import { errors, plainError } from '../../chain/module.ts'

export type Weight = {
  /** Apart from the coefficient, as Go has it: the sign that the text began with. */
  readonly negative: boolean
  readonly coefficient: bigint
  /** Power of ten. */
  readonly exponent: number
}

const err = errors('math', { invalidDecString: [10, 'invalid decimal string'] })

/** Exponents of value and text alike are within this. */
const MAX_EXPONENT = 100_000
/** Digits of a quotient (decimal128). */
const PRECISION = 34

export const ZERO: Weight = { negative: false, coefficient: 0n, exponent: 0 }
export const ONE_WHOLE: Weight = { negative: false, coefficient: 1n, exponent: 0 }

const digitsOf = (value: bigint): number => `${value < 0n ? -value : value}`.length
/** The power of ten of the first digit. */
const magnitude = ({ coefficient, exponent }: Weight): number => exponent + digitsOf(coefficient) - 1

const isInRange = (weight: Weight): boolean =>
  Math.abs(weight.exponent) <= MAX_EXPONENT && Math.abs(magnitude(weight)) <= MAX_EXPONENT

/** What is wrong with a text, in Go's words. */
class Unreadable extends Error {}
const OUT_OF_RANGE = 'exponent out of range'

const readExponent = (text: string): number => {
  const fail = (why: string) =>
    new Unreadable(`parse exponent: ${text}: strconv.ParseInt: parsing "${text}": ${why}`)
  if (!/^[+-]?\d+$/.test(text)) throw fail('invalid syntax')
  const value = BigInt(text.replace('+', ''))
  if (value !== BigInt.asIntN(32, value)) throw fail('value out of range')
  return Number(value)
}

const checkPayload = (text: string): void => {
  const fail = (why: string) =>
    new Unreadable(`parse payload: ${text}: strconv.ParseUint: parsing "${text}": ${why}`)
  if (text === '') return
  if (!/^\d+$/.test(text)) throw fail('invalid syntax')
  if (BigInt(text) >= 2n ** 64n) throw fail('value out of range')
}

/** Throws Unreadable. */
const read = (given: string): Weight => {
  const negative = given.startsWith('-')
  const text = given.replace(/^[+-]/, '').toLowerCase()
  if (/^[+-]/.test(text)) throw new Unreadable(`could not parse: ${given}`)
  const nan = /^(?:nan)?(?:snan)?/.exec(text)![0]
  if (nan !== '') checkPayload(text.slice(nan.length))
  if (nan !== '' || text === 'infinity' || text === 'inf')
    throw err.invalidDecString(`expected a finite decimal, got ${given}`)
  return { negative, ...readFinite(text) }
}

const readFinite = (text: string): { coefficient: bigint; exponent: number } => {
  const at = text.indexOf('e')
  const power = at < 0 ? 0 : readExponent(text.slice(at + 1))
  const mantissa = at < 0 ? text : text.slice(0, at)
  const point = mantissa.indexOf('.')
  const places = point < 0 ? 0 : mantissa.length - point - 1
  const digits = point < 0 ? mantissa : mantissa.slice(0, point) + mantissa.slice(point + 1)
  if (!/^[+-]?\d+$/.test(digits)) throw new Unreadable(`parse mantissa: ${digits}`)
  const value = { coefficient: BigInt(digits.replace('+', '')), exponent: power - places }
  const isSane = Math.max(Math.abs(power), places) <= MAX_EXPONENT
  if (!isSane || !isInRange({ negative: false, ...value })) throw new Unreadable(OUT_OF_RANGE)
  return value
}

const readWeight = (text: string): Weight => {
  try {
    return read(text)
  } catch (error) {
    // Go wraps the reason twice on its way.
    if (error instanceof Unreadable) throw err.invalidDecString(err.invalidDecString(error.message).message)
    if (err.invalidDecString.is(error)) throw err.invalidDecString((error as Error).message)
    throw error
  }
}

export const isZero = ({ coefficient }: Weight): boolean => coefficient === 0n

/** Throws math 10. */
export const positiveWeight = (text: string): Weight => {
  const weight = readWeight(text)
  if (weight.negative || isZero(weight))
    throw err.invalidDecString(`expected a positive decimal, got ${text}`)
  return weight
}

/** Throws math 10. */
export const nonNegativeWeight = (text: string): Weight => {
  const weight = readWeight(text)
  if (weight.negative && !isZero(weight))
    throw err.invalidDecString(`expected a non-negative decimal, got ${text}`)
  return weight
}

/** Without an exponent, however long. */
export const weightText = ({ negative, coefficient, exponent }: Weight): string => {
  const sign = negative ? '-' : ''
  const digits = `${coefficient}`
  if (exponent >= 0) return sign + digits + '0'.repeat(exponent)
  const whole = digits.length + exponent
  return whole <= 0
    ? `${sign}0.${'0'.repeat(-whole)}${digits}`
    : `${sign}${digits.slice(0, whole)}.${digits.slice(whole)}`
}

/** The sum, or the difference. Throws TxError if exponents are too far apart. */
const combine = (a: Weight, b: Weight, subtracts: boolean): Weight => {
  const what = subtracts ? 'subtraction' : 'addition'
  const exponent = Math.min(a.exponent, b.exponent)
  if (Math.abs(a.exponent - b.exponent) > MAX_EXPONENT)
    throw plainError(`decimal ${what} error: add: ${OUT_OF_RANGE}`)
  const scaled = (w: Weight) => w.coefficient * 10n ** BigInt(w.exponent - exponent)
  const result = { ...addSigned(a.negative, scaled(a), b.negative !== subtracts, scaled(b)), exponent }
  if (!isInRange(result)) throw plainError(`decimal ${what} error: ${OUT_OF_RANGE}`)
  return result
}

const addSigned = (negative: boolean, a: bigint, otherNegative: boolean, b: bigint) => {
  if (negative === otherNegative) return { negative, coefficient: a + b }
  const rest = a - b
  return rest < 0n
    ? { negative: !negative, coefficient: -rest }
    : { negative: rest > 0n && negative, coefficient: rest }
}

export const addWeights = (a: Weight, b: Weight): Weight => combine(a, b, false)

/** Throws TxError if `b` is the greater. */
export const subtractWeight = (a: Weight, b: Weight): Weight => {
  const rest = combine(a, b, true)
  if (rest.negative && !isZero(rest)) throw plainError('result negative during non-negative subtraction')
  return rest
}

/** Below, at or above zero, as `a` is less than, equal to or greater than `b`. Both are not negative. */
export const compareWeights = (a: Weight, b: Weight): number => {
  if (isZero(a) || isZero(b)) return isZero(a) ? (isZero(b) ? 0 : -1) : 1
  const order = magnitude(a) - magnitude(b)
  if (order !== 0) return order
  const exponent = Math.min(a.exponent, b.exponent)
  const difference =
    a.coefficient * 10n ** BigInt(a.exponent - exponent) -
    b.coefficient * 10n ** BigInt(b.exponent - exponent)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** To 34 digits, half up; `b` is not zero. */
export const divideWeights = (a: Weight, b: Weight): Weight => {
  if (isZero(a)) return ZERO
  // So many places that the quotient has one digit more than is kept, or more.
  const places = Math.max(0, PRECISION + 1 - (digitsOf(a.coefficient) - digitsOf(b.coefficient)))
  const dividend = a.coefficient * 10n ** BigInt(places)
  const exact = {
    negative: false,
    coefficient: dividend / b.coefficient,
    exponent: a.exponent - b.exponent - places,
  }
  const quotient = roundHalfUp(exact)
  if (Math.abs(magnitude(quotient)) > MAX_EXPONENT)
    throw plainError(`decimal quotient error: ${OUT_OF_RANGE}`)
  return quotient
}

/** What is cut off below the last digit cannot change which half the first of the cut digits is in. */
const roundHalfUp = (weight: Weight): Weight => {
  const surplus = digitsOf(weight.coefficient) - PRECISION
  if (surplus <= 0) return weight
  const unit = 10n ** BigInt(surplus)
  const coefficient = (weight.coefficient + unit / 2n) / unit
  return { ...weight, coefficient, exponent: weight.exponent + surplus }
}
