// Validators: how they begin, what they may change, who of them is chosen, and how they go.
import { describe, expect, test } from '@jest/globals'
import { utf8 } from '../../../chain/bytes.ts'
import { ONE } from '../../../chain/module.ts'
import { packKey } from '../../../modules/staking/keys.ts'
import { BondStatus } from '../../../modules/staking/validator.ts'
import { account, consAddress, keyOf, openStage, operator, POWER, person, settings, stake } from './stage.ts'

const error = (codespace: string, code: number) => expect.objectContaining({ codespace, code })
const percent = (value: bigint): string => `${(value * ONE) / 100n}`
const SECOND = 1_000_000_000n
const DAY = 86_400n

describe('a new validator', () => {
  test('is unbonded until the block ends, then told to consensus', () => {
    const stage = openStage()
    stage.found(1, 10n * POWER)
    expect(stage.validator(1)).toMatchObject({ status: BondStatus.UNBONDED, tokens: 10n * POWER })
    expect(stage.events('create_validator')).toEqual([{ validator: operator(1), amount: '10000000stake' }])
    expect(stage.next()).toEqual(['1:10'])
    expect(stage.validator(1).status).toBe(BondStatus.BONDED)
    expect(stage.next()).toEqual([])
  })

  test('has an operator and a key that nobody has yet', () => {
    const stage = openStage()
    stage.found(1, POWER)
    expect(() => stage.found(1, POWER)).toThrow(error('staking', 4))
    expect(() => stage.found(2, POWER, { pubkey: packKey(keyOf(1)) })).toThrow(error('staking', 5))
  })

  test('describes itself, promises stake of its own and keeps the rules of commissions', () => {
    const stage = openStage({ minCommissionRate: ONE / 20n })
    const rates = (rate: bigint, maxRate: bigint, maxChangeRate: bigint) => ({
      commission: { rate: percent(rate), maxRate: percent(maxRate), maxChangeRate: percent(maxChangeRate) },
    })
    const refused: [object, string, number][] = [
      [{ validatorAddress: account(2) }, 'sdk', 7],
      [{ pubkey: undefined }, 'staking', 39],
      [{ value: stake(0n) }, 'sdk', 18],
      [{ description: {} }, 'sdk', 18],
      [{ description: { moniker: 'x'.repeat(71) } }, 'sdk', 18],
      [{ commission: {} }, 'sdk', 18],
      [rates(10n, -1n, 1n), 'staking', 9],
      [rates(10n, 101n, 1n), 'staking', 10],
      [rates(-1n, 20n, 1n), 'staking', 9],
      [rates(21n, 20n, 1n), 'staking', 11],
      [rates(10n, 20n, -1n), 'staking', 13],
      [rates(10n, 20n, 21n), 'staking', 14],
      [rates(4n, 20n, 1n), 'staking', 40],
      [{ minSelfDelegation: '0' }, 'sdk', 18],
      [{ minSelfDelegation: `${POWER + 1n}` }, 'staking', 16],
      [{ value: { denom: 'token', amount: '5' } }, 'sdk', 18],
      [{ pubkey: { typeUrl: '/cosmos.bank.v1beta1.MsgSend', value: utf8('') } }, 'sdk', 29],
    ]
    for (const [change, codespace, code] of refused)
      expect(() => stage.found(2, POWER, change)).toThrow(error(codespace, code))
    expect(stage.keeper.validator(stage.ctx, person(2))).toBeUndefined()
  })

  test('has a key of a type that consensus takes', () => {
    const stage = openStage()
    stage.ctx.block = {
      ...stage.ctx.block,
      consensusParams: { validator: { pubKeyTypes: ['secp256k1'] } } as never,
    }
    expect(() => stage.found(1, POWER)).toThrow(
      expect.objectContaining({
        message: 'got: ed25519, expected: [secp256k1]: validator pubkey type is not supported',
      }),
    )
  })
})

