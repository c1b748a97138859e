// staking: who secures the chain and who stands behind them with tokens (x/staking of SDK 0.53). The pages:
// registry.ts keeps validators, delegations.ts, unbonding.ts and redelegations.ts move stake, transitions.ts
// chooses the set, slash.ts burns, hold.ts stops unbondings, history.ts remembers; messages.ts, queries.ts
// and genesis.ts are its doors.
import { defineModule, type Module } from '../../chain/module.ts'
import { file_cosmos_crypto_ed25519_keys } from '../../proto/gen/cosmos/crypto/ed25519/keys_pb.ts'
import { file_cosmos_crypto_secp256k1_keys } from '../../proto/gen/cosmos/crypto/secp256k1/keys_pb.ts'
import { file_cosmos_staking_v1beta1_authz } from '../../proto/gen/cosmos/staking/v1beta1/authz_pb.ts'
import { stakingGenesis } from './genesis.ts'
import { history } from './history.ts'
import { stakingInvariants } from './invariants.ts'
import type { StakingKeeper } from './keeper.ts'
import { stakingMessages } from './messages.ts'
import { stakingQueries } from './queries.ts'
import { NAME } from './state.ts'
import { endBlock } from './transitions.ts'

export const staking = (keeper: StakingKeeper): Module => {
  const { core, pools, transitions, unbondings, redelegations } = keeper.pages
  const { track } = history(core, pools)
  return defineModule({
    name: NAME,
    stores: [NAME],
    // Consensus keys stand in validators, StakeAuthorization in grants.
    types: [
      file_cosmos_crypto_ed25519_keys,
      file_cosmos_crypto_secp256k1_keys,
      file_cosmos_staking_v1beta1_authz,
    ],
    genesis: stakingGenesis(keeper),
    beginBlock: track,
    endBlock: (ctx) => endBlock(ctx, core, transitions, unbondings, redelegations),
    messages: [stakingMessages(keeper.pages, keeper.authority)],
    queries: [stakingQueries(keeper)],
    invariants: stakingInvariants(keeper),
  })
}
