// ICS-23: what a commitment proof must look like and how it is checked.
import type { CommitmentProof, ProofSpec } from '../../proto/gen/cosmos/ics23/v1/proofs_pb.ts'
import type { Bytes } from '../bytes.ts'

/** Whether the proof shows that `key` has `value` under `root`. */
export declare const verifyMembership: (
  spec: ProofSpec,
  root: Bytes,
  proof: CommitmentProof,
  key: Bytes,
  value: Bytes,
) => boolean

/** Whether the proof shows that `key` has no value under `root`. */
export declare const verifyNonMembership: (
  spec: ProofSpec,
  root: Bytes,
  proof: CommitmentProof,
  key: Bytes,
) => boolean
