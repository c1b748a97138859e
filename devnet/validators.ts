// Simulated validators that misbehave on request. Nothing is faked in a module: who is away does not sign, so
// that its signature is missing in the next block's commit and the chain itself counts it; who signs twice
// signs two real votes, and the evidence goes into a block. All of it lives in this process: a restarted
// chain has well-behaved validators.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { type Bytes, toHex } from '../chain/bytes.ts'
import type { Engine, Signer } from '../chain/consensus/engine.ts'
import { type App, publicKey } from '../chain/module.ts'
import {
  QueryValidatorRequestSchema,
  QueryValidatorResponseSchema,
} from '../proto/gen/cosmos/staking/v1beta1/query_pb.ts'
import type { Evidence } from '../proto/gen/tendermint/types/evidence_pb.ts'
import { consensusAddress } from './consensus-keys.ts'
import { OptionError } from './options.ts'

/** Heights are the first and the last (inclusive) at which it holds. */
export type Behaviour =
  | { kind: 'online' }
  | { kind: 'offline'; from: number; until: number | undefined }
  | { kind: 'flapping'; from: number; onBlocks: number; offBlocks: number }
  | { kind: 'slow'; delayMs: number }

export type SimulatedValidator = {
  /** Of its consensus key, 20 bytes. */
  readonly address: Bytes
  /** From the next block on. */
  readonly behaviour: Behaviour
  /** Signs nothing for the next `blocks` blocks, or until `online`. */
  offline(blocks?: number): void
  /** Ends every misbehaviour. */
  online(): void
  /** Signs `onBlocks` blocks, misses `offBlocks`, and so on. */
  flapping(onBlocks: number, offBlocks: number): void
  /**
   * Its votes come `delayMs` after the others'. CometBFT's proposer waits `timeout_commit`, a second, for
   * votes it does not need: within it the vote stands in the commit with its later timestamp (the block's
   * time is the median, and does not move); after it the vote is missing in every commit, and the turn to
   * propose passes as well.
   */
  slow(delayMs: number): void
  /**
   * Signs the last block and another one at its height; the next block carries the evidence, which is
   * returned.
   */
  doubleSign(): Evidence
}

export type ValidatorControls = {
  /** Of the validator with this consensus address. Throws OptionError if its key is not simulated here. */
  control(address: Bytes): SimulatedValidator
  /** Who does not sign block `height`; undefined if all do. Throws StandstillError if too few are left. */
  absentAt(height: number): ((address: Bytes) => boolean) | undefined
  /** How much later than the others' its vote is, in nanoseconds; undefined if none is late. */
  readonly lateNs: ((address: Bytes) => bigint) | undefined
}

/** More than a third of the power is away: no block can be made until some of it is back. */
export class StandstillError extends Error {}

/** CometBFT's default, in ms. */
const TIMEOUT_COMMIT_MS = 1000
const NS_PER_MS = 1_000_000n

type Parts = {
  engine: Engine
  /** Whether the key of a validator is simulated here. */
  hasKey(address: Bytes): boolean
  /** Called when a validator may have come back. */
  changed(): void
}

export const simulateBehaviour = ({ engine, hasKey, changed }: Parts): ValidatorControls => {
  /** Only those that misbehave, by the hexadecimal address. */
  const behaviours = new Map<string, Behaviour>()
  const next = () => engine.blocks.height + 1
  const behaviourOf = (address: Bytes): Behaviour => behaviours.get(toHex(address)) ?? { kind: 'online' }

  const set = (address: Bytes, behaviour: Behaviour) => {
    const before = behaviourOf(address)
    const hex = toHex(address)
    behaviours.set(hex, behaviour)
    const away = (other: Bytes) => !hasKey(other) || isEverAway(behaviourOf(other), next())
    const reason = isEverAway(behaviour, next()) ? standstill(engine, next(), away) : undefined
    if (reason !== undefined) {
      behaviours.set(hex, before)
      throw new OptionError(`validator ${hex.toUpperCase()} cannot be ${behaviour.kind}: ${reason}`)
    }
    if (behaviour.kind === 'online') behaviours.delete(hex)
    changed()
  }

  return {
    control(address) {
      if (!hasKey(address))
        throw new OptionError(
          `validator ${toHex(address).toUpperCase()} cannot be controlled: its key is not simulated here`,
        )
      return controlOf(
        engine,
        address,
        next,
        () => behaviourOf(address),
        (behaviour) => set(address, behaviour),
      )
    },
    absentAt(height) {
      if (behaviours.size === 0) return undefined
      const absent = (address: Bytes) => isAwayAt(behaviourOf(address), height)
      const reason = standstill(engine, height, (address) => !hasKey(address) || absent(address))
      if (reason !== undefined) throw new StandstillError(`the chain stands still: ${reason}`)
      return absent
    },
    get lateNs() {
      const slow = [...behaviours.values()].some(({ kind }) => kind === 'slow')
      return slow ? (address: Bytes) => delayOf(behaviourOf(address)) : undefined
    },
  }
}

