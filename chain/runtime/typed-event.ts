// Typed events: a protobuf message as an event, each field with its JSON, by the names in order (SDK
// types/events.go, TypedEventToEvent).
import {
  create,
  createRegistry,
  type DescMessage,
  type JsonValue,
  type MessageInitShape,
} from '@bufbuild/protobuf'
import type { Ctx } from './context.ts'
import { jsonText, toJson } from './json.ts'

/** No event of ours holds an Any. */
const NO_TYPES = createRegistry()

/** `cosmos.authz.v1beta1.EventGrant` with `grantee="\"cosmos1…\""`. */
export const emitTyped = <S extends DescMessage>(ctx: Ctx, schema: S, event: MessageInitShape<S>): void => {
  const fields = toJson(schema, create(schema, event), NO_TYPES) as Record<string, JsonValue>
  const attributes = Object.keys(fields)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => [name, jsonText(fields[name]!)] as const)
  ctx.emit(schema.typeName, ...attributes)
}
