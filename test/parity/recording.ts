// A recorded Go chain: its blocks and results by height, the root of every store, and every key and value of
// its database, tree nodes of all versions included.
import { type Bytes, compareBytes, fromHex, toHex } from '../../chain/bytes.ts'
import { vectorText } from '../vectors.ts'

export type RecordedAttribute = { key: string; value: string; index?: boolean }
export type RecordedEvent = { type: string; attributes: RecordedAttribute[] }
export type RecordedResult = {
  code: number
  data: string | null
  log: string
  gas_wanted: string
  gas_used: string
  events: RecordedEvent[] | null
  codespace: string
}
/** Duplicate votes, as CometBFT's JSON has them. */
export type RecordedEvidence = {
  type: string
  value: {
    vote_a: { validator_address: string; height: string }
    ValidatorPower: string
    TotalVotingPower: string
    Timestamp: string
  }
}
export type RecordedHeight = {
  height: number
  block_id: { hash: string }
  block: {
    header: {
      time: string
      proposer_address: string
      next_validators_hash: string
      app_hash: string
    }
    data: { txs: string[] }
    evidence: { evidence: RecordedEvidence[] }
    last_commit: { round: number; signatures: { block_id_flag: 1 | 2 | 3; validator_address: string }[] }
  }
  validators: { address: string; voting_power: string }[]
  block_results: {
    txs_results: RecordedResult[] | null
    finalize_block_events: RecordedEvent[] | null
    validator_updates:
      | { pub_key?: { Sum?: { value: { ed25519?: string; secp256k1?: string } } }; power?: string }[]
      | null
  }
}

/** Changes of one store in one version: `undefined` is a removal. */
export type StoreChanges = { key: Bytes; value: Bytes | undefined }[]

export type Recording = {
  genesis: string
  heights: RecordedHeight[]
  /** Root in lower-case hexadecimal by store name, for each of `heights`. */
  roots: Map<string, string>[]
  /** What block `height` changed in a store. */
  changes(store: string, height: number): StoreChanges
  /** Everything that a store held after block `height`. */
  contents(store: string, height: number): StoreChanges
}

const lines = <T>(path: string): T[] =>
  vectorText(path)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T)

export const readRecording = (): Recording => {
  const heights = lines<RecordedHeight>('wasmd/heights.jsonl.gz')
  const infos = lines<{ stores: { name: string; hash: string }[] }>('wasmd/commit-info.jsonl.gz')
  return recordingOf({
    genesis: vectorText('wasmd/genesis.json.gz'),
    heights,
    roots: infos.map(({ stores }) => new Map(stores.map(({ name, hash }) => [name, hash]))),
    nodes: readNodes(),
  })
}

type Nodes = Map<string, Bytes>

/** A recording of its parts; `nodes` are raw tree nodes by store, then by `version/nonce` (see placeText). */
export const recordingOf = ({
  nodes,
  ...parts
}: Pick<Recording, 'genesis' | 'heights' | 'roots'> & { nodes: Map<string, Nodes> }): Recording => {
  const leavesAt = (store: string, version: number) => readLeaves(nodes.get(store), version)
  return {
    ...parts,
    changes: (store, height) => difference(leavesAt(store, height - 1), leavesAt(store, height), height),
    contents: (store, height) => [...leavesAt(store, height).values()],
  }
}

/** Raw tree nodes by store, then by `version/nonce`. */
const readNodes = (): Map<string, Nodes> => {
  const stores = new Map<string, Nodes>()
  for (const line of vectorText('wasmd/application_db_raw_kv.txt.gz').split('\n')) {
    const match = /^"s\/k:([a-z0-9]+)\/s(.*)" = ([0-9a-f]*)$/.exec(line)
    if (match === null) continue
    const place = unquote(match[2]!)
    if (place.length !== 12) continue
    const nodes = stores.get(match[1]!) ?? new Map<string, Bytes>()
    stores.set(match[1]!, nodes.set(placeText(place, 0), fromHex(match[3]!)))
  }
  return stores
}

/** `version/nonce` of the twelve bytes that name a node in the database. */
export const placeText = (bytes: Bytes, at: number): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 12)
  return `${view.getBigUint64(0)}/${view.getUint32(8)}`
}

const ESCAPES: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 }

/** The bytes of a text that Go's strconv.Quote wrote. */
const unquote = (text: string): Bytes => {
  const pattern = /\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\U([0-9a-f]{8})|\\(.)|([^\\]+)/gsu
  const parts = [...text.matchAll(pattern)].map(([, byte, short, long, letter, plain]) => {
    if (byte !== undefined) return Buffer.from([Number.parseInt(byte, 16)])
    if (letter !== undefined) return Buffer.from([ESCAPES[letter]!])
    return Buffer.from(plain ?? String.fromCodePoint(Number.parseInt((short ?? long)!, 16)))
  })
  return new Uint8Array(Buffer.concat(parts))
}

type Leaves = Map<string, { key: Bytes; value: Bytes; version: number }>

/** All leaves of a store's tree at a version, by key in hexadecimal. */
const readLeaves = (nodes: Nodes | undefined, version: number): Leaves => {
  const leaves: Leaves = new Map()
  const walk = (place: string) => {
    const bytes = nodes?.get(place)
    if (bytes === undefined || bytes.length === 0) return
    if (bytes[0] === 0x73) return walk(placeText(bytes, 1)) // the root of an earlier version
    const reader = new NodeReader(bytes)
    const height = reader.signed()
    reader.signed() // size
    const key = reader.bytes()
    if (height === 0)
      leaves.set(toHex(key), { key, value: reader.bytes(), version: Number(place.split('/')[0]) })
    else {
      reader.bytes() // hash
      const mode = reader.signed()
      if (mode !== 0) throw new Error(`node ${place} has a legacy child`)
      for (let child = 0; child < 2; child++) walk(`${reader.signed()}/${reader.signed()}`)
    }
  }
  walk(`${version}/1`)
  return leaves
}

/** iavl v1's node encoding: zig-zag varints and length-prefixed bytes. */
class NodeReader {
  readonly #bytes: Bytes
  #at = 0
  constructor(bytes: Bytes) {
    this.#bytes = bytes
  }

  unsigned(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#at++]!
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }

  signed(): number {
    const value = this.unsigned()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  bytes(): Bytes {
    const length = this.unsigned()
    return this.#bytes.slice(this.#at, (this.#at += length))
  }
}

const difference = (before: Leaves, after: Leaves, height: number): StoreChanges => {
  const removed = [...before]
    .filter(([id]) => !after.has(id))
    .map(([, { key }]) => ({ key, value: undefined }))
  const written = [...after.values()].filter(({ version }) => version === height)
  return [...removed, ...written.map(({ key, value }) => ({ key, value }))].sort((a, b) =>
    compareBytes(a.key, b.key),
  )
}
