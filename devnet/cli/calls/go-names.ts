// What the Go command line (x/*/autocli.go, client/cli) calls a method that we call by its own name: whoever
// knows simd types these. A page of data; everything works without it.

/** By service and method. */
export const GO_NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'cosmos.auth.v1beta1.Query': {
    AccountAddressByID: 'address-by-acc-num',
    ModuleAccountByName: 'module-account',
  },
  'cosmos.authz.v1beta1.Query': {
    GranteeGrants: 'grants-by-grantee',
    GranterGrants: 'grants-by-granter',
  },
  'cosmos.bank.v1beta1.Query': {
    AllBalances: 'balances',
    SpendableBalanceByDenom: 'spendable-balance',
    SupplyOf: 'total-supply-of',
    TotalSupply: 'total',
  },
  'cosmos.circuit.v1.Msg': { AuthorizeCircuitBreaker: 'authorize', TripCircuitBreaker: 'disable' },
  'cosmos.distribution.v1beta1.Msg': {
    CommunityPoolSpend: 'community-pool-spend-proposal',
    DepositValidatorRewardsPool: 'fund-validator-rewards-pool',
    SetWithdrawAddress: 'set-withdraw-addr',
    WithdrawDelegatorReward: 'withdraw-rewards',
  },
  'cosmos.distribution.v1beta1.Query': {
    DelegationRewards: 'rewards-by-validator',
    DelegationTotalRewards: 'rewards',
    ValidatorCommission: 'commission',
    ValidatorSlashes: 'slashes',
  },
  'cosmos.feegrant.v1beta1.Msg': { GrantAllowance: 'grant', RevokeAllowance: 'revoke' },
  'cosmos.feegrant.v1beta1.Query': {
    Allowance: 'grant',
    Allowances: 'grants-by-grantee',
    AllowancesByGranter: 'grants-by-granter',
  },
  'cosmos.gov.v1.Msg': { VoteWeighted: 'weighted-vote' },
  'cosmos.gov.v1.Query': { TallyResult: 'tally' },
  'cosmos.group.v1.Query': { VoteByProposalVoter: 'vote' },
  'cosmos.staking.v1beta1.Msg': {
    BeginRedelegate: 'redelegate',
    CancelUnbondingDelegation: 'cancel-unbond',
    Undelegate: 'unbond',
  },
  'cosmos.staking.v1beta1.Query': {
    DelegatorDelegations: 'delegations',
    DelegatorUnbondingDelegations: 'unbonding-delegations',
    Redelegations: 'redelegation',
    ValidatorDelegations: 'delegations-to',
    ValidatorUnbondingDelegations: 'unbonding-delegations-from',
  },
  'cosmos.tx.v1beta1.Service': { GetTx: 'tx', GetTxsEvent: 'txs', GetBlockWithTxs: 'block' },
  'cosmos.upgrade.v1beta1.Query': { AppliedPlan: 'applied', CurrentPlan: 'plan' },
}
