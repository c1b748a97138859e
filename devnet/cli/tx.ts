// `tendril tx`: a message of any module, signed with a local key, sent to any chain, and waited for.
import { create, type DescField, type DescMethod, type Message } from '@bufbuild/protobuf'
import { type Bytes, equalBytes } from '../../chain/bytes.ts'
import { type Coins, type Dec, parseCoins, parseDec, parseDecCoins, TxError } from '../../chain/module.ts'
import { toJsonText } from '../../chain/runtime/json.ts'
import { signersOf } from '../../chain/runtime/signers.ts'
import { type TxBody, TxSchema } from '../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import { OptionError } from '../options.ts'
import { type Call, type Print, resolveCall, toStdout, wholeFlag } from './calls/command.ts'
import { addressOf, type KeyRing, openKeyRing, prefixOf } from './calls/keys.ts'
import { outcomeJson, outcomeText } from './calls/outcome.ts'
import { draftOf, indicesOf, isIndex, requestOf, type SignerTest } from './calls/request.ts'
import { USUAL_NODE } from './calls/rpc.ts'
import { addressKind, signerFields } from './calls/schema.ts'
import {
  accountOf,
  authInfoOf,
  bodyOf,
  estimateGas,
  type FeeTerms,
  type Price,
  signTx,
} from './calls/signing.ts'
import type { Words } from './calls/words.ts'
import type { Flag } from './flags.ts'

/** What simd gives a transaction that is not simulated. */
const USUAL_GAS = 200_000n
const USUAL_ADJUSTMENT = '1.5'

const FLAGS: Flag[] = [
  {
    name: 'from',
    value: 'ACCOUNT',
    help: 'who signs: the index of an account of the mnemonic, or its address',
  },
  { name: 'mnemonic', value: 'WORDS', help: 'the words of your keys (the development mnemonic)' },
  { name: 'node', value: 'URL', help: `CometBFT RPC of the chain (${USUAL_NODE})` },
  { name: 'chain-id', value: 'ID', help: 'sign for this chain (the one at --node)' },
  { name: 'gas', value: 'auto|N', help: 'gas limit; auto simulates the transaction first (auto)' },
  { name: 'gas-adjustment', value: 'X', help: `times what the simulation used (${USUAL_ADJUSTMENT})` },
  { name: 'gas-prices', value: 'PRICES', help: 'fee per unit of gas, such as 0.025utend' },
  { name: 'fees', value: 'COINS', help: 'the whole fee, such as 5000utend (none)' },
  { name: 'fee-granter', value: 'ADDRESS', help: 'who pays the fee by an allowance' },
  { name: 'memo', value: 'TEXT', help: 'a note on the transaction' },
  { name: 'timeout-height', value: 'H', help: 'void after block H' },
  { name: 'account-number', value: 'N', help: 'of the signer (asked from the chain)' },
  { name: 'sequence', value: 'N', help: 'of the signer (asked from the chain)' },
  { name: 'generate-only', help: 'print the unsigned transaction as JSON instead of sending it' },
  { name: 'no-wait', help: 'do not wait for the block' },
  { name: 'timeout', value: 'SECONDS', help: 'how long to wait for the block (60)' },
  { name: 'json', help: 'the result as one line of JSON' },
  { name: 'help', help: 'this page' },
]

/** Reads with one of the runtime's readers, whose errors do not know the flag. */
const flagValue = <T>(
  words: Words,
  name: string,
  read: (text: string) => T,
  wanted: string,
): T | undefined => {
  const text = words.flags.get(name)
  if (text === undefined) return undefined
  try {
    return read(text)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new OptionError(`--${name} is "${text}": it must be ${wanted}`)
  }
}

