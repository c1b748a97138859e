// The Go chain that figures are compared with: wasmd started from the recorded load's genesis, its one
// validator replaced by a key made here (nobody has the recorded one), settings as in the recorded
// measurements.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { rpcClient } from './load-client.ts'

export type GoChain = {
  url: string
  pid: number
  /** From the command to its first block. */
  startMs: number
  stop(): Promise<void>
}

/**
 * Path of a wasmd binary: of `npm run test:peers`' installation, else of the PATH; undefined if there is
 * none.
 */
export const findWasmd = (): string | undefined => {
  const name = process.platform === 'win32' ? 'wasmd.exe' : 'wasmd'
  const folders = [join('.cache', 'peers', 'bin'), ...(process.env.PATH ?? '').split(delimiter)]
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

const PORTS = { rpc: 36657, p2p: 36656 }

type Genesis = {
  app_state: {
    auth: { accounts: { address: string }[] }
    bank: { balances: { address: string }[] }
    genutil: { gen_txs: unknown[] }
  }
}

const edit = (path: string, changes: [RegExp, string][]) => {
  let text = readFileSync(path, 'utf8')
  for (const [pattern, replacement] of changes) text = text.replace(pattern, replacement)
  writeFileSync(path, text)
}

const prepareHome = (wasmd: string, home: string, genesis: Genesis, timeoutCommit: string) => {
  const run = (...args: string[]) =>
    execFileSync(wasmd, [...args, '--home', home], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const genesisPath = join(home, 'config', 'genesis.json')
  run('init', 'node0', '--chain-id', 'bench-1')
  run('keys', 'add', 'operator', '--keyring-backend', 'test')
  const operator = run('keys', 'show', 'operator', '-a', '--keyring-backend', 'test').trim()
  const { auth, bank, genutil } = genesis.app_state
  auth.accounts[0]!.address = operator
  bank.balances[0]!.address = operator
  genutil.gen_txs = []
  writeFileSync(genesisPath, JSON.stringify(genesis))
  run('genesis', 'gentx', 'operator', '500000000stake', '--chain-id', 'bench-1', '--keyring-backend', 'test')
  run('genesis', 'collect-gentxs')
  edit(join(home, 'config', 'config.toml'), [
    [/laddr = "tcp:\/\/127.0.0.1:26657"/, `laddr = "tcp://127.0.0.1:${PORTS.rpc}"`],
    [/laddr = "tcp:\/\/0.0.0.0:26656"/, `laddr = "tcp://127.0.0.1:${PORTS.p2p}"`],
    [/pprof_laddr = "[^"]*"/, 'pprof_laddr = ""'],
    [/timeout_commit = "[^"]*"/, `timeout_commit = "${timeoutCommit}"`],
    [/\nsize = \d+/, '\nsize = 50000'],
    [/max_request_batch_size = \d+/, 'max_request_batch_size = 0'],
  ])
  edit(join(home, 'config', 'app.toml'), [
    [/minimum-gas-prices = "[^"]*"/, 'minimum-gas-prices = "0stake"'],
    [/enable = true/g, 'enable = false'],
  ])
}

const untilFirstBlock = async (url: string, seconds: number) => {
  const client = rpcClient(url, 1)
  const deadline = performance.now() + seconds * 1000
  try {
    while (performance.now() < deadline) {
      const height = await client
        .call<{ sync_info: { latest_block_height: string } }>('status')
        .then((status) => Number(status.sync_info.latest_block_height))
        .catch(() => 0)
      if (height > 0) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  } finally {
    client.close()
  }
  throw new Error(`the Go chain made no block within ${seconds} s`)
}

/** Starts wasmd from the genesis text; resolves when its first block answers. */
export const startGoChain = async (
  wasmd: string,
  genesisText: string,
  { timeoutCommit }: { timeoutCommit: string },
): Promise<GoChain> => {
  const home = mkdtempSync(join(tmpdir(), 'tendril-go-chain-'))
  prepareHome(wasmd, home, JSON.parse(genesisText), timeoutCommit)
  const began = performance.now()
  const child = spawn(wasmd, ['start', '--home', home, '--log_level', 'error'], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  const url = `http://127.0.0.1:${PORTS.rpc}`
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(home, { recursive: true, force: true })
  }
  try {
    await untilFirstBlock(url, 60)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, pid: child.pid!, startMs: performance.now() - began, stop }
}
