// Operations of governance: proposals of both versions, deposits, votes, and what proposals do once they
// pass.
import type { Json } from '../genesis.ts'
import {
  anyone,
  chance,
  coin,
  moduleText,
  type Operation,
  one,
  share,
  someone,
  someValidator,
  type World,
} from '../world.ts'
import { parameterChange } from './parameters.ts'

/**
 * More than gov has: it must keep the deposits, as neither it nor its genesis would balance, and x/gov
 * refuses to start from a genesis in which they do not add up.
 */
const TOO_MUCH = { denom: 'stake', amount: '900000000000000' }

/** What the chain does to itself, if it agrees. */
const deed = (world: World): Json => {
  const authority = moduleText(world, 'gov')
  const recipient = chance(world, 70) ? someone(world).account : world.fresh().account
  const value = [{ denom: 'stake', amount: `${1 + world.random.below(200_000)}` }]
  return world.random.pick<() => Json>([
    ...Array.from({ length: 5 }, () => () => parameterChange(world, authority)),
    () => ({
      '@type': '/cosmos.protocolpool.v1.MsgCommunityPoolSpend',
      ...{ authority, recipient, amount: value },
    }),
    () => ({
      '@type': '/cosmos.distribution.v1beta1.MsgCommunityPoolSpend',
      ...{ authority, recipient, amount: value },
    }),
    () => ({
      '@type': '/cosmos.protocolpool.v1.MsgCreateContinuousFund',
      ...{ authority, recipient, percentage: share(1 + world.random.below(60)) },
      expiry: chance(world, 50) ? null : new Date((world.time + 20) * 1000).toISOString(),
    }),
    () => ({ '@type': '/cosmos.protocolpool.v1.MsgCancelContinuousFund', authority, recipient }),
    () => ({
      '@type': '/cosmos.bank.v1beta1.MsgSetSendEnabled',
      authority,
      send_enabled: [{ denom: 'uatom', enabled: chance(world, 60) }],
      use_default_for: chance(world, 20) ? ['x'] : [],
    }),
    () => ({
      '@type': '/cosmos.bank.v1beta1.MsgSend',
      ...{ from_address: authority, to_address: recipient, amount: [TOO_MUCH] },
    }),
    () => ({
      '@type': '/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade',
      ...{
        authority,
        plan: { name: `v${world.random.below(5)}`, height: `${world.height + 100_000}`, info: '' },
      },
    }),
    () => ({ '@type': '/cosmos.upgrade.v1beta1.MsgCancelUpgrade', authority }),
    () => ({
      '@type': '/cosmos.circuit.v1.MsgTripCircuitBreaker',
      ...{ authority, msg_type_urls: ['/cosmos.nft.v1beta1.MsgSend'] },
    }),
    () => ({
      '@type': '/cosmos.staking.v1beta1.MsgDelegate',
      ...{ delegator_address: authority, validator_address: someValidator(world), amount: TOO_MUCH },
    }),
    () => ({
      '@type': '/cosmos.gov.v1.MsgExecLegacyContent',
      ...{
        authority,
        content: { '@type': '/cosmos.gov.v1beta1.TextProposal', title: 't', description: 'd' },
      },
    }),
  ])()
}

const deposit = (world: World): Json[] => {
  const roll = world.random.below(100)
  if (roll < 6) return []
  if (roll < 12) return [coin(world)]
  return [{ denom: 'stake', amount: `${world.random.pick([5_000, 20_000, 100_000, 600_000])}` }]
}

const propose: Operation = (world) => {
  const proposer = chance(world, 50) ? world.people[0]! : someone(world)
  const bare = chance(world, 12)
  return one(proposer, {
    '@type': '/cosmos.gov.v1.MsgSubmitProposal',
    messages: bare ? [] : Array.from({ length: chance(world, 85) ? 1 : 2 }, () => deed(world)),
    initial_deposit: deposit(world),
    ...{ proposer: proposer.account, metadata: chance(world, 90) ? '' : 'm'.repeat(300) },
    ...{
      title: chance(world, 95) ? 'A change' : '',
      summary: 'What is to change.',
      expedited: chance(world, 20),
    },
  })
}

