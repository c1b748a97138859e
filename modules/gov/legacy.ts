// Proposals as they were before messages: contents with a title, a description and a handler by route. A
// chain of today handles text alone; the others can still be read, and are refused as having no handler
// (x/gov/types/v1beta1).
import { type DescMessage, fromBinary, type Message } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import { utf8 } from '../../chain/bytes.ts'
import { type Ctx, GoPanic } from '../../chain/module.ts'
import * as distribution from '../../proto/gen/cosmos/distribution/v1beta1/distribution_pb.ts'
import { TextProposalSchema } from '../../proto/gen/cosmos/gov/v1beta1/gov_pb.ts'
import { err, NAME } from './errors.ts'

/** A kind of content. */
export type LegacyContent = {
  readonly schema: DescMessage
  /** ProposalRoute: who handles it. */
  readonly route: string
  /** ProposalType */
  readonly type: string
  /** Whether a message of v1beta1 may propose it (RegisterProposalType). */
  readonly isRegistered: boolean
  /** What its ValidateBasic asks before title and description. Throws TxError. */
  check?(content: Message): void
  /** What happens when it passes; without one nobody handles its route. */
  run?(ctx: Ctx, content: Message): void
}

/** Content that was read. */
export type Content = {
  readonly kind: LegacyContent
  readonly message: Message & { title: string; description: string }
}

const MAX_TITLE = 140
const MAX_DESCRIPTION = 10_000

/** ValidateAbstract: throws gov 5 for a title or a description that cannot be. Lengths are in bytes. */
const checkAbstract = ({ title, description }: { title: string; description: string }): void => {
  if (title.trim() === '') throw err.invalidProposalContent('proposal title cannot be blank')
  if (utf8(title).length > MAX_TITLE)
    throw err.invalidProposalContent(`proposal title is longer than max length of ${MAX_TITLE}`)
  if (description === '') throw err.invalidProposalContent('proposal description cannot be blank')
  if (utf8(description).length > MAX_DESCRIPTION)
    throw err.invalidProposalContent(`proposal description is longer than max length of ${MAX_DESCRIPTION}`)
}

const text: LegacyContent = {
  ...{ schema: TextProposalSchema, route: NAME, type: 'Text', isRegistered: true },
  run: () => undefined,
}
const communityPoolSpend: LegacyContent = {
  ...{
    schema: distribution.CommunityPoolSpendProposalSchema,
    route: 'distribution',
    type: 'CommunityPoolSpend',
  },
  isRegistered: false,
}

/** ValidateBasic of content that a message of v1beta1 proposes. Throws TxError. */
export const checkContent = ({ kind, message }: Content): void => {
  if (!kind.isRegistered) throw err.invalidProposalType(kind.type)
  kind.check?.(message)
  checkAbstract(message)
}

/** Kinds by type URL. */
export const legacyContents = (others: readonly LegacyContent[]): ReadonlyMap<string, LegacyContent> =>
  new Map([text, communityPoolSpend, ...others].map((kind) => [`/${kind.schema.typeName}`, kind]))

/** Reads packed content. Throws GoPanic if it is missing and gov 5 if its type is none. */
export const openContent = (contents: ReadonlyMap<string, LegacyContent>, any: Any | undefined): Content => {
  if (any === undefined) throw new GoPanic('runtime error: invalid memory address or nil pointer dereference')
  const kind = contents.get(any.typeUrl)
  if (kind === undefined)
    throw err.invalidProposalContent('expected *v1beta1.Content, got <nil>: invalid type')
  return { kind, message: fromBinary(kind.schema, any.value) as Content['message'] }
}
