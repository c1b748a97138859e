// The same seed and the same transactions give the same chain: in one process, in two, and over any number of
// restarts.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringToPath } from '@cosmjs/crypto'
import { DirectSecp256k1HdWallet } from '@cosmjs/proto-signing'
import { calculateFee, GasPrice, SigningStargateClient } from '@cosmjs/stargate'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { TxRaw } from 'cosmjs-types/cosmos/tx/v1beta1/tx'
import { DEV_MNEMONIC } from '../../devnet/accounts.ts'
import { type Devnet, startDevnet } from '../../devnet/devnet.ts'
import type { DevnetOptions } from '../../devnet/options.ts'

const BLOCKS = 12
const OPTIONS: DevnetOptions = { clock: {}, blockTime: 'manual', seed: 'twice' }
const hdPaths = [0, 1, 2].map((i) => stringToPath(`m/44'/118'/0'/0/${i}`))
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** For each block its transactions; some fail in their message, some in the ante handler. */
const writeScript = async (): Promise<Uint8Array[][]> => {
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(DEV_MNEMONIC, { prefix: 'tendril', hdPaths })
  const accounts = await wallet.getAccounts()
  const client = await SigningStargateClient.offline(wallet)
  const fee = calculateFee(120_000, GasPrice.fromString('0.001utend'))
  const script: Uint8Array[][] = []
  for (let block = 0; block < BLOCKS; block++) {
    const txs = accounts.slice(0, block % 4).map(async ({ address }, account) => {
      const to = accounts[(account + block) % 3]!.address
      const amount = [
        { denom: 'utend', amount: block % 5 === 4 ? '9'.repeat(25) : String(block * 10 + account) },
      ]
      const message = {
        typeUrl: '/cosmos.bank.v1beta1.MsgSend',
        value: { fromAddress: address, toAddress: to, amount },
      }
      const sequence = script.filter((_, earlier) => account < earlier % 4).length
      const data = { accountNumber: BigInt(account), sequence, chainId: 'tendril-1' }
      return TxRaw.encode(await client.sign(address, [message], fee, `block ${block}`, data)).finish()
    })
    script.push(await Promise.all(txs))
  }
  return script
}

const playBlock = async (devnet: Devnet, txs: readonly Uint8Array[]) => {
  for (const tx of txs) expect((await devnet.node.submit(tx)).code).toBe(0)
  await devnet.mine()
}

/** Block hashes and app hashes of the whole chain. */
const historyOf = ({ node }: Devnet): string[] => {
  const { blocks } = node.engine
  return Array.from({ length: blocks.height }, (_, i) => {
    const { blockId, block } = blocks.block(i + 1)!
    return `${hex(blockId.hash)} ${hex(block.header!.appHash)} ${hex(blocks.results(i + 1)!.appHash)}`
  })
}

let script: Uint8Array[][]
let reference: string[]
beforeAll(async () => {
  script = await writeScript()
  const devnet = await startDevnet(OPTIONS)
  for (const txs of script) await playBlock(devnet, txs)
  reference = historyOf(devnet)
  await devnet.stop()
})

describe('the same seed and script', () => {
  test('give the same blocks a second time', async () => {
    const devnet = await startDevnet(OPTIONS)
    for (const txs of script) await playBlock(devnet, txs)
    expect(historyOf(devnet)).toEqual(reference)
    expect(new Set(reference).size).toBe(BLOCKS + 1)
    await devnet.stop()
  })

  test('give the same blocks on disk, with a restart after every block', async () => {
    const home = mkdtempSync(join(tmpdir(), 'tendril-twice-'))
    for (const txs of script) {
      const devnet = await startDevnet({ ...OPTIONS, home })
      await playBlock(devnet, txs)
      await devnet.stop()
    }
    const devnet = await startDevnet({ blockTime: 'manual', clock: {}, home })
    expect(historyOf(devnet)).toEqual(reference)
    await devnet.stop()
    rmSync(home, { recursive: true })
  })

  test('another seed gives other validators and other blocks', async () => {
    const devnet = await startDevnet({ ...OPTIONS, seed: 'another' })
    await playBlock(devnet, script[0]!)
    expect(historyOf(devnet)[0]).not.toBe(reference[0])
    await devnet.stop()
  })
})
