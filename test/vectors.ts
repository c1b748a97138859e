// Recorded answers of Go chains that ship with the tests.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const folder = join(process.cwd(), 'test', 'vectors')

/** The text of a vector file; `.gz` files are unpacked. */
export const vectorText = (path: string): string => {
  const bytes = readFileSync(join(folder, path))
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}

export const vectorJson = <T>(path: string): T => JSON.parse(vectorText(path)) as T

/**
 * The recorded load: a Go chain's genesis and 20,000 signed sends, base64, in an order in which sequences
 * rise.
 */
export const recordedLoad = () => ({
  genesis: vectorText('load/genesis.json.gz'),
  txs: vectorText('load/txs.b64.gz').trim().split('\n'),
})
