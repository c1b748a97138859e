// Whether those who must sign have signed, each transaction once: by the sequence of the account, or, if it
// is unordered, by its timeout as a nonce (x/auth/ante sigverify.go, crypto/keys/multisig).
import type { Bytes } from '../../../chain/bytes.ts'
import {
  type AnteStep,
  type AnteTools,
  bitAt,
  bitCount,
  bitsSet,
  type Ctx,
  element,
  GoPanic,
  isAminoOnly,
  type PublicKey,
  plainError,
  type SignatureCheck,
  type SignatureData,
  sdk,
  type Tx,
  TxError,
  type View,
} from '../../../chain/module.ts'
import type { SignMode } from '../../../proto/gen/cosmos/tx/signing/v1beta1/signing_pb.ts'
import { type Account, keyOf, withBase } from '../account.ts'
import type { Auth } from '../keeper.ts'
import { timeoutNs } from './basic.ts'
import { signerAccount } from './keys.ts'
import { type SignBytes, signBytes } from './sign-bytes.ts'

type Accounts = Pick<Auth, 'account' | 'addresses' | 'set' | 'unorderedTxs' | 'useNonce'>

const MINUTE = 60_000_000_000n
/** How far ahead the timeout of an unordered transaction may lie. */
const MAX_TIMEOUT = 10n * MINUTE
/** Twice what reading and removing a nonce costs. */
const UNORDERED_GAS = 2240

export const verifySignatures = (auth: Accounts, tools: AnteTools): AnteStep => {
  const bytesOf = signBytes(tools.registry, tools.addresses)
  return (ctx, tx) => {
    const { unordered } = tx.body
    if (unordered && !auth.unorderedTxs) throw sdk.notSupported('unordered transactions are not enabled')
    const signatures = tx.signerSignatures()
    const signers = tx.signers()
    if (signatures.length !== signers.length)
      throw sdk.unauthorized(
        `invalid number of signer;  expected: ${signers.length}, got ${signatures.length}`,
      )
    if (unordered) useNonces(auth, ctx, tx)
    for (const [i, { sequence, data }] of signatures.entries()) {
      if (sequence > 0n && unordered)
        throw sdk.invalidRequest('sequence is not allowed for unordered transactions')
      const account = signerAccount(auth, ctx, element(signers, i))
      const key = keyOf(account)
      if (ctx.mode !== 'simulate' && key === undefined)
        throw sdk.invalidPubKey('pubkey on account is not set')
      const expected = account.base.sequence
      if (!unordered && sequence !== expected)
        throw sdk.wrongSequence(`account sequence mismatch, expected ${expected}, got ${sequence}`)
      if (ctx.mode === 'simulate' || ctx.mode === 'recheck') continue
      verifyOne({ tools, bytesOf, view: ctx, tx, account, key: key! }, data, sequence)
    }
  }
}

const useNonces = (auth: Accounts, ctx: Ctx, tx: Tx) => {
  const until = timeoutNs(tx)
  const { timeNs } = ctx.block
  if (until === undefined) throw sdk.invalidRequest('unordered transaction must have timeout_timestamp set')
  if (until < timeNs)
    throw sdk.invalidRequest('unordered transaction has a timeout_timestamp that has already passed')
  if (until > timeNs + MAX_TIMEOUT) throw sdk.invalidRequest('unordered tx ttl exceeds 10m0s')
  ctx.gas.consume(UNORDERED_GAS, 'unordered tx')
  if (ctx.mode === 'simulate') return
  for (const signer of tx.signers()) {
    try {
      auth.useNonce(ctx, signer, until)
    } catch (error) {
      if (!(error instanceof TxError)) throw error
      throw sdk.invalidRequest(`failed to add unordered nonce: ${error.message}`)
    }
  }
}

type Case = {
  tools: AnteTools
  bytesOf: SignBytes
  view: View
  tx: Tx
  account: Account
  key: PublicKey
}

/** Before the first block every account signs as number 0. */
const signerOf = (view: View, account: Account, sequence: bigint) => ({
  address: account.base.address,
  chainId: view.block.chainId,
  accountNumber: view.block.height === 0n ? 0n : account.base.accountNumber,
  sequence,
  publicKey: account.base.pubKey,
})

