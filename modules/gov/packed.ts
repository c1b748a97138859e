// Packed messages and contents inside of governance's messages. Go unpacks them when it reads a transaction and refuses
// one whose types cannot stand where they stand; the check runs as early here, with ValidateBasic.
import type { Message } from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import { type RoutedMessage, sdk } from '../../chain/module.ts'
import {
  type MsgExecLegacyContent,
  MsgExecLegacyContentSchema,
  type MsgSubmitProposal,
  MsgSubmitProposalSchema,
} from '../../proto/gen/cosmos/gov/v1/tx_pb.ts'
import {
  type MsgSubmitProposal as LegacySubmitProposal,
  MsgSubmitProposalSchema as LegacySubmitProposalSchema,
} from '../../proto/gen/cosmos/gov/v1beta1/tx_pb.ts'
import type { Core } from './keeper.ts'

const unregistered = (typeUrl: string, face: string) =>
  sdk.txDecode(`no concrete type registered for type URL ${typeUrl} against interface *${face}`)

/** Throws sdk 2 if a message of governance holds something that it cannot hold. */
export const checkPacked = (core: Core, message: Message): void => {
  const content = (any: Any | undefined): void => {
    if (any !== undefined && !core.contents.has(any.typeUrl))
      throw unregistered(any.typeUrl, 'v1beta1.Content')
  }
  const { $typeName: name } = message
  if (name === MsgSubmitProposalSchema.typeName)
    for (const any of (message as MsgSubmitProposal).messages)
      checkPacked(core, openMessage(core, any).message)
  else if (name === MsgExecLegacyContentSchema.typeName) content((message as MsgExecLegacyContent).content)
  else if (name === LegacySubmitProposalSchema.typeName) content((message as LegacySubmitProposal).content)
}

/** A message of a proposal. Throws sdk 2 if it is none that this chain knows. */
export const openMessage = ({ router }: Core, any: Any): RoutedMessage => {
  const message = router.open(any)
  if (message === undefined) throw unregistered(any.typeUrl, 'types.Msg')
  return message
}
