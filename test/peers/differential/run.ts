// One differential run: the Go chain takes the stream, then our application takes the Go chain's blocks; then
// the state that ours exports is started by both again.
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CheckTxResponse } from '../../../chain/abci/application.ts'
import { type App, addressCodec } from '../../../chain/module.ts'
import { goRegistry } from '../../descriptors.ts'
import { openRecording, replayChain } from '../../parity/chain.ts'
import type { RecordedHeight, RecordedResult, Recording } from '../../parity/recording.ts'
import { type Difference, eventsText, type Replay, withoutStack } from '../../parity/replay.ts'
import { doubleSign } from './double-sign.ts'
import { differentialGenesis, type Json } from './genesis.ts'
import { fetchHeights, readHome } from './live.ts'
import { exportHome, type GoNode, prepareHome, startNode } from './node.ts'
import { type Person, personOf } from './people.ts'
import { type Probe, probesOf } from './probes.ts'
import { type Sent, sendStream } from './stream.ts'
import type { World } from './world.ts'

/** Someone besides the operator, so that most of what is drawn meets something. */
const PEOPLE = 14
/** Of the tombstoned none comes back. */
const MOST_CAUGHT = 3

/** `reason` is there if the difference is known and stays. */
export type Unequal = { what: string; expected: string; found: string; reason?: string }
export type RunOptions = {
  wasmd: string
  seed: string
  txs: number
  perSecond: number
  /** A folder for the homes of the run. */
  keep?: string | undefined
}
export type Run = {
  sent: Sent
  recording: Recording
  replay: Replay & { app: App }
  probes: { total: number; unequal: Unequal[] }
  /** By module; undefined if equal. */
  exports: Map<string, Unequal | undefined>
  /** What differs in the stores at the end. */
  contents: Map<string, Unequal[]>
  /** What differs in the chain that both start from the state that ours exported. */
  again: Difference[]
  againFrom: number
}

const registry = goRegistry()
const addresses = addressCodec('wasm')

/** Without what depends on when it was asked. */
const timeless = (log: string) => withoutStack(log).replace(/block height: \d+/, 'block height: now')

const probeText = (reply: Omit<RecordedResult, 'data' | 'events'> & { events: RecordedResult['events'] }) => {
  const { code, codespace, log, gas_wanted, gas_used, events } = reply
  const gas = `${gas_used} of ${gas_wanted}`
  return `${codespace}/${code} gas ${gas} log ${timeless(log)} events ${eventsText(events)}`
}
const ownText = ({ code, codespace, log, gasWanted, gasUsed, events }: CheckTxResponse) =>
  probeText({ code, codespace, log, gas_wanted: `${gasWanted}`, gas_used: `${gasUsed}`, events })

/** JSON with the members of its objects in one order. */
export const sorted = (json: unknown): unknown => {
  if (Array.isArray(json)) return json.map(sorted)
  if (typeof json !== 'object' || json === null) return json
  const entries = Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, value]) => [key, sorted(value)]))
}

/** The first place in which two values of JSON differ. */
const jsonDifference = (expected: unknown, found: unknown, path: string): Unequal | undefined => {
  if (JSON.stringify(sorted(expected)) === JSON.stringify(sorted(found))) return undefined
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null
  if (isObject(expected) && isObject(found) && Array.isArray(expected) === Array.isArray(found))
    for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
      const inner = jsonDifference(expected[key], found[key], `${path}.${key}`)
      if (inner !== undefined) return inner
    }
  return { what: path, expected: JSON.stringify(expected) ?? 'none', found: JSON.stringify(found) ?? 'none' }
}

const hex = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? 'none' : Buffer.from(bytes).toString('hex')

const contentDifference = (app: App, recording: Recording, store: string): Unequal[] => {
  const height = recording.heights.at(-1)!.height
  const expected = new Map(recording.contents(store, height).map(({ key, value }) => [hex(key), hex(value)]))
  const found = new Map<string, string>()
  for (const [key, value] of app.view().store(store).iterate()) found.set(hex(key), hex(value))
  return [...new Set([...expected.keys(), ...found.keys()])]
    .filter((key) => expected.get(key) !== found.get(key))
    .map((key) => ({
      what: `${store} ${key}`,
      ...{ expected: expected.get(key) ?? 'none', found: found.get(key) ?? 'none' },
    }))
}

type Exported = {
  app_state: Record<string, unknown>
  consensus: Record<string, unknown>
  initial_height: number
}

/** The Go chain's export with our state in place of its own, for the modules that are ours. */
const mergedGenesis = (exported: Exported, app: App): string => {
  const state = { ...exported.app_state }
  for (const [name, value] of Object.entries(app.exportGenesis())) if (name in state) state[name] = value
  return JSON.stringify({ ...exported, app_state: state })
}

/** `height` is that of the state in which the Go chain was asked. */
type Reply = { name: string; tx: string; reply: string; height: number }
/** What the Go chain made of the stream; kept beside its home, so that it can be looked at again. */
type Taken = {
  genesis: string
  heights: RecordedHeight[]
  replies: Reply[]
  exported: Exported
  sent: Sent
}

/**
 * What passes changes the state that later checks see, until the next block: it is asked alone, after a
 * block.
 */
