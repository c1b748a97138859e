// Whole and decimal numbers against the Go library's own answers (cosmossdk.io/math).
import { describe, expect, test } from '@jest/globals'
import * as decimal from '../../../chain/runtime/decimal.ts'
import { goVectors } from './go.ts'

const orPanic = (compute: () => bigint): string => {
  try {
    return `${compute()}`
  } catch (error) {
    if (error instanceof RangeError) return 'panic'
    throw error
  }
}

describe('decimals', () => {
  test('every operation rounds as LegacyDec does', () => {
    const ours = goVectors.decimals.map((row) => {
      const a = BigInt(row.a!)
      const b = BigInt(row.b!)
      return {
        a: row.a,
        b: row.b,
        text: decimal.decText(a),
        mul: orPanic(() => decimal.decMul(a, b)),
        mulTruncate: orPanic(() => decimal.decMulTruncate(a, b)),
        mulRoundUp: orPanic(() => decimal.decMulRoundUp(a, b)),
        quo: orPanic(() => decimal.decQuo(a, b)),
        quoTruncate: orPanic(() => decimal.decQuoTruncate(a, b)),
        quoRoundUp: orPanic(() => decimal.decQuoRoundUp(a, b)),
        ceil: orPanic(() => decimal.decCeil(a)),
        round: `${decimal.decRoundInt(a)}`,
        truncate: `${decimal.decTruncateInt(a)}`,
        power3: orPanic(() => decimal.decPower(a, 3n)),
        sqrt: orPanic(() => decimal.decApproxSqrt(a)),
      }
    })
    expect(ours).toEqual(goVectors.decimals)
  })

  test.each(goVectors.parseDec)('the text $text reads as in Go', ({ text, value, error }) => {
    if (error !== undefined) expect(() => decimal.parseDec(text)).toThrow(new Error(error))
    else expect(`${decimal.parseDec(text)}`).toBe(value)
  })
})

test.each(goVectors.ints)('the integer $text reads as in Go', ({ text, value }) => {
  expect(decimal.parseInt256(text)?.toString()).toBe(value)
})

test('amounts of our own settings are plain digits', () => {
  expect(decimal.parseAmount('120')).toBe(120n)
  for (const bad of ['', '01', '-1', '1.5', '0x1']) expect(() => decimal.parseAmount(bad)).toThrow(bad)
})

test('a share is rounded as its name says', () => {
  expect([decimal.mulDivDown(7n, 3n, 2n), decimal.mulDivUp(7n, 3n, 2n)]).toEqual([10n, 11n])
})
