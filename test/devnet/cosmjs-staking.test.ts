// Unmodified CosmJS over real sockets, on a chain of proof of stake: its query extensions and its messages,
// signed both ways.
import { Secp256k1HdWallet } from '@cosmjs/amino'
import { stringToPath } from '@cosmjs/crypto'
import { DirectSecp256k1HdWallet, type EncodeObject, type OfflineSigner } from '@cosmjs/proto-signing'
import {
  assertIsDeliverTxSuccess,
  calculateFee,
  GasPrice,
  QueryClient,
  SigningStargateClient,
  setupAuthzExtension,
  setupDistributionExtension,
  setupFeegrantExtension,
  setupGovExtension,
  setupMintExtension,
  setupSlashingExtension,
  setupStakingExtension,
} from '@cosmjs/stargate'
import { Comet38Client } from '@cosmjs/tendermint-rpc'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { GenericAuthorization } from 'cosmjs-types/cosmos/authz/v1beta1/authz'
import { MsgSend } from 'cosmjs-types/cosmos/bank/v1beta1/tx'
import { BasicAllowance } from 'cosmjs-types/cosmos/feegrant/v1beta1/feegrant'
import { ProposalStatus, TextProposal, VoteOption } from 'cosmjs-types/cosmos/gov/v1beta1/gov'
import { type Devnet, startDevnet } from '../../devnet/devnet.ts'

const hdPaths = Array.from({ length: 8 }, (_, index) => stringToPath(`m/44'/118'/0'/0/${index}`))
const gasPrice = GasPrice.fromString('0.01utend')
const options = { prefix: 'tendril', hdPaths }
let devnet: Devnet
let signing: { direct: SigningStargateClient; amino: SigningStargateClient }
let queries: Awaited<ReturnType<typeof connect>>

const connect = async () => {
  const comet = await Comet38Client.connect(devnet.urls!.rpc)
  return QueryClient.withExtensions(
    comet,
    ...([setupStakingExtension, setupGovExtension, setupDistributionExtension, setupMintExtension] as const),
    ...([setupSlashingExtension, setupAuthzExtension, setupFeegrantExtension] as const),
  )
}
const client = (signer: OfflineSigner) =>
  SigningStargateClient.connectWithSigner(devnet.urls!.rpc, signer, { gasPrice, broadcastPollIntervalMs: 10 })

beforeAll(async () => {
  devnet = await startDevnet({ clock: {}, ports: { rpc: 0, rest: 0, grpc: 0 } })
  const direct = await client(await DirectSecp256k1HdWallet.fromMnemonic(devnet.mnemonic, options))
  signing = { direct, amino: await client(await Secp256k1HdWallet.fromMnemonic(devnet.mnemonic, options)) }
  queries = await connect()
})
afterAll(async () => {
  signing.direct.disconnect()
  signing.amino.disconnect()
  await devnet.stop()
})

/**
 * Times the simulated gas: a simulated transaction pays no fee, and CosmJS's own 1.4 is too little for a
 * small one.
 */
const MARGIN = 2
type Mode = 'direct' | 'amino'
const SEND = '/cosmos.bank.v1beta1.MsgSend'
const MODES: Mode[] = ['direct', 'amino']
const account = (index: number) => devnet.accounts[index]!.address
const operator = (index: number) => {
  const { addresses } = devnet.node.app
  return addresses.validator.text(addresses.bytes(account(index)))
}
const utend = (amount: number | string) => ({ denom: 'utend', amount: String(amount) })
const sent = async (mode: Mode, from: number, ...messages: EncodeObject[]) => {
  const result = await signing[mode].signAndBroadcast(account(from), messages, MARGIN, `as ${mode}`)
  assertIsDeliverTxSuccess(result)
  return result
}
const message = (typeUrl: string, value: object): EncodeObject => ({ typeUrl, value })
const balance = async (index: number) =>
  BigInt((await signing.direct.getBalance(account(index), 'utend')).amount)