describe('an edit', () => {
  const edit = (stage: ReturnType<typeof openStage>, change: object) =>
    stage.messages.editValidator({
      validatorAddress: operator(1),
      description: { moniker: 'new', website: '[do-not-modify]', details: 'more' },
      ...change,
    })
  const founded = () => {
    const stage = openStage()
    stage.found(1, 10n * POWER, { description: { moniker: 'old', website: 'here', identity: 'id' } })
    return stage
  }

  test('replaces the description but for what it leaves alone', () => {
    const stage = founded()
    edit(stage, {})
    expect(stage.validator(1).description).toEqual({
      moniker: 'new',
      website: 'here',
      identity: '',
      securityContact: '',
      details: 'more',
    })
  })

  test('changes the commission once a day, so far as was promised', () => {
    const stage = founded()
    expect(() => edit(stage, { commissionRate: percent(11n) })).toThrow(error('staking', 12))
    stage.next(DAY)
    expect(() => edit(stage, { commissionRate: percent(12n) })).toThrow(error('staking', 15))
    expect(() => edit(stage, { commissionRate: percent(21n) })).toThrow(error('staking', 11))
    expect(() => edit(stage, { commissionRate: percent(101n) })).toThrow(error('sdk', 18))
    edit(stage, { commissionRate: percent(11n) })
    expect(stage.validator(1).commission.rate).toBe((11n * ONE) / 100n)
    expect(stage.events('edit_validator')).toEqual([
      {
        commission_rate:
          'commission_rates:<rate:"110000000000000000" max_rate:"200000000000000000" ' +
          'max_change_rate:"10000000000000000" > update_time:<seconds:1800086400 > ',
        min_self_delegation: '1',
      },
    ])
    stage.next(DAY - 1n)
    expect(() => edit(stage, { commissionRate: percent(1n) })).toThrow(error('staking', 12))
  })

  test('raises the promise, to what there is at most', () => {
    const stage = founded()
    edit(stage, { minSelfDelegation: `${POWER}` })
    expect(stage.validator(1).minSelfDelegation).toBe(POWER)
    expect(() => edit(stage, { minSelfDelegation: `${POWER}` })).toThrow(error('staking', 17))
    expect(() => edit(stage, { minSelfDelegation: `${11n * POWER}` })).toThrow(error('staking', 16))
    expect(() => edit(stage, { minSelfDelegation: '-1' })).toThrow(error('sdk', 18))
  })

  test('says something, of a validator that is there', () => {
    const stage = founded()
    expect(() => edit(stage, { description: {} })).toThrow(error('sdk', 18))
    expect(() => edit(stage, { validatorAddress: operator(9) })).toThrow(error('staking', 3))
    expect(() => edit(stage, { description: { details: 'é'.repeat(141) } })).toThrow(error('sdk', 18))
  })
})

describe('the set', () => {
  test('has the strongest validators, of equal ones those with lower addresses', () => {
    const stage = openStage({ maxValidators: 2 })
    for (const number of [3, 1, 2]) stage.found(number, 5n * POWER)
    expect(stage.next()).toEqual(['1:5', '2:5'])
    stage.delegate(7, 3, POWER)
    expect(stage.next()).toEqual(['3:6', '2:0'])
    expect([1, 2, 3].map((number) => stage.validator(number).status)).toEqual([
      BondStatus.BONDED,
      BondStatus.UNBONDING,
      BondStatus.BONDED,
    ])
    expect(stage.balance('bonded_tokens_pool')).toBe(11n * POWER)
    expect(Array.from(stage.keeper.bondedValidatorsByPower(stage.ctx), ({ operator: [n] }) => n)).toEqual([
      3, 1,
    ])
  })

  test('has no validator without a whole unit of power', () => {
    const stage = openStage()
    stage.found(1, POWER - 1n)
    expect(stage.next()).toEqual([])
    stage.delegate(7, 1, 1n)
    expect(stage.next()).toEqual(['1:1'])
  })

  test('takes a validator back that is still unbonding, and forgets its date', () => {
    const stage = openStage({ maxValidators: 1, unbondingTimeNs: 10n * SECOND })
    stage.found(1, 5n * POWER)
    stage.found(2, 6n * POWER)
    expect(stage.next()).toEqual(['2:6'])
    stage.delegate(7, 1, 2n * POWER)
    expect(stage.next()).toEqual(['1:7', '2:0'])
    stage.delegate(7, 2, 2n * POWER)
    expect(stage.next()).toEqual(['2:8', '1:0'])
    stage.next(20n)
    expect(stage.next()).toEqual([])
    expect([stage.validator(1).status, stage.validator(2).status]).toEqual([
      BondStatus.UNBONDED,
      BondStatus.BONDED,
    ])
    expect(stage.validator(1).unbondingIds).toEqual([2n])
    expect(stage.broken()).toEqual([])
  })

  test('loses a validator for good once nobody has stake in it and its time is over', () => {
    const stage = openStage({ unbondingTimeNs: 10n * SECOND })
    stage.found(1, 5n * POWER)
    stage.found(2, 5n * POWER)
    stage.next()
    stage.undelegate(1, 1, 5n * POWER)
    expect(stage.next()).toEqual(['1:0'])
    expect(stage.validator(1)).toMatchObject({ tokens: 0n, status: BondStatus.UNBONDING })
    stage.next(10n)
    stage.endBlock()
    expect(stage.keeper.validator(stage.ctx, person(1))).toBeUndefined()
    expect(stage.keeper.validatorByConsAddress(stage.ctx, consAddress(1))).toBeUndefined()
    expect(stage.slasher.hasPublicKey(stage.ctx, consAddress(1))).toBe(false)
    expect(stage.balance(1)).toBe(5n * POWER)
  })
})

