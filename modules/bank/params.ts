// Which parameters, metadata and genesis bank accepts (x/bank/types: params.go, metadata.go, genesis.go).
// Each function says what is wrong, or undefined.
import type { MessageShape } from '@bufbuild/protobuf'
import {
  type AddressCodec,
  addCoins,
  type Coins,
  coinsFrom,
  coinsProblem,
  coinsText,
  denomProblem,
  equalCoins,
} from '../../chain/module.ts'
import type { DenomUnit, Metadata, Params, SendEnabled } from '../../proto/gen/cosmos/bank/v1beta1/bank_pb.ts'
import type { GenesisStateSchema } from '../../proto/gen/cosmos/bank/v1beta1/genesis_pb.ts'

type Genesis = MessageShape<typeof GenesisStateSchema>

export const paramsProblem = ({ sendEnabled }: Params): string | undefined =>
  sendEnabled.length > 0 ? 'use of send_enabled in params is no longer supported' : undefined

export const metadataProblem = ({
  name,
  symbol,
  base,
  display,
  denomUnits,
}: Metadata): string | undefined => {
  if (name.trim() === '') return 'name field cannot be blank'
  if (symbol.trim() === '') return 'symbol field cannot be blank'
  const baseProblem = denomProblem(base)
  if (baseProblem !== undefined) return `invalid metadata base denom: ${baseProblem}`
  const displayProblem = denomProblem(display)
  if (displayProblem !== undefined) return `invalid metadata display denom: ${displayProblem}`
  const seen = new Set<string>()
  for (const [i, unit] of denomUnits.entries()) {
    const previous = denomUnits[i - 1]
    const problem = orderProblem(unit, previous, base) ?? unitProblem(unit, seen)
    if (problem !== undefined) return problem
    seen.add(unit.denom)
  }
  if (seen.has(display)) return undefined
  return `metadata must contain a denomination unit with display denom '${display}'`
}

const orderProblem = (unit: DenomUnit, previous: DenomUnit | undefined, base: string): string | undefined => {
  if (previous !== undefined)
    return previous.exponent >= unit.exponent ? 'denom units should be sorted asc by exponent' : undefined
  if (unit.denom !== base)
    return `metadata's first denomination unit must be the one with base denom '${base}'`
  return unit.exponent === 0 ? undefined : `the exponent for base denomination unit ${base} must be 0`
}

const unitProblem = ({ denom, aliases }: DenomUnit, seen: ReadonlySet<string>): string | undefined => {
  if (seen.has(denom)) return `duplicate denomination unit ${denom}`
  const problem = denomProblem(denom)
  if (problem !== undefined) return `invalid denom unit: ${problem}`
  const twice = aliases.find((alias, i) => aliases.indexOf(alias) !== i)
  if (twice !== undefined) return `duplicate denomination unit alias ${twice}`
  return aliases.some((alias) => alias.trim() === '')
    ? `alias for denom unit ${denom} cannot be blank`
    : undefined
}

/** Entries of the genesis, with those of the deprecated field in the parameters that it does not repeat. */
export const allSendEnabled = ({ params, sendEnabled }: Genesis): SendEnabled[] => {
  const known = new Set(sendEnabled.map(({ denom }) => denom))
  return [...sendEnabled, ...(params?.sendEnabled ?? []).filter(({ denom }) => !known.has(denom))]
}

/** The sum of all balances of a genesis. Throws an Error that names the balance that cannot be. */
export const genesisSupply = ({ balances }: Genesis, addresses: AddressCodec): Coins => {
  const seen = new Set<string>()
  const sums = new Map<string, bigint>()
  for (const { address, coins } of balances) {
    if (seen.has(address)) throw new Error(`duplicate balance for address ${address}`)
    seen.add(address)
    addresses.bytes(address, (why) => new Error(`balance of ${address}: ${why}`))
    const held = coinsFrom(coins)
    const problem = coinsProblem(held)
    if (problem !== undefined) throw new Error(`balance of ${address}: ${problem}`)
    for (const { denom, amount } of held) sums.set(denom, (sums.get(denom) ?? 0n) + amount)
  }
  return addCoins([], [...sums].map(([denom, amount]) => ({ denom, amount })).sort(byDenom))
}
const byDenom = (a: { denom: string }, b: { denom: string }): number =>
  a.denom < b.denom ? -1 : a.denom > b.denom ? 1 : 0

/** Throws an Error that says what is wrong. */
export const validateGenesis = (genesis: Genesis, addresses: AddressCodec): void => {
  const { params, sendEnabled, denomMetadata, supply } = genesis
  if ((params?.sendEnabled.length ?? 0) > 0 && sendEnabled.length > 0)
    throw new Error('send_enabled defined in both the send_enabled field and in params (deprecated)')
  const denoms = allSendEnabled(genesis).map(({ denom }) => denom)
  const twice = denoms.find((denom, i) => denoms.indexOf(denom) !== i)
  if (twice !== undefined) throw new Error(`duplicate send enabled found: '${twice}'`)
  const bases = denomMetadata.map(({ base }) => base)
  const repeated = bases.find((base, i) => bases.indexOf(base) !== i)
  if (repeated !== undefined) throw new Error(`duplicate client metadata for denom ${repeated}`)
  const problem = [...denoms.map(denomProblem), ...denomMetadata.map(metadataProblem)].find(
    (found) => found !== undefined,
  )
  if (problem !== undefined) throw new Error(problem)
  const total = genesisSupply(genesis, addresses)
  const given = coinsFrom(supply)
  if (given.length > 0 && !equalCoins(given, total))
    throw new Error(`genesis supply is incorrect, expected ${coinsText(given)}, got ${coinsText(total)}`)
}
