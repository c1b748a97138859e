// The parameters of governance (x/gov/types/v1/params.go). Ratios are decimals as people write them.
import { create } from '@bufbuild/protobuf'
import { type Duration, DurationSchema } from '@bufbuild/protobuf/wkt'
import {
  type AddressCodec,
  type Coins,
  coinsFrom,
  coinsText,
  type Dec,
  decText,
  isAllGte,
  isValidCoins,
  ONE,
  parseDec,
} from '../../chain/module.ts'
import { type Params, ParamsSchema, type Proposal } from '../../proto/gen/cosmos/gov/v1/gov_pb.ts'
import { periodNs } from './state.ts'

const DAY = 86_400n
const MIN_DEPOSIT = 10_000_000n

const seconds = (value: bigint): Duration => create(DurationSchema, { seconds: value })

export const defaultParams = (denom: string): Params =>
  create(ParamsSchema, {
    minDeposit: [{ denom, amount: `${MIN_DEPOSIT}` }],
    expeditedMinDeposit: [{ denom, amount: `${MIN_DEPOSIT * 5n}` }],
    maxDepositPeriod: seconds(2n * DAY),
    votingPeriod: seconds(2n * DAY),
    expeditedVotingPeriod: seconds(DAY),
    quorum: decText((ONE * 334n) / 1000n),
    threshold: decText(ONE / 2n),
    expeditedThreshold: decText((ONE * 667n) / 1000n),
    vetoThreshold: decText((ONE * 334n) / 1000n),
    minInitialDepositRatio: decText(0n),
    proposalCancelRatio: decText(ONE / 2n),
    burnVoteVeto: true,
    minDepositRatio: decText(ONE / 100n),
  })

/** What a proposal needs before it is voted on. */
export const minDepositOf = (params: Params, { expedited }: Pick<Proposal, 'expedited'>): Coins =>
  coinsFrom(expedited ? params.expeditedMinDeposit : params.minDeposit)

/** `1h30m0s`, `1.5s`, `2ms`: as Go prints a time.Duration. */
export const durationText = (ns: bigint): string => {
  const sign = ns < 0n ? '-' : ''
  const size = ns < 0n ? -ns : ns
  const fraction = (unit: bigint, places: number) =>
    `${size % unit}`
      .padStart(places, '0')
      .replace(/0+$/, '')
      .replace(/^(?=.)/, '.')
  if (size === 0n) return '0s'
  if (size < 1_000n) return `${sign}${size}ns`
  if (size < 1_000_000n) return `${sign}${size / 1_000n}${fraction(1_000n, 3)}µs`
  if (size < 1_000_000_000n) return `${sign}${size / 1_000_000n}${fraction(1_000_000n, 6)}ms`
  const whole = size / 1_000_000_000n
  const rest = `${whole % 60n}${fraction(1_000_000_000n, 9)}s`
  const hours = whole / 3600n
  const minutes = (whole / 60n) % 60n
  return `${sign}${hours > 0n ? `${hours}h` : ''}${whole >= 60n ? `${minutes}m` : ''}${rest}`
}

class Problem extends Error {}

type Bound = { sign: 'not negative' | 'positive'; low: string; high: string; showsText?: boolean }

/** A decimal between 0 and 1; `low` and `high` say what is wrong with one that is not. */
const ratio = (text: string, malformed: string, { sign, low, high, showsText = false }: Bound): Dec => {
  const value = readDec(text, malformed)
  if (value < 0n || (sign === 'positive' && value === 0n)) throw new Problem(`${low}: ${decText(value)}`)
  if (value > ONE) throw new Problem(`${high}: ${showsText ? text : decText(value)}`)
  return value
}
const readDec = (text: string, malformed: string): Dec => {
  try {
    return parseDec(text)
  } catch (error) {
    if (error instanceof Error) throw new Problem(`${malformed}: ${error.message}`)
    throw error
  }
}

