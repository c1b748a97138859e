// Operations on stake: staking, distribution, slashing and evidence.
import { createHash } from 'node:crypto'
import type { Json } from '../genesis.ts'
import {
  amount,
  anyone,
  badAddress,
  chance,
  coin,
  type Operation,
  one,
  share,
  someone,
  someValidator,
  stake,
  type World,
} from '../world.ts'

const description = (moniker: string): Json => ({
  ...{ moniker, identity: '', website: 'example.org', security_contact: '', details: '' },
})

const createValidator: Operation = (world) => {
  const person = someone(world)
  const other = chance(world, 10) ? someone(world) : person
  const max = world.random.pick([20, 50, 100, 120])
  return one(person, {
    '@type': '/cosmos.staking.v1beta1.MsgCreateValidator',
    description: description(chance(world, 5) ? '' : `v${world.random.below(100)}`),
    commission: {
      rate: share(world.random.below(30)),
      max_rate: share(max),
      max_change_rate: share(world.random.below(30)),
    },
    min_self_delegation: `${world.random.below(3) * 1_000_000}`,
    delegator_address: '',
    validator_address: person.validator,
    pubkey: {
      '@type': '/cosmos.crypto.ed25519.PubKey',
      key: Buffer.from(other.consensus.publicKey).toString('base64'),
    },
    value: chance(world, 10)
      ? coin(world)
      : { denom: 'stake', amount: `${1 + world.random.below(9)}0000000` },
  })
}

const KEEP = '[do-not-modify]'
const editValidator: Operation = (world) => {
  const person = anyone(world)
  return one(person, {
    '@type': '/cosmos.staking.v1beta1.MsgEditValidator',
    description: {
      ...{ moniker: KEEP, identity: KEEP, website: `w${world.random.below(1000)}` },
      ...{ security_contact: KEEP, details: chance(world, 10) ? 'd'.repeat(300) : KEEP },
    },
    validator_address: person.validator,
    ...(chance(world, 40) && { commission_rate: share(world.random.below(120)) }),
    ...(chance(world, 20) && { min_self_delegation: `${world.random.below(20) * 1_000_000}` }),
  })
}

const delegate: Operation = (world) => {
  const person = anyone(world)
  return one(person, {
    '@type': '/cosmos.staking.v1beta1.MsgDelegate',
    delegator_address: person.account,
    validator_address: chance(world, 3) ? badAddress(world) : someValidator(world),
    amount: chance(world, 5) ? coin(world) : stake(world),
  })
}

const undelegate: Operation = (world) => {
  const person = someone(world)
  const validator = chance(world, 25) ? person.validator : someValidator(world)
  world.unbondings.push({ person, validator, height: world.height + 1 })
  return one(person, {
    '@type': '/cosmos.staking.v1beta1.MsgUndelegate',
    ...{ delegator_address: person.account, validator_address: validator, amount: stake(world) },
  })
}

const redelegate: Operation = (world) => {
  const person = someone(world)
  return one(person, {
    '@type': '/cosmos.staking.v1beta1.MsgBeginRedelegate',
    delegator_address: person.account,
    validator_src_address: someValidator(world),
    validator_dst_address: someValidator(world),
    amount: stake(world),
  })
}

const cancelUnbonding: Operation = (world) => {
  const recent = world.unbondings.slice(-6)
  if (recent.length === 0) return delegate(world)
  const { person, validator, height } = world.random.pick(recent)
  return one(person, {
    '@type': '/cosmos.staking.v1beta1.MsgCancelUnbondingDelegation',
    ...{ delegator_address: person.account, validator_address: validator },
    amount: { denom: 'stake', amount: chance(world, 70) ? `${1 + world.random.below(900)}` : amount(world) },
    creation_height: `${height + world.random.below(3)}`,
  })
}

const unjail: Operation = (world) => {
  const person = someone(world)
  return one(person, { '@type': '/cosmos.slashing.v1beta1.MsgUnjail', validator_addr: person.validator })
}

const withdraw: Operation = (world) => {
  const person = anyone(world)
  const count = chance(world, 30) ? 2 : 1
  return one(
    person,
    ...Array.from({ length: count }, () => ({
      '@type': '/cosmos.distribution.v1beta1.MsgWithdrawDelegatorReward',
      ...{ delegator_address: person.account, validator_address: someValidator(world) },
    })),
  )
}

const withdrawCommission: Operation = (world) => {
  const person = anyone(world)
  return one(person, {
    '@type': '/cosmos.distribution.v1beta1.MsgWithdrawValidatorCommission',
    validator_address: person.validator,
  })
}

const setWithdrawAddress: Operation = (world) => {
  const person = anyone(world)
  return one(person, {
    '@type': '/cosmos.distribution.v1beta1.MsgSetWithdrawAddress',
    delegator_address: person.account,
    withdraw_address: chance(world, 10) ? badAddress(world) : anyone(world).account,
  })
}

const rewardPool: Operation = (world) => {
  const person = anyone(world)
  return one(person, {
    '@type': '/cosmos.distribution.v1beta1.MsgDepositValidatorRewardsPool',
    ...{ depositor: person.account, validator_address: someValidator(world), amount: [coin(world)] },
  })
}

const submitEvidence: Operation = (world) => {
  const { account } = anyone(world)
  const { consensus } = someone(world)
  const address = createHash('sha256').update(consensus.publicKey).digest().subarray(0, 20)
  return one(world.people.find((person) => person.account === account)!, {
    '@type': '/cosmos.evidence.v1beta1.MsgSubmitEvidence',
    submitter: account,
    evidence: {
      '@type': '/cosmos.evidence.v1beta1.Equivocation',
      ...{ height: `${world.height}`, time: '2026-01-01T00:00:00Z', power: '1' },
      consensus_address: world.addresses.consensus.text(new Uint8Array(address)),
    },
  })
}

/** Bonds, unbonds and withdraws in one transaction. */
const circle: Operation = (world: World) => {
  const person = someone(world)
  const place = { delegator_address: person.account, validator_address: someValidator(world) }
  const value = stake(world)
  return one(
    person,
    { '@type': '/cosmos.staking.v1beta1.MsgDelegate', ...place, amount: value },
    { '@type': '/cosmos.distribution.v1beta1.MsgWithdrawDelegatorReward', ...place },
    { '@type': '/cosmos.staking.v1beta1.MsgUndelegate', ...place, amount: value },
  )
}

export const stakeOperations: [number, Operation][] = [
  ...([
    [5, createValidator],
    [3, editValidator],
    [9, delegate],
    [6, undelegate],
  ] as [number, Operation][]),
  ...([
    [5, redelegate],
    [4, cancelUnbonding],
    [4, unjail],
    [5, withdraw],
  ] as [number, Operation][]),
  ...([
    [2, withdrawCommission],
    [2, setWithdrawAddress],
    [2, rewardPool],
  ] as [number, Operation][]),
  ...([
    [1, submitEvidence],
    [2, circle],
  ] as [number, Operation][]),
]
