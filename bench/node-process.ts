// The built command as a user starts it, in a process of its own.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export type NodeProcess = { rpc: string; pid: number; stop(): Promise<void> }

/** Runs `tendril start` with free ports and `args`; resolves when the first block can be queried. */
export const startNode = async (args: readonly string[] = []): Promise<NodeProcess> => {
  const ports = ['--rpc-port', '0', '--rest-port', '0', '--grpc-port', '0']
  const command = [join('dist', 'tendril.js'), 'start', '--json', '--quiet', ...ports, ...args]
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 2] })
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  for await (const line of createInterface({ input: child.stdout! })) {
    const { rpc } = JSON.parse(line) as { rpc: string }
    const stop = async () => {
      child.kill('SIGTERM')
      await ended
    }
    return { rpc, pid: child.pid!, stop }
  }
  throw new Error('tendril start ended before its first block')
}

/** Resident memory of a process in MB; undefined where the system does not tell (it does on Linux). */
export const residentMb = (pid: number): number | undefined => {
  if (process.platform !== 'linux') return undefined
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return match ? Number(match[1]) / 1024 : undefined
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
