// Validators that do not sign: how long that goes well, what it costs, and the way back.
import { create } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import { toHex, uint64BE } from '../../../chain/bytes.ts'
import { ONE } from '../../../chain/module.ts'
import { clearMissed, isMissed, missedPlaces, setMissed } from '../../../modules/slashing/bitmap.ts'
import { defaultParams, type SlashingParams } from '../../../modules/slashing/params.ts'
import { BondStatus } from '../../../modules/staking/validator.ts'
import { GenesisStateSchema } from '../../../proto/gen/cosmos/slashing/v1beta1/genesis_pb.ts'
import { Query } from '../../../proto/gen/cosmos/slashing/v1beta1/query_pb.ts'
import { Msg } from '../../../proto/gen/cosmos/slashing/v1beta1/tx_pb.ts'
import { callMessage, callQuery } from '../calls.ts'
import { account, consAddress, openStage, operator, POWER, settings } from '../staking/stage.ts'

const error = (codespace: string, code: number) => expect.objectContaining({ codespace, code })
const consText = (number: number): string => settings.addresses.consensus.text(consAddress(number))

/** Validators 1 and 2 of ten units each in the set; a window of ten blocks of which five must be signed. */
const watched = (params: Partial<SlashingParams> = {}) => {
  const stage = openStage()
  stage.slasher.state.params.set(stage.ctx, { ...defaultParams, signedBlocksWindow: 10n, ...params })
  stage.found(1, 10n * POWER)
  stage.found(2, 10n * POWER)
  stage.next()
  const info = (number: number) => stage.slasher.signingInfo(stage.ctx, consAddress(number))!
  const run = (blocks: number, vote: 'signed' | 'missed') => {
    for (let i = 0; i < blocks; i++)
      stage.next(1n, { 2: 'signed', ...(stage.validator(1).status === BondStatus.BONDED && { 1: vote }) })
  }
  return { ...stage, info, run }
}

describe('a validator that misses blocks', () => {
  test('is told of each, and keeps its place as long as it signed half of the window', () => {
    const stage = watched()
    stage.run(8, 'signed')
    stage.run(5, 'missed')
    expect(stage.info(1)).toMatchObject({ missedBlocks: 5n, indexOffset: 13n, startHeight: 1n })
    expect(stage.events('liveness')).toEqual([{ address: consText(1), missed_blocks: '5', height: '15' }])
    stage.run(7, 'signed')
    expect(stage.info(1).missedBlocks).toBe(3n)
    expect(stage.validator(1).jailed).toBe(false)
  })

  test('is slashed and jailed with the next one, and begins anew', () => {
    const stage = watched()
    stage.run(8, 'signed')
    stage.run(6, 'missed')
    expect(stage.validator(1)).toMatchObject({ jailed: true, tokens: (99n * POWER) / 10n })
    expect(stage.events('slash')).toEqual([
      {
        address: consText(1),
        power: '10',
        reason: 'missing_signature',
        jailed: consText(1),
        burned_coins: '100000',
      },
    ])
    expect(stage.info(1)).toMatchObject({ missedBlocks: 0n, indexOffset: 0n })
    expect(stage.info(1).jailedUntilNs).toBe(stage.ctx.block.timeNs + 600_000_000_000n)
    expect(missedPlaces(stage.ctx, consAddress(1))).toEqual([])
    expect(stage.next()).toEqual(['1:0'])
    expect(stage.broken()).toEqual([])
  })

  test('is not slashed before it has been there for a whole window', () => {
    const stage = watched()
    stage.run(9, 'missed')
    expect(stage.info(1).missedBlocks).toBe(9n)
    expect(stage.validator(1).jailed).toBe(false)
    stage.run(1, 'missed')
    expect(stage.validator(1).jailed).toBe(true)
  })

  test('and is jailed already is not watched any more', () => {
    const stage = watched()
    stage.keeper.jail(stage.ctx, consAddress(1))
    const before = stage.info(1)
    stage.next(1n, { 1: 'missed', 2: 'signed' })
    expect(stage.info(1)).toEqual(before)
  })
})

