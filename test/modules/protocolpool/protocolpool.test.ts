import { create } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import { moduleAddress, ONE } from '../../../chain/module.ts'
import { instant } from '../../../chain/time.ts'
import { percentageOf } from '../../../modules/protocolpool/distribution.ts'
import { protocolPool } from '../../../modules/protocolpool/module.ts'
import { GenesisStateSchema } from '../../../proto/gen/cosmos/protocolpool/v1/genesis_pb.ts'
import { Query } from '../../../proto/gen/cosmos/protocolpool/v1/query_pb.ts'
import { Msg } from '../../../proto/gen/cosmos/protocolpool/v1/tx_pb.ts'
import { callMessage, callQuery } from '../calls.ts'
import { openStage, person, settings } from '../stage.ts'

const ESCROW = 'protocolpool_escrow'
const POOL = 'protocolpool'
const { authority, addresses } = settings
const [anna, bert] = [person(1), person(2)]
const text = addresses.text
const percent = (value: bigint) => `${(value * ONE) / 100n}`
const stake = (amount: bigint) => [{ denom: 'stake', amount }]

const open = (genesis: object = {}) => {
  const stage = openStage()
  const keeper = protocolPool(settings, stage)
  const { module } = keeper
  const part = module.genesis!
  part.init(stage.ctx, create(GenesisStateSchema, { ...part.default(), ...genesis } as object))
  return {
    ...stage,
    keeper,
    module,
    msg: callMessage(module, Msg, stage.ctx),
    query: callQuery(module, Query, stage.ctx),
    /** A block before which distribution paid this much. */
    block(amount: bigint, denom = 'stake') {
      stage.giveModule(ESCROW, [{ denom, amount }])
      stage.advance()
      module.beginBlock!(stage.ctx)
    },
  }
}
const fund = (recipient: Uint8Array, part: bigint, expiry?: { seconds: bigint; nanos: number }) => ({
  recipient: text(recipient),
  percentage: percent(part),
  ...(expiry && { expiry }),
})

describe('a block', () => {
  test('gives every fund its share and the community the rest', () => {
    const opened = open({ continuousFunds: [fund(anna, 30n), fund(bert, 5n)] })
    opened.block(101n)
    expect(opened.balance(anna)).toBe(30n)
    expect(opened.balance(bert)).toBe(5n)
    expect(opened.balance(POOL)).toBe(66n)
    expect(opened.balance(ESCROW)).toBe(0n)
    expect(opened.query.communityPool({}).pool).toMatchObject([{ denom: 'stake', amount: '66' }])
  })

  test('does so only at its frequency, and only with enabled denominations', () => {
    const opened = open({ params: { enabledDistributionDenoms: ['stake'], distributionFrequency: 3n } })
    opened.giveModule(ESCROW, [{ denom: 'other', amount: 9n }])
    opened.block(10n)
    expect([opened.ctx.block.height, opened.balance(POOL)]).toEqual([2n, 0n])
    opened.block(10n)
    expect(opened.balance(POOL)).toBe(20n)
    expect(opened.balance(ESCROW, 'other')).toBe(9n)
  })

  test('writes and says nothing where there is nothing', () => {
    const opened = open({ continuousFunds: [fund(anna, 30n)] })
    opened.auth.moduleAccount(opened.ctx, ESCROW)
    opened.advance()
    opened.module.beginBlock!(opened.ctx)
    expect(opened.ctx.events).toEqual([])
  })

  test('ends a fund that is over, in the first block after its expiry', () => {
    const now = open().ctx.block.timeNs
    const opened = open({ continuousFunds: [fund(anna, 50n, instant(now + 1_000_000_000n))] })
    opened.block(10n)
    expect(opened.balance(anna)).toBe(5n)
    opened.block(10n)
    expect(opened.balance(anna)).toBe(5n)
    expect(opened.query.continuousFunds({}).continuousFunds).toEqual([])
  })

  test('ends the fund of a recipient that may not receive, and gives its share to the community', () => {
    const blocked = moduleAddress('mint')
    const opened = open()
    // Such a fund cannot be made by a message; a chain that blocks an address later has it.
    const key = new Uint8Array([3, ...blocked])
    const other = open({ continuousFunds: [fund(anna, 50n)] })
    const [, value] = [...other.ctx.store(POOL).iterate(new Uint8Array([3]), new Uint8Array([4]))][0]!
    opened.ctx.store(POOL).set(key, value)
    opened.block(10n)
    expect(opened.balance(POOL)).toBe(10n)
    expect(opened.ctx.store(POOL).has(key)).toBe(false)
  })

  test('takes percentages of the amounts as Go finds them: a list out of order hides some', () => {
    const sorted = [
      { denom: 'aaa', amount: 10n },
      { denom: 'bbb', amount: 20n },
      { denom: 'ccc', amount: 30n },
    ]
    const share = (list: typeof sorted) => percentageOf(ONE / 2n, list)
    expect(share(sorted)).toEqual([
      { denom: 'aaa', amount: 5n },
      { denom: 'bbb', amount: 10n },
      { denom: 'ccc', amount: 15n },
    ])
    expect(share([sorted[1]!, sorted[0]!])).toEqual([{ denom: 'aaa', amount: 5n }])
  })
})

