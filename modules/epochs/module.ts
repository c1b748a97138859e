// epochs: named timers that other modules listen to. An epoch ends in the first block after its duration;
// after a pause of the chain each block catches up one epoch, never more, so a listener sees every number
// (x/epochs of SDK 0.53).
import type { MessageInitShape } from '@bufbuild/protobuf'
import {
  type Ctx,
  defineModule,
  invalidArgument,
  type Module,
  messageValue,
  plainError,
  queries,
  store,
  TxError,
  textKey,
  type ValueCodec,
  type View,
} from '../../chain/module.ts'
import { instant, instantNs, ZERO_TIME_SECONDS } from '../../chain/time.ts'
import { file_cosmos_epochs_v1beta1_events } from '../../proto/gen/cosmos/epochs/v1beta1/events_pb.ts'
import {
  type EpochInfo,
  EpochInfoSchema,
  GenesisStateSchema,
} from '../../proto/gen/cosmos/epochs/v1beta1/genesis_pb.ts'
import { Query } from '../../proto/gen/cosmos/epochs/v1beta1/query_pb.ts'

const NAME = 'epochs'
const NANOS = 1_000_000_000n

/** What a module does at the turn of an epoch. A TxError undoes what all of them did; the chain goes on. */
export type EpochHooks = {
  /** In the first block whose time is after the epoch's end. */
  afterEpochEnd?(ctx: Ctx, identifier: string, number: bigint): void
  /** In the same block, for the epoch that follows. */
  beforeEpochStart?(ctx: Ctx, identifier: string, number: bigint): void
}

/** One timer. Times are unix nanoseconds; Go's zero time stands for "not yet". */
export type Epoch = {
  readonly identifier: string
  readonly startNs: bigint
  readonly durationNs: bigint
  /** 0 until counting has started. */
  readonly current: bigint
  readonly currentStartNs: bigint
  readonly hasStarted: boolean
  readonly currentStartHeight: bigint
}

export type Epochs = {
  readonly module: Module
  all(view: View): Epoch[]
  get(view: View, identifier: string): Epoch | undefined
  /** Throws an Error on an epoch that cannot be or that is there already. */
  add(ctx: Ctx, epoch: Epoch): void
  /** 0 in the block in which the current epoch began. Throws if there is no such epoch or none has begun. */
  blocksSinceStart(view: View, identifier: string): bigint
  /** Who is told, in this order; to be called once, before the first block. */
  setHooks(...hooks: EpochHooks[]): void
}

const ZERO_NS = ZERO_TIME_SECONDS * NANOS
const infoMessage = messageValue(EpochInfoSchema)

const toMessage = (epoch: Epoch): MessageInitShape<typeof EpochInfoSchema> => ({
  identifier: epoch.identifier,
  startTime: instant(epoch.startNs),
  duration: { seconds: epoch.durationNs / NANOS, nanos: Number(epoch.durationNs % NANOS) },
  currentEpoch: epoch.current,
  currentEpochStartTime: instant(epoch.currentStartNs),
  epochCountingStarted: epoch.hasStarted,
  currentEpochStartHeight: epoch.currentStartHeight,
})
const fromMessage = (info: EpochInfo): Epoch => ({
  identifier: info.identifier,
  startNs: info.startTime === undefined ? ZERO_NS : instantNs(info.startTime),
  durationNs: info.duration === undefined ? 0n : instantNs(info.duration),
  current: info.currentEpoch,
  currentStartNs: info.currentEpochStartTime === undefined ? ZERO_NS : instantNs(info.currentEpochStartTime),
  hasStarted: info.epochCountingStarted,
  currentStartHeight: info.currentEpochStartHeight,
})
const epochValue: ValueCodec<Epoch> = {
  encode: (epoch) => infoMessage.encode(toMessage(epoch)),
  decode: (bytes) => fromMessage(infoMessage.decode(bytes)),
}

const problemOf = (epoch: Epoch): string | undefined => {
  if (epoch.identifier === '') return 'epoch identifier should NOT be empty'
  if (epoch.durationNs === 0n) return 'epoch duration should NOT be 0'
  if (epoch.current < 0n) return 'epoch CurrentEpoch must be non-negative'
  if (epoch.currentStartHeight < 0n) return 'epoch CurrentEpochStartHeight must be non-negative'
  return undefined
}

const HOUR = 3600n * NANOS
const newEpoch = (identifier: string, durationNs: bigint): Epoch => ({
  identifier,
  durationNs,
  startNs: ZERO_NS,
  current: 0n,
  currentStartNs: ZERO_NS,
  hasStarted: false,
  currentStartHeight: 0n,
})
const defaultEpochs = (): Epoch[] => [
  newEpoch('day', 24n * HOUR),
  newEpoch('hour', HOUR),
  newEpoch('minute', HOUR / 60n),
  newEpoch('week', 7n * 24n * HOUR),
]

