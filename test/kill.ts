// A chain that is killed at any moment goes on from its last committed block, and nothing acknowledged is
// lost.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { stringToPath } from '@cosmjs/crypto'
import { DirectSecp256k1HdWallet } from '@cosmjs/proto-signing'
import { calculateFee, GasPrice, SigningStargateClient } from '@cosmjs/stargate'
import { expect } from '@jest/globals'
import { TxRaw } from 'cosmjs-types/cosmos/tx/v1beta1/tx'
import { DEV_MNEMONIC } from '../devnet/accounts.ts'
import { randomFrom } from './random.ts'

const BINARY = join(process.cwd(), 'dist', 'tendril.js')
const ACCOUNTS = 5

type Running = { child: ChildProcess; rpc: string; height: number; exited: Promise<void> }
type Json = Record<string, never>

const start = async (home: string): Promise<Running> => {
  const ports = ['--rpc-port', '0', '--rest-port', '0', '--grpc-port', '0']
  const child = spawn(process.execPath, [BINARY, 'start', '--home', home, '--quiet', '--json', ...ports], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  let complaint = ''
  child.stderr!.on('data', (chunk: Buffer) => (complaint += String(chunk)))
  for await (const line of createInterface({ input: child.stdout! })) {
    const report = JSON.parse(line) as { rpc: string; height: string }
    return { child, rpc: report.rpc, height: Number(report.height), exited }
  }
  throw new Error(`tendril did not start: ${complaint}`)
}

const call = async (rpc: string, method: string, params: object = {}): Promise<Json> => {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(rpc, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  const { result, error } = (await response.json()) as { result?: Json; error?: object }
  if (result === undefined) throw new Error(`${method}: ${JSON.stringify(error)}`)
  return result
}

const hdPaths = Array.from({ length: ACCOUNTS }, (_, i) => stringToPath(`m/44'/118'/0'/0/${i}`))

/** Signed transfers of every account, sequences ascending. */
const signMany = async (rpc: string, count: number) => {
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(DEV_MNEMONIC, { prefix: 'tendril', hdPaths })
  const accounts = await wallet.getAccounts()
  const client = await SigningStargateClient.connectWithSigner(rpc, wallet)
  const chainId = await client.getChainId()
  const fee = calculateFee(120_000, GasPrice.fromString('0utend'))
  const txs: string[] = []
  const states = await Promise.all(accounts.map(({ address }) => client.getSequence(address)))
  for (let n = 0; n < count; n++)
    for (const [i, { accountNumber, sequence }] of states.entries()) {
      const from = accounts[i]!.address
      const message = {
        typeUrl: '/cosmos.bank.v1beta1.MsgSend',
        value: {
          fromAddress: from,
          toAddress: accounts[(i + 1) % ACCOUNTS]!.address,
          amount: [{ denom: 'utend', amount: '1' }],
        },
      }
      const tx = await client.sign(from, [message], fee, '', {
        accountNumber,
        sequence: sequence + n,
        chainId,
      })
      txs.push(Buffer.from(TxRaw.encode(tx).finish()).toString('base64'))
    }
  client.disconnect()
  return txs
}

const heightAndHash = async (rpc: string) => {
  const { response } = (await call(rpc, 'abci_info')) as unknown as {
    response: { last_block_height: string; last_block_app_hash: string }
  }
  return { height: Number(response.last_block_height), appHash: response.last_block_app_hash }
}

/** The app hash after `height`: the latest one, or as the next block's header has it. */
const appHashAfter = async (rpc: string, height: number): Promise<string> => {
  const latest = await heightAndHash(rpc)
  if (latest.height === height) return latest.appHash
  const { header } = (await call(rpc, 'header', { height: String(height + 1) })) as unknown as {
    header: { app_hash: string }
  }
  return Buffer.from(header.app_hash, 'hex').toString('base64')
}

const expectFound = async (rpc: string, txs: Iterable<readonly [hash: string, height: number]>) => {
  for (const [hex, height] of txs) {
    const hash = Buffer.from(hex, 'hex').toString('base64')
    const tx = (await call(rpc, 'tx', { hash })) as unknown as { height: string }
    expect(Number(tx.height)).toBe(height)
  }
}

/** The committed transactions and the app hash that somebody was shown. */
type Seen = { txs: Map<string, number>; appHash: string; height: number }

const load = async (running: Running, txs: readonly string[], seen: Seen) => {
  for (const tx of txs) {
    const sent = (await call(running.rpc, 'broadcast_tx_commit', { tx })) as unknown as {
      hash: string
      height: string
      tx_result: { code: number }
    }
    if (sent.tx_result.code === 0) seen.txs.set(sent.hash, Number(sent.height))
    Object.assign(seen, await heightAndHash(running.rpc))
  }
}

/**
 * Kills a chain `kills` times at random moments under load, and checks each time that nothing acknowledged is
 * gone.
 */
export const killAndRestart = async (kills: number): Promise<void> => {
  expect(existsSync(BINARY)).toBe(true) // `npm test` builds it
  const home = mkdtempSync(join(tmpdir(), 'tendril-kill-'))
  try {
    await killing(home, kills)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const killing = async (home: string, kills: number) => {
  const random = randomFrom('kill -9')
  const seen: Seen = { txs: new Map(), appHash: '', height: 0 }
  for (let kill = 0; kill < kills; kill++) {
    const running = await start(home)
    expect(running.height).toBeGreaterThanOrEqual(seen.height)
    if (seen.height > 0) expect(await appHashAfter(running.rpc, seen.height)).toBe(seen.appHash)
    await expectFound(running.rpc, [...seen.txs].slice(-20))
    const txs = await signMany(running.rpc, 6)
    const enough = seen.txs.size + 1 + random.below(4)
    const loading = load(running, txs, seen).catch(() => undefined) // the kill breaks the connection
    while (seen.txs.size < enough) await pause(1)
    await pause(random.below(40))
    running.child.kill('SIGKILL')
    await Promise.all([running.exited, loading])
  }
  expect(seen.txs.size).toBeGreaterThanOrEqual(kills)
  const last = await start(home)
  await expectFound(last.rpc, seen.txs)
  last.child.kill('SIGTERM')
  await last.exited
}
