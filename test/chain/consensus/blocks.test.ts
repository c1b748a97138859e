// What the engine keeps survives a restart at every height, can be taken back, and can be pruned.
import { toHex, utf8 } from '../../../chain/bytes.ts'
import type { BlockStore } from '../../../chain/consensus/engine.ts'
import type { Disk } from '../../../chain/store/kv.ts'
import { memoryDisk } from '../../../chain/store/memory.ts'
import { addressOf, genesisOf, openChain, powerTx, SECOND, signers } from './devchain.ts'

/** Txs of each height: sets, parameters and validators change. */
const SCRIPT = [
  ['set a 1', 'fail 1'],
  [powerTx(4, 25)],
  [],
  ['gas 100', powerTx(0, 0)],
  [powerTx(5, 5), 'set b 2'],
  [],
  [],
  [powerTx(4, 0), 'gas 200'],
  [],
  ['set c 3'],
  [],
  [powerTx(1, 31), powerTx(0, 12)],
  ['gas 300'],
]
const absentAt = (height: number) => (address: Uint8Array) =>
  height % 3 === 0 && toHex(address) === toHex(addressOf(signers[3]!))

/** All that can be asked of a store, but for how messages were made. */
const view = (blocks: BlockStore, from: number, to: number) =>
  Array.from({ length: to - from + 3 }, (_, i) => i + from).map((height) =>
    structuredClone({
      height,
      block: blocks.block(height),
      results: blocks.results(height),
      commit: blocks.commit(height),
      validators: blocks.validators(height),
      params: blocks.consensusParams(height),
      tx: blocks.txResult(height, 0),
    }),
  )

const play = (chain: ReturnType<typeof openChain>, from: number, to: number) => {
  for (let height = from; height <= to; height++)
    chain.block(SCRIPT[height - 1], { absent: absentAt(height) })
}

/** A copy of a memory disk, so that a test can go different ways from one height. */
const forkable = () => {
  const values = new Map<string, [Uint8Array, Uint8Array]>()
  const inner = memoryDisk()
  const disk: Disk = {
    ...inner,
    write(batch) {
      for (const { key, value } of batch)
        value === undefined ? values.delete(toHex(key)) : values.set(toHex(key), [key, value])
      inner.write(batch)
    },
  }
  const fork = () => {
    const copy = memoryDisk()
    copy.write([...values.values()].map(([key, value]) => ({ key, value: value.slice() })))
    return copy
  }
  return { disk, fork, keys: () => [...values.keys()] }
}

test('restarted at every height, a chain remembers everything and makes the same next block', () => {
  const reference = openChain()
  play(reference, 1, 30)
  const { disk } = forkable()
  for (let height = 1; height <= 30; height++) {
    play(openChain(disk), height, height)
    const { engine, app } = openChain(disk)
    expect(engine.blocks.block(height)!.blockId).toEqual(reference.engine.blocks.block(height)!.blockId)
    expect(app.initialized).toHaveLength(0)
  }
  expect(view(openChain(disk).engine.blocks, 1, 30)).toEqual(view(reference.engine.blocks, 1, 30))
})

test('before its first block nothing is kept, and InitChain is asked again', () => {
  const { disk, keys } = forkable()
  openChain(disk)
  expect(keys()).toEqual([])
  expect(openChain(disk).app.initialized).toHaveLength(1)
})

test('another genesis, or an application that is elsewhere, is refused', () => {
  const { disk } = forkable()
  const { block, app } = openChain(disk)
  block()
  block()
  expect(() => openChain(disk, genesisOf({ timeNs: 1n }))).toThrow(
    'the chain on this disk was started from another genesis than that of chain-1',
  )
  app.reset()
  expect(() => openChain(disk)).toThrow(
    "the application's state is of height 1, but the last block has height 2: the disk is damaged",
  )
  app.reset()
  disk.write([{ key: utf8('engine/state'), value: undefined }])
  expect(() => openChain(disk, genesisOf({}, []))).toThrow(
    'validator set is nil in genesis and still empty after InitChain',
  )
})

test('taken back to any height, a chain is as it was and goes on as it did', () => {
  const { disk, fork } = forkable()
  const original = openChain(disk)
  play(original, 1, 14)
  const full = view(original.engine.blocks, 1, 14)
  for (let height = 1; height <= 14; height++) {
    const copy = fork()
    const chain = openChain(copy)
    for (let i = height; i < 14; i++) chain.app.reset()
    chain.engine.mempool.add(utf8('set late 1'))
    chain.engine.rollback(height)
    expect(chain.engine.mempool.count).toBe(0)
    expect(chain.engine.blocks.height).toBe(height)
    expect(chain.engine.blocks.block(height + 1)).toBeUndefined()
    if (height < 14) expect(chain.engine.blocks.heightOf(full[height]!.block!.blockId.hash)).toBeUndefined()
    const reopened = openChain(copy)
    expect(view(reopened.engine.blocks, 1, height)).toEqual(view(chain.engine.blocks, 1, height))
    play(chain, height + 1, 14)
    expect(view(chain.engine.blocks, 1, 14)).toEqual(full)
  }
})