export const epochs = (): Epochs => {
  const infos = store(NAME).map(1, textKey, epochValue)
  let listeners: readonly EpochHooks[] = []

  const all = (view: View): Epoch[] => Array.from(infos.entries(view), ([, epoch]) => epoch)

  const add = (ctx: Ctx, epoch: Epoch): void => {
    const problem = problemOf(epoch)
    if (problem !== undefined) throw new Error(problem)
    if (infos.has(ctx, epoch.identifier))
      throw new Error(`epoch with identifier ${epoch.identifier} already exists`)
    const { timeNs, height } = ctx.block
    const startNs = epoch.startNs === ZERO_NS ? timeNs : epoch.startNs
    const beginsNow = epoch.currentStartHeight === 0n && startNs <= timeNs
    const currentStartHeight = beginsNow ? height : epoch.currentStartHeight
    infos.set(ctx, epoch.identifier, { ...epoch, startNs, currentStartHeight })
  }

  /** A listener's failure is no reason to stop the chain: what the listeners did is undone together. */
  const tell = (ctx: Ctx, hook: keyof EpochHooks, { identifier, current }: Epoch): void => {
    try {
      ctx.branch((branch) => {
        for (const hooks of listeners) hooks[hook]?.(branch, identifier, current)
      })
    } catch (error) {
      if (!(error instanceof TxError)) throw error
    }
  }

  const turn = (ctx: Ctx, epoch: Epoch): void => {
    if (epoch.hasStarted) {
      ctx.emit('cosmos.epochs.v1beta1.EventEpochEnd', ['epoch_number', `"${epoch.current}"`])
      tell(ctx, 'afterEpochEnd', epoch)
    }
    const next: Epoch = {
      ...epoch,
      hasStarted: true,
      current: epoch.hasStarted ? epoch.current + 1n : 1n,
      currentStartNs: epoch.hasStarted ? epoch.currentStartNs + epoch.durationNs : epoch.startNs,
      currentStartHeight: ctx.block.height,
    }
    ctx.emit(
      'cosmos.epochs.v1beta1.EventEpochStart',
      ['epoch_number', `"${next.current}"`],
      ['epoch_start_time', `"${instant(next.currentStartNs).seconds}"`],
    )
    infos.set(ctx, next.identifier, next)
    tell(ctx, 'beforeEpochStart', next)
  }

  const beginBlock = (ctx: Ctx): void => {
    const { timeNs } = ctx.block
    for (const epoch of all(ctx)) {
      if (timeNs < epoch.startNs) continue
      if (!epoch.hasStarted || timeNs > epoch.currentStartNs + epoch.durationNs) turn(ctx, epoch)
    }
  }

  const module = defineModule({
    name: NAME,
    stores: [NAME],
    types: [file_cosmos_epochs_v1beta1_events],
    genesis: {
      schema: GenesisStateSchema,
      default: () => ({ epochs: defaultEpochs().map(toMessage) }),
      validate(genesis) {
        const seen = new Set<string>()
        for (const epoch of genesis.epochs.map(fromMessage)) {
          const problem = problemOf(epoch)
          if (problem !== undefined) throw new Error(problem)
          if (seen.has(epoch.identifier)) throw new Error('epoch identifier should be unique')
          seen.add(epoch.identifier)
        }
      },
      init(ctx, genesis) {
        for (const epoch of genesis.epochs) add(ctx, fromMessage(epoch))
      },
      export: (view) => ({ epochs: all(view).map(toMessage) }),
    },
    beginBlock,
    queries: [
      queries(Query, {
        epochInfos: (view) => ({ epochs: all(view).map(toMessage) }),
        currentEpoch(view, { identifier }) {
          if (identifier === '') throw invalidArgument('identifier is empty')
          const epoch = infos.get(view, identifier)
          if (epoch === undefined) throw plainError('not available identifier')
          return { currentEpoch: epoch.current }
        },
      }),
    ],
    invariants: {
      everyStartedEpochHasBegun: (view) =>
        all(view).every(
          (epoch) => !epoch.hasStarted || (epoch.current > 0n && epoch.startNs <= epoch.currentStartNs),
        ),
    },
  })

  return {
    module,
    all,
    add,
    get: infos.get,
    blocksSinceStart(view, identifier) {
      const epoch = infos.get(view, identifier)
      if (epoch === undefined) throw new Error(`epoch with identifier ${identifier} not found`)
      if (view.block.timeNs < epoch.startNs)
        throw new Error(`epoch with identifier ${identifier} has not started yet`)
      return view.block.height - epoch.currentStartHeight
    },
    setHooks(...hooks) {
      if (listeners.length > 0) throw new Error('epochs: hooks are set already')
      listeners = hooks
    },
  }
}
