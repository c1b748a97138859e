// A transaction, decoded once: CheckTx and FinalizeBlock share the result. The checks and their texts are
// those of the SDK's decoder (x/auth/tx): TxRaw in the one form that ADR-027 allows, no unknown fields,
// messages of known types.
import type { DescMessage, Message, Registry } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import {
  type AuthInfo,
  AuthInfoSchema,
  type TxBody,
  TxBodySchema,
  TxRawSchema,
} from '../../proto/gen/cosmos/tx/v1beta1/tx_pb.ts'
import { type Bytes, byteString } from '../bytes.ts'
import type { AddressCodec } from './address.ts'
import { sdk } from './errors.ts'
import { isKnownKey, type PublicKey, publicKey } from './public-key.ts'
import { readSignatures, type TxSignature } from './signature.ts'
import { signersOf } from './signers.ts'
import { readStrict, resolveTypeUrl, type Strict, StrictError } from './strict.ts'
import { UnpackLimit } from './unpack-limit.ts'
import { WireError, WireReader } from './wire.ts'

export type TxMessage = {
  /** `/cosmos.bank.v1beta1.MsgSend` */
  readonly typeUrl: string
  readonly desc: DescMessage
  readonly message: Message
  /** Addresses in the order of the signer fields. Throws TxError for a text that is no address. */
  signers(): readonly Bytes[]
}

export type Tx = {
  readonly raw: Bytes
  readonly body: TxBody
  readonly authInfo: AuthInfo
  readonly bodyBytes: Bytes
  readonly authInfoBytes: Bytes
  readonly signatures: readonly Bytes[]
  readonly msgs: readonly TxMessage[]
  /** The body has unknown fields of the allowed kind: amino signatures cannot cover them. */
  readonly hasNonCritical: boolean
  /** The keys of the signer infos, undefined where one is left out. */
  readonly publicKeys: readonly (PublicKey | undefined)[]
  /**
   * Addresses that must sign: each message's signers in order, each once, then a fee payer that is not among
   * them.
   */
  signers(): readonly Bytes[]
  /** One for each signer info. Throws TxError. */
  signerSignatures(): readonly TxSignature[]
}

export type TxDecoder = (raw: Bytes) => Tx

/**
 * Knows a chain's message types; `isMessage` tells those that may stand in a transaction's body, `unpack`
 * looks into what is packed inside of one and throws TxError.
 */
export const txDecoder = (
  registry: Registry,
  addresses: AddressCodec,
  isMessage: (typeUrl: string) => boolean,
  unpack: (typeUrl: string, message: Message, limit: UnpackLimit) => void = () => undefined,
): TxDecoder => {
  const signers = signersOf(addresses)
  const keyOf = keyReader()
  const asMessage = (any: Any, message: Message): TxMessage => {
    const { typeUrl } = any
    if (!isMessage(typeUrl))
      throw sdk.txDecode(
        `no concrete type registered for type URL ${typeUrl} against interface *proto.Message`,
      )
    unpack(typeUrl, message, new UnpackLimit().enter())
    const desc = resolveTypeUrl(typeUrl, registry)!
    return { typeUrl, desc, message, signers: once(() => signers(desc, message)) }
  }
  return (raw) => {
    refuseOddForm(raw)
    const { bodyBytes, authInfoBytes, signatures } = strict(TxRawSchema, raw, registry).message
    const { message: body, hasNonCritical, unpacked } = strict(TxBodySchema, bodyBytes, registry, true)
    const msgs = body.messages.map((any) => asMessage(any, unpacked.get(any)!))
    refuseOptions(body.extensionOptions)
    refuseOptions(body.nonCriticalExtensionOptions)
    const { message: authInfo } = strict(AuthInfoSchema, authInfoBytes, registry)
    const publicKeys = authInfo.signerInfos.map((info) => keyOf(info.publicKey))
    return {
      ...{ raw, body, authInfo, bodyBytes, authInfoBytes, signatures, msgs, hasNonCritical, publicKeys },
      signers: once(() => allSigners(msgs, authInfo.fee?.payer ?? '', addresses)),
      signerSignatures: once(() => readSignatures(authInfo.signerInfos, signatures)),
    }
  }
}

/** No type is registered as an option, critical or not; Go then fails to read the body (types/tx/ext.go). */
const refuseOptions = (options: readonly Any[]): void => {
  if (options.some(({ typeUrl }) => typeUrl !== ''))
    throw sdk.txDecode('no registered implementations of type tx.TxExtensionOptionI')
}

/** Keys by their bytes, so that the address of one that signs often is hashed once. */
const KEYS_KEPT = 20_000
const keyReader = () => {
  const known = new Map<string, PublicKey>()
  return (any: Any | undefined): PublicKey | undefined => {
    if (any === undefined || any.typeUrl === '') return undefined
    if (!isKnownKey(any.typeUrl))
      throw sdk.txDecode(
        `no concrete type registered for type URL ${any.typeUrl} against interface *types.PubKey`,
      )
    const id = any.typeUrl + byteString(any.value)
    let key = known.get(id)
    if (key === undefined) {
      if (known.size >= KEYS_KEPT) known.clear()
      known.set(id, (key = publicKey(any)))
    }
    return key
  }
}

const allSigners = (msgs: readonly TxMessage[], payer: string, addresses: AddressCodec): Bytes[] => {
  const found = new Map<string, Bytes>()
  const add = (address: Bytes) => {
    const text = addresses.text(address)
    if (!found.has(text)) found.set(text, address)
  }
  for (const msg of msgs) for (const address of msg.signers()) add(address)
  if (payer !== '') add(addresses.bytes(payer))
  return [...found.values()]
}

/** Remembers the result; an error is not remembered, it is found again. */
const once = <T>(make: () => T): (() => T) => {
  let value: { made: T } | undefined
  return () => (value ??= { made: make() }).made
}

const strict = <S extends DescMessage>(
  desc: S,
  bytes: Bytes,
  registry: Registry,
  allowNonCritical = false,
): Strict<S> => {
  try {
    return readStrict(desc, bytes, registry, allowNonCritical)
  } catch (error) {
    if (error instanceof StrictError) throw sdk.txDecode(error.message)
    throw error
  }
}

/** ADR-027: fields in ascending order, lengths as short as they can be. */
const refuseOddForm = (raw: Bytes): void => {
  const reader = new WireReader(raw)
  let previous = 0
  while (!reader.done) {
    const tag = orInvalidLength(() => reader.tag())
    const number = tag >>> 3
    const type = tag & 7
    if (type !== 2) throw sdk.txDecode(`expected 2 wire type, got ${type}`)
    if (number < previous)
      throw sdk.txDecode(`txRaw must follow ADR-027, got tagNum ${number} after tagNum ${previous}`)
    previous = number
    const start = reader.at
    const length = orInvalidLength(() => reader.varint())
    const read = reader.at - start
    const needed = varintLength(length)
    if (read !== needed)
      throw sdk.txDecode(
        `length prefix varint for tagNum ${number} is not as short as possible, ` +
          `read ${read}, only need ${needed}`,
      )
    orInvalidLength(() => reader.forward(length))
  }
}

const orInvalidLength = <T>(read: () => T): T => {
  try {
    return read()
  } catch (error) {
    if (error instanceof WireError) throw sdk.txDecode(`invalid length; ${error.message}`)
    throw error
  }
}

const varintLength = (value: number): number => {
  let length = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++
  return length
}
