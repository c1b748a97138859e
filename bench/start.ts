// From the command to the first block answered over RPC, in wall time. The Go chain that it is compared with
// starts in a prepared home; preparing that (init, keys, genesis) is not counted.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { findWasmd, startGoChain } from './go-chain.ts'
import { rpcClient } from './load-client.ts'
import { median } from './node-process.ts'
import { recordedGenesis } from './recorded-load.ts'
import type { Figure } from './run.ts'

const RUNS = 7
const PORT = 36_257

const startOnce = async (): Promise<number> => {
  const began = performance.now()
  const ports = ['--rpc-port', String(PORT), '--rest-port', '0', '--grpc-port', '0']
  const child = spawn(process.execPath, [join('dist', 'tendril.js'), 'start', '--quiet', ...ports], {
    stdio: 'ignore',
  })
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  const client = rpcClient(`http://127.0.0.1:${PORT}`, 1)
  let answered = false
  while (!answered) {
    answered = await client.call('block', { height: '1' }).then(
      () => true,
      () => new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 2)),
    )
  }
  const took = performance.now() - began
  client.close()
  child.kill('SIGTERM')
  await ended
  return took
}

export const run = async (): Promise<Figure[]> => {
  const times: number[] = []
  for (let i = 0; i < RUNS; i++) times.push(await startOnce())
  const value = median(times)
  const figure = { name: 'start to first block over RPC', value, unit: 'ms' }
  const wasmd = findWasmd()
  if (wasmd === undefined) return [figure]
  const peers: number[] = []
  for (let i = 0; i < 3; i++) {
    const chain = await startGoChain(wasmd, recordedGenesis(), { timeoutCommit: '0s' })
    peers.push(chain.startMs)
    await chain.stop()
  }
  const peer = median(peers)
  return [{ ...figure, peer, ratio: peer / value }]
}
