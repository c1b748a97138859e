// circuit's state: who may switch messages off, and which are off (x/circuit 0.1.1). It is asked in two
// places, when a transaction comes in and before the router runs a message, so that nothing gets around it
// inside of another message.
import {
  type AnteStep,
  addressKey,
  type ChainSettings,
  goMessageValue,
  type MessageGuard,
  plainError,
  store,
  textKey,
  type View,
} from '../../chain/module.ts'
import { PermissionsSchema } from '../../proto/gen/cosmos/circuit/v1/types_pb.ts'

export const NAME = 'circuit'

export type Circuit = ReturnType<typeof circuitKeeper>

export const circuitKeeper = ({ addresses, authority }: Pick<ChainSettings, 'addresses' | 'authority'>) => {
  const kv = store(NAME)
  const state = {
    permissions: kv.map(1, addressKey, goMessageValue(PermissionsSchema)),
    /** Type URLs of messages that are off. */
    disabled: kv.keySet(2, textKey),
  }
  const isAllowed = (view: View, typeUrl: string): boolean => !state.disabled.has(view, typeUrl)
  /** For the ante handler, where wasmd has it before all steps of auth. */
  const step: AnteStep = (ctx, tx) => {
    for (const { typeUrl } of tx.msgs) if (!isAllowed(ctx, typeUrl)) throw plainError('tx type not allowed')
  }
  /** For the message router. */
  const guard: MessageGuard = (ctx, typeUrl) => {
    if (!isAllowed(ctx, typeUrl))
      throw plainError(`circuit breaker disables execution of this message: ${typeUrl}`)
  }
  return {
    addresses,
    /** The account that needs no permission. */
    authority: addresses.bytes(authority),
    state,
    isAllowed,
    step,
    guard,
  }
}
