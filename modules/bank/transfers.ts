// How coins move: what an account has, what of it is locked, and every transfer, with the restrictions and
// hooks that others add. Reads, writes and events are those of x/bank's send keeper, one for one and in its
// order.
import type { Bytes } from '../../chain/bytes.ts'
import {
  amountOf,
  type ChainSettings,
  type Coins,
  type Ctx,
  coinsText,
  isValidCoins,
  sdk,
  type View,
} from '../../chain/module.ts'
import type { Account } from '../auth/account.ts'
import type { Auth } from '../auth/keeper.ts'
import type { BankState } from './state.ts'

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

export type TransferKeepers = {
  auth: Pick<Auth, 'account' | 'has' | 'set' | 'newAccount'>
  vesting?: Vesting
}

const NO_COINS: Coins = []

export const transfers = (
  { addresses }: ChainSettings,
  { balances }: BankState,
  { auth, vesting }: TransferKeepers,
) => {
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

  /**
   * InputOutputCoins: one payer, many recipients. The coins must add up, which the message's rule has
   * checked.
   */
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

  return {
    balance,
    allBalances,
    setBalance,
    locked,
    take,
    give,
    expectValid,
    send,
    sendMany,
    /** Restrictions run in the order in which they were added; to be called before the first block. */
    restrictSends: (restriction: SendRestriction): void => void restrictions.push(restriction),
    /** Hooks run in the order in which they were added; to be called before the first block. */
    beforeBalanceChange: (hook: BalanceHook): void => void hooks.push(hook),
    /** Tells the hooks that this balance is about to change. */
    announce(ctx: Ctx, address: Bytes, denom: string): void {
      for (const hook of hooks) hook(ctx, address, denom)
    },
  }
}