describe('a hold', () => {
  const unbonding = () => {
    const stage = openStage({ unbondingTimeNs: 10n * SECOND, maxValidators: 2 })
    stage.found(1, 5n * POWER)
    stage.found(2, 6n * POWER)
    stage.next()
    stage.delegate(7, 1, 500n)
    return stage
  }

  test('stops an unbonding for as long as it is not taken back as often', () => {
    const stage = unbonding()
    stage.undelegate(7, 1, 500n)
    stage.keeper.putUnbondingOnHold(stage.ctx, 1n)
    stage.keeper.putUnbondingOnHold(stage.ctx, 1n)
    stage.next(20n)
    stage.endBlock()
    expect([stage.balance(7), stage.unbonding(7, 1)[0]?.onHoldRefCount]).toEqual([0n, 2n])
    stage.keeper.unbondingCanComplete(stage.ctx, 1n)
    expect(stage.balance(7)).toBe(0n)
    stage.keeper.unbondingCanComplete(stage.ctx, 1n)
    expect([stage.balance(7), stage.unbonding(7, 1)]).toEqual([500n, []])
  })

  test('stops a redelegation and an unbonding validator too', () => {
    const stage = unbonding()
    stage.redelegate(7, 1, 2, 500n)
    stage.keeper.putUnbondingOnHold(stage.ctx, 1n)
    stage.keeper.jail(stage.ctx, consAddress(1))
    stage.endBlock()
    stage.keeper.putUnbondingOnHold(stage.ctx, 2n)
    stage.next(20n)
    stage.endBlock()
    expect(stage.redelegation(7, 1, 2)).toHaveLength(1)
    expect(stage.validator(1).status).toBe(BondStatus.UNBONDING)
    stage.keeper.unbondingCanComplete(stage.ctx, 1n)
    stage.keeper.unbondingCanComplete(stage.ctx, 2n)
    stage.endBlock()
    expect(stage.redelegation(7, 1, 2)).toEqual([])
    expect(stage.validator(1).status).toBe(BondStatus.UNBONDED)
  })

  test('is taken back only where there is one', () => {
    const stage = unbonding()
    stage.undelegate(7, 1, 500n)
    expect(() => stage.keeper.unbondingCanComplete(stage.ctx, 1n)).toThrow(error('staking', 42))
    expect(() => stage.keeper.putUnbondingOnHold(stage.ctx, 9n)).toThrow(error('staking', 45))
  })
})

