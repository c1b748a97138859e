// An upgrade stops code that is too old and code that is too new, and exchanges code, stores and versions at
// one height.
import { create, toBinary } from '@bufbuild/protobuf'
import { TimestampSchema } from '@bufbuild/protobuf/wkt'
import { describe, expect, test } from '@jest/globals'
import { toHex, utf8 } from '../../../chain/bytes.ts'
import { defaultConsensusParams } from '../../../chain/consensus/params.ts'
import { type Ctx, defineModule, type View } from '../../../chain/module.ts'
import { runMigrations } from '../../../modules/upgrade/migrations.ts'
import { upgrade } from '../../../modules/upgrade/module.ts'
import { UpgradeNeeded } from '../../../modules/upgrade/pre-block.ts'
import { moduleVersions } from '../../../modules/upgrade/versions.ts'
import { GenesisStateSchema } from '../../../proto/gen/cosmos/bank/v1beta1/genesis_pb.ts'
import { Query } from '../../../proto/gen/cosmos/upgrade/v1beta1/query_pb.ts'
import { Msg } from '../../../proto/gen/cosmos/upgrade/v1beta1/tx_pb.ts'
import { BlockParamsSchema, ConsensusParamsSchema } from '../../../proto/gen/tendermint/types/params_pb.ts'
import { vectorText } from '../../vectors.ts'
import { callMessage, callQuery } from '../calls.ts'
import { openCode, planOf, settings, shelf } from './open.ts'

type Versions = Readonly<Record<string, bigint>>
const keep = { run: (_: Ctx, from: Versions) => from }
const read = (view: View, store: string, key: string) => {
  const value = view.store(store).get(utf8(key))
  return value && new TextDecoder().decode(value)
}

describe('a planned upgrade', () => {
  test('stops old code at its height with the message of the SDK and leaves nothing behind', () => {
    const needed: unknown[] = []
    const { block, reach, app, disk, keeper } = openCode({ onNeeded: (plan) => needed.push(plan) })
    block((ctx) => keeper.schedule(ctx, planOf('v2', 4n, 'see the notes')))
    reach(3n)
    const text = 'UPGRADE "v2" NEEDED at height: 4: see the notes'
    expect(() => block()).toThrow(new UpgradeNeeded(planOf('v2', 4n, 'see the notes')))
    expect(() => block()).toThrow(text)
    expect(needed[0]).toEqual({ name: 'v2', height: 4n, info: 'see the notes' })
    expect(app.info().lastBlockHeight).toBe(3n)
    expect(() => openCode({ disk }).block()).toThrow(text)
  })

  test('is carried out by new code once, which then is the only one that runs', () => {
    const old = openCode()
    old.block((ctx) => old.keeper.schedule(ctx, planOf('v2', 3n)))
    old.reach(2n)
    const ran: [height: bigint, from: Versions][] = []
    const code = {
      disk: old.disk,
      handlers: {
        v2: {
          run(ctx: Ctx, from: Versions) {
            ran.push([ctx.block.height, from])
            return { ...from, upgrade: 3n, other: 1n }
          },
        },
      },
    }
    const chain = openCode(code)
    chain.reach(5n)
    expect(ran).toEqual([[3n, { upgrade: 2n }]])
    const query = callQuery(upgrade(chain.keeper), Query, chain.app.view())
    expect(query.moduleVersions({}).moduleVersions.map(({ name, version }) => [name, version])).toEqual([
      ['other', 1n],
      ['upgrade', 3n],
    ])
    expect(query.currentPlan({}).plan).toBeUndefined()
    expect(query.appliedPlan({ name: 'v2' }).height).toBe(3n)
    expect(toHex(chain.app.view().store('upgrade').get(Uint8Array.of(3))!)).toBe('0000000000000001')
    expect(() => chain.block((ctx) => chain.keeper.schedule(ctx, planOf('v2', 9n)))).toThrow(
      'upgrade with name v2 has already been completed: invalid request',
    )
    expect(() => openCode({ disk: old.disk }).block()).toThrow(
      'wrong app version 0, upgrade handler is missing for v2 upgrade plan',
    )
  })

  test('refuses code that came too early', () => {
    const old = openCode()
    old.block((ctx) => old.keeper.schedule(ctx, planOf('v2', 5n)))
    const early = openCode({ disk: old.disk, handlers: { v2: keep } })
    expect(() => early.block()).toThrow(
      'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v2" - ' +
        'in binary but not executed on chain. Downgrade your binary',
    )
    old.reach(4n)
    openCode({ disk: old.disk, handlers: { v2: keep } }).block()
  })

  test('can be skipped by whoever runs the chain', () => {
    const { block, reach, app, keeper } = openCode({ skipHeights: [3n] })
    block((ctx) => keeper.schedule(ctx, planOf('v2', 3n)))
    reach(4n)
    expect(keeper.plan(app.view())).toBeUndefined()
    expect(block((ctx) => keeper.schedule(ctx, planOf('v2', 9n)))).toBe(5n)
  })

  test('that changes the parameters of consensus has them used in its own block', () => {
    const old = openCode()
    old.block((ctx) => old.keeper.schedule(ctx, planOf('v2', 2n)))
    let seen: bigint | undefined
    const block = create(BlockParamsSchema, { maxBytes: 4096n, maxGas: -1n })
    const bytes = toBinary(ConsensusParamsSchema, { ...defaultConsensusParams(), block })
    const chain = openCode({
      disk: old.disk,
      handlers: {
        v2: {
          run(ctx, from) {
            ctx.store('consensus').set(utf8('Consensus'), bytes)
            return from
          },
        },
      },
    })
    chain.block((ctx) => {
      seen = ctx.block.consensusParams?.block?.maxBytes
    })
    expect(seen).toBe(4096n)
  })
})

