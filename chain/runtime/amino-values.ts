// The parts of amino JSON that are older than its options: keys, multisig keys and module accounts look as
// they did when Go structs printed themselves, and contract messages are inlined with sorted keys.
import type { ReflectMessage } from '@bufbuild/protobuf/reflect'
import type { Any } from '@bufbuild/protobuf/wkt'
import { toBase64 } from '../base64.ts'
import { type Bytes, compareBytes, utf8 } from '../bytes.ts'
import { stringText } from './json-values.ts'

/** Text of a message by its amino.message_encoding; `pack` prints an Any inside it. */
export type MessageEncoder = (message: ReflectMessage, pack: (any: Any) => string) => string

const read = <T>(message: ReflectMessage, name: string): T => {
  const field = message.fields.find((candidate) => candidate.name === name)
  if (field === undefined) throw new Error(`bug: ${message.desc.typeName} has no field ${name}`)
  return message.get(field) as T
}

/** A public key is its bytes alone. */
const keyField: MessageEncoder = (message) => {
  const key = read<Bytes>(message, 'key')
  return key.length === 0 ? 'null' : `"${toBase64(key)}"`
}

/** The threshold of a multisig key is a string. */
const thresholdString: MessageEncoder = (message, pack) => {
  const keys: string[] = []
  for (const key of read<Iterable<ReflectMessage>>(message, 'public_keys'))
    keys.push(pack(key.message as Any))
  return `{"pubkeys":[${keys.join(',')}],"threshold":"${read<number>(message, 'threshold')}"}`
}

/** A module account is flat, and its numbers are numbers (x/auth/types/account.go). */
const moduleAccount: MessageEncoder = (message) => {
  const base = read<ReflectMessage>(message, 'base_account')
  const permissions = [...read<Iterable<string>>(message, 'permissions')].map(stringText)
  return `{${[
    `"account_number":${read<bigint>(base, 'account_number')}`,
    `"address":${stringText(read<string>(base, 'address'))}`,
    `"name":${stringText(read<string>(message, 'name'))}`,
    `"permissions":${permissions.length === 0 ? 'null' : `[${permissions.join(',')}]`}`,
    '"public_key":""',
    `"sequence":${read<bigint>(base, 'sequence')}`,
  ].join(',')}}`
}

export const messageEncoders = new Map<string, MessageEncoder>([
  ['key_field', keyField],
  ['threshold_string', thresholdString],
  ['module_account', moduleAccount],
])

/** JSON text with the keys of every object sorted by their bytes; throws a SyntaxError if it is not JSON. */
export const sortedJson = (text: string): string => sortedText(JSON.parse(text))

const sortedText = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(sortedText).join(',')}]`
  if (typeof value === 'string') return stringText(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => compareBytes(utf8(a), utf8(b)))
  return `{${entries.map(([key, item]) => `${stringText(key)}:${sortedText(item)}`).join(',')}}`
}
