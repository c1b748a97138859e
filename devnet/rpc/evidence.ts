// Evidence of misbehaviour that clients report (rpc/core/evidence.go).
import { EvidenceError } from '../../chain/consensus/engine.ts'
import { VerificationError } from '../../chain/consensus/errors.ts'
import { checkDuplicateVote, hashEvidence } from '../../chain/consensus/evidence.ts'
import type { Evidence } from '../../proto/gen/tendermint/types/evidence_pb.ts'
import { base64 } from './json/text.ts'
import { type Methods, method } from './method.ts'
import type { RpcNode } from './node.ts'

const checkBasics = ({ sum }: Evidence): void => {
  if (sum.case !== 'duplicateVoteEvidence') return
  try {
    checkDuplicateVote(sum.value)
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    throw new Error(`evidence.ValidateBasic failed: ${error.message}`, { cause: error })
  }
}

export const evidenceMethods = ({ engine }: RpcNode): Methods => ({
  broadcast_evidence: method({ evidence: 'evidence' }, ({ evidence }) => {
    if (evidence === undefined) throw new Error('no evidence was provided')
    checkBasics(evidence)
    try {
      engine.addEvidence(evidence)
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error
      throw new Error(`failed to add evidence: ${error.message}`, { cause: error })
    }
    return `{"hash":${base64(hashEvidence(evidence))}}`
  }),
})