describe.each(MODES)('staking, signed %s', (mode) => {
  const delegator = mode === 'direct' ? 4 : 5

  test('delegateTokens, and every question about it', async () => {
    const result = await signing[mode].delegateTokens(
      account(delegator),
      operator(0),
      utend(9_000_000),
      MARGIN,
    )
    assertIsDeliverTxSuccess(result)
    const { staking } = queries
    const { delegationResponse } = await staking.delegation(account(delegator), operator(0))
    expect(delegationResponse).toMatchObject({ balance: utend(9_000_000) })
    const all = await staking.delegatorDelegations(account(delegator))
    expect(all.delegationResponses.map(({ balance }) => balance)).toEqual([utend(9_000_000)])
    const ofValidator = await staking.validatorDelegations(operator(0))
    expect(ofValidator.delegationResponses).toContainEqual(delegationResponse)
    const { validator } = await staking.delegatorValidator(account(delegator), operator(0))
    expect(validator!.operatorAddress).toBe(operator(0))
    expect((await staking.delegatorValidators(account(delegator))).validators).toEqual([validator])
  })

  test('redelegation and undelegation wait in their queues', async () => {
    const value = { delegatorAddress: account(delegator), amount: utend(2_000_000) }
    const begin = { ...value, validatorSrcAddress: operator(0), validatorDstAddress: operator(1) }
    await sent(mode, delegator, message('/cosmos.staking.v1beta1.MsgBeginRedelegate', begin))
    const result = await signing[mode].undelegateTokens(
      ...([account(delegator), operator(0), utend(1_000_000), MARGIN] as const),
    )
    assertIsDeliverTxSuccess(result)
    const { staking } = queries
    const moved = await staking.redelegations(account(delegator), operator(0), operator(1))
    expect(moved.redelegationResponses[0]!.entries[0]!.balance).toBe('2000000')
    const { unbond } = await staking.unbondingDelegation(account(delegator), operator(0))
    expect(unbond!.entries.map(({ balance }) => balance)).toEqual(['1000000'])
    const own = await staking.delegatorUnbondingDelegations(account(delegator))
    expect(own.unbondingResponses).toEqual([unbond])
    const ofValidator = await staking.validatorUnbondingDelegations(operator(0))
    expect(ofValidator.unbondingResponses).toContainEqual(unbond)
    const { creationHeight } = unbond!.entries[0]!
    const cancel = { ...value, validatorAddress: operator(0), amount: utend(400_000), creationHeight }
    await sent(mode, delegator, message('/cosmos.staking.v1beta1.MsgCancelUnbondingDelegation', cancel))
    const rest = await staking.unbondingDelegation(account(delegator), operator(0))
    expect(rest.unbond!.entries[0]!.balance).toBe('600000')
  })

  test('rewards are asked for, sent elsewhere and withdrawn', async () => {
    const { distribution } = queries
    await devnet.mine(3)
    const pending = await distribution.delegationRewards(account(delegator), operator(0))
    expect(BigInt(pending.rewards[0]!.amount)).toBeGreaterThan(0n)
    const total = await distribution.delegationTotalRewards(account(delegator))
    expect(total.rewards.map(({ validatorAddress }) => validatorAddress).sort()).toEqual(
      [operator(0), operator(1)].sort(),
    )
    const { validators } = await distribution.delegatorValidators(account(delegator))
    expect([...validators].sort()).toEqual([operator(0), operator(1)].sort())
    const elsewhere = { delegatorAddress: account(delegator), withdrawAddress: account(7) }
    await sent(mode, delegator, message('/cosmos.distribution.v1beta1.MsgSetWithdrawAddress', elsewhere))
    const { withdrawAddress } = await distribution.delegatorWithdrawAddress(account(delegator))
    expect(withdrawAddress).toBe(account(7))
    const before = await balance(7)
    const result = await signing[mode].withdrawRewards(account(delegator), operator(0), MARGIN)
    assertIsDeliverTxSuccess(result)
    const { attributes } = result.events.find(({ type }) => type === 'withdraw_rewards')!
    const withdrawn = BigInt(attributes.find(({ key }) => key === 'amount')!.value.replace('utend', ''))
    expect(withdrawn).toBeGreaterThan(0n)
    expect(await balance(7)).toBe(before + withdrawn)
  })

  test('commission is withdrawn by its validator, and the description edited', async () => {
    const index = mode === 'direct' ? 2 : 3
    const { distribution, staking } = queries
    const { commission } = await distribution.validatorCommission(operator(index))
    expect(BigInt(commission!.commission[0]!.amount)).toBeGreaterThan(10n ** 18n)
    const own = { validatorAddress: operator(index) }
    // CosmJS's amino name of this message is not the SDK's, so that no chain takes it.
    await sent('direct', index, message('/cosmos.distribution.v1beta1.MsgWithdrawValidatorCommission', own))
    const left = await distribution.validatorCommission(operator(index))
    expect(BigInt(left.commission!.commission[0]!.amount)).toBeLessThan(
      BigInt(commission!.commission[0]!.amount),
    )
    const keep = '[do-not-modify]' // CosmJS's amino form of an empty text is not that of Go
    const description = {
      ...{ moniker: `edited ${mode} <&>`, identity: keep, website: 'https://a.b', securityContact: keep },
      details: keep,
    }
    const edit = { validatorAddress: operator(index), description, commissionRate: '', minSelfDelegation: '' }
    await sent(mode, index, message('/cosmos.staking.v1beta1.MsgEditValidator', edit))
    const { validator } = await staking.validator(operator(index))
    expect(validator!.description).toMatchObject({ moniker: `edited ${mode} <&>`, details: '' })
  })
})

