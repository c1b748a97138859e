// feegrant's state and rules: who pays fees for whom (x/feegrant 0.2.0). Allowances lie by grantee and
// granter; those that expire also in a queue by time.
import { create } from '@bufbuild/protobuf'
import type { Bytes } from '../../chain/bytes.ts'
import {
  bytesKey,
  type Ctx,
  goMessageValue,
  pairKey,
  prefixedAddressKey,
  sdk,
  store,
  timeKey,
  tripleKey,
  type View,
} from '../../chain/module.ts'
import { instantNs } from '../../chain/time.ts'
import { type Grant, GrantSchema } from '../../proto/gen/cosmos/feegrant/v1beta1/feegrant_pb.ts'
import type { FeeGrants } from '../auth/ante/fee.ts'
import type { Auth } from '../auth/keeper.ts'
import type { Bank } from '../bank/keeper.ts'
import { type Allowance, acceptFee, expirationOf, packAllowance, unpackAllowance } from './allowance.ts'
import { err } from './errors.ts'

export const NAME = 'feegrant'

export type Feegrant = ReturnType<typeof feegrantKeeper>
export type FeegrantKeepers = {
  auth: Pick<Auth, 'account' | 'addresses' | 'newAccount' | 'set'>
  bank: Pick<Bank, 'isBlocked'>
}

export const feegrantKeeper = ({ auth, bank }: FeegrantKeepers) => {
  const { addresses } = auth
  const kv = store(NAME)
  const state = {
    /** By grantee and granter. */
    grants: kv.map(0, pairKey(bytesKey, prefixedAddressKey), goMessageValue(GrantSchema)),
    /** By expiration, grantee and granter. */
    queue: kv.keySet(1, tripleKey(timeKey, bytesKey, prefixedAddressKey)),
  }

  /** Throws TxError if there is none. */
  const require = (view: View, granter: Bytes, grantee: Bytes): Grant => {
    const grant = state.grants.get(view, [grantee, granter])
    if (grant === undefined) throw sdk.notFound('fee-grant not found')
    return grant
  }
  const allowance = (view: View, granter: Bytes, grantee: Bytes): Allowance =>
    allowanceOf(require(view, granter, grantee))
  const put = (ctx: Ctx, granter: Bytes, grantee: Bytes, given: Allowance): void => {
    const names = { granter: addresses.text(granter), grantee: addresses.text(grantee) }
    state.grants.set(
      ctx,
      [grantee, granter],
      create(GrantSchema, { ...names, allowance: packAllowance(given) }),
    )
  }
  const emit = (ctx: Ctx, type: string, granter: Bytes, grantee: Bytes): void =>
    ctx.emit(type, ['granter', addresses.text(granter)], ['grantee', addresses.text(grantee)])
  const expectNone = (view: View, granter: Bytes, grantee: Bytes): void => {
    if (state.grants.get(view, [grantee, granter]) !== undefined)
      throw sdk.invalidRequest('fee allowance already exists')
  }
  const openAccount = (ctx: Ctx, address: Bytes): void => {
    if (auth.account(ctx, address) !== undefined) return
    if (bank.isBlocked(address))
      throw sdk.unauthorized(`${addresses.text(address)} is not allowed to receive funds`)
    auth.set(ctx, auth.newAccount(ctx, address))
  }

  /**
   * Go takes the wrong entry out of the queue, that of the opposite pair; the right one goes when its time
   * comes.
   */
  const revoke = (ctx: Ctx, granter: Bytes, grantee: Bytes): void => {
    const expiration = expirationOf(allowance(ctx, granter, grantee))
    state.grants.remove(ctx, [grantee, granter])
    if (expiration !== undefined) state.queue.remove(ctx, [instantNs(expiration), granter, grantee])
    emit(ctx, 'revoke_feegrant', granter, grantee)
  }

  /** UseGrantedFees. An allowance that is over is revoked first, which is paid for, and then refused. */
  const use: FeeGrants['use'] = (ctx, granter, grantee, fee, tx) => {
    const given = allowance(ctx, granter, grantee)
    const left = orRevoked(ctx, granter, grantee, () =>
      acceptFee(
        ctx,
        given,
        fee,
        tx.msgs.map(({ typeUrl }) => typeUrl),
      ),
    )
    if (left === undefined) revoke(ctx, granter, grantee)
    emit(ctx, 'use_feegrant', granter, grantee)
    if (left === undefined) return
    require(ctx, granter, grantee)
    put(ctx, granter, grantee, left)
    emit(ctx, 'update_feegrant', granter, grantee)
  }
  const orRevoked = <T>(ctx: Ctx, granter: Bytes, grantee: Bytes, accept: () => T): T => {
    try {
      return accept()
    } catch (error) {
      if (err.feeLimitExpired.is(error)) revoke(ctx, granter, grantee)
      throw error
    }
  }

  return {
    addresses,
    state,
    allowance,
    expectNone,
    revoke,
    use,
    /** GrantAllowance: opens the grantee's account too. */
    grant(ctx: Ctx, granter: Bytes, grantee: Bytes, given: Allowance): void {
      expectNone(ctx, granter, grantee)
      openAccount(ctx, grantee)
      const expiration = expirationOf(given)
      if (expiration !== undefined) {
        const until = instantNs(expiration)
        if (until < ctx.block.timeNs) throw sdk.invalidRequest('expiration is before current block time')
        state.queue.add(ctx, [until, grantee, granter])
      }
      put(ctx, granter, grantee, given)
      emit(ctx, 'set_feegrant', granter, grantee)
    },
    /** Removes up to `limit` allowances whose time was over before this block. */
    dropExpired(ctx: Ctx, limit: number): void {
      let count = 0
      for (const key of state.queue.keysOf(ctx, { endInclusive: [ctx.block.timeNs] })) {
        const [, grantee, granter] = key
        state.queue.remove(ctx, key)
        state.grants.remove(ctx, [grantee, granter])
        if (++count === limit) return
      }
    },
  }
}

export const allowanceOf = ({ allowance }: Grant): Allowance => {
  if (allowance === undefined) throw err.noAllowance('failed to get allowance')
  return unpackAllowance(allowance)
}
