// What a word on the command line means for a field, as the JSON that the field reads
// (chain/runtime/json-read.ts): coins as text, enums by their short names, bytes in base64, hexadecimal or
// from a file, messages as JSON.
import { readFileSync } from 'node:fs'
import { type DescEnum, type DescField, type JsonValue, ScalarType } from '@bufbuild/protobuf'
import { fromBase64, toBase64 } from '../../../chain/base64.ts'
import { fromHex } from '../../../chain/bytes.ts'
import { decText, parseCoins, parseDecCoins } from '../../../chain/module.ts'
import { bytesValues, enumNames } from '../../../chain/runtime/go-values.ts'
import { goField } from '../../../chain/runtime/gogo.ts'
import { JsonTextError, parseJson } from '../../../chain/runtime/json-text.ts'
import { OptionError } from '../../options.ts'
import { isCoin } from './schema.ts'

/** What a user should write for a field, for help and for errors. */
export const wanted = (field: DescField): string => {
  const one = field.fieldKind === 'list' ? 'a JSON list, or one' : 'JSON'
  if (isCoin(field)) return `coins such as ${field.message?.name === 'DecCoin' ? '0.5utend' : '10utend'}`
  if (field.message?.typeName === 'google.protobuf.Duration') return 'a duration such as 90s or 1h30m'
  if (field.message?.typeName === 'google.protobuf.Timestamp') return 'a time such as 2026-01-31T12:00:00Z'
  if (field.message?.typeName === 'google.protobuf.Any') return `${one} with "@type"`
  if (field.message !== undefined) return `${one} ${field.message.name} as an object`
  if (field.enum !== undefined) return shortNames(field.enum).join(' | ')
  if (field.scalar === ScalarType.BOOL) return 'true or false'
  if (field.scalar === ScalarType.STRING) return stringWanted(field)
  if (field.scalar === ScalarType.BYTES)
    return goField(field).goType === 'RawContractMessage' ? 'JSON' : 'base64, 0x… or @FILE'
  return 'a whole number'
}

const stringWanted = (field: DescField): string => {
  const { goType } = goField(field)
  if (goType === 'cosmossdk.io/math.Int') return 'a whole number'
  return goType === 'cosmossdk.io/math.LegacyDec' ? 'a decimal such as 0.05' : 'text'
}

/** The JSON that `text` stands for; a list for a list. `name` is what errors call it. */
export const jsonOf = (field: DescField, text: string, name: string): JsonValue => {
  const isList = field.fieldKind === 'list'
  if (field.fieldKind === 'map') return mapJson(text, name)
  if (field.message !== undefined) {
    const value = messageJson(field, text, name)
    return isList && !Array.isArray(value) ? [value] : value
  }
  const value = field.enum === undefined ? scalarJson(field, text, name) : enumJson(field.enum, text, name)
  return isList ? [value] : value
}

const complain = (name: string, expected: string, text: string) =>
  new OptionError(`${name} is ${JSON.stringify(text)}: it must be ${expected}`)

const mapJson = (text: string, name: string): JsonValue => {
  if (/^\s*\{/.test(text)) return readJson(text, name)
  const at = text.indexOf('=')
  if (at < 0) throw complain(name, 'KEY=VALUE or a JSON object', text)
  return { [text.slice(0, at)]: text.slice(at + 1) }
}

/** JSON, written out or in a file that `@` names. */
export const readJson = (text: string, name: string): JsonValue => {
  const source = text.startsWith('@') ? readText(text.slice(1), name) : text
  try {
    return parseJson(source).value
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error
    throw new OptionError(`${name} is no JSON (${error.message}): ${source.slice(0, 80)}`)
  }
}

const readText = (path: string, name: string): string => readBytes(path, name).toString('utf8')
const readBytes = (path: string, name: string): Buffer => {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new OptionError(`${name} @${path}: ${(error as Error).message}`)
  }
}

const messageJson = (field: DescField, text: string, name: string): JsonValue => {
  const isJson = /^\s*[{[]|^@/.test(text)
  if (isCoin(field) && !isJson) return coinJson(field, text, name)
  const isText = /^google\.protobuf\.(Duration|Timestamp)$/.test(field.message!.typeName)
  return isText ? text : readJson(text, name)
}

const coinJson = (field: DescField, text: string, name: string): JsonValue => {
  const set = readCoins(field, text, name)
  if (field.fieldKind === 'list') return set
  if (set.length !== 1) throw complain(name, 'one coin, such as 10utend', text)
  return set[0]!
}

const readCoins = (field: DescField, text: string, name: string): { denom: string; amount: string }[] => {
  const isDec = field.message!.name === 'DecCoin'
  try {
    if (isDec) return parseDecCoins(text).map(({ denom, amount }) => ({ denom, amount: decText(amount) }))
    const parts = text.split(',').filter((part) => part.trim() !== '')
    return parts.flatMap((part) => {
      const read = parseCoins(part)
      // Zero is said, not left out: whether it is allowed is the chain's business.
      const denom = /[a-zA-Z].*/.exec(part.trim())![0]
      return read.length === 0 ? [{ denom, amount: '0' }] : [{ denom, amount: `${read[0]!.amount}` }]
    })
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw complain(name, wanted(field), text)
  }
}

const scalarJson = (field: DescField, text: string, name: string): JsonValue => {
  switch (field.scalar!) {
    case ScalarType.STRING:
      return text
    case ScalarType.BOOL:
      if (text !== 'true' && text !== 'false') throw complain(name, wanted(field), text)
      return text === 'true'
    case ScalarType.BYTES:
      return bytesJson(field, text, name)
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return text
    default:
      if (!/^-?\d+$/.test(text)) throw complain(name, wanted(field), text)
      return text.replace(/^(-?)0+(?=\d)/, '$1')
  }
}

const bytesJson = (field: DescField, text: string, name: string): JsonValue => {
  const { goType } = goField(field)
  if (goType === 'RawContractMessage') return readJson(text, name)
  if (text.startsWith('@')) return toBase64(readBytes(text.slice(1), name))
  if (bytesValues.has(goType)) return text
  if (/^0x([0-9a-fA-F]{2})*$/.test(text)) return toBase64(fromHex(text.slice(2).toLowerCase()))
  if (fromBase64(text) === undefined) throw complain(name, wanted(field), text)
  return text
}

const own = (schema: DescEnum): string[] => Object.values(enumNames.get(schema.typeName) ?? {})

/** `VOTE_OPTION_NO_WITH_VETO` as `no-with-veto`. */
const short = (schema: DescEnum, name: string): string => {
  const prefix = schema.sharedPrefix ?? ''
  const bare = name.toLowerCase().startsWith(prefix) ? name.slice(prefix.length) : name
  return bare.toLowerCase().replaceAll('_', '-')
}
const shortNames = (schema: DescEnum): string[] =>
  enumNames.has(schema.typeName)
    ? own(schema)
    : schema.values.filter(({ number }) => number !== 0).map(({ name }) => short(schema, name))

const enumJson = (schema: DescEnum, text: string, name: string): JsonValue => {
  if (own(schema).includes(text)) return text
  const value = schema.values.find(
    (each) => each.name === text || short(schema, each.name) === text.toLowerCase().replaceAll('_', '-'),
  )
  if (value !== undefined) return value.number
  if (/^\d+$/.test(text)) return Number(text)
  throw complain(name, `one of ${shortNames(schema).join(', ')}`, text)
}
