// npm run test:peers: the tests that need programs of the Go world. What is missing is built into
// .cache/peers/bin by the Go tool chain, where there is one; what cannot be had is named, and the tests that
// need it say so.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { at, ensureBuilt, ensureInstalled } from './ready.mjs'
import { runJest } from './test.mjs'

const BIN = at('.cache', 'peers', 'bin')
const EXE = process.platform === 'win32' ? '.exe' : ''
/**
 * wasmd replaces some of its dependencies, which `go install` refuses; the module in tools/descriptors
 * repeats them.
 */
const PEERS = {
  cometbft: { args: ['install', 'github.com/cometbft/cometbft/cmd/cometbft@v0.38.19'], cwd: at() },
  wasmd: {
    args: ['build', '-o', join(BIN, `wasmd${EXE}`), 'github.com/CosmWasm/wasmd/cmd/wasmd'],
    cwd: at('tools', 'descriptors'),
  },
}

const find = (name) =>
  [BIN, ...(process.env.PATH ?? '').split(delimiter)]
    .map((folder) => join(folder, name + EXE))
    .find((path) => existsSync(path))

/** @returns why it is not there, or undefined */
const ensurePeer = (name, { args, cwd }) => {
  if (find(name) !== undefined) return undefined
  console.error(`Building ${name}, once (the first time takes some minutes): go ${args.join(' ')}`)
  const env = { ...process.env, GOBIN: BIN }
  const { status, error } = spawnSync('go', args, { cwd, env, stdio: ['ignore', 2, 2] })
  if (error?.code === 'ENOENT') return 'Go is not installed'
  return status === 0 ? undefined : `go ${args[0]} failed`
}

ensureInstalled()
if (!(await ensureBuilt())) process.exit(1)
mkdirSync(BIN, { recursive: true })
const missing = Object.entries(PEERS).flatMap(([name, peer]) => {
  const reason = ensurePeer(name, peer)
  return reason === undefined ? [] : [`${name}: ${reason}`]
})
for (const line of missing) console.error(`Skipped, ${line}; what needs it is not tested.`)
process.env.PATH = [BIN, process.env.PATH ?? ''].join(delimiter)
process.exitCode = runJest(['--config', at('tools', 'jest.peers.mjs'), ...process.argv.slice(2)])
