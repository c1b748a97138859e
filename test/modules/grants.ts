// A chain on which people act and pay for each other: authz, feegrant, vesting, circuit and nft over auth,
// bank and staking, with real transactions.
import { create, createRegistry } from '@bufbuild/protobuf'
import { type Any, type Timestamp, TimestampSchema } from '@bufbuild/protobuf/wkt'
import type { ExecTxResult } from '../../chain/abci/application.ts'
import { MessageRouter, type Module, type View } from '../../chain/module.ts'
import { toJson } from '../../chain/runtime/json.ts'
import { instant } from '../../chain/time.ts'
import { auth as authModule } from '../../modules/auth/module.ts'
import { authzKeeper } from '../../modules/authz/keeper.ts'
import { authz } from '../../modules/authz/module.ts'
import { sendAuthorization } from '../../modules/bank/authorization.ts'
import { bank as bankModule } from '../../modules/bank/module.ts'
import { circuitKeeper } from '../../modules/circuit/keeper.ts'
import { circuit } from '../../modules/circuit/module.ts'
import { feegrantKeeper } from '../../modules/feegrant/keeper.ts'
import { feegrant } from '../../modules/feegrant/module.ts'
import { nftKeeper } from '../../modules/nft/keeper.ts'
import { nft } from '../../modules/nft/module.ts'
import { stakeAuthorization } from '../../modules/staking/authorization.ts'
import { stakingKeeper } from '../../modules/staking/keeper.ts'
import { staking } from '../../modules/staking/module.ts'
import { vesting } from '../../modules/vesting/module.ts'
import { vestingSchedules } from '../../modules/vesting/schedule.ts'
import {
  buildChain,
  type ChainOptions,
  type Extension,
  type Genesis,
  type Person,
  person,
  sign,
  startChain,
  type TxOptions,
} from './chain.ts'

export const moduleAccounts = {
  fee_collector: [],
  mint: ['minter'],
  bonded_tokens_pool: ['burner', 'staking'],
  not_bonded_tokens_pool: ['burner', 'staking'],
  gov: ['burner'],
  nft: [],
} as const

/** Options of a chain with these modules; `others` come after them. */
export const grantOptions = (
  options: ChainOptions = {},
  others: readonly Module[] = [],
): ChainOptions & { parts(): Parts } => {
  const router = new MessageRouter()
  let parts: Parts | undefined
  return {
    ...{ accounts: moduleAccounts, vesting: vestingSchedules, router, ...options },
    extend: (keepers) => {
      parts = assemble(router, keepers)
      return { ...parts.extension, modules: [...parts.extension.modules, ...others] }
    },
    parts: () => parts!,
  }
}

type Keepers = Parameters<NonNullable<ChainOptions['extend']>>[0]
type Parts = ReturnType<typeof assemble>

const assemble = (router: MessageRouter, { auth, bank, settings }: Keepers) => {
  const kinds = [sendAuthorization, stakeAuthorization]
  const stake = stakingKeeper(settings, { auth, bank })
  const breaker = circuitKeeper(settings)
  const grants = authzKeeper({ auth, bank, router, kinds })
  const fees = feegrantKeeper({ auth, bank })
  const tokens = nftKeeper(auth)
  stake.setHooks()
  router.setGuard(breaker.guard)
  const modules = [
    ...[
      staking(stake),
      authz(grants),
      feegrant(fees),
      nft(tokens),
      vesting({ auth, bank }),
      circuit(breaker),
    ],
  ]
  const extension: Extension = { modules, first: [breaker.step], feegrant: fees }
  return { extension, modules, staking: stake, circuit: breaker, authz: grants, feegrant: fees, nft: tokens }
}

/** Everybody has 10,000 stake in the genesis; a block is made a second after the last one. */
export const people = ['alice', 'bob', 'carol'].map((name) => person(name)) as [Person, Person, Person]
const FUNDS = [{ denom: 'stake', amount: '10000' }]

/** Starts a chain with the default genesis of all modules and what is given of some. */
export const startGrants = (genesis: Genesis = {}, options: ChainOptions = {}) => {
  const given = grantOptions(options)
  const chain = startChain({ ...defaultGenesis(), ...genesis }, given)
  const read = <T>(body: (view: View) => T): T => body(chain.app.view())
  return {
    ...chain,
    ...given.parts(),
    read,
    /** A block with one transaction. */
    run: (who: Person, msgs: Any[], options: TxOptions = {}): ExecTxResult =>
      chain.block(sign(chain, who, msgs, { ...options, fee: { gasLimit: 2_000_000n, ...options.fee } }))
        .txResults[0]!,
    /** An empty block so many seconds after the last one. */
    wait(seconds: bigint): void {
      chain.skip(seconds - 1n)
      chain.block()
    },
    /** So many seconds after the last block. */
    after: (seconds: bigint): Timestamp =>
      create(TimestampSchema, instant(read(({ block }) => block.timeNs) + seconds * 1_000_000_000n)),
    balance: (of: Pick<Person, 'address'>, denom = 'stake'): bigint =>
      read((view) => chain.bank.balance(view, of.address, denom)),
  }
}
export type GrantChain = ReturnType<typeof startGrants>

export const stake = (amount: number) => ({ denom: 'stake', amount: `${amount}` })

/** Attributes of all events of a type. */
export const eventsOf = ({ events }: ExecTxResult, type: string): Record<string, string>[] =>
  events
    .filter((event) => event.type === type)
    .map(({ attributes }) => Object.fromEntries(attributes.map(({ key, value }) => [key, value])))

const defaultGenesis = (): Genesis => {
  const given = grantOptions()
  const { auth, bank } = buildChain(given)
  const types = createRegistry()
  const states = [authModule(auth), bankModule(bank), ...given.parts().modules].map(({ name, genesis }) => {
    const { schema } = genesis!
    return [name, toJson(schema, create(schema, genesis!.default()), types)] as const
  })
  const balances = people.map(({ text }) => ({ address: text, coins: FUNDS }))
  const accounts = people.map(({ text }, i) => ({
    '@type': '/cosmos.auth.v1beta1.BaseAccount',
    ...{ address: text, pub_key: null, account_number: `${i}`, sequence: '0' },
  }))
  const defaults = Object.fromEntries(states) as Record<string, Genesis>
  return {
    ...defaults,
    bank: { ...defaults.bank, balances },
    auth: { ...defaults.auth, accounts },
  }
}
