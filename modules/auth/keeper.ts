// auth's state: accounts by address and by number, the parameters of transactions, and the nonces of
// unordered ones. Reads and writes are those of x/auth's keeper, one for one: transactions pay for them.
import { create } from '@bufbuild/protobuf'
import { type Bytes, equalBytes, utf8 } from '../../chain/bytes.ts'
import {
  addressKey,
  bytesKey,
  type ChainSettings,
  type Ctx,
  indexedMap,
  int64Key,
  messageValue,
  moduleAddress,
  type Permission,
  pairKey,
  plainError,
  store,
  uint64Key,
  uniqueIndex,
  type View,
} from '../../chain/module.ts'
import {
  ModuleAccountSchema,
  type Params,
  ParamsSchema,
} from '../../proto/gen/cosmos/auth/v1beta1/auth_pb.ts'
import { type Account, account, accountValue, asModuleAccount, baseAccount, withBase } from './account.ts'

export const FEE_COLLECTOR = 'fee_collector'
const LEGACY_NUMBER = utf8('globalAccountNumber')
const zeroParams = create(ParamsSchema)

export type Auth = ReturnType<typeof authKeeper>

export type AuthOptions = {
  /** Whether transactions may be unordered (SDK 0.53); a chain that is older in this says no. */
  unorderedTxs?: boolean
}

export const authKeeper = (settings: ChainSettings, { unorderedTxs = true }: AuthOptions = {}) => {
  const { addresses } = settings
  const kv = store('acc')
  const params = kv.item(0, messageValue(ParamsSchema))
  const numbers = kv.sequence(2)
  const accounts = indexedMap(kv, 1, addressKey, accountValue(addresses), {
    number: uniqueIndex(
      kv,
      'accountNumber',
      uint64Key,
      addressKey,
      (_: Bytes, value: Account) => value.base.accountNumber,
    ),
  })
  const nonces = kv.keySet(90, pairKey(int64Key, bytesKey))
  const moduleAddresses = new Map(Object.keys(settings.accounts).map((name) => [name, moduleAddress(name)]))

  const get = (view: View, address: Bytes): Account | undefined => accounts.get(view, address)
  const set = (ctx: Ctx, value: Account): void => accounts.set(ctx, value.address, value)

  /** A chain whose counter is unset also looks where it was kept before SDK 0.50. */
  const nextNumber = (ctx: Ctx): bigint => {
    const number = numbers.stored(ctx) ?? legacyNumber(ctx)
    numbers.set(ctx, number + 1n)
    return number
  }
  const legacyNumber = (view: View): bigint => {
    if (view.store('acc').get(LEGACY_NUMBER) !== undefined)
      throw new Error('account numbers of a chain before SDK 0.50: migrate its genesis first')
    return 0n
  }
  const numbered = (ctx: Ctx, value: Account): Account => withBase(value, { accountNumber: nextNumber(ctx) })

  const permissions = (name: string): readonly Permission[] => {
    const known = settings.accounts[name]
    if (known === undefined) throw new Error(`this chain has no module account ${name}`)
    return known
  }
  const moduleAddressOf = (name: string): Bytes => {
    permissions(name)
    return moduleAddresses.get(name)!
  }
  const newModuleAccount = (ctx: Ctx, name: string): Account => {
    const { base } = baseAccount(moduleAddressOf(name), addresses)
    const message = create(ModuleAccountSchema, {
      baseAccount: base,
      name,
      permissions: [...permissions(name)],
    })
    return numbered(ctx, account(ModuleAccountSchema, message, addresses))
  }

  return {
    addresses,
    authority: settings.authority,
    unorderedTxs,
    accounts,
    paramsItem: params,
    /** The parameters; zeros before the genesis. */
    params: (view: View): Readonly<Params> => params.get(view) ?? zeroParams,
    setParams: (ctx: Ctx, value: Params): void => params.set(ctx, value),

    account: get,
    has: (view: View, address: Bytes): boolean => accounts.has(view, address),
    set,
    remove: (ctx: Ctx, value: Account): void => accounts.remove(ctx, value.address),
    /** The address that has this number. */
    byNumber: (view: View, number: bigint): Bytes | undefined => accounts.indexes.number.match(view, number),
    nextNumber,
    /** A base account with the next number, not saved (NewAccountWithAddress). */
    newAccount: (ctx: Ctx, address: Bytes): Account => numbered(ctx, baseAccount(address, addresses)),
    /** Gives an account the next number, not saved (NewAccount). */
    numbered,

    /** Throws an Error for a name that the chain's settings do not have. */
    moduleAddress: moduleAddressOf,
    moduleAccountNames: (): readonly string[] => [...moduleAddresses.keys()],
    permissions,
    hasPermission: (name: string, permission: Permission): boolean => permissions(name).includes(permission),
    /** The module's account, made and saved if it is not there (GetModuleAccount). */
    moduleAccount(ctx: Ctx, name: string): Account {
      const known = get(ctx, moduleAddressOf(name))
      if (known !== undefined) {
        if (asModuleAccount(known) === undefined) throw new Error('account is not a module account')
        return known
      }
      const made = newModuleAccount(ctx, name)
      set(ctx, made)
      return made
    },

    /** Marks the timeout as used by a sender of an unordered transaction; throws if it is already. */
    useNonce(ctx: Ctx, sender: Bytes, timeoutNs: bigint): void {
      if (nonces.has(ctx, [timeoutNs, sender]))
        throw plainError(`sender ${addresses.text(sender)} has already used timeout ${timeoutNs}`)
      nonces.add(ctx, [timeoutNs, sender])
    },
    /** Forgets the nonces whose time is over. */
    dropExpiredNonces(ctx: Ctx): void {
      const expired = [...nonces.keysOf(ctx, { endPrefix: [ctx.block.timeNs] })]
      for (const nonce of expired) nonces.remove(ctx, nonce)
    },
    isModuleAddress: (address: Bytes): boolean =>
      [...moduleAddresses.values()].some((known) => equalBytes(known, address)),
  }
}
