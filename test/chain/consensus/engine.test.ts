// The engine follows CometBFT's rules from block to block.
import { toHex, utf8 } from '../../../chain/bytes.ts'
import { encodeBlock, hashTx } from '../../../chain/consensus/block.ts'
import { medianTimeNs, verifyCommit } from '../../../chain/consensus/commit.ts'
import { hashHeader } from '../../../chain/consensus/header.ts'
import { lastResultsHash } from '../../../chain/consensus/results.ts'
import { formatTimestamp, timestampToNs } from '../../../chain/consensus/time.ts'
import { findValidator, hashValidators } from '../../../chain/consensus/valset.ts'
import { memoryDisk } from '../../../chain/store/memory.ts'
import { addressOf, genesisOf, openChain, powerTx, SECOND, signers } from './devchain.ts'
import { verifyEd25519 } from './recorded.ts'

const address = (i: number) => addressOf(signers[i]!)
const isOneOf =
  (...names: number[]) =>
  (candidate: Uint8Array) =>
    names.some((i) => toHex(address(i)) === toHex(candidate))

test('the first block has the genesis time, an empty commit and the application hash of InitChain', () => {
  const { app, block, engine, genesis } = openChain()
  expect(engine.blocks.height).toBe(0)
  const { block: first, blockId } = block([], { timeNs: 99n })
  const header = first.header!
  expect(formatTimestamp(header.time)).toBe('2025-01-01T00:00:00Z')
  expect(header.height).toBe(1n)
  expect(header.version).toMatchObject({ block: 11n, app: 7n })
  expect(header.lastBlockId!.hash).toHaveLength(0)
  expect(first.lastCommit!.signatures).toHaveLength(0)
  expect(header.appHash).toEqual(app.info().lastBlockAppHash)
  expect(header.lastResultsHash).toEqual(lastResultsHash([]))
  expect(hashHeader(header)).toEqual(blockId.hash)
  expect(app.initialized).toHaveLength(1)
  expect(app.initialized[0]).toMatchObject({ chainId: 'chain-1', initialHeight: 1n, timeNs: genesis.timeNs })
  expect(app.initialized[0]!.validators.map(({ power }) => power)).toEqual([40n, 30n, 20n, 10n])
  expect(app.finalized[0]!.lastCommit).toEqual({ round: 0, votes: [] })
})

test('a chain may start at a later height', () => {
  const { block, engine } = openChain(memoryDisk(), genesisOf({ initialHeight: 50 }))
  expect(engine.blocks.validators(50)!.validators).toHaveLength(4)
  block()
  block()
  expect([engine.blocks.base, engine.blocks.height]).toEqual([50, 51])
  expect(engine.blocks.block(51)!.block.lastCommit!.height).toBe(50n)
})

test('every block follows from the one before', () => {
  const { block, engine } = openChain()
  const produced = [block(['set a 1', 'fail 1']), block(), block(['set b 2'])]
  produced.slice(1).forEach(({ block: next }, i) => {
    const last = produced[i]!
    const header = next.header!
    expect(header.lastBlockId).toEqual(last.blockId)
    expect(header.appHash).toEqual(last.results.appHash)
    expect(header.lastResultsHash).toEqual(lastResultsHash(last.results.txResults))
    expect(header.validatorsHash).toEqual(last.block.header!.nextValidatorsHash)
    const set = engine.blocks.validators(i + 1)!
    expect(medianTimeNs(next.lastCommit!, set)).toBe(timestampToNs(header.time))
    verifyCommit({
      ...{ chainId: 'chain-1', set, blockId: last.blockId, height: BigInt(i + 1) },
      ...{ commit: next.lastCommit!, verify: verifyEd25519 },
    })
  })
  expect(produced[0]!.results.txResults.map(({ code }) => code)).toEqual([0, 1])
  expect(produced[0]!.txHashes).toEqual([hashTx(utf8('set a 1')), hashTx(utf8('fail 1'))])
  expect(produced[2]!.size).toBe(encodeBlock(produced[2]!.block).length)
})

