// Keys of the signers: the first transaction of an account brings its key (x/auth/ante sigverify.go).
import { toBase64 } from '../../../chain/base64.ts'
import { type Bytes, equalBytes } from '../../../chain/bytes.ts'
import { ProtoWriter } from '../../../chain/consensus/wire.ts'
import {
  type AnteStep,
  bitAt,
  bitCount,
  type Ctx,
  countKeys,
  element,
  type GasMeter,
  type PublicKey,
  plainError,
  type SignatureData,
  sdk,
  type Tx,
  type TxSignature,
  type View,
} from '../../../chain/module.ts'
import type { Params } from '../../../proto/gen/cosmos/auth/v1beta1/auth_pb.ts'
import { type Account, asModuleAccount, keyOf, withBase } from '../account.ts'
import type { Auth } from '../keeper.ts'
import { simulatedKey } from './simulated.ts'

/** The account of a signer. Throws TxError `sdk` 9. */
export const signerAccount = (
  auth: Pick<Auth, 'account' | 'addresses'>,
  view: View,
  address: Bytes,
): Account => {
  const account = auth.account(view, address)
  if (account === undefined)
    throw sdk.unknownAddress(`account ${auth.addresses.text(address)} does not exist`)
  return account
}

export const setPublicKeys =
  (auth: Pick<Auth, 'account' | 'addresses' | 'set'>): AnteStep =>
  (ctx, tx) => {
    const signers = tx.signers()
    const texts = tx.publicKeys.map((key, i) => {
      const signer = element(signers, i)
      const text = auth.addresses.text(signer)
      if (key !== undefined || ctx.mode === 'simulate') setKey(auth, ctx, signer, text, key, i)
      return text
    })
    emitSignatures(ctx, tx, texts)
  }

const setKey = (
  auth: Pick<Auth, 'account' | 'addresses' | 'set'>,
  ctx: Ctx,
  signer: Bytes,
  text: string,
  key: PublicKey = simulatedKey,
  index = 0,
) => {
  if (ctx.mode !== 'simulate' && !equalBytes(key.address(), signer))
    throw sdk.invalidPubKey(`pubKey does not match signer address ${text} with signer index: ${index}`)
  const account = signerAccount(auth, ctx, signer)
  if (account.base.pubKey !== undefined) return
  if (asModuleAccount(account) !== undefined) throw sdk.invalidPubKey('not supported for module accounts')
  auth.set(ctx, withBase(account, { pubKey: key.any }))
}

/** Events by which transactions are found: account with sequence, and each signature. */
const emitSignatures = (ctx: Ctx, tx: Tx, signers: readonly string[]) => {
  for (const [i, { sequence, data }] of tx.signerSignatures().entries()) {
    if (!tx.body.unordered) ctx.emit('tx', ['acc_seq', `${signers[i]}/${sequence}`])
    if (data === undefined) throw plainError('got empty SignatureData')
    for (const signature of rawSignatures(data)) ctx.emit('tx', ['signature', toBase64(signature)])
  }
}

/** Of a multisig all parts, then their encoding together. */
const rawSignatures = (data: SignatureData): Bytes[] => {
  if (data.kind === 'single') return [data.signature]
  const parts = data.parts.flatMap((part) => {
    if (part === undefined) throw plainError('got empty SignatureData')
    return rawSignatures(part)
  })
  const writer = new ProtoWriter(parts.length * 70)
  for (const part of parts) writer.item(1, part)
  return [...parts, writer.finish()]
}

export const signatureCount =
  (auth: Pick<Auth, 'params'>): AnteStep =>
  (ctx, tx) => {
    const { txSigLimit } = auth.params(ctx)
    let count = 0
    for (const key of tx.publicKeys) {
      count += countKeys(key)
      if (BigInt(count) > txSigLimit)
        throw sdk.tooManySignatures(`signatures: ${count}, limit: ${txSigLimit}`)
    }
  }

export const signatureGas =
  (auth: Pick<Auth, 'account' | 'addresses' | 'params'>): AnteStep =>
  (ctx, tx) => {
    const params = auth.params(ctx)
    const signers = tx.signers()
    for (const [i, signature] of tx.signerSignatures().entries()) {
      const key = keyOf(signerAccount(auth, ctx, element(signers, i)))
      consumeSignature(
        ctx.gas,
        key ?? (ctx.mode === 'simulate' ? simulatedKey : undefined),
        signature,
        params,
      )
    }
  }

const consumeSignature = (
  gas: GasMeter,
  key: PublicKey | undefined,
  { data }: Pick<TxSignature, 'data'>,
  params: Readonly<Params>,
): void => {
  if (key === undefined) throw sdk.invalidPubKey('unrecognized public key type: <nil>')
  if (key.type === 'multisig') consumeMultisig(gas, key, data, params)
  else gas.consume(Number(verificationCost[key.type](params)), `ante verify: ${key.type}`)
}

const verificationCost = {
  ed25519: (params: Readonly<Params>) => params.sigVerifyCostEd25519,
  secp256k1: (params: Readonly<Params>) => params.sigVerifyCostSecp256k1,
  secp256r1: (params: Readonly<Params>) => params.sigVerifyCostSecp256k1 / 2n,
}

const consumeMultisig = (
  gas: GasMeter,
  key: PublicKey,
  data: SignatureData | undefined,
  params: Readonly<Params>,
): void => {
  if (data?.kind !== 'multi')
    throw plainError('expected *signing.MultiSignatureData, got, *signing.SingleSignatureData')
  let part = 0
  for (let i = 0; i < bitCount(data.bits); i++) {
    if (!bitAt(data.bits, i)) continue
    consumeSignature(gas, element(key.keys, i), { data: element(data.parts, part++) }, params)
  }
}
