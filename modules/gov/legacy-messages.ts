// The rules of cosmos.gov.v1beta1.Msg: those of v1, asked in the old words. Content becomes one message that
// the gov account sends to itself (x/gov/keeper/msg_server.go, legacyMsgServer).
import { create } from '@bufbuild/protobuf'
import { type Any, AnySchema } from '@bufbuild/protobuf/wkt'
import {
  assert,
  decFromWire,
  decText,
  goBytes,
  type MessageRoutes,
  messages,
  type RoutedMessage,
} from '../../chain/module.ts'
import { MsgExecLegacyContentSchema } from '../../proto/gen/cosmos/gov/v1/tx_pb.ts'
import { Msg } from '../../proto/gen/cosmos/gov/v1beta1/tx_pb.ts'
import { NAME } from './errors.ts'
import type { Core, Gov } from './keeper.ts'
import { type Content, checkContent, openContent } from './legacy.ts'
import type { Rules } from './messages.ts'
import { unpackContent } from './packed.ts'

/** NewLegacyContent: the message that has content handled. */
const wrap = ({ router, addresses, auth }: Core, { kind, message }: Content): RoutedMessage => {
  const content: Any = create(AnySchema, {
    typeUrl: `/${kind.schema.typeName}`,
    value: goBytes(kind.schema, message),
  })
  const authority = addresses.text(auth.moduleAddress(NAME))
  const routed = router.of(create(MsgExecLegacyContentSchema, { content, authority }))
  assert(routed !== undefined, 'governance answers MsgExecLegacyContent itself')
  return routed
}

export const legacyMessages = ({ core }: Gov, rules: Rules): MessageRoutes =>
  messages(
    Msg,
    {
      submitProposal(ctx, { content, initialDeposit, proposer }) {
        const opened = openContent(core.contents, content)
        checkContent(opened)
        const { title, description: summary } = opened.message
        const fields = { initialDeposit, proposer, metadata: '', title, summary, expedited: false }
        return { proposalId: rules.submitProposal(ctx, { ...fields, open: () => [wrap(core, opened)] }, 1) }
      },
      vote: (ctx, { proposalId, voter, option }) =>
        rules.vote(ctx, { proposalId, voter, option: option as number, metadata: '' }),
      voteWeighted(ctx, { proposalId, voter, options }) {
        const inWords = options.map(({ option, weight }) => ({
          option: option as number,
          weight: weight === '' ? '<nil>' : decText(decFromWire(weight)),
        }))
        rules.voteWeighted(ctx, { proposalId, voter, options: inWords, metadata: '' }, '[]')
      },
      deposit: (ctx, request) => rules.deposit(ctx, request),
    },
    {},
    { submitProposal: ({ content }, limit) => unpackContent(core, content, limit) },
  )
