// Coins: amounts by denomination, as sdk.Coins. A set is sorted by denomination without repeats or zeros;
// what comes from a message may be anything until `validateCoins` has looked at it.
import type { Coin as CoinMessage } from '../../proto/gen/cosmos/base/v1beta1/coin_pb.ts'
import { type Dec, decText, parseDec, parseInt256 } from './decimal.ts'
import { GoPanic } from './errors.ts'

export type Coin = { readonly denom: string; readonly amount: bigint }
export type Coins = readonly Coin[]
/** The fields of a cosmos.base.v1beta1.Coin. */
type CoinFields = Pick<CoinMessage, 'denom' | 'amount'>

const DENOM = /^[a-zA-Z][a-zA-Z0-9/:._-]{2,127}$/
export const isDenom = (denom: string): boolean => DENOM.test(denom)
/** Why a denomination is none; undefined if it is one. */
export const denomProblem = (denom: string): string | undefined =>
  isDenom(denom) ? undefined : `invalid denom: ${denom}`

const byDenom = (a: { denom: string }, b: { denom: string }): number =>
  a.denom < b.denom ? -1 : a.denom > b.denom ? 1 : 0

export const coin = (denom: string, amount: bigint): Coin => ({ denom, amount })

/** A sorted set without zeros; throws if amounts are negative, denominations repeat or are none. */
export const coins = (...parts: Coin[]): Coins => {
  const set = parts.filter((c) => c.amount !== 0n).sort(byDenom)
  const problem = coinsProblem(set)
  if (problem !== undefined) throw new Error(`invalid coin set ${coinsText(set)}: ${problem}`)
  return set
}

/** Reads the coins of a message as they stand; an empty amount, which the wire allows, throws GoPanic. */
export const coinsFrom = (messages: readonly CoinFields[]): Coins => messages.map(coinFrom)
export const coinFrom = ({ denom, amount }: CoinFields): Coin => {
  const value = parseInt256(amount)
  if (value === undefined)
    throw new GoPanic('runtime error: invalid memory address or nil pointer dereference')
  return { denom, amount: value }
}
/** Messages, which may stand in others. */
export const coinsTo = (set: Coins): CoinMessage[] => set.map(coinTo)
export const coinTo = ({ denom, amount }: Coin): CoinMessage => ({
  $typeName: 'cosmos.base.v1beta1.Coin',
  denom,
  amount: `${amount}`,
})

export const coinText = ({ denom, amount }: Coin): string => `${amount}${denom}`
/** `5atom,1stake` */
export const coinsText = (set: Coins): string => set.map(coinText).join(',')

/** Why a set is not valid (sdk.Coins.Validate); undefined if it is. An empty set is valid. */
export const coinsProblem = (set: Coins): string | undefined => {
  let low: string | undefined
  for (const c of set) {
    if (!isDenom(c.denom)) return `invalid denom: ${c.denom}`
    if (low !== undefined && c.denom < low) return `denomination ${c.denom} is not sorted`
    if (low !== undefined && c.denom === low) return `duplicate denomination ${c.denom}`
    if (c.amount <= 0n) return `coin ${low === undefined ? coinText(c) : c.denom} amount is not positive`
    low = c.denom
  }
  return undefined
}
export const isValidCoins = (set: Coins): boolean => coinsProblem(set) === undefined
/** At least one coin, and all of them positive. */
export const isAllPositive = (set: Coins): boolean => set.length > 0 && set.every((c) => c.amount > 0n)
export const isAnyNegative = (set: Coins): boolean => set.some((c) => c.amount < 0n)
export const isZeroCoins = (set: Coins): boolean => set.every((c) => c.amount === 0n)

export const amountOf = (set: Coins, denom: string): bigint =>
  set.find((c) => c.denom === denom)?.amount ?? 0n

/** Both must be sorted; the sum has no zeros and may have negative amounts if its parts have. */
export const addCoins = (a: Coins, b: Coins): Coins => {
  if (b.length === 0 && !a.some((c) => c.amount === 0n)) return a
  const sum: Coin[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const left = a[i]
    const right = b[j]
    const order = left === undefined ? 1 : right === undefined ? -1 : byDenom(left, right)
    const amount = (order <= 0 ? left!.amount : 0n) + (order >= 0 ? right!.amount : 0n)
    if (amount !== 0n) sum.push({ denom: (order <= 0 ? left : right)!.denom, amount })
    if (order <= 0) i++
    if (order >= 0) j++
  }
  return sum
}
const negate = (set: Coins): Coins => set.map((c) => ({ denom: c.denom, amount: -c.amount }))
/** May have negative amounts: ask `isAnyNegative`. */
export const subCoins = (a: Coins, b: Coins): Coins => addCoins(a, negate(b))

