// Operations of groups: they are made, changed, and decide.
import type { Json } from '../genesis.ts'
import { anyone, chance, coin, type Operation, one, someone, type World } from '../world.ts'

const members = (world: World): Json[] =>
  Array.from({ length: 1 + world.random.below(4) }, () => ({
    address: anyone(world).account,
    weight: world.random.pick(['1', '2', '0.5', '0', '-1', '3', '1']),
    metadata: '',
  }))

const policy = (world: World): Json => {
  const windows = {
    voting_period: `${2 + world.random.below(6)}s`,
    min_execution_period: world.random.pick(['0s', '0s', '1s']),
  }
  return chance(world, 60)
    ? {
        '@type': '/cosmos.group.v1.ThresholdDecisionPolicy',
        ...{ threshold: world.random.pick(['1', '2', '0', '100']), windows },
      }
    : {
        '@type': '/cosmos.group.v1.PercentageDecisionPolicy',
        ...{ percentage: world.random.pick(['0.5', '0.3', '1.5']), windows },
      }
}

const groupId = (world: World): string => `${1 + world.random.below(12)}`

const found: Operation = (world) => {
  const admin = anyone(world)
  if (chance(world, 40))
    return one(admin, {
      '@type': '/cosmos.group.v1.MsgCreateGroup',
      ...{ admin: admin.account, members: members(world), metadata: 'group' },
    })
  return one(admin, {
    '@type': '/cosmos.group.v1.MsgCreateGroupWithPolicy',
    ...{ admin: admin.account, members: members(world), group_metadata: 'g', group_policy_metadata: 'p' },
    ...{ group_policy_as_admin: chance(world, 30), decision_policy: policy(world) },
  })
}

const change: Operation = (world) => {
  const known = world.groups.length > 0 && chance(world, 80) ? world.random.pick(world.groups) : undefined
  const admin = world.people.find(({ account }) => account === known?.admin) ?? someone(world)
  const place = { admin: admin.account, group_id: known?.id ?? groupId(world) }
  return one(
    admin,
    world.random.pick<() => Json>([
      () => ({ '@type': '/cosmos.group.v1.MsgUpdateGroupMembers', ...place, member_updates: members(world) }),
      () => ({ '@type': '/cosmos.group.v1.MsgUpdateGroupAdmin', ...place, new_admin: anyone(world).account }),
      () => ({
        '@type': '/cosmos.group.v1.MsgUpdateGroupMetadata',
        ...{ ...place, metadata: 'n'.repeat(chance(world, 10) ? 300 : 3) },
      }),
      () => ({
        '@type': '/cosmos.group.v1.MsgCreateGroupPolicy',
        ...{ ...place, metadata: '', decision_policy: policy(world) },
      }),
      () => ({ '@type': '/cosmos.group.v1.MsgLeaveGroup', address: admin.account, group_id: place.group_id }),
    ])(),
  )
}

const somePolicy = (world: World): string =>
  world.policies.length > 0 ? world.random.pick(world.policies) : someone(world).account

const propose: Operation = (world) => {
  const proposer = anyone(world)
  const from = somePolicy(world)
  return one(proposer, {
    '@type': '/cosmos.group.v1.MsgSubmitProposal',
    ...{ group_policy_address: from, proposers: [proposer.account], metadata: '' },
    messages: chance(world, 80)
      ? [
          {
            '@type': '/cosmos.bank.v1beta1.MsgSend',
            ...{ from_address: from, to_address: anyone(world).account, amount: [coin(world)] },
          },
        ]
      : [],
    ...{ exec: world.random.pick(['EXEC_UNSPECIFIED', 'EXEC_TRY']), title: 'Pay', summary: 'someone' },
  })
}

const act: Operation = (world) => {
  const person = anyone(world)
  const proposal_id = `${Math.max(1, world.groupProposals - world.random.below(5))}`
  const exec = world.random.pick(['EXEC_UNSPECIFIED', 'EXEC_TRY'])
  const option = world.random.pick(['YES', 'YES', 'NO', 'ABSTAIN', 'NO_WITH_VETO'])
  const vote: Json = {
    '@type': '/cosmos.group.v1.MsgVote',
    ...{ proposal_id, voter: person.account, option: `VOTE_OPTION_${option}`, metadata: '', exec },
  }
  return one(
    person,
    world.random.pick<Json>([
      ...[vote, vote, vote],
      { '@type': '/cosmos.group.v1.MsgExec', proposal_id, executor: person.account },
      { '@type': '/cosmos.group.v1.MsgWithdrawProposal', proposal_id, address: person.account },
    ]),
  )
}

const endow: Operation = (world) => {
  const person = anyone(world)
  return one(person, {
    '@type': '/cosmos.bank.v1beta1.MsgSend',
    from_address: person.account,
    ...{ to_address: somePolicy(world), amount: [{ denom: 'stake', amount: '50000' }] },
  })
}

export const groupOperations: [number, Operation][] = [
  ...([
    [3, found],
    [4, change],
    [5, propose],
    [6, act],
    [1, endow],
  ] as [number, Operation][]),
]
