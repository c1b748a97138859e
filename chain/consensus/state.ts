// What the engine knows after a block and needs for the next one, and how one follows from the other
// (state/state.go, state/execution.go updateState). A state is a value: a block that fails leaves the old one
// untouched.
import type { Block } from '../../proto/gen/tendermint/types/block_pb.ts'
import type { ConsensusParams } from '../../proto/gen/tendermint/types/params_pb.ts'
import type { BlockID } from '../../proto/gen/tendermint/types/types_pb.ts'
import type { ValidatorSet } from '../../proto/gen/tendermint/types/validator_pb.ts'
import type {
  FinalizeBlockResponse,
  InfoResponse,
  InitChainResponse,
  ValidatorUpdate,
} from '../abci/application.ts'
import type { Bytes } from '../bytes.ts'
import { merkleRoot } from '../merkle.ts'
import { zeroBlockId } from './block-id.ts'
import type { GenesisDoc } from './genesis.ts'
import { checkParams, checkParamsUpdate, updateParams } from './params.ts'
import { lastResultsHash } from './results.ts'
import { timestampToNs } from './time.ts'
import { checkKey, validatorOf } from './validator.ts'
import { hashValidators, newValidatorSet, rotate, updateValidators } from './valset.ts'

/**
 * Blocks after which an unchanged validator set is stored again, so that no read has to take more turns than
 * this.
 */
const SET_CHECKPOINT = 256

/**
 * A set, its hash, and the height at which a set is stored that becomes this one by taking a turn a height.
 */
export type KeptSet = { set: ValidatorSet; hash: Bytes; storedAt: number }

export type ChainState = {
  /** Of the last block; one less than the initial height before the first. */
  height: number
  /** Of the last block; of the genesis before the first. */
  timeNs: bigint
  blockId: BlockID
  /** Round in which the last block was decided, and who of `lastValidators` signed it. */
  round: number
  signed: boolean[]
  appVersion: bigint
  appHash: Bytes
  lastResultsHash: Bytes
  /** Signed the last block; undefined before the first. */
  lastValidators: KeptSet | undefined
  /** Sign the next block. */
  validators: KeptSet
  /** Sign the block after that: what the last block changed shows here. */
  nextValidators: KeptSet
  params: ConsensusParams
  /** The height whose parameters these were first. */
  paramsStoredAt: number
}

/**
 * The state before the first block, from the genesis and the application's answer to it
 * (consensus/replay.go).
 */
export const genesisState = (
  doc: GenesisDoc,
  info: InfoResponse,
  response: InitChainResponse,
): ChainState => {
  const { initialHeight } = doc
  const updates: ValidatorUpdate[] = response.validators.length > 0 ? response.validators : doc.validators
  if (updates.length === 0) throw new Error('validator set is nil in genesis and still empty after InitChain')
  for (const { pubKey } of updates) checkKey(pubKey)
  const set = newValidatorSet(updates.map(({ pubKey, power }) => validatorOf(pubKey, power)))
  const hash = hashValidators(set)
  const params = updateParams(doc.consensusParams, response.consensusParams)
  return {
    height: initialHeight - 1,
    timeNs: doc.timeNs,
    blockId: zeroBlockId(),
    round: 0,
    signed: [],
    appVersion: response.consensusParams ? (params.version?.app ?? 0n) : info.appVersion,
    appHash: response.appHash.length > 0 ? response.appHash : doc.appHash,
    lastResultsHash: merkleRoot([]),
    lastValidators: undefined,
    validators: { set, hash, storedAt: initialHeight },
    nextValidators: { set: rotate(set), hash, storedAt: initialHeight },
    params,
    paramsStoredAt: initialHeight,
  }
}

const checkUpdates = (updates: readonly ValidatorUpdate[], params: ConsensusParams): void => {
  const types = params.validator?.pubKeyTypes ?? []
  for (const { pubKey, power } of updates) {
    if (power < 0n) throw new Error(`error in validator updates: voting power can't be negative: ${power}`)
    if (power === 0n) continue
    checkKey(pubKey)
    if (!types.includes(pubKey.type))
      throw new Error(
        `error in validator updates: a validator is using pubkey ${pubKey.type}, which is unsupported ` +
          'for consensus',
      )
  }
}

/** The set for `height` after these updates and one turn. */
const nextSet = (current: KeptSet, updates: readonly ValidatorUpdate[], height: number): KeptSet => {
  const storedAt =
    updates.length > 0 || height - current.storedAt >= SET_CHECKPOINT ? height : current.storedAt
  if (updates.length === 0) return { set: rotate(current.set), hash: current.hash, storedAt }
  const changes = updates.map(({ pubKey, power }) => validatorOf(pubKey, power))
  const changed = within('changing validator set', () => updateValidators(current.set, changes))
  const set = rotate(changed)
  return { set, hash: hashValidators(set), storedAt }
}

const within = <T>(context: string, run: () => T): T => {
  try {
    return run()
  } catch (error) {
    throw new Error(`${context}: ${(error as Error).message}`, { cause: error })
  }
}

const nextParams = (
  { params, paramsStoredAt, appVersion }: ChainState,
  update: ConsensusParams | undefined,
  height: number,
): Pick<ChainState, 'params' | 'paramsStoredAt' | 'appVersion'> => {
  if (update === undefined) return { params, paramsStoredAt, appVersion }
  const next = updateParams(params, update)
  within('validating new consensus params', () => checkParams(next))
  within('updating consensus params', () => checkParamsUpdate(params, update, BigInt(height)))
  return { params: next, paramsStoredAt: height + 1, appVersion: next.version?.app ?? 0n }
}

/** How the block was decided. */
export type Decision = { block: Block; blockId: BlockID; round: number; signed: boolean[] }

/**
 * The state after a block. Throws an Error if the application's answer cannot be followed; the chain halts
 * then.
 */
export const nextState = (
  state: ChainState,
  { block, blockId, round, signed }: Decision,
  response: FinalizeBlockResponse,
): ChainState => {
  const height = state.height + 1
  const count = block.data?.txs.length ?? 0
  if (response.txResults.length !== count)
    throw new Error(
      `expected tx results length to match size of transactions in block. Expected ${count}, got ` +
        `${response.txResults.length}`,
    )
  checkUpdates(response.validatorUpdates, state.params)
  return {
    height,
    timeNs: timestampToNs(block.header?.time),
    ...{ blockId, round, signed },
    appHash: response.appHash,
    lastResultsHash: lastResultsHash(response.txResults),
    lastValidators: state.validators,
    validators: state.nextValidators,
    nextValidators: nextSet(state.nextValidators, response.validatorUpdates, height + 2),
    ...nextParams(state, response.consensusParamUpdates, height),
  }
}