describe('the way out of jail', () => {
  const jailed = () => {
    const stage = watched()
    stage.run(10, 'missed')
    expect(stage.validator(1).jailed).toBe(true)
    return stage
  }

  test('is open once the time is over, and leads back into the set', () => {
    const stage = jailed()
    stage.next()
    expect(() => stage.unjail({ validatorAddr: operator(1) })).toThrow(error('slashing', 4))
    stage.next(600n)
    stage.unjail({ validatorAddr: operator(1) })
    const height = stage.ctx.block.height
    expect(stage.next()).toEqual(['1:9'])
    expect(stage.info(1)).toMatchObject({ startHeight: height, missedBlocks: 0n })
  })

  test('is closed for the tombstoned, the free, and those who have too little of their own', () => {
    const stage = jailed()
    stage.slasher.tombstone(stage.ctx, consAddress(1))
    stage.next(600n)
    expect(() => stage.unjail({ validatorAddr: operator(1) })).toThrow(error('slashing', 4))
    expect(() => stage.slasher.tombstone(stage.ctx, consAddress(1))).toThrow(error('slashing', 9))
    expect(() => stage.unjail({ validatorAddr: operator(2) })).toThrow(error('slashing', 5))
    expect(() => stage.unjail({ validatorAddr: operator(3) })).toThrow(error('staking', 3))
    expect(() => stage.unjail({ validatorAddr: account(1) })).toThrow(error('sdk', 7))
    stage.delegate(7, 1, POWER)
    stage.undelegate(1, 1, (98n * POWER) / 10n)
    stage.undelegate(1, 1, POWER / 10n)
    expect(() => stage.unjail({ validatorAddr: operator(1) })).toThrow(error('slashing', 7))
  })
})

describe('the bits of missed blocks', () => {
  test('lie in chunks as the Go bitset writes them', () => {
    const { ctx } = openStage()
    const address = consAddress(1)
    for (const index of [0n, 63n, 64n, 1023n, 1024n]) setMissed(ctx, address, index, true)
    expect([0n, 1n, 63n, 64n, 1023n, 1024n, 1025n].map((index) => isMissed(ctx, address, index))).toEqual([
      ...[true, false, true, true, true, true, false],
    ])
    const [first, second, ...rest] = [
      ...ctx.store('slashing').iterate(new Uint8Array([2]), new Uint8Array([3])),
    ]
    expect(rest).toEqual([])
    expect(toHex(first![0])).toBe(`0214${toHex(address)}0000000000000000`)
    expect(toHex(second![0])).toBe(`0214${toHex(address)}0100000000000000`)
    const words = ['8000000000000001', '0000000000000001', ...new Array(13).fill('0000000000000000')]
    expect(toHex(first![1])).toBe(`${toHex(uint64BE(1024n))}${words.join('')}8000000000000000`)
    setMissed(ctx, address, 63n, false)
    expect(missedPlaces(ctx, address)).toEqual([0n, 64n, 1023n, 1024n])
    clearMissed(ctx, address)
    expect(missedPlaces(ctx, address)).toEqual([])
  })
})

describe('parameters and genesis of slashing', () => {
  const half = new TextEncoder().encode(`${ONE / 2n}`)
  const wanted = {
    ...{ signedBlocksWindow: 20n, minSignedPerWindow: half, downtimeJailDuration: { seconds: 60n } },
    ...{ slashFractionDoubleSign: half, slashFractionDowntime: half },
  }
  test('are changed by governance alone, to what can be', () => {
    const stage = watched()
    const { updateParams } = callMessage(stage.slashingModule, Msg, stage.ctx)
    const update = (params: object, authority = settings.authority) =>
      updateParams({ authority, params: { ...wanted, ...params } })
    const text = (value: bigint) => new TextEncoder().encode(`${value}`)
    expect(() => update({}, account(1))).toThrow(error('gov', 13))
    expect(() => update({ signedBlocksWindow: 0n })).toThrow(/signed blocks window must be positive: 0/)
    expect(() => update({ minSignedPerWindow: new Uint8Array() })).toThrow(
      /min signed per window cannot be nil/,
    )
    expect(() => update({ minSignedPerWindow: text(ONE + 1n) })).toThrow(
      /min signed per window too large: 1\.0*1/,
    )
    expect(() => update({ downtimeJailDuration: {} })).toThrow(/downtime jail duration must be positive: 0s/)
    expect(() => update({ slashFractionDoubleSign: text(-1n) })).toThrow(
      /double sign slash fraction cannot be neg/,
    )
    expect(() => update({ slashFractionDowntime: text(2n * ONE) })).toThrow(
      /downtime slash fraction too large/,
    )
    update({})
    expect(stage.slasher.params(stage.ctx)).toMatchObject({ signedBlocksWindow: 20n })
    expect(callQuery(stage.slashingModule, Query, stage.ctx).params({}).params?.signedBlocksWindow).toBe(20n)
  })

  test('of a genesis may be whatever a running chain may have made of them', () => {
    const { slashingModule } = openStage()
    const check = (params: object) => () =>
      slashingModule.genesis!.validate!(create(GenesisStateSchema, { params: { ...wanted, ...params } }))
    expect(check({})).not.toThrow()
    expect(check({ signedBlocksWindow: 9n, downtimeJailDuration: { seconds: 2n } })).not.toThrow()
    expect(check({ signedBlocksWindow: 0n })).toThrow('signed blocks window must be positive: 0')
  })
})
