// The genesis of staking: what it begins with, what it refuses, and that a chain goes on from what it
// exported.
import { create, type DescMessage, fromBinary, toBinary } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import type { Module } from '../../../chain/module.ts'
import { toJson } from '../../../chain/runtime/json.ts'
import {
  type GenesisState,
  GenesisStateSchema,
} from '../../../proto/gen/cosmos/staking/v1beta1/genesis_pb.ts'
import { openChain } from './chain.ts'
import { openStage, POWER, type Stage } from './stage.ts'

const exported = ({ module, ctx }: Stage): GenesisState =>
  create(GenesisStateSchema, module.genesis!.export(ctx) as never)
const init = ({ module, ctx }: Stage, genesis: GenesisState) => module.genesis!.init(ctx, genesis as never)

const busy = (): Stage => {
  const stage = openStage({ maxValidators: 2, maxEntries: 3 })
  for (const [number, power] of [
    [1, 5n],
    [2, 6n],
    [3, 7n],
  ] as const)
    stage.found(number, power * POWER)
  stage.delegate(7, 2, 900n)
  stage.next()
  stage.undelegate(7, 2, 100n)
  stage.redelegate(7, 2, 3, 100n)
  stage.next()
  stage.undelegate(7, 2, 50n)
  stage.delegate(8, 1, 9n * POWER)
  stage.next()
  return stage
}

const defaultJson = ({ genesis }: Module) => {
  const { registry } = openChain().app
  const schema: DescMessage = genesis!.schema
  return toJson(schema, create(schema, genesis!.default()), registry)
}

describe('the genesis of staking', () => {
  test('without anything is what the Go command line writes', () => {
    expect(defaultJson(openStage().module)).toEqual({
      params: {
        unbonding_time: '1814400s',
        max_validators: 100,
        max_entries: 7,
        historical_entries: 10_000,
        bond_denom: 'stake',
        min_commission_rate: '0.000000000000000000',
      },
      last_total_power: '0',
      last_validator_powers: [],
      validators: [],
      delegations: [],
      unbonding_delegations: [],
      redelegations: [],
      exported: false,
    })
  })

  test('goes on as it was exported: the same set, the same records, the same queues', () => {
    const before = busy()
    const genesis = exported(before)
    expect(genesis.unbondingDelegations[0]?.entries).toHaveLength(2)
    expect(genesis.redelegations).toHaveLength(1)
    const after = openStage()
    for (const pool of ['bonded_tokens_pool', 'not_bonded_tokens_pool'] as const) {
      after.bank.mint(after.ctx, 'mint', [{ denom: 'stake', amount: before.balance(pool) }])
      after.bank.sendModuleToModule(after.ctx, 'mint', pool, [
        { denom: 'stake', amount: before.balance(pool) },
      ])
    }
    const copy = fromBinary(GenesisStateSchema, toBinary(GenesisStateSchema, genesis))
    expect(init(after, copy)).toHaveLength(2)
    expect(exported(after)).toEqual(genesis)
    // Ids of unbondings, the last updates and history are not part of a genesis.
    const lost = /^(37|38|39|50|61)/
    expect(after.contents().filter((entry) => !lost.test(entry))).toEqual(
      before.contents().filter((entry) => !lost.test(entry)),
    )
    expect(after.broken()).toEqual([])
  })

  test('is refused if the pools do not hold the stake', () => {
    expect(() => init(openStage(), exported(busy()))).toThrow(
      /^bonded pool balance is different from bonded coins: {2}<-> 21000100stake$/,
    )
  })

  test('is refused with two validators of one key, a jailed one that is bonded, one without shares', () => {
    const { module, ...stage } = busy()
    const genesis = exported({ module, ...stage })
    const [first, ...rest] = genesis.validators
    const check = (validators: GenesisState['validators']) => () =>
      module.genesis!.validate!({ ...genesis, validators } as never)
    expect(check(genesis.validators)).not.toThrow()
    expect(check([first!, first!])).toThrow(/duplicate validator in genesis state/)
    expect(check([{ ...first!, jailed: true }])).toThrow(/bonded and jailed/)
    expect(check([{ ...first!, delegatorShares: '0' }, ...rest])).toThrow(/zero delegator shares/)
    expect(() => module.genesis!.validate!({ ...genesis, params: undefined } as never)).toThrow(
      /unbonding time must be positive/,
    )
  })
})
