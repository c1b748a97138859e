// Liveness: each validator of the last block's set either signed that block or did not. Who misses more of
// its window than it may is slashed and jailed (SDK x/slashing/keeper/infractions.go).
import type { VoteInfo } from '../../chain/abci/application.ts'
import type { Bytes } from '../../chain/bytes.ts'
import type { Ctx } from '../../chain/module.ts'
import { clearMissed, isMissed, setMissed } from './bitmap.ts'
import type { Slashing } from './keeper.ts'
import { minSigned, type SlashingParams } from './params.ts'
import type { SigningInfo } from './signing-info.ts'
import { err } from './state.ts'

/** BlockIDFlag of CometBFT: no vote was received. A vote for nil counts as signed. */
const ABSENT = 1

export const liveness = ({ staking, signingInfo, setSigningInfo, params, addresses }: Slashing) => {
  const text = addresses.consensus.text

  /** Notes the signature in its place of the window; returns how many are missing now. */
  const note = (ctx: Ctx, consAddress: Bytes, index: bigint, missed: boolean, before: bigint): bigint => {
    const previous = isMissed(ctx, consAddress, index)
    if (previous === missed) return before
    setMissed(ctx, consAddress, index, missed)
    return missed ? before + 1n : before - 1n
  }

  /** Slashes and jails; the window begins anew, so that it is not slashed again as soon as it is back. */
  const punish = (ctx: Ctx, consAddress: Bytes, power: bigint, info: SigningInfo): SigningInfo => {
    const { slashFractionDowntime, downtimeJailNs } = params(ctx)
    const { height, timeNs } = ctx.block
    // The set that signed the last block stood at the end of the one two before this.
    const burned = staking.slash(ctx, consAddress, height - 2n, power, slashFractionDowntime)
    ctx.emit(
      'slash',
      ['address', text(consAddress)],
      ['power', `${power}`],
      ['reason', 'missing_signature'],
      ['jailed', text(consAddress)],
      ['burned_coins', `${burned}`],
    )
    staking.jail(ctx, consAddress)
    clearMissed(ctx, consAddress)
    return { ...info, jailedUntilNs: timeNs + downtimeJailNs, missedBlocks: 0n, indexOffset: 0n }
  }

  return (ctx: Ctx, { validator, blockIdFlag }: VoteInfo, rules: SlashingParams): void => {
    const { address, power } = validator
    if (staking.isJailed(ctx, address)) return
    const before = signingInfo(ctx, address)
    if (before === undefined) throw err.noSigningInfoFound()
    const { signedBlocksWindow } = rules
    const { height } = ctx.block
    const missed = blockIdFlag === ABSENT
    const index = before.indexOffset % signedBlocksWindow
    const missedBlocks = note(ctx, address, index, missed, before.missedBlocks)
    let info: SigningInfo = { ...before, indexOffset: before.indexOffset + 1n, missedBlocks }
    if (missed)
      ctx.emit(
        'liveness',
        ['address', text(address)],
        ['missed_blocks', `${missedBlocks}`],
        ['height', `${height}`],
      )
    const isPastWindow = height > info.startHeight + signedBlocksWindow
    if (isPastWindow && missedBlocks > signedBlocksWindow - minSigned(rules))
      info = punish(ctx, address, power, info)
    setSigningInfo(ctx, address, info)
  }
}
