// Validator sets against a naive model on plain numbers, and the refusals of updates.
import fc from 'fast-check'
import { compareBytes, toHex } from '../../../chain/bytes.ts'
import { validatorOf } from '../../../chain/consensus/validator.ts'
import {
  checkValidatorSet,
  findValidator,
  hashValidators,
  MAX_TOTAL_POWER,
  newValidatorSet,
  rotate,
  totalPower,
  updateValidators,
} from '../../../chain/consensus/valset.ts'
import { sha256 } from '../../../chain/hash.ts'
import type { Validator, ValidatorSet } from '../../../proto/gen/tendermint/types/validator_pb.ts'

const member = (name: number, power: bigint | number): Validator =>
  validatorOf({ type: 'ed25519', bytes: sha256(Uint8Array.of(name)) }, BigInt(power))
const addressOf = (name: number) => toHex(member(name, 1).address)
const NAMES = Array.from({ length: 12 }, (_, i) => i)

/** The rules of validator_set.go, written down once more in the plainest way. */
type Entry = { address: string; power: number; priority: number }
const floorMean = (entries: Entry[]) =>
  Math.floor(entries.reduce((sum, { priority }) => sum + priority, 0) / entries.length)
const spread = (entries: Entry[]): Entry[] => {
  const total = entries.reduce((sum, { power }) => sum + power, 0)
  const priorities = entries.map(({ priority }) => priority)
  const ratio = Math.ceil((Math.max(...priorities) - Math.min(...priorities)) / (2 * total))
  const scaled = entries.map((entry) => ({
    ...entry,
    priority: ratio > 1 ? Math.trunc(entry.priority / ratio) : entry.priority,
  }))
  const mean = floorMean(scaled)
  return scaled.map((entry) => ({ ...entry, priority: entry.priority - mean }))
}
const turnOf = (entries: Entry[]): Entry[] => {
  const total = entries.reduce((sum, { power }) => sum + power, 0)
  const grown = spread(entries).map((entry) => ({ ...entry, priority: entry.priority + entry.power }))
  const [first] = [...grown].sort((a, b) => b.priority - a.priority || (a.address < b.address ? -1 : 1))
  return grown.map((entry) =>
    entry.address === first!.address ? { ...entry, priority: entry.priority - total } : entry,
  )
}
const updateOf = (entries: Entry[], changes: { address: string; power: number }[]): Entry[] => {
  const kept = entries.filter(({ address }) => !changes.some((change) => change.address === address))
  const grown = changes.filter(({ power }) => power > 0)
  const removed = entries.filter(({ address }) =>
    changes.some((change) => change.address === address && change.power === 0),
  )
  const total = [...kept, ...grown, ...removed].reduce((sum, { power }) => sum + power, 0)
  const changed = grown.map(({ address, power }) => ({
    ...{ address, power },
    priority:
      entries.find((entry) => entry.address === address)?.priority ?? -(total + Math.floor(total / 8)),
  }))
  return spread([...kept, ...changed].sort((a, b) => b.power - a.power || (a.address < b.address ? -1 : 1)))
}
const entriesOf = ({ validators }: ValidatorSet): Entry[] =>
  validators.map(({ address, votingPower, proposerPriority }) => ({
    ...{ address: toHex(address), power: Number(votingPower), priority: Number(proposerPriority) },
  }))

const step = fc.oneof(
  fc.constant('turn' as const),
  fc.uniqueArray(fc.record({ name: fc.constantFrom(...NAMES), power: fc.nat(200) }), {
    ...{ selector: ({ name }) => name, minLength: 1, maxLength: 5 },
  }),
)

test('any history of turns and updates gives the priorities of the model', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let set = newValidatorSet([member(0, 10), member(1, 7), member(2, 1)])
      let model = turnOf(
        updateOf(
          [],
          [0, 1, 2].map((name, i) => ({ address: addressOf(name), power: [10, 7, 1][i]! })),
        ),
      )
      expect(entriesOf(set)).toEqual(model)
      for (const one of steps) {
        if (one === 'turn') {
          set = rotate(set)
          model = turnOf(model)
        } else {
          const known = one.filter(
            ({ name, power }) => power > 0 || findValidator(set, member(name, 1).address),
          )
          const removed = known.filter(({ power }) => power === 0).length
          const added = known.filter(
            ({ name, power }) => power > 0 && !findValidator(set, member(name, 1).address),
          )
          if (added.length === 0 && removed === set.validators.length) continue
          set = updateValidators(
            set,
            known.map(({ name, power }) => member(name, power)),
          )
          model =
            known.length === 0
              ? model
              : updateOf(
                  model,
                  known.map(({ name, power }) => ({ address: addressOf(name), power })),
                )
        }
        expect(entriesOf(set)).toEqual(model)
      }
    }),
    { numRuns: 200 },
  )
})

