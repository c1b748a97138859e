// Breaks comments that pass the right margin. biome breaks code but leaves comments as they are.

const WIDTH = 110

const fill = (words: string[], prefix: string): string[] => {
  const lines: string[] = []
  let line = prefix
  for (const word of words) {
    if (line !== prefix && `${line} ${word}`.length > WIDTH) {
      lines.push(line)
      line = prefix
    }
    line += ` ${word}`
  }
  return [...lines, line]
}

/**
 * A line that begins a paragraph of its own: empty, a list item, a table, a directive, something indented.
 */
const standsAlone = (body: string): boolean => /^(?:$|\s{2,}|\s?(?:[-*|#@]|\d+\.\s))/.test(body)

/** `text` with over-long comment lines, and what follows them in the same paragraph, filled anew. */
export const wrapComments = (text: string): string => {
  const lines = text.split('\n')
  const wrapped: string[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!
    const single = line.match(/^(\s*)\/\*\* (.*) \*\/$/)
    const block = line.match(/^(\s*(?:\/\/| \*))( .*)$/)
    if ([...line].length <= WIDTH) wrapped.push(line)
    else if (single) {
      const [indent, body] = [single[1]!, single[2]!]
      wrapped.push(`${indent}/**`, ...fill(body.split(/\s+/), `${indent} *`), `${indent} */`)
    } else if (block && !/^ (?:@|https?:\S+$)/.test(block[2]!)) {
      const prefix = block[1]!
      const words = block[2]!.trim().split(/\s+/)
      const item = /^(?:[-*]|\d+\.)$/.test(words[0]!) ? ' '.repeat(words[0]!.length + 1) : ''
      const more = (next = ''): boolean =>
        next.startsWith(`${prefix} `) && !standsAlone(next.slice(prefix.length + 1))
      while (item === '' && more(lines[at + 1]))
        words.push(...lines[++at]!.slice(prefix.length).trim().split(/\s+/))
      const filled = fill(words, prefix)
      wrapped.push(filled[0]!, ...filled.slice(1).map((rest) => prefix + item + rest.slice(prefix.length)))
    } else wrapped.push(line)
  }
  return wrapped.join('\n')
}
