// A wasmd node of the differential run: a home with a genesis and the validator's key, the process, its RPC
// and its export.
import { execFileSync, spawn } from 'node:child_process'
import { openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rpcClient } from '../../../bench/load-client.ts'
import { toBase64 } from '../../../chain/base64.ts'
import { sha256 } from '../../../chain/hash.ts'
import type { Person } from './people.ts'

const PORTS = { rpc: 37657, p2p: 37656 }
export const MIN_GAS_PRICES = '0.001stake'

const edit = (path: string, changes: [RegExp, string][]) => {
  let text = readFileSync(path, 'utf8')
  for (const [pattern, replacement] of changes) {
    if (!pattern.test(text)) throw new Error(`${path} has nothing like ${pattern}`)
    text = text.replace(pattern, replacement)
  }
  writeFileSync(path, text)
}

const keyFile = (seed: Uint8Array, publicKey: Uint8Array) => ({
  address: Buffer.from(sha256(publicKey).subarray(0, 20)).toString('hex').toUpperCase(),
  pub_key: { type: 'tendermint/PubKeyEd25519', value: toBase64(publicKey) },
  priv_key: {
    type: 'tendermint/PrivKeyEd25519',
    value: toBase64(new Uint8Array([...seed, ...publicKey])),
  },
})

/** A new home whose node signs with the operator's consensus key, of which `seed` is the secret. */
export const prepareHome = (
  wasmd: string,
  home: string,
  genesis: string,
  operator: Person,
  seed: Uint8Array,
): void => {
  const config = (name: string) => join(home, 'config', name)
  const { chain_id: chainId } = JSON.parse(genesis) as { chain_id: string }
  execFileSync(wasmd, ['init', 'operator', '--chain-id', chainId, '--home', home], { stdio: 'ignore' })
  writeFileSync(config('genesis.json'), genesis)
  writeFileSync(
    config('priv_validator_key.json'),
    JSON.stringify(keyFile(seed, operator.consensus.publicKey)),
  )
  edit(config('config.toml'), [
    [/laddr = "tcp:\/\/127.0.0.1:26657"/, `laddr = "tcp://127.0.0.1:${PORTS.rpc}"`],
    [/laddr = "tcp:\/\/0.0.0.0:26656"/, `laddr = "tcp://127.0.0.1:${PORTS.p2p}"`],
    [/pprof_laddr = "[^"]*"/, 'pprof_laddr = ""'],
    [/timeout_propose = "[^"]*"/, 'timeout_propose = "300ms"'],
    [/timeout_commit = "[^"]*"/, 'timeout_commit = "120ms"'],
  ])
  edit(config('app.toml'), [
    [/minimum-gas-prices = "[^"]*"/, `minimum-gas-prices = "${MIN_GAS_PRICES}"`],
    [/pruning = "[^"]*"/, 'pruning = "nothing"'],
    [/enable = true/g, 'enable = false'],
  ])
}

export type GoNode = {
  home: string
  call<T>(method: string, params?: object): Promise<T>
  height(): Promise<number>
  /** Resolves when block `height` is committed. Throws if that takes longer than `seconds`. */
  until(height: number, seconds: number): Promise<void>
  stop(): Promise<void>
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Starts the node of a home. Its log is `node.log` there. */
export const startNode = (wasmd: string, home: string): GoNode => {
  const log = openSync(join(home, 'node.log'), 'a')
  const child = spawn(wasmd, ['start', '--home', home, '--log_level', 'error'], {
    stdio: ['ignore', log, log],
  })
  let running = true
  const ended = new Promise<void>((resolve) =>
    child.on('exit', () => {
      running = false
      resolve()
    }),
  )
  const client = rpcClient(`http://127.0.0.1:${PORTS.rpc}`, 4)
  const height = async () => {
    const status = await client.call<{ sync_info: { latest_block_height: string } }>('status')
    return Number(status.sync_info.latest_block_height)
  }
  /** The first words of a panic or an error; the rest are stacks. */
  const logEnd = () => {
    const text = readFileSync(join(home, 'node.log'), 'utf8')
    return text.slice(Math.max(0, text.search(/panic|ERR|rror/))).slice(0, 1200)
  }
  return {
    ...{ home, height, call: client.call },
    async until(target, seconds) {
      const deadline = performance.now() + seconds * 1000
      while (performance.now() < deadline) {
        if (!running) throw new Error(`wasmd ended:\n${logEnd()}`)
        if ((await height().catch(() => 0)) >= target) return
        await pause(30)
      }
      throw new Error(`wasmd did not reach height ${target} within ${seconds} s:\n${logEnd()}`)
    },
    async stop() {
      if (!running) return
      client.close()
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** The genesis that the stopped node exports after block `height`. */
export const exportHome = (wasmd: string, home: string, height: number): string => {
  const path = join(home, 'export.json')
  const args = ['export', '--home', home, '--height', `${height}`, '--output-document', path]
  execFileSync(wasmd, args, { stdio: 'ignore' })
  return readFileSync(path, 'utf8')
}
