// The query language is CometBFT's: parsing, its error texts, its canonical form, and what matches.
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { matcherOf } from '../../../devnet/rpc/query/matcher.ts'
import { compareNumbers, leadingNumber, queryNumber, wholeNumber } from '../../../devnet/rpc/query/number.ts'
import { type Condition, parseQuery, QueryError } from '../../../devnet/rpc/query/parser.ts'
import { vectorText } from '../../vectors.ts'

type Vector = {
  q: string
  text?: string
  error?: string
  tags?: Record<string, string[]>[]
  match?: boolean[]
}

const outcomeOf = ({ q, tags = [] }: Vector) => {
  try {
    const query = parseQuery(q)
    const matcher = matcherOf(query)
    return { text: query.text, match: tags.map((each) => matcher.matches(new Map(Object.entries(each)))) }
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    return { error: error.message }
  }
}

test('2,745 queries of the Go library parse, print, fail and match alike', () => {
  const vectors: Vector[] = vectorText('rpc/queries.jsonl.gz')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const wrong = vectors.flatMap((vector) => {
    const wanted =
      vector.error === undefined ? { text: vector.text, match: vector.match } : { error: vector.error }
    const got = outcomeOf(vector)
    return JSON.stringify(got) === JSON.stringify(wanted) ? [] : [{ q: vector.q, wanted, got }]
  })
  expect(vectors).toHaveLength(2745)
  expect(wrong).toEqual([])
})

const tag = fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,12}$/)
const argument = fc.oneof(
  fc.record({ kind: fc.constant('string' as const), text: fc.stringMatching(/^[^']{0,12}$/) }),
  fc.record({ kind: fc.constant('number' as const), text: fc.stringMatching(/^\d{1,30}(\.\d{0,9})?$/) }),
)
const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ tag, operator: fc.constant('EXISTS' as const) }),
  fc.record({ tag, operator: fc.constant('=' as const), argument }),
)

describe('properties', () => {
  test('the canonical text parses to the same query', () => {
    fc.assert(
      fc.property(fc.array(condition, { minLength: 1, maxLength: 4 }), (conditions) => {
        const text = conditions
          .map(({ tag: name, operator, argument: value }) => {
            const right = value && (value.kind === 'string' ? `'${value.text}'` : value.text)
            return right === undefined ? `${name} ${operator}` : `${name}${operator}${right}`
          })
          .join('  AND\t')
        const query = parseQuery(text)
        expect(query.conditions).toEqual(conditions)
        expect(parseQuery(query.text)).toEqual(query)
      }),
    )
  })

  test('any text is parsed or refused with an offset', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const outcome = outcomeOf({ q: text })
        if (outcome.error !== undefined) expect(outcome.error).toMatch(/^offset \d+: /)
      }),
      { numRuns: 2000 },
    )
  })

  test('whole numbers of any size compare as integers', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 60n }),
        fc.bigInt({ min: 0n, max: 10n ** 60n }),
        (a, b) => {
          const sign = a < b ? -1 : a > b ? 1 : 0
          expect(compareNumbers(leadingNumber(`${a}`)!, queryNumber(`${b}`))).toBe(sign)
          expect(compareNumbers(wholeNumber(`-${a}`)!, wholeNumber(`-${b}`)!)).toBe(-sign + 0)
        },
      ),
    )
  })

  test('numbers of absurd size are read at once', () => {
    const start = performance.now()
    for (const text of ['9'.repeat(1e6), `0.${'3'.repeat(1e6)}`, '1e999999999', '1e-999999999'])
      compareNumbers(wholeNumber(text)!, queryNumber('5'))
    leadingNumber('7'.repeat(1e6))
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