describe.each(MODES)('gov, signed %s', (mode) => {
  test('a text proposal from deposit to tally', async () => {
    const content = {
      typeUrl: '/cosmos.gov.v1beta1.TextProposal',
      value: TextProposal.encode({ title: 'Words', description: `as ${mode}` }).finish(),
    }
    const submit = { content, proposer: account(4), initialDeposit: [utend(1_000_000)] }
    const result = await sent(mode, 4, message('/cosmos.gov.v1beta1.MsgSubmitProposal', submit))
    const submitted = result.events.find(({ type }) => type === 'submit_proposal')!
    const id = submitted.attributes.find(({ key }) => key === 'proposal_id')!.value
    const proposalId = BigInt(id)
    const { gov } = queries
    expect((await gov.proposal(id)).proposal!.status).toBe(ProposalStatus.PROPOSAL_STATUS_DEPOSIT_PERIOD)
    const deposit = { proposalId, depositor: account(5), amount: [utend(9_000_000)] }
    await sent(mode, 5, message('/cosmos.gov.v1beta1.MsgDeposit', deposit))
    expect((await gov.deposit(id, account(5))).deposit!.amount).toEqual([utend(9_000_000)])
    expect((await gov.deposits(id)).deposits).toHaveLength(2)
    const vote = { proposalId, voter: account(0), option: VoteOption.VOTE_OPTION_YES }
    await sent(mode, 0, message('/cosmos.gov.v1beta1.MsgVote', vote))
    const weighted = {
      ...{ proposalId, voter: account(1) },
      options: [
        { option: VoteOption.VOTE_OPTION_YES, weight: '700000000000000000' },
        { option: VoteOption.VOTE_OPTION_ABSTAIN, weight: '300000000000000000' },
      ],
    }
    await sent(mode, 1, message('/cosmos.gov.v1beta1.MsgVoteWeighted', weighted))
    expect((await gov.vote(id, account(0))).vote!.options).toEqual([
      { option: VoteOption.VOTE_OPTION_YES, weight: '1000000000000000000' },
    ])
    expect((await gov.votes(id)).votes).toHaveLength(2)
    const voting = await gov.proposals(ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD, '', '')
    expect(voting.proposals.map((each) => each.proposalId)).toEqual([proposalId])
    const tally = (await gov.tally(id)).tally!
    expect(BigInt(tally.yes)).toBeGreaterThan(3n * BigInt(tally.abstain))
    await devnet.mine(60)
    const { proposal } = await gov.proposal(id)
    expect(proposal!.status).toBe(ProposalStatus.PROPOSAL_STATUS_PASSED)
    expect(proposal!.finalTallyResult).toEqual(tally)
  })
})

