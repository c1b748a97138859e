// Before every block: is a plan due, and is this the code for it (cosmossdk.io/x/upgrade/abci.go)? Code that
// is too old stops with the SDK's message, so that it is exchanged at exactly this height; code that is too
// new stops as well.
import type { Ctx } from '../../chain/module.ts'
import type { Plan } from '../../proto/gen/cosmos/upgrade/v1beta1/upgrade_pb.ts'
import { isDue, type Upgrade } from './keeper.ts'
import { done } from './state.ts'

/** The chain stops here until it is started with code that has a handler for the plan. */
export class UpgradeNeeded extends Error {
  readonly plan: { readonly name: string; readonly height: bigint; readonly info: string }
  constructor({ name, height, info }: Plan) {
    super(`UPGRADE "${name}" NEEDED at height: ${height}: ${info}`)
    this.name = 'UpgradeNeeded'
    this.plan = { name, height, info }
  }
}

/**
 * Returns what a block runs first: whether it carried out an upgrade, which may change the consensus
 * parameters.
 */
export const preBlocker = (keeper: Upgrade): ((ctx: Ctx) => boolean) => {
  const { skipHeights = [], onNeeded } = keeper.options
  let isVerified = false

  /** Code without the handler of the last upgrade is older than the state. Asked once. */
  const verify = (ctx: Ctx): void => {
    const last = done.last(ctx)
    if (last === undefined || keeper.hasHandler(last)) return
    const version = ctx.block.consensusParams?.version?.app ?? 0n
    throw new Error(`wrong app version ${version}, upgrade handler is missing for ${last} upgrade plan`)
  }

  return (ctx) => {
    const { height } = ctx.block
    const plan = keeper.plan(ctx)
    const due = plan !== undefined && isDue(plan, height) ? plan : undefined
    const isSkipped = skipHeights.includes(height)
    if (!isVerified) {
      isVerified = true
      if (due === undefined || isSkipped) verify(ctx)
    }
    if (due !== undefined) return carryOut(ctx, keeper, due, isSkipped, onNeeded)
    if (plan !== undefined && keeper.hasHandler(plan.name))
      throw new Error(
        `BINARY UPDATED BEFORE TRIGGER! UPGRADE "${plan.name}" - ` +
          'in binary but not executed on chain. Downgrade your binary',
      )
    return false
  }
}

const carryOut = (
  ctx: Ctx,
  keeper: Upgrade,
  due: Plan,
  isSkipped: boolean,
  onNeeded: Upgrade['options']['onNeeded'],
): boolean => {
  if (isSkipped) {
    keeper.clearPlan(ctx)
    return false
  }
  if (!keeper.hasHandler(due.name)) {
    onNeeded?.({ name: due.name, height: ctx.block.height, info: due.info })
    throw new UpgradeNeeded(due)
  }
  keeper.apply(ctx, due)
  return true
}
