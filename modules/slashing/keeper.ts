// What slashing offers to other modules: who may sign, who must not any more, and the way to punish (SDK
// x/slashing/keeper).
import { toBinary } from '@bufbuild/protobuf'
import { type Any, AnySchema } from '@bufbuild/protobuf/wkt'
import type { Bytes } from '../../chain/bytes.ts'
import type { ChainSettings, Ctx, Dec, View } from '../../chain/module.ts'
import type { StakingHooks } from '../staking/hooks.ts'
import type { Staking } from '../staking/keeper.ts'
import { noParams, type SlashingParams } from './params.ts'
import type { SigningInfo } from './signing-info.ts'
import { err, slashingState } from './state.ts'

export type SlashingStaking = Pick<
  Staking,
  | 'requireValidator'
  | 'validators'
  | 'isJailed'
  | 'requireDelegation'
  | 'tokensFromShares'
  | 'slash'
  | 'jail'
  | 'unjail'
>

/** Why somebody is slashed, as the event says it. */
export type Reason = 'unspecified' | 'double_sign' | 'missing_signature'

export type Slashing = ReturnType<typeof slashingKeeper>

export const slashingKeeper = (
  { addresses, authority }: ChainSettings,
  { staking }: { staking: SlashingStaking },
) => {
  const state = slashingState()
  const { infos, publicKeys } = state
  const text = addresses.consensus.text

  const addPublicKey = (ctx: Ctx, consAddress: Bytes, key: Any): void =>
    publicKeys.set(ctx, consAddress, toBinary(AnySchema, key))
  const signingInfo = (view: View, consAddress: Bytes): SigningInfo | undefined =>
    infos.get(view, consAddress)
  const setSigningInfo = (ctx: Ctx, consAddress: Bytes, info: SigningInfo): void =>
    infos.set(ctx, consAddress, info)

  const hooks: StakingHooks = {
    /** A validator that joins the set has to sign from now on; of one that returns the rest is kept. */
    afterValidatorBonded(ctx, consAddress) {
      const known = signingInfo(ctx, consAddress)
      const startHeight = ctx.block.height
      setSigningInfo(ctx, consAddress, {
        ...(known ?? {
          address: text(consAddress),
          indexOffset: 0n,
          jailedUntilNs: 0n,
          tombstoned: false,
          missedBlocks: 0n,
        }),
        startHeight,
      })
    },
    afterValidatorRemoved: (ctx, consAddress) => publicKeys.remove(ctx, consAddress),
    afterValidatorCreated(ctx, operator) {
      const { consAddress, consensusPubkey } = staking.requireValidator(ctx, operator)
      addPublicKey(ctx, consAddress, consensusPubkey)
    },
  }

  return {
    ...{ state, addresses, authority, staking, hooks },
    params: (view: View): SlashingParams => state.params.get(view) ?? noParams,
    addPublicKey,
    /** Whether a key of this address is known (GetPubkey). */
    hasPublicKey: (view: View, consAddress: Bytes): boolean =>
      publicKeys.get(view, consAddress) !== undefined,
    signingInfo,
    setSigningInfo,
    isTombstoned: (view: View, consAddress: Bytes): boolean =>
      signingInfo(view, consAddress)?.tombstoned ?? false,
    /** JailUntil: throws slashing 8 for a validator that never had to sign. */
    jailUntil(ctx: Ctx, consAddress: Bytes, jailedUntilNs: bigint): void {
      const info = signingInfo(ctx, consAddress)
      if (info === undefined)
        throw err.noSigningInfoFound('cannot jail validator that does not have any signing information')
      setSigningInfo(ctx, consAddress, { ...info, jailedUntilNs })
    },
    /** Tombstone: throws slashing 8, or 9 if it is already. */
    tombstone(ctx: Ctx, consAddress: Bytes): void {
      const info = signingInfo(ctx, consAddress)
      if (info === undefined)
        throw err.noSigningInfoFound('cannot tombstone validator that does not have any signing information')
      if (info.tombstoned)
        throw err.validatorTombstoned('cannot tombstone validator that is already tombstoned')
      setSigningInfo(ctx, consAddress, { ...info, tombstoned: true })
    },
    /** SlashWithInfractionReason: `power` is that at `height`, whose stake is meant. */
    slash(ctx: Ctx, consAddress: Bytes, fraction: Dec, power: bigint, height: bigint, reason: Reason): void {
      const burned = staking.slash(ctx, consAddress, height, power, fraction)
      ctx.emit(
        'slash',
        ['address', text(consAddress)],
        ['power', `${power}`],
        ['reason', reason],
        ['burned_coins', `${burned}`],
      )
    },
    /** Jail */
    jail(ctx: Ctx, consAddress: Bytes): void {
      staking.jail(ctx, consAddress)
      ctx.emit('slash', ['jailed', text(consAddress)])
    },
  }
}
