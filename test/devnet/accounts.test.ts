import { DirectSecp256k1HdWallet } from '@cosmjs/proto-signing'
import { describe, expect, test } from '@jest/globals'
import { bech32 } from '@scure/base'
import { DEV_MNEMONIC, deriveAccounts, devAccounts } from '../../devnet/accounts.ts'

describe('development accounts', () => {
  test('the ten addresses kept for the development mnemonic are the ones that it derives to', async () => {
    const kept = await devAccounts(DEV_MNEMONIC, 10)
    const derived = await deriveAccounts(DEV_MNEMONIC, 10)
    expect(kept).toHaveLength(10)
    expect(kept.map(({ address, path }) => ({ address, path }))).toEqual(
      derived.map(({ address, path }) => ({ address, path })),
    )
  })

  test('derivation agrees with CosmJS on the standard path', async () => {
    const words =
      'surround miss nominee dream gap cross assault thank captain prosper drop duty group candy ' +
      'wealth weather scale put'
    const wallet = await DirectSecp256k1HdWallet.fromMnemonic(words, { prefix: 'x' })
    const [theirs] = await wallet.getAccounts()
    const [ours] = await deriveAccounts(words, 1)
    expect(bech32.encodeFromBytes('x', ours!.address)).toBe(theirs!.address)
    expect(ours!.publicKey).toEqual(new Uint8Array(theirs!.pubkey))
  })

  test('a mnemonic with a wrong checksum is refused', async () => {
    const wrong = 'test test test test test test test test test test test test'
    await expect(deriveAccounts(wrong, 1)).rejects.toThrow('not valid BIP-39')
  })
})
