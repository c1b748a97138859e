// A storm: a chain of the sdk profile under seeded random transactions over all of its modules, with
// validators that come and go, sign twice, and time that leaps. Everything follows from the seed. The
// operations are those of the differential run, so that what is stormed here is what was compared with the
// Go chain.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { toBase64 } from '../../chain/base64.ts'
import { type Bytes, toHex } from '../../chain/bytes.ts'
import type { Engine, Signer } from '../../chain/consensus/engine.ts'
import { parseGenesis } from '../../chain/consensus/genesis.ts'
import { createEngine } from '../../chain/consensus/node.ts'
import { timestampToNs } from '../../chain/consensus/time.ts'
import { type App, addressCodec, GrpcError } from '../../chain/module.ts'
import { memoryDisk } from '../../chain/store/memory.ts'
import { createChainApp } from '../../devnet/app.ts'
import { consensusAddress } from '../../devnet/consensus-keys.ts'
import {
  QueryAccountInfoRequestSchema,
  QueryAccountInfoResponseSchema,
} from '../../proto/gen/cosmos/auth/v1beta1/query_pb.ts'
import { ProposalStatusSchema } from '../../proto/gen/cosmos/gov/v1/gov_pb.ts'
import {
  QueryProposalsRequestSchema,
  QueryProposalsResponseSchema,
} from '../../proto/gen/cosmos/gov/v1/query_pb.ts'
import {
  QueryGroupPoliciesByGroupRequestSchema,
  QueryGroupPoliciesByGroupResponseSchema,
  QueryGroupsRequestSchema,
  QueryGroupsResponseSchema,
} from '../../proto/gen/cosmos/group/v1/query_pb.ts'
import { goRegistry } from '../descriptors.ts'
import { CHAIN_ID, differentialGenesis, type Json } from '../peers/differential/genesis.ts'
import { coinOperations } from '../peers/differential/operations/coins.ts'
import { govOperations } from '../peers/differential/operations/gov.ts'
import { grantOperations } from '../peers/differential/operations/grants.ts'
import { groupOperations } from '../peers/differential/operations/group.ts'
import { stakeOperations } from '../peers/differential/operations/stake.ts'
import { type Person, personOf, signTx } from '../peers/differential/people.ts'
import { draftOf } from '../peers/differential/stream.ts'
import { type Operation, one, type Speech, type World } from '../peers/differential/world.ts'
import { randomFrom } from '../random.ts'

const PEOPLE = 14
const MOST_PEOPLE = 28
/** People that are validators from the second block on. */
const VALIDATORS = 6
const FORTUNE = 1_000_000_000_000n
const SECOND = 1_000_000_000n

export type Storm = {
  app: App
  engine: Engine
  /**
   * Transactions that the mempool took (passed) and refused (failed), by the module of their first message;
   * under `in blocks` those that passed and failed there.
   */
  tally: Map<string, { passed: number; failed: number }>
  /** Validators that were slashed. */
  slashes: number
}
/** What went wrong, and after which block. */
export class StormError extends Error {}

const addresses = addressCodec('wasm')
const registry = goRegistry()

/** Starts at a fixed time, and makes some of the people rich enough to be validators. */
const genesisOf = (people: readonly Person[]): string => {
  const doc = JSON.parse(differentialGenesis(people, registry))
  doc.genesis_time = '2026-01-01T00:00:00Z'
  const { bank } = doc.app_state
  const rich = new Set(people.slice(1, VALIDATORS).map(({ account }) => account))
  let more = 0n
  for (const { address, coins } of bank.balances) {
    const coin = coins.find(({ denom }: { denom: string }) => denom === 'stake')
    if (!rich.has(address)) continue
    more += FORTUNE
    coin.amount = `${BigInt(coin.amount) + FORTUNE}`
  }
  bank.supply[0].amount = `${BigInt(bank.supply[0].amount) + more}`
  return JSON.stringify(doc)
}

const openApp = (bugs: unknown[]): App =>
  createChainApp({
    ...{ profile: 'sdk', prefix: 'wasm', denom: 'stake', disk: memoryDisk(), skipUnknownModules: true },
    // What is signed is not what is tested here.
    verifier: () => true,
    onBug: (error) => bugs.push(error),
  })

/**
 * A storm of `blocks` blocks. Throws StormError as soon as an invariant breaks or a transaction meets a
 * bug.
 */
