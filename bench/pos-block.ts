// Proof of stake when nothing happens: the begin and end of an idle block of a chain with 100 validators
// and 100,000 delegations, and what a withdrawal of rewards takes as the number of delegations grows.
import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { AnySchema } from '@bufbuild/protobuf/wkt'
import type { CommitInfo } from '../chain/abci/application.ts'
import { type Bytes, utf8 } from '../chain/bytes.ts'
import { defaultConsensusParams } from '../chain/consensus/params.ts'
import { ripemd160, sha256 } from '../chain/hash.ts'
import { type App, type Ctx, chainSettings, createApp, type Module } from '../chain/module.ts'
import { memoryDisk } from '../chain/store/memory.ts'
import { defaultAppState } from '../devnet/app.ts'
import { SDK_ACCOUNTS, sdkParts } from '../devnet/profiles/sdk.ts'
import { PubKeySchema } from '../proto/gen/cosmos/crypto/secp256k1/keys_pb.ts'
import { MsgWithdrawDelegatorRewardSchema } from '../proto/gen/cosmos/distribution/v1beta1/tx_pb.ts'
import { SignMode } from '../proto/gen/cosmos/tx/signing/v1beta1/signing_pb.ts'
import { AuthInfoSchema, TxBodySchema, TxRawSchema } from '../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import type { Figure } from './run.ts'

const VALIDATORS = 100
const STAKE = 1_000_000
const START_NS = 1_767_225_600_000_000_000n
const NONE: Bytes = new Uint8Array()
const ONE = '000000000000000000'

const bytesOf = (name: string) => sha256(utf8(name))
/** A compressed key as far as the format goes; nobody signs with it. */
const delegatorKey = (index: number): Bytes => Uint8Array.of(2, ...bytesOf(`delegator ${index}`))
const delegator = (index: number): Bytes => ripemd160(sha256(delegatorKey(index)))
const operator = (index: number): Bytes => bytesOf(`operator ${index}`).subarray(0, 20)
const consensusKey = (index: number): Bytes => bytesOf(`consensus ${index}`)

type State = Record<string, Record<string, unknown>>

/** A genesis whose delegations are spread evenly over its validators. */
const genesisOf = (delegations: number): Uint8Array => {
  const { addresses, state } = defaultAppState('sdk', 'tendril', 'utend')
  const { auth, bank, staking } = state as unknown as State
  const each = delegations / VALIDATORS
  const { text, validator } = addresses
  const operators = Array.from({ length: VALIDATORS }, (_, index) => validator.text(operator(index)))
  const delegators = Array.from({ length: delegations }, (_, index) => text(delegator(index)))
  auth!.accounts = delegators.slice(0, VALIDATORS).map((address, index) => ({
    ...{ '@type': '/cosmos.auth.v1beta1.BaseAccount', address, pub_key: null },
    ...{ account_number: String(index), sequence: '0' },
  }))
  const pool = text(sha256(utf8('not_bonded_tokens_pool')).subarray(0, 20))
  const coins = [{ denom: 'utend', amount: String(delegations * STAKE) }]
  bank!.balances = [{ address: pool, coins }]
  bank!.supply = coins
  const shares = `${STAKE}.${ONE}`
  staking!.params = { ...(staking!.params as object), bond_denom: 'utend' }
  staking!.validators = operators.map((operator_address, index) => ({
    operator_address,
    consensus_pubkey: {
      '@type': '/cosmos.crypto.ed25519.PubKey',
      key: Buffer.from(consensusKey(index)).toString('base64'),
    },
    ...{
      status: 'BOND_STATUS_UNBONDED',
      tokens: String(each * STAKE),
      delegator_shares: `${each * STAKE}.${ONE}`,
    },
    ...{ description: { moniker: `validator-${index}` }, unbonding_time: '1970-01-01T00:00:00Z' },
    commission: {
      commission_rates: { rate: '0.1', max_rate: '0.2', max_change_rate: '0.01' },
      update_time: '2026-01-01T00:00:00Z',
    },
    min_self_delegation: '1',
  }))
  staking!.delegations = delegators.map((delegator_address, index) => ({
    ...{ delegator_address, validator_address: operators[index % VALIDATORS], shares },
  }))
  return utf8(JSON.stringify(state))
}

const votes: CommitInfo = {
  round: 0,
  votes: Array.from({ length: VALIDATORS }, (_, index) => ({
    validator: { address: sha256(consensusKey(index)).subarray(0, 20), power: 1n },
    blockIdFlag: 2,
  })),
}

/** Milliseconds that the hooks took, by module and hook. */
type Times = Map<string, number>

const timed = (modules: readonly Module[], times: Times): Module[] =>
  modules.map((module) => {
    const { name, preBlock, beginBlock, endBlock } = module
    const clocked = <R>(hook: string, run: ((ctx: Ctx) => R) | undefined) =>
      run && {
        [hook]: (ctx: Ctx): R => {
          const start = performance.now()
          const result = run(ctx)
          times.set(`${name} ${hook}`, (times.get(`${name} ${hook}`) ?? 0) + performance.now() - start)
          return result
        },
      }
    const hooks = { ...clocked<unknown>('preBlock', preBlock), ...clocked('beginBlock', beginBlock) }
    return { ...module, ...hooks, ...clocked<unknown>('endBlock', endBlock) }
  })

