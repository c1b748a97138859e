// The stream: seeded transactions, valid and not, sent to the Go chain at an even pace. What is drawn follows
// from the seed and from what the chain answers (which proposals are open, which sequence it expects).
import {
  create,
  type DescMessage,
  fromBinary,
  type MessageShape,
  type Registry,
  toBinary,
} from '@bufbuild/protobuf'
import type { AddressCodec } from '../../../chain/module.ts'
import {
  QueryAccountInfoRequestSchema,
  QueryAccountInfoResponseSchema,
} from '../../../proto/gen/cosmos/auth/v1beta1/query_pb.ts'
import { ProposalStatusSchema } from '../../../proto/gen/cosmos/gov/v1/gov_pb.ts'
import {
  QueryProposalsRequestSchema,
  QueryProposalsResponseSchema,
} from '../../../proto/gen/cosmos/gov/v1/query_pb.ts'
import {
  QueryGroupPoliciesByGroupRequestSchema,
  QueryGroupPoliciesByGroupResponseSchema,
  QueryGroupsRequestSchema,
  QueryGroupsResponseSchema,
} from '../../../proto/gen/cosmos/group/v1/query_pb.ts'
import { randomFrom } from '../../random.ts'
import { CHAIN_ID, type Json, packer } from './genesis.ts'
import type { GoNode } from './node.ts'
import { coinOperations } from './operations/coins.ts'
import { govOperations } from './operations/gov.ts'
import { grantOperations } from './operations/grants.ts'
import { groupOperations } from './operations/group.ts'
import { stakeOperations } from './operations/stake.ts'
import { type Draft, type Person, personOf, signTx } from './people.ts'
import { chance, type Operation, one, type Speech, someone, type World } from './world.ts'

export type StreamOptions = {
  node: GoNode
  seed: string
  people: Person[]
  addresses: AddressCodec
  /** All message types. */
  registry: Registry
  /** The state of the genesis by module. */
  state: Record<string, { params: Json }>
  txs: number
  perSecond: number
  knows(typeUrl: string): boolean
  /** Called every five seconds. */
  onPause?(world: World): Promise<void>
}

/** How many transactions were taken into the mempool, and why others were not. */
export type Sent = { taken: number; refused: Record<string, number> }

const query = async <I extends DescMessage, O extends DescMessage>(
  node: GoNode,
  path: string,
  [input, request]: [I, MessageShape<I>],
  output: O,
): Promise<MessageShape<O> | undefined> => {
  const data = Buffer.from(toBinary(input, request)).toString('hex')
  const { response } = await node.call<{ response: { code: number; value: string | null } }>('abci_query', {
    ...{ path, data, height: '0', prove: false },
  })
  return response.code === 0 ? fromBinary(output, Buffer.from(response.value ?? '', 'base64')) : undefined
}

const topUp: Operation = (world) => {
  const [operator] = world.people
  return one(operator!, {
    '@type': '/cosmos.bank.v1beta1.MsgSend',
    ...{ from_address: operator!.account, to_address: someone(world).account },
    amount: [{ denom: 'stake', amount: '200000000' }],
  })
}

const worldOf = ({ seed, people, addresses, knows, state }: StreamOptions) => {
  const newborn: Person[] = []
  const world: World = {
    ...{ random: randomFrom(`${seed}/stream`), addresses, people: [...people] },
    fresh() {
      const person = personOf(seed, 1000 + newborn.length, addresses)
      newborn.push(person)
      return person
    },
    ...{ proposals: [], unbondings: [], groups: [], policies: [], groupProposals: 0, height: 1 },
    ...{ time: Math.floor(Date.now() / 1000), knows },
    parameters: (module) => state[module.split('.')[0]!]!.params,
  }
  return { world, newborn }
}

const MAX_PEOPLE = 28

/** Asks the chain for what operations need to know. */
const refresh = async ({ node }: StreamOptions, world: World, newborn: Person[], born: Set<Person>) => {
  const status = await node.call<{ sync_info: { latest_block_height: string; latest_block_time: string } }>(
    'status',
  )
  world.height = Number(status.sync_info.latest_block_height)
  world.time = Date.parse(status.sync_info.latest_block_time) / 1000
  const proposals = await query(
    ...([node, '/cosmos.gov.v1.Query/Proposals'] as const),
    [
      QueryProposalsRequestSchema,
      create(QueryProposalsRequestSchema, { pagination: { limit: 14n, reverse: true } }),
    ],
    QueryProposalsResponseSchema,
  )
  world.proposals = (proposals?.proposals ?? []).map(({ id, proposer, status: state }) => ({
    ...{ id: `${id}`, proposer, status: ProposalStatusSchema.value[state]?.name ?? '' },
  }))
  for (const person of newborn.filter((candidate) => !born.has(candidate)).slice(-3)) {
    if (world.people.length >= MAX_PEOPLE) break
    const request = create(QueryAccountInfoRequestSchema, { address: person.account })
    const reply = await query(
      ...([node, '/cosmos.auth.v1beta1.Query/AccountInfo'] as const),
      [QueryAccountInfoRequestSchema, request],
      QueryAccountInfoResponseSchema,
    )
    if (reply?.info === undefined) continue
    born.add(person)
    Object.assign(person, { number: reply.info.accountNumber, sequence: reply.info.sequence })
    world.people.push(person)
  }
  if (world.knows('/cosmos.group.v1.MsgCreateGroup')) await refreshGroups(node, world)
}

