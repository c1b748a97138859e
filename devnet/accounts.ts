// The accounts that a development chain funds: keys of a mnemonic, on the path that Cosmos wallets use.
import { pbkdf2Sync } from 'node:crypto'
import type { Bytes } from '../chain/bytes.ts'
import { fromHex } from '../chain/bytes.ts'
import { ripemd160, sha256 } from '../chain/hash.ts'

/**
 * Known to everyone who ever ran a local chain of any kind: coins on these keys belong to whoever is quicker.
 */
export const DEV_MNEMONIC = 'test test test test test test test test test test test junk'

/** SLIP-44 coin type of Cosmos chains. */
export const hdPath = (index: number): string => `m/44'/118'/0'/0/${index}`

/**
 * What `deriveAccounts(DEV_MNEMONIC, 10)` gives, kept so that a start does not wait for ten derivations; a
 * test compares the two.
 */
const DEV_ADDRESSES = [
  'a12daaf3c2c1505b288353b62cb3b4021c60c344',
  'c8cc98c3a502a5562219e7a40af5543e2dbb7b04',
  'bafbbe8f26e9ae86c02f373500872437bac5b003',
  '2aecc431d75c6670e00468f00ae0ceb8ce30a919',
  'd5704d49f4946dd07c4040a65dc845a3012b9b77',
  '3e7eadb51093982c8b94c4a04e10cfe0f9510f6a',
  '7020d6873fe227bf42157878e53dbdc753701d16',
  'e0d87f3e38302642ef006f0f99debb6dccf3528d',
  'fdf58377b4bfdee67a329616addbc650b43079b9',
  '49eb85445797dad8251a9d485ab15a7b28469ecb',
].map(fromHex)

export type DevAccount = { index: number; path: string; address: Bytes }
export type DevKey = DevAccount & { privateKey: Bytes; publicKey: Bytes }

/**
 * Derives keys 0 … count-1 of a BIP-39 mnemonic (without passphrase). Throws an Error if the mnemonic's
 * checksum or a word is wrong.
 */
export const deriveAccounts = async (mnemonic: string, count: number): Promise<DevKey[]> => {
  const [{ HDKey }, { validateMnemonic }, { wordlist }] = await Promise.all([
    import('@scure/bip32'),
    import('@scure/bip39'),
    import('@scure/bip39/wordlists/english.js'),
  ])
  if (!validateMnemonic(mnemonic, wordlist))
    throw new Error('the mnemonic is not valid BIP-39: check its words, their order and their number')
  const seed = pbkdf2Sync(mnemonic.normalize('NFKD'), 'mnemonic', 2048, 64, 'sha512')
  const parent = HDKey.fromMasterSeed(seed).derive("m/44'/118'/0'/0")
  return Array.from({ length: count }, (_, index) => {
    const { privateKey, publicKey } = parent.deriveChild(index)
    if (privateKey === null || publicKey === null) throw new Error(`no key at ${hdPath(index)}`)
    const bytes = new Uint8Array(publicKey)
    return {
      index,
      path: hdPath(index),
      address: ripemd160(sha256(bytes)),
      privateKey: new Uint8Array(privateKey),
      publicKey: bytes,
    }
  })
}

/** The first `count` accounts of a mnemonic; those of the development mnemonic are at hand. */
export const devAccounts = async (mnemonic: string, count: number): Promise<DevAccount[]> => {
  if (mnemonic !== DEV_MNEMONIC || count > DEV_ADDRESSES.length) return deriveAccounts(mnemonic, count)
  return DEV_ADDRESSES.slice(0, count).map((address, index) => ({ index, path: hdPath(index), address }))
}
