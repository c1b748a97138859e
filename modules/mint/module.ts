// mint: each block makes new tokens for those who secure the chain, at a rate that follows how much of the
// supply is bonded, and gives them to the fee collector (x/mint of SDK 0.53).
import { create } from '@bufbuild/protobuf'
import { utf8 } from '../../chain/bytes.ts'
import {
  type ChainSettings,
  type Ctx,
  type Dec,
  decFromWire,
  decText,
  defineModule,
  denomProblem,
  errors,
  type Module,
  messages,
  messageValue,
  ONE,
  plainError,
  queries,
  store,
  type ValueCodec,
} from '../../chain/module.ts'
import { GenesisStateSchema } from '../../proto/gen/cosmos/mint/v1beta1/genesis_pb.ts'
import {
  type Minter,
  MinterSchema,
  type Params,
  ParamsSchema,
} from '../../proto/gen/cosmos/mint/v1beta1/mint_pb.ts'
import { Query } from '../../proto/gen/cosmos/mint/v1beta1/query_pb.ts'
import { Msg } from '../../proto/gen/cosmos/mint/v1beta1/tx_pb.ts'
import type { Auth } from '../auth/keeper.ts'
import type { Bank } from '../bank/keeper.ts'
import type { Staking } from '../staking/keeper.ts'
import { annualProvisions, blockProvision, nextInflation } from './math.ts'

const NAME = 'mint'
const gov = errors('gov', {
  invalidSigner: [13, 'expected gov account as only signer for proposal message'],
})

/** Seconds of a year of 365.25 days, at five seconds a block. */
const BLOCKS_PER_YEAR = 31_557_600n / 5n
const MAX_INT64 = 2n ** 63n - 1n
const percent = (value: bigint): string => `${(value * ONE) / 100n}`

const defaultParams = (mintDenom: string): Params =>
  create(ParamsSchema, {
    mintDenom,
    inflationRateChange: percent(13n),
    inflationMax: percent(20n),
    inflationMin: percent(7n),
    goalBonded: percent(67n),
    blocksPerYear: BLOCKS_PER_YEAR,
  })
const defaultMinter = (): Minter => create(MinterSchema, { inflation: percent(13n), annualProvisions: '0' })

/** A rate is there and lies between 0 and 1. */
const rateProblem = (name: string, wire: string, sign: 'not negative' | 'positive'): string | undefined => {
  if (wire === '') return `${name} cannot be nil: <nil>`
  const rate = decFromWire(wire)
  if (sign === 'positive' && rate <= 0n) return `${name} must be positive: ${decText(rate)}`
  if (rate < 0n) return `${name} cannot be negative: ${decText(rate)}`
  return rate > ONE ? `${name} too large: ${decText(rate)}` : undefined
}

/** Why parameters cannot be; undefined if they can (x/mint/types/params.go). */
const paramsProblem = (params: Params): string | undefined => {
  const { mintDenom, inflationMax, inflationMin, blocksPerYear } = params
  if (mintDenom.trim() === '') return 'mint denom cannot be blank'
  const problem =
    denomProblem(mintDenom) ??
    rateProblem('inflation rate change', params.inflationRateChange, 'not negative') ??
    rateProblem('max inflation', inflationMax, 'not negative') ??
    rateProblem('min inflation', inflationMin, 'not negative') ??
    rateProblem('goal bonded', params.goalBonded, 'positive')
  if (problem !== undefined) return problem
  if (blocksPerYear === 0n) return `blocks per year must be positive: ${blocksPerYear}`
  if (blocksPerYear > MAX_INT64)
    return `blocks per year too large: ${blocksPerYear}, maximum value is: ${MAX_INT64}`
  const [high, low] = [decFromWire(inflationMax), decFromWire(inflationMin)]
  if (high < low)
    return `max inflation (${decText(high)}) must be greater than or equal to min inflation (${decText(low)})`
  return undefined
}

/** The rate of the last block, and what it would make in a year. */
const minterMessage = messageValue(MinterSchema)
type Rate = { readonly inflation: Dec; readonly annualProvisions: Dec }
const rateValue: ValueCodec<Rate> = {
  encode: (rate) =>
    minterMessage.encode({ inflation: `${rate.inflation}`, annualProvisions: `${rate.annualProvisions}` }),
  decode(bytes) {
    const { inflation, annualProvisions: annual } = minterMessage.decode(bytes)
    return { inflation: decFromWire(inflation), annualProvisions: decFromWire(annual) }
  },
}

