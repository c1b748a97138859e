// The recorded Go chain, alive: our application replays its blocks, and at the height at which a question was
// recorded the same question is asked of it, over real sockets.
import { fromBinary, type JsonValue, toBinary } from '@bufbuild/protobuf'
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import { fromBase64 } from '../../chain/base64.ts'
import type { Bytes } from '../../chain/bytes.ts'
import { createMempool, DEFAULT_MEMPOOL } from '../../chain/consensus/mempool.ts'
import { timestampToNs } from '../../chain/consensus/time.ts'
import type { App } from '../../chain/module.ts'
import { fromJson, jsonText, toJson } from '../../chain/runtime/json.ts'
import type { ChainNode } from '../../devnet/chain.ts'
import { startGrpc } from '../../devnet/grpc.ts'
import { startRest } from '../../devnet/rest.ts'
import { addNodeServices } from '../../devnet/services.ts'
import { recordedNode, serve } from '../devnet/rpc/recorded.ts'
import { type Replay, type ReplayOptions, replaySteps } from './replay.ts'

export type Door = 'rpc' | 'rest' | 'grpc'
export type Answer = { status: number; headers: Record<string, string>; text: string }
/** One call. Over gRPC `path` is the method, `body` and `text` are JSON (`text` the message of an error). */
export type RecordedAnswer = Answer & {
  name: string
  /** Latest committed height when it was asked. */
  tip: number
  door: Door
  method: string
  path: string
  body?: string
  requestHeaders?: Record<string, string>
}

/** Names of the questions that were asked twice, of which the second is recorded. */
const TWICE = new Set(['rpc_broadcast/dup_second_in_cache', 'check_tx_errors/_ok_again'])
/** Transactions, by block and index, that came in between and whose own answers are not in the sample. */
const BETWEEN: Record<string, [number, number]> = {
  'check_tx_errors/wrong_signer': [283, 0],
  'rpc_broadcast/pipeline_seq_plus2': [456, 1],
}

const HEADERS = [
  ...['content-type', 'cache-control', 'x-cosmos-block-height'],
  ...['grpc-metadata-content-type', 'grpc-metadata-x-cosmos-block-height'],
]

/** The node around the application: recorded blocks, and a mempool that asks the application. */
const liveNode = (app: App) => {
  const stage = recordedNode(0)
  const limits = { height: 0, timeNs: 0n, maxDataBytes: 22_020_096, maxGas: -1n }
  const mempool = createMempool(app, DEFAULT_MEMPOOL, limits)
  let taken = (): void => undefined
  stage.onBlock(({ block, txHashes, results }) => {
    const { height, time } = block.header!
    mempool.update(txHashes, results.txResults, {
      ...{ ...limits, height: Number(height), timeNs: timestampToNs(time!) },
    })
  })
  const node = Object.assign(stage, {
    app,
    engine: Object.assign(stage.engine, { mempool }),
    async submit(tx: Bytes) {
      const result = mempool.add(tx)
      taken()
      return result
    },
  }) as unknown as typeof stage & ChainNode
  /** Settles when the next transaction has been checked. */
  const submitted = () => new Promise<void>((resolve) => (taken = resolve))
  return { node, submitted }
}

type Doors = { ask(question: RecordedAnswer): Promise<Answer>; close(): Promise<void> }

const openDoors = async (node: ChainNode): Promise<Doors> => {
  const where = { host: '127.0.0.1', port: 0 }
  const rpc = await serve(node)
  const rest = await startRest(node, where)
  const grpc = await startGrpc(node, where)
  const client = new Client(`127.0.0.1:${grpc.port}`, credentials.createInsecure())
  const fetched = async (port: number, { method, path, body, requestHeaders }: RecordedAnswer) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      ...{ method, headers: { 'content-type': 'application/json', ...requestHeaders } },
      ...(body !== undefined && { body }),
    })
    const headers = HEADERS.flatMap((name) => {
      const value = response.headers.get(name)
      return value === null ? [] : [[name, value]]
    })
    return { status: response.status, headers: Object.fromEntries(headers), text: await response.text() }
  }
  return {
    ask(question) {
      if (question.door === 'grpc') return called(client, node.app, question)
      return fetched((question.door === 'rpc' ? rpc : rest).port, question)
    },
    async close() {
      client.close()
      await Promise.all([rpc.close(), rest.close(), grpc.close()])
    },
  }
}

