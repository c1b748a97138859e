// What other modules may do with coins: send, make and burn them, lend them to staking, ask what may be sent.
// Reads, writes and events are those of x/bank's keeper, one for one and in its order.
import type { Bytes } from '../../chain/bytes.ts'
import {
  addCoins,
  amountOf,
  type ChainSettings,
  type Coin,
  type Coins,
  type Ctx,
  coinsText,
  coinText,
  moduleAddress,
  type Permission,
  sdk,
  type View,
} from '../../chain/module.ts'
import type { Metadata, Params } from '../../proto/gen/cosmos/bank/v1beta1/bank_pb.ts'
import type { Account } from '../auth/account.ts'
import type { Auth } from '../auth/keeper.ts'
import { bankErrors } from './errors.ts'
import { bankState } from './state.ts'
import { transfers, type Vesting } from './transfers.ts'

export type Bank = ReturnType<typeof bankKeeper>
export type BankKeepers = {
  auth: Pick<
    Auth,
    'account' | 'has' | 'set' | 'newAccount' | 'moduleAddress' | 'moduleAccount' | 'hasPermission'
  >
  vesting?: Vesting
}

export const bankKeeper = (settings: ChainSettings, { auth, vesting }: BankKeepers) => {
  const { addresses } = settings
  const state = bankState()
  const { supply } = state
  const blocked = new Set(
    Object.keys(settings.accounts)
      .filter((name) => !settings.receivers.includes(name))
      .map((name) => addresses.text(moduleAddress(name))),
  )
  const moves = transfers(settings, state, { auth, ...(vesting && { vesting }) })
  const { balance, setBalance, take, give, send, expectValid } = moves

  const supplyOf = (view: View, denom: string): bigint => supply.get(view, denom) ?? 0n
  const changeSupply = (ctx: Ctx, { denom, amount }: Coin): void => {
    const after = supplyOf(ctx, denom) + amount
    if (after === 0n) supply.remove(ctx, denom)
    else supply.set(ctx, denom, after)
  }
  const expectPermission = (name: string, permission: Permission, deed: string): void => {
    if (!auth.hasPermission(name, permission))
      throw new Error(`module account ${name} does not have permissions to ${deed}: unauthorized`)
  }

  const sendEnabledEntry = (view: View, denom: string): boolean | undefined =>
    state.sendEnabled.has(view, denom) ? state.sendEnabled.get(view, denom) : undefined
  const params = (view: View): Pick<Params, 'defaultSendEnabled'> =>
    state.params.get(view) ?? { defaultSendEnabled: false }

  /** Records a delegation on a vesting account; reads the account in any case. */
  const track = (ctx: Ctx, address: Bytes, change: (vesting: Vesting, account: Account) => Account): void => {
    const account = auth.account(ctx, address)
    if (account === undefined) throw sdk.unknownAddress(`account ${addresses.text(address)} does not exist`)
    if (vesting?.isVesting(account)) auth.set(ctx, change(vesting, account))
  }

  return {
    addresses,
    authority: settings.authority,
    state,
    params,
    balance,
    balances: moves.allBalances,
    locked: moves.locked,
    /** What can be spent of one denomination; negative if more is locked than there is. */
    spendable(view: View, address: Bytes, denom: string): bigint {
      const held = balance(view, address, denom)
      return held - amountOf(moves.locked(view, address), denom)
    },
    supply: supplyOf,
    metadata: (view: View, denom: string): Metadata | undefined => state.metadata.get(view, denom),
    setMetadata: (ctx: Ctx, value: Metadata): void => state.metadata.set(ctx, value.base, value),
    sendEnabledEntry,
    isSendEnabled: (view: View, denom: string): boolean => {
      const { defaultSendEnabled } = params(view)
      return sendEnabledEntry(view, denom) ?? defaultSendEnabled
    },
    /** Throws bank 5 if one of them may not be sent. */
    expectSendEnabled(view: View, amount: Coins): void {
      if (amount.length === 0) return
      const { defaultSendEnabled } = params(view)
      for (const { denom } of amount)
        if (!(sendEnabledEntry(view, denom) ?? defaultSendEnabled))
          throw bankErrors.sendDisabled(`${denom} transfers are currently disabled`)
    },
    /** Whether users may not send coins to this address. */
    isBlocked: (address: Bytes): boolean => blocked.has(addresses.text(address)),
    blockedAddresses: (): readonly string[] => [...blocked],

    send,
    sendMany: moves.sendMany,
    /** SendCoinsFromModuleToAccount */
    sendFromModule(ctx: Ctx, module: string, to: Bytes, amount: Coins): void {
      const from = auth.moduleAddress(module)
      if (blocked.has(addresses.text(to)))
        throw sdk.unauthorized(`${addresses.text(to)} is not allowed to receive funds`)
      send(ctx, from, to, amount)
    },
    /** SendCoinsFromAccountToModule */
    sendToModule(ctx: Ctx, from: Bytes, module: string, amount: Coins): void {
      send(ctx, from, auth.moduleAccount(ctx, module).address, amount)
    },
    /** SendCoinsFromModuleToModule */
    sendModuleToModule(ctx: Ctx, source: string, target: string, amount: Coins): void {
      const from = auth.moduleAddress(source)
      send(ctx, from, auth.moduleAccount(ctx, target).address, amount)
    },
    /** MintCoins: throws an Error if the module may not mint. */
    mint(ctx: Ctx, module: string, amount: Coins): void {
      const { address } = auth.moduleAccount(ctx, module)
      expectPermission(module, 'minter', 'mint tokens')
      expectValid(amount)
      give(ctx, address, amount)
      for (const coin of amount) changeSupply(ctx, coin)
      ctx.emit('coinbase', ['minter', addresses.text(address)], ['amount', coinsText(amount)])
    },
    /** BurnCoins: throws an Error if the module may not burn. */
    burn(ctx: Ctx, module: string, amount: Coins): void {
      const { address } = auth.moduleAccount(ctx, module)
      expectPermission(module, 'burner', 'burn tokens')
      expectValid(amount)
      take(ctx, address, amount)
      for (const { denom, amount: burned } of amount) changeSupply(ctx, { denom, amount: -burned })
      ctx.emit('burn', ['burner', addresses.text(address)], ['amount', coinsText(amount)])
    },
    /** DelegateCoinsFromAccountToModule: locked coins may be delegated too. */
    delegateToModule(ctx: Ctx, delegator: Bytes, module: string, amount: Coins): void {
      const { address } = auth.moduleAccount(ctx, module)
      expectPermission(module, 'staking', 'receive delegated coins')
      expectModule(ctx, address)
      expectValid(amount)
      let before: Coins = []
      for (const coin of amount) {
        moves.announce(ctx, delegator, coin.denom)
        const held = { denom: coin.denom, amount: balance(ctx, delegator, coin.denom) }
        if (held.amount < coin.amount)
          throw sdk.insufficientFunds(
            `failed to delegate; ${coinText(held)} is smaller than ${coinsText(amount)}`,
          )
        before = addCoins(before, [held])
        setBalance(ctx, delegator, coin.denom, held.amount - coin.amount)
      }
      const { timeNs } = ctx.block
      track(ctx, delegator, (known, account) => known.trackDelegation(account, timeNs, before, amount))
      ctx.emit('coin_spent', ['spender', addresses.text(delegator)], ['amount', coinsText(amount)])
      give(ctx, address, amount)
    },
    /** UndelegateCoinsFromModuleToAccount */
    undelegateFromModule(ctx: Ctx, module: string, delegator: Bytes, amount: Coins): void {
      const { address } = auth.moduleAccount(ctx, module)
      expectPermission(module, 'staking', 'undelegate coins')
      expectModule(ctx, address)
      expectValid(amount)
      take(ctx, address, amount)
      track(ctx, delegator, (known, account) => known.trackUndelegation(account, amount))
      give(ctx, delegator, amount)
    },

    restrictSends: moves.restrictSends,
    beforeBalanceChange: moves.beforeBalanceChange,
  }

  function expectModule(view: View, address: Bytes): void {
    if (auth.account(view, address) === undefined)
      throw sdk.unknownAddress(`module account ${addresses.text(address)} does not exist`)
  }
}
