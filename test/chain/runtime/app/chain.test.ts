// A chain from its genesis on: hooks of modules, its export, its disk.
import { describe, expect, test } from '@jest/globals'
import { toHex, utf8 } from '../../../../chain/bytes.ts'
import { defaultConsensusParams } from '../../../../chain/consensus/params.ts'
import { type Ctx, defineModule, intValue, store, type View } from '../../../../chain/module.ts'
import type { Disk } from '../../../../chain/store/kv.ts'
import { memoryDisk } from '../../../../chain/store/memory.ts'
import {
  buildChain,
  type ChainOptions,
  driver,
  GENESIS_NS,
  person,
  sign,
  startChain,
} from '../../../modules/chain.ts'
import { ann, bob, genesisOf, send, startPair, withFee } from '../../../modules/pair.ts'

describe('hooks of modules', () => {
  const log: string[] = []
  const counter = (name: string) => {
    const count = store(name).item(0, intValue)
    const step = (hook: string) => (ctx: Ctx) => {
      log.push(`${name} ${hook}`)
      count.set(ctx, (count.get(ctx) ?? 0n) + 1n)
      ctx.emit('step', ['who', name])
    }
    return defineModule({
      ...{ name, stores: [name] },
      ...{ preBlock: step('pre'), beginBlock: step('begin'), endBlock: step('end') },
      invariants: { neverFive: (view: View) => count.get(view) !== 5n },
    })
  }
  test('run in their order, mark their events, and their invariants are asked by name', () => {
    const chain = startPair({ modules: [counter('one'), counter('two')] })
    const { events } = chain.block()
    expect(log.slice(-6)).toEqual(['one pre', 'two pre', 'one begin', 'two begin', 'one end', 'two end'])
    expect(events.map(({ attributes }) => attributes.map(({ value }) => value).join())).toEqual([
      ...['one', 'two'],
      ...['one,BeginBlock', 'two,BeginBlock', 'one,EndBlock', 'two,EndBlock'],
    ])
    expect(chain.app.brokenInvariants()).toEqual([])
  })
})

describe('a genesis', () => {
  const init = (state: object, options: ChainOptions = {}) =>
    startChain(state as Record<string, unknown>, options)

  test('with a module that is not there names it, unless told to go on', () => {
    const state = {
      ...genesisOf(ann, bob),
      staking: { params: { bond_denom: 'stake' } },
      vesting: {},
      params: null,
    }
    expect(() => init(state)).toThrow(
      /no module staking; remove app_state.staking or start with --skip-unknown-modules/,
    )
    expect(init(state, { skipUnknownModules: true }).app.info().lastBlockHeight).toBe(1n)
  })

  test('with a wrong value says where it is', () => {
    const state = genesisOf(ann, bob)
    expect(() =>
      init({ ...state, bank: { ...state.bank, params: { default_send_enabled: 'yes' } } }),
    ).toThrow(/app_state\.bank\.params/)
    expect(() =>
      init({ ...state, bank: { ...state.bank, supply: [{ denom: 'stake', amount: '1' }] } }),
    ).toThrow(/app_state\.bank: genesis supply is incorrect, expected 1stake, got 2000000stake/)
  })

  test('that was exported starts the same chain again', () => {
    const chain = startPair()
    chain.block(sign(chain, ann, [send('5', 'stake', person('new').text)], withFee('100')))
    const exported = chain.app.exportGenesis()
    const again = startChain(exported)
    expect(again.app.exportGenesis()).toEqual(exported)
    expect(again.app.brokenInvariants()).toEqual([])
    expect(chain.app.exportGenesis(1n)).not.toEqual(exported)
  })

  test('of a chain that begins at another height', () => {
    const parts = buildChain({ initialHeight: 7 })
    parts.app.initChain({
      ...{ chainId: 'test-1', timeNs: GENESIS_NS, validators: [], initialHeight: 7n },
      ...{
        consensusParams: defaultConsensusParams(),
        appStateBytes: utf8(JSON.stringify(genesisOf(ann, bob))),
      },
    })
    const request = {
      ...{ txs: [], timeNs: GENESIS_NS, misbehavior: [], lastCommit: { round: 0, votes: [] } },
      ...{ nextValidatorsHash: new Uint8Array(), proposerAddress: new Uint8Array(), hash: new Uint8Array() },
    }
    expect(() => parts.app.finalizeBlock({ ...request, height: 1n })).toThrow(
      'invalid height: 1; expected: 7',
    )
    parts.app.finalizeBlock({ ...request, height: 7n })
    parts.app.commit()
    expect(parts.app.info().lastBlockHeight).toBe(7n)
  })
})

test('a chain goes on from its disk: height, hash, sequences and the time of its last block', () => {
  const disk = memoryDisk()
  const chain = startPair({ disk })
  chain.block(sign(chain, ann, [send('5')]))
  const { lastBlockAppHash, lastBlockHeight } = chain.app.info()
  const parts = buildChain({ disk })
  expect(parts.app.info()).toMatchObject({ lastBlockAppHash, lastBlockHeight })
  const again = { ...parts, ...driver(parts.app), chainId: 'test-1' }
  const tx = sign(again, ann, [send('6')])
  expect(again.app.checkTx({ tx, type: 'new' }).code).toBe(0)
  expect(again.app.view(2n).block.timeNs).toBe(chain.app.view(2n).block.timeNs)
  const [ours, theirs] = [again.block(tx), chain.block(tx)]
  expect(toHex(ours.appHash)).toBe(toHex(theirs.appHash))
})

test('a chain goes back to an earlier block, and on from there as if the others had not been', () => {
  const chain = startPair()
  chain.block(sign(chain, ann, [send('5')]))
  const there = chain.app.info()
  const { timeNs } = chain.app.view().block
  for (const amount of ['6', '7']) chain.block(sign(chain, ann, [send(amount)]))
  chain.app.rollback(2n)
  expect(chain.app.info()).toEqual(there)
  const view = chain.app.view()
  expect([view.block.height, view.block.timeNs]).toEqual([2n, timeNs])
  expect(chain.bank.balance(view, bob.address, 'stake')).toBe(1_000_005n)
  const tx = sign(chain, ann, [send('8')])
  expect(chain.app.checkTx({ tx, type: 'new' }).code).toBe(0)
  expect(chain.block(tx).txResults[0]!.code).toBe(0)
  expect(() => chain.app.rollback(9n)).toThrow('cannot roll back to version 9: 1 to 3 are kept')
})

test('a crash between the notes of the app and its trees is forgotten', () => {
  const inner = memoryDisk()
  let writesLeft = Number.POSITIVE_INFINITY
  const dying: Disk = {
    ...inner,
    write(batch) {
      if (writesLeft-- <= 0) throw new Error('power cut')
      inner.write(batch)
    },
    writePacked(batch) {
      if (writesLeft-- <= 0) throw new Error('power cut')
      inner.writePacked!(batch)
    },
  }
  const chain = startPair({ disk: dying })
  const { block } = chain.app.view()
  writesLeft = 1
  expect(() => chain.block()).toThrow('power cut')
  const { app } = buildChain({ disk: inner })
  expect(app.info().lastBlockHeight).toBe(1n)
  expect(app.view().block).toMatchObject({ height: 1n, timeNs: block.timeNs, chainId: 'test-1' })
})

test('blocks give the same hashes twice', () => {
  const run = () => {
    const chain = startPair()
    return Array.from({ length: 5 }, (_, i) =>
      toHex(chain.block(sign(chain, ann, [send(`${i + 1}`)])).appHash),
    )
  }
  expect(run()).toEqual(run())
})
