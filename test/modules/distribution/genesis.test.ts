import { create } from '@bufbuild/protobuf'
import { expect, test } from '@jest/globals'
import { toHex } from '../../../chain/bytes.ts'
import { ONE } from '../../../chain/module.ts'
import { distribution } from '../../../modules/distribution/module.ts'
import { GenesisStateSchema } from '../../../proto/gen/cosmos/distribution/v1beta1/genesis_pb.ts'
import { openStage, person, settings, stakeOn } from '../stage.ts'
import { accountText, type Opened, openDistribution, operatorText, stake } from './open.ts'

const [anna, bert] = [person(1), person(2)]

/** A chain with something in every record. */
const lived = (): Opened => {
  const opened = openDistribution()
  opened.staked.create(anna, 100n, ONE / 3n)
  opened.collect(1000n)
  opened.staked.delegate(bert, anna, 50n)
  opened.collect(1000n)
  opened.staked.slash(anna, ONE / 7n)
  opened.collect(1000n)
  opened.msg.setWithdrawAddress({ delegatorAddress: accountText(bert), withdrawAddress: accountText(anna) })
  opened.msg.withdrawDelegatorReward({
    delegatorAddress: accountText(bert),
    validatorAddress: operatorText(anna),
  })
  return opened
}

test('what is exported starts the same chain again', () => {
  const first = lived()
  const exported = create(GenesisStateSchema, first.module.genesis!.export(first.ctx) as object)
  for (const list of Object.values(exported)) if (Array.isArray(list)) expect(list.length).toBeGreaterThan(0)
  const stage = openStage()
  stage.giveModule('distribution', stake(first.balance('distribution')))
  const { module } = distribution(settings, { ...stage, staking: stakeOn(stage).keeper })
  module.genesis!.validate!(exported)
  module.genesis!.init(stage.ctx, exported)
  const entries = (ctx: Opened['ctx']) =>
    [...ctx.store('distribution').iterate()].map((pair) => pair.map(toHex))
  expect(entries(stage.ctx)).toEqual(entries(first.ctx))
})

test('a genesis whose account does not hold what it owes is refused', () => {
  const first = lived()
  const exported = create(GenesisStateSchema, first.module.genesis!.export(first.ctx) as object)
  const stage = openStage()
  stage.giveModule('distribution', stake(1n))
  const { module } = distribution(settings, { ...stage, staking: stakeOn(stage).keeper })
  const held = first.balance('distribution')
  expect(() => module.genesis!.init(stage.ctx, exported)).toThrow(
    `distribution module balance does not match the module holdings: 1stake <-> ${held}stake`,
  )
})
