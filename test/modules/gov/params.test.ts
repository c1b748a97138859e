// Which parameters, metadata and genesis files are accepted, and what is said of those that are not.
import { create, createRegistry, type JsonValue } from '@bufbuild/protobuf'
import { DurationSchema } from '@bufbuild/protobuf/wkt'
import { describe, expect, test } from '@jest/globals'
import { catalog } from '../../../chain/runtime/app/catalog.ts'
import { fromJson, toJson } from '../../../chain/runtime/json.ts'
import { bank } from '../../../modules/bank/module.ts'
import { checkMetadataText } from '../../../modules/gov/metadata.ts'
import { defaultParams, durationText, paramsProblem } from '../../../modules/gov/params.ts'
import { GenesisStateSchema } from '../../../proto/gen/cosmos/gov/v1/genesis_pb.ts'
import { type Params, ParamsSchema } from '../../../proto/gen/cosmos/gov/v1/gov_pb.ts'
import { vectorText } from '../../vectors.ts'
import { settings } from '../stage.ts'
import { ann, openGov, payment, text, VoteOption, zoe } from './open.ts'

const seconds = (value: bigint, nanos = 0) => create(DurationSchema, { seconds: value, nanos })
const coinOf = (amount: string) => [
  { $typeName: 'cosmos.base.v1beta1.Coin' as const, denom: 'stake', amount },
]
const problem = (change: Partial<Params>): string | undefined =>
  paramsProblem({ ...defaultParams('stake'), ...change }, settings.addresses)

describe('parameters', () => {
  test('of the default genesis are those of Go', () => {
    expect(problem({})).toBeUndefined()
    expect(toJson(ParamsSchema, defaultParams('stake'), createRegistry())).toEqual({
      min_deposit: [{ denom: 'stake', amount: '10000000' }],
      max_deposit_period: '172800s',
      voting_period: '172800s',
      quorum: '0.334000000000000000',
      threshold: '0.500000000000000000',
      veto_threshold: '0.334000000000000000',
      min_initial_deposit_ratio: '0.000000000000000000',
      proposal_cancel_ratio: '0.500000000000000000',
      proposal_cancel_dest: '',
      expedited_voting_period: '86400s',
      expedited_threshold: '0.667000000000000000',
      expedited_min_deposit: [{ denom: 'stake', amount: '50000000' }],
      burn_vote_quorum: false,
      burn_proposal_deposit_prevote: false,
      burn_vote_veto: true,
      min_deposit_ratio: '0.010000000000000000',
    })
  })

  test.each<[Partial<Params>, string]>([
    [{ minDeposit: [] }, 'invalid minimum deposit: '],
    [{ minDeposit: coinOf('0') }, 'invalid minimum deposit: 0stake'],
    [
      { expeditedMinDeposit: coinOf('10000000') },
      'expedited minimum deposit must be greater than minimum deposit: 10000000stake',
    ],
    [{ maxDepositPeriod: seconds(0n) }, 'maximum deposit period must be positive: 0'],
    [{ quorum: '1.01' }, 'quorom too large: 1.01'],
    [{ quorum: '-0.1' }, 'quorom cannot be negative: -0.100000000000000000'],
    [{ quorum: '' }, 'invalid quorum string: decimal string cannot be empty'],
    [{ threshold: '0' }, 'vote threshold must be positive: 0.000000000000000000'],
    [{ threshold: '1.5' }, 'vote threshold too large: 1.500000000000000000'],
    [
      { expeditedThreshold: '0.5' },
      'expedited vote threshold 0.500000000000000000, ' +
        'must be greater than the regular threshold 0.500000000000000000',
    ],
    [{ vetoThreshold: '2' }, 'veto threshold too large: 2.000000000000000000'],
    [
      { expeditedVotingPeriod: seconds(172_800n) },
      'expedited voting period 48h0m0s must be strictly less that the regular voting period 48h0m0s',
    ],
    [{ votingPeriod: seconds(-1n) }, 'voting period must be positive: -1s'],
    [
      { minInitialDepositRatio: '-1' },
      'mininum initial deposit ratio of proposal must be positive: -1.000000000000000000',
    ],
    [{ proposalCancelRatio: '1.1' }, 'burn rate of cancel proposal is too large: 1.100000000000000000'],
    [{ proposalCancelDest: 'here' }, 'deposits destination address is invalid: here'],
  ])('%j are refused', (change, expected) => {
    expect(problem(change)).toBe(expected)
  })

  test('are changed by a proposal, and the next proposal is under the new ones', () => {
    const chain = openGov()
    expect(() => chain.msg.updateParams({ authority: text(ann), params: defaultParams('stake') })).toThrow(
      'expected gov account as only signer for proposal message',
    )
    const authority = settings.authority
    chain.msg.updateParams({ authority, params: { ...defaultParams('stake'), minDeposit: coinOf('7') } })
    const id = chain.propose({ initialDeposit: [{ denom: 'stake', amount: '7' }] })
    chain.vote(ann, id, VoteOption.YES)
    expect(() => chain.msg.updateParams({ authority })).toThrow('invalid minimum deposit: ')
  })
})

