// The one kind of evidence that the chain itself makes: a validator signed two blocks of one height, or lied
// to light clients (cosmossdk.io/x/evidence, types/evidence.go, keeper/infraction.go).
import { create, type DescMessage, fromBinary, type Message, toBinary } from '@bufbuild/protobuf'
import { TimestampSchema } from '@bufbuild/protobuf/wkt'
import type { Misbehavior } from '../../chain/abci/application.ts'
import type { Bytes } from '../../chain/bytes.ts'
import { sha256 } from '../../chain/hash.ts'
import type { AddressCodec, Ctx } from '../../chain/module.ts'
import { formatTime, instant, instantNs, ZERO_TIME_SECONDS } from '../../chain/time.ts'
import { type Equivocation, EquivocationSchema } from '../../proto/gen/cosmos/evidence/v1beta1/evidence_pb.ts'
import type { Slashing } from '../slashing/keeper.ts'
import type { Staking } from '../staking/keeper.ts'

/** Kinds of evidence that can be handed in: how their messages are routed, checked and named by a hash. */
export type EvidenceKind = {
  readonly schema: DescMessage
  readonly route: string
  /** ValidateBasic: throws an Error with Go's text. */
  check(evidence: Message): void
}

/** Go's zero time. */
const ZERO_TIME = create(TimestampSchema, { seconds: ZERO_TIME_SECONDS })

/** As Go prints a time.Time in UTC. */
const goTime = (text: string): string => text.replace('T', ' ').replace('Z', ' +0000 UTC')

export const equivocationKind: EvidenceKind = {
  schema: EquivocationSchema,
  route: 'equivocation',
  check(evidence) {
    const { time = ZERO_TIME, height, power, consensusAddress } = evidence as Equivocation
    if (time.seconds <= 0n) throw new Error(`invalid equivocation time: ${goTime(formatTime(time))}`)
    if (height < 1n) throw new Error(`invalid equivocation height: ${height}`)
    if (power < 1n) throw new Error(`invalid equivocation validator power: ${power}`)
    if (consensusAddress === '')
      throw new Error(`invalid equivocation validator consensus address: ${consensusAddress}`)
  },
}

/** The hash under which evidence is kept: that of its bytes. */
export const evidenceHash = (bytes: Bytes): Bytes => sha256(bytes)

/** The message of a kind in its own encoding: an absent time is written as Go writes its zero. */
export const canonical = (schema: DescMessage, bytes: Bytes): Bytes => {
  const evidence = fromBinary(schema, bytes)
  if (schema !== EquivocationSchema) return toBinary(schema, evidence)
  const { height, time = ZERO_TIME, power, consensusAddress } = evidence as Equivocation
  return toBinary(EquivocationSchema, create(EquivocationSchema, { height, time, power, consensusAddress }))
}

/** FromABCIEvidence */
export const fromMisbehavior = (
  { height, timeNs, validator }: Misbehavior,
  addresses: AddressCodec,
): Equivocation =>
  create(EquivocationSchema, {
    height,
    power: validator.power,
    consensusAddress: addresses.consensus.text(validator.address),
    time: instant(timeNs),
  })

/** 9999-12-31T23:59:59Z: until then a validator that signed twice is jailed. */
const FOREVER_NS = 253_402_300_799n * 1_000_000_000n

export type EvidenceKeepers = {
  staking: Pick<Staking, 'requireValidatorByConsAddress'>
  slashing: Pick<
    Slashing,
    'hasPublicKey' | 'signingInfo' | 'isTombstoned' | 'params' | 'slash' | 'jail' | 'jailUntil' | 'tombstone'
  >
}

/** Older than the parameters of consensus allow, in time and in blocks. */
const isTooOld = (ctx: Ctx, evidence: Equivocation, timeNs: bigint): boolean => {
  const limits = ctx.block.consensusParams?.evidence
  if (limits === undefined) return false
  const maxAgeNs = limits.maxAgeDuration === undefined ? 0n : instantNs(limits.maxAgeDuration)
  const isOld = ctx.block.timeNs - timeNs > maxAgeNs
  return isOld && ctx.block.height - evidence.height > limits.maxAgeNumBlocks
}

/**
 * Slashes, jails and tombstones whoever signed twice. Returns whether it did: too old evidence is passed
 * over, and that of an unbonded or tombstoned validator. Throws staking 3 for an unknown one, as Go does.
 */
export const punish = (
  ctx: Ctx,
  { staking, slashing }: EvidenceKeepers,
  addresses: AddressCodec,
  evidence: Equivocation,
): boolean => {
  const consAddress = addresses.consensus.bytes(evidence.consensusAddress)
  const validator = staking.requireValidatorByConsAddress(ctx, consAddress)
  if (validator.status === UNBONDED) return false
  if (!slashing.hasPublicKey(ctx, consAddress)) return false
  const timeNs = instantNs(evidence.time ?? ZERO_TIME)
  if (isTooOld(ctx, evidence, timeNs)) return false
  if (slashing.signingInfo(ctx, consAddress) === undefined)
    throw new Error(`expected signing info for validator ${evidence.consensusAddress} but not found`)
  if (slashing.isTombstoned(ctx, consAddress)) return false
  // The set that signed this height stood one block before.
  const { slashFractionDoubleSign } = slashing.params(ctx)
  const height = evidence.height - 1n
  slashing.slash(ctx, consAddress, slashFractionDoubleSign, evidence.power, height, 'double_sign')
  if (!validator.jailed) slashing.jail(ctx, consAddress)
  slashing.jailUntil(ctx, consAddress, FOREVER_NS)
  slashing.tombstone(ctx, consAddress)
  return true
}

/** BOND_STATUS_UNBONDED */
const UNBONDED = 1