const refreshGroups = async (node: GoNode, world: World) => {
  const request = create(QueryGroupsRequestSchema, { pagination: { limit: 10n, reverse: true } })
  const path = '/cosmos.group.v1.Query/'
  const reply = await query(
    node,
    `${path}Groups`,
    [QueryGroupsRequestSchema, request],
    QueryGroupsResponseSchema,
  )
  world.groups = (reply?.groups ?? []).map(({ id, admin }) => ({ id: `${id}`, admin }))
  for (const { id } of world.groups.slice(0, 3)) {
    const policies = await query(
      ...([node, `${path}GroupPoliciesByGroup`] as const),
      [
        QueryGroupPoliciesByGroupRequestSchema,
        create(QueryGroupPoliciesByGroupRequestSchema, { groupId: BigInt(id) }),
      ],
      QueryGroupPoliciesByGroupResponseSchema,
    )
    for (const { address } of policies?.groupPolicies ?? [])
      if (!world.policies.includes(address)) world.policies.push(address)
  }
}

/** Operations by weight, of those whose messages our application has. */
const drawer = (world: World): (() => Speech) => {
  const lists = [coinOperations, stakeOperations, grantOperations, govOperations]
  const groups = world.knows('/cosmos.group.v1.MsgCreateGroup') ? groupOperations : []
  const weighted = [...lists.flat(), ...groups, [3, topUp] as [number, Operation]]
  const deck = weighted.flatMap(([weight, operation]) => Array<Operation>(weight).fill(operation))
  return () => {
    for (;;) {
      const speech = world.random.pick(deck)(world)
      if (speech.messages.every((message) => world.knows(String(message['@type'])))) return speech
    }
  }
}

/** Gas and fee: mostly enough, at times too little gas for what the messages do. */
const priced = (world: World, count: number): Pick<Draft, 'gas' | 'fee'> => {
  const { random } = world
  const gas = chance(world, 8) ? 50_000 + random.below(70_000) : 300_000 + 150_000 * (count - 1)
  const fee = [{ denom: 'stake', amount: `${Math.ceil(gas / 1000) + random.below(50)}` }]
  if (chance(world, 4)) fee.push({ denom: 'uatom', amount: `${1 + random.below(20)}` })
  return { gas: BigInt(gas), fee }
}

export const draftOf = (world: World, speech: Speech, registry: Registry): Draft => ({
  ...priced(world, speech.messages.length),
  messages: speech.messages.map(packer(registry)),
  ...{ signers: speech.signers, chainId: CHAIN_ID, memo: chance(world, 5) ? 'a memo' : '' },
  ...{ payer: speech.payer?.account, granter: speech.granter?.account },
  amino: chance(world, 15) ? registry : undefined,
})

type Reply = { code: number; codespace: string; log: string }
const EXPECTED = /expected (\d+), got (\d+)/

const note = (sent: Sent, draft: Draft, { code, codespace, log }: Reply) => {
  if (code === 0) {
    sent.taken += 1
    for (const signer of draft.signers) signer.sequence += 1n
    return
  }
  const name = `${codespace}/${code}`
  sent.refused[name] = (sent.refused[name] ?? 0) + 1
  const [, expected, got] = EXPECTED.exec(log) ?? []
  for (const signer of draft.signers)
    if (got !== undefined && signer.sequence === BigInt(got)) signer.sequence = BigInt(expected!)
}

/** The bytes of a draft; one that amino cannot say is signed directly. */
const sign = (draft: Draft) => {
  try {
    return signTx(draft)
  } catch (error) {
    if (draft.amino === undefined) throw error
    return signTx({ ...draft, amino: undefined })
  }
}

/** Sends the stream and waits until the mempool is empty. */
export const sendStream = async (options: StreamOptions): Promise<Sent & { world: World }> => {
  const { node, registry, txs, perSecond } = options
  const { world, newborn } = worldOf(options)
  const sent: Sent = { taken: 0, refused: {} }
  const draw = drawer(world)
  const born = new Set<Person>()
  const began = performance.now()
  for (let i = 0; i < txs; i++) {
    if (i % 10 === 0) await refresh(options, world, newborn, born)
    if (i % (perSecond * 5) === 0) await options.onPause?.(world)
    const draft = draftOf(world, draw(), registry)
    if (draft.messages.some(({ typeUrl }) => typeUrl === '/cosmos.group.v1.MsgSubmitProposal'))
      world.groupProposals += 1
    const tx = Buffer.from(sign(draft)).toString('base64')
    note(sent, draft, await node.call<Reply>('broadcast_tx_sync', { tx }))
    const wait = began + (i * 1000) / perSecond - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
  }
  await emptied(node)
  return { ...sent, world }
}

const emptied = async (node: GoNode) => {
  const deadline = performance.now() + 20_000
  for (;;) {
    const { total, txs } = await node.call<{ total: string; txs: string[] }>('unconfirmed_txs')
    if (total === '0') return
    if (performance.now() > deadline)
      throw new Error(
        `${total} transactions do not leave the mempool of the Go chain: ${txs.slice(0, 3).join(' ')}`,
      )
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
