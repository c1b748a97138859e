// Instants and durations as Go prints and reads them (time.RFC3339Nano, time.ParseDuration), on whole numbers
// only: no Date, so that the core stays a function of its inputs. Dates follow the proleptic Gregorian
// calendar.

/**
 * A point in time: seconds since 1970 (negative before) and 0 to 999,999,999 nanoseconds after that second.
 */
export type Instant = { seconds: bigint; nanos: number }

/** Go's zero time.Time, 0001-01-01T00:00:00Z: what an absent non-nullable `stdtime` field holds. */
export const ZERO_TIME_SECONDS = -62135596800n

const DAY = 86400n
const NANOS = 1_000_000_000n

const floorDiv = (a: bigint, b: bigint): bigint => (a < 0n ? -((-a + b - 1n) / b) : a / b)

/** Year, month and day of a day number (0 is 1970-01-01), by counting eras of 400 years from 0000-03-01. */
const civil = (day: number): [number, number, number] => {
  const shifted = day + 719468
  const era = Math.floor(shifted / 146097)
  const dayOfEra = shifted - era * 146097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return [year, month, dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1]
}

const dayNumber = (year: number, month: number, day: number): number => {
  const shiftedYear = month <= 2 ? year - 1 : year
  const era = Math.floor(shiftedYear / 400)
  const yearOfEra = shiftedYear - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return (
    era * 146097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719468
  )
}

const two = (value: number): string => `${value}`.padStart(2, '0')

/**
 * Fraction of a second with its point: `grouped` keeps 0, 3, 6 or 9 digits (protobuf JSON), `trimmed` no
 * final 0.
 */
const fraction = (nanos: number, style: 'grouped' | 'trimmed'): string => {
  if (nanos === 0) return ''
  const digits = `${nanos}`.padStart(9, '0')
  return `.${style === 'trimmed' ? digits.replace(/0+$/, '') : digits.replace(/(000){1,2}$/, '')}`
}

/** RFC 3339 in UTC. `trimmed` is Go's RFC3339Nano; `grouped` is protobuf's JSON of a Timestamp. */
export const formatTime = ({ seconds, nanos }: Instant, style: 'grouped' | 'trimmed' = 'trimmed'): string => {
  const day = floorDiv(seconds, DAY)
  const second = Number(seconds - day * DAY)
  const [year, month, dayOfMonth] = civil(Number(day))
  const date = `${`${year}`.padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}`
  const time = `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`
  return `${date}T${time}${fraction(nanos, style)}Z`
}

/** Unix nanoseconds as an Instant. */
export const instant = (timeNs: bigint): Instant => {
  const seconds = floorDiv(timeNs, NANOS)
  return { seconds, nanos: Number(timeNs - seconds * NANOS) }
}

/** Unix nanoseconds of an Instant. */
export const instantNs = ({ seconds, nanos }: Instant): bigint => seconds * NANOS + BigInt(nanos)

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/
const isLeap = (year: number) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Reads RFC 3339 with any offset; digits beyond nanoseconds are dropped. Undefined if it is not such a time.
 */
export const parseTime = (text: string): Instant | undefined => {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const days = month === 2 && isLeap(year) ? 29 : DAYS[month - 1]
  if (days === undefined || day < 1 || day > days || hour > 23 || minute > 59 || second > 59) return undefined
  const offset = (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0)) * (match[8] === '-' ? -60 : 60)
  const inDay = hour * 3600 + minute * 60 + second - offset
  return {
    seconds: BigInt(dayNumber(year, month, day)) * DAY + BigInt(inDay),
    nanos: Number((match[7] ?? '').slice(0, 9).padEnd(9, '0')),
  }
}

/** Protobuf's JSON of a Duration: `1814400s`, `0.500s`, `-0.000000001s`. The signs of both parts agree. */
export const formatDuration = (seconds: bigint, nanos: number): string => {
  const sign = seconds < 0n || nanos < 0 ? '-' : ''
  const whole = seconds < 0n ? -seconds : seconds
  return `${sign}${whole}${fraction(nanos < 0 ? -nanos : nanos, 'grouped')}s`
}

const UNITS: Record<string, bigint> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: NANOS,
  m: 60n * NANOS,
  h: 3600n * NANOS,
}

/** Nanoseconds of a Go duration (`1h2m3.5s`, `-300ms`, `0`); undefined if it is none or passes 64 bits. */
export const parseDuration = (text: string): bigint | undefined => {
  const match = /^([+-]?)(0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text)
  if (match === null) return undefined
  let total = 0n
  for (const part of match[2]!.matchAll(/(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g)) {
    const unit = UNITS[part[3]!]!
    total += BigInt(part[1] || '0') * unit
    if (part[2] !== '') total += (BigInt(part[2]!) * unit) / 10n ** BigInt(part[2]!.length)
  }
  if (match[1] === '-') total = -total
  return BigInt.asIntN(64, total) === total ? total : undefined
}