/**
 * What is left of `a` without `b`, perhaps negative (Coins.SafeSub). Both may come from a message as they
 * stand: throws GoPanic where Go's arithmetic refuses them.
 */
export const safeSubCoins = (a: Coins, b: Coins): Coins => {
  const taken = b.filter((c) => c.amount !== 0n).sort(byDenom)
  const problem = coinsProblem(taken)
  if (problem !== undefined) throw new GoPanic(`invalid coin set ${coinsText(taken)}: ${problem}`)
  if (a.some((c, i) => i > 0 && byDenom(a[i - 1]!, c) > 0)) throw new GoPanic('Coins (self) must be sorted')
  return a.reduce<Coins>((sum, c) => addCoins(sum, [c]), negate(taken))
}

/** Every amount of `b` is there in `a` (IsAllGTE). */
export const isAllGte = (a: Coins, b: Coins): boolean => b.every((c) => amountOf(a, c.denom) >= c.amount)
/** Some coin of `a` reaches a non-zero amount of `b` (IsAnyGTE). */
export const isAnyGte = (a: Coins, b: Coins): boolean =>
  a.some((c) => {
    const wanted = amountOf(b, c.denom)
    return wanted !== 0n && c.amount >= wanted
  })
export const equalCoins = (a: Coins, b: Coins): boolean => {
  if (a.length !== b.length) return false
  const [x, y] = [[...a].sort(byDenom), [...b].sort(byDenom)]
  return x.every((c, i) => c.denom === y[i]!.denom && c.amount === y[i]!.amount)
}
/** The smaller amount of each denomination that both have. */
export const minCoins = (a: Coins, b: Coins): Coins =>
  a
    .map((c) => {
      const other = amountOf(b, c.denom)
      return { denom: c.denom, amount: other < c.amount ? other : c.amount }
    })
    .filter((c) => c.amount !== 0n)

/** A coin whose amount is a Dec. */
export type DecCoin = { readonly denom: string; readonly amount: Dec }
export type DecCoins = readonly DecCoin[]
/** The arithmetic of Coins serves: a Dec is a bigint of a fixed unit. */
export const addDecCoins = (a: DecCoins, b: DecCoins): DecCoins => addCoins(a, b)
export const subDecCoins = (a: DecCoins, b: DecCoins): DecCoins => subCoins(a, b)
export const decCoinsText = (set: DecCoins): string =>
  set.map(({ denom, amount }) => `${decText(amount)}${denom}`).join(',')
/** Applies `of` to each amount and leaves zeros out. */
export const mapDecCoins = (set: DecCoins, of: (amount: Dec) => Dec): DecCoins =>
  set.map(({ denom, amount }) => ({ denom, amount: of(amount) })).filter((c) => c.amount !== 0n)

const DEC_COIN = /^([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*([a-zA-Z][a-zA-Z0-9/:._-]{2,127})$/

/** Reads `0.025stake,1atom` (sdk.ParseDecCoins): sorted, zeros left out. Throws an Error with Go's text. */
export const parseDecCoins = (text: string): DecCoins => {
  if (text.trim() === '') return []
  const set = text
    .split(',')
    .map(parseDecCoin)
    .filter((c) => c.amount !== 0n)
  set.sort(byDenom)
  for (let i = 1; i < set.length; i++)
    if (set[i]!.denom === set[i - 1]!.denom) throw new Error(`duplicate denomination ${set[i]!.denom}`)
  return set
}
const parseDecCoin = (text: string): DecCoin => {
  const match = DEC_COIN.exec(text.trim())
  if (match === null) throw new Error(`invalid decimal coin expression: ${text.trim()}`)
  return { denom: match[2]!, amount: parseDec(match[1]!) }
}

/** Reads `5atom,1stake`, whole amounts only. Throws an Error that names the text. */
export const parseCoins = (text: string): Coins => {
  if (text.trim() === '') return []
  const set = text.split(',').map((part) => {
    const match = /^\s*([0-9]+)\s*([a-zA-Z][a-zA-Z0-9/:._-]{2,127})\s*$/.exec(part)
    if (match === null) throw new Error(`not a coin: ${part}`)
    return { denom: match[2]!, amount: BigInt(match[1]!) }
  })
  return coins(...set)
}
