// Changes of every module's parameters: valid ones that the run survives, and some that are refused.
import type { Json } from '../genesis.ts'
import { chance, share, type World } from '../world.ts'

type Change = (world: World) => { module: string; params: Json }

const of = (world: World, module: string, changes: Json): { module: string; params: Json } => ({
  module,
  params: { ...world.parameters(module), ...changes },
})

const CHANGES: Change[] = [
  (world) =>
    of(world, 'staking.v1beta1', {
      unbonding_time: `${4 + world.random.below(15)}s`,
      max_validators: chance(world, 10) ? 0 : world.random.pick([2, 3, 4, 100]),
      max_entries: 3 + world.random.below(5),
      historical_entries: world.random.pick([0, 5, 20]),
      min_commission_rate: share(world.random.below(6)),
    }),
  (world) =>
    of(world, 'slashing.v1beta1', {
      signed_blocks_window: `${world.random.pick([8, 10, 15, 25])}`,
      min_signed_per_window: share(world.random.pick([30, 50, 60])),
      downtime_jail_duration: `${1 + world.random.below(4)}s`,
      slash_fraction_downtime: share(world.random.pick([0, 1, 2, 120])),
    }),
  (world) =>
    of(world, 'distribution.v1beta1', {
      community_tax: share(world.random.pick([0, 2, 5, 50, 101])),
      withdraw_addr_enabled: chance(world, 75),
    }),
  (world) =>
    of(world, 'mint.v1beta1', {
      inflation_max: share(world.random.pick([20, 30, 50])),
      inflation_min: share(world.random.pick([1, 7, 25])),
      blocks_per_year: `${world.random.pick([6_311_520, 500_000, 0])}`,
    }),
  (world) =>
    of(world, 'gov.v1', {
      quorum: share(world.random.pick([10, 33, 40])),
      burn_vote_quorum: chance(world, 30),
      burn_proposal_deposit_prevote: chance(world, 30),
      proposal_cancel_ratio: share(world.random.pick([0, 30, 50, 100])),
      min_deposit_ratio: share(world.random.pick([0, 1, 3])),
    }),
  (world) =>
    of(world, 'auth.v1beta1', {
      max_memo_characters: `${world.random.pick([256, 200, 0])}`,
      tx_size_cost_per_byte: `${world.random.pick([8, 10, 11])}`,
      sig_verify_cost_secp256k1: `${world.random.pick([900, 1000, 1100])}`,
    }),
  (world) => of(world, 'bank.v1beta1', { default_send_enabled: chance(world, 85) }),
  (world) =>
    of(world, 'protocolpool.v1', {
      enabled_distribution_denoms: world.random.pick([['stake'], ['stake', 'uatom'], ['']]),
      distribution_frequency: `${world.random.pick([1, 2, 5, 0])}`,
    }),
]

/** MsgUpdateParams of some module. */
export const parameterChange = (world: World, authority: string): Json => {
  if (chance(world, 12)) return consensusChange(world, authority)
  const { module, params } = world.random.pick(CHANGES)(world)
  return { '@type': `/cosmos.${module}.MsgUpdateParams`, authority, params }
}

const consensusChange = (world: World, authority: string): Json => ({
  '@type': '/cosmos.consensus.v1.MsgUpdateParams',
  authority,
  block: { max_bytes: `${world.random.pick([22_020_096, 1_000_000, -5])}`, max_gas: '-1' },
  evidence: {
    ...{ max_age_num_blocks: `${world.random.pick([100_000, 90_000])}`, max_age_duration: '172800s' },
    max_bytes: '500000',
  },
  validator: { pub_key_types: ['ed25519'] },
  abci: null,
})
