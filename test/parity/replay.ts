// Runs the recorded blocks through our application and counts what is equal. Transactions of modules that are
// not here are left out; so that what follows can still be compared, everything that their block changed is
// then written as it was recorded.

import { TxBody, TxRaw } from 'cosmjs-types/cosmos/tx/v1beta1/tx'
import type {
  ExecTxResult,
  FinalizeBlockRequest,
  FinalizeBlockResponse,
  Misbehavior,
  ValidatorUpdate,
} from '../../chain/abci/application.ts'
import { type Bytes, fromHex, toHex } from '../../chain/bytes.ts'
import { parseGenesis } from '../../chain/consensus/genesis.ts'
import { parseTimeNs } from '../../chain/consensus/time.ts'
import { type App, type Ctx, defineModule, type Module } from '../../chain/module.ts'
import type {
  RecordedEvent,
  RecordedEvidence,
  RecordedHeight,
  RecordedResult,
  Recording,
} from './recording.ts'

export type Difference = { height: number; what: string; expected: string; found: string }
export type Tally = {
  txs: number
  results: number
  events: number
  gas: number
  roots: number
  heights: number
}
export type Replay = { tallies: Map<string, Tally>; differences: Difference[] }

/** The names of messages that a transaction carries, without the leading slash. */
const messageTypes = (tx: Bytes): string[] =>
  TxBody.decode(TxRaw.decode(tx).bodyBytes).messages.map(({ typeUrl }) => typeUrl.slice(1))

/** `cosmos.bank.v1beta1.MsgSend` belongs to `bank`, `cosmwasm.wasm.v1.…` to `wasm`. */
const moduleOf = (typeName: string): string => typeName.split('.')[1]!

/** A module that writes recorded changes at the end of a block, after every other. */
export const scribe = () => {
  let pending: (ctx: Ctx) => void = () => undefined
  const module: Module = defineModule({
    name: 'scribe',
    endBlock: (ctx) => {
      pending(ctx)
      return undefined
    },
  })
  return {
    module,
    write(body: (ctx: Ctx) => void) {
      pending = body
    },
  }
}

const attributesOf = (event: RecordedEvent) => event.attributes.map(({ key, value }) => `${key}=${value}`)
export const eventsText = (events: readonly RecordedEvent[] | null): string =>
  (events ?? []).map((event) => `${event.type}{${attributesOf(event).join(', ')}}`).join('\n')

const requestOf = (
  recorded: RecordedHeight,
  voters: RecordedHeight['validators'],
  txs: Bytes[],
): FinalizeBlockRequest => {
  const { header, last_commit } = recorded.block
  // By place: the signature of who was absent names nobody.
  const votes = last_commit.signatures.map(({ block_id_flag }, i) => ({
    validator: { address: fromHex(voters[i]!.address), power: BigInt(voters[i]!.voting_power) },
    blockIdFlag: block_id_flag,
  }))
  return {
    height: BigInt(recorded.height),
    timeNs: parseTimeNs(header.time)!,
    txs,
    lastCommit: { round: last_commit.round, votes },
    misbehavior: recorded.block.evidence.evidence.map(misbehaviorOf),
    nextValidatorsHash: fromHex(header.next_validators_hash),
    proposerAddress: fromHex(header.proposer_address),
    hash: fromHex(recorded.block_id.hash),
  }
}

const misbehaviorOf = ({ value }: RecordedEvidence): Misbehavior => ({
  type: 'duplicate vote',
  validator: { address: fromHex(value.vote_a.validator_address), power: BigInt(value.ValidatorPower) },
  height: BigInt(value.vote_a.height),
  timeNs: parseTimeNs(value.Timestamp)!,
  totalVotingPower: BigInt(value.TotalVotingPower),
})

/** Validator updates as text, in their order. */
const updatesText = (updates: readonly ValidatorUpdate[]): string =>
  updates.map(({ pubKey, power }) => `${Buffer.from(pubKey.bytes).toString('base64')}=${power}`).join(', ')
const recordedUpdates = (updates: RecordedHeight['block_results']['validator_updates']): string =>
  (updates ?? [])
    .map(({ pub_key, power }) => {
      const key = pub_key?.Sum?.value
      return `${key?.ed25519 ?? key?.secp256k1}=${power ?? 0}`
    })
    .join(', ')

export type ReplayOptions = {
  app: App
  recording: Recording
  /** The module that writes what was recorded. */
  scribe: ReturnType<typeof scribe>
  /** Stores whose roots are compared. */
  stores: readonly string[]
  /** Those of them that only the recording can fill. */
  foreign: readonly string[]
  /** Root of a store after the last commit, lower-case hexadecimal. */
  rootOf(store: string): string
  until?: number | undefined
}

