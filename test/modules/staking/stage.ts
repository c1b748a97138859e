// A stage for the rules of stake: real accounts, bank, staking and slashing on empty stores, without
// transactions around, so that a rule can be shown in a few lines. Validators are named by numbers; each has
// a key of its own.
import { create, type DescMessage, type MessageInitShape } from '@bufbuild/protobuf'
import type { ValidatorUpdate } from '../../../chain/abci/application.ts'
import { type Bytes, toHex } from '../../../chain/bytes.ts'
import { keyAddress } from '../../../chain/consensus/validator.ts'
import { Context, chainSettings, coin, coins, type Module, moduleAddress } from '../../../chain/module.ts'
import { Stores } from '../../../chain/runtime/stores.ts'
import type { ReadKv } from '../../../chain/store/kv.ts'
import { authKeeper } from '../../../modules/auth/keeper.ts'
import { bankKeeper } from '../../../modules/bank/keeper.ts'
import { slashingKeeper } from '../../../modules/slashing/keeper.ts'
import { slashing } from '../../../modules/slashing/module.ts'
import type { StakingHooks } from '../../../modules/staking/hooks.ts'
import { stakingKeeper } from '../../../modules/staking/keeper.ts'
import { packKey } from '../../../modules/staking/keys.ts'
import { staking } from '../../../modules/staking/module.ts'
import { defaultParams, type StakingParams } from '../../../modules/staking/params.ts'
import { Msg as SlashingMsg } from '../../../proto/gen/cosmos/slashing/v1beta1/tx_pb.ts'
import { Query } from '../../../proto/gen/cosmos/staking/v1beta1/query_pb.ts'
import { Msg } from '../../../proto/gen/cosmos/staking/v1beta1/tx_pb.ts'
import { callMessage, callQuery } from '../calls.ts'
import { accounts } from './chain.ts'

const NONE = new Uint8Array()
const empty: ReadKv = { get: () => undefined, has: () => false, iterate: () => [][Symbol.iterator]() }
const SECOND = 1_000_000_000n
const START_NS = 1_800_000_000n * SECOND
/** Tokens of one unit of power. */
export const POWER = 1_000_000n

export const settings = chainSettings({ prefix: 'cosmos', accounts })
const { addresses } = settings

/** The account of a number; a validator of that number has the same address. */
export const person = (number: number): Bytes => new Uint8Array(20).fill(number)
export const keyOf = (number: number) =>
  ({ type: 'ed25519', bytes: new Uint8Array(32).fill(number) }) as const
export const consAddress = (number: number): Bytes => keyAddress(keyOf(number))
export const account = (number: number): string => addresses.text(person(number))
export const operator = (number: number): string => addresses.validator.text(person(number))
export const stake = (amount: bigint) => ({ denom: 'stake', amount: `${amount}` })

const emptyGenesis = (module: Module): MessageInitShape<DescMessage> =>
  create(module.genesis!.schema, module.genesis!.default())

