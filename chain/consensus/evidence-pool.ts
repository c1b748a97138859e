// Evidence that waits for a block (evidence/pool.go). It is checked when it comes in, against the chain as it
// was at the offence, and leaves when a block has carried it or when it is too old.
import type { Evidence } from '../../proto/gen/tendermint/types/evidence_pb.ts'
import type { VerifySignature } from './commit.ts'
import { EvidenceError } from './engine.ts'
import { upperHex, VerificationError } from './errors.ts'
import { checkDuplicateVote, evidenceSize, hashEvidence, offence, verifyDuplicateVote } from './evidence.ts'
import type { Journal } from './journal.ts'
import { durationNs } from './params.ts'
import type { ChainState } from './state.ts'
import { formatTimeNs, timestampToNs } from './time.ts'

export type EvidencePool = {
  /** Throws EvidenceError unless the evidence is right, young enough and new. */
  add(evidence: Evidence): void
  /** The oldest that fit into so many bytes. */
  take(maxBytes: bigint): Evidence[]
  /** Forgets what the latest block carried and what is too old after it. */
  update(): void
  clear(): void
}

/** Old only if both limits are passed (IsEvidenceExpired). */
const isExpired = ({ params, height, timeNs }: ChainState, evidence: Evidence): boolean => {
  const then = offence(evidence)
  return (
    timeNs - then.timeNs > durationNs(params.evidence?.maxAgeDuration) &&
    BigInt(height) - then.height > (params.evidence?.maxAgeNumBlocks ?? 0n)
  )
}

/** Throws VerificationError or EvidenceError. */
const check = (
  chainId: string,
  { blocks }: Journal,
  state: ChainState,
  evidence: Evidence,
  verify: VerifySignature | undefined,
): void => {
  if (evidence.sum.case !== 'duplicateVoteEvidence')
    throw new EvidenceError('only duplicate vote evidence can be checked here')
  checkDuplicateVote(evidence.sum.value)
  const { height, timeNs } = offence(evidence)
  const block = blocks.block(Number(height))?.block
  const set = blocks.validators(Number(height))
  if (block === undefined || set === undefined) throw new EvidenceError(`don't have header #${height}`)
  const blockTimeNs = timestampToNs(block.header?.time)
  if (timeNs !== blockTimeNs)
    throw new EvidenceError(
      `evidence has a different time to the block it is associated with (${formatTimeNs(timeNs)} != ` +
        `${formatTimeNs(blockTimeNs)})`,
    )
  if (isExpired(state, evidence))
    throw new EvidenceError(
      `evidence from height ${height} (created at: ${formatTimeNs(timeNs)}) is too old at height ` +
        `${state.height}`,
    )
  verifyDuplicateVote(chainId, evidence.sum.value, set, verify)
}

/** An empty pool. `state` gives the chain's state of the moment. */
export const createEvidencePool = (
  chainId: string,
  journal: Journal,
  state: () => ChainState,
  verify: VerifySignature | undefined,
): EvidencePool => {
  const waiting = new Map<string, Evidence>()
  return {
    add(evidence) {
      try {
        check(chainId, journal, state(), evidence, verify)
      } catch (error) {
        if (error instanceof VerificationError) throw new EvidenceError(error.message, { cause: error })
        throw error
      }
      const hash = hashEvidence(evidence)
      if (journal.hasEvidence(hash)) throw new EvidenceError('evidence was already committed')
      waiting.set(upperHex(hash), evidence)
    },
    take(maxBytes) {
      const taken: Evidence[] = []
      for (const evidence of waiting.values()) {
        if (BigInt(evidenceSize([...taken, evidence])) > maxBytes) break
        taken.push(evidence)
      }
      return taken
    },
    update() {
      for (const [key, evidence] of waiting)
        if (journal.hasEvidence(hashEvidence(evidence)) || isExpired(state(), evidence)) waiting.delete(key)
    },
    clear: () => waiting.clear(),
  }
}
