// Transactions that a Go chain was recorded with: grants of authz and feegrant, what was done with them, a
// vesting account. Each is run on the recorded state of the block before; its result and what it changed must
// be equal.

import { EmptySchema } from '@bufbuild/protobuf/wkt'
import { beforeAll, expect, test } from '@jest/globals'
import { utf8 } from '../../../chain/bytes.ts'
import { defaultConsensusParams } from '../../../chain/consensus/params.ts'
import { parseTimeNs } from '../../../chain/consensus/time.ts'
import { type AnteStep, type Ctx, defineModule, type Module, messages } from '../../../chain/module.ts'
import { Msg as GovMsg } from '../../../proto/gen/cosmos/gov/v1/tx_pb.ts'
import {
  type RecordedEvent,
  type Recording,
  readRecording,
  type StoreChanges,
} from '../../parity/recording.ts'
import { buildChain } from '../chain.ts'
import { grantOptions, moduleAccounts } from '../grants.ts'

const STORES = ['acc', 'bank', 'consensus', 'staking', 'authz', 'feegrant', 'nft', 'circuit']

/**
 * wasmd counts the transactions of a block in a store of its own: a read of 12 bytes and a write, before
 * anything else.
 */
const countTx: AnteStep = (ctx) => ctx.gas.consume(1039 + 2390, 'tx counter')

let recording: Recording
beforeAll(() => {
  recording = readRecording()
})

const stateBefore = (height: number): Map<string, StoreChanges> =>
  new Map(
    STORES.map((name) => {
      const changes: StoreChanges = []
      for (let each = 1; each < height; each++) changes.push(...recording.changes(name, each))
      return [name, changes]
    }),
  )

const ballots: Module = defineModule({
  name: 'ballots',
  messages: [
    messages(
      GovMsg,
      Object.fromEntries(GovMsg.methods.map(({ localName }) => [localName, () => ({})])) as never,
    ),
  ],
})
const accounts = {
  ...moduleAccounts,
  ...{ distribution: [], protocolpool: [], protocolpool_escrow: [] },
  ...{ transfer: [], interchainaccounts: [], wasm: [] },
}

/**
 * Writes the recorded state, and takes the fees that were collected away, as distribution does when a block
 * begins.
 */
const loader = (state: ReadonlyMap<string, StoreChanges>, collect: (ctx: Ctx) => void): Module =>
  defineModule({
    name: 'loader',
    genesis: {
      ...{ schema: EmptySchema, default: () => ({}), export: () => ({}) },
      init(ctx) {
        for (const [name, changes] of state)
          for (const { key, value } of changes)
            value === undefined ? ctx.store(name).delete(key) : ctx.store(name).set(key, value)
        collect(ctx)
      },
    },
  })

const run = (height: number) => {
  const options = grantOptions({ prefix: 'wasm', accounts, first: [countTx], initialHeight: height })
  const { extend } = options
  const { app } = buildChain({
    ...options,
    extend(keepers) {
      const { auth, bank } = keepers
      const collect = (ctx: Ctx) => {
        const fees = bank.balances(ctx, auth.moduleAddress('fee_collector'))
        bank.sendModuleToModule(ctx, 'fee_collector', 'distribution', fees)
      }
      const own = extend!(keepers)
      return { ...own, modules: [...own.modules, loader(stateBefore(height), collect), ballots] }
    },
  })
  const recorded = recording.heights[height - 1]!
  app.initChain({
    ...{ chainId: 'corpus-1', timeNs: 0n, validators: [], initialHeight: BigInt(height) },
    consensusParams: defaultConsensusParams(),
    appStateBytes: utf8(JSON.stringify({ loader: {} })),
  })
  const response = app.finalizeBlock({
    ...{ height: BigInt(height), timeNs: parseTimeNs(recorded.block.header.time)!, misbehavior: [] },
    txs: recorded.block.data.txs.map((tx) => new Uint8Array(Buffer.from(tx, 'base64'))),
    ...{ lastCommit: { round: 0, votes: [] }, nextValidatorsHash: new Uint8Array() },
    ...{ proposerAddress: new Uint8Array(), hash: new Uint8Array() },
  })
  app.commit()
  return { app, response, recorded }
}

const lines = (events: readonly RecordedEvent[]): string[] =>
  events.map(
    ({ type, attributes }) => `${type} ${attributes.map(({ key, value }) => `${key}=${value}`).join(' ')}`,
  )

test.each([
  ['a send authorization', 58],
  ['a generic authorization', 59],
  ['a send for its granter', 60],
  ['an allowance for fees', 61],
  ['a vesting account', 100],
  ['an allowance that is not there', 103],
])('%s, of height %i', (_, height) => {
  const { app, response, recorded } = run(height)
  const [expected] = recorded.block_results.txs_results!
  const [found] = response.txResults
  expect(found!.log).toBe(expected!.log)
  expect([found!.code, found!.codespace]).toEqual([expected!.code, expected!.codespace])
  expect(Buffer.from(found!.data).toString('base64')).toBe(expected!.data ?? '')
  expect(lines(found!.events)).toEqual(lines(expected!.events ?? []))
  expect(`${found!.gasUsed}`).toBe(expected!.gas_used)
  for (const store of ['acc', 'authz', 'feegrant']) {
    const view = app.view().store(store)
    for (const { key, value } of recording.changes(store, height)) expect(view.get(key)).toEqual(value)
  }
})