const proposeOfOld: Operation = (world) => {
  const proposer = someone(world)
  const titles = { title: 'Old', description: 'As it was.' }
  const content = world.random.pick<Json>([
    { '@type': '/cosmos.gov.v1beta1.TextProposal', ...titles },
    { '@type': '/cosmos.upgrade.v1beta1.CancelSoftwareUpgradeProposal', ...titles },
    {
      '@type': '/cosmos.upgrade.v1beta1.SoftwareUpgradeProposal',
      ...{ ...titles, plan: { name: 'old', height: `${world.height + 100_000}`, info: '' } },
    },
    {
      '@type': '/cosmos.distribution.v1beta1.CommunityPoolSpendProposal',
      ...{ ...titles, recipient: proposer.account, amount: [{ denom: 'stake', amount: '5' }] },
    },
    {
      '@type': '/cosmos.params.v1beta1.ParameterChangeProposal',
      ...{ ...titles, changes: [{ subspace: 'staking', key: 'MaxValidators', value: '105' }] },
    },
  ])
  return one(proposer, {
    '@type': '/cosmos.gov.v1beta1.MsgSubmitProposal',
    ...{ content, initial_deposit: deposit(world), proposer: proposer.account },
  })
}

const proposalId = (world: World, status?: string): string => {
  if (chance(world, 8)) return '99999'
  const known = world.proposals.filter((proposal) => status === undefined || proposal.status === status)
  return known.length === 0 ? '1' : world.random.pick(known.slice(0, 6)).id
}
const VOTING = 'PROPOSAL_STATUS_VOTING_PERIOD'
const DEPOSITS = 'PROPOSAL_STATUS_DEPOSIT_PERIOD'

const OPTIONS = ['YES', 'ABSTAIN', 'NO', 'NO_WITH_VETO'].map((name) => `VOTE_OPTION_${name}`)

/** The operator's vote is nearly all of the power. */
const decide: Operation = (world) => {
  const [operator] = world.people
  const roll = world.random.below(100)
  const option = roll < 80 ? OPTIONS[0]! : world.random.pick(OPTIONS)
  return one(operator!, {
    '@type': '/cosmos.gov.v1.MsgVote',
    ...{ proposal_id: proposalId(world, VOTING), voter: operator!.account, option, metadata: '' },
  })
}

const vote: Operation = (world) => {
  const voter = someone(world)
  const version = world.random.pick(['v1', 'v1beta1'])
  return one(voter, {
    '@type': `/cosmos.gov.${version}.MsgVote`,
    ...{ proposal_id: proposalId(world, VOTING), voter: voter.account },
    option: chance(world, 5) ? 'VOTE_OPTION_UNSPECIFIED' : world.random.pick(OPTIONS),
  })
}

const voteWeighted: Operation = (world) => {
  const voter = someone(world)
  const version = world.random.pick(['v1', 'v1beta1'])
  const percent = 1 + world.random.below(99)
  const rest = chance(world, 85) ? 100 - percent : 50
  return one(voter, {
    '@type': `/cosmos.gov.${version}.MsgVoteWeighted`,
    ...{ proposal_id: proposalId(world, VOTING), voter: voter.account },
    options: [
      { option: OPTIONS[0]!, weight: share(percent) },
      { option: world.random.pick(OPTIONS), weight: share(rest) },
    ],
  })
}

const addDeposit: Operation = (world) => {
  const depositor = anyone(world)
  const version = world.random.pick(['v1', 'v1beta1'])
  return one(depositor, {
    '@type': `/cosmos.gov.${version}.MsgDeposit`,
    proposal_id: proposalId(world, chance(world, 70) ? DEPOSITS : VOTING),
    ...{ depositor: depositor.account, amount: deposit(world) },
  })
}

const cancel: Operation = (world) => {
  const open = world.proposals.filter(({ status }) => status === VOTING || status === DEPOSITS)
  const target = open.length > 0 ? world.random.pick(open) : { id: '1', proposer: '' }
  const proposer = world.people.find(({ account }) => account === target.proposer)
  const signer = proposer !== undefined && chance(world, 80) ? proposer : someone(world)
  return one(signer, {
    '@type': '/cosmos.gov.v1.MsgCancelProposal',
    ...{ proposal_id: target.id, proposer: signer.account },
  })
}

/** What only the authority may do. */
const usurp: Operation = (world) => {
  const person = someone(world)
  return one(person, parameterChange(world, person.account))
}

export const govOperations: [number, Operation][] = [
  ...([
    [9, propose],
    [3, proposeOfOld],
    [9, decide],
    [5, vote],
  ] as [number, Operation][]),
  ...([
    [3, voteWeighted],
    [4, addDeposit],
    [2, cancel],
    [2, usurp],
  ] as [number, Operation][]),
]
