// What somebody may spend of another's coins on fees (x/feegrant: basic_fee.go, periodic_fee.go,
// filtered_fee.go): up to a limit or a time, so much a period, or only for some messages around one of the
// others.
import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf'
import { type Any, AnySchema, type Timestamp, TimestampSchema } from '@bufbuild/protobuf/wkt'
import {
  amountOf,
  type Coins,
  type Ctx,
  coinsFrom,
  coinsText,
  coinsTo,
  goBytes,
  isAllPositive,
  isAnyNegative,
  isValidCoins,
  isZeroCoins,
  safeSubCoins,
  sdk,
  type UnpackLimit,
} from '../../chain/module.ts'
import { instant, instantNs, ZERO_TIME_SECONDS } from '../../chain/time.ts'
import {
  AllowedMsgAllowanceSchema,
  type BasicAllowance,
  BasicAllowanceSchema,
  type PeriodicAllowance,
  PeriodicAllowanceSchema,
} from '../../proto/gen/cosmos/feegrant/v1beta1/feegrant_pb.ts'
import { err } from './errors.ts'

/** Type URLs of the messages that the fee is for. */
type Messages = readonly string[]

type Kind<S extends DescMessage> = {
  schema: S
  /** With what is packed inside of it in Go's bytes: Go packs anew whatever it unpacks. */
  repack?(allowance: MessageShape<S>): MessageShape<S>
  /** What its fields alone can tell. Throws TxError. */
  validate(allowance: MessageShape<S>): void
  expiration(allowance: MessageShape<S>): Timestamp | undefined
  /** What is left after this fee; undefined if nothing is. Throws TxError if it does not allow the fee. */
  accept(
    ctx: Ctx,
    allowance: MessageShape<S>,
    fee: Coins,
    messages: Messages,
  ): MessageInitShape<S> | undefined
}
type AnyKind = Kind<DescMessage>
const kind = <S extends DescMessage>(declared: Kind<S>): AnyKind => declared as unknown as AnyKind

/** An allowance with the rules of its kind. */
export type Allowance = { readonly kind: AnyKind; readonly message: MessageShape<DescMessage> }

/** Throws TxError for what is no allowance. */
export const unpackAllowance = ({ typeUrl, value }: Any): Allowance => {
  const found = kinds.get(typeUrl)
  if (found === undefined) throw err.noAllowance('failed to get allowance')
  const message = fromBinary(found.schema, value)
  return { kind: found, message: found.repack?.(message) ?? message }
}
/** What Go does with an Any when it reads a transaction. Throws sdk 2 for what is no allowance. */
export const checkPacked = (any: Any | undefined, limit: UnpackLimit): void => {
  const inner = limit.enter()
  if (any === undefined) return
  const { typeUrl, value } = any
  if (!kinds.has(typeUrl))
    throw sdk.txDecode(
      `no concrete type registered for type URL ${typeUrl} against interface *feegrant.FeeAllowanceI`,
    )
  if (typeUrl === `/${AllowedMsgAllowanceSchema.typeName}`)
    checkPacked(fromBinary(AllowedMsgAllowanceSchema, value).allowance, inner)
}
export const packAllowance = ({ kind: { schema }, message }: Allowance): Any =>
  create(AnySchema, { typeUrl: `/${schema.typeName}`, value: goBytes(schema, message) })

export const validateAllowance = ({ kind, message }: Allowance): void => kind.validate(message)
export const expirationOf = ({ kind, message }: Allowance): Timestamp | undefined => kind.expiration(message)

/** What is left after this fee; undefined if nothing is. Throws TxError if it does not allow the fee. */
export const acceptFee = (
  ctx: Ctx,
  { kind, message }: Allowance,
  fee: Coins,
  messages: Messages,
): Allowance | undefined => {
  const left = kind.accept(ctx, message, fee, messages)
  return left && { kind, message: create(kind.schema, left) }
}

const expectPositive = (set: Coins, name: string): void => {
  if (!isValidCoins(set)) throw sdk.invalidCoins(`${name} amount is invalid: ${coinsText(set)}`)
  if (!isAllPositive(set)) throw sdk.invalidCoins('spend limit must be positive')
}

/** What is left of a limit; undefined where there is no limit. */
const lessFee = (limit: Coins, fee: Coins, name: string): Coins => {
  const left = safeSubCoins(limit, fee)
  if (isAnyNegative(left)) throw err.feeLimitExceeded(name)
  return left
}

const validateBasic = ({
  spendLimit,
  expiration,
}: Pick<BasicAllowance, 'spendLimit' | 'expiration'>): void => {
  if (spendLimit.length > 0) expectPositive(coinsFrom(spendLimit), 'send')
  if (expiration !== undefined && expiration.seconds < 0n)
    throw err.invalidDuration('expiration time cannot be negative')
}