test('a duration reads as Go prints it', () => {
  const texts = [0n, 1n, 1_500n, 2_000_001n, 1_000_000_000n, 90_500_000_000n, 3_600_000_000_000n].map(
    durationText,
  )
  expect(texts).toEqual(['0s', '1ns', '1.5µs', '2.000001ms', '1s', '1m30.5s', '1h0m0s'])
})

describe('metadata', () => {
  const check = (metadata: string) => () => checkMetadataText(metadata, 'T', 'S')
  test.each([
    '',
    'ipfs://x',
    '[]',
    '7',
    '{"title":7}',
    '{"authors":"me","title":"X"}',
    '{"title":"T","SUMMARY":"S"}',
  ])('%s may stand there', (metadata) => {
    expect(check(metadata)).not.toThrow()
  })
  test.each([
    ['null', "metadata title '' must equal proposal title 'T'"],
    ['{"title":"X","summary":"S"}', "metadata title 'X' must equal proposal title 'T'"],
    ['{"title":"T","authors":[null]}', "metadata summary '' must equal proposal summary 'S'"],
  ])('%s contradicts the proposal', (metadata, expected) => {
    expect(check(metadata)).toThrow(expected)
  })
})

describe('a genesis', () => {
  const export_ = (chain: ReturnType<typeof openGov>) => {
    const { registry } = catalog([chain.module, bank(chain.bank)])
    const { genesis } = chain.module
    return {
      registry,
      json: toJson(GenesisStateSchema, create(GenesisStateSchema, genesis!.export(chain.ctx)), registry),
    }
  }

  test('of a running chain goes in and comes out the same, and its proposals go on', () => {
    const first = openGov()
    const id = first.propose({ messages: [payment(zoe, 1n)] })
    first.propose({ initialDeposit: [{ denom: 'stake', amount: '10' }] })
    first.vote(ann, id, VoteOption.YES)
    const { registry, json } = export_(first)
    const second = openGov()
    second.giveModule('gov', [{ denom: 'stake', amount: 110n }])
    const state = fromJson(GenesisStateSchema, json, registry)
    second.module.genesis!.validate!(state)
    second.module.genesis!.init(second.ctx, state)
    expect(export_(second).json).toEqual(json)
    second.pass(2 * 86_400)
    expect(second.proposal(id)!.finalTallyResult!.yesCount).toBe('500')
    expect(second.proposal(2n)).toBeUndefined()
    expect(second.balance(ann)).toBe(1000n + 110n)
  })

  test('must hold the deposits that it names', () => {
    const first = openGov()
    first.propose()
    const { registry, json } = export_(first)
    const second = openGov()
    expect(() =>
      second.module.genesis!.init(second.ctx, fromJson(GenesisStateSchema, json, registry)),
    ).toThrow('expected module account was  but we got 100stake')
  })

  test.each<[Record<string, JsonValue>, string]>([
    [{ starting_proposal_id: '0' }, 'starting proposal id must be greater than 0'],
    [{ proposals: [{ id: '1' }, { id: '1' }] }, 'duplicate proposal id: 1'],
    [{ votes: [{ proposal_id: '4', voter: 'x' }] }, 'has non-existent proposal id: 4'],
    [
      { proposals: [{ id: '1' }], deposits: Array(2).fill({ proposal_id: '1', depositor: 'x' }) },
      'duplicate deposit',
    ],
  ])('%j is refused', (change, expected) => {
    const chain = openGov()
    const { registry, json } = export_(chain)
    const state = fromJson(GenesisStateSchema, { ...(json as object), ...change }, registry)
    expect(() => chain.module.genesis!.validate!(state)).toThrow(expected)
  })

  test('of the recorded chain is read', () => {
    const chain = openGov()
    const { app_state } = JSON.parse(vectorText('wasmd/genesis.json.gz')) as { app_state: { gov: JsonValue } }
    const state = fromJson(GenesisStateSchema, app_state.gov, export_(chain).registry)
    chain.module.genesis!.validate!(state)
    expect(state.params!.votingPeriod!.seconds).toBe(25n)
  })
})
