// The recorded chain's own transactions of bank: each is run on the state that the Go chain had then, and
// must give the same code, log, data, gas and events.
import { fromBinary, type JsonValue, toBinary } from '@bufbuild/protobuf'
import { expect, test } from '@jest/globals'
import { AuthInfo, TxBody, TxRaw } from 'cosmjs-types/cosmos/tx/v1beta1/tx'
import type { ExecTxResult } from '../../../chain/abci/application.ts'
import { fromBase64, toBase64 } from '../../../chain/base64.ts'
import { type Bytes, concatBytes, fromHex, prefixEnd, uint64BE, utf8 } from '../../../chain/bytes.ts'
import { parseGenesis } from '../../../chain/consensus/genesis.ts'
import { parseTimeNs } from '../../../chain/consensus/time.ts'
import {
  type AnteStep,
  type Ctx,
  defineModule,
  MessageRouter,
  moduleAddress,
  type Permission,
} from '../../../chain/module.ts'
import { fromJson, toJson } from '../../../chain/runtime/json.ts'
import { type RecordedHeight, readRecording } from '../../parity/recording.ts'
import { vectorJson } from '../../vectors.ts'
import { buildChain } from '../chain.ts'

/**
 * wasmd counts transactions in a store of its own, and asks the circuit breaker about each message, here and
 * before its rule.
 */
const wasmSteps: AnteStep = (ctx, tx) => {
  const key = new Uint8Array([8])
  const stored = ctx.store('wasm').get(key)
  const height = uint64BE(ctx.block.height)
  const isSame = stored !== undefined && toBase64(stored.subarray(0, 8)) === toBase64(height)
  const value = new Uint8Array(12)
  value.set(height)
  value[11] = isSame ? stored[11]! + 1 : 1
  ctx.store('wasm').set(key, value)
  for (const { typeUrl } of tx.msgs) ctx.store('circuit').has(utf8(typeUrl))
}

/** x/distribution empties the fee collector before the first transaction of a block. */
const payOutFees = (ctx: Ctx): void => {
  const bank = ctx.store('bank')
  const prefix = concatBytes(new Uint8Array([2, 20]), moduleAddress('fee_collector'))
  for (const [key] of [...bank.iterate(prefix, prefixEnd(prefix))]) bank.delete(key)
}

/** Those of wasmd: nobody may send to them, but to gov. */
const MODULE_ACCOUNTS = [
  ...['fee_collector', 'distribution', 'mint', 'bonded_tokens_pool', 'not_bonded_tokens_pool', 'gov', 'nft'],
  ...['protocolpool', 'protocolpool_escrow', 'transfer', 'interchainaccounts', 'wasm'],
]
const permissions: Record<string, Permission[]> = {
  mint: ['minter'],
  bonded_tokens_pool: ['burner', 'staking'],
  not_bonded_tokens_pool: ['burner', 'staking'],
  gov: ['burner'],
  transfer: ['minter', 'burner'],
  wasm: ['burner'],
}
const STORES = ['acc', 'bank', 'consensus']

/** The types of its messages; a transaction that another account pays for is not one of bank alone. */
const messageNames = (tx: Bytes): string[] => {
  const { bodyBytes, authInfoBytes } = TxRaw.decode(tx)
  if (AuthInfo.decode(authInfoBytes).fee?.granter) return ['feegrant']
  return TxBody.decode(bodyBytes).messages.map((any) => any.typeUrl)
}

/**
 * A chain that runs the recorded transactions itself, and after each block has the state of the recorded one.
 */
