// Where a chain is kept. Reads are synchronous; writes are seen at once and made durable together by `flush`, so that a
// block's state, its block, its results and its index entries are on disk all or not at all, whatever kills the process.
import { ClassicLevel } from 'classic-level'
import type { Bytes } from '../chain/bytes.ts'
import type { Disk, Write } from '../chain/store/kv.ts'
import { memoryDisk } from '../chain/store/memory.ts'

export type DurableDisk = Disk & {
  /** Makes everything written so far durable as one atomic batch. A failure leaves the disk as after the last flush. */
  flush(): Promise<void>
  close(): Promise<void>
}

type Pending = Map<string, Write>

const keyText = (key: Bytes): string =>
  Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')

/** Keeps a chain in memory only; nothing is left behind. */
export const openMemoryDisk = (): DurableDisk => ({
  ...memoryDisk(),
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
})

/**
 * Opens or creates the LevelDB folder at `path`. Throws an Error that names the folder if another process holds it or
 * if it cannot be written.
 */
export const openLevelDisk = async (path: string): Promise<DurableDisk> => {
  const db = new ClassicLevel<Uint8Array, Uint8Array>(path, {
    keyEncoding: 'view',
    valueEncoding: 'view',
    // Nodes and blocks are hashes and signatures for the most part: compressing them costs time and saves nothing.
    compression: false,
    cacheSize: 64 * 1024 * 1024,
    writeBufferSize: 16 * 1024 * 1024,
  })
  try {
    await db.open()
  } catch (error) {
    throw new Error(openFailure(path, error), { cause: error })
  }
  return levelDisk(db)
}

const openFailure = (path: string, error: unknown): string => {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause
  if (cause?.code === 'LEVEL_LOCKED')
    return `${path} is in use by another process: stop it, or give this chain another --home`
  return `cannot open the chain's database at ${path}: ${cause?.message ?? String(error)}`
}

const levelDisk = (db: ClassicLevel<Uint8Array, Uint8Array>): DurableDisk => {
  let pending: Pending = new Map()
  let flushing: Pending | undefined
  const find = (text: string) => pending.get(text) ?? flushing?.get(text)
  return {
    get(key) {
      const write = find(keyText(key))
      return write === undefined ? db.getSync(key) : write.value
    },
    has(key) {
      const write = find(keyText(key))
      return write === undefined ? db.getSync(key) !== undefined : write.value !== undefined
    },
    write(batch) {
      for (const write of batch) pending.set(keyText(write.key), write)
    },
    async flush() {
      if (pending.size === 0) return
      flushing = pending
      pending = new Map()
      const batch = db.batch()
      for (const { key, value } of flushing.values())
        value === undefined ? batch.del(key) : batch.put(key, value)
      await batch.write()
      flushing = undefined
    },
    close: () => db.close(),
  }
}
