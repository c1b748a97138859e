// The generated files whose services `tendril tx` and `tendril query` offer, and those whose types can stand
// in an Any. This is the one list of them; it is imported lazily, since reading the descriptors costs more
// than starting a chain.
import type { DescFile } from '@bufbuild/protobuf'
import * as auth from '../../../proto/gen/cosmos/auth/v1beta1/auth_pb.ts'
import * as authQuery from '../../../proto/gen/cosmos/auth/v1beta1/query_pb.ts'
import * as authTx from '../../../proto/gen/cosmos/auth/v1beta1/tx_pb.ts'
import * as authzQuery from '../../../proto/gen/cosmos/authz/v1beta1/query_pb.ts'
import * as authzTx from '../../../proto/gen/cosmos/authz/v1beta1/tx_pb.ts'
import * as bankAuthz from '../../../proto/gen/cosmos/bank/v1beta1/authz_pb.ts'
import * as bankQuery from '../../../proto/gen/cosmos/bank/v1beta1/query_pb.ts'
import * as bankTx from '../../../proto/gen/cosmos/bank/v1beta1/tx_pb.ts'
import * as nodeQuery from '../../../proto/gen/cosmos/base/node/v1beta1/query_pb.ts'
import * as cometQuery from '../../../proto/gen/cosmos/base/tendermint/v1beta1/query_pb.ts'
import * as circuitQuery from '../../../proto/gen/cosmos/circuit/v1/query_pb.ts'
import * as circuitTx from '../../../proto/gen/cosmos/circuit/v1/tx_pb.ts'
import * as consensusQuery from '../../../proto/gen/cosmos/consensus/v1/query_pb.ts'
import * as consensusTx from '../../../proto/gen/cosmos/consensus/v1/tx_pb.ts'
import * as ed25519 from '../../../proto/gen/cosmos/crypto/ed25519/keys_pb.ts'
import * as multisig from '../../../proto/gen/cosmos/crypto/multisig/keys_pb.ts'
import * as secp256k1 from '../../../proto/gen/cosmos/crypto/secp256k1/keys_pb.ts'
import * as secp256r1 from '../../../proto/gen/cosmos/crypto/secp256r1/keys_pb.ts'
import * as distributionQuery from '../../../proto/gen/cosmos/distribution/v1beta1/query_pb.ts'
import * as distributionTx from '../../../proto/gen/cosmos/distribution/v1beta1/tx_pb.ts'
import * as epochsQuery from '../../../proto/gen/cosmos/epochs/v1beta1/query_pb.ts'
import * as evidence from '../../../proto/gen/cosmos/evidence/v1beta1/evidence_pb.ts'
import * as evidenceQuery from '../../../proto/gen/cosmos/evidence/v1beta1/query_pb.ts'
import * as evidenceTx from '../../../proto/gen/cosmos/evidence/v1beta1/tx_pb.ts'
import * as feegrant from '../../../proto/gen/cosmos/feegrant/v1beta1/feegrant_pb.ts'
import * as feegrantQuery from '../../../proto/gen/cosmos/feegrant/v1beta1/query_pb.ts'
import * as feegrantTx from '../../../proto/gen/cosmos/feegrant/v1beta1/tx_pb.ts'
import * as govQuery from '../../../proto/gen/cosmos/gov/v1/query_pb.ts'
import * as govTx from '../../../proto/gen/cosmos/gov/v1/tx_pb.ts'
import * as govBetaQuery from '../../../proto/gen/cosmos/gov/v1beta1/query_pb.ts'
import * as govBetaTx from '../../../proto/gen/cosmos/gov/v1beta1/tx_pb.ts'
import * as groupQuery from '../../../proto/gen/cosmos/group/v1/query_pb.ts'
import * as groupTx from '../../../proto/gen/cosmos/group/v1/tx_pb.ts'
import * as mintQuery from '../../../proto/gen/cosmos/mint/v1beta1/query_pb.ts'
import * as mintTx from '../../../proto/gen/cosmos/mint/v1beta1/tx_pb.ts'
import * as nftQuery from '../../../proto/gen/cosmos/nft/v1beta1/query_pb.ts'
import * as nftTx from '../../../proto/gen/cosmos/nft/v1beta1/tx_pb.ts'
import * as params from '../../../proto/gen/cosmos/params/v1beta1/params_pb.ts'
import * as poolQuery from '../../../proto/gen/cosmos/protocolpool/v1/query_pb.ts'
import * as poolTx from '../../../proto/gen/cosmos/protocolpool/v1/tx_pb.ts'
import * as slashingQuery from '../../../proto/gen/cosmos/slashing/v1beta1/query_pb.ts'
import * as slashingTx from '../../../proto/gen/cosmos/slashing/v1beta1/tx_pb.ts'
import * as stakingAuthz from '../../../proto/gen/cosmos/staking/v1beta1/authz_pb.ts'
import * as stakingQuery from '../../../proto/gen/cosmos/staking/v1beta1/query_pb.ts'
import * as stakingTx from '../../../proto/gen/cosmos/staking/v1beta1/tx_pb.ts'
import * as txService from '../../../proto/gen/cosmos/tx/v1beta1/service_pb.ts'
import * as upgradeQuery from '../../../proto/gen/cosmos/upgrade/v1beta1/query_pb.ts'
import * as upgradeTx from '../../../proto/gen/cosmos/upgrade/v1beta1/tx_pb.ts'
import * as vestingTx from '../../../proto/gen/cosmos/vesting/v1beta1/tx_pb.ts'
import * as vesting from '../../../proto/gen/cosmos/vesting/v1beta1/vesting_pb.ts'

