// Command-line flags: declared once, for parsing, for checking and for the help page.
import { parseArgs } from 'node:util'
import { OptionError } from '../options.ts'

export type Flag = {
  name: string
  /** Placeholder of its value; a flag without one is a switch. */
  value?: string
  help: string
}

export type Parsed = {
  text(name: string): string | undefined
  on(name: string): boolean
  whole(name: string): number | undefined
}

/** Reads `args` by `flags`. Throws OptionError for an unknown flag, a missing value or a stray word. */
export const parseFlags = (command: string, flags: readonly Flag[], args: readonly string[]): Parsed => {
  const options = Object.fromEntries(
    flags.map((flag) => [flag.name, { type: flag.value === undefined ? 'boolean' : 'string' } as const]),
  )
  const values = read(command, options, args)
  return {
    text: (name) => values[name] as string | undefined,
    on: (name) => values[name] === true,
    whole(name) {
      const text = values[name] as string | undefined
      if (text === undefined) return undefined
      if (!/^\d{1,15}$/.test(text)) throw new OptionError(`--${name} is "${text}": it must be a whole number`)
      return Number(text)
    },
  }
}

type Options = Record<string, { type: 'boolean' | 'string' }>

const read = (command: string, options: Options, args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const detail = error.message.split('. To specify')[0]
    throw new OptionError(`${detail}\nRun \`tendril ${command} --help\` for the flags of this command.`)
  }
}

/** The flags as lines of a help page. */
export const flagHelp = (flags: readonly Flag[]): string => {
  const heads = flags.map(({ name, value }) => `  --${name}${value === undefined ? '' : ` ${value}`}`)
  const width = Math.max(...heads.map((head) => head.length)) + 2
  return flags.map(({ help }, i) => heads[i]!.padEnd(width) + indented(help, width)).join('\n')
}

const indented = (text: string, column: number): string => text.split('\n').join(`\n${' '.repeat(column)}`)
