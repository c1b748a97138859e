// Runs a page of docs/recipes as a user does: its `js` blocks in a session of node, its `sh` blocks in a
// shell, and gives what they print, to be compared with the `text` blocks between them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { createContext, runInContext } from 'node:vm'
import { query } from '../../devnet/cli/query.ts'
import { tx } from '../../devnet/cli/tx.ts'
import { type Devnet, startDevnet } from '../../devnet/devnet.ts'
import { type DevnetOptions, OptionError } from '../../devnet/options.ts'

export type Step = { code: string; printed: string; expected: string[] }

/** Plays the page; what it keeps goes below `folder`. Chains that it leaves behind are stopped. */
export const playRecipe = async (name: string, folder: string): Promise<Step[]> => {
  const page = readFileSync(join(__dirname, '../../docs/recipes', `${name}.md`), 'utf8')
  const started: Devnet[] = []
  const session = openSession(async (options) => {
    const home = options.home === undefined ? {} : { home: join(folder, options.home) }
    const devnet = await startDevnet({ ...options, ...home, ports: { rpc: 0, rest: 0, grpc: 0 } })
    started.push(devnet)
    return devnet
  })
  const steps: Step[] = []
  try {
    for (const [, kind, code] of page.matchAll(/```(js|sh|text)\n(.*?)```/gs)) {
      if (kind === 'text') steps.at(-1)!.expected = code!.trim().split('\n')
      else {
        const before = steps.at(-1)
        if (before?.expected.length === 0 && /^Uncaught/.test(before.printed)) throw new Error(before.printed)
        const printed = kind === 'js' ? await session(code!) : await shell(code!, started.at(-1)!)
        steps.push({ code: code!, printed, expected: [] })
      }
    }
  } finally {
    await Promise.all(started.map((devnet) => devnet.stop().catch(() => undefined)))
  }
  return steps
}

/** The expected lines that were not printed in this order. */
export const missingIn = ({ printed, expected }: Step): string[] => {
  let from = 0
  return expected.filter((line) => {
    const at = printed.indexOf(line.trim(), from)
    if (at >= 0) from = at + line.trim().length
    return at < 0
  })
}

/**
 * One global scope for all blocks, as in node's REPL: top-level names stay, the last expression is printed.
 */
const openSession = (start: (options: DevnetOptions) => Promise<Devnet>) => {
  const scope = createContext({
    startDevnet: start,
    TextEncoder,
    TextDecoder,
    Buffer,
    Uint8Array,
    DataView,
    BigInt,
  })
  return async (code: string): Promise<string> => {
    const lines = code
      .replace("const { startDevnet } = await import('tendril')\n", '')
      .replace(/^(?:const|let) (\w+) =/gm, 'globalThis.$1 =')
    const last = lines.trimEnd().lastIndexOf('\n') + 1
    const body = /^[A-Z]/.test(lines.slice(last))
      ? `${lines.slice(0, last)}return ${lines.slice(last)}`
      : lines
    try {
      return inspect(await runInContext(`(async () => {\n${body}\n})()`, scope))
    } catch (error) {
      const { name, message } = error as Error
      return `Uncaught ${name === 'Error' ? (error as Error).constructor.name : name}: ${message}`
    }
  }
}

const COMMANDS = { tx, query }

const shell = async (code: string, devnet: Devnet): Promise<string> => {
  let printed = ''
  const print = (text: string) => {
    printed += text
  }
  for (const line of code.trim().split('\n')) {
    const [tendril, command, ...args] = wordsOf(line)
    if (tendril !== 'tendril' || (command !== 'tx' && command !== 'query'))
      throw new Error(`cannot run ${line}`)
    try {
      await COMMANDS[command]([...args, '--node', devnet.urls!.rpc], print)
    } catch (error) {
      if (!(error instanceof OptionError)) throw error
      print(`tendril: ${error.message}\n`)
    }
  }
  return printed
}

const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!)
