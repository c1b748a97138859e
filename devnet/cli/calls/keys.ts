// The local keys of a command line: accounts of a mnemonic by index, on the path that Cosmos wallets use,
// with the chain's own bech32 prefix.
import { equalBytes } from '../../../chain/bytes.ts'
import { type AddressCodec, addressCodec, TxError } from '../../../chain/module.ts'
import { Query as AuthQuery } from '../../../proto/gen/cosmos/auth/v1beta1/query_pb.ts'
import { DEV_MNEMONIC, type DevAccount, type DevKey, deriveAccounts, devAccounts } from '../../accounts.ts'
import { OptionError } from '../../options.ts'
import { type AddressBook, isIndex } from './request.ts'
import type { Rpc } from './rpc.ts'

/** How far an address is looked for among the accounts of the mnemonic. */
const SEARCHED = 20

export type KeyRing = AddressBook & {
  readonly codec: AddressCodec
  /** The account that an index or an address names. Throws OptionError if its key is not here. */
  account(indexOrAddress: string): Promise<DevAccount>
  /** Derives what `address` may be asked for. */
  ready(indices: readonly number[]): Promise<void>
  key(account: DevAccount): Promise<DevKey>
}

/** The chain's prefix, as it says itself. */
export const prefixOf = async (rpc: Rpc): Promise<string> => {
  const { bech32Prefix } = await rpc.query(AuthQuery.method.bech32Prefix, {})
  return bech32Prefix
}

const KINDS = {
  account: (codec: AddressCodec) => codec,
  validator: (codec: AddressCodec) => codec.validator,
  consensus: (codec: AddressCodec) => codec.consensus,
}

export const openKeyRing = (prefix: string, mnemonic: string = DEV_MNEMONIC): KeyRing => {
  const codec = addressCodec(prefix)
  const accounts: DevAccount[] = []
  const upTo = async (index: number) => {
    if (index >= accounts.length) accounts.splice(0, accounts.length, ...(await derive(mnemonic, index + 1)))
    return accounts[index]!
  }
  return {
    codec,
    async account(given) {
      if (isIndex(given)) return upTo(Number(given))
      const address = addressOf(codec, given)
      await upTo(SEARCHED - 1)
      const found = accounts.find((account) => equalBytes(account.address, address))
      if (found !== undefined) return found
      throw new OptionError(
        `${given} is none of the first ${SEARCHED} accounts of the mnemonic: ` +
          'give --from the index of its account, or --mnemonic the words that it comes from',
      )
    },
    async ready(indices) {
      if (indices.length > 0) await upTo(Math.max(...indices))
    },
    address(kind, index) {
      const account = accounts[index]
      if (account === undefined) throw new Error(`bug: account ${index} was not derived`)
      return KINDS[kind](codec).text(account.address)
    },
    async key({ index }) {
      return (await deriveAccounts(mnemonic, index + 1))[index]!
    },
  }
}

const derive = async (mnemonic: string, count: number): Promise<DevAccount[]> => {
  try {
    return await devAccounts(mnemonic, count)
  } catch (error) {
    throw new OptionError(`--mnemonic: ${(error as Error).message}`)
  }
}

/** Bytes of an account address. Throws OptionError. */
export const addressOf = (codec: AddressCodec, text: string): Uint8Array => {
  try {
    return codec.bytes(text)
  } catch (error) {
    if (!(error instanceof TxError)) throw error
    throw new OptionError(`"${text}" is neither an address of this chain (${error.message}) nor an index`)
  }
}
