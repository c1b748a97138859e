// A chain of auth, bank and consensus in memory, for rules that need whole transactions: blocks are made one
// by one, and signatures are real.
import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { type Any, AnySchema } from '@bufbuild/protobuf/wkt'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { FinalizeBlockResponse } from '../../chain/abci/application.ts'
import { type Bytes, utf8 } from '../../chain/bytes.ts'
import { defaultConsensusParams } from '../../chain/consensus/params.ts'
import { ripemd160, sha256 } from '../../chain/hash.ts'
import {
  type AnteStep,
  type App,
  type AppOptions,
  addressCodec,
  type ChainSettings,
  chainSettings,
  createApp,
  type Module,
  type ModuleAccounts,
} from '../../chain/module.ts'
import type { Disk } from '../../chain/store/kv.ts'
import { memoryDisk } from '../../chain/store/memory.ts'
import { anteHandler } from '../../modules/auth/ante/ante.ts'
import type { FeeGrants } from '../../modules/auth/ante/fee.ts'
import { type Auth, type AuthOptions, authKeeper } from '../../modules/auth/keeper.ts'
import { auth } from '../../modules/auth/module.ts'
import { type Bank, bankKeeper } from '../../modules/bank/keeper.ts'
import { bank } from '../../modules/bank/module.ts'
import type { Vesting } from '../../modules/bank/transfers.ts'
import { consensus } from '../../modules/consensus/module.ts'
import { PubKeySchema } from '../../proto/gen/cosmos/crypto/secp256k1/keys_pb.ts'
import { SignMode } from '../../proto/gen/cosmos/tx/signing/v1beta1/signing_pb.ts'
import {
  AuthInfoSchema,
  SignDocSchema,
  TxBodySchema,
  TxRawSchema,
} from '../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'

export const GENESIS_NS = 1_700_000_000_000_000_000n
const NONE: Bytes = new Uint8Array()

const accounts: ModuleAccounts = {
  fee_collector: [],
  mint: ['minter'],
  pool: ['burner', 'staking'],
  gov: ['burner'],
}

/** Modules that stand on the keepers of the others, and what they add to the ante handler. */
export type Extension = { modules: Module[]; first?: readonly AnteStep[]; feegrant?: FeeGrants }

export type ChainOptions = {
  prefix?: string
  chainId?: string
  accounts?: ModuleAccounts
  /** Module accounts that users may send to. */
  receivers?: readonly string[]
  auth?: AuthOptions
  first?: readonly AnteStep[]
  disk?: Disk
  verifier?: AppOptions['verifier']
  verifyOther?: AppOptions['verifyOther']
  initialHeight?: number
  vesting?: Vesting
  extend?: (keepers: { auth: Auth; bank: Bank; settings: ChainSettings }) => Extension
} & Partial<
  Pick<AppOptions, 'minGasPrices' | 'skipUnknownModules' | 'modules' | 'onBug' | 'openStore' | 'router'>
>

/** The parts of a chain that was not started. */
export const buildChain = (options: ChainOptions = {}) => {
  const { prefix = 'cosmos' } = options
  const settings = chainSettings({
    ...{ prefix, accounts: options.accounts ?? accounts },
    ...(options.receivers && { receivers: options.receivers }),
  })
  const authKeep = authKeeper(settings, options.auth)
  const bankKeep = bankKeeper(settings, {
    auth: authKeep,
    ...(options.vesting && { vesting: options.vesting }),
  })
  const more = options.extend?.({ auth: authKeep, bank: bankKeep, settings })
  const { module, params } = consensus(settings)
  const app = createApp({
    name: 'test',
    version: '1.2.3',
    disk: options.disk ?? memoryDisk(),
    addresses: settings.addresses,
    modules: [auth(authKeep), bank(bankKeep), module, ...(options.modules ?? []), ...(more?.modules ?? [])],
    ante: anteHandler({
      ...{ auth: authKeep, bank: bankKeep, first: [...(options.first ?? []), ...(more?.first ?? [])] },
      ...(more?.feegrant && { feegrant: more.feegrant }),
    }),
    verifier: options.verifier ?? isSigned,
    verifyOther: options.verifyOther,
    consensusParams: params,
    minGasPrices: options.minGasPrices,
    skipUnknownModules: options.skipUnknownModules,
    router: options.router,
    ...(options.openStore && { openStore: options.openStore }),
    initialHeight: options.initialHeight,
    onBug: options.onBug ?? (() => undefined),
  })
  return { app, auth: authKeep, bank: bankKeep, settings }
}