const verifyOne = (the: Case, data: SignatureData | undefined, sequence: bigint) => {
  const signer = signerOf(the.view, the.account, sequence)
  const message = (mode: SignMode) => the.bytesOf(the.tx, mode, signer)
  try {
    verify(the.tools, the.key, data, message)
  } catch (error) {
    if (!(error instanceof TxError)) throw error
    const { chainId, accountNumber } = signer
    throw sdk.unauthorized(
      `signature verification failed; please verify account number (${accountNumber})${
        isAminoOnly(data)
          ? `, sequence (${the.account.base.sequence}) and chain-id (${chainId})`
          : ` and chain-id (${chainId}): (${error.message})`
      }`,
    )
  }
}

type MessageOf = (mode: SignMode) => Bytes

/** Throws TxError if the signature does not hold. */
const verify = (
  tools: AnteTools,
  key: PublicKey,
  data: SignatureData | undefined,
  message: MessageOf,
): void => {
  if (data === undefined) throw plainError('unexpected SignatureData <nil>')
  if (data.kind === 'multi') {
    if (key.type !== 'multisig') throw plainError(`expected <nil>, got *${key.type}.PubKey`)
    verifyMultisig(tools, key, data, message)
  } else if (!isSigned(tools, key, message(data.mode), data.signature))
    throw plainError('unable to verify single signer signature')
}

const isSigned = (tools: AnteTools, key: PublicKey, message: Bytes, signature: Bytes): boolean => {
  if (key.type === 'multisig') throw new GoPanic('not implemented')
  if (key.type !== 'secp256k1') return tools.verifyOther(key.type, key.bytes, message, signature)
  return signature.length === 64 && key.bytes.length === 33 && tools.verifier(key.bytes, message, signature)
}

const verifyMultisig = (
  tools: AnteTools,
  key: PublicKey,
  { bits, parts }: Extract<SignatureData, { kind: 'multi' }>,
  message: MessageOf,
): void => {
  const size = bitCount(bits)
  const { keys, threshold } = key
  if (keys.length !== size) throw plainError(`bit array size is incorrect, expecting: ${keys.length}`)
  if (parts.length < threshold || parts.length > size)
    throw plainError(`signature size is incorrect ${parts.length}`)
  const set = bitsSet(bits)
  if (set < threshold) throw plainError(`not enough signatures set, have ${set}, expected ${threshold}`)
  let next = 0
  for (let i = 0; i < size; i++) {
    if (!bitAt(bits, i)) continue
    const part = element(parts, next)
    if (part === undefined) throw plainError(`improper signature data type for index ${next}`)
    next++
    const inner = keys[i]!
    if (part.kind === 'multi') {
      if (inner.type !== 'multisig') throw plainError(`unable to parse pubkey of index ${i}`)
      verifyMultisig(tools, inner, part, message)
    } else if (!isSigned(tools, inner, message(part.mode), part.signature))
      throw plainError(`unable to verify signature at index ${i}`)
  }
}

export const incrementSequences =
  (auth: Accounts): AnteStep =>
  (ctx, tx) => {
    if (tx.body.unordered) return
    for (const signer of tx.signers()) {
      const account = signerAccount(auth, ctx, signer)
      auth.set(ctx, withBase(account, { sequence: account.base.sequence + 1n }))
    }
  }

/** The secp256k1 signatures that `verifySignatures` will ask for, so that they can be verified ahead. */
export const signatureChecks = (auth: Accounts, tools: AnteTools) => {
  const bytesOf = signBytes(tools.registry, tools.addresses)
  return (view: View, tx: Tx): SignatureCheck[] => {
    const signers = tx.signers()
    return tx.signerSignatures().flatMap(({ sequence, data }, i) => {
      const account = signers[i] && auth.account(view, signers[i])
      const key = account && (keyOf(account) ?? tx.publicKeys[i])
      if (account === undefined || key === undefined || data === undefined) return []
      const signer = signerOf(view, account, sequence)
      return checksOf(key, data, (mode) => bytesOf(tx, mode, signer))
    })
  }
}

const checksOf = (key: PublicKey, data: SignatureData, message: MessageOf): SignatureCheck[] => {
  if (data.kind === 'single') {
    const { signature, mode } = data
    if (key.type !== 'secp256k1' || key.bytes.length !== 33 || signature.length !== 64) return []
    return [{ publicKey: key.bytes, message: message(mode), signature }]
  }
  const signing = key.keys.filter((_, i) => bitAt(data.bits, i))
  return signing.flatMap((inner, i) => {
    const part = data.parts[i]
    return part === undefined ? [] : checksOf(inner, part, message)
  })
}
