// What can be granted: each kind of authorization says which messages it is for, and what is left of it once
// it allowed one. Modules bring their own kinds (bank its spend limit, staking its list of validators); the
// generic one is here.
import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { type Ctx, plainError, type RoutedMessage } from '../../chain/module.ts'
import { GenericAuthorizationSchema } from '../../proto/gen/cosmos/authz/v1beta1/authz_pb.ts'

/** What is left: all of it, nothing (the grant is deleted), or another that takes its place. */
export type Left<S extends DescMessage> = 'all' | 'nothing' | MessageInitShape<S>

export type AuthorizationOf<S extends DescMessage> = {
  schema: S
  /** Type URL of the messages that it is for. */
  msgTypeUrl(authorization: MessageShape<S>): string
  /** What its fields alone can tell. Throws TxError. */
  validate(authorization: MessageShape<S>): void
  /** Throws TxError if it does not allow this message. */
  accept(ctx: Ctx, authorization: MessageShape<S>, message: RoutedMessage): Left<S>
}
/** A kind as authz sees it, whatever its message is. */
export type AuthorizationKind = AuthorizationOf<DescMessage>

/** Allows any message of one type, as often as is wanted. */
export const genericAuthorization: AuthorizationOf<typeof GenericAuthorizationSchema> = {
  schema: GenericAuthorizationSchema,
  msgTypeUrl: ({ msg }) => msg,
  validate({ msg }) {
    if (msg === '') throw plainError('msg type cannot be empty')
  },
  accept: () => 'all',
}