test('a block has the time asked for, to the nanosecond, and time must rise', () => {
  const { block, genesis, engine } = openChain()
  block()
  const timeNs = genesis.timeNs + 3600n * SECOND + 123_456_789n
  const { block: second } = block([], { timeNs })
  expect(timestampToNs(second.header!.time)).toBe(timeNs)
  expect(() => block([], { timeNs })).toThrow(
    'block 3 cannot have the time 2025-01-01T01:00:00.123456789Z: block 2 has ' +
      '2025-01-01T01:00:00.123456789Z, and time must rise',
  )
  expect(engine.blocks.height).toBe(2)
})

test('the commit seen for the latest block is signed, and gives way to that of the next block', () => {
  const { block, engine } = openChain()
  block()
  const { blockId, block: last } = block()
  const set = engine.blocks.validators(2)!
  const seen = engine.blocks.commit(2)!
  expect(engine.blocks.commit(2)).toBe(seen)
  expect(medianTimeNs(seen, set)).toBe(timestampToNs(last.header!.time) + 1_000_000n)
  const check = { chainId: 'chain-1', set, blockId, height: 2n, verify: verifyEd25519 }
  verifyCommit({ ...check, commit: seen })
  const third = block()
  expect(engine.blocks.commit(2)).toEqual(third.block.lastCommit)
  verifyCommit({ ...check, commit: engine.blocks.commit(2)! })
  expect(engine.blocks.commit(4)).toBeUndefined()
})

test('absent validators are absent in the commit, and the application hears of it', () => {
  const { app, block, engine } = openChain()
  block([], { absent: isOneOf(3) })
  expect(engine.blocks.commit(1)!.signatures.map(({ blockIdFlag }) => blockIdFlag)).toEqual([2, 2, 2, 1])
  const { block: second } = block()
  expect(second.lastCommit!.signatures[3]).toMatchObject({ blockIdFlag: 1 })
  expect(second.lastCommit!.signatures[3]!.signature).toHaveLength(0)
  expect(app.finalized[1]!.lastCommit).toEqual({
    round: 0,
    votes: [40n, 30n, 20n, 10n].map((power, i) => ({
      validator: { address: address(i), power },
      blockIdFlag: i === 3 ? 1 : 2,
    })),
  })
})

test('rounds of absent proposers pass, and the commit says in which round it was made', () => {
  const { block, engine } = openChain()
  block()
  const next = toHex(engine.blocks.validators(2)!.proposer!.address)
  const { block: second } = block([], {
    absent: (candidate) => toHex(candidate) === next && next === toHex(address(1)),
  })
  expect(next).toBe(toHex(address(1)))
  expect(toHex(second.header!.proposerAddress)).not.toBe(next)
  const { block: third } = block()
  expect(third.lastCommit!.round).toBe(1)
  expect(engine.blocks.commit(2)!.round).toBe(1)
})

test('without more than two thirds of the power the chain halts, and goes on when they are back', () => {
  const { app, block, engine } = openChain()
  block()
  expect(() => block([], { absent: isOneOf(0) })).toThrow(
    'the chain would halt at height 2: validators with power 60 of 100 take part, more than 66 is needed',
  )
  expect(app.finalized).toHaveLength(1)
  expect(engine.blocks.height).toBe(1)
  expect(block([], { absent: isOneOf(1) }).block.header!.height).toBe(2n)
})

test('validators whose keys nobody has never vote', () => {
  const own = new Map(signers.slice(0, 3).map((signer) => [toHex(addressOf(signer)), signer]))
  const { block, engine } = openChain(memoryDisk(), genesisOf(), {
    signers: (candidate) => own.get(toHex(candidate)),
  })
  block()
  expect(engine.blocks.commit(1)!.signatures.map(({ blockIdFlag }) => blockIdFlag)).toEqual([2, 2, 2, 1])
})

