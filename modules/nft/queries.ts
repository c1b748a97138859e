// What anyone may ask of nft (x/nft/keeper/grpc_query.go).
import { fromBinary } from '@bufbuild/protobuf'
import type { Bytes } from '../../chain/bytes.ts'
import { encodeKey, paginateRaw, type QueryRoutes, queries, sdk, type View } from '../../chain/module.ts'
import type { PageRequest } from '../../proto/gen/cosmos/base/query/v1beta1/pagination_pb.ts'
import { ClassSchema, type NFT, NFTSchema } from '../../proto/gen/cosmos/nft/v1beta1/nft_pb.ts'
import { Query } from '../../proto/gen/cosmos/nft/v1beta1/query_pb.ts'
import { err, type Nft } from './keeper.ts'
import { NAME } from './state.ts'

export const nftQueries = (nft: Nft): QueryRoutes => {
  const { addresses, state } = nft
  const { tokens, owned } = state
  const tokensBelow = (
    view: View,
    prefix: Bytes,
    request: PageRequest | undefined,
    read: (key: Bytes, value: Bytes) => NFT | undefined,
  ) => {
    const { items, pagination } = paginateRaw(view, NAME, prefix, request, read)
    return { nfts: items.filter((item) => item !== undefined), pagination }
  }
  /** `key` is what follows the prefix of an owner, or of an owner and a class. */
  const tokenOwned = (view: View, prefix: Bytes) => (key: Bytes, value: Bytes) => {
    const whole = new Uint8Array(prefix.length + key.length)
    whole.set(prefix)
    whole.set(key, prefix.length)
    const [, classId, id] = owned.decode([whole, value])[0]
    return tokens.get(view, [classId, id])
  }

  return queries(Query, {
    balance(view, { classId, owner }) {
      expectClassId(classId)
      return { amount: nft.balance(view, classId, addresses.bytes(owner)) }
    },
    owner(view, { classId, id }) {
      expectIds(classId, id)
      const owner = nft.ownerOf(view, classId, id)
      return { owner: owner === undefined ? '' : addresses.text(owner) }
    },
    supply(view, { classId }) {
      expectClassId(classId)
      return { amount: nft.supply(view, classId) }
    },
    nFTs(view, { classId, owner, pagination }) {
      const address = owner === '' ? undefined : addresses.bytes(owner)
      if (address === undefined && classId === '')
        throw sdk.invalidRequest('must provide at least one of classID or owner')
      if (address === undefined) {
        const prefix = encodeKey(tokens.prefix, tokens.keys, [classId])
        return tokensBelow(view, prefix, pagination, (_, value) => fromBinary(NFTSchema, value))
      }
      const prefix = encodeKey(owned.prefix, owned.keys, classId === '' ? [address] : [address, classId])
      return tokensBelow(view, prefix, pagination, tokenOwned(view, prefix))
    },
    nFT(view, { classId, id }) {
      expectIds(classId, id)
      const token = tokens.get(view, [classId, id])
      if (token === undefined) throw err.nftNotExists(`not found nft: class: ${classId}, id: ${id}`)
      return { nft: token }
    },
    class(view, { classId }) {
      expectClassId(classId)
      const found = state.classes.get(view, classId)
      if (found === undefined) throw err.classNotExists(`not found class: ${classId}`)
      return { class: found }
    },
    classes(view, { pagination: request }) {
      const { prefix } = state.classes
      const read = (_: Bytes, value: Bytes) => fromBinary(ClassSchema, value)
      const { items, pagination } = paginateRaw(view, NAME, prefix, request, read)
      return { classes: items, pagination }
    },
  })
}

const expectClassId = (classId: string): void => {
  if (classId === '') throw err.emptyClassId()
}
const expectIds = (classId: string, id: string): void => {
  expectClassId(classId)
  if (id === '') throw err.emptyNftId()
}
