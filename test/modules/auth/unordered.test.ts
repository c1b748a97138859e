// Transactions without a sequence: each sender may use a timeout once, and it is remembered until it has
// passed.
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import { describe, expect, test } from '@jest/globals'
import { type Chain, type ChainOptions, GENESIS_NS, sign } from '../chain.ts'
import { ann, balance, send, startPair } from '../pair.ts'
import { seal } from './envelope.ts'

const START_MS = Number(GENESIS_NS / 1_000_000n)
const at = (seconds: number) => ({
  unordered: true,
  timeoutTimestamp: timestampFromMs(START_MS + seconds * 1000),
})
const unordered = (chain: Chain, seconds: number, amount = '5') =>
  sign(chain, ann, [send(amount)], { body: at(seconds), fee: { gasLimit: 200_000n } })
const run = (chain: Chain, ...txs: Uint8Array[]) =>
  chain.block(...txs).txResults.map(({ code, log }) => [code, log])
const nonces = (chain: Chain) =>
  [
    ...chain.app
      .view()
      .store('acc')
      .iterate(new Uint8Array([90]), new Uint8Array([91])),
  ].length

describe('an unordered transaction', () => {
  test('passes in any order, and leaves the sequence alone', () => {
    const chain = startPair()
    expect(run(chain, unordered(chain, 60), unordered(chain, 30), unordered(chain, 45))).toEqual(
      Array(3).fill([0, '']),
    )
    expect(balance(chain)).toBe(1_000_015n)
    expect(chain.auth.account(chain.app.view(), ann.address)!.base.sequence).toBe(0n)
  })

  test('passes once: another with the same timeout is refused, even if it does something else', () => {
    const chain = startPair()
    const used =
      `failed to add unordered nonce: sender ${ann.text} has already used ` +
      `timeout ${GENESIS_NS + 60_000_000_000n}: invalid request`
    expect(run(chain, unordered(chain, 60), unordered(chain, 60))).toEqual([
      [0, ''],
      [18, used],
    ])
    expect(run(chain, unordered(chain, 60, '7'))).toEqual([[18, used]])
  })

  test('is remembered until the block in which its time is over', () => {
    const chain = startPair()
    run(chain, unordered(chain, 4), unordered(chain, 10))
    expect(nonces(chain)).toBe(2)
    run(chain)
    expect(nonces(chain)).toBe(2)
    run(chain)
    expect(nonces(chain)).toBe(1)
    chain.skip(100n)
    run(chain)
    expect(nonces(chain)).toBe(0)
  })

  test('pays for its nonce', () => {
    const chain = startPair()
    const used = (gasLimit: bigint) => {
      const tx = sign(chain, ann, [send('5')], { body: at(60), fee: { gasLimit } })
      return chain.app.checkTx({ tx, type: 'new' }).log
    }
    const limits = Array.from({ length: 40 }, (_, i) => BigInt(i) * 1000n)
    const at2240 = limits.map(used).filter((log) => log.startsWith('out of gas in location: unordered tx'))
    expect([2, 3]).toContain(at2240.length)
  })

  test('may have neither a sequence nor a timeout that is over, far away or not there', () => {
    const chain = startPair()
    const withSequence = seal(chain, {
      ...{ msgs: [send('5')], signers: [{ who: ann, sequence: 1n }], body: at(60) },
    })
    const without = sign(chain, ann, [send('5')], { body: { unordered: true } })
    expect(run(chain, withSequence, without, unordered(chain, 603), unordered(chain, 1))).toEqual([
      [18, 'sequence is not allowed for unordered transactions: invalid request'],
      [18, 'unordered transaction must have timeout_timestamp set: invalid request'],
      [18, 'unordered tx ttl exceeds 10m0s: invalid request'],
      [
        42,
        expect.stringMatching(
          /^block time: 2023-11-14 22:13:22 \+0000 UTC, timeout timestamp: .*: tx timeout$/,
        ),
      ],
    ])
  })

  test('is refused by a chain that does not know them', () => {
    const options: ChainOptions = { auth: { unorderedTxs: false } }
    const chain = startPair(options)
    expect(run(chain, unordered(chain, 60))).toEqual([
      [37, 'unordered transactions are not enabled: feature not supported'],
    ])
  })

  test('in the mempool counts as one that was seen', () => {
    const chain = startPair()
    const tx = unordered(chain, 60)
    const check = () => chain.app.checkTx({ tx, type: 'new' }).code
    expect([check(), check()]).toEqual([0, 18])
    chain.block()
    expect(check()).toBe(0)
  })
})
