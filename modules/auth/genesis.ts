// auth's part of the genesis: parameters and accounts (x/auth/types/genesis.go, keeper/genesis.go).
import { fromBinary, type MessageShape } from '@bufbuild/protobuf'
import { type Bytes, equalBytes, utf8 } from '../../chain/bytes.ts'
import { sha256 } from '../../chain/hash.ts'
import { type AddressCodec, type Ctx, moduleAddress } from '../../chain/module.ts'
import { ModuleCredentialSchema, type Params } from '../../proto/gen/cosmos/auth/v1beta1/auth_pb.ts'
import type { GenesisStateSchema } from '../../proto/gen/cosmos/auth/v1beta1/genesis_pb.ts'
import { type Account, asModuleAccount, keyOf, unpackAccount, withBase } from './account.ts'
import { type Auth, FEE_COLLECTOR } from './keeper.ts'

type Genesis = MessageShape<typeof GenesisStateSchema>

export const defaultParams = {
  maxMemoCharacters: 256n,
  txSigLimit: 7n,
  txSizeCostPerByte: 10n,
  sigVerifyCostEd25519: 590n,
  sigVerifyCostSecp256k1: 1000n,
}

/** What is wrong with parameters, in the SDK's words (its misspelling too); undefined if nothing is. */
export const paramsProblem = (params: Params): string | undefined => {
  if (params.txSigLimit === 0n) return 'invalid tx signature limit: 0'
  if (params.sigVerifyCostEd25519 === 0n) return 'invalid ED25519 signature verification cost: 0'
  if (params.sigVerifyCostSecp256k1 === 0n) return 'invalid SECK256k1 signature verification cost: 0'
  if (params.maxMemoCharacters === 0n) return 'invalid max memo characters: 0'
  if (params.txSizeCostPerByte === 0n) return 'invalid tx size cost per byte: 0'
  return undefined
}

/** Throws an Error that names the account that cannot be. */
export const validateGenesis = ({ params, accounts }: Genesis, addresses: AddressCodec): void => {
  const problem = params === undefined ? 'params are missing' : paramsProblem(params)
  if (problem !== undefined) throw new Error(problem)
  const seen = new Set<string>()
  for (const packed of accounts) {
    const account = unpackAccount(packed, addresses)
    const { address } = account.base
    if (seen.has(address)) throw new Error(`duplicate account found in genesis state; address: ${address}`)
    seen.add(address)
    const wrong = accountProblem(account)
    if (wrong !== undefined)
      throw new Error(`invalid account found in genesis state; address: ${address}, error: ${wrong}`)
  }
}

const accountProblem = (account: Account): string | undefined => {
  const module = asModuleAccount(account)
  if (module !== undefined) {
    if (module.name.trim() === '') return 'module account name cannot be blank'
    if (!equalBytes(sha256(utf8(module.name)).subarray(0, 20), account.address))
      return `address ${account.base.address} cannot be derived from the module name '${module.name}'`
  }
  const owner = keyAddress(account)
  if (owner !== undefined && !equalBytes(owner, account.address))
    return 'account address and pubkey address do not match'
  return undefined
}

/**
 * Of its key, which a module's own account has as a credential (ModuleCredential.Address); undefined without
 * one.
 */
const keyAddress = (account: Account): Bytes | undefined => {
  const { pubKey } = account.base
  if (pubKey?.typeUrl !== `/${ModuleCredentialSchema.typeName}`) return keyOf(account)?.address()
  const { moduleName, derivationKeys } = fromBinary(ModuleCredentialSchema, pubKey.value)
  return moduleAddress(moduleName, ...derivationKeys)
}

/**
 * Sorted by number; a number that is there twice gives way to the lowest free one (SanitizeGenesisAccounts).
 */
export const sanitized = (accounts: readonly Account[]): Account[] => {
  const seen = new Set<bigint>()
  const twice: Account[] = []
  const sane: Account[] = []
  for (const account of accounts) {
    const number = account.base.accountNumber
    if (seen.has(number)) twice.push(account)
    else sane.push(account)
    seen.add(number)
  }
  twice.sort(byNumber)
  let free = 0n
  for (const account of twice) {
    while (seen.has(free)) free++
    seen.add(free)
    sane.push(withBase(account, { accountNumber: free }))
  }
  return sane.sort(byNumber)
}
const byNumber = (a: Account, b: Account): number => Number(a.base.accountNumber - b.base.accountNumber)

export const initGenesis = (auth: Auth, ctx: Ctx, { params, accounts }: Genesis): void => {
  auth.setParams(ctx, params!)
  let last = -1n
  for (const account of sanitized(accounts.map((packed) => unpackAccount(packed, auth.addresses)))) {
    while (last < account.base.accountNumber) last = auth.nextNumber(ctx)
    auth.set(ctx, account)
  }
  auth.moduleAccount(ctx, FEE_COLLECTOR)
}
