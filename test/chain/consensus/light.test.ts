// A light client follows our chain over two hundred blocks in which validators come and go.

import { toHex } from '../../../chain/bytes.ts'
import {
  verifyCommit,
  verifyCommitLight,
  verifyCommitLightTrusting,
} from '../../../chain/consensus/commit.ts'
import { NotEnoughPowerError, VerificationError } from '../../../chain/consensus/errors.ts'
import { encodeHeader } from '../../../chain/consensus/header.ts'
import {
  checkTrustLevel,
  DEFAULT_TRUST_LEVEL,
  ExpiredHeaderError,
  type LightOptions,
  UntrustedSetError,
  verifyBackwards,
  verifyHeader,
  verifyNonAdjacent,
} from '../../../chain/consensus/light.ts'
import { timestampToNs } from '../../../chain/consensus/time.ts'
import type { Header, SignedHeader } from '../../../proto/gen/tendermint/types/types_pb.ts'
import type { ValidatorSet } from '../../../proto/gen/tendermint/types/validator_pb.ts'
import { addressOf, openChain, powerTx, SECOND, signers } from './devchain.ts'
import { verifyEd25519 } from './recorded.ts'

const HEIGHTS = 220
const chain = openChain()
/** Every 20 blocks one validator goes and another comes; in between powers change. */
for (let height = 1; height <= HEIGHTS; height++) {
  const step = Math.floor(height / 20)
  const change =
    height % 20 === 0
      ? [powerTx((step + 3) % 20, 40), powerTx((step - 1) % 20, 0)]
      : height % 10 === 0
        ? [powerTx((step + 2) % 20, 30 + step)]
        : []
  const absent = (address: Uint8Array) =>
    height % 7 === 0 && toHex(address) === toHex(addressOf(signers[(step + 1) % 20]!))
  chain.block(
    change.map((tx) => `${tx} #${height}`),
    height % 7 === 0 && height > 40 && height % 20 > 5 ? { absent } : {},
  )
}
const { blocks } = chain.engine

const signed = (height: number): SignedHeader => ({
  $typeName: 'tendermint.types.SignedHeader',
  header: blocks.block(height)!.block.header!,
  commit: blocks.commit(height)!,
})
const header = (height: number): Header => signed(height).header!
const set = (height: number): ValidatorSet => blocks.validators(height)!
let verified = 0
const options: LightOptions = {
  trustingPeriodNs: 14n * 86400n * SECOND,
  nowNs: timestampToNs(header(HEIGHTS).time) + SECOND,
  maxClockDriftNs: 10n * SECOND,
  trustLevel: DEFAULT_TRUST_LEVEL,
  verify: (...parts) => {
    verified++
    return verifyEd25519(...parts)
  },
}
const verify = (from: number, to: number, change: Partial<LightOptions> = {}) =>
  verifyHeader(header(from), set(from), signed(to), set(to), { ...options, ...change })

test('validators changed at least twenty times on the way', () => {
  let changes = 0
  for (let height = 2; height <= HEIGHTS; height++)
    if (toHex(header(height).validatorsHash) !== toHex(header(height - 1).validatorsHash)) changes++
  expect(changes).toBeGreaterThanOrEqual(20)
})

test('header by header', () => {
  for (let height = 2; height <= HEIGHTS; height++) verify(height - 1, height)
})

test('by jumps, halved where trusted validators signed too little', () => {
  let [trusted, jumps, refusals] = [1, 0, 0]
  while (trusted < HEIGHTS) {
    let target = HEIGHTS
    for (;;) {
      try {
        verify(trusted, target)
        break
      } catch (error) {
        if (!(error instanceof UntrustedSetError)) throw error
        refusals++
        target = Math.floor((trusted + target) / 2)
      }
    }
    trusted = target
    jumps++
  }
  expect(refusals).toBeGreaterThan(3)
  expect(jumps).toBeLessThan(30)
})

test('backwards, by the hashes that headers name', () => {
  for (let height = HEIGHTS; height > 1; height--) verifyBackwards(header(height - 1), header(height))
  expect(() => verifyBackwards(header(3), header(5))).toThrow("does not match trusted header's last block")
  expect(() => verifyBackwards({ ...header(3), chainId: 'x' }, header(4))).toThrow(
    'header belongs to another chain',
  )
  expect(() => verifyBackwards(header(5), header(4))).toThrow('to be before new header time')
})

