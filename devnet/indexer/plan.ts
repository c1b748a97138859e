// What a query asks of the index, decided as CometBFT's kv indexers decide it (state/txindex/kv,
// state/indexer): which heights count, and which tests one event has to pass. Their oddities are kept, since
// clients are written against them.
import { type BigNumber, compareNumbers, queryNumber, wholeNumber } from '../rpc/query/number.ts'
import type { Argument, Condition, Operator } from '../rpc/query/parser.ts'

/** Heights from `from` to `to`; none if `to` is less. */
export type Heights = { readonly from: number; readonly to: number }
export const ALL_HEIGHTS: Heights = { from: 1, to: Number.MAX_SAFE_INTEGER }
export const NO_HEIGHTS: Heights = { from: 1, to: 0 }

/** A bound of a range; a time compares with nothing that is indexed. */
type Bound = BigNumber | 'time'
export type Range = {
  readonly tag: string
  lower?: Bound
  upper?: Bound
  includesLower: boolean
  includesUpper: boolean
}

/** One test; an event passes if one of its attributes called `tag` does. */
export type Test =
  | { readonly tag: string; readonly kind: 'equals'; readonly text: string }
  | { readonly tag: string; readonly kind: 'contains'; readonly text: string }
  | { readonly tag: string; readonly kind: 'exists' }
  | { readonly tag: string; readonly kind: 'range'; readonly range: Range }

export type Plan = {
  readonly tests: readonly Test[]
  readonly heights: Heights
  /** The one height that an equality asks for; 0 if there is none. */
  readonly height: number
  /** Whether nothing but one height is asked for. */
  readonly onlyHeight: boolean
}

const RANGES: readonly Operator[] = ['<', '<=', '>', '>=']

/**
 * The number in an equality's argument, whatever its kind, cut to a whole one; undefined if it holds none.
 */
const heightIn = ({ text }: Argument): number | undefined => {
  const number = wholeNumber(text)
  return number === undefined || typeof number === 'string' ? undefined : Number(floorOf(number))
}

type Height = {
  conditions: Condition[]
  height: number
  equality: Condition | undefined
  onlyEquality: boolean
  onlyRange: boolean
}

/** Keeps the first equality on the height, and only where no other condition on the height stands. */
const separateHeight = (conditions: readonly Condition[], heightTag: string): Height => {
  const others = conditions.filter(({ tag, operator }) => tag !== heightTag || operator !== '=')
  const hasRange = others.some(({ tag }) => tag === heightTag)
  const onlyOnHeight = others.every(({ tag }) => tag === heightTag)
  if (!hasRange) {
    for (const equality of conditions) {
      if (equality.tag !== heightTag) continue
      const height = heightIn(equality.argument!)
      if (height === undefined) continue
      const onlyEquality = others.length === 0
      return { conditions: [...others, equality], height, equality, onlyEquality, onlyRange: false }
    }
  }
  const base = { conditions: others, height: 0, equality: undefined, onlyEquality: false }
  return { ...base, onlyRange: onlyOnHeight }
}

const boundOf = ({ kind, text }: Argument): Bound => (kind === 'number' ? queryNumber(text) : 'time')

const narrow = (range: Range, { operator, argument }: Condition): void => {
  const bound = boundOf(argument!)
  if (operator === '>' || operator === '>=') {
    range.lower = bound
    range.includesLower ||= operator === '>='
  } else {
    range.upper = bound
    range.includesUpper ||= operator === '<='
  }
}

/** One range for each tag, in the order of first mention, and the one of the height. */
const rangesOf = (conditions: readonly Condition[]): { ranges: Range[]; height: Range | undefined } => {
  const ranges = new Map<string, Range>()
  let height: Range | undefined
  for (const condition of conditions) {
    if (!RANGES.includes(condition.operator)) continue
    const { tag } = condition
    const range = ranges.get(tag) ?? { tag, includesLower: false, includesUpper: false }
    ranges.set(tag, range)
    if (tag === 'block.height' || tag === 'tx.height') height = range
    narrow(range, condition)
  }
  return { ranges: [...ranges.values()], height }
}

/** Whether a number lies in a range. */
export const isWithin = (range: Range, number: BigNumber): boolean => {
  const { lower, upper } = range
  if (lower === 'time' || upper === 'time') return false
  if (lower !== undefined) {
    const sign = compareNumbers(number, lower)
    if (sign < 0 || (sign === 0 && !range.includesLower)) return false
  }
  if (upper === undefined) return true
  const sign = compareNumbers(number, upper)
  return sign < 0 || (sign === 0 && range.includesUpper)
}

const floorOf = ({ mantissa, exponent }: Exclude<BigNumber, string>): bigint =>
  exponent >= 0 ? mantissa << BigInt(exponent) : mantissa >> BigInt(-exponent)

const safe = (height: bigint): number => {
  const most = BigInt(ALL_HEIGHTS.to)
  return Number(height > most ? most : height < 0n ? 0n : height)
}

const heightsWithin = (range: Range | undefined): Heights => {
  if (range === undefined) return ALL_HEIGHTS
  const { lower, upper } = range
  if (lower === 'time' || upper === 'time') return NO_HEIGHTS
  let { from, to } = ALL_HEIGHTS
  if (lower !== undefined && typeof lower !== 'string') {
    const floor = floorOf(lower)
    const counts = range.includesLower && compareNumbers(lower, { mantissa: floor, exponent: 0 }) === 0
    from = Math.max(from, safe(counts ? floor : floor + 1n))
  }
  if (upper !== undefined && typeof upper !== 'string') {
    const floor = floorOf(upper)
    const excluded = !range.includesUpper && compareNumbers(upper, { mantissa: floor, exponent: 0 }) === 0
    to = safe(excluded ? floor - 1n : floor)
  }
  return { from, to }
}

const testOf = ({ tag, operator, argument }: Condition): Test => {
  if (operator === 'EXISTS') return { tag, kind: 'exists' }
  const { text } = argument!
  return operator === 'CONTAINS' ? { tag, kind: 'contains', text } : { tag, kind: 'equals', text }
}

/** The plan of a search by these conditions; `heightTag` is `tx.height` or `block.height`. */
export const planOf = (conditions: readonly Condition[], heightTag: string): Plan => {
  const found = separateHeight(conditions, heightTag)
  const { ranges, height: heightRange } = rangesOf(found.conditions)
  const tests: Test[] = []
  for (const range of ranges)
    if (range.tag !== heightTag || found.onlyRange) tests.push({ tag: range.tag, kind: 'range', range })
  for (const condition of found.conditions) {
    if (RANGES.includes(condition.operator)) continue
    if (condition === found.equality && !found.onlyEquality) continue
    tests.push(testOf(condition))
  }
  const within = heightsWithin(heightRange)
  const { height } = found
  const heights = heightRange === undefined && height !== 0 ? { from: height, to: height } : within
  return { tests, heights, height, onlyHeight: found.onlyEquality }
}
