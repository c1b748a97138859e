// Operations of those who act for others or stop them: authz, feegrant and circuit.
import type { Json } from '../genesis.ts'
import {
  anyone,
  chance,
  coin,
  moment,
  type Operation,
  one,
  someone,
  someValidator,
  stake,
  type World,
} from '../world.ts'

const SEND = '/cosmos.bank.v1beta1.MsgSend'
const DELEGATE = '/cosmos.staking.v1beta1.MsgDelegate'
const UNDELEGATE = '/cosmos.staking.v1beta1.MsgUndelegate'
const VOTE = '/cosmos.gov.v1.MsgVote'

const expiry = (world: World): string | null =>
  chance(world, 25) ? null : moment(world, world.random.pick([-5, 3, 10, 60, 600]))

const authorization = (world: World): Json => {
  const roll = world.random.below(10)
  if (roll < 4)
    return {
      '@type': '/cosmos.authz.v1beta1.GenericAuthorization',
      msg: world.random.pick([SEND, DELEGATE, VOTE, '/cosmos.none.MsgNone']),
    }
  if (roll < 7)
    return {
      '@type': '/cosmos.bank.v1beta1.SendAuthorization',
      spend_limit: [{ denom: 'stake', amount: `${world.random.below(100_000)}` }],
      allow_list: chance(world, 30) ? [anyone(world).account] : [],
    }
  const list = { address: [someValidator(world), world.people[0]!.validator].slice(world.random.below(2)) }
  return {
    '@type': '/cosmos.staking.v1beta1.StakeAuthorization',
    max_tokens: chance(world, 60) ? stake(world) : null,
    ...(chance(world, 70) ? { allow_list: list } : { deny_list: list }),
    authorization_type: world.random.pick([
      ...['AUTHORIZATION_TYPE_DELEGATE', 'AUTHORIZATION_TYPE_UNDELEGATE'],
      ...['AUTHORIZATION_TYPE_REDELEGATE', 'AUTHORIZATION_TYPE_CANCEL_UNBONDING_DELEGATION'],
    ]),
  }
}

const grant: Operation = (world) => {
  const granter = anyone(world)
  return one(granter, {
    '@type': '/cosmos.authz.v1beta1.MsgGrant',
    ...{ granter: granter.account, grantee: chance(world, 4) ? granter.account : anyone(world).account },
    grant: { authorization: authorization(world), expiration: expiry(world) },
  })
}

const revoke: Operation = (world) => {
  const granter = anyone(world)
  return one(granter, {
    '@type': '/cosmos.authz.v1beta1.MsgRevoke',
    ...{ granter: granter.account, grantee: anyone(world).account },
    msg_type_url: world.random.pick([SEND, DELEGATE, UNDELEGATE, VOTE, '']),
  })
}

const deed = (world: World, granter: string): Json =>
  world.random.pick<() => Json>([
    () => ({
      '@type': SEND,
      ...{ from_address: granter, to_address: anyone(world).account, amount: [coin(world)] },
    }),
    () => ({
      '@type': chance(world, 60) ? DELEGATE : UNDELEGATE,
      ...{ delegator_address: granter, validator_address: someValidator(world), amount: stake(world) },
    }),
    () => ({
      '@type': VOTE,
      ...{
        proposal_id: world.proposals[0]?.id ?? '1',
        voter: granter,
        option: 'VOTE_OPTION_YES',
        metadata: '',
      },
    }),
  ])()

const exec: Operation = (world) => {
  const grantee = anyone(world)
  const msgs = Array.from({ length: 1 + world.random.below(2) }, () => deed(world, anyone(world).account))
  return one(grantee, { '@type': '/cosmos.authz.v1beta1.MsgExec', grantee: grantee.account, msgs })
}

/** A grant and its use, so that some uses succeed. */
const grantAndUse: Operation = (world) => {
  const [granter, grantee] = [someone(world), someone(world)]
  const given: Json = {
    '@type': '/cosmos.authz.v1beta1.MsgGrant',
    ...{ granter: granter.account, grantee: grantee.account },
    grant: { authorization: authorization(world), expiration: moment(world, 60) },
  }
  const used: Json = {
    '@type': '/cosmos.authz.v1beta1.MsgExec',
    ...{ grantee: grantee.account, msgs: [deed(world, granter.account)] },
  }
  return { messages: [given, used], signers: granter === grantee ? [granter] : [granter, grantee] }
}