/** Files with services to call. */
export const SERVICE_FILES: readonly DescFile[] = [
  authQuery.file_cosmos_auth_v1beta1_query,
  authTx.file_cosmos_auth_v1beta1_tx,
  authzQuery.file_cosmos_authz_v1beta1_query,
  authzTx.file_cosmos_authz_v1beta1_tx,
  bankQuery.file_cosmos_bank_v1beta1_query,
  bankTx.file_cosmos_bank_v1beta1_tx,
  circuitQuery.file_cosmos_circuit_v1_query,
  circuitTx.file_cosmos_circuit_v1_tx,
  cometQuery.file_cosmos_base_tendermint_v1beta1_query,
  consensusQuery.file_cosmos_consensus_v1_query,
  consensusTx.file_cosmos_consensus_v1_tx,
  distributionQuery.file_cosmos_distribution_v1beta1_query,
  distributionTx.file_cosmos_distribution_v1beta1_tx,
  epochsQuery.file_cosmos_epochs_v1beta1_query,
  evidenceQuery.file_cosmos_evidence_v1beta1_query,
  evidenceTx.file_cosmos_evidence_v1beta1_tx,
  feegrantQuery.file_cosmos_feegrant_v1beta1_query,
  feegrantTx.file_cosmos_feegrant_v1beta1_tx,
  govBetaQuery.file_cosmos_gov_v1beta1_query,
  govBetaTx.file_cosmos_gov_v1beta1_tx,
  govQuery.file_cosmos_gov_v1_query,
  govTx.file_cosmos_gov_v1_tx,
  groupQuery.file_cosmos_group_v1_query,
  groupTx.file_cosmos_group_v1_tx,
  mintQuery.file_cosmos_mint_v1beta1_query,
  mintTx.file_cosmos_mint_v1beta1_tx,
  nftQuery.file_cosmos_nft_v1beta1_query,
  nftTx.file_cosmos_nft_v1beta1_tx,
  nodeQuery.file_cosmos_base_node_v1beta1_query,
  poolQuery.file_cosmos_protocolpool_v1_query,
  poolTx.file_cosmos_protocolpool_v1_tx,
  slashingQuery.file_cosmos_slashing_v1beta1_query,
  slashingTx.file_cosmos_slashing_v1beta1_tx,
  stakingQuery.file_cosmos_staking_v1beta1_query,
  stakingTx.file_cosmos_staking_v1beta1_tx,
  txService.file_cosmos_tx_v1beta1_service,
  upgradeQuery.file_cosmos_upgrade_v1beta1_query,
  upgradeTx.file_cosmos_upgrade_v1beta1_tx,
  vestingTx.file_cosmos_vesting_v1beta1_tx,
]

/** Files with types that stand in an Any, and that no service file imports. */
export const TYPE_FILES: readonly DescFile[] = [
  auth.file_cosmos_auth_v1beta1_auth,
  bankAuthz.file_cosmos_bank_v1beta1_authz,
  ed25519.file_cosmos_crypto_ed25519_keys,
  evidence.file_cosmos_evidence_v1beta1_evidence,
  feegrant.file_cosmos_feegrant_v1beta1_feegrant,
  multisig.file_cosmos_crypto_multisig_keys,
  params.file_cosmos_params_v1beta1_params,
  secp256k1.file_cosmos_crypto_secp256k1_keys,
  secp256r1.file_cosmos_crypto_secp256r1_keys,
  stakingAuthz.file_cosmos_staking_v1beta1_authz,
  vesting.file_cosmos_vesting_v1beta1_vesting,
]
