// Validator sets: who may sign, with what weight, and whose turn it is to propose. The turn goes round by
// priorities (types/validator_set.go): each step everyone gains its power and the richest pays the total, so
// that over time each proposes in proportion to its power. Sets are values: every change makes a new one.
import { create } from '@bufbuild/protobuf'
import {
  type Validator,
  type ValidatorSet,
  ValidatorSetSchema,
} from '../../proto/gen/tendermint/types/validator_pb.ts'
import { type Bytes, compareBytes, equalBytes } from '../bytes.ts'
import { merkleRoot } from '../merkle.ts'
import { upperHex, VerificationError } from './errors.ts'
import { describeValidator, keyAddress, keyOf, simpleValidator } from './validator.ts'

const MAX_INT64 = 2n ** 63n - 1n
/** types.MaxTotalVotingPower: leaves room for priorities of several times the total. */
export const MAX_TOTAL_POWER = MAX_INT64 / 8n
/** The distance between the highest and the lowest priority is kept within this many totals. */
const WINDOW = 2n

const clip = (value: bigint): bigint =>
  value > MAX_INT64 ? MAX_INT64 : value < -MAX_INT64 - 1n ? -MAX_INT64 - 1n : value

/** The power of all, summed here and not taken from the message, which others may have filled. */
export const totalPower = (set: ValidatorSet): bigint => {
  let total = 0n
  for (const validator of set.validators) total += validator.votingPower
  return total
}

/** Merkle root over the validators in their order: `validators_hash` of the headers that this set signs. */
export const hashValidators = (set: ValidatorSet): Bytes => merkleRoot(set.validators.map(simpleValidator))

/** The place of a validator in its set; undefined if it is not a member. */
export const findValidator = (
  set: ValidatorSet,
  address: Bytes,
): { index: number; validator: Validator } | undefined => {
  const index = set.validators.findIndex((validator) => equalBytes(validator.address, address))
  return index < 0 ? undefined : { index, validator: set.validators[index]! }
}

const byAddress = (a: Validator, b: Validator): number => compareBytes(a.address, b.address)
const byPower = (a: Validator, b: Validator): number =>
  a.votingPower === b.votingPower ? byAddress(a, b) : a.votingPower > b.votingPower ? -1 : 1

/** Divides priorities, towards zero, until they fit the window. Changes the validators given. */
const rescale = (validators: Validator[], total: bigint): void => {
  const limit = WINDOW * total
  let highest = validators[0]!.proposerPriority
  let lowest = highest
  for (const { proposerPriority } of validators) {
    if (proposerPriority > highest) highest = proposerPriority
    if (proposerPriority < lowest) lowest = proposerPriority
  }
  const distance = highest - lowest
  if (limit <= 0n || distance <= limit) return
  const ratio = (distance + limit - 1n) / limit
  for (const validator of validators) validator.proposerPriority /= ratio
}

/** Moves the mean, rounded down, to zero. Changes the validators given. */
const centre = (validators: Validator[]): void => {
  const count = BigInt(validators.length)
  let sum = 0n
  for (const { proposerPriority } of validators) sum += proposerPriority
  const mean = sum >= 0n ? sum / count : -((-sum + count - 1n) / count)
  if (mean === 0n) return
  for (const validator of validators) validator.proposerPriority = clip(validator.proposerPriority - mean)
}

/** One turn: returns who proposes. Changes the validators given. */
const step = (validators: Validator[], total: bigint): Validator => {
  let proposer: Validator | undefined
  for (const validator of validators) {
    validator.proposerPriority = clip(validator.proposerPriority + validator.votingPower)
    if (
      proposer === undefined ||
      validator.proposerPriority > proposer.proposerPriority ||
      (validator.proposerPriority === proposer.proposerPriority && byAddress(validator, proposer) < 0)
    )
      proposer = validator
  }
  proposer!.proposerPriority = clip(proposer!.proposerPriority - total)
  return proposer!
}

const setOf = (validators: Validator[], proposer: Validator | undefined, total: bigint): ValidatorSet => {
  const set = create(ValidatorSetSchema, { validators, totalVotingPower: total })
  if (proposer) set.proposer = proposer
  return set
}

/** The set after `times` turns; rescaled and centred once, before the first (IncrementProposerPriority). */
export const rotate = (set: ValidatorSet, times = 1): ValidatorSet => {
  if (set.validators.length === 0) throw new Error('empty validator set')
  const validators = set.validators.map((validator) => ({ ...validator }))
  const total = totalPower(set)
  rescale(validators, total)
  centre(validators)
  let proposer = set.proposer
  for (let i = 0; i < times; i++) proposer = step(validators, total)
  return setOf(validators, proposer, total)
}

