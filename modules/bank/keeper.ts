// bank's state and rules: balances, supply, metadata of denominations and what may be sent. Every movement of coins on the
// chain goes through here. Reads, writes and events are those of x/bank's keeper, one for one and in its order.
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
  isValidCoins,
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

/** Accounts some of whose coins are locked; the vesting module knows them. */
export type Vesting = {
  isVesting(account: Account): boolean
  /** Coins that cannot be spent at this time. */
  locked(account: Account, timeNs: bigint): Coins
  /** The account after a delegation of `amount` out of `balance`. */
  trackDelegation(account: Account, timeNs: bigint, balance: Coins, amount: Coins): Account
  trackUndelegation(account: Account, amount: Coins): Account
}

/** Looks at a transfer before it happens: throws to refuse it, or returns another recipient. */
export type SendRestriction = (ctx: Ctx, from: Bytes, to: Bytes, amount: Coins) => Bytes
/** Told before an account's balance changes, so that what it is owed by shares can be settled first. */
export type BalanceHook = (ctx: Ctx, address: Bytes, denom: string) => void

export type Bank = ReturnType<typeof bankKeeper>
export type BankKeepers = {
  auth: Pick<
    Auth,
    'account' | 'has' | 'set' | 'newAccount' | 'moduleAddress' | 'moduleAccount' | 'hasPermission'
  >
  vesting?: Vesting
}

const NO_COINS: Coins = []

export const bankKeeper = (settings: ChainSettings, { auth, vesting }: BankKeepers) => {
  const { addresses } = settings
  const state = bankState()
  const { balances, supply } = state
  const blocked = new Set(
    Object.keys(settings.accounts)
      .filter((name) => !settings.receivers.includes(name))
      .map((name) => addresses.text(moduleAddress(name))),
  )
  const restrictions: SendRestriction[] = []
  const hooks: BalanceHook[] = []

  const balance = (view: View, address: Bytes, denom: string): bigint =>
    balances.get(view, [address, denom]) ?? 0n
  const allBalances = (view: View, address: Bytes): Coins =>
    Array.from(balances.entries(view, { prefix: [address] }), ([[, denom], amount]) => ({ denom, amount }))
  const setBalance = (ctx: Ctx, address: Bytes, denom: string, amount: bigint): void => {
    if (amount === 0n) balances.remove(ctx, [address, denom])
    else balances.set(ctx, [address, denom], amount)
  }
  /** Reads the account even where nothing vests: that read is paid for. */
  const locked = (view: View, address: Bytes): Coins => {
    const account = auth.account(view, address)
    if (account === undefined || vesting === undefined || !vesting.isVesting(account)) return NO_COINS
    return vesting.locked(account, view.block.timeNs)
  }

  const take = (ctx: Ctx, address: Bytes, amount: Coins): void => {
    const lockedCoins = locked(ctx, address)
    for (const { denom, amount: wanted } of amount) {
      for (const hook of hooks) hook(ctx, address, denom)
      const held = balance(ctx, address, denom)
      const kept = amountOf(lockedCoins, denom)
      if (held < kept)
        throw sdk.insufficientFunds(
          `locked amount exceeds account balance funds: ${kept}${denom} > ${held}${denom}`,
        )
      if (held - kept < wanted)
        throw sdk.insufficientFunds(
          `spendable balance ${held - kept}${denom} is smaller than ${wanted}${denom}`,
        )
      setBalance(ctx, address, denom, held - wanted)
    }
    ctx.emit('coin_spent', ['spender', addresses.text(address)], ['amount', coinsText(amount)])
  }
  const give = (ctx: Ctx, address: Bytes, amount: Coins): void => {
    for (const { denom, amount: added } of amount) {
      for (const hook of hooks) hook(ctx, address, denom)
      setBalance(ctx, address, denom, balance(ctx, address, denom) + added)
    }
    ctx.emit('coin_received', ['receiver', addresses.text(address)], ['amount', coinsText(amount)])
  }
  const expectValid = (amount: Coins): void => {
    if (!isValidCoins(amount)) throw sdk.invalidCoins(coinsText(amount))
  }
  const restrict = (ctx: Ctx, from: Bytes, to: Bytes, amount: Coins): Bytes =>
    restrictions.reduce((target, restriction) => restriction(ctx, from, target, amount), to)
  const openAccount = (ctx: Ctx, address: Bytes): void => {
    if (!auth.has(ctx, address)) auth.set(ctx, auth.newAccount(ctx, address))
  }

  /** SendCoins: also opens the recipient's account. */
  const send = (ctx: Ctx, from: Bytes, to: Bytes, amount: Coins): void => {
    expectValid(amount)
    const target = restrict(ctx, from, to, amount)
    take(ctx, from, amount)
    give(ctx, target, amount)
    openAccount(ctx, target)
    const sender = addresses.text(from)
    ctx.emit(
      'transfer',
      ['recipient', addresses.text(target)],
      ['sender', sender],
      ['amount', coinsText(amount)],
    )
    ctx.emit('message', ['sender', sender])
  }

  /** InputOutputCoins: one payer, many recipients. The coins must add up, which the message's rule has checked. */
  const sendMany = (
    ctx: Ctx,
    from: Bytes,
    amount: Coins,
    outputs: readonly { address: string; to: Bytes; amount: Coins }[],
  ): void => {
    const sender = addresses.text(from)
    ctx.emit('message', ['sender', sender])
    const targets = outputs.map((output) => {
      const target = restrict(ctx, from, output.to, output.amount)
      openAccount(ctx, target)
      return { ...output, target }
    })
    take(ctx, from, amount)
    for (const { address, target, amount: part } of targets) {
      give(ctx, target, part)
      ctx.emit('transfer', ['recipient', address], ['sender', sender], ['amount', coinsText(part)])
    }
  }

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
    balances: allBalances,
    locked,
    /** What can be spent of one denomination; negative if more is locked than there is. */
    spendable(view: View, address: Bytes, denom: string): bigint {
      const held = balance(view, address, denom)
      return held - amountOf(locked(view, address), denom)
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
    sendMany,
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
      let before: Coins = NO_COINS
      for (const coin of amount) {
        for (const hook of hooks) hook(ctx, delegator, coin.denom)
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

    /** Restrictions run in the order in which they were added; to be called before the first block. */
    restrictSends: (restriction: SendRestriction): void => void restrictions.push(restriction),
    /** Hooks run in the order in which they were added; to be called before the first block. */
    beforeBalanceChange: (hook: BalanceHook): void => void hooks.push(hook),
  }

  function expectModule(view: View, address: Bytes): void {
    if (auth.account(view, address) === undefined)
      throw sdk.unknownAddress(`module account ${addresses.text(address)} does not exist`)
  }
}
