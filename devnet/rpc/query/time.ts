// Dates and times of the query language, read as Go's time.Parse reads them, with its error texts: clients
// print them.
import { instantNs, parseTime } from '../../../chain/time.ts'

/** Go's quoting of a layout or value in a parse error: these texts hold nothing that needs an escape. */
const quoted = (text: string) => `"${text}"`

type Field = { layout: string; pattern: RegExp; range?: readonly [name: string, least: number, most: number] }

const field = (layout: string, pattern: RegExp, range?: Field['range']): Field => ({
  layout,
  pattern,
  ...(range && { range }),
})
const literal = (text: string) => field(text, new RegExp(`^\\${text}`))

const DATE_FIELDS = [
  field('2006', /^\d{4}/),
  literal('-'),
  field('01', /^\d{2}/, ['month', 1, 12]),
  literal('-'),
  field('02', /^\d{2}/, ['day', 0, 31]),
]
const TIME_FIELDS = [
  ...DATE_FIELDS,
  field('T', /^T/),
  field('15', /^\d{1,2}/, ['hour', 0, 23]),
  literal(':'),
  field('04', /^\d{2}/, ['minute', 0, 59]),
  literal(':'),
  field('05', /^\d{2}/, ['second', 0, 59]),
  field('Z07:00', /^(Z|[+-]\d{2}:\d{2})/),
]

/** The text of Go's *time.ParseError for a value that `time.Parse` refuses (time/format.go, parse). */
const parseFailure = (text: string, layout: string, fields: readonly Field[]): string => {
  const start = `parsing time ${quoted(text)}`
  let rest = text
  for (const { layout: element, pattern, range } of fields) {
    const match = pattern.exec(rest)
    if (match === null)
      return `${start} as ${quoted(layout)}: cannot parse ${quoted(rest)} as ${quoted(element)}`
    const value = Number(match[0])
    if (range && (value < range[1] || value > range[2])) return `${start}: ${range[0]} out of range`
    rest = rest.slice(match[0].length)
  }
  if (rest !== '') return `${start}: extra text: ${quoted(rest)}`
  return `${start}: ${zoneExcess(text) ?? 'day'} out of range`
}

/** The part of a zone's offset that Go finds too large. */
const zoneExcess = (text: string): string | undefined => {
  const [, hours, minutes] = /[+-](\d{2}):(\d{2})$/.exec(text) ?? []
  if (Number(hours) > 24) return 'time zone offset hour'
  return Number(minutes) > 60 ? 'time zone offset minute' : undefined
}

/** Nanoseconds since 1970 of an RFC 3339 time, whose hour may have one digit; undefined if it is none. */
export const timeNs = (text: string): bigint | undefined => {
  const parsed = parseTime(text.replace(/T(\d):/, 'T0$1:'))
  return parsed && zoneExcess(text) === undefined ? instantNs(parsed) : undefined
}

/** Nanoseconds since 1970 at the start of a day (YYYY-MM-DD, UTC); undefined if it is none. */
export const dateNs = (text: string): bigint | undefined =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) ? timeNs(`${text}T00:00:00Z`) : undefined

/** Why Go's time.Parse refuses this TIME value. */
export const timeFailure = (text: string): string =>
  parseFailure(text, '2006-01-02T15:04:05Z07:00', TIME_FIELDS)

/** Why Go's time.Parse refuses this DATE value. */
export const dateFailure = (text: string): string => parseFailure(text, '2006-01-02', DATE_FIELDS)