const priceOf = (words: Words): Price => {
  const fees: Coins | undefined = flagValue(words, 'fees', parseCoins, 'coins such as 5000utend')
  const gasPrices = flagValue(words, 'gas-prices', parseDecCoins, 'prices such as 0.025utend')
  if (fees && gasPrices) throw new OptionError('--fees and --gas-prices exclude each other: give one of them')
  return gasPrices ? { gasPrices } : { fees: fees ?? [] }
}

const adjustmentOf = (words: Words): Dec => {
  const adjustment = flagValue(words, 'gas-adjustment', parseDec, 'a decimal such as 1.5')
  if (adjustment === undefined) return parseDec(USUAL_ADJUSTMENT)
  if (adjustment <= 0n) throw new OptionError('--gas-adjustment must be more than 0')
  return adjustment
}

/** Who --from is: an account of the mnemonic, or with --generate-only any address. */
type From = { given: string; account: Bytes }

const fromOf = async (words: Words, keys: KeyRing): Promise<From | undefined> => {
  const given = words.flags.get('from')
  if (given === undefined) return undefined
  if (words.flags.has('generate-only') && !isIndex(given))
    return { given, account: addressOf(keys.codec, given) }
  return { given, account: (await keys.account(given)).address }
}

/** The message; its signer fields are --from's address unless they are given. */
const messageOf = async ({ method, words, registry }: Call, keys: KeyRing, from: From | undefined) => {
  const { codec } = keys
  const textsOf = (field: DescField) => (addressKind(field) === 'validator' ? codec.validator : codec)
  const isSigner: SignerTest = (word, field) => {
    if (from === undefined) return isIndex(word) || word.startsWith(`${textsOf(field).prefix}1`)
    return word === from.given || word === textsOf(field).text(from.account)
  }
  const draft = draftOf(method, 'tx', words, isSigner)
  await keys.ready(indicesOf(draft))
  const signed = new Map(
    signerFields(method.input).flatMap((field): [DescField, string][] =>
      from === undefined ? [] : [[field, textsOf(field).text(from.account)]],
    ),
  )
  return requestOf(draft, registry, keys, signed)
}

/** The one account whose key must sign. Throws OptionError that says who should. */
const signerOf = (method: DescMethod, message: Message, keys: KeyRing, from: From | undefined): Bytes => {
  const signers = distinct(signersIn(method, message, keys, from))
  const [signer] = signers
  if (signer === undefined) throw noFrom(method)
  if (signers.length > 1)
    throw new OptionError(
      `this message needs ${signers.length} signers (${signers.map(keys.codec.text).join(', ')}), ` +
        'and one key signs here: print it with --generate-only',
    )
  if (from !== undefined && !equalBytes(from.account, signer))
    throw new OptionError(
      `this message must be signed by ${keys.codec.text(signer)}, ` +
        `but --from is ${keys.codec.text(from.account)}`,
    )
  return signer
}

const noFrom = ({ input }: DescMethod) =>
  new OptionError(
    `--from is missing: who signs the ${input.name}? Such as --from 0, the first development account`,
  )

const signersIn = (method: DescMethod, message: Message, keys: KeyRing, from: From | undefined): Bytes[] => {
  try {
    return signersOf(keys.codec)(method.input, message)
  } catch (error) {
    if (!(error instanceof TxError)) throw error
    if (from === undefined && /empty address/.test(error.message)) throw noFrom(method)
    throw new OptionError(`the signer of ${method.input.name}: ${error.message}`)
  }
}

const distinct = (addresses: readonly Bytes[]): Bytes[] =>
  addresses.filter((address, at) => addresses.findIndex((other) => equalBytes(address, other)) === at)

const gasOf = async (
  { rpc, words }: Call,
  body: TxBody,
  usual: string,
  publicKey: Bytes,
  sequence: bigint,
) => {
  const gas = words.flags.get('gas') ?? usual
  if (gas === 'auto') return estimateGas(rpc, body, publicKey, sequence, adjustmentOf(words))
  if (!/^\d{1,18}$/.test(gas)) throw new OptionError(`--gas is "${gas}": it must be auto or a whole number`)
  return BigInt(gas)
}

