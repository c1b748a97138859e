// Double signs, and evidence that is handed in.
import { create, toBinary } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import type { Misbehavior } from '../../../chain/abci/application.ts'
import { toHex } from '../../../chain/bytes.ts'
import { sha256 } from '../../../chain/hash.ts'
import { GoPanic, plainError } from '../../../chain/module.ts'
import { type EvidenceOptions, evidence } from '../../../modules/evidence/module.ts'
import { SendAuthorizationSchema } from '../../../proto/gen/cosmos/bank/v1beta1/authz_pb.ts'
import { EquivocationSchema } from '../../../proto/gen/cosmos/evidence/v1beta1/evidence_pb.ts'
import { Query } from '../../../proto/gen/cosmos/evidence/v1beta1/query_pb.ts'
import { Msg } from '../../../proto/gen/cosmos/evidence/v1beta1/tx_pb.ts'
import { callMessage, callQuery } from '../calls.ts'
import { account, consAddress, openStage, operator, POWER, settings } from '../staking/stage.ts'

const error = (codespace: string, code: number) => expect.objectContaining({ codespace, code })
const consText = (number: number): string => settings.addresses.consensus.text(consAddress(number))

/** Validators 1 and 2 of ten units each, and some blocks. */
const watched = (options: EvidenceOptions = {}) => {
  const stage = openStage()
  const module = evidence(settings, { staking: stage.keeper, slashing: stage.slasher }, options)
  stage.found(1, 10n * POWER)
  stage.found(2, 10n * POWER)
  for (let i = 0; i < 4; i++) stage.next(5n)
  const doubleSign = (number: number, height: bigint, timeNs = stage.ctx.block.timeNs): void => {
    const misbehavior: Misbehavior = {
      type: 'duplicate vote',
      validator: { address: consAddress(number), power: 10n },
      height,
      timeNs,
      totalVotingPower: 20n,
    }
    stage.ctx.block = { ...stage.ctx.block, misbehavior: [misbehavior] }
    module.beginBlock!(stage.ctx)
  }
  const { submitEvidence } = callMessage(module, Msg, stage.ctx)
  return {
    ...stage,
    evidenceModule: module,
    doubleSign,
    submitEvidence,
    ask: callQuery(module, Query, stage.ctx),
  }
}

describe('a double sign', () => {
  test('costs a twentieth, the place in the set, and the way back', () => {
    const stage = watched()
    stage.doubleSign(1, 4n)
    expect(stage.validator(1)).toMatchObject({ jailed: true, tokens: (95n * POWER) / 10n })
    expect(stage.events('slash')).toEqual([
      { address: consText(1), power: '10', reason: 'double_sign', burned_coins: '500000' },
      { jailed: consText(1) },
    ])
    expect(stage.slasher.signingInfo(stage.ctx, consAddress(1))).toMatchObject({
      tombstoned: true,
      jailedUntilNs: 253_402_300_799_000_000_000n,
    })
    stage.next()
    expect(() => stage.unjail({ validatorAddr: operator(1) })).toThrow(error('slashing', 4))
    expect(stage.broken()).toEqual([])
  })

  test('is kept under the hash of its message, and told to who asks', () => {
    const stage = watched()
    const timeNs = stage.ctx.block.timeNs
    stage.doubleSign(1, 4n)
    const message = create(EquivocationSchema, {
      ...{ height: 4n, power: 10n, consensusAddress: consText(1) },
      time: { seconds: timeNs / 1_000_000_000n, nanos: 0 },
    })
    const hash = toHex(sha256(toBinary(EquivocationSchema, message)))
    const kept = stage.ask.evidence({ hash }).evidence
    expect(kept?.typeUrl).toBe('/cosmos.evidence.v1beta1.Equivocation')
    expect(toHex(sha256(kept!.value))).toBe(hash)
    expect(stage.ask.allEvidence({}).evidence).toEqual([kept])
    expect(() => stage.ask.evidence({ hash: 'ab' })).toThrow('evidence ab not found')
    expect(() => stage.ask.evidence({ hash: '' })).toThrow('hash is empty')
    expect(() => stage.ask.evidence({ hash: 'a"' })).toThrow(`encoding/hex: invalid byte: U+0022 '"'`)
  })

  test('is punished once, and not if it is too old in time and in blocks', () => {
    const stage = watched()
    stage.ctx.block = {
      ...stage.ctx.block,
      consensusParams: {
        evidence: { maxAgeNumBlocks: 2n, maxAgeDuration: { seconds: 9n, nanos: 0 } },
      } as never,
    }
    const { timeNs } = stage.ctx.block
    stage.doubleSign(1, 2n, timeNs - 10_000_000_000n)
    expect(stage.validator(1).jailed).toBe(false)
    stage.doubleSign(1, 2n, timeNs - 9_000_000_000n)
    expect(stage.validator(1)).toMatchObject({ jailed: true, tokens: (95n * POWER) / 10n })
    stage.doubleSign(1, 4n)
    expect(stage.validator(1).tokens).toBe((95n * POWER) / 10n)
    expect(stage.ask.allEvidence({}).evidence).toHaveLength(1)
  })

  test('of a validator that was jailed for something else is still punished', () => {
    const stage = watched()
    stage.keeper.jail(stage.ctx, consAddress(1))
    stage.doubleSign(1, 4n)
    expect(stage.validator(1).tokens).toBe((95n * POWER) / 10n)
    expect(stage.slasher.isTombstoned(stage.ctx, consAddress(1))).toBe(true)
  })

  test('of nobody stops the chain, as it does in Go', () => {
    expect(() => watched().doubleSign(9, 4n)).toThrow(error('staking', 3))
  })
})