export const openStage = (params: Partial<StakingParams> = {}, extraHooks: StakingHooks = {}) => {
  const block = {
    ...{ chainId: 'stage-1', height: 1n, timeNs: START_NS, headerHash: NONE, appHash: NONE },
    ...{ proposer: consAddress(1), nextValidatorsHash: NONE, lastCommit: { round: 0, votes: [] } },
    ...{ misbehavior: [], consensusParams: undefined },
  }
  const ctx = new Context(new Stores(() => empty, new Set()), block, 'finalize')
  const auth = authKeeper(settings)
  const bank = bankKeeper(settings, { auth })
  const keeper = stakingKeeper(settings, { auth, bank })
  const slasher = slashingKeeper(settings, { staking: keeper })
  keeper.setHooks(slasher.hooks, extraHooks)
  const module = staking(keeper)
  const slashingModule = slashing(slasher)
  module.genesis!.init(ctx, emptyGenesis(module) as never)
  slashingModule.genesis!.init(ctx, emptyGenesis(slashingModule) as never)
  keeper.pages.core.state.params.set(ctx, { ...defaultParams, ...params })
  const messages = callMessage(module, Msg, ctx)

  const give = (number: number, amount: bigint): void => {
    bank.mint(ctx, 'mint', coins(coin('stake', amount)))
    bank.sendFromModule(ctx, 'mint', person(number), coins(coin('stake', amount)))
  }
  const endBlock = (): string[] =>
    (module.endBlock!(ctx) as ValidatorUpdate[]).map(({ pubKey, power }) => `${pubKey.bytes[0]}:${power}`)

  return {
    ...{ ctx, bank, keeper, slasher, module, slashingModule, messages, give, endBlock },
    unjail: callMessage(slashingModule, SlashingMsg, ctx).unjail,
    queries: callQuery(module, Query, ctx),
    /** Events of this block that have the type. */
    events: (type: string) =>
      ctx.events
        .filter((event) => event.type === type)
        .map(({ attributes }) => Object.fromEntries(attributes.map(({ key, value }) => [key, value]))),
    balance: (of: number | string): bigint =>
      bank.balance(ctx, typeof of === 'string' ? moduleAddress(of) : person(of), 'stake'),
    validator: (number: number) => keeper.requireValidator(ctx, person(number)),
    shares: (delegator: number, of: number): bigint =>
      keeper.delegation(ctx, person(delegator), person(of))?.shares ?? 0n,
    unbonding: (delegator: number, of: number) =>
      keeper.pages.unbondings.get(ctx, person(delegator), person(of))?.entries ?? [],
    redelegation: (delegator: number, source: number, target: number) =>
      keeper.pages.redelegations.get(ctx, person(delegator), person(source), person(target))?.entries ?? [],
    /** A validator with this much of its own, by its message. */
    found(number: number, amount: bigint, change: object = {}): void {
      give(number, amount)
      messages.createValidator({
        description: { moniker: `validator ${number}` },
        commission: { rate: `${10n ** 17n}`, maxRate: `${2n * 10n ** 17n}`, maxChangeRate: `${10n ** 16n}` },
        minSelfDelegation: '1',
        validatorAddress: operator(number),
        pubkey: packKey(keyOf(number)),
        value: stake(amount),
        ...change,
      })
    },
    delegate(delegator: number, to: number, amount: bigint): void {
      give(delegator, amount)
      messages.delegate({
        ...{ delegatorAddress: account(delegator), validatorAddress: operator(to), amount: stake(amount) },
      })
    },
    undelegate(delegator: number, from: number, amount: bigint): void {
      messages.undelegate({
        ...{ delegatorAddress: account(delegator), validatorAddress: operator(from), amount: stake(amount) },
      })
    },
    redelegate(delegator: number, source: number, target: number, amount: bigint): void {
      messages.beginRedelegate({
        delegatorAddress: account(delegator),
        validatorSrcAddress: operator(source),
        validatorDstAddress: operator(target),
        amount: stake(amount),
      })
    },
    cancel(delegator: number, to: number, amount: bigint, creationHeight: bigint): void {
      messages.cancelUnbondingDelegation({
        ...{ delegatorAddress: account(delegator), validatorAddress: operator(to) },
        ...{ amount: stake(amount), creationHeight },
      })
    },
    /** Ends the block and begins the next one so many seconds later. Returns what consensus was told. */
    next(seconds = 1n, votes: Readonly<Record<number, 'signed' | 'missed'>> = {}): string[] {
      const updates = endBlock()
      ctx.events.length = 0
      ctx.block = {
        ...block,
        height: ctx.block.height + 1n,
        timeNs: ctx.block.timeNs + seconds * SECOND,
        lastCommit: {
          round: 0,
          votes: Object.entries(votes).map(([number, vote]) => ({
            validator: {
              address: consAddress(Number(number)),
              power: keeper.lastValidatorPower(ctx, person(Number(number))),
            },
            blockIdFlag: vote === 'signed' ? 2 : 1,
          })),
        },
      }
      slashingModule.beginBlock!(ctx)
      module.beginBlock!(ctx)
      return updates
    },
    broken: (): string[] =>
      [module, slashingModule].flatMap(({ invariants = {} }) =>
        Object.keys(invariants).filter((name) => !invariants[name]!(ctx)),
      ),
    /** All keys and values of staking, in hexadecimal. */
    contents: (): string[] =>
      Array.from(ctx.store('staking').iterate(), ([key, value]) => `${toHex(key)}=${toHex(value)}`),
  }
}
export type Stage = ReturnType<typeof openStage>
