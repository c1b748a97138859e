// The Go light client follows a Tendril chain whose validator set keeps changing, and checks what it answers.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fromBinary } from '@bufbuild/protobuf'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { defineModule, type Module } from '../../chain/module.ts'
import { IavlSpec, TendermintSpec, verifyMembership } from '../../chain/store/proof.ts'
import { type Devnet, startDevnet } from '../../devnet/devnet.ts'
import { simulateValidators } from '../../devnet/genesis.ts'
import { CommitmentProofSchema } from '../../proto/gen/cosmos/ics23/v1/proofs_pb.ts'

const BLOCKS = 230
const SEED = 'light'

const findCometbft = (): string | undefined =>
  [
    join('.cache', 'peers', 'bin'),
    ...(process.env.PATH ?? '').split(delimiter),
    join(process.env.HOME ?? '', 'go', 'bin'),
  ]
    .map((folder) => join(folder, 'cometbft'))
    .find((path) => existsSync(path))

/** Every third block one of eight validators gains or loses power, joins or leaves. */
const restless = (): Module => {
  const { ordered } = simulateValidators(SEED, 'tendril-1', 8)
  return defineModule({
    name: 'restless',
    endBlock({ block }) {
      if (block.height % 3n !== 0n) return
      const turn = Number(block.height / 3n)
      const index = 1 + (turn % 7) // the first one always stays
      const power = turn % 4 === 3 && index > 3 ? 0n : BigInt(20 + ((turn * 37) % 90))
      const present = turn >= 7 || index < 4
      if (power === 0n && !present) return
      return [{ pubKey: { type: 'ed25519', bytes: ordered[index]!.publicKey }, power }]
    },
  })
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

type Light = { url: string; child: ChildProcess; home: string; exited: Promise<void>; output: () => string }

const startLight = async (binary: string, devnet: Devnet, extra: string[]): Promise<Light> => {
  const port = await freePort()
  const home = mkdtempSync(join(tmpdir(), 'tendril-light-'))
  const { rpc } = devnet.urls!
  const hash = Buffer.from(devnet.node.engine.blocks.block(2)!.blockId.hash).toString('hex').toUpperCase()
  const trust = ['--height', '2', '--hash', hash, '--primary', rpc, '--witnesses', rpc]
  const place = ['--laddr', `tcp://127.0.0.1:${port}`, '--home-dir', home]
  const child = spawn(binary, ['light', devnet.chainId, ...trust, ...place, ...extra], { stdio: 'pipe' })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)))
  child.stderr.on('data', (chunk: Buffer) => (output += String(chunk)))
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  return { url: `http://127.0.0.1:${port}`, child, home, exited, output: () => output }
}

const stopLight = async ({ child, exited, home }: Light) => {
  child.kill('SIGTERM')
  await exited
  rmSync(home, { recursive: true, force: true })
}

/** Asks the light client's proxy, which verifies before it answers; waits until it is up. */
const ask = async <T>(light: Light, path: string): Promise<T> => {
  for (let attempt = 0; ; attempt++) {
    const response = await fetch(`${light.url}/${path}`).catch(() => undefined)
    if (response === undefined) {
      if (attempt > 200) throw new Error(`the light client does not answer: ${light.output()}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
      continue
    }
    const { result, error } = (await response.json()) as { result?: T; error?: { data: string } }
    if (result === undefined) throw new Error(`${path}: ${error?.data} ${light.output()}`)
    return result
  }
}

const cometbft = findCometbft()
const suite = cometbft === undefined ? describe.skip : describe
if (cometbft === undefined)
  process.stderr.write('skipped: no cometbft binary (npm run test:peers installs it with Go)\n')

suite('the Go light client', () => {
  let devnet: Devnet
  beforeAll(async () => {
    devnet = await startDevnet({
      ports: { rpc: 0, rest: 0, grpc: 0 },
      seed: SEED,
      profile: 'base',
      blockTime: 'manual',
      modules: [restless()],
    })
    await devnet.mine(BLOCKS)
  })
  afterAll(() => devnet.stop())

  test('the validator set really changes', () => {
    const sets = new Set(
      Array.from({ length: BLOCKS }, (_, i) =>
        Buffer.from(devnet.node.engine.blocks.block(i + 1)!.block.header!.validatorsHash).toString('hex'),
      ),
    )
    expect(sets.size).toBeGreaterThan(50)
  })

  test.each([
    ['sequential', ['--sequential']],
    ['skipping', []],
  ])(
    'in %s mode verifies commits, validators, blocks, results and transactions with proof',
    async (_, extra) => {
      const light = await startLight(cometbft!, devnet, extra)
      try {
        for (const height of [3, 57, 120, BLOCKS - 1]) {
          const { signed_header } = await ask<{ signed_header: { header: { height: string } } }>(
            light,
            `commit?height=${height}`,
          )
          expect(signed_header.header.height).toBe(String(height))
          const { validators, total } = await ask<{ validators: unknown[]; total: string }>(
            light,
            `validators?height=${height}`,
          )
          expect(validators).toHaveLength(Number(total))
          const { block } = await ask<{ block: { header: { height: string } } }>(
            light,
            `block?height=${height}`,
          )
          expect(block.header.height).toBe(String(height))
          const { height: resultsHeight } = await ask<{ height: string }>(
            light,
            `block_results?height=${height}`,
          )
          expect(resultsHeight).toBe(String(height))
        }
        expect(light.output()).not.toMatch(/conflicting|invalid|panic/i)
      } finally {
        await stopLight(light)
      }
    },
    60_000,
  )

  test('a store proof holds against the header that the light client trusts', async () => {
    const light = await startLight(cometbft!, devnet, [])
    try {
      const height = 150
      const { signed_header } = await ask<{ signed_header: { header: { app_hash: string } } }>(
        light,
        `commit?height=${height + 1}`,
      )
      const holder = devnet.node.app.addresses.bytes(devnet.accounts[0]!.address)
      const key = Uint8Array.from([2, holder.length, ...holder, ...new TextEncoder().encode('utend')])
      const answer = devnet.node.app.query({
        path: '/store/bank/key',
        data: key,
        height: BigInt(height),
        prove: true,
      })
      const appHash = new Uint8Array(Buffer.from(signed_header.header.app_hash, 'hex'))
      const [iavl, simple] = answer.proofOps!.map(({ data }) => fromBinary(CommitmentProofSchema, data))
      const root = simple!.proof.case === 'exist' ? simple!.proof.value.value : new Uint8Array()
      const bank = new TextEncoder().encode('bank')
      expect(verifyMembership(TendermintSpec, appHash, simple!, bank, root)).toBe(true)
      expect(verifyMembership(IavlSpec, root, iavl!, key, answer.value)).toBe(true)
    } finally {
      await stopLight(light)
    }
  }, 60_000)
})
