// Resident memory of an idle chain, and what 10,000 empty blocks add to it.
import { rpcClient } from './load-client.ts'
import { residentMb, startNode } from './node-process.ts'
import type { Figure } from './run.ts'

const BLOCKS = 10_000
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export const run = async (): Promise<Figure[]> => {
  const node = await startNode(['--block-time', '1ms'])
  const client = rpcClient(node.rpc, 1)
  const height = async () => {
    const status = await client.call<{ sync_info: { latest_block_height: string } }>('status')
    return Number(status.sync_info.latest_block_height)
  }
  try {
    const idle = await startNode()
    await pause(3000)
    const idleMb = residentMb(idle.pid)
    await idle.stop()
    const reach = async (target: number) => {
      while ((await height()) < target) await pause(50)
    }
    await reach(1000)
    const early = residentMb(node.pid)
    await reach(1000 + BLOCKS)
    const late = residentMb(node.pid)
    if (idleMb === undefined || early === undefined || late === undefined) return []
    return [
      { name: 'idle memory', value: idleMb, unit: 'MB' },
      { name: 'memory at block 1,000', value: early, unit: 'MB' },
      { name: `memory ${BLOCKS} empty blocks later`, value: late, unit: 'MB' },
    ]
  } finally {
    client.close()
    await node.stop()
  }
}