const basic = kind({
  schema: BasicAllowanceSchema,
  validate: validateBasic,
  expiration: ({ expiration }) => expiration,
  accept(ctx, { spendLimit, expiration }, fee) {
    if (expiration !== undefined && instantNs(expiration) < ctx.block.timeNs)
      throw err.feeLimitExpired('basic allowance')
    if (spendLimit.length === 0) return { expiration }
    const left = lessFee(coinsFrom(spendLimit), fee, 'basic allowance')
    return isZeroCoins(left) ? undefined : { spendLimit: coinsTo(left), expiration }
  },
})

const NO_LIMITS = create(BasicAllowanceSchema)
const NANOS = 1_000_000_000n
const zeroTime = { seconds: ZERO_TIME_SECONDS, nanos: 0 }

const periodNs = ({ period }: PeriodicAllowance): bigint =>
  period === undefined ? 0n : period.seconds * NANOS + BigInt(period.nanos)

const periodic = kind({
  schema: PeriodicAllowanceSchema,
  validate(allowance) {
    const { basic: whole = NO_LIMITS } = allowance
    validateBasic(whole)
    const limit = coinsFrom(allowance.periodSpendLimit)
    expectPositive(limit, 'spend')
    const canSpend = coinsFrom(allowance.periodCanSpend)
    if (!isValidCoins(canSpend)) throw sdk.invalidCoins(`can spend amount is invalid: ${coinsText(canSpend)}`)
    if (whole.spendLimit.length > 0 && !isSubset(limit, coinsFrom(whole.spendLimit)))
      throw sdk.invalidCoins('period spend limit has different currency than basic spend limit')
    if (periodNs(allowance) < 0n) throw err.invalidDuration('negative clock step')
  },
  expiration: (allowance) => allowance.basic?.expiration,
  accept(ctx, allowance, fee) {
    const { timeNs } = ctx.block
    const { basic: { spendLimit, expiration } = NO_LIMITS, period, periodSpendLimit } = allowance
    if (expiration !== undefined && instantNs(expiration) < timeNs)
      throw err.feeLimitExpired('absolute limit')
    const { canSpend, resetNs } = currentPeriod(allowance, timeNs)
    const periodLeft = lessFee(canSpend, fee, 'period limit')
    const left = spendLimit.length > 0 ? lessFee(coinsFrom(spendLimit), fee, 'absolute limit') : undefined
    if (left !== undefined && isZeroCoins(left)) return undefined
    return {
      basic: { spendLimit: coinsTo(left ?? []), expiration },
      ...{ period, periodSpendLimit, periodCanSpend: coinsTo(periodLeft) },
      periodReset: create(TimestampSchema, instant(resetNs)),
    }
  },
})

/** DenomsSubsetOf */
const isSubset = (part: Coins, whole: Coins): boolean =>
  part.length <= whole.length && part.every(({ denom }) => amountOf(whole, denom) !== 0n)

/** A period that is over begins anew: a period after the last one, or after now if more than one went by. */
const currentPeriod = (
  allowance: PeriodicAllowance,
  timeNs: bigint,
): { canSpend: Coins; resetNs: bigint } => {
  const resetNs = instantNs(allowance.periodReset ?? zeroTime)
  if (timeNs < resetNs) return { canSpend: coinsFrom(allowance.periodCanSpend), resetNs }
  const limit = coinsFrom(allowance.periodSpendLimit)
  const whole = coinsFrom(allowance.basic?.spendLimit ?? [])
  const isMoreThanWhole = isAnyNegative(safeSubCoins(whole, limit)) && whole.length > 0
  const length = periodNs(allowance)
  const next = resetNs + length
  return { canSpend: isMoreThanWhole ? whole : limit, resetNs: timeNs > next ? timeNs + length : next }
}

/** What it costs to look at a message's type. */
const MESSAGE_GAS = 10

const allowedMessages = kind({
  schema: AllowedMsgAllowanceSchema,
  repack: (allowed) =>
    allowed.allowance === undefined
      ? allowed
      : { ...allowed, allowance: packAllowance(unpackAllowance(allowed.allowance)) },
  validate({ allowance, allowedMessages }) {
    if (allowance === undefined) throw err.noAllowance('allowance should not be empty')
    if (allowedMessages.length === 0) throw err.noMessages("allowed messages shouldn't be empty")
    validateAllowance(unpackAllowance(allowance))
  },
  expiration: ({ allowance }) => expirationOf(unpackAllowance(allowance!)),
  accept(ctx, { allowance, allowedMessages }, fee, messages) {
    const allowed = new Set(allowedMessages)
    for (let i = 0; i < allowedMessages.length; i++) ctx.gas.consume(MESSAGE_GAS, 'check msg')
    for (const typeUrl of messages) {
      ctx.gas.consume(MESSAGE_GAS, 'check msg')
      if (!allowed.has(typeUrl)) throw err.messageNotAllowed('message does not exist in allowed messages')
    }
    const left = acceptFee(ctx, unpackAllowance(allowance!), fee, messages)
    return left && { allowance: packAllowance(left), allowedMessages }
  },
})

const kinds = new Map([basic, periodic, allowedMessages].map((each) => [`/${each.schema.typeName}`, each]))
