// Accounts: a base account (address, key, number, sequence) alone or inside a richer one (module, vesting,
// interchain). In state each is an Any. Values are never changed in place: `withBase` makes the next one.
import {
  create,
  type DescFile,
  type DescMessage,
  fromBinary,
  type Message,
  toBinary,
} from '@bufbuild/protobuf'
import { type Any, AnySchema } from '@bufbuild/protobuf/wkt'
import type { Bytes } from '../../chain/bytes.ts'
import { ProtoReader, ProtoWriter } from '../../chain/consensus/wire.ts'
import {
  type AddressCodec,
  type PublicKey,
  plainError,
  publicKey,
  type ValueCodec,
} from '../../chain/module.ts'
import {
  type BaseAccount,
  BaseAccountSchema,
  type ModuleAccount,
  ModuleAccountSchema,
} from '../../proto/gen/cosmos/auth/v1beta1/auth_pb.ts'
import {
  BaseVestingAccountSchema,
  ContinuousVestingAccountSchema,
  DelayedVestingAccountSchema,
  PeriodicVestingAccountSchema,
  PermanentLockedAccountSchema,
} from '../../proto/gen/cosmos/vesting/v1beta1/vesting_pb.ts'
import * as interchain from '../../proto/gen/ibc/applications/interchain_accounts/v1/account_pb.ts'

export type Account = {
  readonly address: Bytes
  readonly base: Readonly<BaseAccount>
  readonly schema: DescMessage
  /** The whole account: a BaseAccount, ModuleAccount, vesting account … */
  readonly message: Message
}

/** Field names from an account message down to its base account. */
const paths = new Map<DescMessage, readonly string[]>([
  [BaseAccountSchema, []],
  [ModuleAccountSchema, ['baseAccount']],
  [interchain.InterchainAccountSchema, ['baseAccount']],
  [BaseVestingAccountSchema, ['baseAccount']],
  [ContinuousVestingAccountSchema, ['baseVestingAccount', 'baseAccount']],
  [DelayedVestingAccountSchema, ['baseVestingAccount', 'baseAccount']],
  [PeriodicVestingAccountSchema, ['baseVestingAccount', 'baseAccount']],
  [PermanentLockedAccountSchema, ['baseVestingAccount', 'baseAccount']],
])
/** Messages that stand in an account's Any. */
export const accountSchemas: readonly DescMessage[] = [...paths.keys()]
/** Where they are declared. */
export const accountFiles: readonly DescFile[] = [...new Set(accountSchemas.map(({ file }) => file))]
const byTypeUrl = new Map(accountSchemas.map((schema) => [`/${schema.typeName}`, schema]))

type Fields = Record<string, unknown>

/** Wraps any account message. Throws TxError if its base account or address is missing. */
export const account = (schema: DescMessage, message: Message, addresses: AddressCodec): Account => {
  let inner: unknown = message
  for (const name of paths.get(schema) ?? []) inner = (inner as Fields | undefined)?.[name]
  if (inner === undefined) throw plainError(`${schema.typeName} has no base account`)
  const base = inner as BaseAccount
  return { address: addresses.bytes(base.address), base, schema, message }
}

export const baseAccount = (address: Bytes, addresses: AddressCodec): Account => {
  const base = create(BaseAccountSchema, { address: addresses.text(address) })
  return { address, base, schema: BaseAccountSchema, message: base }
}

/** The account with some fields of its base account changed. */
export const withBase = (of: Account, change: Partial<Omit<BaseAccount, 'address'>>): Account => {
  const base = { ...of.base, ...change }
  const replaced = (message: unknown, path: readonly string[]): Message => {
    const [name, ...rest] = path
    if (name === undefined) return base
    const fields = message as Message & Fields
    return { ...fields, [name]: replaced(fields[name], rest) }
  }
  return { ...of, base, message: replaced(of.message, paths.get(of.schema)!) }
}

/** The module account inside, if it is one. */
export const asModuleAccount = (of: Account): ModuleAccount | undefined =>
  of.schema === ModuleAccountSchema ? (of.message as ModuleAccount) : undefined

/** The account's key; undefined until its first transaction. */
export const keyOf = (of: Account): PublicKey | undefined =>
  of.base.pubKey === undefined || of.base.pubKey.typeUrl === '' ? undefined : publicKey(of.base.pubKey)

export const packAccount = ({ schema, message }: Account): Any =>
  create(AnySchema, { typeUrl: `/${schema.typeName}`, value: toBinary(schema, message) })

/** Throws TxError for a type that is no account. */
export const unpackAccount = (any: Any, addresses: AddressCodec): Account => {
  const schema = byTypeUrl.get(any.typeUrl)
  if (schema === undefined)
    throw plainError(
      `no concrete type registered for type URL ${any.typeUrl} against interface *types.AccountI`,
    )
  return account(schema, fromBinary(schema, any.value), addresses)
}

/**
 * How many decoded accounts are remembered by their bytes: a transaction reads its signer's a dozen times.
 */
const REMEMBERED = 4096

/** An account in state. */
export const accountValue = (addresses: AddressCodec): ValueCodec<Account> => {
  const known = new Map<Bytes, Account>()
  const remember = (bytes: Bytes, value: Account) => {
    if (known.size >= REMEMBERED) known.clear()
    known.set(bytes, value)
  }
  return {
    encode(value) {
      const bytes =
        value.message === value.base ? encodeBase(value.base) : toBinary(AnySchema, packAccount(value))
      remember(bytes, value)
      return bytes
    },
    decode(bytes) {
      let value = known.get(bytes)
      if (value === undefined) {
        const base = decodeBase(bytes)
        value = base
          ? account(BaseAccountSchema, base, addresses)
          : unpackAccount(fromBinary(AnySchema, bytes), addresses)
        remember(bytes, value)
      }
      return value
    },
  }
}

const BASE_URL = `/${BaseAccountSchema.typeName}`

/** An Any of a base account, by hand: nearly every transaction writes one. */
const encodeBase = ({ address, pubKey, accountNumber, sequence }: BaseAccount): Bytes => {
  const writer = new ProtoWriter()
  writer.text(1, BASE_URL)
  const value = writer.begin(2)
  writer.text(1, address)
  if (pubKey !== undefined) {
    const key = writer.begin(2)
    writer.text(1, pubKey.typeUrl)
    writer.bytes(2, pubKey.value)
    writer.end(key)
  }
  writer.int64(3, accountNumber)
  writer.int64(4, sequence)
  writer.end(value)
  return writer.finish()
}

/** Undefined if it is another account, or has fields that this does not know. */
const decodeBase = (bytes: Bytes): BaseAccount | undefined => {
  const any = new ProtoReader(bytes)
  if (any.field() !== 1 || any.text() !== BASE_URL || any.field() !== 2) return undefined
  const reader = any.message()
  if (any.field() !== 0) return undefined
  const base = { ...EMPTY_BASE }
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) base.address = reader.text()
    else if (field === 2) base.pubKey = decodeAny(reader.message())
    else if (field === 3) base.accountNumber = BigInt.asUintN(64, reader.int64())
    else if (field === 4) base.sequence = BigInt.asUintN(64, reader.int64())
    else return undefined
  }
  return base
}
const EMPTY_BASE = create(BaseAccountSchema)

const decodeAny = (reader: ProtoReader): Any => {
  const any = { ...EMPTY_ANY }
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) any.typeUrl = reader.text()
    else if (field === 2) any.value = reader.bytes()
    else reader.skip()
  }
  return any
}
const EMPTY_ANY = create(AnySchema)