describe('messages', () => {
  const refused = (body: () => unknown, codespace: string, code: number, message?: string) => {
    let error: unknown
    try {
      body()
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ codespace, code, ...(message !== undefined && { message }) })
  }

  test('anybody may fund the pool', () => {
    const { msg, give, balance } = open()
    give(anna, stake(10n))
    msg.fundCommunityPool({ depositor: text(anna), amount: [{ denom: 'stake', amount: '4' }] })
    expect([balance(anna), balance(POOL)]).toEqual([6n, 4n])
    const empty = () => msg.fundCommunityPool({ depositor: text(anna), amount: [] })
    refused(empty, 'sdk', 10, 'amount cannot be nil: invalid coins')
    const twice = [
      { denom: 'stake', amount: '1' },
      { denom: 'stake', amount: '1' },
    ]
    const repeated = () => msg.fundCommunityPool({ depositor: text(anna), amount: twice })
    refused(repeated, 'sdk', 10, '1stake,1stake: invalid coins')
  })

  test('the authority alone spends it, and not more than there is', () => {
    const { msg, giveModule, balance } = open()
    giveModule(POOL, stake(10n))
    const spend = (signer: string, amount: string) => () =>
      msg.communityPoolSpend({
        authority: signer,
        recipient: text(bert),
        amount: [{ denom: 'stake', amount }],
      })
    refused(spend(text(anna), '1'), 'protocolpool', 2)
    refused(spend('x', '1'), 'sdk', 7)
    refused(spend(authority, '11'), 'sdk', 5)
    spend(authority, '7')()
    expect([balance(bert), balance(POOL)]).toEqual([7n, 3n])
  })

  test('a fund is made once for a recipient, and all together take at most everything', () => {
    const { msg, query } = open()
    const make = (recipient: Uint8Array, part: bigint, more: object = {}) =>
      msg.createContinuousFund({ authority, recipient: text(recipient), percentage: percent(part), ...more })
    make(anna, 60n)
    expect(query.continuousFund({ recipient: text(anna) }).continuousFund).toMatchObject({
      percentage: percent(60n),
    })
    const plain = (body: () => unknown, message: string) => refused(body, 'undefined', 1, message)
    plain(() => make(anna, 10n), `continuous fund already exists for recipient ${text(anna)}`)
    plain(
      () => make(bert, 41n),
      'cannot set continuous fund proposal\ntotal funds percentage exceeds 100\ncurrent total percentage: 60',
    )
    plain(() => make(bert, 0n), 'invalid continuous fund: percentage cannot be zero or empty')
    plain(() => make(bert, 101n), 'invalid continuous fund: percentage cannot be greater than one')
    plain(
      () => make(bert, 1n, { expiry: { seconds: 0n, nanos: 500_000_000 } }),
      'expiry time 1970-01-01 00:00:00.5 +0000 UTC cannot be less than the current block time ' +
        '2023-11-14 22:13:20 +0000 UTC',
    )
    const mint = moduleAddress('mint')
    plain(() => make(mint, 1n), `recipient is blocked in the bank keeper: ${text(mint)}`)
    make(bert, 40n)
  })

  test('a fund is cancelled by the authority, and the answer says when', () => {
    const { msg, query, ctx } = open({ continuousFunds: [fund(anna, 10n)] })
    const cancel = () => msg.cancelContinuousFund({ authority, recipient: text(anna) })
    expect(cancel()).toMatchObject({
      canceledHeight: 1n,
      canceledTime: instant(ctx.block.timeNs),
      recipient: text(anna),
    })
    refused(cancel, 'undefined', 1)
    expect(() => query.continuousFund({ recipient: text(anna) })).toThrow(`not found ${text(anna)}`)
  })

  test('parameters name each denomination once and a frequency', () => {
    const { msg, query } = open()
    const update = (params: object) => () => msg.updateParams({ authority, params })
    refused(
      update({ enabledDistributionDenoms: ['stake', 'stake'], distributionFrequency: 1n }),
      'undefined',
      1,
      'invalid params: duplicate enabled distribution denom stake',
    )
    refused(
      update({ enabledDistributionDenoms: ['stake'] }),
      'undefined',
      1,
      'invalid params: DistributionFrequency must be greater than 0',
    )
    update({ enabledDistributionDenoms: [], distributionFrequency: 5n })()
    expect(query.params({}).params).toMatchObject({
      enabledDistributionDenoms: [],
      distributionFrequency: 5n,
    })
  })
})

describe('genesis', () => {
  test('what is exported starts the same chain again, without funds that are over', () => {
    const now = open().ctx.block.timeNs
    const funds = [fund(anna, 10n), fund(bert, 20n, instant(now - 1n))]
    const first = open({ continuousFunds: funds })
    const exported = first.module.genesis!.export(first.ctx)
    expect(exported).toMatchObject({ continuousFunds: [{ recipient: text(anna) }] })
    const second = open(exported)
    expect([...second.ctx.store(POOL).iterate()]).toEqual([...first.ctx.store(POOL).iterate()])
  })

  test.each([
    [[fund(anna, 60n), fund(bert, 41n)], 'total percentage cannot be greater than 100'],
    [[fund(anna, 1n), fund(anna, 1n)], 'duplicated continuous fund recipient address'],
    [[{ recipient: '', percentage: '1' }], 'recipient cannot be empty'],
  ])('%# is refused', (continuousFunds, why) => {
    const { module } = open()
    const { params } = module.genesis!.default() as { params: object }
    const genesis = create(GenesisStateSchema, { continuousFunds, params })
    expect(() => module.genesis!.validate!(genesis)).toThrow(why)
  })
})
