import { create } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import { fromUtf8, toHex } from '../../../chain/bytes.ts'
import { type Ctx, TxError } from '../../../chain/module.ts'
import { parseTime } from '../../../chain/time.ts'
import { type EpochHooks, epochs } from '../../../modules/epochs/module.ts'
import { GenesisStateSchema } from '../../../proto/gen/cosmos/epochs/v1beta1/genesis_pb.ts'
import { Query } from '../../../proto/gen/cosmos/epochs/v1beta1/query_pb.ts'
import { callQuery } from '../calls.ts'
import { openStage } from '../stage.ts'

const SECOND = 1_000_000_000n

const open = (genesis?: object, hooks: EpochHooks[] = []) => {
  const stage = openStage()
  const keeper = epochs()
  if (hooks.length > 0) keeper.setHooks(...hooks)
  const { module } = keeper
  const part = module.genesis!
  part.init(stage.ctx, create(GenesisStateSchema, (genesis ?? part.default()) as object))
  const step = (seconds: number) => {
    stage.advance(seconds)
    module.beginBlock!(stage.ctx)
  }
  return { ...stage, keeper, module, step, query: callQuery(module, Query, stage.ctx) }
}
const minute = { epochs: [{ identifier: 'minute', duration: { seconds: 60n } }] }
const numbers = ({ keeper, ctx }: ReturnType<typeof open>) =>
  Object.fromEntries(keeper.all(ctx).map(({ identifier, current }) => [identifier, Number(current)]))
const said = ({ ctx }: ReturnType<typeof open>) =>
  ctx.events.map(({ type, attributes }) =>
    [type, ...attributes.map(({ key, value }) => `${key}=${value}`)].join(' '),
  )

describe('counting', () => {
  test('starts with the first block, at the time of the genesis', () => {
    const opened = open()
    opened.module.beginBlock!(opened.ctx)
    expect(numbers(opened)).toEqual({ day: 1, hour: 1, minute: 1, week: 1 })
    const { currentStartNs, currentStartHeight } = opened.keeper.get(opened.ctx, 'day')!
    expect([currentStartNs, currentStartHeight]).toEqual([opened.ctx.block.timeNs, 1n])
  })

  test('goes on in the first block after the duration, not in the one at its end', () => {
    const opened = open(minute)
    opened.module.beginBlock!(opened.ctx)
    opened.step(60)
    expect(numbers(opened)).toEqual({ minute: 1 })
    opened.step(1)
    expect(numbers(opened)).toEqual({ minute: 2 })
    // The new epoch is counted from the end of the old one, not from the block that noticed.
    const { currentStartNs, startNs } = opened.keeper.get(opened.ctx, 'minute')!
    expect(currentStartNs).toBe(startNs + 60n * SECOND)
  })

  test('catches up one epoch a block after a pause', () => {
    const opened = open(minute)
    opened.module.beginBlock!(opened.ctx)
    opened.step(200)
    expect(numbers(opened)).toEqual({ minute: 2 })
    opened.step(1)
    opened.step(1)
    expect(numbers(opened)).toEqual({ minute: 4 })
    opened.step(1)
    expect(numbers(opened)).toEqual({ minute: 4 })
  })

  test('waits for a start that lies ahead', () => {
    const stage = openStage()
    const at = stage.ctx.block.timeNs / SECOND + 5n
    const opened = open({
      epochs: [{ identifier: 'late', duration: { seconds: 1n }, startTime: { seconds: at } }],
    })
    opened.step(4)
    expect(numbers(opened)).toEqual({ late: 0 })
    expect(() => opened.keeper.blocksSinceStart(opened.ctx, 'late')).toThrow('has not started yet')
    opened.step(1)
    expect(numbers(opened)).toEqual({ late: 1 })
    opened.advance(1)
    expect(opened.keeper.blocksSinceStart(opened.ctx, 'late')).toBe(1n)
  })
})

test('events are typed ones: values are JSON, quotes and all', () => {
  const opened = open(minute)
  opened.module.beginBlock!(opened.ctx)
  opened.step(61)
  const start = opened.keeper.get(opened.ctx, 'minute')!.currentStartNs / SECOND
  expect(said(opened)).toEqual([
    'cosmos.epochs.v1beta1.EventEpochEnd epoch_number="1"',
    `cosmos.epochs.v1beta1.EventEpochStart epoch_number="2" epoch_start_time="${start}"`,
  ])
})