const ask = async (node: GoNode, probes: readonly Probe[]): Promise<Reply[]> => {
  const replies: Reply[] = []
  await node.until((await node.height()) + 2, 30)
  for (const { name, tx: bytes, passes } of probes) {
    const tx = Buffer.from(bytes).toString('base64')
    for (;;) {
      if (passes) await node.until((await node.height()) + 1, 30)
      // The block store is ahead of the application for some milliseconds.
      if (passes) await new Promise((resolve) => setTimeout(resolve, 40))
      const height = await node.height()
      const reply = probeText(await node.call<RecordedResult>('check_tx', { tx }))
      if ((await node.height()) !== height) continue
      replies.push({ name, tx, reply, height })
      break
    }
  }
  return replies
}

/** Sends the stream and the probes, then stops the node. */
const sendAll = async (
  options: RunOptions,
  people: Person[],
  home: string,
  genesis: string,
): Promise<Taken> => {
  const { wasmd, seed } = options
  const { missing } = openRecording()
  const knows = (typeUrl: string) => !missing.includes(typeUrl.split('.')[1]!)
  const node = startNode(wasmd, home)
  try {
    await node.until(2, 60)
    const state = JSON.parse(genesis).app_state as Record<string, { params: Json }>
    let caught = 0
    const onPause = async ({ height }: World) => {
      if (caught < MOST_CAUGHT && height > 20 && (await doubleSign(node, people, height - 1))) caught += 1
    }
    const { world, ...sent } = await sendStream({
      onPause,
      ...options,
      node,
      people,
      addresses,
      registry,
      state,
      knows,
    })
    const replies = await ask(node, probesOf(world, registry, seed))
    const last = (await node.height()) + 1
    await node.until(last + 1, 30)
    const heights = await fetchHeights(node, 1, last)
    await node.stop()
    const exported = JSON.parse(exportHome(wasmd, home, last)) as Exported
    return { genesis, heights, replies, exported, sent }
  } finally {
    await node.stop()
  }
}

/** Starts the Go chain from a genesis of a later height and takes its first blocks. */
const goOn = async (wasmd: string, home: string, genesis: string, from: number): Promise<Recording> => {
  const node = startNode(wasmd, home)
  try {
    await node.until(from + 4, 60)
    const heights = await fetchHeights(node, from, from + 3)
    await node.stop()
    return await readHome(home, genesis, heights)
  } finally {
    await node.stop()
  }
}

const startAgain = async (
  wasmd: string,
  home: string,
  genesis: string,
  from: number,
): Promise<Difference[]> => {
  try {
    return replayChain(await goOn(wasmd, home, genesis, from)).differences
  } catch (error) {
    const found = error instanceof Error ? error.message : `${error}`
    return [{ height: from, what: 'start', expected: 'a chain that goes on', found }]
  }
}

const compareExports = (exported: Exported, app: App) =>
  new Map(
    Object.entries(app.exportGenesis())
      .filter(([name]) => name in exported.app_state)
      .map(([name, state]) => [name, jsonDifference(exported.app_state[name], state, name)]),
  )

/** Why the answers to these probes differ. */
const REASONS: Record<string, string> = {
  'message that is none':
    'Go does not know a type that no interface has, and says so; here all types of a file are known. ' +
    'Code and codespace are equal, the words are not.',
}

const compareProbes = (replies: readonly Reply[], app: App): Unequal[] =>
  replies.flatMap(({ name, tx, reply }) => {
    const found = ownText(app.checkTx({ tx: new Uint8Array(Buffer.from(tx, 'base64')), type: 'new' }))
    if (found === reply) return []
    const reason = REASONS[name]
    return [{ what: `check of ${name}`, expected: reply, found, ...(reason !== undefined && { reason }) }]
  })

/**
 * The homes of a run are kept in `options.keep`, if that is given, and what is there already is not made
 * again.
 */
export const differentialRun = async (options: RunOptions): Promise<Run> => {
  const { wasmd, seed } = options
  const people = Array.from({ length: PEOPLE }, (_, i) => personOf(seed, i, addresses))
  const secret = new Uint8Array(createHash('sha256').update(`${seed}/consensus/0`).digest())
  const folder = options.keep ?? mkdtempSync(join(tmpdir(), 'tendril-differential-'))
  const [first, second, page] = ['first', 'second', 'taken.json'].map((name) => join(folder, name))
  const prepare = (home: string, genesis: string) => prepareHome(wasmd, home, genesis, people[0]!, secret)
  try {
    if (!existsSync(page!)) {
      const genesis = differentialGenesis(people, registry)
      prepare(first!, genesis)
      writeFileSync(page!, JSON.stringify(await sendAll(options, people, first!, genesis)))
    }
    const taken = JSON.parse(readFileSync(page!, 'utf8')) as Taken
    const recording = await readHome(first!, taken.genesis, taken.heights)
    const unequal: Unequal[] = []
    const replay = replayChain(recording, (app, height) => {
      const asked = taken.replies.filter((reply) => reply.height === height)
      unequal.push(...compareProbes(asked, app))
    })
    const { app } = replay
    const stores = [...replay.tallies.keys()].filter((store) => recording.roots[0]!.has(store))
    const contents = new Map(stores.map((store) => [store, contentDifference(app, recording, store)]))
    const againFrom = taken.heights.length + 1
    const merged = mergedGenesis(taken.exported, app)
    const exports = compareExports(taken.exported, app)
    rmSync(second!, { recursive: true, force: true })
    prepare(second!, merged)
    return {
      ...{ sent: taken.sent, recording, replay, contents, exports, againFrom },
      probes: { total: taken.replies.length, unequal },
      again: await startAgain(wasmd, second!, merged, againFrom),
    }
  } finally {
    if (options.keep === undefined) rmSync(folder, { recursive: true, force: true })
  }
}
