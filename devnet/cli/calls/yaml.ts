// JSON values as YAML, for people: what `tendril query` prints without --json, as the Go command line does.
import type { JsonValue } from '@bufbuild/protobuf'

/** Words that YAML would read as something other than text. */
const AMBIGUOUS = /^(?:|~|null|true|false|yes|no|on|off|[-+]?[\d.][\d._eE+-]*|0[xo][0-9a-fA-F]+|[-?:])$/i
const NEEDS_QUOTES = /^[\s!&*%@`"'{}[\],#|>-]|[:#]\s|:$|\s#|\s$/

const scalar = (value: string | number | boolean | null): string => {
  if (typeof value !== 'string') return String(value)
  const quoted = JSON.stringify(value)
  return AMBIGUOUS.test(value) || NEEDS_QUOTES.test(value) || quoted !== `"${value}"` ? quoted : value
}

const isEmpty = (value: object): boolean => Object.keys(value).length === 0

const lines = (value: JsonValue): string[] => {
  if (typeof value !== 'object' || value === null) return [scalar(value)]
  if (isEmpty(value)) return [Array.isArray(value) ? '[]' : '{}']
  if (Array.isArray(value))
    return value.flatMap((item) => lines(item).map((line, at) => (at === 0 ? `- ${line}` : `  ${line}`)))
  return Object.entries(value).flatMap(([key, inner]) => {
    const nested = typeof inner === 'object' && inner !== null && !isEmpty(inner)
    if (!nested) return [`${scalar(key)}: ${lines(inner)[0]}`]
    const indent = Array.isArray(inner) ? '' : '  '
    return [`${scalar(key)}:`, ...lines(inner).map((line) => indent + line)]
  })
}

/** Ends with a line feed. */
export const yamlText = (value: JsonValue): string => `${lines(value).join('\n')}\n`