const controlOf = (
  engine: Engine,
  address: Bytes,
  next: () => number,
  behaviour: () => Behaviour,
  set: (behaviour: Behaviour) => void,
): SimulatedValidator => ({
  address,
  get behaviour() {
    return behaviour()
  },
  offline(blocks) {
    if (blocks !== undefined) wholeBlocks('blocks offline', blocks)
    const from = next()
    set({ kind: 'offline', from, until: blocks === undefined ? undefined : from + blocks - 1 })
  },
  online: () => set({ kind: 'online' }),
  flapping(onBlocks, offBlocks) {
    wholeBlocks('blocks online', onBlocks)
    wholeBlocks('blocks offline', offBlocks)
    set({ kind: 'flapping', from: next(), onBlocks, offBlocks })
  },
  slow(delayMs) {
    if (!Number.isInteger(delayMs) || delayMs < 1 || delayMs > 3_600_000)
      throw new OptionError(`the delay of a slow validator is ${delayMs}: it must be 1 to 3600000 ms`)
    set({ kind: 'slow', delayMs })
  },
  doubleSign() {
    const evidence = engine.doubleSign(address)
    engine.addEvidence(evidence)
    return evidence
  },
})

const wholeBlocks = (name: string, value: number) => {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new OptionError(`the number of ${name} is ${value}: it must be a whole number from 1`)
}

const isAwayAt = (behaviour: Behaviour, height: number): boolean => {
  switch (behaviour.kind) {
    case 'online':
      return false
    case 'offline':
      return height >= behaviour.from && (behaviour.until === undefined || height <= behaviour.until)
    case 'flapping':
      return (height - behaviour.from) % (behaviour.onBlocks + behaviour.offBlocks) >= behaviour.onBlocks
    case 'slow':
      return behaviour.delayMs > TIMEOUT_COMMIT_MS
  }
}

/** At `height` or after it. */
const isEverAway = (behaviour: Behaviour, height: number): boolean =>
  behaviour.kind === 'offline'
    ? behaviour.until === undefined || behaviour.until >= height
    : behaviour.kind === 'flapping' || isAwayAt(behaviour, height)

const delayOf = (behaviour: Behaviour): bigint =>
  behaviour.kind === 'slow' && behaviour.delayMs <= TIMEOUT_COMMIT_MS
    ? BigInt(behaviour.delayMs) * NS_PER_MS
    : 0n

/** Why the validators that sign `height` could not decide a block without these; undefined if they can. */
const standstill = (
  engine: Engine,
  height: number,
  away: (address: Bytes) => boolean,
): string | undefined => {
  const validators = engine.blocks.validators(height)?.validators ?? []
  let total = 0n
  let present = 0n
  for (const { address, votingPower } of validators) {
    total += votingPower
    if (!away(address)) present += votingPower
  }
  if (present > (total * 2n) / 3n) return undefined
  return (
    `only ${present} of the voting power of ${total} would sign block ${height}, and a block needs ` +
    'more than two thirds; let others come online first, or start with more validators'
  )
}

/**
 * The consensus address that is meant by an index of `simulated`, an operator's address or a consensus
 * address. Throws OptionError if it is none of them.
 */
export const consensusAddressOf = (
  which: number | string,
  { addresses, serve }: App,
  simulated: readonly Signer[],
): Bytes => {
  try {
    if (typeof which === 'string') {
      if (which.startsWith(`${addresses.consensus.prefix}1`)) return addresses.consensus.bytes(which)
      const request = create(QueryValidatorRequestSchema, { validatorAddr: which })
      const question = toBinary(QueryValidatorRequestSchema, request)
      const { value } = serve('/cosmos.staking.v1beta1.Query/Validator', question)
      const { validator } = fromBinary(QueryValidatorResponseSchema, value)
      return publicKey(validator!.consensusPubkey!).address()
    }
  } catch (error) {
    throw new OptionError(`no validator is called "${which}": ${(error as Error).message}`)
  }
  const signer = simulated[which]
  if (signer !== undefined) return consensusAddress(signer.publicKey)
  throw new OptionError(
    `there is no validator ${which}: this chain started with 0 to ${simulated.length - 1}`,
  )
}
