// A TypeScript file as the rules see it: code with strings and comments blanked out (so that a word in a
// sentence is not taken for an identifier), the imports, and the bodies of functions. A lexer suffices for
// that; a parser would be a dependency, since the native TypeScript compiler offers none.

export type Import = { line: number; target: string; typeOnly: boolean; dynamic: boolean }
/** Lines are counted from 1; `ownLines` leaves out the lines of functions within. */
export type FunctionBody = { line: number; start: number; end: number; ownLines: number }
export type Source = {
  path: string
  text: string
  lines: string[]
  /**
   * As long as `text`; what is inside strings, regular expressions and comments is blank, line ends are kept.
   */
  code: string
  comments: { line: number; text: string }[]
  imports: Import[]
  functions: FunctionBody[]
  lineAt(offset: number): number
}

/** Words after which a slash starts a regular expression and not a division. */
const BEFORE_REGEX = /(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|void|delete|throw|await|yield)$/

const endOfQuoted = (text: string, start: number): number => {
  let at = start + 1
  while (at < text.length && text[at] !== text[start] && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

const endOfRegex = (text: string, start: number): number => {
  let inClass = false
  for (let at = start + 1; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '[') inClass = true
    else if (text[at] === ']') inClass = false
    else if (text[at] === '/' && !inClass) return at + 1
  }
  return start + 1
}

/** The end of a template's text, which is its closing quote or the `${` that opens code. */
const endOfTemplateText = (text: string, start: number): number => {
  let at = start
  while (at < text.length) {
    if (text[at] === '`') return at + 1
    if (text[at] === '$' && text[at + 1] === '{') return at + 2
    at += text[at] === '\\' ? 2 : 1
  }
  return at
}

const startsRegex = (codeBefore: string): boolean => {
  const before = codeBefore.slice(-40).trimEnd()
  return !/[\w$)\]'"`]$/.test(before) || BEFORE_REGEX.test(before)
}

type Masked = { code: string; comments: { start: number; text: string }[] }

const mask = (text: string): Masked => {
  const comments: { start: number; text: string }[] = []
  const templateDepths: number[] = [] // brace depth at which each open template's `${` closes
  let code = ''
  let depth = 0
  const blank = (until: number, keep: number) => {
    const part = text.slice(code.length, until)
    const inner = part.slice(keep, part.length - keep).replace(/[^\n]/g, ' ')
    code += part.length > 2 * keep ? part.slice(0, keep) + inner + part.slice(part.length - keep) : part
  }
  while (code.length < text.length) {
    const at = code.length
    const char = text[at]!
    const two = text.slice(at, at + 2)
    if (two === '//' || two === '/*' || (at === 0 && two === '#!')) {
      const close = two === '/*' ? text.indexOf('*/', at + 2) + 2 : text.indexOf('\n', at)
      const end = close <= at ? text.length : close
      comments.push({ start: at, text: text.slice(at, end) })
      blank(end, 0)
    } else if (char === "'" || char === '"') blank(endOfQuoted(text, at), 1)
    else if (char === '`' || (char === '}' && templateDepths.at(-1) === depth)) {
      if (char === '}') templateDepths.pop()
      const end = endOfTemplateText(text, at + 1)
      if (text[end - 1] === '{') templateDepths.push(depth)
      blank(end, 1)
    } else if (char === '/' && startsRegex(code)) blank(endOfRegex(text, at), 1)
    else {
      if (char === '{') depth++
      if (char === '}') depth--
      code += char
    }
  }
  return { code, comments }
}

/** Static, dynamic and re-exporting imports. The specifier is blank in `code`, so it is read from `text`. */
const findImports = (text: string, code: string, lineAt: (offset: number) => number): Import[] => {
  const found: Import[] = []
  const statement = /(?:^|\n)\s*(?:import|export)\b(?:[^'"`;(=]*?\bfrom)?\s*(['"])|\bimport\s*\(\s*(['"])/g
  for (const match of code.matchAll(statement)) {
    const open = match.index + match[0].length
    const quote = match[1] ?? match[2]!
    const target = text.slice(open, text.indexOf(quote, open))
    const head = match[0].trimStart()
    const typeOnly = /^(?:import|export)\s+type\b/.test(head)
    found.push({ line: lineAt(open), target, typeOnly, dynamic: match[2] !== undefined })
  }
  return found
}

const matchingOpen = (code: string, close: number): number => {
  const pairs: Record<string, string> = { ')': '(', '}': '{', ']': '[' }
  const shut = code[close]!
  const open = pairs[shut]!
  let depth = 0
  for (let at = close; at >= 0; at--) {
    if (code[at] === shut) depth++
    if (code[at] === open && --depth === 0) return at
  }
  return -1
}

/**
 * Whether the brace at `at` opens the body of a function: after `=>`, or after parameters and a return type.
 */
const opensFunction = (code: string, at: number): boolean => {
  let before = at - 1
  while (before >= 0) {
    const char = code[before]!
    if (char === '>' && code[before - 1] === '=') return code.slice(before + 1, at).trim() === ''
    if (char === ')') break
    if (char === '}' || char === ']') before = matchingOpen(code, before) - 1
    else if (/[\w$\s<>|&.,:?'"]/.test(char)) before--
    else return false
  }
  if (before < 0) return false
  const between = code.slice(before + 1, at).trim()
  if (between !== '' && !between.startsWith(':')) return false
  const word = code.slice(0, matchingOpen(code, before)).match(/([\w$]+)(?:<[^()]*>)?\s*$/)?.[1] ?? ''
  return !['if', 'for', 'while', 'switch', 'catch', 'with', 'await', ''].includes(word)
}

const findFunctions = (code: string, lineAt: (offset: number) => number): FunctionBody[] => {
  const open: { start: number; isFunction: boolean; innerLines: number }[] = []
  const found: FunctionBody[] = []
  for (let at = 0; at < code.length; at++) {
    if (code[at] === '{') open.push({ start: at, isFunction: opensFunction(code, at), innerLines: 0 })
    if (code[at] !== '}') continue
    const body = open.pop()
    if (body === undefined) continue
    const lines = lineAt(at) - lineAt(body.start) + 1
    const ownLines = lines - body.innerLines
    if (body.isFunction) found.push({ line: lineAt(body.start), start: body.start, end: at, ownLines })
    const parent = open.at(-1)
    if (parent) parent.innerLines += body.isFunction && lines > 1 ? lines : body.innerLines
  }
  return found
}

export const readSource = (path: string, text: string): Source => {
  const { code, comments } = mask(text)
  const starts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)]
  const lineAt = (offset: number): number => {
    let low = 0
    let high = starts.length
    while (low + 1 < high) {
      const middle = (low + high) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
  return {
    path,
    text,
    lines: text.split('\n'),
    code,
    comments: comments.map(({ start, text }) => ({ line: lineAt(start), text })),
    imports: findImports(text, code, lineAt),
    functions: findFunctions(code, lineAt),
    lineAt,
  }
}