/** Why parameters cannot be; undefined if they can. */
export const paramsProblem = (params: Params, addresses: AddressCodec): string | undefined => {
  try {
    checkDeposits(params)
    checkThresholds(params)
    checkPeriods(params)
    checkRatios(params)
  } catch (error) {
    if (error instanceof Problem) return error.message
    throw error
  }
  const { proposalCancelDest: target } = params
  const bad = () => new Problem(`deposits destination address is invalid: ${target}`)
  try {
    if (target !== '') addresses.bytes(target, bad)
  } catch (error) {
    if (error instanceof Problem) return error.message
    throw error
  }
  return undefined
}

const checkDeposits = (params: Params): void => {
  const regular = coinsFrom(params.minDeposit)
  const expedited = coinsFrom(params.expeditedMinDeposit)
  if (regular.length === 0 || !isValidCoins(regular))
    throw new Problem(`invalid minimum deposit: ${coinsText(regular)}`)
  if (expedited.length === 0 || !isValidCoins(expedited))
    throw new Problem(`invalid expedited minimum deposit: ${coinsText(expedited)}`)
  if (isAllGte(regular, expedited))
    throw new Problem(
      `expedited minimum deposit must be greater than minimum deposit: ${coinsText(expedited)}`,
    )
  const { maxDepositPeriod: period } = params
  if (period === undefined) throw new Problem('maximum deposit period must not be nil: 0')
  if (periodNs(period) <= 0n)
    throw new Problem(`maximum deposit period must be positive: ${periodNs(period)}`)
}

const checkThresholds = (params: Params): void => {
  ratio(params.quorum, 'invalid quorum string', {
    ...{ sign: 'not negative', low: 'quorom cannot be negative', high: 'quorom too large', showsText: true },
  })
  const threshold = ratio(params.threshold, 'invalid threshold string', {
    ...{ sign: 'positive', low: 'vote threshold must be positive', high: 'vote threshold too large' },
  })
  const expedited = ratio(params.expeditedThreshold, 'invalid expedited threshold string', {
    sign: 'positive',
    low: 'expedited vote threshold must be positive',
    high: 'expedited vote threshold too large',
  })
  if (expedited <= threshold)
    throw new Problem(
      `expedited vote threshold ${decText(expedited)}, ` +
        `must be greater than the regular threshold ${decText(threshold)}`,
    )
  ratio(params.vetoThreshold, 'invalid vetoThreshold string', {
    ...{ sign: 'positive', low: 'veto threshold must be positive', high: 'veto threshold too large' },
  })
}

const checkPeriods = ({ votingPeriod, expeditedVotingPeriod }: Params): void => {
  if (votingPeriod === undefined) throw new Problem('voting period must not be nil: 0')
  const regular = periodNs(votingPeriod)
  if (regular <= 0n) throw new Problem(`voting period must be positive: ${durationText(regular)}`)
  if (expeditedVotingPeriod === undefined) throw new Problem('expedited voting period must not be nil: 0')
  const expedited = periodNs(expeditedVotingPeriod)
  if (expedited <= 0n)
    throw new Problem(`expedited voting period must be positive: ${durationText(expedited)}`)
  if (expedited >= regular)
    throw new Problem(
      `expedited voting period ${durationText(expedited)} ` +
        `must be strictly less that the regular voting period ${durationText(regular)}`,
    )
}

const checkRatios = (params: Params): void => {
  ratio(params.minInitialDepositRatio, 'invalid mininum initial deposit ratio of proposal', {
    sign: 'not negative',
    low: 'mininum initial deposit ratio of proposal must be positive',
    high: 'mininum initial deposit ratio of proposal is too large',
  })
  ratio(params.proposalCancelRatio, 'invalid burn rate of cancel proposal', {
    sign: 'not negative',
    low: 'burn rate of cancel proposal must be positive',
    high: 'burn rate of cancel proposal is too large',
  })
}
