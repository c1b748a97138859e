// Random stake: delegators that move it about, validators that come and fail. After every block
// everything that must hold of stake holds, and the same seed gives the same state.
import { describe, expect, test } from '@jest/globals'
import { ONE, TxError } from '../../../chain/module.ts'
import { type Random, randomFrom } from '../../random.ts'
import { openStage, POWER, person, type Stage } from './stage.ts'

const SECOND = 1_000_000_000n

const amount = (random: Random): bigint =>
  random.below(6) === 0 ? BigInt(random.below(9)) : BigInt(random.below(4_000_000))

/** One message or fault at random; whether it may is for the rules to say. */
const act = (stage: Stage, random: Random): void => {
  const [delegator, one, other] = [random.below(12) + 1, random.below(9) + 1, random.below(9) + 1]
  const { height } = stage.ctx.block
  const deeds = [
    () => stage.found(one, BigInt(random.below(6)) * POWER),
    () => stage.delegate(delegator, one, amount(random)),
    () => stage.delegate(delegator, one, amount(random)),
    () => stage.undelegate(delegator, one, amount(random)),
    () => stage.undelegate(one, one, stage.validator(one).tokens / 2n),
    () => stage.redelegate(delegator, one, other, amount(random)),
    () => stage.cancel(delegator, one, amount(random), height - BigInt(random.below(5))),
    () => stage.unjail({ validatorAddr: stage.validator(one).operatorText }),
    () => slash(stage, one, random),
  ]
  stage.ctx.branch(random.pick(deeds))
}

const slash = (stage: Stage, number: number, random: Random): void => {
  const { consAddress } = stage.validator(number)
  const fraction = random.below(5) === 0 ? ONE : (ONE * BigInt(random.below(300))) / 1000n
  const power = stage.keeper.lastValidatorPower(stage.ctx, person(number))
  stage.keeper.slash(
    stage.ctx,
    consAddress,
    stage.ctx.block.height - BigInt(random.below(8)),
    power,
    fraction,
  )
  stage.keeper.jail(stage.ctx, consAddress)
}

/** Returns how many deeds were done, and the state at the end. */
const storm = (seed: string, blocks: number) => {
  const random = randomFrom(seed)
  const stage = openStage({
    maxValidators: 4,
    maxEntries: 3,
    unbondingTimeNs: 12n * SECOND,
    historicalEntries: 3,
  })
  let done = 0
  for (let block = 0; block < blocks; block++) {
    for (let i = random.below(6); i >= 0; i--) {
      try {
        act(stage, random)
        done++
      } catch (error) {
        if (!(error instanceof TxError)) throw new Error(`seed ${seed}, block ${block}: ${error}`)
      }
    }
    stage.next(BigInt(random.below(4)))
    const broken = stage.broken()
    if (broken.length > 0) throw new Error(`seed ${seed}, block ${block}: ${broken.join(', ')} broken`)
  }
  return { done, contents: stage.contents() }
}

describe('a storm of stake', () => {
  test.each(['first', 'second'])('leaves every invariant whole (seed %s)', (seed) => {
    expect(storm(seed, 120).done).toBeGreaterThan(100)
  })

  test('ends in the same state for the same seed, and in another for another', () => {
    const { contents } = storm('again', 40)
    expect(storm('again', 40).contents).toEqual(contents)
    expect(storm('else', 40).contents).not.toEqual(contents)
  })
})