describe('the stores of an upgrade', () => {
  const write = (name: string, value: string) => (ctx: Ctx) => ctx.store(name).set(utf8('key'), utf8(value))

  test('come, go and change their names with the code, in one commit', () => {
    const old = openCode({ modules: [shelf('kept'), shelf('gone'), shelf('before')] })
    old.block((ctx) => {
      for (const name of ['kept', 'gone', 'before']) write(name, name)(ctx)
      old.keeper.schedule(ctx, planOf('v2', 3n))
    })
    old.reach(2n)
    const handlers = {
      v2: {
        ...keep,
        stores: { added: ['fresh'], deleted: ['gone'], renamed: [{ from: 'before', to: 'after' }] },
      },
    }
    const modules = [shelf('kept'), shelf('fresh'), shelf('after')]
    const open = () => openCode({ disk: old.disk, modules, handlers })
    open() // opened, and not used: nothing has happened yet
    const chain = open()
    chain.block(write('fresh', 'filled'))
    expect(chain.stores.names).toEqual(['after', 'consensus', 'fresh', 'kept', 'upgrade'])
    const { app } = open()
    expect([read(app.view(), 'after', 'key'), read(app.view(), 'fresh', 'key')]).toEqual(['before', 'filled'])
    expect(read(app.view(), 'kept', 'key')).toBe('kept')
    expect(read(app.view(2n), 'kept', 'key')).toBe('kept')
  })

  test('are not changed without a plan that is due', () => {
    const old = openCode()
    old.reach(2n)
    const handlers = { v2: { ...keep, stores: { added: ['fresh'] } } }
    expect(() => openCode({ disk: old.disk, modules: [shelf('fresh')], handlers })).toThrow(
      'the chain stands at height 2, and this code adds fresh: stores change only with an upgrade',
    )
  })

  test('must be all that the new code changes', () => {
    const old = openCode({ modules: [shelf('gone')] })
    old.block((ctx) => old.keeper.schedule(ctx, planOf('v2', 2n)))
    const handlers = { v2: { ...keep, stores: { added: ['fresh'] } } }
    expect(() => openCode({ disk: old.disk, modules: [shelf('fresh')], handlers })).toThrow(
      'this code drops gone: stores change only with an upgrade',
    )
  })
})

