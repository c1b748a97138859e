// JSON as Go's encoding/json scans it. Requests are checked and cut into raw pieces here rather than by
// JSON.parse, since CometBFT decides by the raw text of a parameter and its clients see Go's error texts.
// Texts hold one character a byte, as Go sees them. Nothing recurses: a million brackets are an error, not a
// crash.

/** The text of Go's *json.SyntaxError. */
export class JsonSyntaxError extends Error {}

/** Go's limit (encoding/json maxNestingDepth). */
const MAX_DEPTH = 10_000

const escapes: Record<string, string> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\', "'": "\\'" }
const more: Record<number, string> = { 7: '\\a', 8: '\\b', 11: '\\v', 12: '\\f' }

/** A byte as Go quotes it in a syntax error. */
const quotedByte = (char: string): string => {
  const code = char.charCodeAt(0)
  const escaped = escapes[char] ?? more[code]
  if (escaped !== undefined) return `'${escaped}'`
  if (code < 0x20 || code === 0x7f) return `'\\x${code.toString(16).padStart(2, '0')}'`
  if ((code >= 0x80 && code <= 0xa0) || code === 0xad) return `'\\u00${code.toString(16)}'`
  return `'${char}'`
}

const isSpace = (char: string | undefined): boolean =>
  char === ' ' || char === '\n' || char === '\r' || char === '\t'
const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9'
const isHex = (char: string): boolean => /^[0-9a-fA-F]$/.test(char)

const LITERALS: Record<string, string> = { t: 'true', f: 'false', n: 'null' }

const PLAIN = /[ !#-[\]-~]*/y
/** Where the characters from `at` on end that mean nothing special in a string. */
const plainEnd = (text: string, at: number): number => {
  PLAIN.lastIndex = at
  PLAIN.test(text)
  return PLAIN.lastIndex
}

class Scan {
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  /** The character here; at the end Go feeds a space to what it is in the middle of. */
  peek(): string {
    return this.text[this.at] ?? ' '
  }

  fail(context: string): never {
    throw new JsonSyntaxError(`invalid character ${quotedByte(this.peek())} ${context}`)
  }

  skipSpace(): void {
    while (isSpace(this.text[this.at])) this.at++
    if (this.at >= this.text.length) throw new JsonSyntaxError('unexpected end of JSON input')
  }

  string(): void {
    for (
      this.at = plainEnd(this.text, this.at + 1);
      this.peek() !== '"';
      this.at = plainEnd(this.text, this.at + 1)
    ) {
      if (this.at >= this.text.length) throw new JsonSyntaxError('unexpected end of JSON input')
      if (this.peek() === '\\') this.escape()
      else if (this.peek() < ' ') this.fail('in string literal')
    }
    this.at++
  }

  escape(): void {
    this.at++
    if (this.peek() !== 'u') {
      if (!'bfnrt\\/"'.includes(this.peek())) this.fail('in string escape code')
      return
    }
    for (let i = 0; i < 4; i++) {
      this.at++
      if (!isHex(this.peek())) this.fail('in \\u hexadecimal character escape')
    }
  }

  number(): void {
    if (this.peek() === '-') this.at++
    if (this.peek() === '0') this.at++
    else this.digits('in numeric literal')
    if (this.text[this.at] === '.') {
      this.at++
      this.digits('after decimal point in numeric literal')
    }
    if (this.text[this.at] === 'e' || this.text[this.at] === 'E') {
      this.at++
      if (this.text[this.at] === '+' || this.text[this.at] === '-') this.at++
      this.digits('in exponent of numeric literal')
    }
  }

  digits(context: string): void {
    if (!isDigit(this.text[this.at])) this.fail(context)
    while (isDigit(this.text[this.at])) this.at++
  }

  literal(word: string): void {
    for (let i = 1; i < word.length; i++) {
      this.at++
      if (this.peek() !== word[i]) this.fail(`in literal ${word} (expecting '${word[i]}')`)
    }
    this.at++
  }

  /** A value that is no array and no object. */
  scalar(): void {
    const char = this.peek()
    const literal = LITERALS[char]
    if (char === '"') this.string()
    else if (char === '-' || isDigit(char)) this.number()
    else if (literal !== undefined) this.literal(literal)
    else this.fail('looking for beginning of value')
  }

  /** An object's key and the colon after it. */
  key(): void {
    if (this.peek() !== '"') this.fail('looking for beginning of object key string')
    this.string()
    this.skipSpace()
    if (this.peek() !== ':') this.fail('after object key')
    this.at++
    this.skipSpace()
  }
}

/**
 * Checks the JSON value that starts at the first character that is no space, and returns where it ends.
 * Throws JsonSyntaxError.
 */
export const scanValue = (text: string): number => {
  const scan = new Scan(text)
  const closers: string[] = []
  scan.skipSpace()
  for (;;) {
    const char = scan.peek()
    if (char === '{' || char === '[') {
      closers.push(char === '{' ? '}' : ']')
      if (closers.length > MAX_DEPTH) scan.fail('exceeded max depth')
      scan.at++
      scan.skipSpace()
      if (scan.peek() !== closers.at(-1)) {
        if (char === '{') scan.key()
        continue
      }
    } else scan.scalar()
    if (closeAll(scan, closers)) return scan.at
  }
}

/**
 * After a value: passes closing brackets up to the next comma and what it leads to; true at the end of the
 * text.
 */
const closeAll = (scan: Scan, closers: string[]): boolean => {
  for (;;) {
    const closer = closers.at(-1)
    if (closer === undefined) return true
    scan.skipSpace()
    if (scan.peek() === closer) {
      closers.pop()
      scan.at++
      continue
    }
    if (scan.peek() !== ',') scan.fail(closer === '}' ? 'after object key:value pair' : 'after array element')
    scan.at++
    scan.skipSpace()
    if (closer === '}') scan.key()
    return false
  }
}

/** Checks that the text is one JSON value. Throws JsonSyntaxError. */
export const checkJson = (text: string): void => {
  for (let at = scanValue(text); at < text.length; at++)
    if (!isSpace(text[at]))
      throw new JsonSyntaxError(`invalid character ${quotedByte(text[at]!)} after top-level value`)
}

/** Where the value that starts at `at` in checked JSON ends. */
const endOf = (text: string, at: number): number => {
  let depth = 0
  for (; ; at++) {
    const char = text[at]
    if (char === '"') {
      for (at = plainEnd(text, at + 1); text[at] !== '"'; at = plainEnd(text, at + 1))
        if (text[at] === '\\') at++
    } else if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') depth--
    else if (depth === 0) while (at + 1 < text.length && !/[\s,\]}:]/.test(text[at + 1]!)) at++
    if (depth === 0) return at + 1
  }
}

/** The raw texts of the values, keys among them, that stand directly in a checked array or object. */
export const pieces = (text: string): string[] => {
  const found: string[] = []
  for (let at = 1 + text.search(/[[{]/); at < text.length; ) {
    const char = text[at]!
    if (isSpace(char) || char === ',' || char === ':') at++
    else if (char === ']' || char === '}') break
    else {
      const end = endOf(text, at)
      found.push(text.slice(at, end))
      at = end
    }
  }
  return found
}
