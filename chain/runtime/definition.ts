// What a module is to the app: one value that names its stores, genesis, messages, queries, hooks and
// invariants.
import type {
  DescFile,
  DescMessage,
  JsonValue,
  Message,
  MessageInitShape,
  MessageShape,
} from '@bufbuild/protobuf'
import type { ValidatorUpdate } from '../abci/application.ts'
import type { Ctx, View } from './context.ts'
import type { MessageRoutes, QueryRoutes } from './service.ts'

/** A module's part of the genesis, in the SDK's shape. */
export type GenesisOf<S extends DescMessage> = {
  schema: S
  default(): MessageInitShape<S>
  /** Throws an Error that says what is wrong. */
  validate?(genesis: MessageShape<S>): void
  /** A module that rules the validator set returns it. */
  init:
    | ((ctx: Ctx, genesis: MessageShape<S>) => ValidatorUpdate[])
    | ((ctx: Ctx, genesis: MessageShape<S>) => void)
  export(view: View): MessageInitShape<S>
  /** Only for a genesis whose JSON is not that of its message. */
  json?: { read(json: JsonValue): MessageInitShape<S>; write(genesis: MessageShape<S>): JsonValue }
}

type Common = {
  /** The key of its genesis in `app_state`. */
  name: string
  /** Committed stores that are this module's own. */
  stores?: readonly string[]
  /** Stores that are emptied by every commit. */
  transient?: readonly string[]
  /** Stores that are kept in memory only. */
  memory?: readonly string[]
  messages?: readonly MessageRoutes[]
  queries?: readonly QueryRoutes[]
  /** Files and messages that can stand in an Any besides those that its services mention. */
  types?: readonly (DescFile | DescMessage)[]
  /** Returns true if it changed the consensus parameters. */
  preBlock?: ((ctx: Ctx) => boolean) | ((ctx: Ctx) => void)
  beginBlock?: (ctx: Ctx) => void
  endBlock?: ((ctx: Ctx) => ValidatorUpdate[]) | ((ctx: Ctx) => void)
  /** Each must hold after every block. */
  invariants?: Readonly<Record<string, (view: View) => boolean>>
}

/** A module as the app sees it, whatever its genesis message is. */
export type Module = Common & { genesis?: GenesisOf<DescMessage> }

/** Checks a module's declaration; the result is what `createApp` lists. */
export const defineModule = <S extends DescMessage = DescMessage>(
  module: Common & { genesis?: GenesisOf<S> },
): Module => module as unknown as Module

export type { Message }