const openChain = (delegations: number) => {
  const times: Times = new Map()
  const settings = chainSettings({ prefix: 'tendril', accounts: SDK_ACCOUNTS })
  const parts = sdkParts(settings, { denom: 'utend', extraModules: [], app: () => app })
  const app: App = createApp({
    ...{ ...parts, modules: timed(parts.modules, times), name: 'bench', version: '0', disk: memoryDisk() },
    ...{ addresses: settings.addresses, verifier: () => true, pruning: { keepRecent: 2, interval: 10 } },
    onBug: (error) => {
      throw error
    },
  })
  app.initChain({
    ...{ chainId: 'bench-1', timeNs: START_NS, validators: [], initialHeight: 1n },
    ...{ consensusParams: defaultConsensusParams(), appStateBytes: genesisOf(delegations) },
  })
  const block = (...txs: Bytes[]) => {
    const height = app.info().lastBlockHeight + 1n
    const results = app.finalizeBlock({
      ...{ height, txs, timeNs: START_NS + height * 5_000_000_000n, misbehavior: [], hash: NONE },
      ...{ lastCommit: height === 1n ? { round: 0, votes: [] } : votes, nextValidatorsHash: NONE },
      proposerAddress: votes.votes[Number(height) % VALIDATORS]!.validator.address,
    })
    app.commit()
    return results
  }
  return { app, block, times }
}

const packed = <S extends DescMessage>(schema: S, init: MessageInitShape<S>) =>
  create(AnySchema, { typeUrl: `/${schema.typeName}`, value: toBinary(schema, create(schema, init)) })

/** Withdraws the rewards of delegation `index` as the `sequence`th transaction of its account. */
const withdrawal = ({ addresses }: App, index: number, sequence: number): Bytes => {
  const message = packed(MsgWithdrawDelegatorRewardSchema, {
    delegatorAddress: addresses.text(delegator(index)),
    validatorAddress: addresses.validator.text(operator(index % VALIDATORS)),
  })
  const signer = {
    publicKey: packed(PubKeySchema, { key: delegatorKey(index) }),
    modeInfo: { sum: { case: 'single' as const, value: { mode: SignMode.DIRECT } } },
    sequence: BigInt(sequence),
  }
  const body = create(TxBodySchema, { messages: [message] })
  const auth = create(AuthInfoSchema, { signerInfos: [signer], fee: { gasLimit: 400_000n } })
  const raw = create(TxRawSchema, {
    bodyBytes: toBinary(TxBodySchema, body),
    authInfoBytes: toBinary(AuthInfoSchema, auth),
    signatures: [new Uint8Array(64)],
  })
  return toBinary(TxRawSchema, raw)
}

const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!

const WARM_UP = 60
const BLOCKS = 200

const idle = ({ block, times }: ReturnType<typeof openChain>): Figure[] => {
  for (let i = 0; i < WARM_UP; i++) block()
  const perBlock: number[] = []
  const whole: number[] = []
  const sums = new Map<string, number>()
  for (let i = 0; i < BLOCKS; i++) {
    times.clear()
    const start = performance.now()
    block()
    whole.push(performance.now() - start)
    perBlock.push([...times.values()].reduce((sum, ms) => sum + ms, 0))
    for (const [name, ms] of times) sums.set(name, (sums.get(name) ?? 0) + ms)
  }
  const largest = [...sums].sort(([, a], [, b]) => b - a).slice(0, 6)
  return [
    {
      name: 'begin and end of an idle block, 100 validators, 100,000 delegations',
      value: middle(perBlock),
      unit: 'ms',
    },
    ...largest.map(([name, ms]) => ({ name: `  of it ${name}`, value: ms / BLOCKS, unit: 'ms' })),
    { name: 'the whole idle block, with its hashes', value: middle(whole), unit: 'ms' },
  ]
}

const ROUNDS = 40
const PER_BLOCK = 20

/** Milliseconds a withdrawal: a block with some, less an empty one. */
const withdrawals = ({ app, block }: ReturnType<typeof openChain>): number => {
  const spent: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const txs = Array.from({ length: PER_BLOCK }, (_, i) => withdrawal(app, i, round))
    const before = performance.now()
    block()
    const between = performance.now()
    for (const { code, log } of block(...txs).txResults)
      if (code !== 0) throw new Error(`a withdrawal failed: ${log}`)
    spent.push((performance.now() - between - (between - before)) / PER_BLOCK)
  }
  return middle(spent.slice(ROUNDS / 2))
}

export const run = (): Promise<Figure[]> => {
  const figures: Figure[] = []
  for (const delegations of [1000, 10_000, 100_000]) {
    const chain = openChain(delegations)
    block1(chain)
    if (delegations === 100_000) figures.unshift(...idle(chain))
    const name = `withdrawal of rewards, ${delegations.toLocaleString('en')} delegations`
    figures.push({ name, value: withdrawals(chain), unit: 'ms' })
  }
  return Promise.resolve(figures)
}

/** The chain's first block: nobody has signed one before it. */
const block1 = ({ block }: ReturnType<typeof openChain>) => block()
