// vesting: accounts that may spend their coins only over time (x/auth/vesting of SDK 0.53). It has no state
// of its own: the accounts are auth's, and bank asks schedule.ts what is locked.
import { EmptySchema } from '@bufbuild/protobuf/wkt'
import { coinsFrom, defineModule, isAllGte, type Module } from '../../chain/module.ts'
import type { Account } from '../auth/account.ts'
import type { Auth } from '../auth/keeper.ts'
import { type VestingKeepers, vestingMessages } from './messages.ts'
import { vestingPart, vestingSchedules } from './schedule.ts'

export const vesting = (keepers: VestingKeepers & { auth: Pick<Auth, 'accounts'> }): Module =>
  defineModule({
    name: 'vesting',
    // The SDK writes `{}`, so that exported files have the same modules.
    genesis: { schema: EmptySchema, default: () => ({}), init: () => undefined, export: () => ({}) },
    messages: [vestingMessages(keepers)],
    invariants: {
      nobodyDelegatesMoreThanVests: (view) =>
        [...keepers.auth.accounts.entries(view)].every(
          ([, account]) => !vestingSchedules.isVesting(account) || isDelegatedWithin(account),
        ),
    },
  })

const isDelegatedWithin = (account: Account): boolean => {
  const { originalVesting, delegatedVesting } = vestingPart(account)
  return isAllGte(coinsFrom(originalVesting), coinsFrom(delegatedVesting))
}