const openReplay = () => {
  const recording = readRecording()
  let sync: (ctx: Ctx) => void = () => undefined
  const scribe = defineModule({
    name: 'scribe',
    stores: ['wasm', 'circuit'],
    beginBlock: payOutFees,
    endBlock: (ctx) => sync(ctx),
  })
  const router = new MessageRouter()
  router.setGuard((ctx, typeUrl) => void ctx.store('circuit').has(utf8(typeUrl)))
  const { app } = buildChain({
    prefix: 'wasm',
    accounts: Object.fromEntries(MODULE_ACCOUNTS.map((name) => [name, permissions[name] ?? []])),
    auth: { unorderedTxs: false },
    first: [wasmSteps],
    modules: [scribe],
    router,
    skipUnknownModules: true,
  })
  const doc = parseGenesis(recording.genesis)
  app.initChain({
    ...{ timeNs: doc.timeNs, chainId: doc.chainId, consensusParams: doc.consensusParams, validators: [] },
    appStateBytes: utf8(JSON.stringify(doc.appState)),
    initialHeight: 1n,
  })
  const known = new Set(app.msgServices.flatMap((s) => s.methods.map(({ input }) => `/${input.typeName}`)))
  /** Its transactions of messages that this chain knows, with the recorded result and ours. */
  const step = (recorded: RecordedHeight) => {
    const { height } = recorded
    sync = (ctx) => {
      if (height === 1) ctx.store('wasm').set(new Uint8Array([8]), new Uint8Array(12))
      for (const name of STORES)
        for (const { key, value } of recording.changes(name, height))
          value === undefined ? ctx.store(name).delete(key) : ctx.store(name).set(key, value)
    }
    const txs = recorded.block.data.txs.map((tx) => fromBase64(tx)!)
    const ours = txs.map(messageNames).map((names) => names.every((name) => known.has(name)))
    const mine = txs.filter((_, i) => ours[i])
    const { txResults } = app.finalizeBlock(requestOf(recorded, mine))
    app.commit()
    const results = (recorded.block_results.txs_results ?? []).filter((_, i) => ours[i])
    return txResults.map((result, i) => ({ expected: results[i]!, found: jsonResult(result) }))
  }
  return { app, recording, step }
}

/** As CometBFT's RPC shows it. */
const jsonResult = ({ data, gasUsed, gasWanted, ...result }: ExecTxResult) => ({
  ...{ code: result.code, codespace: result.codespace, log: result.log, events: result.events },
  data: data.length === 0 ? null : toBase64(data),
  ...{ gas_used: `${gasUsed}`, gas_wanted: `${gasWanted}` },
})

test('recorded sends and multi-sends, good and bad ones', () => {
  const { recording, step } = openReplay()
  const compared: string[] = []
  for (const recorded of recording.heights) {
    const { height } = recorded
    for (const { found, expected } of step(recorded)) {
      const { code, codespace, data, log, gas_used, gas_wanted, events } = expected
      expect({ height, ...found }).toEqual({
        ...{ height, code, codespace, data, log, gas_used, gas_wanted },
        events: events ?? [],
      })
      compared.push(`${codespace}/${code}`)
    }
  }
  expect(compared.length).toBeGreaterThan(20)
  expect(new Set(compared)).toEqual(new Set(['/0', 'sdk/4', 'sdk/5', 'sdk/7', 'sdk/10', 'sdk/11']))
})

type Answer = {
  name: string
  method: string
  request: JsonValue
  response: { message?: string; code?: number }
}

test('recorded answers of auth, bank and consensus', () => {
  const { app, recording, step } = openReplay()
  for (const recorded of recording.heights.slice(0, 260)) step(recorded)
  const { registry } = app
  const ask = ({ method, request }: Answer) => {
    const [, service = '', name = ''] = method.split('/')
    const { input, output } = registry.getService(service)!.methods.find((each) => each.name === name)!
    const data = toBinary(input, fromJson(input, request, registry))
    return toJson(output, fromBinary(output, app.serve(method, data).value), registry)
  }
  for (const answer of vectorJson<Answer[]>('runtime/answers-260.json')) {
    const { name, response } = answer
    const { code, message } = response
    if (code === undefined) expect({ name, response: ask(answer) }).toEqual({ name, response })
    else expect(() => ask(answer)).toThrow(expect.objectContaining({ code, message }))
  }
})

const requestOf = ({ height, block, block_id }: RecordedHeight, txs: Bytes[]) => ({
  height: BigInt(height),
  timeNs: parseTimeNs(block.header.time)!,
  txs,
  lastCommit: { round: 0, votes: [] },
  misbehavior: [],
  nextValidatorsHash: fromHex(block.header.next_validators_hash),
  proposerAddress: fromHex(block.header.proposer_address),
  hash: fromHex(block_id.hash),
})