export const storm = (seed: string, blocks: number): Storm => {
  const people = Array.from({ length: PEOPLE }, (_, i) => personOf(seed, i, addresses))
  const genesis = genesisOf(people)
  const bugs: unknown[] = []
  const app = openApp(bugs)
  const signers = new Map<string, Signer>()
  const know = ({ consensus }: Person) => signers.set(toHex(consensusAddress(consensus.publicKey)), consensus)
  people.forEach(know)
  const engine = createEngine({
    ...{ genesis: parseGenesis(genesis), app, disk: memoryDisk() },
    signers: (address) => signers.get(toHex(address)),
  })
  const world = worldOf(seed, people, JSON.parse(genesis).app_state, app, know)
  const result: Storm = { app, engine, tally: new Map(), slashes: 0 }
  const weather = weatherOf(seed, engine)
  const draw = drawer(world)
  for (let height = 1; height <= blocks; height++) {
    refresh(world, app)
    const speeches = height === 2 ? people.slice(1, VALIDATORS).map(becomeValidator) : []
    if (height > 2) for (let i = world.random.below(5); i > 0; i--) speeches.push(draw())
    for (const speech of speeches) submit(world, app, engine, speech, result)
    try {
      weather.blow()
      const produced = engine.produce(weather.next(height))
      world.height = height
      world.time = Number(timestampToNs(produced.block.header!.time!) / SECOND)
      result.slashes += produced.results.events.filter(({ type }) => type === 'slash').length
      for (const { code } of produced.results.txResults) count(result, 'in blocks', code === 0)
    } catch (error) {
      throw new StormError(`block ${height} cannot be made: ${(error as Error).stack}`, { cause: error })
    }
    const broken = app.brokenInvariants()
    if (broken.length > 0)
      throw new StormError(`after block ${height} these do not hold: ${broken.join(', ')}`)
    if (bugs.length > 0) throw new StormError(`block ${height} met a bug: ${(bugs[0] as Error).stack}`)
  }
  return result
}

const worldOf = (
  seed: string,
  people: Person[],
  state: Record<string, { params: Json }>,
  app: App,
  know: (person: Person) => void,
): World & { newborn: Person[] } => {
  const newborn: Person[] = []
  return {
    ...{ random: randomFrom(`${seed}/stream`), addresses, people: [...people], newborn },
    fresh() {
      const person = personOf(seed, 1000 + newborn.length, addresses)
      know(person)
      newborn.push(person)
      return person
    },
    ...{ proposals: [], unbondings: [], groups: [], policies: [], groupProposals: 0, height: 0, time: 0 },
    parameters: (module) => state[module.split('.')[0]!]!.params,
    knows: (typeUrl) => app.registry.getMessage(typeUrl.slice(1)) !== undefined,
  }
}

const accountOf = (app: App, { account }: Person) => {
  const request = create(QueryAccountInfoRequestSchema, { address: account })
  const data = toBinary(QueryAccountInfoRequestSchema, request)
  try {
    const { value } = app.serve('/cosmos.auth.v1beta1.Query/AccountInfo', data)
    return fromBinary(QueryAccountInfoResponseSchema, value).info
  } catch (error) {
    if (error instanceof GrpcError) return undefined // nobody has paid it yet
    throw error
  }
}

/** What operations need to know of the chain. */
const refresh = (world: World & { newborn: Person[] }, app: App): void => {
  if (world.height === 0) return
  const page = { pagination: { limit: 14n, reverse: true } }
  const asked = toBinary(QueryProposalsRequestSchema, create(QueryProposalsRequestSchema, page))
  const { value } = app.serve('/cosmos.gov.v1.Query/Proposals', asked)
  world.proposals = fromBinary(QueryProposalsResponseSchema, value).proposals.map(
    ({ id, proposer, status }) => ({
      ...{ id: `${id}`, proposer, status: ProposalStatusSchema.value[status]?.name ?? '' },
    }),
  )
  for (const person of world.newborn.slice(-3)) {
    if (world.people.length >= MOST_PEOPLE || world.people.includes(person)) continue
    const info = accountOf(app, person)
    if (info === undefined) continue
    person.number = info.accountNumber
    world.people.push(person)
  }
  const groups = toBinary(QueryGroupsRequestSchema, create(QueryGroupsRequestSchema, page))
  const found = fromBinary(
    QueryGroupsResponseSchema,
    app.serve('/cosmos.group.v1.Query/Groups', groups).value,
  )
  world.groups = found.groups.map(({ id, admin }) => ({ id: `${id}`, admin }))
  for (const { id } of found.groups.slice(0, 3)) {
    const request = create(QueryGroupPoliciesByGroupRequestSchema, { groupId: id })
    const data = toBinary(QueryGroupPoliciesByGroupRequestSchema, request)
    const reply = app.serve('/cosmos.group.v1.Query/GroupPoliciesByGroup', data)
    const { groupPolicies } = fromBinary(QueryGroupPoliciesByGroupResponseSchema, reply.value)
    for (const { address } of groupPolicies)
      if (!world.policies.includes(address)) world.policies.push(address)
  }
}