test('many turns at once end where single turns end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 300 }),
      (powers, turns) => {
        const set = newValidatorSet(powers.map((power, i) => member(i, power)))
        let single = set
        for (let i = 0; i < turns; i++) single = rotate(single)
        expect(rotate(set, turns)).toEqual(single)
      },
    ),
    { numRuns: 60 },
  )
})

test('over many turns everyone proposes in proportion to its power', () => {
  let set = newValidatorSet([member(0, 50), member(1, 30), member(2, 20)])
  const turns = new Map<string, number>()
  for (let i = 0; i < 1000; i++) {
    const proposer = toHex(set.proposer!.address)
    turns.set(proposer, (turns.get(proposer) ?? 0) + 1)
    set = rotate(set)
  }
  expect([0, 1, 2].map((name) => turns.get(addressOf(name)))).toEqual([500, 300, 200])
})

test('a change makes a new set and leaves the old one', () => {
  const set = newValidatorSet([member(0, 10), member(1, 10)])
  const before = structuredClone(set)
  rotate(set, 3)
  updateValidators(set, [member(0, 5), member(3, 4), member(1, 0)])
  expect(set).toEqual(before)
})

test('members are in order of power, then address, and the hash does not depend on priorities', () => {
  const set = newValidatorSet([3, 1, 2, 4].map((name) => member(name, name === 4 ? 9 : 5)))
  const powers = set.validators.map(({ votingPower }) => votingPower)
  expect(powers).toEqual([9n, 5n, 5n, 5n])
  const equal = set.validators.slice(1).map(({ address }) => address)
  expect([...equal].sort(compareBytes)).toEqual(equal)
  expect(hashValidators(rotate(set))).toEqual(hashValidators(set))
})

describe('refusals', () => {
  const set = newValidatorSet([member(0, 10), member(1, 10)])
  test.each([
    [
      'two changes of one member',
      [member(0, 1), member(0, 2)],
      /^duplicate entry Validator\{[0-9A-F]{40} PubKeyEd25519\{[0-9A-F]{64}\} VP:\d A:0\} in \[Validator/,
    ],
    ['negative power', [member(0, -1)], /^voting power can't be negative: -1$/],
    [
      'power above an eighth of 2^63',
      [member(2, MAX_TOTAL_POWER + 1n)],
      /^to prevent clipping.overflow, .* can't be higher than 1152921504606846975, got 1152921504606846976$/,
    ],
    [
      'too much power in all',
      [member(2, MAX_TOTAL_POWER)],
      /^total voting power of resulting valset exceeds max 1152921504606846975$/,
    ],
    [
      'removal of a stranger',
      [member(5, 0), member(6, 3)],
      /^failed to find validator [0-9A-F]{40} to remove$/,
    ],
    [
      'removal of everybody',
      [member(0, 0), member(1, 0)],
      /^applying the validator changes would result in empty set$/,
    ],
  ])('%s', (_, changes, message) => {
    expect(() => updateValidators(set, changes)).toThrow(message)
  })
  test('a first set with a member without power', () => {
    expect(() => newValidatorSet([member(0, 1), member(1, 0)])).toThrow(
      /^cannot process validators with voting power 0: \[Validator/,
    )
  })
  test('power may move from one to another at the limit', () => {
    const full = newValidatorSet([member(0, MAX_TOTAL_POWER)])
    const moved = updateValidators(full, [member(0, 0), member(1, MAX_TOTAL_POWER)])
    expect(totalPower(moved)).toBe(MAX_TOTAL_POWER)
    expect(rotate(moved, 5).validators).toHaveLength(1)
  })
})

describe('a set from elsewhere', () => {
  const set = newValidatorSet([member(0, 10), member(1, 10)])
  const [first, second] = set.validators as [Validator, Validator]
  test('is fine if members and proposer are', () => expect(() => checkValidatorSet(set)).not.toThrow())
  test.each<[string, Partial<ValidatorSet>, string]>([
    ['no members', { validators: [] }, 'validator set is nil or empty'],
    [
      'a false address',
      { validators: [{ ...first, address: second.address }] },
      'is incorrectly derived from pubkey',
    ],
    [
      'negative power',
      { validators: [{ ...first, votingPower: -1n }] },
      'invalid validator #0: validator has negative voting power',
    ],
    ['a strange proposer', { proposer: member(3, 1) }, 'proposer not in validator set'],
  ])('is refused for %s', (_, change, message) => {
    expect(() => checkValidatorSet({ ...set, ...change })).toThrow(message)
  })
  test('is refused for a missing proposer or key', () => {
    const { proposer: _p, ...headless } = set
    expect(() => checkValidatorSet(headless)).toThrow('proposer failed validate basic, error: nil validator')
    const { pubKey: _k, ...keyless } = first
    expect(() => checkValidatorSet({ ...set, validators: [keyless] })).toThrow(
      'validator does not have a public key',
    )
  })
})