test('going back leaves nothing of the dropped blocks on the disk', () => {
  const short = forkable()
  play(openChain(short.disk), 1, 7)
  const long = forkable()
  const chain = openChain(long.disk)
  play(chain, 1, 14)
  for (let i = 7; i < 14; i++) chain.app.reset()
  chain.engine.rollback(7)
  expect(long.keys().sort()).toEqual(short.keys().sort())
})

test('a chain cannot go back to what it does not keep', () => {
  const chain = openChain()
  expect(() => chain.engine.rollback(1)).toThrow('cannot go back to height 1: blocks 0 to 0 are kept')
  play(chain, 1, 3)
  expect(() => chain.engine.rollback(0)).toThrow('cannot go back to height 0: blocks 1 to 3 are kept')
  expect(() => chain.engine.rollback(4)).toThrow('blocks 1 to 3 are kept')
})

test('pruned heights are gone, the others are as before', () => {
  const reference = openChain()
  play(reference, 1, 20)
  const { disk, keys } = forkable()
  const chain = openChain(disk)
  play(chain, 1, 14)
  chain.app.retainHeight = 12n
  play(chain, 15, 16)
  chain.app.retainHeight = 15n
  play(chain, 17, 20)
  const { blocks } = chain.engine
  expect([blocks.base, blocks.height]).toEqual([15, 20])
  for (const height of [0, 1, 11, 14]) {
    expect(blocks.block(height)).toBeUndefined()
    expect(blocks.results(height)).toBeUndefined()
    expect(blocks.commit(height)).toBeUndefined()
    expect(blocks.validators(height)).toBeUndefined()
    expect(blocks.consensusParams(height)).toBeUndefined()
    expect(blocks.txResult(height, 0)).toBeUndefined()
  }
  expect(blocks.heightOf(reference.engine.blocks.block(3)!.blockId.hash)).toBeUndefined()
  expect(blocks.heightOf(blocks.block(16)!.blockId.hash)).toBe(16)
  expect(view(blocks, 15, 20)).toEqual(view(reference.engine.blocks, 15, 20))
  expect(view(openChain(disk).engine.blocks, 15, 20)).toEqual(view(blocks, 15, 20))
  // Six blocks with results and hashes, sets of heights 14, 15 and 17 on, parameters likewise, state,
  // genesis, application.
  expect(keys().length).toBeLessThan(40)
})

test('more than all blocks cannot be pruned', () => {
  const chain = openChain()
  play(chain, 1, 3)
  chain.app.retainHeight = 100n
  play(chain, 4, 4)
  expect([chain.engine.blocks.base, chain.engine.blocks.height]).toEqual([4, 4])
  play(chain, 5, 5)
  expect(chain.engine.blocks.commit(5)!.signatures).toHaveLength(5)
})

test('sets of long ago have the priorities that they had, whether a change or a checkpoint is nearer', () => {
  const chain = openChain()
  const live = new Map<number, unknown>()
  for (let height = 1; height <= 620; height++) {
    chain.block(height === 300 ? [powerTx(6, 33)] : [], {
      timeNs: chain.genesis.timeNs + BigInt(height) * SECOND,
    })
    live.set(height + 2, chain.engine.blocks.validators(height + 2))
  }
  const reopened = openChain(chain.disk).engine.blocks
  for (let height = 3; height <= 622; height += 7)
    expect(structuredClone(reopened.validators(height))).toEqual(structuredClone(live.get(height)))
})

test('one tx is found with its result without the others', () => {
  const chain = openChain()
  const txs = Array.from({ length: 50 }, (_, i) =>
    i % 9 === 0 ? `fail ${i}` : `set k${i} ${'v'.repeat(i * 5)}`,
  )
  const { block, results } = chain.block(txs)
  for (const { engine } of [chain, openChain(chain.disk)])
    txs.forEach((_, i) => {
      expect(engine.blocks.txResult(1, i)).toEqual({ tx: block.data!.txs[i], result: results.txResults[i] })
    })
  expect(chain.engine.blocks.txResult(1, 50)).toBeUndefined()
  expect(chain.engine.blocks.txResult(1, -1)).toBeUndefined()
  expect(chain.engine.blocks.txResult(2, 0)).toBeUndefined()
})
