// What the stream of the differential run draws from: people, amounts, and what the chain is known to hold.
import type { AddressCodec } from '../../../chain/module.ts'
import { moduleAddress } from '../../../chain/module.ts'
import type { Random } from '../../random.ts'
import type { Json } from './genesis.ts'
import type { Person } from './people.ts'

export type Proposal = { id: string; proposer: string; status: string }

export type World = {
  random: Random
  addresses: AddressCodec
  /** The first one is the validator whose node makes the blocks: it votes, and keeps its stake. */
  people: Person[]
  /** Accounts that do not exist yet, to be paid or to vest. */
  fresh(): Person
  /** Of gov, newest first, as last asked. */
  proposals: Proposal[]
  /** Unbondings that were asked for. */
  unbondings: { person: Person; validator: string; height: number }[]
  groups: { id: string; admin: string }[]
  /** Addresses of group policies. */
  policies: string[]
  /** How many proposals were handed in to groups, about. */
  groupProposals: number
  height: number
  /** Unix seconds of the last block. */
  time: number
  /** Parameters of a module (`staking.v1beta1`) as in the genesis. */
  parameters(module: string): Json
  /** Whether our application has this message type. */
  knows(typeUrl: string): boolean
}

/** What one transaction says: its messages and who signs them. */
export type Speech = { messages: Json[]; signers: Person[]; payer?: Person; granter?: Person }
export type Operation = (world: World) => Speech

export const one = (signer: Person, ...messages: Json[]): Speech => ({ messages, signers: [signer] })

export const anyone = ({ random, people }: World): Person => random.pick(people)
/** Anyone but the operator. */
export const someone = ({ random, people }: World): Person => people[1 + random.below(people.length - 1)]!
/** The operator's validator half of the time, else one that someone may have made. */
export const someValidator = (world: World): string =>
  (world.random.below(2) === 0 ? world.people[0]! : someone(world)).validator

export const chance = ({ random }: World, percent: number): boolean => random.below(100) < percent

/** Mostly small, at times more than anyone has, at times nothing. */
export const amount = (world: World): string => {
  const { random } = world
  const roll = random.below(100)
  if (roll < 3) return '0'
  if (roll < 8) return '9000000000000'
  return `${1 + random.below(10 ** (3 + random.below(5)))}`
}
export const stake = (world: World): Json => ({ denom: 'stake', amount: amount(world) })
export const coin = (world: World): Json => {
  const roll = world.random.below(100)
  if (roll < 75) return stake(world)
  if (roll < 97) return { denom: 'uatom', amount: `${1 + world.random.below(200_000)}` }
  return { denom: roll === 97 ? 'none' : 'x', amount: '1' }
}

export const moduleText = ({ addresses }: World, name: string): string => addresses.text(moduleAddress(name))

/** A moment `seconds` from the last block, RFC 3339. */
export const moment = ({ time }: World, seconds: number): string =>
  new Date((Math.floor(time) + seconds) * 1000).toISOString().replace('.000', '')

/** An 18-digit decimal of `percent` hundredths. */
export const share = (percent: number): string =>
  `${Math.floor(percent / 100)}.${`${percent % 100}`.padStart(2, '0')}0000000000000000`

/** Things that are refused wherever an address stands. */
export const badAddress = (world: World): string =>
  world.random.pick([
    '',
    'cosmos1xyz',
    'wasm1qqqq',
    `${world.people[1]!.account}x`,
    world.people[1]!.validator,
  ])
