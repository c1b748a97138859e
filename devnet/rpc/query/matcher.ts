// Whether an event that is published to subscribers matches a query (libs/pubsub/query/query.go). Every
// condition is asked on its own: they need not hold within one event of the application.
import { compareNumbers, leadingNumber, queryNumber } from './number.ts'
import type { Argument, Condition, Operator, Query } from './parser.ts'
import { dateNs, timeNs } from './time.ts'

/** Values by composite key `type.attribute`, as the event bus makes them of an event's attributes. */
export type Tags = ReadonlyMap<string, readonly string[]>

/** The composite key of what kind of event this is. */
export const EVENT_KEY = 'tm.event'

type Test = (value: string) => boolean

/** What a comparison's sign (negative, zero, positive) must be. */
const holds = (operator: Operator, sign: number): boolean => {
  if (operator === '=') return sign === 0
  if (operator === '<') return sign < 0
  if (operator === '<=') return sign <= 0
  return operator === '>' ? sign > 0 : sign >= 0
}

const instantTest = (
  operator: Operator,
  wanted: bigint,
  read: (text: string) => bigint | undefined,
): Test => {
  return (value) => {
    const found = read(value)
    return found !== undefined && holds(operator, found < wanted ? -1 : found > wanted ? 1 : 0)
  }
}

const comparison = (operator: Operator, { kind, text }: Argument): Test => {
  if (operator === 'CONTAINS') return (value) => value.includes(text)
  if (kind === 'string') return (value) => value === text
  if (kind === 'time') return instantTest(operator, timeNs(text)!, timeNs)
  if (kind === 'date') return instantTest(operator, dateNs(text)!, dateNs)
  const wanted = queryNumber(text)
  return (value) => {
    const number = leadingNumber(value)
    return number !== undefined && holds(operator, compareNumbers(number, wanted))
  }
}

/**
 * A condition whose tag is an event's type without attribute asks the empty string, so that `slash EXISTS`
 * works.
 */
const isTypeOf = (key: string, tag: string): boolean =>
  key.startsWith(tag) && key.lastIndexOf('.') === tag.length

const compile = ({ tag, operator, argument }: Condition): ((tags: Tags) => boolean) => {
  const test: Test = argument ? comparison(operator, argument) : () => true
  return (tags) => {
    if (tags.get(tag)?.some(test)) return true
    if (!test('')) return false
    for (const key of tags.keys()) if (isTypeOf(key, tag)) return true
    return false
  }
}

export type Matcher = {
  /** The one kind of event (value of `tm.event`) that can match; undefined if the query leaves it open. */
  readonly eventKind: string | undefined
  matches(tags: Tags): boolean
}

export const matcherOf = (query: Query): Matcher => {
  const tests = query.conditions.map(compile)
  const kind = query.conditions.find(
    ({ tag, operator, argument }) => tag === EVENT_KEY && operator === '=' && argument?.kind === 'string',
  )
  return { eventKind: kind?.argument?.text, matches: (tags) => tests.every((test) => test(tags)) }
}
