// Validators that misbehave on request: what blocks show of it is what CometBFT would show.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { verifyCommit } from '../../chain/consensus/commit.ts'
import { timestampToNs } from '../../chain/consensus/time.ts'
import { type Devnet, startDevnet } from '../../devnet/devnet.ts'
import { verifyEd25519 } from '../../devnet/verify/curves.ts'
import { BlockIDFlag } from '../../proto/gen/tendermint/types/validator_pb.ts'

let devnet: Devnet
beforeAll(async () => {
  devnet = await startDevnet({ clock: {}, blockTime: 'manual' })
  await devnet.mine(3)
})
afterAll(() => devnet.stop())

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const height = () => devnet.node.engine.blocks.height

/** The place of validator `index` in the set and, for each of these blocks, whether it signed it. */
const signed = (index: number, from: number, to: number): boolean[] => {
  const { blocks } = devnet.node.engine
  const address = hex(devnet.validator(index).address)
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const place = blocks.validators(from + i)!.validators.findIndex((each) => hex(each.address) === address)
    return blocks.commit(from + i)!.signatures[place]!.blockIdFlag === BlockIDFlag.BLOCK_ID_FLAG_COMMIT
  })
}
const [yes, no] = [true, false]

/** Every signature of a block's commit is valid, and they are enough. */
const expectRight = (height: number) => {
  const { blocks, chainId } = devnet.node.engine
  const { blockId } = blocks.block(height)!
  const set = blocks.validators(height)!
  const commit = blocks.commit(height)!
  const check = { chainId, set, blockId, height: BigInt(height), commit, verify: verifyEd25519 }
  expect(() => verifyCommit(check)).not.toThrow()
}

describe('who is away does not sign', () => {
  test('offline for some blocks, and back by itself', async () => {
    const from = height() + 1
    devnet.validator(0).offline(3)
    await devnet.mine(6)
    expect(signed(0, from - 1, from + 4)).toEqual([yes, no, no, no, yes, yes])
  })

  test('offline until it is told to come back', async () => {
    const from = height() + 1
    devnet.validator(0).offline()
    await devnet.mine(5)
    devnet.validator(0).online()
    await devnet.mine(2)
    expect(signed(0, from, from + 6)).toEqual([no, no, no, no, no, yes, yes])
  })

  test('flapping', async () => {
    const from = height() + 1
    devnet.validator(2).flapping(2, 1)
    await devnet.mine(7)
    devnet.validator(2).online()
    expect(signed(2, from, from + 6)).toEqual([yes, yes, no, yes, yes, no, yes])
  })

  test('commits without it are right, and others take its turn to propose', async () => {
    const { blocks } = devnet.node.engine
    const from = height() + 1
    devnet.validator(1).offline()
    await devnet.mine(8)
    devnet.validator(1).online()
    const away = hex(devnet.validator(1).address)
    const rounds = Array.from({ length: 8 }, (_, i) => {
      expectRight(from + i)
      const { block } = blocks.block(from + i)!
      expect(hex(block.header!.proposerAddress)).not.toBe(away)
      return blocks.commit(from + i)!.round
    })
    expect(new Set(rounds)).toEqual(new Set([0, 1]))
  })
})

describe('slow', () => {
  test('within timeout_commit its vote is later, and the time of the block is not', async () => {
    const from = height() + 1
    devnet.validator(3).slow(700)
    await devnet.mine(2)
    devnet.validator(3).online()
    const { blocks } = devnet.node.engine
    const time = timestampToNs(blocks.block(from + 1)!.block.header!.time)
    const times = blocks.commit(from)!.signatures.map(({ timestamp }) => timestampToNs(timestamp) - time)
    expect(times.sort()).toEqual([0n, 0n, 0n, 700_000_000n])
    expectRight(from)
  })

  test('after it the vote is missing', async () => {
    const from = height() + 1
    devnet.validator(3).slow(1001)
    await devnet.mine(2)
    devnet.validator(3).online()
    expect(signed(3, from, from + 1)).toEqual([no, no])
  })
})

describe('more than a third', () => {
  test('cannot be away: the request is refused by name, and the chain goes on', async () => {
    devnet.validator(0).offline()
    const before = height()
    expect(() => devnet.validator(1).offline()).toThrow(
      /^validator [0-9A-F]{40} cannot be offline: only 200 of/,
    )
    expect(() => devnet.validator(1).flapping(9, 1)).toThrow('cannot be flapping')
    expect(devnet.validator(1).behaviour).toEqual({ kind: 'online' })
    await devnet.mine(2)
    expect(height()).toBe(before + 2)
    devnet.validator(0).online()
  })

  test('left by a change of the set: the chain stands still until one is back', async () => {
    const small = await startDevnet({ clock: {}, blockTime: 'manual', validators: 4 })
    small.validator(0).offline()
    small.validator(3).doubleSign()
    await small.mine(2) // three equal ones are left of four
    await expect(small.mine()).rejects.toThrow('the chain stands still: only 200 of the voting power of 300')
    expect(small.node.halted).toBeUndefined()
    small.validator(0).online()
    const before = small.node.engine.blocks.height
    await small.mine(2)
    expect(small.node.engine.blocks.height).toBe(before + 2)
    await small.stop()
  })
})

test('a double sign is two real votes, carried by the next block', async () => {
  const evidence = devnet.validator(3).doubleSign()
  const at = height()
  await devnet.mine()
  const { block } = devnet.node.engine.blocks.block(at + 1)!
  expect(block.evidence!.evidence).toEqual([evidence])
  const { events } = devnet.node.engine.blocks.results(at + 1)!
  expect(events.filter(({ type }) => type === 'slash')[0]!.attributes).toContainEqual(
    expect.objectContaining({ key: 'reason', value: 'double_sign' }),
  )
})

test('validators are named by index, operator or consensus address', () => {
  const { addresses } = devnet.node.app
  const { address } = devnet.validator(1)
  const operator = addresses.validator.text(addresses.bytes(devnet.accounts[1]!.address))
  expect(devnet.validator(operator).address).toEqual(address)
  expect(devnet.validator(addresses.consensus.text(address)).address).toEqual(address)
  expect(() => devnet.validator(9)).toThrow('there is no validator 9: this chain started with 0 to 3')
  expect(() => devnet.validator('me')).toThrow('no validator is called "me"')
  expect(() => devnet.validator(0).offline(0)).toThrow('the number of blocks offline is 0')
  const stranger = addresses.consensus.text(new Uint8Array(20))
  expect(() => devnet.validator(stranger)).toThrow('its key is not simulated here')
})