/** A set that starts with these validators (NewValidatorSet). Throws an Error as `updateValidators` does. */
export const newValidatorSet = (validators: readonly Validator[]): ValidatorSet => {
  const removed = validators.filter(({ votingPower }) => votingPower === 0n)
  if (removed.length > 0)
    throw new Error(`cannot process validators with voting power 0: ${describeAll(removed.sort(byAddress))}`)
  if (validators.length === 0) return setOf([], undefined, 0n)
  return rotate(updateValidators(setOf([], undefined, 0n), validators))
}

const describeAll = (validators: readonly Validator[]): string =>
  `[${validators.map(describeValidator).join(' ')}]`

const checkChanges = (changes: readonly Validator[]): void => {
  changes.forEach((change, i) => {
    if (i > 0 && byAddress(change, changes[i - 1]!) === 0)
      throw new Error(`duplicate entry ${describeValidator(change)} in ${describeAll(changes)}`)
    if (change.votingPower < 0n) throw new Error(`voting power can't be negative: ${change.votingPower}`)
    if (change.votingPower > MAX_TOTAL_POWER)
      throw new Error(
        `to prevent clipping/overflow, voting power can't be higher than ${MAX_TOTAL_POWER}, got ` +
          `${change.votingPower}`,
      )
  })
}

/**
 * The set after these changes, power 0 removing a member (UpdateWithChangeSet): members keep their priority,
 * new ones start at -1.125 totals, so that nobody resets its priority by leaving and coming back. The
 * proposer is the old one until the next turn. Throws an Error, and changes nothing, on doubles, powers out
 * of range, the removal of a stranger, too much power in all or nobody left.
 */
export const updateValidators = (set: ValidatorSet, changes: readonly Validator[]): ValidatorSet => {
  if (changes.length === 0) return set
  const sorted = [...changes].sort(byAddress)
  checkChanges(sorted)
  const updates = sorted.filter(({ votingPower }) => votingPower > 0n)
  const removals = sorted.filter(({ votingPower }) => votingPower === 0n)
  const added = updates.filter(({ address }) => !findValidator(set, address)).length
  if (added === 0 && set.validators.length === removals.length)
    throw new Error('applying the validator changes would result in empty set')
  for (const { address } of removals)
    if (!findValidator(set, address))
      throw new Error(`failed to find validator ${upperHex(address)} to remove`)
  return applyChanges(set, updates, removals)
}

const applyChanges = (set: ValidatorSet, updates: Validator[], removals: Validator[]): ValidatorSet => {
  const old = new Map(set.validators.map((validator) => [upperHex(validator.address), validator]))
  let before = totalPower(set) // what the total would be if nobody were removed
  for (const { address, votingPower } of updates)
    before += votingPower - (old.get(upperHex(address))?.votingPower ?? 0n)
  let total = before
  for (const { address } of removals) total -= old.get(upperHex(address))!.votingPower
  if (total > MAX_TOTAL_POWER)
    throw new Error(`total voting power of resulting valset exceeds max ${MAX_TOTAL_POWER}`)

  const next = new Map(old)
  for (const update of updates) {
    const proposerPriority = old.get(upperHex(update.address))?.proposerPriority ?? -(before + (before >> 3n))
    next.set(upperHex(update.address), { ...update, proposerPriority })
  }
  for (const { address } of removals) next.delete(upperHex(address))
  const validators = [...next.values()].map((validator) => ({ ...validator })).sort(byPower)
  rescale(validators, total)
  centre(validators)
  return setOf(validators, set.proposer, total)
}

/** ValidatorSet.ValidateBasic. Throws VerificationError. */
export const checkValidatorSet = (set: ValidatorSet): void => {
  if (set.validators.length === 0) throw new VerificationError('validator set is nil or empty')
  set.validators.forEach((validator, i) => {
    checkValidator(`invalid validator #${i}`, validator)
  })
  const { proposer } = set
  if (proposer === undefined)
    throw new VerificationError('proposer failed validate basic, error: nil validator')
  checkValidator('proposer failed validate basic, error', proposer)
  if (!findValidator(set, proposer.address)) throw new VerificationError('proposer not in validator set')
}

const checkValidator = (prefix: string, validator: Validator): void => {
  const key = keyOf(validator)
  if (key === undefined) throw new VerificationError(`${prefix}: validator does not have a public key`)
  if (validator.votingPower < 0n)
    throw new VerificationError(`${prefix}: validator has negative voting power`)
  const address = keyAddress(key)
  if (!equalBytes(address, validator.address))
    throw new VerificationError(
      `${prefix}: validator address is incorrectly derived from pubkey. Exp: ${upperHex(address)}, got ` +
        `${upperHex(validator.address)}`,
    )
}
