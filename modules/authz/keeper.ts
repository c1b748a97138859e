// authz's state and rules: who may act for whom (x/authz of SDK 0.53). Grants lie by granter, grantee and
// message type; those that expire also in a queue by time, so that a block removes what is over without
// looking at the others.
import { create, type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf'
import { type Any, AnySchema, type Timestamp } from '@bufbuild/protobuf/wkt'
import { type Bytes, equalBytes, fromRawUtf8 } from '../../chain/bytes.ts'
import {
  bytesKey,
  type Ctx,
  compactText,
  emitTyped,
  encodeKey,
  goBytes,
  goForm,
  goMessageValue,
  type MessageRouter,
  messageValue,
  prefixedAddressKey,
  type RoutedMessage,
  sdk,
  store,
  textKey,
  timeKey,
  tripleKey,
  type View,
} from '../../chain/module.ts'
import { knownError } from '../../chain/runtime/app/outcome.ts'
import { formatTime, instant, instantNs } from '../../chain/time.ts'
import {
  type Grant,
  GrantQueueItemSchema,
  GrantSchema,
} from '../../proto/gen/cosmos/authz/v1beta1/authz_pb.ts'
import { EventGrantSchema, EventRevokeSchema } from '../../proto/gen/cosmos/authz/v1beta1/event_pb.ts'
import type { Auth } from '../auth/keeper.ts'
import type { Bank } from '../bank/keeper.ts'
import { type AuthorizationKind, genericAuthorization } from './authorization.ts'
import { err } from './errors.ts'

export const NAME = 'authz'

export type Authz = ReturnType<typeof authzKeeper>
export type AuthzKeepers = {
  auth: Pick<Auth, 'account' | 'addresses' | 'newAccount' | 'set'>
  bank: Pick<Bank, 'isBlocked'>
  router: MessageRouter
  /** What can be granted beside the generic authorization. */
  kinds?: readonly AuthorizationKind[]
}

/** An authorization with the rules of its kind. */
export type Authorization = { kind: AuthorizationKind; message: MessageShape<DescMessage> }

/** What it costs to look at an entry of the queue. */
const QUEUE_GAS = 20

export const authzKeeper = ({ auth, bank, router, kinds = [] }: AuthzKeepers) => {
  const { addresses } = auth
  const kv = store(NAME)
  /** By granter, grantee and type URL. */
  const grants = kv.map(1, tripleKey(bytesKey, bytesKey, textKey), goMessageValue(GrantSchema))
  /** Type URLs by expiration, granter and grantee. */
  const queue = kv.map(
    2,
    tripleKey(timeKey, bytesKey, prefixedAddressKey),
    messageValue(GrantQueueItemSchema),
  )
  const byTypeUrl = new Map(
    [genericAuthorization, ...kinds].map((kind) => [`/${kind.schema.typeName}`, kind]),
  )

  /** Throws TxError for what is no authorization. */
  const unpack = (any: Any | undefined): Authorization => {
    if (any === undefined) throw sdk.invalidType('authorization is nil')
    const kind = byTypeUrl.get(any.typeUrl)
    if (kind === undefined) throw sdk.invalidType('expected <nil>, got <nil>')
    return { kind, message: fromBinary(kind.schema, any.value) }
  }
  const pack = ({ kind, message }: Authorization): Any =>
    create(AnySchema, { typeUrl: `/${kind.schema.typeName}`, value: goBytes(kind.schema, message) })

  const enqueue = (ctx: Ctx, expiration: bigint, granter: Bytes, grantee: Bytes, typeUrl: string): void => {
    const key = [expiration, granter, grantee] as const
    const msgTypeUrls = [...(queue.get(ctx, key)?.msgTypeUrls ?? []), typeUrl]
    queue.set(ctx, key, create(GrantQueueItemSchema, { msgTypeUrls }))
  }
  const dequeue = (ctx: Ctx, expiration: bigint, granter: Bytes, grantee: Bytes, typeUrl: string): void => {
    const key = [expiration, granter, grantee] as const
    const item = queue.get(ctx, key)
    if (item === undefined)
      throw err.noGrantKeyFound("can't remove grant from the expire queue, grant key not found")
    for (const [i, queued] of item.msgTypeUrls.entries()) {
      ctx.gas.consume(QUEUE_GAS, 'grant queue')
      if (queued !== typeUrl) continue
      const rest = [...item.msgTypeUrls]
      rest[i] = rest.at(-1)!
      rest.pop()
      queue.set(ctx, key, create(GrantQueueItemSchema, { msgTypeUrls: rest }))
      return
    }
  }

  /** SaveGrant: takes the place of an earlier one for the same messages. */
  const save = (
    ctx: Ctx,
    grantee: Bytes,
    granter: Bytes,
    authorization: Authorization,
    expiration: Timestamp | undefined,
  ): void => {
    const typeUrl = authorization.kind.msgTypeUrl(authorization.message)
    expectFuture(ctx, expiration)
    const until = expiration && instantNs(expiration)
    const key = [granter, grantee, typeUrl] as const
    const old = expirationNs(grants.get(ctx, key))
    if (old !== undefined && old !== until) dequeue(ctx, old, granter, grantee, typeUrl)
    if (until !== undefined && old !== until) enqueue(ctx, until, granter, grantee, typeUrl)
    grants.set(ctx, key, create(GrantSchema, { authorization: pack(authorization), expiration }))
    emitTyped(ctx, EventGrantSchema, eventOf(granter, grantee, typeUrl))
  }

  /** DeleteGrant */
  const remove = (ctx: Ctx, grantee: Bytes, granter: Bytes, typeUrl: string): void => {
    const key = [granter, grantee, typeUrl] as const
    const grant = grants.get(ctx, key)
    if (grant === undefined) {
      const raw = fromRawUtf8(encodeKey(grants.prefix, grants.keys, key))
      throw err.noAuthorizationFound(`failed to delete grant with key ${raw}`)
    }
    const until = expirationNs(grant)
    if (until !== undefined) dequeue(ctx, until, granter, grantee, typeUrl)
    grants.remove(ctx, key)
    emitTyped(ctx, EventRevokeSchema, eventOf(granter, grantee, typeUrl))
  }
  const eventOf = (granter: Bytes, grantee: Bytes, msgTypeUrl: string) => ({
    ...{ msgTypeUrl, granter: addresses.text(granter), grantee: addresses.text(grantee) },
  })

  const update = (ctx: Ctx, grantee: Bytes, granter: Bytes, authorization: Authorization): void => {
    const typeUrl = authorization.kind.msgTypeUrl(authorization.message)
    const key = [granter, grantee, typeUrl] as const
    const grant = grants.get(ctx, key)
    if (grant === undefined) throw err.noAuthorizationFound()
    grants.set(ctx, key, { ...grant, authorization: pack(authorization) })
  }

  /** Uses up what the message needs of the granter's grant. Throws TxError if there is none for it. */
  const accept = (ctx: Ctx, grantee: Bytes, granter: Bytes, message: RoutedMessage): void => {
    const { typeUrl } = message
    const grant = grants.get(ctx, [granter, grantee, typeUrl])
    if (grant === undefined) {
      const pair = `granter: ${addresses.text(granter)}, grantee: ${addresses.text(grantee)}`
      throw err.noAuthorizationFound(`failed to get grant with given ${pair} & msgType: ${typeUrl} `)
    }
    const until = expirationNs(grant)
    if (until !== undefined && until < ctx.block.timeNs) throw err.authorizationExpired()
    const { kind, message: authorization } = unpack(grant.authorization)
    const left = kind.accept(ctx, authorization, message)
    if (left === 'nothing') remove(ctx, grantee, granter, typeUrl)
    else if (left !== 'all') update(ctx, grantee, granter, { kind, message: create(kind.schema, left) })
  }

  /**
   * Runs one message for its only signer; its events say which of the messages it was. Returns its response.
   */
  const runFor = (ctx: Ctx, grantee: Bytes, message: RoutedMessage, index: number): Bytes => {
    const signers = message.signers()
    const [granter] = signers
    if (granter === undefined || signers.length !== 1) throw err.numberOfSigners()
    if (!equalBytes(granter, grantee)) accept(ctx, grantee, granter, message)
    const before = ctx.events.length
    const response = runWrapped(ctx, message)
    for (const { attributes } of ctx.events.slice(before))
      attributes.push({ key: 'authz_msg_index', value: `${index}`, index: true })
    return response.value
  }

  return {
    addresses,
    router,
    state: { grants, queue },
    isAuthorization: ({ typeUrl }: Any): boolean => byTypeUrl.has(typeUrl),
    unpack,
    pack,
    save,
    remove,
    /** Gives the address an account if it has none. Throws sdk 4 if it may not have one. */
    openAccount(ctx: Ctx, address: Bytes): void {
      if (auth.account(ctx, address) !== undefined) return
      if (bank.isBlocked(address))
        throw sdk.unauthorized(`${fromRawUtf8(address)} is not allowed to receive funds`)
      auth.set(ctx, auth.newAccount(ctx, address))
    },
    grant: (view: View, grantee: Bytes, granter: Bytes, typeUrl: string): Grant | undefined =>
      grants.get(view, [granter, grantee, typeUrl]),
    /** DispatchActions: messages of others, run for the grantee. */
    dispatch: (ctx: Ctx, grantee: Bytes, messages: readonly RoutedMessage[]): Bytes[] =>
      messages.map((message, i) => runFor(ctx, grantee, message, i)),
    /** Removes grants whose time was over before this block. */
    dropExpired(ctx: Ctx): void {
      const expired = [...queue.entries(ctx, { endInclusive: [ctx.block.timeNs] })]
      for (const [key, { msgTypeUrls }] of expired) {
        const [, granter, grantee] = key
        queue.remove(ctx, key)
        for (const typeUrl of msgTypeUrls) grants.remove(ctx, [granter, grantee, typeUrl])
      }
    },
  }
}

export const expirationNs = (grant: Grant | undefined): bigint | undefined =>
  grant?.expiration && instantNs(grant.expiration)

const expectFuture = (ctx: Ctx, expiration: Timestamp | undefined): void => {
  const { timeNs } = ctx.block
  if (expiration === undefined || instantNs(expiration) > timeNs) return
  const [now, given] = [instant(timeNs), expiration].map(({ seconds }) => formatTime({ seconds, nanos: 0 }))
  throw err.invalidExpirationTime(`expiration must be after the current block time (${now}), got ${given}`)
}

const runWrapped = (ctx: Ctx, message: RoutedMessage): Any => {
  try {
    return message.run(ctx)
  } catch (error) {
    const known = knownError(error)
    if (known === undefined) throw error
    const text = compactText(message.desc, goForm(message.desc, message.message))
    throw known.wrap(`failed to execute message; message ${text}`)
  }
}