describe('evidence that is handed in', () => {
  const equivocation = (change: object = {}) =>
    create(EquivocationSchema, {
      ...{ height: 3n, power: 10n, consensusAddress: consText(1), time: { seconds: 5n } },
      ...change,
    })
  const handIn = (stage: ReturnType<typeof watched>, change?: object) =>
    stage.submitEvidence({
      submitter: account(7),
      evidence: {
        typeUrl: '/cosmos.evidence.v1beta1.Equivocation',
        value: toBinary(EquivocationSchema, equivocation(change)),
      },
    })

  test('goes to the handler of its route and is kept if that agrees', () => {
    const stage = watched({ routes: { equivocation: () => undefined } })
    const { hash } = handIn(stage)
    expect(hash).toEqual(sha256(toBinary(EquivocationSchema, equivocation())))
    expect(stage.events('submit_evidence')).toEqual([{ evidence_hash: toHex(hash).toUpperCase() }])
    expect(() => handIn(stage)).toThrow(error('evidence', 5))
    expect(stage.ask.allEvidence({}).evidence).toHaveLength(1)
  })

  test('is refused by its handler, without one, and without any route as Go panics', () => {
    const refuse = () => {
      throw plainError('not convinced')
    }
    expect(() => handIn(watched({ routes: { equivocation: refuse } }))).toThrow(
      expect.objectContaining({ code: 3, message: 'not convinced: invalid evidence' }),
    )
    expect(() => handIn(watched({ routes: {} }))).toThrow(error('evidence', 2))
    expect(() => handIn(watched())).toThrow(GoPanic)
  })

  test('is checked on its own first', () => {
    const stage = watched({ routes: { equivocation: () => undefined } })
    expect(() => handIn(stage, { time: { seconds: 0n } })).toThrow(
      'failed basic validation: invalid equivocation time: 1970-01-01 00:00:00 +0000 UTC: invalid evidence',
    )
    expect(() => handIn(stage, { height: 0n })).toThrow(/invalid equivocation height: 0/)
    expect(() => handIn(stage, { power: 0n })).toThrow(/invalid equivocation validator power: 0/)
    expect(() => handIn(stage, { consensusAddress: '' })).toThrow(/consensus address/)
    expect(() => stage.submitEvidence({ submitter: account(7) })).toThrow(/missing evidence/)
    expect(() => stage.submitEvidence({ submitter: 'x' })).toThrow(error('sdk', 7))
    const foreign = { typeUrl: `/${SendAuthorizationSchema.typeName}`, value: new Uint8Array() }
    expect(() => stage.submitEvidence({ submitter: account(7), evidence: foreign })).toThrow(
      error('evidence', 3),
    )
  })

  test('goes through a genesis, but not twice', () => {
    const stage = watched({ routes: { equivocation: () => undefined } })
    handIn(stage)
    const { genesis } = stage.evidenceModule
    const exported = create(genesis!.schema, genesis!.export(stage.ctx))
    expect(() => genesis!.validate!(exported)).not.toThrow()
    const other = watched()
    other.evidenceModule.genesis!.init(other.ctx, exported)
    expect(other.ask.allEvidence({}).evidence).toEqual(stage.ask.allEvidence({}).evidence)
    expect(() => other.evidenceModule.genesis!.init(other.ctx, exported)).toThrow(/already exists/)
  })
})