describe('listeners', () => {
  test('hear of the end and then of the next start, in their order', () => {
    const heard: string[] = []
    const listener = (name: string): EpochHooks => ({
      afterEpochEnd: (_, identifier, number) => void heard.push(`${name} end ${identifier} ${number}`),
      beforeEpochStart: (_, identifier, number) => void heard.push(`${name} start ${identifier} ${number}`),
    })
    const opened = open(minute, [listener('a'), listener('b')])
    opened.module.beginBlock!(opened.ctx)
    opened.step(61)
    expect(heard).toEqual([
      'a start minute 1',
      'b start minute 1',
      'a end minute 1',
      'b end minute 1',
      'a start minute 2',
      'b start minute 2',
    ])
  })

  test('that fail undo what all of them did, and the chain goes on', () => {
    const write = (ctx: Ctx) => ctx.store('notes').set(new Uint8Array([1]), new Uint8Array([1]))
    const fail = () => {
      throw new TxError('test', 2, 'no')
    }
    const opened = open(minute, [{ beforeEpochStart: write }, { beforeEpochStart: fail }])
    opened.module.beginBlock!(opened.ctx)
    expect(numbers(opened)).toEqual({ minute: 1 })
    expect(opened.ctx.store('notes').has(new Uint8Array([1]))).toBe(false)
  })

  test('with a bug stop it', () => {
    const bug = () => {
      throw new Error('a bug')
    }
    const opened = open(minute, [{ beforeEpochStart: bug }])
    expect(() => opened.module.beginBlock!(opened.ctx)).toThrow('a bug')
  })
})

test('answers: all epochs, the current number of one, and why there is none', () => {
  const opened = open()
  opened.module.beginBlock!(opened.ctx)
  expect(opened.query.epochInfos({}).epochs.map(({ identifier }) => identifier)).toEqual([
    'day',
    'hour',
    'minute',
    'week',
  ])
  expect(opened.query.currentEpoch({ identifier: 'hour' }).currentEpoch).toBe(1n)
  expect(() => opened.query.currentEpoch({ identifier: '' })).toThrow('identifier is empty')
  expect(() => opened.query.currentEpoch({ identifier: 'eon' })).toThrow('not available identifier')
})

describe('genesis', () => {
  test.each([
    [[{ identifier: '', duration: { seconds: 1n } }], 'epoch identifier should NOT be empty'],
    [[{ identifier: 'a' }], 'epoch duration should NOT be 0'],
    [
      [{ identifier: 'a', duration: { seconds: 1n }, currentEpoch: -1n }],
      'CurrentEpoch must be non-negative',
    ],
    [
      [
        { identifier: 'a', duration: { seconds: 1n } },
        { identifier: 'a', duration: { seconds: 2n } },
      ],
      'epoch identifier should be unique',
    ],
  ])('%# is refused', (wrong, why) => {
    const { genesis } = epochs().module
    expect(() => genesis!.validate!(create(GenesisStateSchema, { epochs: wrong }))).toThrow(why)
  })

  test('what is exported starts the same chain again', () => {
    const first = open()
    first.module.beginBlock!(first.ctx)
    first.step(61)
    const second = open(first.module.genesis!.export(first.ctx))
    const entries = (opened: typeof first) =>
      [...opened.ctx.store('epochs').iterate()].map(([key, value]) => [fromUtf8(key), toHex(value)])
    expect(entries(second)).toEqual(entries(first))
  })

  test('a record is stored as in the recorded chain', () => {
    const time = parseTime('2026-11-23T00:20:48.730698004Z')!
    const epoch = {
      identifier: 'day',
      duration: { seconds: 86400n },
      startTime: time,
      currentEpochStartTime: time,
    }
    const opened = open({
      epochs: [{ ...epoch, currentEpoch: 1n, epochCountingStarted: true, currentEpochStartHeight: 1n }],
    })
    const [key, value] = [...opened.ctx.store('epochs').iterate()][0]!
    expect(toHex(key)).toBe('01646179')
    expect(toHex(value)).toBe(
      '0a03646179120c08e08d8ed8061094a2b6dc021a040880a30520012a0c08e08d8ed8061094a2b6dc0230014001',
    )
  })
})
