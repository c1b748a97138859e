import { describe, expect, test } from '@jest/globals'
import { formatDuration, formatTime, instant, instantNs, parseDuration, parseTime } from '../../chain/time.ts'

describe('times', () => {
  test('print as Go prints them and read back to the same nanosecond', () => {
    const cases: [bigint, string][] = [
      [0n, '1970-01-01T00:00:00Z'],
      [1n, '1970-01-01T00:00:00.000000001Z'],
      [-1n, '1969-12-31T23:59:59.999999999Z'],
      [951782400_000000000n, '2000-02-29T00:00:00Z'],
      [4107542400_500000000n, '2100-03-01T00:00:00.5Z'],
      [-62135596800_000000000n, '0001-01-01T00:00:00Z'],
      [253402300799_999999999n, '9999-12-31T23:59:59.999999999Z'],
    ]
    for (const [ns, text] of cases) {
      expect(formatTime(instant(ns))).toBe(text)
      expect(instantNs(parseTime(text)!)).toBe(ns)
    }
  })

  test('agree with the calendar of the host on every day of 800 years', () => {
    for (let day = -200_000; day < 92_000; day += 13) {
      const text = `${new Date(day * 86_400_000).toISOString().slice(0, 19)}Z`
      expect(formatTime({ seconds: BigInt(day * 86_400), nanos: 0 })).toBe(text)
      expect(parseTime(text)).toEqual({ seconds: BigInt(day * 86_400), nanos: 0 })
    }
  })

  test('offsets and long fractions are read, impossible dates are not', () => {
    expect(parseTime('2024-02-29T01:00:00+01:30')).toEqual(parseTime('2024-02-28T23:30:00Z'))
    expect(parseTime('2024-01-01T00:00:00.1234567899Z')?.nanos).toBe(123456789)
    for (const text of ['2023-02-29T00:00:00Z', '2024-01-01', '2024-13-01T00:00:00Z', '2024-01-01T24:00:00Z'])
      expect(parseTime(text)).toBeUndefined()
  })

  test('durations keep their sign and group their digits by three', () => {
    expect(formatDuration(1814400n, 0)).toBe('1814400s')
    expect(formatDuration(0n, -500_000_000)).toBe('-0.500s')
    expect(formatDuration(-3n, -1)).toBe('-3.000000001s')
    expect(parseDuration('-1h1.5s')).toBe(-3_601_500_000_000n)
    expect(parseDuration('0')).toBe(0n)
    for (const text of ['', '1', 's', '1d', '1 s', '9999999999h']) expect(parseDuration(text)).toBeUndefined()
  })
})
