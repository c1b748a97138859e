// JSON of blocks and what they consist of (types/block.go, types/vote.go, types/validator.go,
// types/evidence.go).

import type { PublicKey } from '../../../chain/abci/application.ts'
import type { StoredBlock } from '../../../chain/consensus/engine.ts'
import { publicKeyOf } from '../../../chain/consensus/validator.ts'
import type { Block } from '../../../proto/gen/tendermint/types/block_pb.ts'
import type { Evidence } from '../../../proto/gen/tendermint/types/evidence_pb.ts'
import type {
  BlockID,
  Commit,
  CommitSig,
  Header,
  LightBlock,
  Vote,
} from '../../../proto/gen/tendermint/types/types_pb.ts'
import type { Validator, ValidatorSet } from '../../../proto/gen/tendermint/types/validator_pb.ts'
import { base64, base64OrNull, hex, integer, list, object, quote, time } from './text.ts'

const NO_BYTES = new Uint8Array(0)

export const partsText = (id: BlockID | undefined): string =>
  `{"total":${id?.partSetHeader?.total ?? 0},"hash":${hex(id?.partSetHeader?.hash ?? NO_BYTES)}}`

export const blockIdText = (id: BlockID | undefined): string =>
  `{"hash":${hex(id?.hash ?? NO_BYTES)},"parts":${partsText(id)}}`

/** Numbers of a protobuf struct are left out where they are zero. */
const versionText = ({ version }: Header): string =>
  object({
    block: version?.block ? integer(version.block) : undefined,
    app: version?.app ? integer(version.app) : undefined,
  })

export const headerText = (header: Header): string =>
  object({
    version: versionText(header),
    chain_id: quote(header.chainId),
    height: integer(header.height),
    time: time(header.time),
    last_block_id: blockIdText(header.lastBlockId),
    last_commit_hash: hex(header.lastCommitHash),
    data_hash: hex(header.dataHash),
    validators_hash: hex(header.validatorsHash),
    next_validators_hash: hex(header.nextValidatorsHash),
    consensus_hash: hex(header.consensusHash),
    app_hash: hex(header.appHash),
    last_results_hash: hex(header.lastResultsHash),
    evidence_hash: hex(header.evidenceHash),
    proposer_address: hex(header.proposerAddress),
  })

const signatureText = (signature: CommitSig): string =>
  `{"block_id_flag":${signature.blockIdFlag},"validator_address":${hex(signature.validatorAddress)},` +
  `"timestamp":${time(signature.timestamp)},"signature":${base64OrNull(signature.signature)}}`

export const commitText = (commit: Commit | undefined): string =>
  `{"height":${integer(commit?.height ?? 0)},"round":${commit?.round ?? 0},` +
  `"block_id":${blockIdText(commit?.blockId)},"signatures":${list(commit?.signatures ?? [], signatureText)}}`

export const voteText = (vote: Vote): string =>
  object({
    type: `${vote.type}`,
    height: integer(vote.height),
    round: `${vote.round}`,
    block_id: blockIdText(vote.blockId),
    timestamp: time(vote.timestamp),
    validator_address: hex(vote.validatorAddress),
    validator_index: `${vote.validatorIndex}`,
    signature: base64OrNull(vote.signature),
    extension: base64OrNull(vote.extension),
    extension_signature: base64OrNull(vote.extensionSignature),
  })

const KEY_TYPES = { ed25519: 'tendermint/PubKeyEd25519', secp256k1: 'tendermint/PubKeySecp256k1' }
export const publicKeyText = ({ type, bytes }: PublicKey): string =>
  `{"type":"${KEY_TYPES[type]}","value":${base64(bytes)}}`

export const validatorText = (validator: Validator): string =>
  `{"address":${hex(validator.address)},"pub_key":${publicKeyText(publicKeyOf(validator))},` +
  `"voting_power":${integer(validator.votingPower)},` +
  `"proposer_priority":${integer(validator.proposerPriority)}}`

export const validatorSetText = (set: ValidatorSet | undefined): string =>
  set === undefined
    ? 'null'
    : `{"validators":${list(set.validators, validatorText)},` +
      `"proposer":${set.proposer ? validatorText(set.proposer) : 'null'}}`

const lightBlockText = (block: LightBlock | undefined): string => {
  const { header, commit } = block?.signedHeader ?? {}
  const signed = object({
    header: header ? headerText(header) : 'null',
    commit: commit ? commitText(commit) : 'null',
  })
  return `{"signed_header":${signed},"validator_set":${validatorSetText(block?.validatorSet)}}`
}

/** Members without a json tag keep the name of the Go field. */
export const evidenceText = ({ sum }: Evidence): string => {
  if (sum.case === 'duplicateVoteEvidence') {
    const { voteA, voteB, totalVotingPower, validatorPower, timestamp } = sum.value
    const value = object({
      vote_a: voteA ? voteText(voteA) : 'null',
      vote_b: voteB ? voteText(voteB) : 'null',
      TotalVotingPower: integer(totalVotingPower),
      ValidatorPower: integer(validatorPower),
      Timestamp: time(timestamp),
    })
    return `{"type":"tendermint/DuplicateVoteEvidence","value":${value}}`
  }
  if (sum.case === undefined) return 'null'
  const { conflictingBlock, commonHeight, byzantineValidators, totalVotingPower, timestamp } = sum.value
  const value = object({
    ConflictingBlock: lightBlockText(conflictingBlock),
    CommonHeight: integer(commonHeight),
    ByzantineValidators: list(byzantineValidators, validatorText),
    TotalVotingPower: integer(totalVotingPower),
    Timestamp: time(timestamp),
  })
  return `{"type":"tendermint/LightClientAttackEvidence","value":${value}}`
}

export const blockText = (block: Block): string =>
  `{"header":${headerText(block.header!)},"data":{"txs":${list(block.data?.txs ?? [], base64)}},` +
  `"evidence":{"evidence":${list(block.evidence?.evidence ?? [], evidenceText)}},` +
  `"last_commit":${commitText(block.lastCommit)}}`

/** What `block` answers; a block that is not there has the zero id. */
export const storedBlockText = (stored: StoredBlock | undefined): string =>
  `{"block_id":${blockIdText(stored?.blockId)},"block":${stored ? blockText(stored.block) : 'null'}}`

export const blockMetaText = ({ block, blockId, size }: StoredBlock): string =>
  `{"block_id":${blockIdText(blockId)},"block_size":${integer(size)},"header":${headerText(block.header!)},` +
  `"num_txs":${integer(block.data?.txs.length ?? 0)}}`
