// The tokens of CometBFT's query language (libs/pubsub/query/syntax). Offsets count UTF-8 bytes, as in its
// error texts.
import { dateFailure, dateNs, timeFailure, timeNs } from './time.ts'

export type Token =
  | 'invalid'
  | 'tag'
  | 'string'
  | 'number'
  | 'time'
  | 'date'
  | 'AND'
  | 'CONTAINS'
  | 'EXISTS'
  | '='
  | '<'
  | '<='
  | '>'
  | '>='

const LABELS: Record<Token, string> = {
  invalid: 'invalid token',
  tag: 'tag',
  string: 'string',
  number: 'number',
  time: 'timestamp',
  date: 'datestamp',
  AND: 'AND operator',
  CONTAINS: 'CONTAINS operator',
  EXISTS: 'EXISTS operator',
  '=': '= operator',
  '<': '< operator',
  '<=': '<= operator',
  '>': '> operator',
  '>=': '>= operator',
}
export const labelOf = (token: Token): string => LABELS[token]

const DIGIT = /[0-9]/
const TAG_START = /[_\p{L}\p{Nd}]/u
const TAG = /[._\-\p{L}\p{Nd}]/u
/** unicode.IsSpace */
const SPACE = /[\t\n\v\f\r \u0085\u00a0\p{Z}]/u
const TIME = /[-T:+Z0-9]/
const DATE = /[-0-9]/

const byteLength = (rune: string): number => {
  const code = rune.codePointAt(0)!
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
}

/**
 * What a scan ends with: undefined is a token, `EOF` the end of the text, anything else the text of an error.
 */
export type Failure = string | undefined
export const EOF = 'EOF'

export class Scanner {
  token: Token = 'invalid'
  text = ''
  /** Where the current token starts, in bytes. */
  start = 0

  readonly #runes: string[]
  #at = 0
  #end = 0

  constructor(source: string) {
    this.#runes = Array.from(source)
  }

  /** Moves on to the next token. */
  next(): Failure {
    this.text = ''
    this.token = 'invalid'
    this.start = this.#end
    for (let rune = this.#take(); rune !== undefined; rune = this.#take()) {
      if (SPACE.test(rune)) {
        this.start = this.#end
        continue
      }
      if (DIGIT.test(rune)) return this.#number(rune)
      if (TAG_START.test(rune)) return this.#tagLike(rune)
      if (rune === "'") return this.#string()
      if (rune === '<' || rune === '>' || rune === '=') return this.#comparison(rune)
      return `invalid input ${rune} at offset ${this.#end}`
    }
    return EOF
  }

  #take(): string | undefined {
    const rune = this.#runes[this.#at]
    if (rune === undefined) return undefined
    this.#at++
    this.#end += byteLength(rune)
    return rune
  }

  #while(allowed: RegExp): void {
    for (
      let rune = this.#runes[this.#at];
      rune !== undefined && allowed.test(rune);
      rune = this.#runes[this.#at]
    )
      this.text += this.#take()!
  }

  #number(first: string): undefined {
    this.text = first
    this.#while(DIGIT)
    if (this.#runes[this.#at] === '.') {
      this.text += this.#take()!
      this.#while(DIGIT)
    }
    this.token = 'number'
    return undefined
  }

  /** An unterminated string reads as the end of the text, which ends a query that is complete before it. */
  #string(): Failure {
    for (let rune = this.#take(); rune !== undefined; rune = this.#take()) {
      if (rune === "'") {
        this.token = 'string'
        return undefined
      }
      this.text += rune
    }
    return EOF
  }

  #comparison(first: '<' | '>' | '='): undefined {
    this.token = first
    if (first !== '=' && this.#runes[this.#at] === '=') {
      this.#take()
      this.token = `${first}=`
    }
    this.text = this.token
    return undefined
  }

  /** A tag or a keyword. TIME and DATE are keywords only before a space, and their value follows it. */
  #tagLike(first: string): Failure {
    this.text = first
    this.#while(TAG)
    const word = this.text
    if ((word === 'TIME' || word === 'DATE') && this.#runes[this.#at] === ' ') {
      this.#take()
      this.text = ''
      return word === 'TIME' ? this.#time() : this.#date()
    }
    this.token = word === 'AND' || word === 'EXISTS' || word === 'CONTAINS' ? word : 'tag'
    return undefined
  }

  #time(): Failure {
    this.#while(TIME)
    if (timeNs(this.text) === undefined) return `invalid TIME value: ${timeFailure(this.text)}`
    const failure = yearFailure('timestamp', this.text)
    if (failure === undefined) this.token = 'time'
    return failure
  }

  #date(): Failure {
    this.#while(DATE)
    if (dateNs(this.text) === undefined) return `invalid DATE value: ${dateFailure(this.text)}`
    const failure = yearFailure('datestamp', this.text)
    if (failure === undefined) this.token = 'date'
    return failure
  }
}

const yearFailure = (name: string, text: string): Failure => {
  const year = Number(text.slice(0, 4))
  return year < 1900 || year > 2999 ? `${name} year ${year} out of range` : undefined
}
