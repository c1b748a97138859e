// nft: tokens that are each their own (x/nft 0.2.0). State is in state.ts, rules in keeper.ts.
import { equalBytes } from '../../chain/bytes.ts'
import {
  type Ctx,
  defineModule,
  emitTyped,
  type MessageRoutes,
  type Module,
  messages,
  sdk,
  type View,
} from '../../chain/module.ts'
import {
  EventSendSchema,
  file_cosmos_nft_v1beta1_event,
} from '../../proto/gen/cosmos/nft/v1beta1/event_pb.ts'
import { type GenesisState, GenesisStateSchema } from '../../proto/gen/cosmos/nft/v1beta1/genesis_pb.ts'
import type { NFT } from '../../proto/gen/cosmos/nft/v1beta1/nft_pb.ts'
import { Msg } from '../../proto/gen/cosmos/nft/v1beta1/tx_pb.ts'
import { err, type Nft } from './keeper.ts'
import { nftQueries } from './queries.ts'
import { NAME } from './state.ts'

export const nft = (keeper: Nft): Module =>
  defineModule({
    name: NAME,
    stores: [NAME],
    types: [file_cosmos_nft_v1beta1_event],
    genesis: {
      schema: GenesisStateSchema,
      default: () => ({}),
      validate: (genesis) => validateGenesis(keeper, genesis),
      init: (ctx, genesis) => initGenesis(keeper, ctx, genesis),
      export: (view) => exportGenesis(keeper, view),
    },
    messages: [nftMessages(keeper)],
    queries: [nftQueries(keeper)],
    invariants: {
      supplyIsNumberOfTokens: (view) => suppliesMatch(keeper, view),
      everyTokenHasOneOwner: (view) => ownersMatch(keeper, view),
    },
  })

const nftMessages = (keeper: Nft): MessageRoutes => {
  const { addresses } = keeper
  return messages(Msg, {
    send(ctx, { classId, id, sender, receiver }) {
      if (classId === '') throw err.emptyClassId()
      if (id === '') throw err.emptyNftId()
      const from = addresses.bytes(sender, () => sdk.invalidAddress(`Invalid sender address (${sender})`))
      const to = addresses.bytes(receiver, () => sdk.invalidAddress(`Invalid receiver address (${receiver})`))
      const owner = keeper.ownerOf(ctx, classId, id)
      if (owner === undefined || !equalBytes(owner, from))
        throw sdk.unauthorized(`${sender} is not the owner of nft ${id}`)
      keeper.transfer(ctx, classId, id, to)
      emitTyped(ctx, EventSendSchema, { classId, id, sender, receiver })
    },
  })
}

const validateGenesis = ({ addresses }: Nft, { classes, entries }: GenesisState): void => {
  if (classes.some(({ id }) => id === '')) throw err.emptyClassId()
  for (const { owner, nfts } of entries)
    for (const { id } of nfts) {
      if (id === '') throw err.emptyNftId()
      addresses.bytes(owner)
    }
}

const initGenesis = (keeper: Nft, ctx: Ctx, { classes, entries }: GenesisState): void => {
  for (const each of classes) keeper.saveClass(ctx, each)
  for (const { owner, nfts } of entries)
    for (const token of nfts) keeper.mint(ctx, token, keeper.addresses.bytes(owner))
}

/** Tokens by owner, owners by their text; each owner's tokens by class and id. */
const exportGenesis = ({ addresses, state, ownerOf }: Nft, view: View) => {
  const byOwner = new Map<string, NFT[]>()
  for (const [[classId, id], token] of state.tokens.entries(view)) {
    const owner = addresses.text(ownerOf(view, classId, id)!)
    const nfts = byOwner.get(owner)
    if (nfts === undefined) byOwner.set(owner, [token])
    else nfts.push(token)
  }
  const entries = [...byOwner].map(([owner, nfts]) => ({ owner, nfts })).sort(byText)
  return { classes: Array.from(state.classes.entries(view), ([, found]) => found), entries }
}
const byText = (a: { owner: string }, b: { owner: string }): number => (a.owner < b.owner ? -1 : 1)

const suppliesMatch = ({ state }: Nft, view: View): boolean => {
  const counted = new Map<string, bigint>()
  for (const [[classId]] of state.tokens.entries(view))
    counted.set(classId, (counted.get(classId) ?? 0n) + 1n)
  const supplies = [...state.supply.entries(view)]
  const classesCounted = supplies.filter(([, supply]) => supply > 0n).length
  return (
    counted.size === classesCounted && supplies.every(([id, supply]) => (counted.get(id) ?? 0n) === supply)
  )
}

const ownersMatch = ({ state, ownerOf }: Nft, view: View): boolean => {
  const tokens = [...state.tokens.entries(view)].length
  const owned = [...state.owned.entries(view)]
  const isOwner = (owner: Uint8Array, classId: string, id: string) => {
    const known = ownerOf(view, classId, id)
    return known !== undefined && equalBytes(known, owner) && state.tokens.has(view, [classId, id])
  }
  return (
    owned.length === tokens &&
    [...state.owners.entries(view)].length === tokens &&
    owned.every(([[owner, classId, id]]) => isOwner(owner, classId, id))
  )
}