const methodOf = (app: App, path: string) => {
  const [, service, name] = path.split('/')
  const found = app.queryServices.find(({ typeName }) => typeName === service)
  const method = found?.methods.find((candidate) => candidate.name === name)
  if (method === undefined) throw new Error(`the chain has no method ${path}`)
  return method
}

const passed = (bytes: Bytes): Buffer => Buffer.from(bytes)

const called = (client: Client, app: App, { path, body }: RecordedAnswer): Promise<Answer> => {
  const { input, output } = methodOf(app, path)
  const data = toBinary(input, fromJson(input, JSON.parse(body!) as JsonValue, app.registry))
  return new Promise((resolve) => {
    const headers: Record<string, string> = {}
    const answered = (error: ServiceError | null, value?: Buffer) =>
      resolve(
        error
          ? { status: error.code, headers, text: error.details }
          : { status: 0, headers, text: jsonText(toJson(output, fromBinary(output, value!), app.registry)) },
      )
    client
      .makeUnaryRequest(path, passed, passed, data, new Metadata(), answered)
      .on('metadata', (metadata: Metadata) => {
        const [height] = metadata.get('x-cosmos-block-height')
        if (height !== undefined) headers['x-cosmos-block-height'] = height.toString()
      })
  })
}

/** A recorded answer as `ask` gives it: grpcurl leaves out what is empty. */
export const expected = (app: App, { door, path, status, headers, text }: RecordedAnswer): Answer => {
  if (door !== 'grpc' || status !== 0) return { status, headers, text }
  const { output } = methodOf(app, path)
  const message = fromJson(output, JSON.parse(text) as JsonValue, app.registry)
  return { status, headers, text: jsonText(toJson(output, message, app.registry)) }
}

/** Replays the recording and asks every question at its height, in the order given; answers by name. */
export const askAll = async (
  options: ReplayOptions,
  questions: readonly RecordedAnswer[],
): Promise<{ answers: Map<string, Answer>; replay: Replay }> => {
  const { node, submitted } = liveNode(options.app)
  addNodeServices(node, { minGasPrices: '0.001stake' })
  const doors = await openDoors(node)
  const answers = new Map<string, Answer>()
  const ask = (question: RecordedAnswer) =>
    doors.ask(question).then((answer) => void answers.set(question.name, answer))
  const askAt = async (tip: number) => {
    const late: Promise<void>[] = []
    for (const question of questions.filter((candidate) => candidate.tip === tip)) {
      const between = BETWEEN[question.name]
      if (between !== undefined) options.app.checkTx({ tx: recordedTx(options, between), type: 'new' })
      if (TWICE.has(question.name)) await ask(question)
      // broadcast_tx_commit answers when the next block is there
      const [taken, answered] = [submitted(), ask(question)]
      late.push(answered)
      await (question.body?.includes('broadcast_tx_commit') ? Promise.race([taken, answered]) : answered)
    }
    return late
  }
  try {
    const steps = replaySteps(options)
    for (let late: Promise<void>[] = []; ; ) {
      const step = steps.next()
      if (step.done) return { answers, replay: step.value }
      node.advance(step.value)
      await Promise.all(late)
      late = await askAt(step.value)
    }
  } finally {
    await doors.close()
  }
}

const recordedTx = ({ recording }: ReplayOptions, [height, index]: [number, number]): Bytes =>
  fromBase64(recording.heights[height - 1]!.block.data.txs[index]!)!
