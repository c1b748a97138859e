// nft: classes of tokens, the tokens, and who owns each (x/nft 0.2.0). Classes and tokens are made by other
// modules or by a genesis; users can only send what they own. Reads and writes are those of x/nft's keeper,
// one for one.
import type { Bytes } from '../../chain/bytes.ts'
import { type Ctx, emitTyped, errors, type View } from '../../chain/module.ts'
import { EventBurnSchema, EventMintSchema } from '../../proto/gen/cosmos/nft/v1beta1/event_pb.ts'
import type { Class, NFT } from '../../proto/gen/cosmos/nft/v1beta1/nft_pb.ts'
import type { Auth } from '../auth/keeper.ts'
import { HERE, nftState } from './state.ts'

export const err = errors('nft', {
  classExists: [3, 'nft class already exists'],
  classNotExists: [4, 'nft class does not exist'],
  nftExists: [5, 'nft already exists'],
  nftNotExists: [6, 'nft does not exist'],
  emptyClassId: [7, 'empty class id'],
  emptyNftId: [8, 'empty nft id'],
})

export type Nft = ReturnType<typeof nftKeeper>

/** Throws an Error if the chain has no module account `nft`. */
export const nftKeeper = (auth: Pick<Auth, 'addresses' | 'moduleAddress'>) => {
  auth.moduleAddress('nft')
  const { addresses } = auth
  const state = nftState()
  const { classes, tokens, owned, owners, supply } = state

  const expectClass = (view: View, classId: string): void => {
    if (!classes.has(view, classId)) throw err.classNotExists(classId)
  }
  const expectToken = (view: View, classId: string, id: string): void => {
    expectClass(view, classId)
    if (!tokens.has(view, [classId, id])) throw err.nftNotExists(id)
  }
  const ownerOf = (view: View, classId: string, id: string): Bytes | undefined =>
    owners.get(view, [classId, id])
  const setOwner = (ctx: Ctx, classId: string, id: string, owner: Bytes): void => {
    owners.set(ctx, [classId, id], owner)
    owned.set(ctx, [owner, classId, id], HERE)
  }
  const takeFromOwner = (ctx: Ctx, classId: string, id: string, owner: Bytes): void => {
    owners.remove(ctx, [classId, id])
    owned.remove(ctx, [owner, classId, id])
  }
  const changeSupply = (ctx: Ctx, classId: string, by: bigint): void =>
    supply.set(ctx, classId, (supply.get(ctx, classId) ?? 0n) + by)

  return {
    addresses,
    state,
    ownerOf,
    saveClass(ctx: Ctx, value: Class): void {
      if (classes.has(ctx, value.id)) throw err.classExists(value.id)
      classes.set(ctx, value.id, value)
    },
    updateClass(ctx: Ctx, value: Class): void {
      expectClass(ctx, value.id)
      classes.set(ctx, value.id, value)
    },
    mint(ctx: Ctx, token: NFT, receiver: Bytes): void {
      const { classId, id } = token
      expectClass(ctx, classId)
      if (tokens.has(ctx, [classId, id])) throw err.nftExists(id)
      tokens.set(ctx, [classId, id], token)
      setOwner(ctx, classId, id, receiver)
      changeSupply(ctx, classId, 1n)
      emitTyped(ctx, EventMintSchema, { classId, id, owner: addresses.text(receiver) })
    },
    burn(ctx: Ctx, classId: string, id: string): void {
      expectToken(ctx, classId, id)
      const owner = ownerOf(ctx, classId, id)!
      tokens.remove(ctx, [classId, id])
      takeFromOwner(ctx, classId, id, owner)
      changeSupply(ctx, classId, -1n)
      emitTyped(ctx, EventBurnSchema, { classId, id, owner: addresses.text(owner) })
    },
    update(ctx: Ctx, token: NFT): void {
      expectToken(ctx, token.classId, token.id)
      tokens.set(ctx, [token.classId, token.id], token)
    },
    transfer(ctx: Ctx, classId: string, id: string, receiver: Bytes): void {
      expectToken(ctx, classId, id)
      takeFromOwner(ctx, classId, id, ownerOf(ctx, classId, id)!)
      setOwner(ctx, classId, id, receiver)
    },
    /** How many tokens of a class somebody owns. */
    balance: (view: View, classId: string, owner: Bytes): bigint =>
      BigInt([...owned.entries(view, { prefix: [owner, classId] })].length),
    supply: (view: View, classId: string): bigint => supply.get(view, classId) ?? 0n,
  }
}