const drawer = (world: World): (() => Speech) => {
  const all = [coinOperations, stakeOperations, grantOperations, govOperations, groupOperations].flat()
  const deck = all.flatMap(([weight, operation]) => Array<Operation>(weight).fill(operation))
  return () => world.random.pick(deck)(world)
}

const becomeValidator = (person: Person): Speech =>
  one(person, {
    '@type': '/cosmos.staking.v1beta1.MsgCreateValidator',
    description: { moniker: person.account },
    commission: { rate: '0.1', max_rate: '0.2', max_change_rate: '0.01' },
    min_self_delegation: '1',
    validator_address: person.validator,
    pubkey: { '@type': '/cosmos.crypto.ed25519.PubKey', key: toBase64(person.consensus.publicKey) },
    value: { denom: 'stake', amount: `${FORTUNE / 2n}` },
  })

const count = ({ tally }: Storm, name: string, passed: boolean): void => {
  const entry = tally.get(name) ?? { passed: 0, failed: 0 }
  entry[passed ? 'passed' : 'failed'] += 1
  tally.set(name, entry)
}

const submit = (world: World, app: App, engine: Engine, speech: Speech, result: Storm): void => {
  const draft = { ...draftOf(world, speech, registry), amino: undefined, chainId: CHAIN_ID }
  const [first] = draft.messages
  const { code } = engine.mempool.add(signTx(draft))
  count(result, first!.typeUrl.split('.')[1]!, code === 0)
  if (code === 0) for (const signer of draft.signers) signer.sequence += 1n
  else for (const signer of draft.signers) signer.sequence = sequenceOf(app, engine, signer)
  if (first!.typeUrl === '/cosmos.group.v1.MsgSubmitProposal') world.groupProposals += 1
}

/** As the chain has it; after a refusal nothing of this person waits if the mempool is empty. */
const sequenceOf = (app: App, { mempool }: Engine, person: Person): bigint =>
  mempool.count > 0 ? person.sequence : (accountOf(app, person)?.sequence ?? person.sequence)

/** Who is away, who signs twice, and how far time leaps. */
const weatherOf = (seed: string, engine: Engine) => {
  const random = randomFrom(`${seed}/weather`)
  const away = new Map<string, number>()
  let timeNs = 0n
  const setAt = (height: number) => engine.blocks.validators(height)?.validators ?? []
  const total = (set: { votingPower: bigint }[]) =>
    set.reduce((sum, { votingPower }) => sum + votingPower, 0n)

  /** Now and then one of the validators signs twice, as long as enough of them are left. */
  const blow = () => {
    const set = setAt(engine.blocks.height)
    if (set.length < 4 || random.below(120) > 0) return
    const { address } = random.pick(set)
    engine.addEvidence(engine.doubleSign(address))
  }
  const next = (height: number) => {
    const set = setAt(height)
    if (set.length > 3 && random.below(12) === 0)
      away.set(toHex(random.pick(set).address), height + 1 + random.below(16))
    let present = total(set)
    const absent = new Set<string>()
    for (const { address, votingPower } of set) {
      const id = toHex(address)
      if ((away.get(id) ?? 0) < height || (present - votingPower) * 3n <= total(set) * 2n) continue
      present -= votingPower
      absent.add(id)
    }
    const leap = random.below(40) === 0 ? 1 + random.below(90_000) : 1 + random.below(4)
    timeNs = (timeNs === 0n ? 1_767_225_600n * SECOND : timeNs) + BigInt(leap) * SECOND
    return { timeNs, absent: (address: Bytes) => absent.has(toHex(address)) }
  }
  return { blow, next }
}

/** The state of a storm, exported, must start again and hold. Throws StormError. */
export const startAgain = ({ app, engine }: Storm): void => {
  const bugs: unknown[] = []
  const next = openApp(bugs)
  const { height } = engine.blocks
  next.initChain({
    chainId: engine.chainId,
    timeNs: timestampToNs(engine.blocks.block(height)!.block.header!.time!),
    validators: [],
    initialHeight: BigInt(height + 1),
    consensusParams: engine.blocks.consensusParams(height + 1)!,
    appStateBytes: Buffer.from(JSON.stringify(app.exportGenesis())),
  })
  const broken = next.brokenInvariants()
  if (broken.length > 0) throw new StormError(`after a new start these do not hold: ${broken.join(', ')}`)
}