export type MintOptions = {
  /** Module account that new tokens go to. */
  feeCollector?: string
  /** Denomination of the default genesis. */
  denom?: string
}
export type MintKeepers = {
  auth: Pick<Auth, 'moduleAccount'>
  bank: Pick<Bank, 'mint' | 'sendModuleToModule'>
  staking: Pick<Staking, 'stakingTokenSupply' | 'bondedRatio'>
}

export const mint = (
  { authority }: ChainSettings,
  { auth, bank, staking }: MintKeepers,
  { feeCollector = 'fee_collector', denom = 'stake' }: MintOptions = {},
): Module => {
  const kv = store(NAME)
  const minter = kv.item(0, rateValue)
  const params = kv.item<Params>(1, messageValue(ParamsSchema))

  /** New tokens of this block, by the rate that it sets for itself. */
  const beginBlock = (ctx: Ctx): void => {
    const { inflation: before } = minter.require(ctx)
    const { mintDenom, blocksPerYear, ...rates } = params.require(ctx)
    const supply = staking.stakingTokenSupply(ctx)
    const bondedRatio = staking.bondedRatio(ctx)
    const bounds = {
      inflationRateChange: decFromWire(rates.inflationRateChange),
      inflationMax: decFromWire(rates.inflationMax),
      inflationMin: decFromWire(rates.inflationMin),
      goalBonded: decFromWire(rates.goalBonded),
      blocksPerYear,
    }
    const inflation = nextInflation(before, bounds, bondedRatio)
    const annual = annualProvisions(inflation, supply)
    minter.set(ctx, { inflation, annualProvisions: annual })
    const amount = blockProvision(annual, blocksPerYear)
    const minted = amount === 0n ? [] : [{ denom: mintDenom, amount }]
    if (minted.length > 0) bank.mint(ctx, NAME, minted)
    bank.sendModuleToModule(ctx, NAME, feeCollector, minted)
    ctx.emit(
      'mint',
      ['bonded_ratio', decText(bondedRatio)],
      ['inflation', decText(inflation)],
      ['annual_provisions', decText(annual)],
      ['amount', `${amount}`],
    )
  }

  return defineModule({
    name: NAME,
    stores: [NAME],
    genesis: {
      schema: GenesisStateSchema,
      default: () => ({ minter: defaultMinter(), params: defaultParams(denom) }),
      validate(genesis) {
        const problem = paramsProblem(genesis.params ?? create(ParamsSchema))
        if (problem !== undefined) throw new Error(problem)
        const inflation = decFromWire(genesis.minter?.inflation ?? '')
        if (inflation < 0n)
          throw new Error(`mint parameter Inflation should be positive, is ${decText(inflation)}`)
      },
      init(ctx, genesis) {
        const rate = genesis.minter
        minter.set(ctx, {
          inflation: decFromWire(rate?.inflation ?? ''),
          annualProvisions: decFromWire(rate?.annualProvisions ?? ''),
        })
        params.set(ctx, genesis.params ?? defaultParams(denom))
        auth.moduleAccount(ctx, NAME)
      },
      export(view) {
        const { inflation, annualProvisions: annual } = minter.require(view)
        return {
          minter: { inflation: `${inflation}`, annualProvisions: `${annual}` },
          params: params.require(view),
        }
      },
    },
    beginBlock,
    messages: [
      messages(Msg, {
        updateParams(ctx, request) {
          if (request.authority !== authority)
            throw gov.invalidSigner(`invalid authority; expected ${authority}, got ${request.authority}`)
          const changed = request.params ?? create(ParamsSchema)
          const problem = paramsProblem(changed)
          if (problem !== undefined) throw plainError(problem)
          params.set(ctx, changed)
        },
      }),
    ],
    queries: [
      queries(Query, {
        params: (view) => ({ params: params.require(view) }),
        inflation: (view) => ({ inflation: utf8(`${minter.require(view).inflation}`) }),
        annualProvisions: (view) => ({
          annualProvisions: utf8(`${minter.require(view).annualProvisions}`),
        }),
      }),
    ],
  })
}