describe.each(MODES)('authz and feegrant, signed %s', (mode) => {
  const [granter, grantee] = mode === 'direct' ? [4, 6] : [5, 7]

  test('a grant is shown, used and revoked', async () => {
    const msgTypeUrl = SEND
    const authorization = {
      typeUrl: '/cosmos.authz.v1beta1.GenericAuthorization',
      value: GenericAuthorization.encode({ msg: msgTypeUrl }).finish(),
    }
    const expiration = { seconds: 2_000_000_000n, nanos: 0 }
    const parties = { granter: account(granter), grantee: account(grantee) }
    const grant = { ...parties, grant: { authorization, expiration } }
    // CosmJS has no amino form of authz: these are signed directly in both rounds.
    await sent('direct', granter, message('/cosmos.authz.v1beta1.MsgGrant', grant))
    const { authz } = queries
    const { grants } = await authz.grants(account(granter), account(grantee), msgTypeUrl)
    expect(grants).toEqual([{ authorization, expiration }])
    expect((await authz.granterGrants(account(granter))).grants).toHaveLength(1)
    expect((await authz.granteeGrants(account(grantee))).grants).toHaveLength(1)
    const send = { fromAddress: account(granter), toAddress: account(grantee), amount: [utend(77)] }
    const before = await balance(granter)
    const exec = {
      grantee: account(grantee),
      msgs: [{ typeUrl: msgTypeUrl, value: MsgSend.encode(send).finish() }],
    }
    await sent('direct', grantee, message('/cosmos.authz.v1beta1.MsgExec', exec))
    expect(await balance(granter)).toBe(before - 77n)
    await sent('direct', granter, message('/cosmos.authz.v1beta1.MsgRevoke', { ...parties, msgTypeUrl }))
    await expect(authz.grants(account(granter), account(grantee), msgTypeUrl)).rejects.toThrow(
      'authorization not found',
    )
  })

  test('an allowance pays the fee of another', async () => {
    const allowance = {
      typeUrl: '/cosmos.feegrant.v1beta1.BasicAllowance',
      value: BasicAllowance.encode({ spendLimit: [utend(5_000_000)] }).finish(),
    }
    const value = { granter: account(granter), grantee: account(grantee), allowance }
    await sent('direct', granter, message('/cosmos.feegrant.v1beta1.MsgGrantAllowance', value))
    const { feegrant } = queries
    expect((await feegrant.allowance(account(granter), account(grantee))).allowance).toEqual(value)
    expect((await feegrant.allowances(account(grantee))).allowances).toEqual([value])
    const fee = { ...calculateFee(200_000, gasPrice), granter: account(granter) }
    const before = await balance(grantee)
    const transfer = { fromAddress: account(grantee), toAddress: account(0), amount: [utend(1)] }
    const send = message(SEND, transfer)
    assertIsDeliverTxSuccess(await signing[mode].signAndBroadcast(account(grantee), [send], fee))
    expect(await balance(grantee)).toBe(before - 1n)
  })
})

describe('questions about the whole chain', () => {
  test('staking', async () => {
    const { staking } = queries
    expect((await staking.validators('BOND_STATUS_BONDED')).validators).toHaveLength(4)
    expect((await staking.validators('')).validators).toHaveLength(4)
    expect((await staking.params()).params).toMatchObject({ bondDenom: 'utend', maxValidators: 100 })
    const { validators } = await staking.validators('')
    const bonded = validators.reduce((sum, { tokens }) => sum + BigInt(tokens), 0n)
    expect((await staking.pool()).pool!.bondedTokens).toBe(String(bonded))
    expect((await staking.historicalInfo(3)).hist!.header!.height).toBe(3n)
  })

  test('distribution, mint and slashing', async () => {
    const { distribution, mint, slashing } = queries
    expect((await distribution.params()).params!.communityTax).toBe('20000000000000000')
    await expect(distribution.communityPool()).rejects.toThrow('external community pool is enabled')
    const outstanding = await distribution.validatorOutstandingRewards(operator(0))
    expect(BigInt(outstanding.rewards!.rewards[0]!.amount)).toBeGreaterThan(0n)
    expect((await distribution.validatorSlashes(operator(0), 1, 1000)).slashes).toEqual([])
    expect((await mint.params()).goalBonded.toString()).toBe('0.67')
    expect((await mint.inflation()).toFloatApproximation()).toBeGreaterThan(0.12)
    expect((await mint.annualProvisions()).toFloatApproximation()).toBeGreaterThan(1e12)
    expect((await slashing.params()).params!.signedBlocksWindow).toBe(100n)
    const { info } = await slashing.signingInfos()
    expect(info).toHaveLength(4)
    const text = devnet.node.app.addresses.consensus.text(devnet.validator(0).address)
    expect((await slashing.signingInfo(text)).valSigningInfo.address).toBe(text)
  })

  test('what is not there is an error in the words of the SDK', async () => {
    const { staking, gov } = queries
    await expect(staking.delegation(account(6), operator(3))).rejects.toThrow(
      `delegation with delegator ${account(6)} not found for validator ${operator(3)}`,
    )
    await expect(gov.proposal(99)).rejects.toThrow("proposal 99 doesn't exist")
  })
})
