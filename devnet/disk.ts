// Where a chain is kept. Reads are synchronous; writes are seen at once and made durable together by `flush`,
// so that a block's state, its block, its results and its index entries are on disk all or not at all,
// whatever kills the process.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClassicLevel } from 'classic-level'
import type { Bytes } from '../chain/bytes.ts'
import type { Disk, Write } from '../chain/store/kv.ts'

export type DurableDisk = Disk & {
  /**
   * Makes everything written so far durable as one atomic batch. A failure leaves the disk as after the last
   * flush.
   */
  flush(): Promise<void>
  close(): Promise<void>
}

type Pending = Map<string, Write>

const keyText = (key: Bytes): string =>
  Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')

type Database = ClassicLevel<Uint8Array, Uint8Array>

/** What a chain without a home keeps in memory before it uses the disk: some 2,000 empty blocks. */
const ROOM_BYTES = 8 * 1024 * 1024

/**
 * Keeps a chain in memory. One that grows beyond `roomBytes` moves to a temporary folder, so that its memory
 * stays bounded however long it runs; the folder is removed by `close`, or by the next start after a kill.
 */
export const openMemoryDisk = (roomBytes = ROOM_BYTES): DurableDisk => {
  let folder: string | undefined
  const disk = levelDisk(() => {
    removeLeftovers()
    folder = mkdtempSync(join(tmpdir(), `${TEMPORARY}${process.pid}-`))
    return openDatabase(folder, 2)
  }, roomBytes)
  return {
    ...disk,
    async close() {
      await disk.close()
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

const TEMPORARY = 'tendril-chain-'

/** Removes the temporary folders of processes that were killed. */
const removeLeftovers = () => {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${TEMPORARY}(\\d+)-`).exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM' // it lives, and is another user's
  }
}

/**
 * Opens or creates the LevelDB folder at `path`. Throws an Error that names the folder if another process
 * holds it or if it cannot be written.
 */
export const openLevelDisk = async (path: string): Promise<DurableDisk> => {
  const database = await openDatabase(path, 8)
  return levelDisk(() => Promise.resolve(database), 0, database)
}

/** `bufferMb` bounds what LevelDB keeps of recent writes; its cache of reads is twice that. */
const openDatabase = async (path: string, bufferMb: number): Promise<Database> => {
  const { ClassicLevel } = await import('classic-level')
  const database = new ClassicLevel<Uint8Array, Uint8Array>(path, {
    keyEncoding: 'view',
    valueEncoding: 'view',
    // Nodes and blocks are hashes and signatures for the most part: compressing them costs time and saves
    // nothing.
    compression: false,
    cacheSize: 2 * bufferMb * 1024 * 1024,
    writeBufferSize: bufferMb * 1024 * 1024,
  })
  try {
    await database.open()
  } catch (error) {
    throw new Error(openFailure(path, error), { cause: error })
  }
  return database
}

const openFailure = (path: string, error: unknown): string => {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause
  if (cause?.code === 'LEVEL_LOCKED')
    return `${path} is in use by another process: stop it, or give this chain another --home`
  return `cannot open the chain's database at ${path}: ${cause?.message ?? String(error)}`
}

/** `open` is called at the first flush of more than `roomBytes`; until then everything waits in memory. */
const levelDisk = (open: () => Promise<Database>, roomBytes: number, opened?: Database): DurableDisk => {
  let database = opened
  let pending: Pending = new Map()
  let pendingBytes = 0
  let flushing: Pending | undefined
  const find = (text: string) => pending.get(text) ?? flushing?.get(text)
  const read = (key: Bytes): Bytes | undefined => {
    const write = find(keyText(key))
    return write === undefined ? plain(database?.getSync(key)) : write.value
  }
  return {
    get: read,
    has: (key) => read(key) !== undefined,
    write(batch) {
      for (const write of batch) {
        pending.set(keyText(write.key), write)
        pendingBytes += ENTRY_BYTES + 2 * write.key.length + (write.value?.length ?? 0)
      }
    },
    async flush() {
      if (pending.size === 0 || pendingBytes < roomBytes) return
      flushing = pending
      pending = new Map()
      pendingBytes = 0
      database ??= await open()
      const batch = database.batch()
      for (const { key, value } of flushing.values())
        value === undefined ? batch.del(key) : batch.put(key, value)
      await batch.write()
      flushing = undefined
    },
    close: async () => database?.close(),
  }
}

/** LevelDB hands out Buffers, whose `slice` shares where that of a Uint8Array copies. */
const plain = (bytes: Uint8Array | undefined): Bytes | undefined =>
  bytes && new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** What an entry of the map costs beside its bytes, about. */
const ENTRY_BYTES = 300
