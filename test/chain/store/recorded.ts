// The database of the recorded Go chain: every key and value of `application.db`, as Go printed them.
import { fromHex } from '../../../chain/bytes.ts'
import { commitInfoOf, encodeCommitInfo } from '../../../chain/store/commit-info.ts'
import { vectorText } from '../../vectors.ts'

const ESCAPES: Record<string, number> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, '"': 34 }

/** The bytes of a string as strconv.Quote prints it, without the quotation marks. */
export const unquote = (text: string): Buffer => {
  const parts: Buffer[] = []
  for (const [token, escaped] of text.matchAll(/\\(x..|u....|U.{8}|.)|[^\\]+/gs)) {
    if (escaped === undefined) parts.push(Buffer.from(token, 'utf8'))
    else if (escaped[0] === 'x') parts.push(Buffer.from(escaped.slice(1), 'hex'))
    else if (escaped.length > 1)
      parts.push(Buffer.from(String.fromCodePoint(Number.parseInt(escaped.slice(1), 16))))
    else parts.push(Buffer.of(ESCAPES[escaped]!))
  }
  return Buffer.concat(parts)
}

/** Keys as one character a byte. The commit infos were recorded apart, and are put back in their places. */
export const recordedDatabase = (): Map<string, Uint8Array> => {
  const records = new Map<string, Uint8Array>()
  for (const line of vectorText('wasmd/application_db_raw_kv.txt.gz').trim().split('\n')) {
    const [, key, value] = /^"(.*)" = ([0-9a-f]*)$/s.exec(line)!
    records.set(unquote(key!).toString('latin1'), new Uint8Array(Buffer.from(value!, 'hex')))
  }
  for (const { height, stores } of recordedCommits()) {
    const roots = stores.map(({ name, hash }) => ({ name, root: fromHex(hash) }))
    records.set(`s/${height}`, encodeCommitInfo(commitInfoOf(height, roots)))
  }
  return records
}

/** A disk over such records. */
export const recordsDisk = (records: Map<string, Uint8Array>) => {
  const text = (key: Uint8Array) => Buffer.from(key).toString('latin1')
  return {
    get: (key: Uint8Array) => records.get(text(key)),
    has: (key: Uint8Array) => records.has(text(key)),
    write: (batch: readonly { key: Uint8Array; value: Uint8Array | undefined }[]) => {
      for (const { key, value } of batch)
        if (value === undefined) records.delete(text(key))
        else records.set(text(key), value)
    },
  }
}

export type RecordedCommit = {
  height: number
  app_hash: string
  stores: { name: string; version: number; hash: string }[]
}

export const recordedCommits = (): RecordedCommit[] =>
  vectorText('wasmd/commit-info.jsonl.gz')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedCommit)
