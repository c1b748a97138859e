// The recorded load: a Go chain's genesis and 20,000 sends that were signed for it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const read = (name: string): string =>
  gunzipSync(readFileSync(join('test', 'vectors', 'load', name))).toString('utf8')

export const recordedGenesis = (): string => read('genesis.json.gz')
/** Base64, in an order in which the sequences of each sender rise. */
export const recordedTxs = (): string[] => read('txs.b64.gz').trim().split('\n')
