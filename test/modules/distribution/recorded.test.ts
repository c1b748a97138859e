// The state of a Go chain after height 260, read from its database, asked what was asked then over REST.
import { create, createRegistry, type JsonValue } from '@bufbuild/protobuf'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { type Ctx, chainSettings, type Module } from '../../../chain/module.ts'
import { toJson } from '../../../chain/runtime/json.ts'
import { authKeeper } from '../../../modules/auth/keeper.ts'
import { bankKeeper } from '../../../modules/bank/keeper.ts'
import { distribution } from '../../../modules/distribution/module.ts'
import { epochs } from '../../../modules/epochs/module.ts'
import { mint } from '../../../modules/mint/module.ts'
import { protocolPool } from '../../../modules/protocolpool/module.ts'
import { stakingKeeper } from '../../../modules/staking/keeper.ts'
import { readRecording } from '../../parity/recording.ts'
import { vectorJson } from '../../vectors.ts'
import { openStage, settings as stageSettings } from '../stage.ts'

const HEIGHT = 260
const STORES = ['distribution', 'staking', 'mint', 'protocolpool', 'epochs']
const OPERATOR = 'wasmvaloper12smx2wdlyttvyzvzg54y2vnqwq2qjatetjfjx3'
const DELEGATOR = 'wasm19rl4cm2hmr8afy4kldpxz3fka4jguq0akuugk7'

type Answer = { url: string; status: number; response: JsonValue }
const answers = vectorJson<Record<string, Answer>>('distribution/answers-260.json')

const open = () => {
  const recording = readRecording()
  const { ctx } = openStage()
  for (let height = 1; height <= HEIGHT; height++)
    for (const name of STORES)
      for (const { key, value } of recording.changes(name, height))
        value === undefined ? ctx.store(name).delete(key) : ctx.store(name).set(key, value)
  ctx.block = { ...ctx.block, height: BigInt(HEIGHT) }
  const settings = chainSettings({ prefix: 'wasm', accounts: stageSettings.accounts })
  const auth = authKeeper(settings)
  const bank = bankKeeper(settings, { auth })
  const staking = stakingKeeper(settings, { auth, bank })
  const pool = protocolPool(settings, { auth, bank })
  const external = { externalPool: pool.communityPoolModule }
  const modules = [
    distribution(settings, { auth, bank, staking }, external).module,
    mint(settings, { auth, bank, staking }),
    pool.module,
    epochs().module,
  ]
  return { ctx, modules }
}

const ask = (ctx: Ctx, modules: Module[], path: string, request: object): JsonValue => {
  const routes = modules.flatMap((module) => module.queries ?? []).flatMap((service) => service.routes)
  const route = routes.find((each) => each.path === path)!
  const reply = route.run(ctx, create(route.input, request as Record<string, unknown>))
  return toJson(route.output, reply, createRegistry())
}

describe('recorded answers', () => {
  let chain: ReturnType<typeof open>
  beforeAll(() => {
    chain = open()
  })
  const distributionQuery = '/cosmos.distribution.v1beta1.Query'

  test.each([
    ['dist_params', `${distributionQuery}/Params`, {}],
    ['dist_commission', `${distributionQuery}/ValidatorCommission`, { validatorAddress: OPERATOR }],
    ['dist_outstanding', `${distributionQuery}/ValidatorOutstandingRewards`, { validatorAddress: OPERATOR }],
    ['dist_validator', `${distributionQuery}/ValidatorDistributionInfo`, { validatorAddress: OPERATOR }],
    ['dist_slashes', `${distributionQuery}/ValidatorSlashes`, { validatorAddress: OPERATOR }],
    ['dist_rewards', `${distributionQuery}/DelegationTotalRewards`, { delegatorAddress: DELEGATOR }],
    ['dist_withdraw_addr', `${distributionQuery}/DelegatorWithdrawAddress`, { delegatorAddress: DELEGATOR }],
    ['mint_inflation', '/cosmos.mint.v1beta1.Query/Inflation', {}],
    ['protocolpool_params', '/cosmos.protocolpool.v1.Query/Params', {}],
    ['epochs', '/cosmos.epochs.v1beta1.Query/EpochInfos', {}],
  ])('%s', (name, path, request) => {
    expect(ask(chain.ctx, chain.modules, path, request)).toEqual(answers[name]!.response)
  })

  test('dist_community_pool is refused, with code 18 in its text', () => {
    const { message } = answers.dist_community_pool!.response as { message: string }
    const [, why] = message.split('codespace sdk code 18: invalid request: ')
    const query = () => ask(chain.ctx, chain.modules, `${distributionQuery}/CommunityPool`, {})
    expect(query).toThrow(
      expect.objectContaining({ codespace: 'sdk', code: 18, message: `${why}: invalid request` }),
    )
  })
})