test('validator updates show in the next header and sign two blocks later', () => {
  const { block, engine } = openChain()
  block([powerTx(4, 50), powerTx(3, 0)])
  const [second, third, fourth] = [block(), block(), block()]
  const sizes = [1, 2, 3, 4, 5, 6].map((height) => engine.blocks.validators(height)?.validators.length)
  expect(sizes).toEqual([4, 4, 4, 4, 4, 4])
  const isNew = (height: number) => findValidator(engine.blocks.validators(height)!, address(4)) !== undefined
  expect([1, 2, 3, 4, 5, 6].map(isNew)).toEqual([false, false, true, true, true, true])
  expect(second.block.header!.nextValidatorsHash).not.toEqual(second.block.header!.validatorsHash)
  expect(third.block.header!.validatorsHash).toEqual(hashValidators(engine.blocks.validators(3)!))
  const votes = fourth.block.lastCommit!.signatures.map(({ validatorAddress }) => toHex(validatorAddress))
  expect(votes).toEqual([4, 0, 1, 2].map((i) => toHex(address(i))))
  expect(engine.blocks.validators(7)).toBeUndefined()
})

test('parameter updates are in force at the next height', () => {
  const { block, engine } = openChain()
  block(['gas 5'])
  const [second] = [block()]
  expect([1, 2, 3].map((height) => engine.blocks.consensusParams(height)!.block!.maxGas)).toEqual([
    -1n,
    5n,
    5n,
  ])
  expect(engine.blocks.consensusParams(4)).toBeUndefined()
  expect(engine.blocks.consensusParams(3)!.evidence!.maxBytes).toBe(1048576n)
  expect(second!.block.header!.version!.app).toBe(9n)
  expect(second!.block.header!.consensusHash).not.toEqual(engine.blocks.block(1)!.block.header!.consensusHash)
})

describe('an answer that cannot be followed halts the chain where it was', () => {
  test.each([
    ['a broken application', 'panic', 'the application is broken'],
    ['a stranger removed', powerTx(7, 0), /^changing validator set: failed to find validator/],
    ['negative power', powerTx(7, -1), "error in validator updates: voting power can't be negative: -1"],
    ['everybody removed', 'all', 'applying the validator changes would result in empty set'],
    ['no block size', 'bytes 0', 'validating new consensus params: block.MaxBytes cannot be 0'],
    [
      'a block too small for evidence',
      'bytes 100',
      'validating new consensus params: evidence.MaxBytesEvidence is greater than upper bound, 1048576 > 100',
    ],
    ['its own proposal rejected', 'reject', 'the application rejected its own proposal for block 2'],
  ])('%s', (_, tx, message) => {
    const { app, block, disk, engine } = openChain()
    block(['set a 1'])
    const before = toHex(hashHeader(engine.blocks.block(1)!.block.header!))
    const txs = tx === 'all' ? [0, 1, 2, 3].map((i) => powerTx(i, 0)) : [tx]
    expect(() => block(txs)).toThrow(message)
    expect([engine.blocks.height, app.info().lastBlockHeight]).toEqual([1, 1n])
    expect(engine.blocks.block(2)).toBeUndefined()
    expect(engine.mempool.count).toBe(txs.length)
    const again = openChain(disk)
    expect(again.engine.blocks.height).toBe(1)
    expect(toHex(hashHeader(again.engine.blocks.block(1)!.block.header!))).toBe(before)
    engine.mempool.flush()
    expect(block().block.header!.height).toBe(2n)
  })
})

test('two engines with the same seed and script make identical blocks', () => {
  const script = [['set a 1'], [], [powerTx(5, 15), 'gas 77'], ['fail x'], [], [powerTx(0, 0)], [], []]
  const run = () => {
    const { block } = openChain()
    return script.map((txs, i) => {
      const absent = isOneOf(i % 2 === 0 ? 3 : 2)
      return toHex(block(txs, { absent }).blockId.hash)
    })
  }
  const hashes = run()
  expect(new Set(hashes).size).toBe(script.length)
  expect(run()).toEqual(hashes)
})
