// The recorded 20,000 sends, broadcast over RPC from this process to a chain in another: batches of 100 on 4
// connections. In memory, with every block, index entry and event that a client could ask for.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findWasmd, startGoChain } from './go-chain.ts'
import { sendLoad } from './load-client.ts'
import { residentMb, startNode } from './node-process.ts'
import { recordedGenesis, recordedTxs } from './recorded-load.ts'
import type { Figure } from './run.ts'

const measure = async (folder: string, txs: readonly string[], extra: readonly string[]) => {
  const genesis = join(folder, 'genesis.json')
  writeFileSync(genesis, recordedGenesis())
  const node = await startNode(['--genesis', genesis, '--skip-unknown-modules', ...extra])
  try {
    const { committed, seconds, refused } = await sendLoad(node.rpc, txs)
    if (refused.length > 0) throw new Error(`${refused.length} sends were refused: ${refused[0]}`)
    return { rate: committed / seconds, memory: residentMb(node.pid) }
  } finally {
    await node.stop()
  }
}

const goRate = async (txs: readonly string[]): Promise<number | undefined> => {
  const wasmd = findWasmd()
  if (wasmd === undefined) return undefined
  const chain = await startGoChain(wasmd, recordedGenesis(), { timeoutCommit: '1s' })
  try {
    const { committed, seconds } = await sendLoad(chain.url, txs)
    return committed / seconds
  } finally {
    await chain.stop()
  }
}

export const run = async (): Promise<Figure[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'tendril-sends-'))
  try {
    const txs = recordedTxs()
    const memory = await measure(folder, txs, [])
    const disk = await measure(folder, txs, ['--home', join(folder, 'home')])
    const peer = await goRate(txs)
    const against = (value: number) => (peer === undefined ? {} : { peer, ratio: value / peer })
    return [
      { name: 'sends over RPC, in memory', value: memory.rate, unit: 'tx/s', ...against(memory.rate) },
      { name: 'sends over RPC, on disk', value: disk.rate, unit: 'tx/s', ...against(disk.rate) },
      ...(memory.memory === undefined
        ? []
        : [{ name: 'memory after the sends', value: memory.memory, unit: 'MB' }]),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