/** The unsigned transaction as JSON, as simd prints it; gas is simulated only if --gas says so. */
const unsigned = async (call: Call, keys: KeyRing, from: From | undefined, body: TxBody): Promise<string> => {
  const { words, rpc } = call
  const price = priceOf(words)
  const isAuto = words.flags.get('gas') === 'auto'
  if (isAuto && from === undefined) throw noFrom(call.method)
  const { sequence } = isAuto ? await accountOf(rpc, keys.codec.text(from!.account)) : { sequence: 0n }
  const gasLimit = await gasOf(call, body, `${USUAL_GAS}`, ANY_KEY, sequence)
  const granter = words.flags.get('fee-granter') ?? ''
  const tx = create(TxSchema, { body, authInfo: authInfoOf({ gasLimit, price, granter }), signatures: [] })
  return `${toJsonText(TxSchema, tx, call.registry)}\n`
}

/** A public key for the simulation of what somebody else will sign. */
const ANY_KEY: Bytes = new Uint8Array(33).fill(2, 0, 1)

const chainIdOf = async ({ rpc, words }: Call): Promise<string> => {
  const given = words.flags.get('chain-id')
  if (given !== undefined) return given
  const { node_info } = await rpc.call<{ node_info: { network: string } }>('status', {})
  return node_info.network
}

const signed = async (call: Call, keys: KeyRing, signer: Bytes, body: TxBody): Promise<Bytes> => {
  const { words, rpc } = call
  const address = keys.codec.text(signer)
  const key = await keys.key(await keys.account(address))
  const price = priceOf(words)
  const [known, chainId] = [await accountOf(rpc, address), await chainIdOf(call)]
  const sequence = wholeFlag(words, 'sequence') ?? known.sequence
  const accountNumber = wholeFlag(words, 'account-number') ?? known.accountNumber
  const gasLimit = await gasOf(call, body, 'auto', key.publicKey, sequence)
  const fee: FeeTerms = { gasLimit, price, granter: words.flags.get('fee-granter') ?? '' }
  const authInfo = authInfoOf(fee, { publicKey: key.publicKey, sequence })
  return signTx(body, authInfo, { chainId, accountNumber, sequence }, key.privateKey)
}

/**
 * Prints the result; resolves to the exit code: 1 for a transaction that failed in its block. Throws
 * OptionError.
 */
export const tx = async (args: readonly string[], print: Print = toStdout): Promise<number> => {
  const call = await resolveCall('tx', FLAGS, args, print)
  if (call === undefined) return 0
  const { method, words, rpc, registry } = call
  const timeout = wholeFlag(words, 'timeout') ?? 60n
  const timeoutHeight = wholeFlag(words, 'timeout-height') ?? 0n
  const keys = openKeyRing(await prefixOf(rpc), words.flags.get('mnemonic'))
  const from = await fromOf(words, keys)
  const message = await messageOf(call, keys, from)
  const body = bodyOf(message, registry, words.flags.get('memo') ?? '', timeoutHeight)
  if (words.flags.has('generate-only')) {
    print(await unsigned(call, keys, from, body))
    return 0
  }
  const signer = signerOf(method, message, keys, from)
  const hash = await rpc.broadcast(await signed(call, keys, signer, body))
  const isWaiting = !words.flags.has('no-wait')
  const committed = isWaiting ? await rpc.committed(hash, Number(timeout) * 1000) : undefined
  print(
    words.flags.has('json') ? outcomeJson(hash, committed, registry) : outcomeText(hash, committed, registry),
  )
  if (isWaiting && committed === undefined)
    throw new OptionError(
      `the transaction is in no block after ${timeout} s; ` +
        `\`tendril query tx tx ${hash}\` finds it once it is`,
    )
  return committed !== undefined && committed.tx_result.code !== 0 ? 1 : 0
}
