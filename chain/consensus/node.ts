// The engine's implementation.
import type { Application } from '../abci/application.ts'
import type { Bytes } from '../bytes.ts'
import type { Disk } from '../store/kv.ts'
import type { Engine, Signer } from './engine.ts'
import type { GenesisDoc } from './genesis.ts'
import type { MempoolOptions } from './mempool.ts'

export type EngineParts = {
  genesis: GenesisDoc
  app: Application
  disk: Disk
  /** Who signs for a validator; undefined for one whose key nobody here has: it never votes. */
  signers: (address: Bytes) => Signer | undefined
  mempool?: Partial<MempoolOptions>
  /** ed25519 verification (ZIP-215); needed only to check evidence that comes from outside. */
  verify?: (publicKey: Bytes, message: Bytes, signature: Bytes) => boolean
}

/** Starts a chain on an empty disk, or continues the one on it. */
export declare const createEngine: (parts: EngineParts) => Engine
/** The genesis of the chain that this disk holds; undefined if it holds none. */
export declare const readGenesis: (disk: Disk) => GenesisDoc | undefined