const allowance = (world: World, depth = 0): Json => {
  const basic: Json = {
    spend_limit: chance(world, 50) ? [{ denom: 'stake', amount: `${1000 + world.random.below(5000)}` }] : [],
    expiration: expiry(world),
  }
  const roll = world.random.below(10)
  if (roll < 5 || depth > 0) return { '@type': '/cosmos.feegrant.v1beta1.BasicAllowance', ...basic }
  if (roll < 8)
    return {
      '@type': '/cosmos.feegrant.v1beta1.PeriodicAllowance',
      ...{ basic, period: `${1 + world.random.below(10)}s`, period_reset: moment(world, 1) },
      period_spend_limit: [{ denom: 'stake', amount: '1500' }],
      period_can_spend: [{ denom: 'stake', amount: '1500' }],
    }
  return {
    '@type': '/cosmos.feegrant.v1beta1.AllowedMsgAllowance',
    allowance: allowance(world, depth + 1),
    allowed_messages: [SEND, DELEGATE].slice(world.random.below(2)),
  }
}

const allow: Operation = (world) => {
  const granter = anyone(world)
  return one(granter, {
    '@type': '/cosmos.feegrant.v1beta1.MsgGrantAllowance',
    ...{
      granter: granter.account,
      grantee: chance(world, 10) ? world.fresh().account : anyone(world).account,
    },
    allowance: allowance(world),
  })
}

const disallow: Operation = (world) => {
  const granter = anyone(world)
  return one(granter, {
    '@type': '/cosmos.feegrant.v1beta1.MsgRevokeAllowance',
    ...{ granter: granter.account, grantee: anyone(world).account },
  })
}

const prune: Operation = (world) => {
  const pruner = anyone(world)
  return one(pruner, { '@type': '/cosmos.feegrant.v1beta1.MsgPruneAllowances', pruner: pruner.account })
}

/** Another pays the fee: by a grant, if there is one, or by signing too. */
const treated: Operation = (world) => {
  const [sender, other] = [anyone(world), anyone(world)]
  const message = {
    '@type': SEND,
    ...{ from_address: sender.account, to_address: anyone(world).account, amount: [coin(world)] },
  }
  if (chance(world, 60) || other === sender) return { ...one(sender, message), granter: other }
  return { messages: [message], signers: [sender, other], payer: other }
}

const TRIPPED = [
  '/cosmos.nft.v1beta1.MsgSend',
  '/cosmos.evidence.v1beta1.MsgSubmitEvidence',
  '/cosmos.vesting.v1beta1.MsgCreatePermanentLockedAccount',
]
const circuit: Operation = (world) => {
  const person = chance(world, 60) ? world.people[0]! : someone(world)
  const roll = world.random.below(10)
  if (roll < 3)
    return one(person, {
      '@type': '/cosmos.circuit.v1.MsgAuthorizeCircuitBreaker',
      ...{ granter: person.account, grantee: someone(world).account },
      permissions: {
        level: world.random.pick(['LEVEL_NONE_UNSPECIFIED', 'LEVEL_SOME_MSGS', 'LEVEL_ALL_MSGS']),
        limit_type_urls: chance(world, 50) ? TRIPPED.slice(0, 2) : [],
      },
    })
  const name = roll < 5 ? 'MsgTripCircuitBreaker' : 'MsgResetCircuitBreaker'
  return one(person, {
    '@type': `/cosmos.circuit.v1.${name}`,
    authority: person.account,
    msg_type_urls: [world.random.pick(TRIPPED)],
  })
}

export const grantOperations: [number, Operation][] = [
  ...([
    [4, grant],
    [2, revoke],
    [4, exec],
    [4, grantAndUse],
    [4, allow],
  ] as [number, Operation][]),
  ...([
    [1, disallow],
    [1, prune],
    [5, treated],
    [3, circuit],
  ] as [number, Operation][]),
]
