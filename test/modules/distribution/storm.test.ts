import { expect, test } from '@jest/globals'
import { ONE } from '../../../chain/module.ts'
import { randomFrom } from '../../random.ts'
import { person } from '../stage.ts'
import { accountText, openDistribution, operatorText } from './open.ts'

const PEOPLE = [1, 2, 3, 4, 5, 6].map(person)
const OPERATORS = PEOPLE.slice(0, 3)

/** Random stake, slashes, fees and withdrawals; the store at the end, as one text. */
const storm = (seed: string, blocks: number): string => {
  const random = randomFrom(seed)
  const opened = openDistribution(random.below(2) === 0 ? {} : { externalPool: 'protocolpool_escrow' })
  const { staked, msg } = opened
  for (const operator of OPERATORS)
    staked.create(operator, 1_000n + BigInt(random.below(1_000_000)), ONE / 5n)

  const act = (): void => {
    const operator = random.pick(OPERATORS)
    const delegator = random.pick(PEOPLE)
    const addresses = { delegatorAddress: accountText(delegator), validatorAddress: operatorText(operator) }
    const held = staked.keeper.delegation(opened.ctx, delegator, operator)
    const isSlashedOut = staked.validator(operator).tokens === 0n
    switch (random.below(7)) {
      case 0:
        if (!isSlashedOut) staked.delegate(delegator, operator, 1n + BigInt(random.below(1_000_000)))
        return
      case 1:
        // Operators keep their own stake, so that nobody is removed and everybody can be drawn again.
        if (held !== undefined && delegator !== operator)
          staked.undelegate(delegator, operator, (held.shares * BigInt(1 + random.below(3))) / 3n)
        return
      case 2:
        if (random.below(3) === 0) staked.slash(operator, (ONE * BigInt(random.below(30))) / 97n)
        return
      case 3:
        if (held !== undefined) msg.withdrawDelegatorReward(addresses)
        return
      case 4:
        if (opened.query.validatorCommission(addresses).commission!.commission.length > 0)
          msg.withdrawValidatorCommission(addresses)
        return
      case 5:
        msg.setWithdrawAddress({
          delegatorAddress: addresses.delegatorAddress,
          withdrawAddress: accountText(random.pick(PEOPLE)),
        })
        return
      default:
        opened.reward(operator, BigInt(random.below(1_000)), random.pick(['stake', 'atom']))
    }
  }

  for (let block = 0; block < blocks; block++) {
    opened.collect(1n + BigInt(random.below(10_000)), random.pick(['stake', 'atom', 'photon']))
    for (let acts = random.below(5); acts > 0; acts--) act()
    if (opened.broken().length > 0)
      throw new Error(`seed '${seed}', block ${block}: ${opened.broken().join(', ')} does not hold`)
  }
  return [...opened.ctx.store('distribution').iterate()].map((entry) => entry.join(':')).join('\n')
}

test.each(['calm', 'wind', 'gale', 'hail'])('in a storm (%s) everybody is owed what is there', (seed) => {
  expect(storm(seed, 70).length).toBeGreaterThan(0)
})

test('the same seed leaves the same state', () => {
  expect(storm('twice', 40)).toBe(storm('twice', 40))
})