test('no more signatures are verified than are needed', () => {
  verified = 0
  verify(2, 3)
  expect(verified).toBe(2)
  verified = 0
  expect(() => verify(1, HEIGHTS)).toThrow(UntrustedSetError)
  expect(verified).toBe(0)
})

describe('refused', () => {
  const forged = (height: number, change: Partial<Header>): SignedHeader => ({
    ...signed(height),
    header: { ...header(height), ...change },
  })
  const check = (one: SignedHeader, validators = set(5), change: Partial<LightOptions> = {}) =>
    verifyHeader(header(4), set(4), one, validators, { ...options, ...change })

  test('a header that the commit does not sign', () => {
    expect(() => check(forged(5, { appHash: new Uint8Array(32) }))).toThrow(
      /^invalid header: .*ValidateBasic failed: commit signs block [0-9A-F]{64}, header is block/,
    )
  })
  test('another chain', () => {
    expect(() => check(forged(5, { chainId: 'x' }))).toThrow(
      'header belongs to another chain "x", not "chain-1"',
    )
  })
  test('a malformed header or commit', () => {
    expect(() => check(forged(5, { proposerAddress: new Uint8Array(3) }))).toThrow(
      'invalid ProposerAddress length; got: 3',
    )
    expect(() => check(forged(5, { dataHash: new Uint8Array(3) }))).toThrow(
      'wrong DataHash: expected size to be 32 bytes, got 3 bytes',
    )
    expect(() => check(forged(5, { version: { ...header(5).version!, block: 10n } }))).toThrow(
      'block protocol is incorrect: got: 10, want: 11',
    )
    expect(() => check({ ...signed(5), commit: { ...signed(5).commit!, signatures: [] } })).toThrow(
      'no signatures in commit',
    )
    expect(() => check({ ...signed(5), commit: { ...signed(5).commit!, height: 6n } })).toThrow(
      'header and commit height mismatch: 5 vs 6',
    )
    const { commit: _c, ...bare } = signed(5)
    expect(() => check(bare)).toThrow('missing commit')
    const { header: _h, ...headless } = signed(5)
    expect(() => check(headless)).toThrow('missing header')
  })
  test('other validators than the header says', () => {
    expect(() => check(signed(5), set(100))).toThrow(/^invalid header: expected new header validators/)
  })
  test('a height or time that does not rise, or lies ahead', () => {
    expect(() => verify(8, 6)).toThrow('expected new header height 6 to be greater than one of old header 8')
    expect(() => verify(8, 9, { nowNs: timestampToNs(header(9).time) - 10n * SECOND })).toThrow(
      'new header has a time from the future',
    )
    expect(() => verify(8, 9, { nowNs: timestampToNs(header(9).time) - 10n * SECOND + 1n })).not.toThrow()
    const late = { ...header(8), time: header(9).time }
    expect(() => verifyHeader(late, set(8), signed(9), set(9), options)).toThrow(
      'to be after old header time',
    )
  })
  test('anything once the trusted header is too old', () => {
    const trustingPeriodNs = options.nowNs - timestampToNs(header(8).time)
    expect(() => verify(8, 9, { trustingPeriodNs })).toThrow(ExpiredHeaderError)
    expect(() => verify(8, 9, { trustingPeriodNs: trustingPeriodNs + 1n })).not.toThrow()
  })
  test('a neighbour whose validators were not announced', () => {
    const trusted = { ...header(4), nextValidatorsHash: new Uint8Array(32) }
    expect(() => verifyHeader(trusted, set(4), signed(5), set(5), options)).toThrow(
      'expected old header next validators',
    )
    expect(() => verifyNonAdjacent(header(4), set(4), signed(5), set(5), options)).toThrow(
      'headers must be non adjacent in height',
    )
  })
  test('a false signature', () => {
    expect(() => check(signed(5), set(5), { verify: () => false })).toThrow(
      /^invalid header: wrong signature \(#0\): [0-9A-F]{128}$/,
    )
  })
  test('a trust level below a third or above one', () => {
    expect(() => checkTrustLevel({ numerator: 1n, denominator: 4n })).toThrow(
      'trustLevel must be within [1/3, 1], given 1/4',
    )
    expect(() => checkTrustLevel({ numerator: 4n, denominator: 3n })).toThrow(VerificationError)
    expect(() => checkTrustLevel({ numerator: 0n, denominator: 0n })).toThrow(VerificationError)
    expect(() => checkTrustLevel({ numerator: 2n, denominator: 3n })).not.toThrow()
  })
  test('with more trust demanded, a jump that was fine before', () => {
    const jump = [10, 41] as const
    expect(() => verify(...jump)).not.toThrow()
    expect(() => verify(...jump, { trustLevel: { numerator: 1n, denominator: 1n } })).toThrow(
      /^cant trust new val set: invalid commit -- insufficient voting power: got \d+, needed more than \d+$/,
    )
  })
})

describe('a commit', () => {
  const base = {
    ...{ chainId: 'chain-1', set: set(5), blockId: blocks.block(5)!.blockId, height: 5n },
    ...{ commit: signed(5).commit!, verify: verifyEd25519 },
  }
  const withSignature = (index: number, change: object) => ({
    ...base.commit,
    signatures: base.commit.signatures.map((entry, i) => (i === index ? { ...entry, ...change } : entry)),
  })
  const absent = { blockIdFlag: 1, validatorAddress: new Uint8Array(0), signature: new Uint8Array(0) }

  test('of too many or too few entries, another height or block', () => {
    const short = { ...base.commit, signatures: base.commit.signatures.slice(1) }
    expect(() => verifyCommit({ ...base, commit: short })).toThrow('Invalid commit -- wrong set size: 4 vs 3')
    expect(() => verifyCommit({ ...base, height: 6n })).toThrow('Invalid commit -- wrong height: 6 vs 5')
    expect(() => verifyCommit({ ...base, blockId: blocks.block(6)!.blockId })).toThrow(
      /^invalid commit -- wrong block ID: want [0-9A-F]{64}:1:[0-9A-F]{12}, got/,
    )
  })
  test('needs more than two thirds for the block; votes for nil are verified but do not count', () => {
    expect(() => verifyCommit({ ...base, commit: withSignature(0, absent) })).toThrow(
      new NotEnoughPowerError(60n, 66n),
    )
    expect(() => verifyCommit({ ...base, commit: withSignature(3, absent) })).not.toThrow()
    expect(() => verifyCommit({ ...base, commit: withSignature(0, { blockIdFlag: 3 }) })).toThrow(
      NotEnoughPowerError,
    )
    expect(() => verifyCommit({ ...base, commit: withSignature(3, { blockIdFlag: 3 }) })).toThrow(
      /^wrong signature \(#3\)/,
    )
  })
  test('with a false last signature passes the light check only', () => {
    const commit = withSignature(3, { signature: new Uint8Array(64) })
    expect(() => verifyCommitLight({ ...base, commit })).not.toThrow()
    expect(() => verifyCommit({ ...base, commit })).toThrow(/^wrong signature \(#3\)/)
  })
  test('with entries in another order is refused', () => {
    const [first, second, ...rest] = base.commit.signatures
    const commit = { ...base.commit, signatures: [second!, first!, ...rest] }
    expect(() => verifyCommitLight({ ...base, commit })).toThrow(
      /^validator address mismatch at index 0: expected/,
    )
  })
  test('that counts one validator twice is refused', () => {
    const [first] = base.commit.signatures
    const commit = { ...base.commit, signatures: [first!, first!] }
    expect(() => verifyCommitLightTrusting({ ...base, commit }, { numerator: 2n, denominator: 3n })).toThrow(
      /^double vote from Validator\{.*\(0 and 1\)$/,
    )
  })
  test('is not measured by a senseless trust level', () => {
    expect(() => verifyCommitLightTrusting(base, { numerator: 1n, denominator: 0n })).toThrow(
      'trustLevel has zero Denominator',
    )
    expect(() => verifyCommitLightTrusting(base, { numerator: 2n ** 62n, denominator: 1n })).toThrow(
      'int64 overflow',
    )
  })
})

test('a header is at most as long as CometBFT reckons with', () => {
  for (const height of [1, 2, HEIGHTS]) expect(encodeHeader(header(height)).length).toBeLessThanOrEqual(626)
})
