// Help pages of `tendril tx` and `tendril query`, written from descriptors: which modules there are, what
// their methods take, and what each field wants.
import type { DescField, DescMessage, DescMethod } from '@bufbuild/protobuf'
import { type Flag, flagHelp } from '../flags.ts'
import { usageOf } from './request.ts'
import {
  addressKind,
  argumentsOf,
  flagName,
  hasPages,
  isBoolean,
  isCoin,
  isPlain,
  PAGE_FLAGS,
  signerFields,
} from './schema.ts'
import { type CallModule, type Kind, kebab, namesOf } from './services.ts'
import { wanted } from './values.ts'

const columns = (rows: readonly (readonly [left: string, right: string])[], indent = '  '): string => {
  const width = Math.min(34, Math.max(0, ...rows.map(([left]) => left.length))) + 2
  return rows
    .map(([left, right]) => {
      const wide = left.length >= width ? `\n${indent}${' '.repeat(width)}` : ''
      return `${indent}${left.padEnd(width)}${wide}${right}`.trimEnd()
    })
    .join('\n')
}

/** Words in lines of at most 100 columns behind an indent. */
const wrapped = (words: readonly string[], indent: number): string => {
  const rows: string[] = ['']
  for (const word of words) {
    const row = rows.at(-1)!
    if (row !== '' && indent + row.length + word.length + 2 > 100) rows.push(word)
    else rows[rows.length - 1] = row === '' ? word : `${row}, ${word}`
  }
  return rows.join(`,\n${' '.repeat(indent)}`)
}

const HEADS: Record<Kind, string> = {
  tx: `tendril tx: sign a message of any module, send it, and wait until it is in a block

  tendril tx MODULE MESSAGE [ARGUMENTS] [FLAGS]
  tendril tx bank send 0 1 10utend            development account 0 pays account 1
  tendril tx staking delegate VALIDATOR 5utend --from 0
  tendril tx bank send 0 1 10utend --node https://rpc.example.org --mnemonic "…" --gas-prices 0.01utend`,
  query: `tendril query: ask any module of a chain

  tendril query MODULE METHOD [ARGUMENTS] [FLAGS]
  tendril query bank balances 0               of development account 0, or of any address
  tendril query staking validators --limit 5 --json
  tendril query bank params --height 10 --node https://rpc.example.org`,
}

/** The page of all modules. */
export const modulesHelp = (
  kind: Kind,
  modules: ReadonlyMap<string, CallModule>,
  flags: readonly Flag[],
): string => {
  const width = Math.max(...[...modules.keys()].map((name) => name.length))
  const rows = [...modules.values()].map(
    ({ name, service }) =>
      `  ${name.padEnd(width)}  ${wrapped(
        service.methods.map((method) => kebab(method.name)),
        width + 4,
      )}`,
  )
  const what = kind === 'tx' ? 'messages' : 'methods'
  return `${HEADS[kind]}

Modules and their ${what}
${rows.join('\n')}

\`tendril ${kind} MODULE\` shows what its ${what} take, \`tendril ${kind} MODULE METHOD --help\` each field.
A module that is not listed is looked for among what the chain at --node says that it has.

Flags
${flagHelp(flags)}
`
}

/** The page of one module. */
export const moduleHelp = (kind: Kind, { name, service }: CallModule): string => {
  const rows = service.methods.map((method): [string, string] => {
    const [own, ...others] = namesOf(method)
    const also = others.length === 0 ? '' : `   (also ${others.join(', ')})`
    return [own!, `${usageOf(method, kind)}${also}`]
  })
  return `tendril ${kind} ${name}: ${service.typeName}

${columns(rows)}

Every field of a request is also a flag: \`tendril ${kind} ${name} METHOD --help\` lists them.
`
}

const EXAMPLES: Record<string, string> = { account: '1', validator: 'VALIDATOR', consensus: 'VALCONS' }

const exampleWord = (field: DescField, isFirst: boolean): string => {
  const address = addressKind(field)
  if (address !== undefined) return address === 'account' && isFirst ? '0' : EXAMPLES[address]!
  if (isCoin(field)) return '10utend'
  if (field.enum !== undefined) return wanted(field).split(' | ')[0]!
  if (/^a whole/.test(wanted(field))) return '1'
  return field.name.toUpperCase()
}

const example = (method: DescMethod, kind: Kind): string => {
  const required = argumentsOf(method, kind).filter(({ isRequired }) => isRequired)
  const signers = signerFields(method.input)
  const words = required
    .filter(({ isSigner }, at) => !isSigner || at === 0)
    .map(({ field }, at) => exampleWord(field, at === 0))
  const isNamed = required[0]?.isSigner === true && signers.length > 0
  return [kebab(method.name), ...words, ...(kind === 'tx' && !isNamed ? ['--from 0'] : [])].join(' ')
}

/** Fields with the fields of messages inside them, in dotted names. */
const fieldRows = (
  schema: DescMessage,
  signers: readonly DescField[],
  taken: readonly string[],
  path: readonly DescField[] = [],
): [string, string][] =>
  schema.fields.flatMap((field): [string, string][] => {
    const whole = [...path, field]
    const inner = field.fieldKind === 'message' && !isPlain(field) ? field.message : undefined
    const clash = path.length === 0 && taken.includes(flagName(whole))
    const name = `--${clash ? 'msg.' : ''}${flagName(whole)}`
    const opens = inner !== undefined && inner.typeName !== 'google.protobuf.Any' && path.length < 3
    const rest = opens ? fieldRows(inner, [], taken, whole) : []
    return [[name, describe(field, signers.includes(field))], ...rest]
  })

const describe = (field: DescField, isSigner: boolean): string => {
  const address = addressKind(field)
  const what =
    address === undefined
      ? wanted(field)
      : `${address === 'account' ? '' : `${address} `}address, or index of a development account`
  const notes = [
    field.fieldKind === 'list' && !isCoin(field) ? 'repeatable' : '',
    isBoolean(field) ? 'a switch' : '',
    isSigner ? 'the signer; --from, if left out' : '',
    field.proto.options?.deprecated ? 'deprecated' : '',
  ].filter((note) => note !== '')
  return notes.length === 0 ? what : `${what} (${notes.join('; ')})`
}

/** The page of one method. */
export const methodHelp = (kind: Kind, name: string, method: DescMethod, flags: readonly Flag[]): string => {
  const taken = flags.map((flag) => flag.name)
  const rows = fieldRows(method.input, kind === 'tx' ? signerFields(method.input) : [], taken)
  const pages = hasPages(method.input)
    ? `\n\nPages\n${columns(Object.entries(PAGE_FLAGS).map(([flag, path]) => [`--${flag}`, `--${path}`]))}`
    : ''
  const command = `tendril ${kind} ${name}`
  return `${command} ${kebab(method.name)}: ${method.input.typeName}

  ${command} ${kebab(method.name)} ${usageOf(method, kind)} [FLAGS]
  ${command} ${example(method, kind)}
  ${command} ${kebab(method.name)} '{…}'    the whole message as JSON, or @FILE

Fields, as flags (arguments stand in the order above)
${rows.length === 0 ? '  none' : columns(rows)}${pages}

Flags
${flagHelp(flags)}
`
}