export const isSigned: AppOptions['verifier'] = (publicKey, message, signature) =>
  secp256k1.verify(signature, message, publicKey, { lowS: true })

export type Genesis = Record<string, unknown>

/** Starts a chain from a genesis and makes its first block. */
export const startChain = (genesis: Genesis, options: ChainOptions = {}) => {
  const parts = buildChain(options)
  const { chainId = 'test-1' } = options
  parts.app.initChain({
    ...{ chainId, timeNs: GENESIS_NS, validators: [], initialHeight: 1n },
    consensusParams: defaultConsensusParams(),
    appStateBytes: utf8(JSON.stringify(genesis)),
  })
  const chain = driver(parts.app)
  chain.block()
  return { ...parts, ...chain, chainId }
}
export type Chain = ReturnType<typeof startChain>

/** Makes blocks of a second each, on an app that may stand at any height. */
export const driver = (app: App) => {
  let seconds = app.info().lastBlockHeight
  return {
    block(...txs: Bytes[]): FinalizeBlockResponse {
      const height = app.info().lastBlockHeight + 1n
      seconds += 1n
      const response = app.finalizeBlock({
        ...{ height, txs, timeNs: GENESIS_NS + seconds * 1_000_000_000n, misbehavior: [] },
        ...{
          lastCommit: { round: 0, votes: [] },
          nextValidatorsHash: NONE,
          proposerAddress: NONE,
          hash: NONE,
        },
      })
      app.commit()
      return response
    },
    skip(more: bigint): void {
      seconds += more
    },
  }
}

/** Somebody with a key, derived from a name. */
export const person = (name: string, prefix = 'cosmos') => {
  const key = sha256(utf8(`test/${name}`))
  const publicKey = secp256k1.getPublicKey(key)
  const address = ripemd160(sha256(publicKey))
  return {
    ...{ name, publicKey, address, text: addressCodec(prefix).text(address) },
    sign: (message: Bytes): Bytes => secp256k1.sign(message, key, { lowS: true }),
    any: pack(PubKeySchema, { key: publicKey }),
  }
}
export type Person = ReturnType<typeof person>

export const pack = <S extends DescMessage>(schema: S, init: MessageInitShape<S>): Any =>
  create(AnySchema, { typeUrl: `/${schema.typeName}`, value: toBinary(schema, create(schema, init)) })

export type TxOptions = {
  body?: Omit<MessageInitShape<typeof TxBodySchema>, '$typeName'>
  fee?: Omit<NonNullable<MessageInitShape<typeof AuthInfoSchema>['fee']>, '$typeName'>
  sequence?: bigint
  accountNumber?: bigint
  chainId?: string
  /** Without a public key the account must have one already. */
  withKey?: boolean
}

/** A signed transaction of one signer. Number and sequence are those of the account now, unless given. */
export const sign = (
  chain: Pick<Chain, 'app' | 'auth' | 'chainId'>,
  who: Person,
  msgs: Any[],
  options: TxOptions = {},
): Bytes => {
  const base = chain.auth.account(chain.app.view(), who.address)?.base
  const { sequence = base?.sequence ?? 0n, accountNumber = base?.accountNumber ?? 0n } = options
  const body = create(TxBodySchema, { messages: msgs, ...options.body })
  const mode = { sum: { case: 'single' as const, value: { mode: SignMode.DIRECT } } }
  const publicKey = options.withKey === false ? {} : { publicKey: who.any }
  const authInfo = create(AuthInfoSchema, {
    signerInfos: [{ ...publicKey, modeInfo: mode, sequence: options.body?.unordered ? 0n : sequence }],
    fee: { gasLimit: 200_000n, ...options.fee },
  })
  const bodyBytes = toBinary(TxBodySchema, body)
  const authInfoBytes = toBinary(AuthInfoSchema, authInfo)
  const { chainId = chain.chainId } = options
  const doc = create(SignDocSchema, { bodyBytes, authInfoBytes, chainId, accountNumber })
  const signatures = [who.sign(toBinary(SignDocSchema, doc))]
  return toBinary(TxRawSchema, create(TxRawSchema, { bodyBytes, authInfoBytes, signatures }))
}
