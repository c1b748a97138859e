// Operations on coins: bank, vesting, protocolpool and the pool of distribution.
import type { Json } from '../genesis.ts'
import {
  amount,
  anyone,
  badAddress,
  chance,
  coin,
  moduleText,
  type Operation,
  one,
  someone,
  stake,
  type World,
} from '../world.ts'

const recipient = (world: World): string => {
  const roll = world.random.below(100)
  if (roll < 4) return badAddress(world)
  if (roll < 8)
    return moduleText(world, world.random.pick(['distribution', 'mint', 'bonded_tokens_pool', 'nft']))
  if (roll < 14) return world.fresh().account
  return anyone(world).account
}

const sendMessage = (world: World, from: string): Json => ({
  '@type': '/cosmos.bank.v1beta1.MsgSend',
  ...{ from_address: from, to_address: recipient(world) },
  amount: chance(world, 10)
    ? [stake(world), { denom: 'uatom', amount: `${1 + world.random.below(1000)}` }]
    : [coin(world)],
})

const send: Operation = (world) => {
  const sender = anyone(world)
  return one(sender, sendMessage(world, sender.account))
}

/** Pays nearly all that someone has, so that later fees cannot be paid. */
const drain: Operation = (world) => {
  const sender = someone(world)
  const amounts = [
    { denom: 'stake', amount: `${world.random.pick([100_000_000, 300_000_000, 900_000_000])}` },
  ]
  return one(sender, {
    '@type': '/cosmos.bank.v1beta1.MsgSend',
    ...{ from_address: sender.account, to_address: someone(world).account, amount: amounts },
  })
}

const many: Operation = (world) => {
  const sender = anyone(world)
  const count = 2 + world.random.below(3)
  return one(sender, ...Array.from({ length: count }, () => sendMessage(world, sender.account)))
}

const joint: Operation = (world) => {
  const [a, b] = [anyone(world), anyone(world)]
  const messages = [sendMessage(world, a.account), sendMessage(world, b.account)]
  return { messages, signers: a === b ? [a] : [a, b] }
}

const multiSend: Operation = (world) => {
  const sender = anyone(world)
  const parts = Array.from({ length: 1 + world.random.below(3) }, () => 1 + world.random.below(5000))
  const total = parts.reduce((sum, part) => sum + part, chance(world, 15) ? 1 : 0)
  return one(sender, {
    '@type': '/cosmos.bank.v1beta1.MsgMultiSend',
    inputs: [{ address: sender.account, coins: [{ denom: 'stake', amount: `${total}` }] }],
    outputs: parts.map((part) => ({
      address: recipient(world),
      coins: [{ denom: 'stake', amount: `${part}` }],
    })),
  })
}

const vest: Operation = (world) => {
  const sender = someone(world)
  return one(sender, {
    '@type': '/cosmos.vesting.v1beta1.MsgCreateVestingAccount',
    from_address: sender.account,
    to_address: chance(world, 20) ? recipient(world) : world.fresh().account,
    amount: [chance(world, 15) ? coin(world) : { denom: 'stake', amount: '5000000' }],
    end_time: `${Math.floor(world.time) + world.random.below(60) - (chance(world, 10) ? 100 : 0)}`,
    delayed: chance(world, 40),
  })
}

const lock: Operation = (world) => {
  const sender = someone(world)
  return one(sender, {
    '@type': '/cosmos.vesting.v1beta1.MsgCreatePermanentLockedAccount',
    from_address: sender.account,
    to_address: chance(world, 20) ? recipient(world) : world.fresh().account,
    amount: [chance(world, 15) ? coin(world) : { denom: 'stake', amount: '3000000' }],
  })
}

const periods: Operation = (world) => {
  const sender = someone(world)
  return one(sender, {
    '@type': '/cosmos.vesting.v1beta1.MsgCreatePeriodicVestingAccount',
    from_address: sender.account,
    to_address: chance(world, 20) ? recipient(world) : world.fresh().account,
    start_time: `${Math.floor(world.time)}`,
    vesting_periods: Array.from({ length: 1 + world.random.below(4) }, () => ({
      length: `${world.random.below(20)}`,
      amount: [{ denom: 'stake', amount: `${1_000_000 + world.random.below(10_000)}` }],
    })),
  })
}

const fund: Operation = (world) => {
  const depositor = anyone(world)
  const type = world.random.pick(['protocolpool.v1', 'distribution.v1beta1'])
  return one(depositor, {
    '@type': `/cosmos.${type}.MsgFundCommunityPool`,
    ...{ depositor: depositor.account, amount: [coin(world)] },
  })
}

const unauthorised: Operation = (world) => {
  const { account } = someone(world)
  const signer = world.people.find((person) => person.account === account)!
  const spend = {
    authority: account,
    recipient: account,
    amount: [{ denom: 'stake', amount: amount(world) }],
  }
  const message: Json = world.random.pick([
    { '@type': '/cosmos.protocolpool.v1.MsgCommunityPoolSpend', ...spend },
    { '@type': '/cosmos.distribution.v1beta1.MsgCommunityPoolSpend', ...spend },
    { '@type': '/cosmos.protocolpool.v1.MsgCancelContinuousFund', authority: account, recipient: account },
    {
      '@type': '/cosmos.protocolpool.v1.MsgCreateContinuousFund',
      ...{ authority: account, recipient: account, percentage: '0.100000000000000000', expiry: null },
    },
    {
      '@type': '/cosmos.bank.v1beta1.MsgSetSendEnabled',
      ...{ authority: account, send_enabled: [{ denom: 'uatom', enabled: false }], use_default_for: [] },
    },
    {
      '@type': '/cosmos.bank.v1beta1.MsgUpdateParams',
      ...{ authority: account, params: { default_send_enabled: true } },
    },
  ])
  return one(signer, message)
}

const sendToken: Operation = (world) => {
  const sender = anyone(world)
  return one(sender, {
    '@type': '/cosmos.nft.v1beta1.MsgSend',
    ...{ class_id: world.random.pick(['', 'cats']), id: world.random.pick(['', 'one']) },
    ...{ sender: sender.account, receiver: recipient(world) },
  })
}

export const coinOperations: [number, Operation][] = [
  ...([
    [14, send],
    [2, drain],
    [4, many],
    [4, joint],
    [4, multiSend],
  ] as [number, Operation][]),
  ...([
    [3, vest],
    [1, lock],
    [2, periods],
    [3, fund],
    [2, unauthorised],
    [1, sendToken],
  ] as [number, Operation][]),
]
