// How a group decides: a decision policy says which tally lets a proposal pass and how long people may vote
// (x/group/types.go). Two kinds: so much weight (threshold), or such a part of all weight (percentage).
import { create, fromBinary } from '@bufbuild/protobuf'
import { type Any, AnySchema } from '@bufbuild/protobuf/wkt'
import { GoPanic, goBytes, sdk, type UnpackLimit } from '../../chain/module.ts'
import {
  type DecisionPolicyWindows,
  type PercentageDecisionPolicy,
  PercentageDecisionPolicySchema,
  type TallyResult,
  type ThresholdDecisionPolicy,
  ThresholdDecisionPolicySchema,
} from '../../proto/gen/cosmos/group/v1/types_pb.ts'
import { err, wrapped } from './errors.ts'
import { totalCounts } from './tally.ts'
import { periodNs } from './time.ts'
import {
  addWeights,
  compareWeights,
  divideWeights,
  isZero,
  nonNegativeWeight,
  ONE_WHOLE,
  positiveWeight,
  subtractWeight,
  type Weight,
} from './weight.ts'

export type Decision = {
  readonly allow: boolean
  /** No vote that is still to come can change it. */
  readonly final: boolean
}

export type Policy = {
  readonly votingPeriodNs: bigint
  readonly minExecutionPeriodNs: bigint
  /** What its fields alone can tell (ValidateBasic). Throws TxError. */
  validate(): void
  /** Throws TxError if it does not suit a group of this total weight on this chain. */
  suits(totalWeight: string, maxExecutionPeriodNs: bigint): void
  /** Throws TxError if one of the numbers is none. */
  decide(tally: TallyResult, totalWeight: string): Decision
  pack(): Any
}

const THRESHOLD = `/${ThresholdDecisionPolicySchema.typeName}`
const PERCENTAGE = `/${PercentageDecisionPolicySchema.typeName}`

const PASSED: Decision = { allow: true, final: true }
const LOST: Decision = { allow: false, final: true }
const OPEN: Decision = { allow: false, final: false }

/**
 * Throws sdk 29 for an Any that holds no policy, and GoPanic for none at all, where Go looks into a nil
 * pointer.
 */
export const policyOf = (any: Any | undefined): Policy => {
  if (any === undefined) throw new GoPanic('runtime error: invalid memory address or nil pointer dereference')
  if (any.typeUrl === THRESHOLD) return thresholdPolicy(fromBinary(ThresholdDecisionPolicySchema, any.value))
  if (any.typeUrl === PERCENTAGE)
    return percentagePolicy(fromBinary(PercentageDecisionPolicySchema, any.value))
  throw sdk.invalidType('expected <nil>, got <nil>')
}

/** When a transaction is read: refuses what is packed in the place of a policy and is none. Throws sdk 2. */
export const unpackPolicy = (any: Any | undefined, limit: UnpackLimit): void => {
  if (any === undefined || any.typeUrl === '') return
  limit.enter()
  if (any.typeUrl === THRESHOLD || any.typeUrl === PERCENTAGE) return
  throw sdk.txDecode(
    `no concrete type registered for type URL ${any.typeUrl} against interface *group.DecisionPolicy`,
  )
}

const windowsOf = (windows: DecisionPolicyWindows | undefined) => ({
  votingPeriodNs: periodNs(windows?.votingPeriod),
  minExecutionPeriodNs: periodNs(windows?.minExecutionPeriod),
})

/** Sums of Go's durations wrap. */
const checkWindows = (windows: DecisionPolicyWindows | undefined, maxExecutionPeriodNs: bigint): void => {
  const { votingPeriodNs, minExecutionPeriodNs } = windowsOf(windows)
  if (minExecutionPeriodNs > BigInt.asIntN(64, votingPeriodNs + maxExecutionPeriodNs))
    throw err.invalid('min_execution_period should be smaller than voting_period + max_execution_period')
}

const thresholdPolicy = (policy: ThresholdDecisionPolicy): Policy => {
  const { windows } = policy
  const threshold = () => wrapped('threshold', () => positiveWeight(policy.threshold))
  return {
    ...windowsOf(windows),
    validate() {
      threshold()
      if (windowsOf(windows).votingPeriodNs === 0n) throw err.invalid('voting period cannot be zero')
    },
    suits(totalWeight, maxExecutionPeriodNs) {
      threshold()
      wrapped('group total weight', () => nonNegativeWeight(totalWeight))
      checkWindows(windows, maxExecutionPeriodNs)
    },
    decide(tally, totalWeight) {
      const given = threshold()
      const { yes, total } = numbers(tally, totalWeight)
      // Where members left, all who stayed are enough.
      const needed = compareWeights(given, total) < 0 ? given : total
      if (compareWeights(yes, needed) >= 0) return PASSED
      return compareWeights(mostYes(tally, yes, total), needed) < 0 ? LOST : OPEN
    },
    pack: () => packed(THRESHOLD, goBytes(ThresholdDecisionPolicySchema, policy)),
  }
}

const percentagePolicy = (policy: PercentageDecisionPolicy): Policy => {
  const { windows } = policy
  const percentage = (what: string) => wrapped(what, () => positiveWeight(policy.percentage))
  return {
    ...windowsOf(windows),
    validate() {
      if (compareWeights(percentage('percentage threshold'), ONE_WHOLE) > 0)
        throw err.invalid('percentage must be > 0 and <= 1')
      if (windowsOf(windows).votingPeriodNs === 0n) throw err.invalid('voting period cannot be 0')
    },
    suits: (_totalWeight, maxExecutionPeriodNs) => checkWindows(windows, maxExecutionPeriodNs),
    decide(tally, totalWeight) {
      const needed = percentage('percentage')
      const { yes, total } = numbers(tally, totalWeight)
      if (isZero(total)) return LOST
      if (compareWeights(divideWeights(yes, total), needed) >= 0) return PASSED
      const most = divideWeights(mostYes(tally, yes, total), total)
      return compareWeights(most, needed) < 0 ? LOST : OPEN
    },
    pack: () => packed(PERCENTAGE, goBytes(PercentageDecisionPolicySchema, policy)),
  }
}

const packed = (typeUrl: string, value: Uint8Array): Any => create(AnySchema, { typeUrl, value })

const numbers = ({ yesCount }: TallyResult, totalWeight: string): { yes: Weight; total: Weight } => ({
  yes: wrapped('yes count', () => nonNegativeWeight(yesCount)),
  total: wrapped('total power', () => nonNegativeWeight(totalWeight)),
})

/** If all who did not vote yet said yes. */
const mostYes = (tally: TallyResult, yes: Weight, total: Weight): Weight =>
  addWeights(yes, subtractWeight(total, totalCounts(tally)))
