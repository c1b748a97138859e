import { describe, expect, test } from '@jest/globals'
import { TxError } from '../../../chain/module.ts'
import {
  addWeights,
  compareWeights,
  divideWeights,
  nonNegativeWeight,
  positiveWeight,
  subtractWeight,
  type Weight,
  weightText,
} from '../../../modules/group/weight.ts'
import { vectorText } from '../../vectors.ts'

// Made with cockroachdb/apd, which the Go module computes with.
type Read = { text: string; out?: string; error?: string; negative?: boolean; zero?: boolean }
type Pair = {
  a: string
  b: string
  cmp: number
  add?: string
  addError?: string
  sub?: string
  quo?: string
  quoError?: string
}
const lines = vectorText('group/weights.jsonl.gz')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Read | Pair)
const reads = lines.filter((line): line is Read => 'text' in line)
const pairs = lines.filter((line): line is Pair => 'a' in line)

const short = (text: string): string => (text.length > 120 ? `${text.length}:${text.slice(0, 60)}` : text)
const textOrError = (make: () => Weight): string => {
  try {
    return short(weightText(make()))
  } catch (error) {
    if (error instanceof TxError) return error.message
    throw error
  }
}
const TWICE = ': invalid decimal string: invalid decimal string'

describe('weights', () => {
  test.each(reads.map((read) => [read.text, read] as const))('%j is read as apd reads it', (text, read) => {
    const found = textOrError(() => nonNegativeWeight(text))
    if (read.error === 'not finite') expect(found).toBe(`expected a finite decimal, got ${text}${TWICE}`)
    else if (read.error !== undefined) expect(found).toBe(read.error + TWICE)
    else if (read.negative)
      expect(found).toBe(`expected a non-negative decimal, got ${text}: invalid decimal string`)
    else expect(found).toBe(read.out)
    if (read.zero) expect(() => positiveWeight(text)).toThrow('expected a positive decimal')
  })

  test('are added, subtracted, compared and divided as apd does it', () => {
    expect(pairs.length).toBe(400)
    for (const pair of pairs) {
      const [a, b] = [nonNegativeWeight(pair.a), nonNegativeWeight(pair.b)]
      expect(Math.sign(compareWeights(a, b))).toBe(pair.cmp)
      expect(textOrError(() => addWeights(a, b))).toBe(pair.add ?? `decimal addition error: ${pair.addError}`)
      if (pair.sub !== undefined) expect(short(weightText(subtractWeight(a, b)))).toBe(pair.sub)
      else if (pair.addError === undefined)
        expect(() => subtractWeight(a, b)).toThrow('result negative during non-negative subtraction')
      if (pair.quo !== undefined)
        expect(compareWeights(divideWeights(a, b), nonNegativeWeight(pair.quo))).toBe(0)
      if (pair.quoError !== undefined)
        expect(() => divideWeights(a, b)).toThrow(`decimal quotient error: ${pair.quoError}`)
    }
  })

  test('keep the places of the longer part', () => {
    expect(weightText(addWeights(positiveWeight('1.50'), positiveWeight('2')))).toBe('3.50')
    expect(weightText(subtractWeight(positiveWeight('1.50'), positiveWeight('1.5')))).toBe('0.00')
  })
})
