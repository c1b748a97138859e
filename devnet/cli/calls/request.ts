// From words to a request: arguments and flags become one JSON object, which is read as the SDK reads JSON.
// So a word, a flag and a whole message in JSON mean the same, and mistakes are told by field.
import type { DescField, DescMethod, JsonValue, Message, Registry } from '@bufbuild/protobuf'
import { fromJson, JsonError } from '../../../chain/runtime/json.ts'
import { OptionError } from '../../options.ts'
import { type AddressKind, type Argument, addressKind, argumentsOf, flagName, isPlain } from './schema.ts'
import { type Kind, kebab } from './services.ts'
import { jsonOf, readJson, wanted } from './values.ts'
import type { Assignment, Words } from './words.ts'

type JsonObject = { [key: string]: JsonValue }

/** A request as far as its words tell; addresses may still be indices of development accounts. */
export type Draft = {
  readonly method: DescMethod
  readonly usage: string
  /** The whole message in JSON, if its first argument was that. */
  readonly base: JsonObject
  readonly assignments: readonly Assignment[]
}

/** Whether a word stands for the signer, so that this field is not left out. */
export type SignerTest = (word: string, field: DescField) => boolean

/** `[FROM_ADDRESS] TO_ADDRESS AMOUNT`, and as flags what no single word says. */
export const usageOf = (method: DescMethod, kind: Kind): string => {
  const expected = argumentsOf(method, kind)
  const words = expected.map(({ field, isRequired, isSigner, takesRest }) => {
    const name = `${field.name.toUpperCase()}${takesRest ? '…' : ''}`
    return isRequired && !isSigner ? name : `[${name}]`
  })
  const flags = method.input.fields.filter(
    (field) => field.message?.name !== 'PageRequest' && !isPlain(field),
  )
  return [...words, ...flags.map((field) => `--${flagName([field])} JSON`)].join(' ')
}

/**
 * Gives each argument its field. The signer may be left out; `isSigner` tells whether a word names it.
 * Throws OptionError for a word too many or a field that must be there.
 */
export const draftOf = (
  method: DescMethod,
  kind: Kind,
  words: Words,
  isSigner: SignerTest = () => false,
): Draft => {
  const usage = `${kebab(method.name)} ${usageOf(method, kind)}`.trim()
  const first = words.arguments[0]
  const isWhole = first !== undefined && /^\s*\{|^@/.test(first)
  const base = isWhole ? objectOf(readJson(first, 'the message')) : {}
  const given = new Set([...Object.keys(base), ...words.fields.map(({ path }) => path[0]!.name)])
  const expected = argumentsOf(method, kind).filter(({ field }) => !given.has(field.name))
  const left = isWhole ? words.arguments.slice(1) : words.arguments
  const placed = place(expected, left, isSigner, usage)
  for (const { path } of placed) given.add(path[0]!.name)
  for (const { field, isRequired, isSigner } of expected)
    if (isRequired && !isSigner && !given.has(field.name))
      throw new OptionError(`${field.name} is missing: ${wanted(field)}. Usage: ${usage}`)
  return { method, usage, base, assignments: [...words.fields, ...placed] }
}

const objectOf = (json: JsonValue): JsonObject => {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json
  throw new OptionError('the message in JSON must be an object')
}

const place = (
  expected: readonly Argument[],
  words: readonly string[],
  isSigner: SignerTest,
  usage: string,
): Assignment[] => {
  const placed: Assignment[] = []
  const left = [...words]
  const isWhole = left.length >= expected.length
  for (const argument of expected) {
    if (left.length === 0) break
    if (argument.isSigner && !isWhole && !isSigner(left[0]!, argument.field)) continue
    const { field } = argument
    const taken = left.splice(0, argument.takesRest ? left.length : 1)
    placed.push(...taken.map((text) => ({ path: [field], text, name: field.name })))
  }
  if (left.length > 0) throw new OptionError(`there is no place for "${left[0]}". Usage: ${usage}`)
  return placed
}

const INDEX = /^\d{1,4}$/
/** Whether a word is the index of a development account. */
export const isIndex = (word: string): boolean => INDEX.test(word)

/** The development accounts that a draft names by their index. */
export const indicesOf = ({ assignments }: Draft): number[] =>
  assignments.filter(isIndexed).map(({ text }) => Number(text))
const isIndexed = ({ path, text }: Assignment) => addressKind(path.at(-1)!) !== undefined && isIndex(text)

export type AddressBook = { address(kind: AddressKind, index: number): string }

/** The request. `book` is asked for `indicesOf` the draft. Throws OptionError that names the field. */
export const requestOf = (
  { method, base, assignments }: Draft,
  registry: Registry,
  book: AddressBook,
  signed: ReadonlyMap<DescField, string> = new Map(),
): Message => {
  const json: JsonObject = structuredClone(base)
  const given = new Set<DescField>()
  for (const assignment of assignments) {
    const field = assignment.path.at(-1)!
    const isMany = field.fieldKind === 'list' || field.fieldKind === 'map'
    if (!isMany && assignment.path.length === 1 && given.has(field))
      throw new OptionError(`${field.name} is given twice`)
    given.add(field)
    const text = isIndexed(assignment)
      ? book.address(addressKind(field)!, Number(assignment.text))
      : assignment.text
    assign(json, assignment, jsonOf(field, text, assignment.name))
  }
  for (const [field, text] of signed)
    if (!(field.name in json) && !(field.jsonName in json)) json[field.name] = text
  return read(method, json, registry)
}

const assign = (json: JsonObject, { path, name }: Assignment, value: JsonValue): void => {
  let at = json
  for (const field of path.slice(0, -1)) {
    const inner = (at[field.name] ??= {})
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner))
      throw new OptionError(`${name}: ${field.name} is given in another way already`)
    at = inner
  }
  const field = path.at(-1)!
  const before = at[field.name]
  if (field.fieldKind === 'list' && Array.isArray(before) && Array.isArray(value)) before.push(...value)
  else if (field.fieldKind === 'map' && before !== undefined) Object.assign(before as JsonObject, value)
  else at[field.name] = value
}

const read = (method: DescMethod, json: JsonObject, registry: Registry): Message => {
  try {
    return fromJson(method.input, json, registry)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    throw new OptionError(`${method.input.name}: ${error.message}`)
  }
}