describe('a plan', () => {
  test('takes the place of the one before, and what IBC had written for it', () => {
    const { block, keeper, app } = openCode()
    block((ctx) => {
      keeper.schedule(ctx, planOf('first', 50n))
      keeper.setUpgradedClient(ctx, 50n, utf8('client'))
      keeper.setUpgradedConsensusState(ctx, 50n, utf8('state'))
    })
    expect(toHex(app.view().store('upgrade').get(utf8('upgradedIBCState/50/upgradedClient'))!)).toBe(
      toHex(utf8('client')),
    )
    expect(
      callQuery(upgrade(keeper), Query, app.view()).upgradedConsensusState({ lastHeight: 50n }),
    ).toMatchObject({
      upgradedConsensusState: utf8('state'),
    })
    block((ctx) => keeper.schedule(ctx, planOf('second', 60n)))
    expect(keeper.plan(app.view())!.name).toBe('second')
    expect(keeper.upgradedClient(app.view(), 50n)).toBeUndefined()
    expect(keeper.upgradedConsensusState(app.view(), 50n)).toBeUndefined()
  })

  test('is made and dropped by the authority alone', () => {
    const { block, keeper, app } = openCode()
    block((ctx) => {
      const msg = callMessage(upgrade(keeper), Msg, ctx)
      expect(() => msg.softwareUpgrade({ authority: 'me', plan: planOf('v2', 9n) })).toThrow(
        `expected ${settings.authority} got me: ` +
          'expected authority account as only signer for proposal message',
      )
      msg.softwareUpgrade({ authority: settings.authority, plan: planOf('v2', 9n) })
      msg.cancelUpgrade({ authority: settings.authority })
      msg.softwareUpgrade({ authority: settings.authority, plan: planOf('v3', 9n) })
    })
    expect(keeper.plan(app.view())).toMatchObject({ name: 'v3', time: { seconds: -62135596800n } })
  })

  test.each([
    [planOf('', 5n), 'name cannot be empty: invalid request'],
    [planOf('v2', 0n), 'height must be greater than 0: invalid request'],
    [
      { ...planOf('v2', 5n), time: create(TimestampSchema, { seconds: 5n }) },
      'time-based upgrades have been deprecated in the SDK: invalid request',
    ],
  ])('%# is refused', (plan, expected) => {
    const { block, keeper } = openCode()
    block((ctx) => expect(() => keeper.schedule(ctx, plan)).toThrow(expected))
  })

  test('cannot be for a height that is over', () => {
    const { block, reach, keeper } = openCode()
    reach(4n)
    block((ctx) =>
      expect(() => keeper.schedule(ctx, planOf('v2', 4n))).toThrow(
        'upgrade cannot be scheduled in the past: invalid request',
      ),
    )
  })
})

describe('migrations', () => {
  const migrate = (
    from: Record<string, bigint>,
    steps: Record<string, Record<number, (ctx: Ctx) => void>> = {},
  ) => {
    const begun: string[] = []
    const fresh = defineModule({
      name: 'fresh',
      genesis: {
        schema: GenesisStateSchema,
        default: () => ({}),
        init: () => void begun.push('fresh'),
        export: () => ({}),
      },
    })
    const { block } = openCode()
    let after: Readonly<Record<string, bigint>> = {}
    const versions = { bank: 4n, auth: 5n, fresh: 1n }
    block((ctx) => {
      after = runMigrations(ctx, from, { modules: [fresh], versions, migrations: steps })
    })
    return { begun, after }
  }

  test('go step by step, by name, auth last; a new module begins with its genesis', () => {
    const steps: string[] = []
    const step = (name: string) => () => void steps.push(name)
    const { begun, after } = migrate(
      { auth: 4n, bank: 2n, gone: 1n },
      { auth: { 4: step('auth 4') }, bank: { 2: step('bank 2'), 3: step('bank 3') } },
    )
    expect(steps).toEqual(['bank 2', 'bank 3', 'auth 4'])
    expect(begun).toEqual(['fresh'])
    expect(after).toEqual({ bank: 4n, auth: 5n, fresh: 1n })
  })

  test('must not lack a step', () => {
    expect(() => migrate({ auth: 5n, bank: 3n, fresh: 1n })).toThrow(
      'no migrations found for module bank: not found',
    )
    expect(() => migrate({ auth: 5n, bank: 2n, fresh: 1n }, { bank: { 2: () => undefined } })).toThrow(
      'no migration found for module bank from version 3 to version 4: not found',
    )
  })
})

test('the versions of the recorded chain have the recorded root', () => {
  const names = [
    ...[
      '07-tendermint',
      'auth',
      'authz',
      'bank',
      'circuit',
      'consensus',
      'distribution',
      'epochs',
      'evidence',
    ],
    ...['feegrant', 'genutil', 'gov', 'group', 'ibc', 'interchainaccounts', 'mint', 'nft', 'protocolpool'],
    ...['slashing', 'staking', 'transfer', 'upgrade', 'vesting', 'wasm'],
  ]
  const { block, stores } = openCode({ versions: moduleVersions(names) })
  block()
  const [first] = vectorText('wasmd/commit-info.jsonl.gz').split('\n')
  const { stores: recorded } = JSON.parse(first!) as { stores: { name: string; hash: string }[] }
  const root = stores.commitInfo(1)!.storeInfos.find(({ name }) => name === 'upgrade')!.commitId!.hash
  expect(toHex(root)).toBe(recorded.find(({ name }) => name === 'upgrade')!.hash)
})

test('one module can be asked for its version', () => {
  const { block, keeper, app } = openCode()
  block()
  const query = callQuery(upgrade(keeper), Query, app.view())
  expect(query.moduleVersions({ moduleName: 'upgrade' }).moduleVersions).toMatchObject([{ version: 2n }])
  expect(() => query.moduleVersions({ moduleName: 'gone' })).toThrow(
    'x/upgrade: QueryModuleVersions module gone not found: module version not found',
  )
  expect(query.authority({}).address).toBe(settings.authority)
})
