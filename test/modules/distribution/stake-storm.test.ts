// Distribution under the real staking module: its hooks come in staking's order, with unbondings,
// redelegations, jails and slashes, and with mint and the protocol pool around it.
import { create } from '@bufbuild/protobuf'
import { anyPack } from '@bufbuild/protobuf/wkt'
import { expect, test } from '@jest/globals'
import { type Module, ONE, TxError } from '../../../chain/module.ts'
import { bank as bankModule } from '../../../modules/bank/module.ts'
import { distribution } from '../../../modules/distribution/module.ts'
import { mint } from '../../../modules/mint/module.ts'
import { protocolPool } from '../../../modules/protocolpool/module.ts'
import { stakingKeeper } from '../../../modules/staking/keeper.ts'
import { staking as stakingModule } from '../../../modules/staking/module.ts'
import { PubKeySchema } from '../../../proto/gen/cosmos/crypto/ed25519/keys_pb.ts'
import { Msg as DistributionMsg } from '../../../proto/gen/cosmos/distribution/v1beta1/tx_pb.ts'
import { Msg as StakingMsg } from '../../../proto/gen/cosmos/staking/v1beta1/tx_pb.ts'
import { randomFrom } from '../../random.ts'
import { callMessage } from '../calls.ts'
import { openStage, person, settings } from '../stage.ts'
import { accountText, operatorText } from './open.ts'

const PEOPLE = [1, 2, 3, 4, 5, 6].map(person)
const OPERATORS = PEOPLE.slice(0, 3)
const stake = (amount: number) => ({ denom: 'stake', amount: `${amount}` })

const open = () => {
  const stage = openStage()
  const { ctx, auth, bank } = stage
  const staking = stakingKeeper(settings, { auth, bank })
  const pool = protocolPool(settings, { auth, bank })
  const external = { externalPool: pool.communityPoolModule }
  const { module, hooks } = distribution(settings, { auth, bank, staking }, external)
  staking.setHooks(hooks)
  const stakes = stakingModule(staking)
  const modules: Module[] = [mint(settings, { auth, bank, staking }), module, pool.module, stakes]
  for (const { genesis } of modules) genesis!.init(ctx, create(genesis!.schema, genesis!.default()))
  const msg = {
    ...callMessage(module, DistributionMsg, ctx),
    ...callMessage(stakes, StakingMsg, ctx),
  }
  const block = () => {
    const set = [...staking.lastValidators(ctx)]
    stage.advance(
      1,
      set.map(({ consAddress, tokens }) => [consAddress, tokens / 1_000_000n] as const),
    )
    for (const each of modules) each.beginBlock?.(ctx)
  }
  const broken = () =>
    [...modules, bankModule(bank)].flatMap(({ name, invariants = {} }) =>
      Object.entries(invariants).flatMap(([rule, holds]) => (holds(ctx) ? [] : [`${name}/${rule}`])),
    )
  return { ...stage, staking, msg, block, endBlock: () => stakes.endBlock!(ctx), broken }
}

const found = ({ msg, give }: ReturnType<typeof open>): void => {
  for (const address of PEOPLE) give(address, [{ denom: 'stake', amount: 10n ** 12n }])
  OPERATORS.forEach((operator, index) => {
    const pubkey = anyPack(PubKeySchema, create(PubKeySchema, { key: new Uint8Array(32).fill(index + 1) }))
    msg.createValidator({
      description: { moniker: `validator ${index}` },
      commission: { rate: `${ONE / 10n}`, maxRate: `${ONE}`, maxChangeRate: `${ONE}` },
      minSelfDelegation: '1',
      validatorAddress: operatorText(operator),
      pubkey: { ...pubkey, typeUrl: '/cosmos.crypto.ed25519.PubKey' },
      value: stake(100_000_000 * (index + 1)),
    })
  })
}

/** Returns what succeeded at least once; refusals leave nothing behind and are part of the weather. */
const storm = (seed: string, blocks: number): Set<string> => {
  const random = randomFrom(seed)
  const chain = open()
  const { ctx, msg, staking } = chain
  const reached = new Set<string>()
  found(chain)
  chain.endBlock()

  const acts = () => {
    const [operator, other] = [random.pick(OPERATORS), random.pick(OPERATORS)]
    const delegatorAddress = accountText(random.pick(PEOPLE))
    const validatorAddress = operatorText(operator)
    const amount = stake(1 + random.below(50_000_000))
    const consAddress = staking.validator(ctx, operator)!.consAddress
    const [source, target] = [validatorAddress, operatorText(other)]
    return {
      delegate: () => msg.delegate({ delegatorAddress, validatorAddress, amount }),
      undelegate: () => msg.undelegate({ delegatorAddress, validatorAddress, amount }),
      redelegate: () =>
        msg.beginRedelegate({
          delegatorAddress,
          validatorSrcAddress: source,
          validatorDstAddress: target,
          amount,
        }),
      withdraw: () => msg.withdrawDelegatorReward({ delegatorAddress, validatorAddress }),
      commission: () => msg.withdrawValidatorCommission({ validatorAddress }),
      slash: () => {
        const height = ctx.block.height - BigInt(random.below(5))
        const power = staking.requireValidator(ctx, operator).tokens / 1_000_000n
        staking.slash(ctx, consAddress, height, power, (ONE * BigInt(random.below(20))) / 101n)
      },
      jail: () => (staking.isJailed(ctx, consAddress) ? staking.unjail : staking.jail)(ctx, consAddress),
    }
  }
  for (let block = 0; block < blocks; block++) {
    chain.block()
    for (let count = random.below(4); count > 0; count--) {
      const [name, act] = random.pick(Object.entries(acts()))
      try {
        act()
        reached.add(name)
      } catch (error) {
        if (!(error instanceof TxError)) throw error
      }
    }
    chain.endBlock()
    const broken = chain.broken()
    if (broken.length > 0) throw new Error(`seed '${seed}', block ${block}: ${broken.join(', ')}`)
  }
  return reached
}

test.each(['oak', 'elm', 'ash'])('whatever stake does (%s), everybody is owed what is there', (seed) => {
  expect([...storm(seed, 100)].sort()).toEqual([
    'commission',
    'delegate',
    'jail',
    'redelegate',
    'slash',
    'undelegate',
    'withdraw',
  ])
})