/** Replays all blocks at once. */
export const replay = (options: ReplayOptions): Replay => {
  const steps = replaySteps(options)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** Replays one block after the other; gives the height of each when it is committed. */
export function* replaySteps(options: ReplayOptions): Generator<number, Replay, void> {
  const { app, recording, stores } = options
  const tallies = new Map<string, Tally>()
  const differences: Difference[] = []
  const tally = (module: string) => {
    const found = tallies.get(module) ?? { txs: 0, results: 0, events: 0, gas: 0, roots: 0, heights: 0 }
    tallies.set(module, found)
    return found
  }
  const compare = (height: number, what: string, expected: string, found: string): 0 | 1 => {
    if (expected === found) return 1
    differences.push({ height, what, expected, found })
    return 0
  }
  const known = new Set(
    app.msgServices.flatMap((service) => service.methods.map(({ input }) => input.typeName)),
  )
  start(app, recording)
  let voters: RecordedHeight['validators'] = []
  for (const [position, recorded] of recording.heights.slice(0, options.until).entries()) {
    const { height } = recorded
    const next = recording.heights[position + 1]
    const txs = recorded.block.data.txs.map((tx) => new Uint8Array(Buffer.from(tx, 'base64')))
    const kept = txs
      .map((tx, index) => ({ tx, index, types: messageTypes(tx) }))
      .filter(({ types }) => types.every((type) => known.has(type)))
    const foreign = kept.length < txs.length
    options.scribe.write((ctx) => {
      for (const store of foreign ? stores : options.foreign) writeRecorded(ctx, recording, store, height)
    })
    const request = requestOf(
      recorded,
      voters,
      kept.map(({ tx }) => tx),
    )
    let response: FinalizeBlockResponse
    try {
      response = app.finalizeBlock(request)
    } catch (error) {
      const found = error instanceof Error ? `${error.stack}` : `${error}`
      differences.push({ height, what: 'block, and all that would follow', expected: 'a block', found })
      break
    }
    app.commit()
    kept.forEach(({ index, types }, i) => {
      const name = `tx ${index} (${types.join(', ')})`
      const result = recorded.block_results.txs_results![index]!
      compareTx(
        tally(moduleOf(types[0] ?? 'none.none')),
        result,
        response.txResults[i]!,
        (what, expected, found) => compare(height, `${name}: ${what}`, expected, found),
      )
    })
    if (!foreign) {
      const block = tally('(block)')
      block.heights += 1
      block.events += compare(
        height,
        'block events',
        eventsText(recorded.block_results.finalize_block_events),
        eventsText(response.events),
      )
      compare(
        height,
        'validator updates',
        recordedUpdates(recorded.block_results.validator_updates),
        updatesText(response.validatorUpdates),
      )
    }
    compare(
      height,
      'app hash',
      toHex(fromHex(next?.block.header.app_hash ?? '')),
      next ? toHex(response.appHash) : '',
    )
    for (const store of stores) {
      if (options.foreign.includes(store)) continue
      const counts = tally(store)
      counts.heights += 1
      counts.roots += compare(
        height,
        `root of ${store}`,
        recording.roots[position]!.get(store) ?? 'none',
        options.rootOf(store),
      )
    }
    voters = recorded.validators
    yield height
  }
  return { tallies, differences }
}

const start = (app: App, { genesis }: Recording) => {
  const doc = parseGenesis(genesis)
  app.initChain({
    timeNs: doc.timeNs,
    chainId: doc.chainId,
    consensusParams: doc.consensusParams,
    validators: doc.validators.map(({ pubKey, power }) => ({ pubKey, power })),
    appStateBytes: new TextEncoder().encode(JSON.stringify(doc.appState)),
    initialHeight: BigInt(doc.initialHeight),
  })
}

const writeRecorded = (ctx: Ctx, recording: Recording, store: string, height: number) => {
  const kv = ctx.store(store)
  for (const { key, value } of recording.changes(store, height))
    value === undefined ? kv.delete(key) : kv.set(key, value)
}

/** The log of a panic goes on with the stack of the program that it happened in. */
export const withoutStack = (log: string): string =>
  log.startsWith('recovered: ') ? log.replace(/\nstack:\n[\s\S]*$/, '') : log

const compareTx = (
  counts: Tally,
  recorded: RecordedResult,
  found: ExecTxResult,
  compare: (what: string, expected: string, found: string) => 0 | 1,
) => {
  const outcome = (code: number, codespace: string, data: string, log: string) =>
    `${codespace}/${code} data ${data} log ${withoutStack(log)}`
  counts.txs += 1
  counts.results += compare(
    'result',
    outcome(recorded.code, recorded.codespace, recorded.data ?? '', recorded.log),
    outcome(found.code, found.codespace, Buffer.from(found.data).toString('base64'), found.log),
  )
  counts.events += compare('events', eventsText(recorded.events), eventsText(found.events))
  counts.gas += compare(
    'gas',
    `${recorded.gas_used} of ${recorded.gas_wanted}`,
    `${found.gasUsed} of ${found.gasWanted}`,
  )
}
