// A chain of the test application with simulated validators, for tests of the engine.
import { type Bytes, toHex, utf8 } from '../../../chain/bytes.ts'
import type { Engine, ProducedBlock, ProduceOptions, Signer } from '../../../chain/consensus/engine.ts'
import { type GenesisDoc, parseGenesis } from '../../../chain/consensus/genesis.ts'
import { createEngine, type EngineParts } from '../../../chain/consensus/node.ts'
import { keyAddress } from '../../../chain/consensus/validator.ts'
import { simulatedSeed } from '../../../chain/consensus/validator-keys.ts'
import type { Disk } from '../../../chain/store/kv.ts'
import { memoryDisk } from '../../../chain/store/memory.ts'
import { ed25519Signer } from '../../../devnet/keys.ts'
import { type KvStore, kvStore } from './kvstore.ts'
import { verifyEd25519 } from './recorded.ts'

export const SECOND = 1_000_000_000n

/** Twenty validators whose keys everybody here has; the first four are in the genesis. */
export const signers: Signer[] = Array.from({ length: 20 }, (_, i) =>
  ed25519Signer(simulatedSeed('test', 'chain-1', i)),
)
export const addressOf = (signer: Signer): Bytes => keyAddress({ type: 'ed25519', bytes: signer.publicKey })
const byAddress = new Map(signers.map((signer) => [toHex(addressOf(signer)), signer]))

export const genesisOf = (change: Partial<GenesisDoc> = {}, powers = [40, 30, 20, 10]): GenesisDoc => ({
  ...parseGenesis(
    JSON.stringify({ genesis_time: '2025-01-01T00:00:00Z', chain_id: 'chain-1', app_state: { kv: {} } }),
  ),
  validators: powers.map((power, i) => ({
    address: addressOf(signers[i]!),
    pubKey: { type: 'ed25519', bytes: signers[i]!.publicKey },
    power: BigInt(power),
    name: `v${i}`,
  })),
  ...change,
})

export type DevChain = {
  engine: Engine
  app: KvStore
  disk: Disk
  genesis: GenesisDoc
  /** Sends the txs and makes a block five seconds after the last one. */
  block(txs?: string[], options?: Partial<ProduceOptions>): ProducedBlock
}

/** Opens the chain on this disk. */
export const openChain = (
  disk: Disk = memoryDisk(),
  genesis: GenesisDoc = genesisOf(),
  parts: Partial<EngineParts> = {},
): DevChain => {
  const app = kvStore(disk)
  const engine = createEngine({
    ...{ genesis, app, disk, verify: verifyEd25519 },
    signers: (address) => byAddress.get(toHex(address)),
    ...parts,
  })
  const block = (txs: string[] = [], options: Partial<ProduceOptions> = {}) => {
    for (const tx of txs) engine.mempool.add(utf8(tx))
    const age = BigInt(Math.max(0, engine.blocks.height - genesis.initialHeight + 1))
    return engine.produce({ timeNs: genesis.timeNs + age * 5n * SECOND, ...options })
  }
  return { engine, app, disk, genesis, block }
}

/** A tx that gives the validator number `i` this power. */
export const powerTx = (i: number, power: number): string => `val ${toHex(signers[i]!.publicKey)} ${power}`
