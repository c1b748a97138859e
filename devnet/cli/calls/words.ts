// The words of a command line, told apart by the descriptor of the request: flags of the command, flags that
// are fields, and arguments. A field is set only once by a word, unless it is a list.
import type { DescField, DescMessage, DescMethod } from '@bufbuild/protobuf'
import { OptionError } from '../../options.ts'
import type { Flag } from '../flags.ts'
import { fieldsAt, hasPages, isBoolean, PAGE_FLAGS } from './schema.ts'
import { suggestion } from './services.ts'

/** A field and the text that was given for it; `name` is how the user called it. */
export type Assignment = { readonly path: readonly DescField[]; readonly text: string; readonly name: string }
export type Words = {
  readonly arguments: readonly string[]
  readonly fields: readonly Assignment[]
  /** Flags of the command; a switch has the text ''. */
  readonly flags: ReadonlyMap<string, string>
}

/** Splits `--name=value`; undefined if the word is no flag. */
const splitFlag = (word: string): { name: string; value: string | undefined } | undefined => {
  if (!word.startsWith('--')) return undefined
  const at = word.indexOf('=')
  return at < 0
    ? { name: word.slice(2), value: undefined }
    : { name: word.slice(2, at), value: word.slice(at + 1) }
}

/** The value of a flag before the command is known, for what must be asked to know it. */
export const peekFlag = (args: readonly string[], name: string): string | undefined => {
  for (const [at, word] of args.entries()) {
    const flag = splitFlag(word)
    if (flag?.name === name) return flag.value ?? args[at + 1]
  }
  return undefined
}

/** Reads the words after the method's name. Throws OptionError. */
export const readWords = (method: DescMethod, known: readonly Flag[], args: readonly string[]): Words => {
  const words: Words & { arguments: string[]; fields: Assignment[]; flags: Map<string, string> } = {
    arguments: [],
    fields: [],
    flags: new Map(),
  }
  const queue = [...args]
  const textOf = (name: string, value: string | undefined): string => {
    const given = value ?? queue.shift()
    if (given === undefined) throw new OptionError(`--${name} needs a value`)
    return given
  }
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const flag = splitFlag(word)
    if (word === '--') words.arguments.push(...queue.splice(0))
    else if (flag === undefined) words.arguments.push(word)
    else {
      const { name, value } = flag
      const own = known.find((each) => each.name === name)
      if (own !== undefined) {
        if (words.flags.has(name)) throw new OptionError(`--${name} is given twice`)
        words.flags.set(name, switchValue(own, value) ?? textOf(name, value))
      } else {
        const path = fieldPath(method.input, name, known)
        const isSwitch = path.length > 0 && isBoolean(path.at(-1)!)
        const text = isSwitch ? (value ?? 'true') : textOf(name, value)
        words.fields.push({ path, text, name: `--${name}` })
      }
    }
  }
  return words
}

const switchValue = (flag: Flag, value: string | undefined): string | undefined => {
  if (flag.value !== undefined) return undefined
  if (value !== undefined && value !== 'true')
    throw new OptionError(`--${flag.name} is a switch and takes no value, but got "${value}"`)
  return ''
}

/**
 * Where a flag leads that is no flag of the command; `--msg.memo` is the field where `--memo` is the
 * command's.
 */
const fieldPath = (schema: DescMessage, name: string, known: readonly Flag[]): DescField[] => {
  const page = hasPages(schema) ? PAGE_FLAGS[name] : undefined
  const found = fieldsAt(schema, name)
  if (Array.isArray(found)) return found
  const stated = fieldsAt(schema, page ?? name.replace(/^msg\./, ''))
  if (Array.isArray(stated)) return stated
  const fields = schema.fields.map((field) => field.name.replaceAll('_', '-'))
  const near = suggestion(name, [...fields, ...known.map((flag) => flag.name)])
  const where = name.includes('.') ? `: ${found.within} has no field "${found.missing}"` : ''
  throw new OptionError(`there is no flag --${name}${where || near}; --help lists the flags and fields`)
}
