// JSON of protobuf messages as the SDK prints and reads it: gogoproto's jsonpb with OrigName, EmitDefaults and the
// interface registry as Any resolver. Everything is decided by descriptors; no message is known here by name but
// the well-known types of protobuf itself.
import type { DescMessage, JsonValue, MessageShape, Registry } from '@bufbuild/protobuf'

/** A JSON value that does not fit its message; `path` names the field (`body.messages[0].amount`). */
export class JsonError extends Error {
  readonly path: string
  constructor(path: string, detail: string) {
    super(path === '' ? detail : `${path}: ${detail}`)
    this.path = path
  }
}

/** The JSON that the SDK prints for a message (codec.MarshalJSON, the REST gateway, genesis). Key order is field order. */
export const toJson = <S extends DescMessage>(
  _schema: S,
  _message: MessageShape<S>,
  _registry: Registry,
): JsonValue => {
  throw new Error('toJson: not built yet')
}

/** The message that the SDK reads from JSON (codec.UnmarshalJSON). Throws JsonError. */
export const fromJson = <S extends DescMessage>(
  _schema: S,
  _json: JsonValue,
  _registry: Registry,
): MessageShape<S> => {
  throw new Error('fromJson: not built yet')
}

/** Compact text of a JSON value, escaped as Go's encoding/json does (`<`, `>`, `&`, U+2028 and U+2029 in hex). */
export const jsonText = (value: JsonValue): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
