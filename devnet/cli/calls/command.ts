// The part that `tendril tx` and `tendril query` share: which method is meant, help at every depth, and the
// words sorted.
import type { DescMethod, Registry } from '@bufbuild/protobuf'
import { OptionError } from '../../options.ts'
import { type Flag, parseFlags } from '../flags.ts'
import { type Catalog, chainCatalog, ownCatalog } from './catalog.ts'
import { methodHelp, moduleHelp, modulesHelp } from './help.ts'
import { openRpc, type Rpc, USUAL_NODE } from './rpc.ts'
import { type CallModule, type Kind, methodOf, modulesOf, suggestion } from './services.ts'
import { peekFlag, readWords, type Words } from './words.ts'

export type Print = (text: string) => void
export const toStdout: Print = (text) => {
  process.stdout.write(text)
}

export type Call = {
  readonly method: DescMethod
  readonly words: Words
  readonly registry: Registry
  readonly rpc: Rpc
}

/** The first two words that are no flags, and the rest. */
const split = (args: readonly string[], flags: readonly Flag[]) => {
  const names: string[] = []
  const rest: string[] = []
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!
    if (!word.startsWith('-') && names.length < 2) names.push(word)
    else rest.push(word)
    const flag = flags.find(({ name }) => word === `--${name}`)
    if (flag?.value !== undefined && at + 1 < args.length) rest.push(args[++at]!)
  }
  return { names, rest }
}

type Found = { module: CallModule; catalog: Catalog }

const findModule = async (kind: Kind, name: string, rpc: () => Rpc): Promise<Found> => {
  const own = await ownCatalog()
  const modules = modulesOf(kind, own.services)
  const module = modules.get(name)
  if (module !== undefined) return { module, catalog: own }
  const problem = `there is no module "${name}"${suggestion(name, [...modules.keys()])}`
  const theirs = await chainCatalog(rpc()).catch((error: unknown) => {
    if (!(error instanceof OptionError)) throw error
    throw new OptionError(
      `${problem} among those that Tendril knows (\`tendril ${kind} --help\`), and ${error.message}`,
    )
  })
  const found = modulesOf(kind, theirs.services).get(name)
  if (found !== undefined) return { module: found, catalog: theirs }
  throw new OptionError(`${problem}, neither here nor on the chain. \`tendril ${kind} --help\` lists them.`)
}

/**
 * What is to be called; undefined if a help page was printed instead. Throws OptionError, which names what
 * was not understood.
 */
export const resolveCall = async (
  kind: Kind,
  flags: readonly Flag[],
  args: readonly string[],
  print: Print,
): Promise<Call | undefined> => {
  const isHelp = args.some((word) => word === '--help' || word === '-h')
  const { names, rest } = split(args, flags)
  const [moduleName, methodName] = names
  const rpc = () => openRpc(peekFlag(args, 'node') ?? USUAL_NODE)
  if (moduleName === undefined) {
    if (!isHelp) parseFlags(kind, flags, rest)
    print(modulesHelp(kind, modulesOf(kind, (await ownCatalog()).services), flags))
    return undefined
  }
  const { module, catalog } = await findModule(kind, moduleName, rpc)
  if (methodName === undefined) {
    print(moduleHelp(kind, module))
    return undefined
  }
  const method = methodOf(module, methodName, kind)
  if (isHelp) {
    print(methodHelp(kind, module.name, method, flags))
    return undefined
  }
  return { method, words: readWords(method, flags, rest), registry: catalog.registry, rpc: rpc() }
}

/** A flag that must be a whole number. */
export const wholeFlag = (words: Words, name: string): bigint | undefined => {
  const text = words.flags.get(name)
  if (text === undefined) return undefined
  if (!/^\d{1,19}$/.test(text)) throw new OptionError(`--${name} is "${text}": it must be a whole number`)
  return BigInt(text)
}