describe('slashing stake', () => {
  test('takes what left since the fault before it takes of the validator', () => {
    const stage = openStage()
    stage.found(1, 10n * POWER)
    stage.found(2, 10n * POWER)
    stage.next()
    stage.delegate(7, 1, 2n * POWER)
    stage.delegate(8, 1, 2n * POWER)
    const height = stage.ctx.block.height
    stage.next()
    stage.undelegate(7, 1, POWER)
    stage.redelegate(8, 1, 2, POWER)
    stage.next()
    const burned = stage.keeper.slash(stage.ctx, consAddress(1), height, 14n, ONE / 10n)
    expect(burned).toBe((12n * POWER) / 10n)
    expect(stage.unbonding(7, 1)).toMatchObject([{ initialBalance: POWER, balance: (9n * POWER) / 10n }])
    expect(stage.shares(8, 2)).toBe(((9n * POWER) / 10n) * ONE)
    expect(stage.validator(1).tokens).toBe(12n * POWER - burned)
    expect(stage.balance('not_bonded_tokens_pool')).toBe((9n * POWER) / 10n)
    expect(stage.broken()).toEqual([])
  })

  test('leaves alone what left before the fault', () => {
    const stage = openStage()
    stage.found(1, 10n * POWER)
    stage.found(2, 10n * POWER)
    stage.next()
    stage.undelegate(1, 1, POWER)
    stage.next()
    stage.keeper.slash(stage.ctx, consAddress(1), stage.ctx.block.height - 1n + 1n, 9n, ONE / 10n)
    expect(stage.unbonding(1, 1)).toMatchObject([{ balance: POWER }])
    expect(stage.validator(1).tokens).toBe(9n * POWER - (9n * POWER) / 10n)
  })

  test('is no answer to the future, nor to the unbonded; nobody is slashed twice for being unknown', () => {
    const stage = openStage({ maxValidators: 1 })
    stage.found(1, 10n * POWER)
    stage.found(2, POWER)
    stage.next()
    const slash = (number: number, height: bigint, fraction = ONE) =>
      stage.keeper.slash(stage.ctx, consAddress(number), height, 1n, fraction)
    expect(() => slash(1, 3n)).toThrow(/impossible attempt to slash future infraction at height 3/)
    expect(() => slash(2, 2n)).toThrow(/should not be slashing unbonded validator/)
    expect(() => slash(1, 2n, -1n)).toThrow(/negative slash factor/)
    expect(slash(9, 2n)).toBe(0n)
  })
})

describe('history', () => {
  test('keeps the headers and sets of so many blocks', () => {
    const stage = openStage({ historicalEntries: 2 })
    stage.found(1, 10n * POWER)
    for (let i = 0; i < 4; i++) stage.next()
    expect(stage.queries.historicalInfo({ height: 5n }).hist).toMatchObject({
      header: { chainId: 'stage-1', height: 5n },
      valset: [{ operatorAddress: operator(1), tokens: `${10n * POWER}` }],
    })
    expect(stage.queries.historicalInfo({ height: 4n }).hist?.header?.height).toBe(4n)
    expect(() => stage.queries.historicalInfo({ height: 3n })).toThrow(/not found/)
    expect(() => stage.queries.historicalInfo({ height: -1n })).toThrow(/cannot be negative/)
  })
})

describe('parameters', () => {
  const wanted = {
    ...{ unbondingTime: { seconds: 60n }, maxValidators: 3, maxEntries: 2, historicalEntries: 1 },
    ...{ bondDenom: 'stake', minCommissionRate: '0' },
  }
  test('are changed by governance alone, to what can be', () => {
    const stage = openStage()
    const update = (params: object, authority = settings.authority) =>
      stage.messages.updateParams({ authority, params: { ...wanted, ...params } })
    expect(() => update({}, account(1))).toThrow(error('gov', 13))
    expect(() => update({ unbondingTime: {} })).toThrow(/unbonding time must be positive: 0/)
    expect(() => update({ maxValidators: 0 })).toThrow(/max validators must be positive: 0/)
    expect(() => update({ maxEntries: 0 })).toThrow(/max entries must be positive: 0/)
    expect(() => update({ bondDenom: ' ' })).toThrow(/bond denom cannot be blank/)
    expect(() => update({ bondDenom: '1' })).toThrow(/invalid denom: 1/)
    expect(() => update({ minCommissionRate: percent(101n) })).toThrow(/cannot be greater than 100%/)
    expect(() => update({ minCommissionRate: '' })).toThrow(/cannot be nil/)
    update({})
    expect(stage.keeper.params(stage.ctx)).toMatchObject({ maxValidators: 3, unbondingTimeNs: 60n * SECOND })
  })
})
