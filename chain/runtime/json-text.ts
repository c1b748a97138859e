// A reader of JSON text that loses nothing: integers beyond 2^53 keep their digits (as strings, which every
// 64-bit field accepts), and the text of an object or list can be had again, for contract messages are JSON
// taken as it stands. It reads the first value and leaves what follows, and complains in the words of Go's
// encoding/json.
import type { JsonValue } from '@bufbuild/protobuf'

export type ParsedJson = {
  value: JsonValue
  /** The text that an object or list of `value` was read from. */
  textOf(part: object): string | undefined
}

/** JSON text that cannot be read; the message is Go's. */
export class JsonTextError extends Error {}

/** Go's limit is 10000; no message that we know is deeper than 100. */
const MAX_NESTING = 1000

const SPACE = /[ \t\r\n]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings may not hold control characters
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const WORDS: [string, JsonValue][] = [
  ['true', true],
  ['false', false],
  ['null', null],
]

type Scanner = { text: string; at: number; depth: number; texts: WeakMap<object, string> }

/** Throws JsonTextError; `io` errors of an empty text are the caller's. */
export const parseJson = (text: string): ParsedJson => {
  const texts = new WeakMap<object, string>()
  const value = readValue({ text, at: 0, depth: 0, texts })
  return { value, textOf: (part) => texts.get(part) }
}

const take = (scanner: Scanner, pattern: RegExp): string | undefined => {
  pattern.lastIndex = scanner.at
  const found = pattern.exec(scanner.text)?.[0]
  if (found !== undefined) scanner.at += found.length
  return found
}

const peek = (scanner: Scanner): string => {
  take(scanner, SPACE)
  return scanner.text.charAt(scanner.at)
}

const unexpected = (scanner: Scanner, where: string): JsonTextError => {
  const code = scanner.text.codePointAt(scanner.at)
  if (code === undefined) return new JsonTextError('unexpected EOF')
  const character = String.fromCodePoint(code)
  const quoted =
    character === "'" ? `'\\''` : `'${JSON.stringify(character).slice(1, -1).replace('\\"', '"')}'`
  return new JsonTextError(`invalid character ${quoted} ${where}`)
}

const readValue = (scanner: Scanner): JsonValue => {
  const first = peek(scanner)
  if (first === '{' || first === '[') return readNested(scanner, first)
  if (first === '"') return readString(scanner)
  const number = take(scanner, NUMBER)
  if (number !== undefined) return readNumber(number)
  for (const [word, value] of WORDS)
    if (scanner.text.startsWith(word, scanner.at)) {
      scanner.at += word.length
      return value
    }
  throw unexpected(scanner, 'looking for beginning of value')
}

const readNumber = (text: string): JsonValue => {
  const number = Number(text)
  return Number.isInteger(number) && !Number.isSafeInteger(number) && /^-?\d+$/.test(text) ? text : number
}

const readString = (scanner: Scanner): string => {
  const text = take(scanner, STRING)
  if (text !== undefined) return JSON.parse(text) as string
  const start = scanner.at
  scanner.at += /"(?:[^"\\]|\\.)*/y.exec(scanner.text.slice(start))?.[0].length ?? 0
  if (scanner.at >= scanner.text.length) throw new JsonTextError('unexpected EOF')
  throw new JsonTextError('invalid character in string literal')
}

const readNested = (scanner: Scanner, open: string): JsonValue => {
  const start = scanner.at
  if (++scanner.depth > MAX_NESTING) throw new JsonTextError('exceeded max depth')
  scanner.at++
  const value = open === '{' ? readObject(scanner) : readList(scanner)
  scanner.depth--
  scanner.texts.set(value as object, scanner.text.slice(start, scanner.at))
  return value
}

const readObject = (scanner: Scanner): JsonValue => {
  const value: { [key: string]: JsonValue } = {}
  if (peek(scanner) === '}') {
    scanner.at++
    return value
  }
  for (;;) {
    if (peek(scanner) !== '"') throw unexpected(scanner, 'looking for beginning of object key string')
    const key = readString(scanner)
    if (peek(scanner) !== ':') throw unexpected(scanner, 'after object key')
    scanner.at++
    Object.defineProperty(value, key, { value: readValue(scanner), ...PLAIN }) // also for __proto__
    if (ends(scanner, '}', 'after object key:value pair')) return value
  }
}

const PLAIN = { writable: true, enumerable: true, configurable: true }

const readList = (scanner: Scanner): JsonValue => {
  const value: JsonValue[] = []
  if (peek(scanner) === ']') {
    scanner.at++
    return value
  }
  for (;;) {
    value.push(readValue(scanner))
    if (ends(scanner, ']', 'after array element')) return value
  }
}

const ends = (scanner: Scanner, close: string, where: string): boolean => {
  const next = peek(scanner)
  if (next !== close && next !== ',') throw unexpected(scanner, where)
  scanner.at++
  return next === close
}
